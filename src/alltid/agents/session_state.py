"""What is known of an online session: its state, and how facts fold into it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import assert_never

from alltid.agents.session_events import (
    Capacity,
    ChatEnded,
    ChatTaken,
    Choices,
    ChoicesChanged,
    Event,
    Fact,
    Interval,
    OfferHeld,
    OfferReleased,
    Outcome,
    Paused,
    PausedBy,
    Promoted,
    Resumed,
    WentOffline,
    WentOnline,
    union,
)


@dataclass(frozen=True, slots=True)
class Session:
    """What the decider needs to know, and the guaranteed time that is complete so far."""

    version: int = 0
    agent_id: str = ""
    capacity: Capacity = Capacity.STANDBY
    because: str = ""
    rate_id: str = ""
    choices: Choices = field(default_factory=lambda: Choices(frozenset()))
    online: bool = False
    paused: PausedBy | None = None
    # Open offers with their first moment, and conversations in hand.
    held: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))
    chats: frozenset[str] = frozenset()
    unseen_in_row: int = 0
    unseen_last_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    counting_since: datetime | None = None
    counted: tuple[Interval, ...] = ()

    @property
    def slots_open(self) -> int:
        """How many conversations at once, by the agent's own rules."""
        return min(self.choices.slots, 2) if self.choices.no_third_chat else self.choices.slots

    @property
    def load(self) -> int:
        """How many slots are held, by conversations or open offers."""
        return len(self.chats) + len(self.held)

    @property
    def takes_offers(self) -> bool:
        """Whether the agent is online and not paused."""
        return self.online and self.paused is None

    @property
    def counts(self) -> bool:
        """Whether this moment is guaranteed time: there for offers, or with a customer."""
        there = self.takes_offers or (self.online and bool(self.chats))
        return there and self.capacity is Capacity.GUARANTEED

    def guaranteed(self, until: datetime) -> tuple[Interval, ...]:
        """Return the guaranteed time up to `until`, as intervals that don't overlap."""
        since = self.counting_since
        if since is None or until <= since:
            return self.counted
        return union((*self.counted, Interval(since, until)))


def evolve(state: Session, fact: Fact) -> Session:
    """Fold one fact, and keep the time that it makes count."""
    after = replace(_folded(state, fact.event, fact.at), version=state.version + 1)
    if state.counting_since is None:
        return replace(after, counting_since=fact.at) if after.counts else after
    if after.counts:
        return after
    # A lost connection counts until its grace is over, whenever that is noticed.
    until = after.ended_at or fact.at
    return replace(after, counting_since=None, counted=state.guaranteed(until))


def _folded(  # noqa: PLR0911  one line an event
    state: Session, event: Event, at: datetime
) -> Session:
    match event:
        case WentOnline(agent_id, capacity, because, rate_id, choices):
            return Session(
                agent_id=agent_id,
                capacity=capacity,
                because=because,
                rate_id=rate_id,
                choices=choices,
                online=True,
                started_at=at,
            )
        case ChoicesChanged():
            return replace(state, choices=event.choices)
        case Promoted():
            return replace(state, capacity=Capacity.GUARANTEED, because=event.because)
        case OfferHeld():
            return replace(state, held={**state.held, event.offer_id: at})
        case OfferReleased():
            return _released(state, event, at)
        case ChatTaken():
            chats = state.chats | {event.conversation_id}
            return replace(_without(state, event.offer_id), chats=chats, unseen_in_row=0)
        case ChatEnded():
            return replace(state, chats=state.chats - {event.conversation_id})
        case Paused():
            return replace(state, paused=event.by)
        case Resumed():
            return replace(state, paused=None, unseen_in_row=0)
        case WentOffline():
            ended = replace(state, online=False, paused=None, ended_at=event.until)
            return replace(ended, held={}, chats=frozenset())
        case _:
            assert_never(event)


def _released(state: Session, event: OfferReleased, at: datetime) -> Session:
    after = _without(state, event.offer_id)
    match event.outcome:
        case Outcome.WITHDRAWN:
            return after
        case Outcome.EXPIRED_UNSEEN:
            if _is_another_miss(state, event.offer_id):
                return replace(after, unseen_in_row=state.unseen_in_row + 1, unseen_last_at=at)
            return after
        case _:
            return replace(after, unseen_in_row=0)


def _is_another_miss(state: Session, offer_id: str) -> bool:
    # Offers that were open side by side are one look at the screen, not several.
    return state.unseen_last_at is None or state.held[offer_id] >= state.unseen_last_at


def _without(state: Session, offer_id: str | None) -> Session:
    held = {key: at for key, at in state.held.items() if key != offer_id}
    return replace(state, held=held)
