"""Sessions for tests: a card, a morning's work, and any session that could happen."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from alltid.pay.intervals import Interval
from alltid.pay.rate_card import Night, RateCard, Surge, Terms, Unit
from alltid.pay.session_facts import (
    Adjustment,
    Ending,
    Engagement,
    Extra,
    ExtraPay,
    Pause,
    Presence,
    SessionFacts,
    Stretch,
    Work,
)

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def card(**changes: Any) -> RateCard:
    """400 an hour at least, 10 an engaged minute."""
    given: dict[str, Any] = {
        "market": "SE",
        "currency": "SEK",
        "version": 1,
        "valid_from": LONG_AGO,
        "zone": "Europe/Stockholm",
        "floor_minor_per_hour": 40000,
        "unit": Unit.MINUTE,
        "rate_minor": 1000,
    }
    return RateCard(**(given | changes))


def minutes(begin: float, end: float, start: datetime = START) -> Interval:
    return Interval(start + timedelta(minutes=begin), start + timedelta(minutes=end))


def online(begin: float, end: float, kind: Presence = Presence.ONLINE) -> Stretch:
    return Stretch(kind, minutes(begin, end), f"{kind.value}:{begin:g}")


def chat(begin: float, end: float, **changes: Any) -> Engagement:
    given: dict[str, Any] = {"kind": Work.CONVERSATION, "evidence": f"chat:{begin:g}-{end:g}"}
    return Engagement(interval=minutes(begin, end), **(given | changes))


def session(*stretches: Stretch, **changes: Any) -> SessionFacts:
    given: dict[str, Any] = {
        "session": "s1",
        "agent": "sara",
        "began": START,
        "ended": START + timedelta(hours=8),
        "stretches": stretches,
    }
    return SessionFacts(**(given | changes))


# ---------------------------------------------------------------- any that could happen

_ZONES = ["Europe/Stockholm", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "UTC"]
# Around clock changes and the ends of weeks, months and years.
_MOMENTS = [
    datetime(2026, 3, 28, 20, tzinfo=UTC),
    datetime(2026, 10, 24, 20, tzinfo=UTC),
    datetime(2026, 12, 31, 18, tzinfo=UTC),
    datetime(2028, 2, 28, 18, tzinfo=UTC),
    START,
]


@st.composite
def intervals(draw: st.DrawFn, start: datetime) -> Interval:
    begin = start + timedelta(microseconds=draw(st.integers(0, 10 * 3600 * 10**6)))
    return Interval(begin, begin + timedelta(microseconds=draw(st.integers(0, 4 * 3600 * 10**6))))


@st.composite
def cards(draw: st.DrawFn, /, **changes: Any) -> RateCard:
    clock = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30]))
    points = st.integers(0, 20_000)
    return card(
        **{
            "currency": draw(st.sampled_from(["SEK", "JPY", "KWD"])),
            "zone": draw(st.sampled_from(_ZONES)),
            "floor_minor_per_hour": draw(st.integers(0, 10**6)),
            "unit": draw(st.sampled_from(Unit)),
            "rate_minor": draw(st.integers(0, 10**5)),
            "night": draw(st.none() | st.builds(Night, clock, clock, points)),
            "languages": draw(st.just(()) | st.builds(lambda p: (("fi", p),), points)),
            "surge": draw(st.none() | st.builds(Surge, points, st.integers(0, 10**6))),
            **changes,
        }
    )


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    frozen = draw(cards())
    later = []
    for version in range(2, 2 + draw(st.integers(0, 2))):
        moment = START + timedelta(minutes=draw(st.integers(1, 600)))
        later.append(draw(cards(version=version, valid_from=moment, currency=frozen.currency)))
    return Terms(frozen, tuple(sorted(later, key=lambda each: each.valid_from)))


@st.composite
def sessions(draw: st.DrawFn) -> SessionFacts:
    start = draw(st.sampled_from(_MOMENTS))
    any_interval = intervals(start)
    name = st.sampled_from(["e1", "e2", "e3"])
    shown = st.none() | st.builds(
        lambda minutes_on: start + timedelta(minutes=minutes_on), st.integers(0, 600)
    )
    work = st.builds(
        Engagement,
        *(st.sampled_from(Work), any_interval, name, st.sampled_from(["", "fi"])),
        st.integers(0, 5_000),
        st.sampled_from(Ending),
    )
    stretch = st.builds(Stretch, st.sampled_from(Presence), any_interval, name)
    return SessionFacts(
        session="s1",
        agent="sara",
        began=start,
        ended=start + timedelta(hours=draw(st.integers(0, 12))),
        stretches=tuple(draw(st.lists(stretch, max_size=5))),
        pauses=tuple(draw(st.lists(st.builds(Pause, any_interval, shown, name), max_size=3))),
        engagements=tuple(draw(st.lists(work, max_size=5))),
        adjustments=tuple(
            draw(
                st.lists(
                    st.builds(Adjustment, st.integers(-(10**6), 10**6), name, name), max_size=2
                )
            )
        ),
        extras=tuple(
            draw(
                st.lists(
                    st.builds(ExtraPay, st.sampled_from(Extra), st.integers(-100, 10**5), name),
                    max_size=2,
                )
            )
        ),
    )
