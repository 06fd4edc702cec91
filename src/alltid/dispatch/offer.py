"""One offer of one conversation to one agent, from its first second to its end. Pure.

An offer ends once: accepted, declined, expired or withdrawn. Only accepting changes anything
else; the other three cost the agent nothing, and nothing here counts or ranks them (P6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, assert_never

from alltid.kernel.refusal import Refused

REASON_LIMIT: Final = 200
# A tap in the last second is still under way when the time is up.
TAP_GRACE: Final = timedelta(seconds=1)


class Stage(StrEnum):
    """Where an offer is. All but `NEW` and `OPEN` are final."""

    NEW = "new"
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Withdrawal(StrEnum):
    """Why an offer was taken back; never for anything that the agent did."""

    TAKEN = "taken"  # someone else accepted it first
    CUSTOMER_LEFT = "customer_left"
    SESSION_OVER = "session_over"
    SLOT_USED = "slot_used"  # by what the agent took from the line


@dataclass(frozen=True, slots=True)
class Terms:
    """What the agent sees before deciding. `pay_minor` is in the currency's smallest unit.

    `why` are the reasons for asking this agent: a code, its figures, and a sentence each.
    """

    language: str
    topic: str | None
    difficulty: int
    expected_minutes: int
    pay_minor: int
    currency: str
    why: tuple[Mapping[str, Any], ...] = ()
    skill: str | None = None
    skill_level: int = 0


# --- Events ---


@dataclass(frozen=True, slots=True)
class Offered:
    """The offer was made, under the policy named, and stands until `expires_at`.

    `asked_at` names the request for a person that it answers, `round_id` the round of matching
    whose record tells why.
    """

    conversation_id: str
    agent_id: str
    session_id: str
    policy_id: str
    terms: Terms
    expires_at: datetime
    doubled: bool = False
    asked_at: datetime | None = None
    round_id: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """It was shown on the agent's screen."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The agent took it."""


@dataclass(frozen=True, slots=True)
class Declined:
    """The agent said no; `reason` in their own words, if they liked to give one."""

    reason: str | None


@dataclass(frozen=True, slots=True)
class Expired:
    """The time ran out. `seen` tells whether it had been on the screen."""

    seen: bool


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """It was taken back, without any effect for the agent."""

    because: Withdrawal


Event = Offered | Seen | Accepted | Declined | Expired | Withdrawn


# --- State ---


@dataclass(frozen=True, slots=True)
class Offer:
    """What the decider needs to know."""

    version: int = 0
    stage: Stage = Stage.NEW
    made: Offered | None = None
    seen: bool = False
    withdrawn: Withdrawal | None = None

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.stage not in {Stage.NEW, Stage.OPEN}


def evolve(state: Offer, event: Event) -> Offer:
    """Fold one event."""
    state = replace(state, version=state.version + 1)
    match event:
        case Offered():
            return replace(state, stage=Stage.OPEN, made=event)
        case Seen():
            return replace(state, seen=True)
        case Accepted():
            return replace(state, stage=Stage.ACCEPTED, seen=True)
        case Declined():
            return replace(state, stage=Stage.DECLINED, seen=True)
        case Expired():
            return replace(state, stage=Stage.EXPIRED)
        case Withdrawn():
            return replace(state, stage=Stage.WITHDRAWN, withdrawn=event.because)
        case _:
            assert_never(event)


# --- Commands ---


@dataclass(frozen=True, slots=True)
class Make:
    """Make the offer."""

    offer: Offered


@dataclass(frozen=True, slots=True)
class Show:
    """The agent's page has shown it."""


@dataclass(frozen=True, slots=True)
class Accept:
    """The agent takes it."""


