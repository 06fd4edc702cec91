"""What happened in an online session, as far as pay rests on it. Pure.

Every fact carries the name of its evidence (an event of the log), so that each öre of a
statement can be followed back to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from alltid.kernel.refusal import Refused
from alltid.pay.intervals import Interval


class Presence(StrEnum):
    """How an agent was there without working on anything."""

    ONLINE = "online"
    """Also while offers are declined, missed or never seen."""
    OUTAGE = "outage"
    """Our own absence counts as the agent's presence."""
    GRACE = "grace"
    """The short while after a lost connection."""
    STANDBY = "standby"
    """Without a guarantee, and labelled so before going online."""


class Work(StrEnum):
    """What an agent worked on; all of it is paid."""

    CONVERSATION = "conversation"
    WRAP_UP = "wrap_up"
    TRAINING = "training"
    WITHDRAWN_OFFER = "withdrawn_offer"


class Ending(StrEnum):
    """How work ended. It changes nothing about its pay, and is shown so."""

    DONE = "done"
    CUSTOMER_LEFT = "customer_left"
    CUSTOMER_SILENT = "customer_silent"
    TRANSFERRED = "transferred"
    WITHDRAWN = "withdrawn"


class Extra(StrEnum):
    """What is paid besides, and never counts towards the floor."""

    TIP = "tip"
    EXPENSE = "expense"
    OTHER_PERIOD = "other_period"
    """A correction that belongs to another session."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of presence."""

    kind: Presence
    interval: Interval
    evidence: str


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause; it stops the clock from the moment the agent could see it, if ever."""

    interval: Interval
    shown_at: datetime | None
    evidence: str


@dataclass(frozen=True, slots=True)
class Engagement:
    """A piece of work, with the surge that its offer granted."""

    kind: Work
    interval: Interval
    evidence: str
    language: str = ""
    surge_basis_points: int = 0
    ending: Ending = Ending.DONE


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A late correction of this session's earnings, either way; the floor still holds."""

    minor: int
    reason: str
    evidence: str


@dataclass(frozen=True, slots=True)
class ExtraPay:
    """A tip, an expense or a correction for another session."""

    kind: Extra
    minor: int
    evidence: str


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """An online session of one agent in one market; `ended` is None while it is open."""

    session: str
    agent: str
    began: datetime
    ended: datetime | None
    stretches: tuple[Stretch, ...] = ()
    pauses: tuple[Pause, ...] = ()
    engagements: tuple[Engagement, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    extras: tuple[ExtraPay, ...] = ()


def stopped_at(facts: SessionFacts, now: datetime) -> SessionFacts:
    """Return the facts as they would be if the agent stopped now; a closed one as it is."""
    return facts if facts.ended is not None else replace(facts, ended=max(now, facts.began))


def whole(facts: SessionFacts) -> Interval:
    """Return the time from the first to the last fact of a closed session.

    Wrap-up may go on for a moment after the switch off. Refused while the session is open.
    """
    if facts.ended is None:
        raise Refused("session_open", "This session still goes on: there is no statement yet.")
    all_of_it = [stretch.interval for stretch in facts.stretches]
    all_of_it += [engagement.interval for engagement in facts.engagements]
    begin = min([facts.began, *(each.begin for each in all_of_it)])
    return Interval(begin, max([facts.ended, *(each.end for each in all_of_it)]))


def session_record(facts: SessionFacts) -> dict[str, Any]:
    """Return the facts as plain data, for the books and for people who check."""
    return {
        "session": facts.session,
        "agent": facts.agent,
        "began": facts.began.isoformat(),
        "ended": facts.ended and facts.ended.isoformat(),
        "stretches": [[s.kind.value, *_ends(s.interval), s.evidence] for s in facts.stretches],
        "pauses": [
            [*_ends(p.interval), p.shown_at and p.shown_at.isoformat(), p.evidence]
            for p in facts.pauses
        ],
        "engagements": [
            [
                *(e.kind.value, *_ends(e.interval), e.evidence),
                *(e.language, e.surge_basis_points, e.ending.value),
            ]
            for e in facts.engagements
        ],
        "adjustments": [[a.minor, a.reason, a.evidence] for a in facts.adjustments],
        "extras": [[x.kind.value, x.minor, x.evidence] for x in facts.extras],
    }


def session_from(record: Mapping[str, Any]) -> SessionFacts:
    """Read the facts back; KeyError or ValueError when the record is no such thing."""
    return SessionFacts(
        session=record["session"],
        agent=record["agent"],
        began=datetime.fromisoformat(record["began"]),
        ended=record["ended"] and datetime.fromisoformat(record["ended"]),
        stretches=tuple(
            Stretch(Presence(kind), _interval(begin, end), evidence)
            for kind, begin, end, evidence in record["stretches"]
        ),
        pauses=tuple(
            Pause(_interval(begin, end), shown and datetime.fromisoformat(shown), evidence)
            for begin, end, shown, evidence in record["pauses"]
        ),
        engagements=tuple(
            Engagement(Work(kind), _interval(begin, end), evidence, language, surge, Ending(how))
            for kind, begin, end, evidence, language, surge, how in record["engagements"]
        ),
        adjustments=tuple(Adjustment(*each) for each in record["adjustments"]),
        extras=tuple(ExtraPay(Extra(kind), m, evidence) for kind, m, evidence in record["extras"]),
    )


def _ends(interval: Interval) -> tuple[str, str]:
    return interval.begin.isoformat(), interval.end.isoformat()


def _interval(begin: str, end: str) -> Interval:
    return Interval(datetime.fromisoformat(begin), datetime.fromisoformat(end))
