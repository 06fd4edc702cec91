"""What can happen in a freelancer's online session: the facts that are stored, for good. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from alltid.agents.online_session import Ended


class Capacity(StrEnum):
    """What was promised before going online."""

    GUARANTEED = "guaranteed"  # the floor is paid for each hour
    STANDBY = "standby"  # paid for work alone; welcome, but not needed by the forecast


class PausedBy(StrEnum):
    """Who paused the session."""

    AGENT = "agent"
    UNSEEN_OFFERS = "unseen_offers"


class Outcome(StrEnum):
    """How an offer ended that was not accepted. None of these costs anything (P6)."""

    DECLINED = "declined"
    EXPIRED_SEEN = "expired_seen"
    EXPIRED_UNSEEN = "expired_unseen"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Choices:
    """The agent's own: languages, skills with levels 1 to 3, slots 1 to 3, quiet rules."""

    languages: frozenset[str]
    skills: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    slots: int = 1
    quiet_topics: frozenset[str] = frozenset()
    no_third_chat: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A stretch of time, its end not included."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class WentOnline:
    """The session began, with what was promised and why, at the rate version named."""

    agent_id: str
    capacity: Capacity
    because: str
    rate_id: str
    choices: Choices


@dataclass(frozen=True, slots=True)
class ChoicesChanged:
    """The agent changed languages, skills, slots or quiet rules."""

    choices: Choices


@dataclass(frozen=True, slots=True)
class Promoted:
    """Standby became guaranteed from this moment on. There is no way back."""

    because: str


@dataclass(frozen=True, slots=True)
class OfferHeld:
    """An open offer holds a slot."""

    offer_id: str


@dataclass(frozen=True, slots=True)
class OfferReleased:
    """The offer ended without being accepted; its slot is free."""

    offer_id: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ChatTaken:
    """A conversation holds a slot, in place of the offer that it came by, if any."""

    conversation_id: str
    offer_id: str | None


@dataclass(frozen=True, slots=True)
class ChatEnded:
    """The conversation is over, wrap-up included, or in other hands."""

    conversation_id: str


@dataclass(frozen=True, slots=True)
class Paused:
    """No new offers until resumed."""

    by: PausedBy


@dataclass(frozen=True, slots=True)
class Resumed:
    """The agent is open for offers again."""


@dataclass(frozen=True, slots=True)
class WentOffline:
    """The session is over and counts until `until`; `hand_back` must find other hands."""

    because: Ended
    until: datetime
    hand_back: tuple[str, ...] = ()


Event = (
    WentOnline
    | ChoicesChanged
    | Promoted
    | OfferHeld
    | OfferReleased
    | ChatTaken
    | ChatEnded
    | Paused
    | Resumed
    | WentOffline
)


@dataclass(frozen=True, slots=True)
class Fact:
    """An event and its moment."""

    at: datetime
    event: Event


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Join what overlaps or touches: three chats at once don't triple the clock."""
    joined: list[Interval] = []
    for each in sorted(intervals):
        if joined and each.start <= joined[-1].end:
            joined[-1] = Interval(joined[-1].start, max(joined[-1].end, each.end))
        else:
            joined.append(each)
    return tuple(joined)


def total(intervals: Iterable[Interval]) -> timedelta:
    """Return the time that intervals cover together."""
    return sum((each.end - each.start for each in union(intervals)), timedelta())
