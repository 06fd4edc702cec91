"""Matching keeps its rules over random desks, and defects in it are noticed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from alltid.dispatch import assignment
from alltid.dispatch.candidates import AvailableAgent, WaitingCustomer
from alltid.dispatch.matching import Matching, Proposal, match
from alltid.dispatch.policy import Policy, SkillStep
from tests.dispatch.worlds import (
    MATCH,
    NOW,
    RULES,
    World,
    age_overrides_all,
    could_help,
    doubles_are_near_a_breach,
    hard_filters_hold,
    is_overdue,
    slots_hold,
    the_order_of_arguments_is_nothing,
    worlds,
)

Rule = Callable[[World, MATCH], None]
QUICK = settings(
    max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


@pytest.mark.parametrize("cohort_rows", [assignment.COHORT_ROWS, 2])
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_rule_holds(rule: Rule, cohort_rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assignment, "COHORT_ROWS", cohort_rows)

    @QUICK
    @given(worlds())
    def holds(world: World) -> None:
        rule(world, match)

    holds()


@pytest.mark.parametrize("cohort_rows", [assignment.COHORT_ROWS, 1, 3])
def test_as_many_are_served_as_can_be_and_the_oldest_first(
    cohort_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assignment, "COHORT_ROWS", cohort_rows)

    @QUICK
    @given(worlds(most=6))
    def holds(world: World) -> None:
        world = replace(world, waiting=tuple(replace(row, offered_to=()) for row in world.waiting))
        made = match(world.waiting, world.agents, world.policy, NOW)
        first = [offer for offer in made.offers if not offer.doubled]
        fits = {
            row.conversation_id: {
                each.agent_id
                for each in made.explanations.candidates(row.conversation_id)
                if each.score_points is not None
            }
            for row in world.waiting
        }
        free = {agent.agent_id: agent.free for agent in world.agents}
        assert len(first) == most_served(fits, free, list(fits))
        # Of those who asked before the maximum age, handed over or not, as many as could be
        # served were others not there.
        asked_before = NOW - timedelta(seconds=world.policy.maximum_age_seconds)
        overdue = [row.conversation_id for row in world.waiting if row.asked_at <= asked_before]
        served = [offer for offer in first if offer.conversation_id in overdue]
        callbacks = any(row.callback_due for row in world.waiting)
        assert callbacks or len(served) == most_served(fits, free, overdue)

    holds()


def most_served(fits: dict[str, set[str]], free: dict[str, int], names: Sequence[str]) -> int:
    """Count by trying everything, one customer after the other."""
    left = {tuple(sorted(free.items())): 0}
    for name in names:
        after = dict(left)
        for places, count in left.items():
            for index, (agent_id, slots) in enumerate(places):
                if slots and agent_id in fits[name]:
                    less = (*places[:index], (agent_id, slots - 1), *places[index + 1 :])
                    after[less] = max(after.get(less, 0), count + 1)
        left = after
    return max(left.values())


@QUICK
@given(worlds())
def test_a_cohort_gets_the_best_there_is(world: World) -> None:
    """Against trying everything: customers of one kind of age, one slot an agent, no margin."""
    policy = Policy(margin_points=0)
    waiting = tuple(
        replace(row, offered_to=(), callback_due=False, passed={})
        for row in world.waiting[:3]
        if NOW - row.asked_at < timedelta(seconds=policy.double_offer_after_seconds)
    )
    agents = tuple(replace(each, slots=each.load + 1) for each in world.agents if each.load < 3)
    made = match(waiting, agents, policy, NOW)
    points = {
        (row.conversation_id, each.agent_id): each.score_points
        for row in waiting
        for each in made.explanations.candidates(row.conversation_id)
        if each.score_points is not None
    }
    names = [row.conversation_id for row in waiting]
    ids: list[str | None] = [each.agent_id for each in agents]
    ways = set(itertools.permutations(ids + [None] * len(names), len(names)))
    valued = [
        [points[pair] for pair in zip(names, way, strict=True) if pair in points]
        for way in ways
        if all(who is None or (name, who) in points for name, who in zip(names, way, strict=True))
    ]
    best = max((len(way), sum(way)) for way in valued)
    assert len(made.offers) == best[0]
    assert sum(offer.score_points for offer in made.offers) == pytest.approx(best[1], abs=1e-3)


@QUICK
@given(worlds(), st.sampled_from(["a0", "a1", "a2"]))
def test_declining_and_missing_change_nothing_for_other_conversations(
    world: World, who: str
) -> None:
    """P6, with the history of one conversation beside others (see also the whole story)."""
    there, gone = world.waiting[:1], world.waiting[1:]
    if not there:
        return
    declined = replace(there[0], declined={who: NOW}, passed={who: 2}, offered_to=())
    with_history = match((declined, *gone), world.agents, world.policy, NOW)
    for row in gone:
        mine = with_history.explanations.candidates(row.conversation_id)
        plain = match(world.waiting, world.agents, world.policy, NOW)
        assert list(mine) == list(plain.explanations.candidates(row.conversation_id))


# --- Defects, one each. A rule that lets one of them pass checks nothing. ---


def _world_seen(change: Callable[[World], World]) -> MATCH:
    """Match another world than the one there is."""

    def broken(
        waiting: Sequence[WaitingCustomer],
        available: Sequence[AvailableAgent],
        policy: Policy,
        now: datetime,
    ) -> Matching:
        seen = change(World(tuple(waiting), tuple(available), policy))
        return match(seen.waiting, seen.agents, seen.policy, now)

    return broken


def _customers(**facts: object) -> Callable[[World], World]:
    return lambda world: replace(
        world,
        waiting=tuple(replace(row, **facts) for row in world.waiting),  # type: ignore[arg-type]
    )


def _offers_changed(change: Callable[[tuple[Proposal, ...]], tuple[Proposal, ...]]) -> MATCH:
    def broken(
        waiting: Sequence[WaitingCustomer],
        available: Sequence[AvailableAgent],
        policy: Policy,
        now: datetime,
    ) -> Matching:
        made = match(waiting, available, policy, now)
        return replace(made, offers=change(made.offers))

    return broken


def _never_old(world: World) -> World:
    last = (SkillStep(3600, 3),)
    late = replace(
        world.policy,
        service_level_seconds=3600,
        maximum_age_seconds=3600,
        skill_steps=last,
    )
    return replace(world, policy=late)


def _one_slot_more(world: World) -> World:
    return replace(world, agents=tuple(replace(each, slots=3) for each in world.agents))


def _everyone_young(world: World) -> World:
    young = (replace(row, asked_at=NOW - timedelta(seconds=1)) for row in world.waiting)
    return replace(world, waiting=tuple(young))


def _first_come_last(
    waiting: Sequence[WaitingCustomer],
    available: Sequence[AvailableAgent],
    policy: Policy,
    now: datetime,
) -> Matching:
    half = len(waiting) // 2
    made = match(waiting[half:], available, policy, now)
    return made if made.offers else match(waiting, available, policy, now)


@dataclass(frozen=True)
class Defect:
    name: str
    rule: Rule
    match: MATCH


def _doubled_early(world: World) -> World:
    return replace(world, policy=replace(world.policy, double_offer_after_seconds=0))


DEFECTS = [
    Defect("declines are forgotten", hard_filters_hold, _world_seen(_customers(declined={}))),
    Defect("skills are ignored", hard_filters_hold, _world_seen(_customers(skill=None))),
    Defect("quiet rules are ignored", hard_filters_hold, _world_seen(_customers(topic=None))),
    Defect("languages are ignored", hard_filters_hold, _world_seen(_customers(language="sv"))),
    Defect("everyone has three slots", slots_hold, _world_seen(_one_slot_more)),
    Defect("nobody is ever too old", age_overrides_all, _world_seen(_never_old)),
    Defect("age is not looked at", age_overrides_all, _world_seen(_everyone_young)),
    Defect("an offer is lost", age_overrides_all, _offers_changed(lambda made: made[1:])),
    Defect("second offers at once", doubles_are_near_a_breach, _world_seen(_doubled_early)),
    Defect(
        "open offers are forgotten",
        doubles_are_near_a_breach,
        _world_seen(_customers(offered_to=())),
    ),
    Defect("the last come first", the_order_of_arguments_is_nothing, _first_come_last),
]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_defect_is_noticed(defect: Defect) -> None:
    @settings(QUICK, max_examples=1_000, phases=[Phase.generate])
    @given(worlds())
    def unnoticed(world: World) -> None:
        defect.rule(world, defect.match)

    with pytest.raises(AssertionError):
        unnoticed()


def test_the_rules_speak_of_worlds_that_come_up() -> None:
    seen = {"overdue": 0, "left": 0}

    @QUICK
    @given(worlds())
    def count(world: World) -> None:
        for row in world.waiting:
            overdue = is_overdue(world, row)
            seen["overdue"] += overdue
            helpers = [each for each in world.agents if could_help(world, row, each)]
            seen["left"] += overdue and not helpers

    count()
    assert seen["overdue"] > seen["left"] > 0
