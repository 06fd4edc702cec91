"""Who may be offered what: language, free slot, declines, skill, quiet rules, continuity. Pure.

Worked out for whole tables at once; loops run over the few distinct languages, skills and
topics, and over what concerns single pairs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from alltid.dispatch.candidates import CANDIDATE_LAST, AvailableAgent, Verdict, WaitingCustomer
from alltid.dispatch.policy import Policy

Table = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Key = TypeVar("Key", bound=Hashable)


def verdicts(
    rows: Sequence[WaitingCustomer],
    agents: Sequence[AvailableAgent],
    policy: Policy,
    now: datetime,
) -> Table:
    """Return a Verdict for each customer (row) and agent (column)."""
    table: Table = np.zeros((len(rows), len(agents)), dtype=np.uint8)
    ages = _in_line_seconds(rows, now)
    _by_skill(table, rows, agents, policy, ages)
    _by_quiet_topic(table, rows, agents)
    # Age overrides wishes and skills; never a language, a full hand or a fresh decline.
    overdue = ages >= policy.maximum_age_seconds
    table[overdue[:, None] & (table > CANDIDATE_LAST)] = Verdict.FITS_BY_AGE
    places = {agent.agent_id: place for place, agent in enumerate(agents)}
    _by_history(table, rows, places, policy, now)
    table[:, np.array([agent.free == 0 for agent in agents], dtype=np.bool_)] = Verdict.FULL
    for language, group in _grouped(rows, lambda row: row.language).items():
        deaf = np.array([language not in agent.languages for agent in agents], dtype=np.bool_)
        table[np.ix_(np.array(group), np.flatnonzero(deaf))] = Verdict.LANGUAGE
    _keep_for_who_helped(table, rows, places, ages < policy.continuity_seconds)
    return table


def ages_in_seconds(rows: Sequence[WaitingCustomer], now: datetime) -> npt.NDArray[np.float64]:
    """Return how long ago each asked for a person."""
    ages = ((now - row.asked_at).total_seconds() for row in rows)
    return np.fromiter(ages, dtype=np.float64, count=len(rows))


def _in_line_seconds(rows: Sequence[WaitingCustomer], now: datetime) -> npt.NDArray[np.float64]:
    ages = ((now - row.in_line_since).total_seconds() for row in rows)
    return np.fromiter(ages, dtype=np.float64, count=len(rows))


def levels(agents: Sequence[AvailableAgent], skill: str) -> npt.NDArray[np.int8]:
    """Return each agent's level in a skill, 0 for none."""
    return np.array([agent.skills.get(skill, 0) for agent in agents], dtype=np.int8)


def _by_skill(
    table: Table,
    rows: Sequence[WaitingCustomer],
    agents: Sequence[AvailableAgent],
    policy: Policy,
    ages: npt.NDArray[np.float64],
) -> None:
    for skill, group in _grouped(rows, lambda row: row.skill).items():
        if skill is None:
            continue
        have = levels(agents, skill)[None, :]
        needed = np.array([rows[row].skill_level for row in group], dtype=np.int8)
        lower = np.array([policy.levels_lower(ages[row]) for row in group], dtype=np.int8)
        part: Table = np.full((len(group), len(agents)), Verdict.SKILL, dtype=np.uint8)
        part[have >= (needed - lower)[:, None]] = Verdict.FITS_RELAXED
        part[have >= needed[:, None]] = Verdict.FITS
        table[group] = part


def _by_quiet_topic(
    table: Table, rows: Sequence[WaitingCustomer], agents: Sequence[AvailableAgent]
) -> None:
    for topic, group in _grouped(rows, lambda row: row.topic).items():
        quiet = [place for place, agent in enumerate(agents) if topic in agent.quiet_topics]
        if quiet:
            table[np.ix_(np.array(group), np.array(quiet))] = Verdict.QUIET


def _by_history(
    table: Table,
    rows: Sequence[WaitingCustomer],
    places: dict[str, int],
    policy: Policy,
    now: datetime,
) -> None:
    rest = timedelta(seconds=policy.ask_again_seconds)
    patience = timedelta(seconds=policy.maximum_age_seconds)
    for index, row in enumerate(rows):
        overdue = now - row.in_line_since >= patience
        for agent_id, declined_at in row.declined.items():
            place = places.get(agent_id)
            if place is None:
                continue
            again = overdue and now - declined_at >= rest
            table[index, place] = Verdict.FITS_BY_AGE if again else Verdict.DECLINED
        if row.gave in places and not overdue:
            table[index, places[row.gave]] = Verdict.GAVE
        for agent_id in row.offered_to:
            if agent_id in places:
                table[index, places[agent_id]] = Verdict.OFFERED


def _keep_for_who_helped(
    table: Table, rows: Sequence[WaitingCustomer], places: dict[str, int], young: Mask
) -> None:
    for index in map(int, np.flatnonzero(young)):
        row = rows[index]
        helper = None if row.first_for is None else places.get(row.first_for)
        if helper is None or row.passed.get(row.first_for or "", 0):
            continue
        # Someone who is busy, or would rather not, keeps nobody waiting.
        if table[index, helper] <= CANDIDATE_LAST:
            verdict = table[index, helper]
            table[index, table[index] <= CANDIDATE_LAST] = Verdict.KEPT
            table[index, helper] = verdict


def _grouped(
    rows: Sequence[WaitingCustomer], key: Callable[[WaitingCustomer], Key]
) -> dict[Key, list[int]]:
    groups: dict[Key, list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        groups[key(row)].append(index)
    return groups
