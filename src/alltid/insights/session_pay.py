"""From the log to pay: what a session's events, offers and the desk's outages say was done. Pure.

Pay knows nothing of sessions and offers; this is where both are known. Each fact names its
evidence: `event:SESSION/VERSION`, `offer:ID`, `outage:ID`, `training:ID`, `addition:ID`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from alltid.agents.online_session import Ended
from alltid.agents.session_events import (
    Capacity,
    ChatEnded,
    ChatTaken,
    Fact,
    Paused,
    PausedBy,
    Promoted,
    Resumed,
    WentOffline,
    WentOnline,
)
from alltid.pay.intervals import Interval, split
from alltid.pay.session_facts import (
    Adjustment,
    Ending,
    Engagement,
    ExtraPay,
    Pause,
    Presence,
    SessionFacts,
    Stretch,
    Work,
)

# A conversation's own fact and the end of its chat are two transactions.
_AFTERWARDS: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class OfferMade:
    """An offer of the session; `withdrawn_at` where it was taken back."""

    id: str
    language: str = ""
    surge_basis_points: int = 0
    seen_at: datetime | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """How and when a conversation left its agent's hands; wrap-up may follow."""

    at: datetime
    ending: Ending


@dataclass(frozen=True, slots=True)
class Span:
    """An outage of the desk, or a piece of training, by its id."""

    id: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class Beside:
    """What else is known of a session. `now` is where an open one is cut, for the meter."""

    now: datetime
    last_seen_at: datetime | None = None
    offers: Sequence[OfferMade] = ()
    languages: Mapping[str, str] = field(default_factory=dict)
    closings: Mapping[str, Sequence[Closing]] = field(default_factory=dict)
    outages: Sequence[Span] = ()
    trainings: Sequence[Span] = ()
    adjustments: Sequence[Adjustment] = ()
    extras: Sequence[ExtraPay] = ()


def session_facts(session: str, log: Sequence[Fact], beside: Beside) -> SessionFacts:
    """Return what pay rests on; `log` is the session's whole stream in its order.

    Raises ValueError for a stream that does not begin with going online.
    """
    if not log or not isinstance(log[0].event, WentOnline):
        raise ValueError("a session begins with going online")
    last = log[-1].event
    ended = last.until if isinstance(last, WentOffline) else None
    whole = Interval(log[0].at, max(log[0].at, ended or beside.now))
    chats = tuple(_chats(session, log, whole, beside))
    return SessionFacts(
        session=session,
        agent=log[0].event.agent_id,
        began=whole.begin,
        ended=None if ended is None else whole.end,
        stretches=tuple(_stretches(session, log, whole, beside)),
        pauses=tuple(_pauses(session, log, whole, beside)),
        engagements=(*chats, *_withdrawn(whole, beside), *_trainings(whole, beside)),
        adjustments=tuple(beside.adjustments),
        extras=tuple(beside.extras),
    )


# ---------------------------------------------------------------- presence


def _stretches(
    session: str, log: Sequence[Fact], whole: Interval, beside: Beside
) -> Iterator[Stretch]:
    """Cut presence into standby, online, our outages and the grace."""
    online = log[0].event
    guaranteed_from, version = whole.begin, 1
    if isinstance(online, WentOnline) and online.capacity is Capacity.STANDBY:
        promoted = ((n, f.at) for n, f in enumerate(log, 1) if isinstance(f.event, Promoted))
        version, guaranteed_from = next(promoted, (1, whole.end))
        guaranteed_from = min(guaranteed_from, whole.end)
        if whole.begin < guaranteed_from:
            standby = Interval(whole.begin, guaranteed_from)
            yield Stretch(Presence.STANDBY, standby, _event(session, 1))
    if guaranteed_from == whole.end:
        return
    grace_from = _grace_from(log, whole, beside)
    cuts = [grace_from, *(end for o in beside.outages for end in _ends(o.interval))]
    for piece in split([Interval(guaranteed_from, whole.end)], cuts):
        outage = next((o for o in beside.outages if o.interval.overlap(piece)), None)
        if outage is not None:
            yield Stretch(Presence.OUTAGE, piece, f"outage:{outage.id}")
        elif piece.begin >= grace_from:
            yield Stretch(Presence.GRACE, piece, _event(session, len(log)))
        else:
            yield Stretch(Presence.ONLINE, piece, _event(session, version))


def _grace_from(log: Sequence[Fact], whole: Interval, beside: Beside) -> datetime:
    last = log[-1].event
    lost = isinstance(last, WentOffline) and last.because is Ended.CONNECTION_LOST
    seen = beside.last_seen_at
    return seen if lost and seen is not None and whole.begin <= seen else whole.end


