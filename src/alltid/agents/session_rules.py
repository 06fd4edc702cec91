"""One online session of a freelancer: what commands may do to it. Pure.

Whether it is guaranteed or standby is said before it starts and is never taken back while it
lasts. Slots are the agent's own choice and hold without exception. The only thing that happens
by itself is a pause after three offers in a row that nobody saw; one tap ends it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, assert_never

from alltid.agents.online_session import GRACE, Ended
from alltid.agents.session_commands import (
    CheckSilence,
    Choose,
    Command,
    EndChat,
    GoOffline,
    GoOnline,
    HoldOffer,
    Pause,
    ReleaseOffer,
    Resume,
    SetCapacity,
    TakeChat,
)
from alltid.agents.session_events import (
    Capacity,
    ChatEnded,
    ChatTaken,
    Choices,
    ChoicesChanged,
    Event,
    Fact,
    OfferHeld,
    OfferReleased,
    Paused,
    PausedBy,
    Promoted,
    Resumed,
    WentOffline,
    WentOnline,
    union,
)
from alltid.agents.session_state import Session, evolve
from alltid.kernel.refusal import Refused

__all__ = ["UNSEEN_BEFORE_PAUSE", "Session", "decide", "evolve", "silence_ends_at"]

SLOTS_MOST: Final = 3
SKILL_LEVEL_MOST: Final = 3
CHOICES_LIMIT: Final = 50
UNSEEN_BEFORE_PAUSE: Final = 3


def decide(  # noqa: C901, PLR0911, PLR0912  one line a command
    state: Session, command: Command, now: datetime
) -> tuple[Event, ...]:
    """Accept a command as events, or refuse it.

    No events means that what was asked for is so already. `now` is the command's moment.

    Raises:
        Refused: the state doesn't allow it; nothing changes.
    """
    if isinstance(command, GoOnline):
        return _go_online(state, command)
    if not state.online:
        return _after_the_end(state, command)
    match command:
        case Choose():
            return _choose(state, command)
        case SetCapacity():
            return _set_capacity(state, command)
        case HoldOffer():
            return _hold(state, command)
        case ReleaseOffer():
            return _release(state, command, now)
        case TakeChat():
            return _take(state, command)
        case EndChat():
            ended = ChatEnded(command.conversation_id)
            return (ended,) if command.conversation_id in state.chats else ()
        case Pause():
            return () if state.paused else (Paused(PausedBy.AGENT),)
        case Resume():
            return (Resumed(),) if state.paused else ()
        case GoOffline():
            return _go_offline(state, command, now)
        case CheckSilence():
            return _check_silence(state, command, now)
        case _:
            assert_never(command)


def silence_ends_at(check: CheckSilence) -> datetime:
    """Return when silence since the last sign of life has lasted for the whole grace.

    A platform outage that begins before then counts as being online, and the grace starts
    anew after it: reconnecting takes a moment.
    """
    ends_at = check.last_seen_at + GRACE
    for outage in union(check.outages):
        if check.last_seen_at <= outage.end and outage.start <= ends_at:
            ends_at = max(ends_at, outage.end + GRACE)
    return ends_at


def _go_online(state: Session, command: GoOnline) -> tuple[Event, ...]:
    if state.online:
        return ()
    if state.version > 0:
        raise Refused("session_over", "This online session is over. Go online again.")
    if command.shown is Capacity.GUARANTEED and command.capacity is Capacity.STANDBY:
        raise Refused(
            "capacity_changed",
            "It is standby by now, without a guarantee. " + command.because,
        )
    _check(command.choices)
    online = WentOnline(
        command.agent_id, command.capacity, command.because, command.rate_id, command.choices
    )
    return (online,)


def _after_the_end(state: Session, command: Command) -> tuple[Event, ...]:
    # What only tidies up has nothing left to tidy.
    if state.version > 0 and isinstance(command, ReleaseOffer | EndChat | GoOffline | CheckSilence):
        return ()
    raise Refused("not_online", "You are offline. Go online first.")


def _choose(state: Session, command: Choose) -> tuple[Event, ...]:
    _check(command.choices)
    return () if command.choices == state.choices else (ChoicesChanged(command.choices),)


def _set_capacity(state: Session, command: SetCapacity) -> tuple[Event, ...]:
    if command.capacity is state.capacity:
        return ()
    if command.capacity is Capacity.STANDBY:
        raise Refused("guarantee_stays", "A guarantee is never withdrawn while the session lasts.")
    return (Promoted(command.because),)


def _hold(state: Session, command: HoldOffer) -> tuple[Event, ...]:
    if command.offer_id in state.held:
        return ()
    if state.paused:
        raise Refused("paused", "This agent takes no offers at the moment.")
    _check_slot(state)
    return (OfferHeld(command.offer_id),)


def _release(state: Session, command: ReleaseOffer, now: datetime) -> tuple[Event, ...]:
    if command.offer_id not in state.held:
        return ()
    released = OfferReleased(command.offer_id, command.outcome)
    unseen = evolve(state, Fact(now, released)).unseen_in_row
    if unseen < UNSEEN_BEFORE_PAUSE or unseen == state.unseen_in_row or state.paused:
        return (released,)
    return (released, Paused(PausedBy.UNSEEN_OFFERS))


def _take(state: Session, command: TakeChat) -> tuple[Event, ...]:
    if command.conversation_id in state.chats:
        return ()
    if command.offer_id is None:
        _check_slot(state)
    elif command.offer_id not in state.held:
        raise Refused("offer_gone", "This offer is over. It costs you nothing.")
    return (ChatTaken(command.conversation_id, command.offer_id),)


def _go_offline(state: Session, command: GoOffline, now: datetime) -> tuple[Event, ...]:
    if state.chats and not command.hand_back:
        raise Refused(
            "chats_in_hand",
            f"You still have {len(state.chats)} in hand. Finish them (a pause keeps new ones "
            "away), or hand them back.",
        )
    return (WentOffline(command.because, now, tuple(sorted(state.chats))),)


def _check_silence(state: Session, command: CheckSilence, now: datetime) -> tuple[Event, ...]:
    until = silence_ends_at(command)
    if now <= until:
        return ()
    return (WentOffline(Ended.CONNECTION_LOST, until, tuple(sorted(state.chats))),)


def _check_slot(state: Session) -> None:
    if state.load >= state.slots_open:
        raise Refused("no_free_slot", "All slots are taken.")


def _check(choices: Choices) -> None:
    if not 1 <= choices.slots <= SLOTS_MOST:
        raise Refused("bad_slots", f"Choose 1 to {SLOTS_MOST} conversations at once.")
    if not choices.languages:
        raise Refused("no_language", "Choose at least one language.")
    if max(map(len, (choices.languages, choices.skills, choices.quiet_topics))) > CHOICES_LIMIT:
        raise Refused("too_many_choices", f"Choose at most {CHOICES_LIMIT} of each.")
    if not all(1 <= level <= SKILL_LEVEL_MOST for level in choices.skills.values()):
        raise Refused("bad_level", f"A skill's level runs from 1 to {SKILL_LEVEL_MOST}.")
