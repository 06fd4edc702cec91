"""What an agent, the dispatcher and the sweeps may ask of an online session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alltid.agents.online_session import Ended
from alltid.agents.session_events import Capacity, Choices, Interval, Outcome


@dataclass(frozen=True, slots=True)
class GoOnline:
    """Begin. `shown` is the label that the agent saw before the tap, `capacity` today's truth."""

    agent_id: str
    shown: Capacity
    capacity: Capacity
    because: str
    rate_id: str
    choices: Choices


@dataclass(frozen=True, slots=True)
class Choose:
    """Change languages, skills, slots or quiet rules."""

    choices: Choices


@dataclass(frozen=True, slots=True)
class SetCapacity:
    """Say anew what the forecast needs; only for the better."""

    capacity: Capacity
    because: str


@dataclass(frozen=True, slots=True)
class HoldOffer:
    """Hold a slot for an offer."""

    offer_id: str


@dataclass(frozen=True, slots=True)
class ReleaseOffer:
    """The offer ended without being accepted."""

    offer_id: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class TakeChat:
    """The agent takes a conversation, by an accepted offer or from the queue."""

    conversation_id: str
    offer_id: str | None = None


@dataclass(frozen=True, slots=True)
class EndChat:
    """The conversation is over, wrap-up included, or in other hands."""

    conversation_id: str


@dataclass(frozen=True, slots=True)
class Pause:
    """No new offers for now."""


@dataclass(frozen=True, slots=True)
class Resume:
    """The one tap."""


@dataclass(frozen=True, slots=True)
class GoOffline:
    """End the session; `hand_back` gives conversations in hand back to the queue."""

    hand_back: bool = False
    because: Ended = Ended.SWITCHED_OFF


@dataclass(frozen=True, slots=True)
class CheckSilence:
    """End the session if the last sign of life is older than the grace.

    `outages` are the platform's own, the present one up to now: they never count as silence.
    """

    last_seen_at: datetime
    outages: tuple[Interval, ...] = ()


Command = (
    GoOnline
    | Choose
    | SetCapacity
    | HoldOffer
    | ReleaseOffer
    | TakeChat
    | EndChat
    | Pause
    | Resume
    | GoOffline
    | CheckSilence
)
