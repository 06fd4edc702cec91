"""Rate cards: what is refused, what is frozen, what is night, what a budget bears."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.kernel.refusal import Refused
from alltid.pay.intervals import Interval
from alltid.pay.rate_card import (
    Night,
    RateCard,
    Surge,
    break_even_minor_per_minute,
    card_facts,
    card_from,
    check_successor,
    granted_surge,
    night_points,
    nights,
    terms_of,
)
from tests.pay.sessions import LONG_AGO, START, card, cards, minutes

NIGHT = Night(time(22), time(6), 2500)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"market": " "}, "no_market"),
        ({"currency": ""}, "no_currency"),
        ({"currency": "XXX"}, "unknown_currency"),
        ({"version": 0}, "bad_version"),
        ({"valid_from": datetime(2026, 1, 1)}, "no_time_zone"),  # noqa: DTZ001
        ({"zone": "Mars/Olympus"}, "unknown_zone"),
        ({"zone": "../etc"}, "unknown_zone"),
        ({"floor_minor_per_hour": -1}, "bad_floor"),
        ({"floor_minor_per_hour": 400.5}, "bad_floor"),
        ({"rate_minor": -1}, "bad_rate"),
        ({"rate_minor": 10**10}, "bad_rate"),
        ({"night": Night(time(22), time(6), -1)}, "bad_supplement"),
        ({"languages": (("fi", 100_001),)}, "bad_supplement"),
        ({"languages": (("fi", 1), ("fi", 2))}, "bad_supplement"),
        ({"surge": Surge(1, -1)}, "bad_budget"),
        ({"surge": Surge(-1, 1)}, "bad_supplement"),
    ],
)
def test_a_card_that_could_not_be_paid_by_is_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        card(**changes)
    assert refused.value.code == code


@given(cards())
def test_a_card_comes_back_from_its_record(given_card: RateCard) -> None:
    assert card_from(json.loads(json.dumps(card_facts(given_card)))) == given_card


def test_the_break_even_of_400_an_hour() -> None:
    assert break_even_minor_per_minute(40000, 5000) == 1333
    assert break_even_minor_per_minute(40000, 7000) == 952
    for utilisation in (0, 10_001):
        with pytest.raises(Refused):
            break_even_minor_per_minute(40000, utilisation)


def test_a_session_keeps_the_card_of_its_start_and_may_get_better_ones() -> None:
    other = card(market="NO")
    first, second = card(), card(version=2, valid_from=START + timedelta(minutes=30))
    third = card(version=3, valid_from=START + timedelta(days=30))
    found = terms_of([third, other, second, first], "SE", "SEK", minutes(0, 60))
    assert (found.frozen, found.later) == (first, (second,))
    assert found.at(START) == (first,)
    assert found.at(START + timedelta(minutes=30)) == (first, second)
    with pytest.raises(Refused) as refused:
        terms_of([second], "SE", "SEK", minutes(0, 60))
    assert refused.value.code == "no_rate_card"


def test_a_new_version_follows_the_last_and_leaves_the_past_alone() -> None:
    second = card(version=2, valid_from=START)
    check_successor([], card(), START)
    check_successor([card()], second, START)
    check_successor([card(market="NO"), card(currency="EUR")], card(), START)
    third = card(version=3, valid_from=START)
    for bad in (third, card(version=2, valid_from=LONG_AGO)):
        with pytest.raises(Refused):
            check_successor([card()], bad, LONG_AGO)
    with pytest.raises(Refused) as refused:
        check_successor([card()], second, START + timedelta(seconds=1))
    assert refused.value.code == "changes_the_past"


def test_a_night_ends_in_the_morning_also_when_clocks_change() -> None:
    at_night = card(night=NIGHT)
    hours = []
    for day in (datetime(2026, 3, 28, 12), datetime(2026, 10, 24, 12), datetime(2026, 6, 1, 12)):  # noqa: DTZ001
        noon = day.replace(tzinfo=UTC)
        (found,) = nights(at_night, Interval(noon, noon + timedelta(days=1)))
        hours.append(found.microseconds / 3600 / 10**6)
    assert hours == [7, 9, 8]


def test_a_night_within_one_day_and_days_without_any() -> None:
    early = card(night=Night(time(1), time(3), 100), zone="UTC")
    day = Interval(START.replace(hour=0), START.replace(hour=23))
    assert nights(early, day) == (Interval(START.replace(hour=1), START.replace(hour=3)),)
    assert nights(card(), day) == ()
    assert night_points(early, START.replace(hour=2)) == 100
    assert night_points(early, START.replace(hour=3)) == 0
    assert night_points(card(), START.replace(hour=2)) == 0


def test_a_night_that_begins_and_ends_at_one_time_lasts_all_day() -> None:
    always = card(night=Night(time(0), time(0), 100), zone="UTC")
    day = Interval(START, START + timedelta(hours=3))
    assert sum(each.microseconds for each in nights(always, day)) == day.microseconds


@given(st.integers(0, 30_000), st.integers(0, 10**6), st.integers(0, 10**6))
def test_surge_stays_within_its_budget(wanted: int, spent: int, expected: int) -> None:
    rush = card(surge=Surge(10_000, 50_000))
    points = granted_surge(rush, wanted, spent, expected)
    assert 0 <= points <= min(wanted, 10_000)
    assert points == 0 or expected * points <= (50_000 - spent) * 10_000


def test_surge_without_a_budget_or_a_wish_is_none() -> None:
    assert granted_surge(card(), 1000, 0, 100) == 0
    assert granted_surge(card(surge=Surge(1000, 10)), -5, 0, 100) == 0
    assert granted_surge(card(surge=Surge(1000, 10)), 500, 0, 0) == 500
    assert granted_surge(card(surge=Surge(1000, 10)), 500, 10, 0) == 0


def test_a_language_has_its_supplement() -> None:
    finnish = card(languages=(("fi", 1500),))
    assert [finnish.supplement_of("fi"), finnish.supplement_of("sv")] == [1500, 0]
    assert finnish.name == "SE/SEK/1"
