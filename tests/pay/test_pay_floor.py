"""Promise P7: every session pays at least the floor, and time is counted as people count it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings

from alltid.kernel.refusal import Refused
from alltid.pay.intervals import Interval, total_microseconds
from alltid.pay.pay_floor import (
    earned_minor,
    earnings,
    floor_minor,
    floor_parts,
    guaranteed,
    top_up_minor,
)
from alltid.pay.rate_card import Night, Terms, Unit
from alltid.pay.session_facts import Ending, Pause, Presence, SessionFacts, Work, whole
from tests.pay.sessions import START, card, chat, minutes, online, session, sessions, terms

HOUR = 3600 * 10**6


def clock(facts: SessionFacts) -> float:
    """Guaranteed minutes."""
    return total_microseconds(guaranteed(facts)) / 60 / 10**6


def paid(facts: SessionFacts, by: Terms | None = None) -> tuple[int, int]:
    """Floor and earnings in minor units."""
    by = by or Terms(card())
    return floor_minor(floor_parts(facts, by)), earned_minor(earnings(facts, by))


@pytest.mark.parametrize(
    "kind", [Presence.ONLINE, Presence.OUTAGE, Presence.GRACE], ids=lambda kind: kind.value
)
def test_presence_is_paid_also_when_the_connection_or_we_were_away(kind: Presence) -> None:
    assert clock(session(online(0, 30), online(30, 40, kind))) == 40


def test_standby_is_not_guaranteed_but_work_in_it_is_paid() -> None:
    standby = online(0, 60, Presence.STANDBY)
    assert clock(session(standby)) == 0
    assert clock(session(online(0, 60), standby)) == 0
    assert clock(session(standby, engagements=(chat(10, 20),))) == 10


def test_three_conversations_at_once_do_not_triple_the_clock() -> None:
    chats = tuple(chat(0, 30, evidence=name) for name in "abc")
    facts = session(online(0, 60), engagements=chats)
    assert clock(facts) == 60
    assert paid(facts) == (40000, 30 * 1000)


@pytest.mark.parametrize("ending", Ending)
@pytest.mark.parametrize("kind", Work)
def test_all_work_is_paid_however_it_ended(kind: Work, ending: Ending) -> None:
    facts = session(online(0, 60), engagements=(chat(50, 70, kind=kind, ending=ending),))
    assert clock(facts) == 70  # also wrap-up after the switch off
    assert paid(facts)[1] == 20 * 1000


def test_declines_and_unseen_offers_leave_no_trace_in_time() -> None:
    # What isn't there can't stop the clock: only a pause does.
    assert clock(session(online(0, 60))) == 60


def test_a_pause_stops_the_clock_from_the_moment_it_is_seen() -> None:
    seen = Pause(minutes(10, 30), START + timedelta(minutes=20), "p")
    early = Pause(minutes(10, 30), START, "p")
    unseen = Pause(minutes(10, 30), None, "p")
    too_late = Pause(minutes(10, 30), START + timedelta(minutes=30), "p")
    expected = {seen: 50, early: 40, unseen: 60, too_late: 60}
    for pause, left in expected.items():
        assert clock(session(online(0, 60), pauses=(pause,))) == left
    assert clock(session(online(0, 60), pauses=(early,), engagements=(chat(15, 20),))) == 45


def test_the_floor_is_rounded_up_once_a_session_and_not_once_a_stretch() -> None:
    # A third of an öre three times is one öre, not three.
    third = card(floor_minor_per_hour=1, rate_minor=0)
    parts = floor_parts(session(*(online(k * 30, k * 30 + 20) for k in range(3))), Terms(third))
    assert [part.exact for part in parts] == [Fraction(1, 3)] * 3
    assert floor_minor(parts) == 1


@pytest.mark.parametrize("currency", ["JPY", "SEK", "KWD"])
def test_currencies_with_no_two_and_three_decimals_are_all_whole_units(currency: str) -> None:
    facts = session(online(0, 7), engagements=(chat(0, 1 / 3),))
    by = Terms(card(currency=currency, floor_minor_per_hour=1234, rate_minor=100))
    assert paid(facts, by) == (144, 34)


def test_a_better_floor_counts_from_its_moment_and_a_worse_one_never() -> None:
    half = START + timedelta(minutes=30)
    better = card(version=2, valid_from=half, floor_minor_per_hour=50000)
    worse = card(version=2, valid_from=half, floor_minor_per_hour=10000)
    facts = session(online(0, 60))
    assert paid(facts, Terms(card(), (better,)))[0] == 20000 + 25000
    assert paid(facts, Terms(card(), (worse,)))[0] == 40000
    names = [part.card for part in floor_parts(facts, Terms(card(), (better,)))]
    assert names == ["SE/SEK/1", "SE/SEK/2"]


def test_a_better_rate_counts_from_its_moment_and_a_worse_one_never() -> None:
    half = START + timedelta(minutes=30)
    facts = session(online(0, 60), engagements=(chat(0, 60),))
    better = card(version=2, valid_from=half, rate_minor=2000)
    worse = card(version=2, valid_from=half, rate_minor=1)
    assert paid(facts, Terms(card(), (better,)))[1] == 30 * 1000 + 30 * 2000
    assert paid(facts, Terms(card(), (worse,)))[1] == 60 * 1000
    # A version that pays by the conversation can't be compared: the frozen one stays.
    other = card(version=2, valid_from=half, rate_minor=10**6, unit=Unit.CONVERSATION)
    assert paid(facts, Terms(card(), (other,)))[1] == 60 * 1000


def test_by_the_conversation_each_is_paid_once() -> None:
    by = Terms(
        card(unit=Unit.CONVERSATION, rate_minor=5000, languages=(("fi", 2000),)),
        (
            card(
                version=2,
                unit=Unit.CONVERSATION,
                rate_minor=6000,
                valid_from=START + timedelta(minutes=30),
            ),
        ),
    )
    facts = session(
        online(0, 60),
        engagements=(
            chat(40, 50),
            chat(0, 30, ending=Ending.CUSTOMER_LEFT),
            chat(0, 45, language="fi", surge_basis_points=1000),
            chat(50, 55, kind=Work.WRAP_UP),
        ),
    )
    assert [int(each.exact) for each in earnings(facts, by)] == [5000, 6500, 6000]


def test_supplements_are_added_together_and_the_best_work_counts() -> None:
    evening = card(night=Night(time(22), time(6), 5000), languages=(("fi", 2000),), zone="UTC")
    begin = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)
    hour = Interval(begin, begin + timedelta(hours=1))
    finnish = replace(chat(0, 1), interval=hour, language="fi", surge_basis_points=1000)
    plain = replace(chat(0, 1), interval=hour, evidence="plain")
    facts = session(began=begin, ended=hour.end, engagements=(plain, finnish))
    by_day, by_night = earnings(facts, Terms(evening))
    assert by_day.supplements == (("language fi", 2000), ("surge", 1000))
    assert by_night.supplements == (("night", 5000), ("language fi", 2000), ("surge", 1000))
    assert by_day.evidence == ("chat:0-1", "plain")
    assert [int(by_day.exact), int(by_night.exact)] == [30 * 1300, 30 * 1800]


@pytest.mark.parametrize(
    "begin",
    [
        datetime(2026, 3, 28, 22, tzinfo=UTC),
        datetime(2026, 10, 24, 22, tzinfo=UTC),
        datetime(2026, 12, 31, 22, tzinfo=UTC),
        datetime(2026, 3, 1, 22, tzinfo=UTC),
    ],
)
def test_no_midnight_clock_change_week_month_or_year_end_moves_an_oere(begin: datetime) -> None:
    moved = begin - START
    facts = session(online(0, 240), engagements=(chat(10, 100), chat(90, 130)))
    there = replace(
        facts,
        began=facts.began + moved,
        stretches=tuple(replace(s, interval=_moved(s.interval, moved)) for s in facts.stretches),
        engagements=tuple(
            replace(e, interval=_moved(e.interval, moved)) for e in facts.engagements
        ),
    )
    assert paid(there) == paid(facts) == (160000, 120 * 1000)


def _moved(interval: Interval, by: timedelta) -> Interval:
    return Interval(interval.begin + by, interval.end + by)


@settings(max_examples=80, deadline=None)
@given(sessions(), terms())
def test_what_is_guaranteed_is_within_the_session_and_pays_at_least_the_frozen_floor(
    facts: SessionFacts, by: Terms
) -> None:
    clock_us = total_microseconds(guaranteed(facts))
    assert 0 <= clock_us <= whole(facts).microseconds
    floor, engaged = paid(facts, by)
    assert floor * HOUR >= by.frozen.floor_minor_per_hour * clock_us
    best = max(c.floor_minor_per_hour for c in (by.frozen, *by.later))
    assert (floor - 1) * HOUR < best * clock_us or floor == 0
    assert engaged >= earned_minor(earnings(facts, Terms(by.frozen)))
    assert engaged + top_up_minor(floor, engaged) >= floor


@settings(max_examples=40, deadline=None)
@given(sessions(), terms())
def test_more_facts_in_the_agents_favour_never_lower_pay(facts: SessionFacts, by: Terms) -> None:
    if not facts.engagements:
        return
    fewer = replace(facts, engagements=facts.engagements[1:])
    assert clock(fewer) <= clock(facts)
    assert sum(paid(fewer, by)) <= sum(paid(facts, by))


def test_a_session_that_goes_on_has_no_whole() -> None:
    with pytest.raises(Refused) as refused:
        whole(session(online(0, 5), ended=None))
    assert refused.value.code == "session_open"
