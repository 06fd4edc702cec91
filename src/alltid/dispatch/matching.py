"""Who is offered which conversation: `match(waiting, available, policy, now)`. Pure.

The promise: hard filters hold; as many are served as can be; nobody waits past the maximum age
while someone who could help is free; the lightest load comes first; within a margin of the
best, who earned least per guaranteed hour wins; and each verdict and score is kept (P9).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from alltid.dispatch.assignment import NOBODY, Assignment
from alltid.dispatch.candidates import CANDIDATE_LAST, AvailableAgent, Verdict, WaitingCustomer
from alltid.dispatch.explanation import Explanations, Proposal, Round
from alltid.dispatch.hard_filters import ages_in_seconds, verdicts
from alltid.dispatch.policy import Policy
from alltid.dispatch.scores import UNIT, Scores

__all__ = [
    "AGENTS_LIMIT",
    "WAITING_LIMIT",
    "AvailableAgent",
    "Explanations",
    "Matching",
    "Proposal",
    "WaitingCustomer",
    "match",
]

# Bounds of one round in one group of languages. Whoever comes later is looked at in a later
# round, and the explanations say so. Past the maximum age only languages count, so those who
# hold the places ahead cannot keep them for long while agents are free.
WAITING_LIMIT: Final = 2_000
AGENTS_LIMIT: Final = 10_000
OFFERS_AT_ONCE: Final = 2
# Looking up is a tenth of the time of calling the enumeration.
_VERDICTS: Final = {int(each): each for each in Verdict}


@dataclass(frozen=True, slots=True)
class Matching:
    """The offers to make now, and why these: for each candidate a verdict and a score."""

    offers: tuple[Proposal, ...]
    explanations: Explanations


def match(
    waiting: Sequence[WaitingCustomer],
    available: Sequence[AvailableAgent],
    policy: Policy,
    now: datetime,
) -> Matching:
    """Decide who is offered which conversation at this moment.

    The order of the arguments' elements doesn't matter. Ids must be unique.
    """
    if len(available) > AGENTS_LIMIT:
        # Those with room first; drawing the line among them is better than not matching at all.
        available = sorted(available, key=lambda agent: (-agent.free, agent.agent_id))
        available = available[:AGENTS_LIMIT]
    rounds: list[Round] = []
    offers: list[Proposal] = []
    later: list[str] = []
    for rows, agents in _apart(waiting, available):
        line = _in_order(rows, policy, now)
        later.extend(row.conversation_id for row in line[WAITING_LIMIT:])
        solved, proposed = _solve(line[:WAITING_LIMIT], agents, policy, now)
        rounds.append(solved)
        offers.extend(proposed)
    made = tuple(offers)
    return Matching(made, Explanations(policy, now, tuple(rounds), made, tuple(later)))


def _apart(
    waiting: Sequence[WaitingCustomer], available: Sequence[AvailableAgent]
) -> Iterator[tuple[list[WaitingCustomer], list[AvailableAgent]]]:
    """Split into parts that share no language: they cannot touch each other."""
    parts: dict[str, str] = {}

    def part_of(language: str) -> str:
        while (above := parts.setdefault(language, language)) != language:
            language = above
        return language

    for agent in available:
        first, *others = sorted(agent.languages) or [""]
        for language in others:
            parts[part_of(language)] = part_of(first)
    groups: dict[str, tuple[list[WaitingCustomer], list[AvailableAgent]]] = {}
    for row in waiting:
        groups.setdefault(part_of(row.language), ([], []))[0].append(row)
    for agent in sorted(available, key=lambda agent: agent.agent_id):
        part = part_of(min(agent.languages, default=""))
        if part in groups:
            groups[part][1].append(agent)
    for part in sorted(groups):
        yield groups[part]


def _in_order(
    rows: Sequence[WaitingCustomer], policy: Policy, now: datetime
) -> list[WaitingCustomer]:
    """Callbacks that are due and waits past the maximum age first, then all by age."""

    def key(row: WaitingCustomer) -> tuple[bool, bool, datetime, str]:
        first = _comes_first(row, policy, now)
        return not row.callback_due, not first, row.asked_at, row.conversation_id

    return sorted(rows, key=key)


def _comes_first(row: WaitingCustomer, policy: Policy, now: datetime) -> bool:
    overdue = now - row.asked_at >= timedelta(seconds=policy.maximum_age_seconds)
    return overdue or row.callback_due


def _solve(
    rows: Sequence[WaitingCustomer],
    agents: Sequence[AvailableAgent],
    policy: Policy,
    now: datetime,
) -> tuple[Round, list[Proposal]]:
    table = verdicts(rows, agents, policy, now)
    scores = Scores(rows, agents, policy, now)
    solved = Round(tuple(rows), tuple(agents), table, scores.all(), scores.fairness)
    fits = table <= CANDIDATE_LAST
    first = np.array([_comes_first(row, policy, now) for row in rows], dtype=np.bool_)
    open_offers = np.array([len(row.offered_to) for row in rows], dtype=np.intp)
    free = np.array([agent.free for agent in agents], dtype=np.intp)
    none_taken = np.zeros(len(agents), dtype=np.intp)

    main = Assignment.of(scores, fits, first, free, none_taken)
    main.solve(np.flatnonzero(open_offers == 0))

    # Near a breach a second agent is asked too, if one is left when all others are served.
    served = np.flatnonzero(main.served != NOBODY)
    fits[served, main.served[served]] = False
    near = ages_in_seconds(rows, now) >= policy.double_offer_after_seconds
    asked = open_offers + (main.served != NOBODY)
    second = Assignment.of(scores, fits, first, main.free, main.taken)
    second.solve(np.flatnonzero(near & (asked > 0) & (asked < OFFERS_AT_ONCE)))

    chosen = [*_chosen(main, doubled=False), *_chosen(second, doubled=True)]
    return solved, list(_proposals(solved, chosen, scores, now + _offer_time(policy)))


def _chosen(assignment: Assignment, *, doubled: bool) -> Iterator[tuple[int, int, bool]]:
    for index in np.flatnonzero(assignment.served != NOBODY):
        yield int(index), int(assignment.served[index]), doubled


def _offer_time(policy: Policy) -> timedelta:
    return timedelta(seconds=policy.offer_seconds)


def _proposals(
    solved: Round, chosen: Sequence[tuple[int, int, bool]], scores: Scores, expires_at: datetime
) -> Iterator[Proposal]:
    loads: list[int] = []
    taken: Counter[int] = Counter()
    for _, place, _ in chosen:
        loads.append(int(scores.loads[place]) + taken[place])
        taken[place] += 1
    pairs = np.array([pair[:2] for pair in chosen], dtype=np.intp).reshape(-1, 2)
    units = scores.of_pairs(pairs[:, 0], pairs[:, 1], np.array(loads, dtype=np.intp))
    for (index, place, doubled), load, score in zip(chosen, loads, units, strict=True):
        yield Proposal(
            conversation_id=solved.rows[index].conversation_id,
            agent_id=solved.agents[place].agent_id,
            verdict=_VERDICTS[int(solved.verdicts[index, place])],
            score_points=float(score) / UNIT,
            load=load,
            doubled=doubled,
            expires_at=expires_at,
        )