@dataclass(frozen=True, slots=True)
class Decline:
    """The agent would rather not."""

    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Expire:
    """End it if its time is up."""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take it back."""

    because: Withdrawal


Command = Make | Show | Accept | Decline | Expire | Withdraw


def decide(  # noqa: PLR0911  one line a command
    state: Offer, command: Command, now: datetime
) -> tuple[Event, ...]:
    """Accept a command as events, or refuse it.

    No events means that there is nothing to do: it is so already, it is over, or (for Expire)
    its time is not up. `now` is the moment of the command.

    Raises:
        Refused: the offer can't be accepted any more, or was never made.
    """
    if isinstance(command, Make):
        return (command.offer,) if state.made is None else ()
    if state.made is None:
        raise Refused("no_such_offer", "This offer doesn't exist.")
    if isinstance(command, Accept):
        return _accept(state, state.made, now)
    if state.is_over:
        return ()
    match command:
        case Show():
            return () if state.seen else (Seen(),)
        case Decline():
            return _decline(command)
        case Expire():
            return (Expired(state.seen),) if _is_up(state.made, now) else ()
        case Withdraw():
            return (Withdrawn(command.because),)
        case _:
            assert_never(command)


def accept_one(
    offers: Mapping[str, Offer], accepted_id: str, now: datetime
) -> dict[str, tuple[Event, ...]]:
    """Accept one of a conversation's offers and withdraw the others, as one decision.

    `offers` are all of one conversation, by id. The events belong in one transaction with
    taking the conversation and the slot.

    Raises:
        Refused: a colleague was faster, or the offer is over.
    """
    others = {key: offer for key, offer in offers.items() if key != accepted_id}
    if any(offer.stage is Stage.ACCEPTED for offer in others.values()):
        raise Refused("offer_withdrawn", _GONE[Withdrawal.TAKEN])
    events = {accepted_id: decide(offers[accepted_id], Accept(), now)}
    for key, offer in others.items():
        events[key] = decide(offer, Withdraw(Withdrawal.TAKEN), now)
    return events


def _accept(state: Offer, made: Offered, now: datetime) -> tuple[Event, ...]:
    if state.stage is Stage.ACCEPTED:
        return ()
    if state.stage is Stage.DECLINED:
        raise Refused("offer_declined", "You declined this offer. That costs you nothing.")
    if state.withdrawn is not None:
        raise Refused("offer_withdrawn", _GONE[state.withdrawn])
    if state.stage is Stage.EXPIRED or _is_up(made, now):
        raise Refused("offer_expired", "The time for this offer is up. It costs you nothing.")
    return (Accepted(),)


def _decline(command: Decline) -> tuple[Event, ...]:
    reason = (command.reason or "").strip()
    if len(reason) > REASON_LIMIT:
        raise Refused("reason_too_long", f"A reason has at most {REASON_LIMIT} characters.")
    return (Declined(reason or None),)


def _is_up(made: Offered, now: datetime) -> bool:
    return now >= made.expires_at + TAP_GRACE


def gone_message(because: str) -> str:
    """Say kindly how an offer ended; `because` is a stage or a reason of withdrawal."""
    if because in {each.value for each in Withdrawal}:
        return _GONE[Withdrawal(because)]
    return _ENDED.get(because, _ENDED[Stage.EXPIRED])


_ENDED: Final[Mapping[str, str]] = MappingProxyType(
    {
        Stage.ACCEPTED: "You accepted it.",
        Stage.DECLINED: "You declined it. That costs you nothing.",
        Stage.EXPIRED: "The time for this offer is up. It costs you nothing.",
    }
)
_GONE: Final[Mapping[Withdrawal, str]] = MappingProxyType(
    {
        Withdrawal.TAKEN: (
            "Someone else was a moment faster. It is in good hands, and it costs you nothing."
        ),
        Withdrawal.CUSTOMER_LEFT: (
            "The customer doesn't wait for a person any more. It costs you nothing."
        ),
        Withdrawal.SLOT_USED: "Your slot went to the conversation that you took from the line.",
        Withdrawal.SESSION_OVER: "You were offline by then. It costs you nothing.",
    }
)