def _pauses(session: str, log: Sequence[Fact], whole: Interval, beside: Beside) -> Iterator[Pause]:
    """A pause counts from when the agent could see it: not in an outage, not while cut off."""
    since: tuple[int, Fact] | None = None
    ends = Fact(whole.end, Resumed())
    for version, fact in [*enumerate(log, 1), (len(log) + 1, ends)]:
        if isinstance(fact.event, Paused) and since is None:
            since = (version, fact)
        if isinstance(fact.event, Resumed) and since is not None:
            began = since[1].at
            interval = Interval(min(began, whole.end), min(max(began, fact.at), whole.end))
            if interval.begin < interval.end:
                shown = _shown_at(since[1], log, whole, beside)
                yield Pause(interval, shown, _event(session, since[0]))
            since = None


def _shown_at(
    paused: Fact, log: Sequence[Fact], whole: Interval, beside: Beside
) -> datetime | None:
    assert isinstance(paused.event, Paused)  # noqa: S101  what it is called for
    if paused.event.by is PausedBy.AGENT:
        return paused.at
    if paused.at >= _grace_from(log, whole, beside):
        return None
    shown = paused.at
    for outage in sorted(beside.outages, key=lambda each: each.interval):
        if outage.interval.begin <= shown < outage.interval.end:
            shown = outage.interval.end
    return shown


# ---------------------------------------------------------------- work


def _chats(
    session: str, log: Sequence[Fact], whole: Interval, beside: Beside
) -> Iterator[Engagement]:
    offers = {offer.id: offer for offer in beside.offers}
    open_ones: dict[str, tuple[int, datetime, str | None]] = {}
    for version, fact in enumerate(log, 1):
        if isinstance(fact.event, ChatTaken):
            open_ones[fact.event.conversation_id] = (version, fact.at, fact.event.offer_id)
        if isinstance(fact.event, ChatEnded):
            taken = open_ones.pop(fact.event.conversation_id, None)
            if taken is not None:
                of = fact.event.conversation_id
                yield from _chat(session, of, taken, fact.at, offers, whole, beside)
    for of, taken in open_ones.items():
        yield from _chat(session, of, taken, whole.end, offers, whole, beside)


def _chat(
    session: str,
    conversation: str,
    taken: tuple[int, datetime, str | None],
    ended_at: datetime,
    offers: Mapping[str, OfferMade],
    whole: Interval,
    beside: Beside,
) -> Iterator[Engagement]:
    """One chat, and its wrap-up where the conversation was closed before the chat."""
    version, began, offer_id = taken
    end = min(max(began, ended_at), whole.end)
    if began >= end:
        return
    offer = offers.get(offer_id or "")
    evidence = _event(session, version) if offer is None else f"offer:{offer.id}"
    language = beside.languages.get(conversation, "") if offer is None else offer.language
    surge = 0 if offer is None else offer.surge_basis_points
    closings = [
        closing
        for closing in beside.closings.get(conversation, ())
        if began <= closing.at <= end + _AFTERWARDS
    ]
    ending = closings[-1].ending if closings else _open_ending(ended_at, whole)
    closed = min(closings[-1].at, end) if closings else end
    if ending is Ending.TRANSFERRED or closed <= began:
        closed = end
    yield Engagement(Work.CONVERSATION, Interval(began, closed), evidence, language, surge, ending)
    if closed < end:
        yield Engagement(Work.WRAP_UP, Interval(closed, end), evidence, language, surge)


def _open_ending(ended_at: datetime, whole: Interval) -> Ending:
    """Whatever was in hand at the session's end went to someone else."""
    return Ending.TRANSFERRED if ended_at >= whole.end else Ending.CUSTOMER_LEFT


def _withdrawn(whole: Interval, beside: Beside) -> Iterator[Engagement]:
    """Looking at an offer that was then taken back is work."""
    for offer in beside.offers:
        if offer.seen_at is None or offer.withdrawn_at is None:
            continue
        if offer.seen_at < offer.withdrawn_at:
            seen = Interval(offer.seen_at, offer.withdrawn_at).overlap(whole)
            if seen is not None:
                yield Engagement(
                    Work.WITHDRAWN_OFFER,
                    seen,
                    f"offer:{offer.id}",
                    offer.language,
                    offer.surge_basis_points,
                    Ending.WITHDRAWN,
                )


def _trainings(whole: Interval, beside: Beside) -> Iterator[Engagement]:
    for training in beside.trainings:
        during = training.interval.overlap(whole)
        if during is not None:
            yield Engagement(Work.TRAINING, during, f"training:{training.id}")


def _event(session: str, version: int) -> str:
    return f"event:{session}/{version}"


def _ends(interval: Interval) -> tuple[datetime, datetime]:
    return interval.begin, interval.end
