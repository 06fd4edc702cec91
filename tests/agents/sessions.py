"""Sessions for tests: steps with their second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from alltid.agents.session_commands import Command, GoOnline, HoldOffer, ReleaseOffer
from alltid.agents.session_events import Capacity, Choices, Fact, Outcome, total
from alltid.agents.session_rules import Session, decide, evolve

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
CHOICES = Choices(frozenset({"sv"}), {"fraud": 2}, slots=3)
GUARANTEED, STANDBY = Capacity.GUARANTEED, Capacity.STANDBY


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def online(capacity: Capacity = GUARANTEED, choices: Choices = CHOICES) -> GoOnline:
    return GoOnline("a", capacity, capacity, "Needed until 14:00.", "rates-7", choices)


def after(state: Session, command: Command, seconds: float) -> Session:
    for event in decide(state, command, at(seconds)):
        state = evolve(state, Fact(at(seconds), event))
    return state


def session(*steps: tuple[float, Command], capacity: Capacity = GUARANTEED) -> Session:
    state = after(Session(), online(capacity), 0)
    for seconds, command in steps:
        state = after(state, command, seconds)
    return state


def guaranteed_seconds(state: Session, until: float) -> float:
    return total(state.guaranteed(at(until))).total_seconds()


def missed(state: Session, seconds: float, outcome: Outcome = Outcome.EXPIRED_UNSEEN) -> Session:
    state = after(state, HoldOffer(f"o{seconds}"), seconds)
    return after(state, ReleaseOffer(f"o{seconds}", outcome), seconds + 20)
