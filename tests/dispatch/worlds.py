"""Random desks for matching, and what must hold of whatever is matched in them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from alltid.dispatch.candidates import AvailableAgent, WaitingCustomer
from alltid.dispatch.matching import Matching
from alltid.dispatch.policy import Policy

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
LANGUAGES = ("en", "fi", "sv")
TOPICS = ("fraud", "refund")
SKILLS = ("fraud", "payments")
MATCH = Callable[[Sequence[WaitingCustomer], Sequence[AvailableAgent], Policy, datetime], Matching]


@dataclass(frozen=True)
class World:
    waiting: tuple[WaitingCustomer, ...]
    agents: tuple[AvailableAgent, ...]
    policy: Policy = field(default_factory=Policy)

    def agent(self, agent_id: str) -> AvailableAgent:
        return next(agent for agent in self.agents if agent.agent_id == agent_id)

    def customer(self, conversation_id: str) -> WaitingCustomer:
        return next(row for row in self.waiting if row.conversation_id == conversation_id)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def customer(name: str = "c", waited: float = 10, **facts: object) -> WaitingCustomer:
    plain = WaitingCustomer(conversation_id=name, asked_at=ago(waited), language="sv")
    return replace(plain, **facts)  # type: ignore[arg-type]


def agent(name: str = "a", *languages: str, **facts: object) -> AvailableAgent:
    plain = AvailableAgent(agent_id=name, languages=frozenset(languages or ("sv",)))
    return replace(plain, **facts)  # type: ignore[arg-type]


AGENT_IDS = tuple(f"a{number}" for number in range(6))
SECONDS = (0, 5, 29, 30, 44, 45, 60, 89, 90, 119, 120, 149, 150, 151, 200, 400)


def worlds(most: int = 8) -> st.SearchStrategy[World]:
    """Draw sizes and a seed; all else follows from the seed, which is quicker than drawing it."""
    return st.builds(
        world_of, st.integers(0, most), st.integers(0, len(AGENT_IDS)), st.integers(0, 2**32)
    )


def world_of(customers: int, agents: int, seed: int) -> World:
    chance = random.Random(seed)
    return World(
        tuple(_someone_waiting(chance, f"c{number}") for number in range(customers)),
        tuple(_someone_there(chance, name) for name in chance.sample(AGENT_IDS, agents)),
    )


def _someone_there(chance: random.Random, name: str) -> AvailableAgent:
    return AvailableAgent(
        agent_id=name,
        languages=frozenset(chance.sample(LANGUAGES, chance.choice((1, 1, 2, 3)))),
        skills={skill: chance.randint(1, 3) for skill in SKILLS if chance.random() < 0.5},
        slots=chance.randint(1, 3),
        load=chance.choice((0, 0, 0, 1, 2, 3)),
        quiet_topics=frozenset(chance.sample(TOPICS, chance.choice((0, 0, 1)))),
        earned_minor=chance.randint(0, 5) * 10_000,
        guaranteed_seconds=chance.choice((0, 900, 3600, 7200)),
    )


def _someone_waiting(chance: random.Random, name: str) -> WaitingCustomer:
    def some(likely: float) -> list[str]:
        return chance.sample(AGENT_IDS, 2 if chance.random() < likely else 0)

    asked = chance.choice(SECONDS)
    return WaitingCustomer(
        conversation_id=name,
        asked_at=ago(asked),
        language=chance.choice(LANGUAGES),
        topic=chance.choice((None, *TOPICS)),
        skill=chance.choice((None, *SKILLS)),
        skill_level=chance.randint(1, 3),
        helped_before=chance.choice((None, *AGENT_IDS)),
        declined={each: ago(chance.choice(SECONDS)) for each in some(0.5)},
        passed={each: chance.randint(1, 2) for each in some(0.2)},
        offered_to=tuple(some(0.3)[: chance.randint(0, 2)]),
        callback_due=chance.random() < 0.1,
        **_handed_over(chance, asked),
    )


def _handed_over(chance: random.Random, asked: int) -> dict[str, Any]:
    if chance.random() < 0.7:
        return {}
    by, to = chance.sample(AGENT_IDS, 2)
    back = ago(chance.choice([each for each in SECONDS if each <= asked]))
    return {"handed_over": back, "gave": by, "named": chance.choice((None, to))}


def could_help(world: World, row: WaitingCustomer, agent: AvailableAgent) -> bool:
    """Speaks the language, and did not say no to this very conversation a moment ago."""
    rest = timedelta(seconds=world.policy.ask_again_seconds)
    declined_at = row.declined.get(agent.agent_id)
    fresh = declined_at is not None and NOW - declined_at < rest
    gave = row.gave == agent.agent_id and not is_overdue(world, row)
    theirs = agent.agent_id in row.offered_to
    return row.language in agent.languages and not fresh and not gave and not theirs


def is_overdue(world: World, row: WaitingCustomer) -> bool:
    return NOW - row.in_line_since >= timedelta(seconds=world.policy.maximum_age_seconds)


# --- What must hold ---


def hard_filters_hold(world: World, match: MATCH) -> None:
    for offer in match(world.waiting, world.agents, world.policy, NOW).offers:
        row, who = world.customer(offer.conversation_id), world.agent(offer.agent_id)
        assert could_help(world, row, who)
        if is_overdue(world, row):
            continue
        waited = (NOW - row.in_line_since).total_seconds()
        assert who.agent_id not in row.declined
        assert row.topic not in who.quiet_topics
        if row.skill is not None:
            lower = world.policy.levels_lower(waited)
            assert who.skills.get(row.skill, 0) >= row.skill_level - lower


def slots_hold(world: World, match: MATCH) -> None:
    offers = match(world.waiting, world.agents, world.policy, NOW).offers
    for name, count in Counter(offer.agent_id for offer in offers).items():
        assert count + world.agent(name).load <= world.agent(name).slots


def age_overrides_all(world: World, match: MATCH) -> None:
    """Nobody past the maximum age is left while someone who could help is free or given away."""
    offers = match(world.waiting, world.agents, world.policy, NOW).offers
    offered = {offer.conversation_id for offer in offers}
    for row in world.waiting:
        if row.conversation_id in offered or row.offered_to or not is_overdue(world, row):
            continue
        for who in world.agents:
            if who.load >= who.slots or not could_help(world, row, who):
                continue
            given = [offer for offer in offers if offer.agent_id == who.agent_id]
            assert len(given) == who.slots - who.load, "a free slot was left"
            for offer in given:
                assert not offer.doubled, "a second offer took the slot"
                other = world.customer(offer.conversation_id)
                older = other.callback_due or other.asked_at <= row.asked_at
                assert older, "a younger customer took the slot"


def doubles_are_near_a_breach(world: World, match: MATCH) -> None:
    offers = match(world.waiting, world.agents, world.policy, NOW).offers
    near = timedelta(seconds=world.policy.double_offer_after_seconds)
    told: dict[str, list[str]] = {}
    for offer in offers:
        row = world.customer(offer.conversation_id)
        others = told.setdefault(offer.conversation_id, list(row.offered_to))
        assert offer.agent_id not in others
        assert offer.doubled == bool(others)
        if others:
            assert NOW - row.asked_at >= near
        others.append(offer.agent_id)
        assert len(others) <= 2


def the_order_of_arguments_is_nothing(world: World, match: MATCH) -> None:
    there = match(world.waiting, world.agents, world.policy, NOW)
    back = match(world.waiting[::-1], world.agents[::-1], world.policy, NOW)
    assert set(there.offers) == set(back.offers)


RULES = (
    hard_filters_hold,
    slots_hold,
    age_overrides_all,
    doubles_are_near_a_breach,
    the_order_of_arguments_is_nothing,
)
