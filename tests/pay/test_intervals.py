"""Time is counted once, in UTC, to the microsecond."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.kernel.refusal import Refused
from alltid.pay.intervals import Interval, split, total_microseconds, union, without
from tests.pay.sessions import START, intervals, minutes

SOME = st.lists(intervals(START), max_size=8)


def covered(moment: datetime, among: list[Interval] | tuple[Interval, ...]) -> bool:
    return any(each.begin <= moment < each.end for each in among)


@given(SOME, SOME)
def test_a_moment_is_in_the_union_or_left_over_just_when_it_should_be(
    some: list[Interval], taken: list[Interval]
) -> None:
    both, left = union([*some, *taken]), without(some, taken)
    for each in [*some, *taken]:
        for moment in (each.begin, each.end, each.end - timedelta(microseconds=1)):
            assert covered(moment, both) == (covered(moment, some) or covered(moment, taken))
            assert covered(moment, left) == (covered(moment, some) and not covered(moment, taken))


@given(SOME)
def test_a_union_lies_apart_and_in_order(some: list[Interval]) -> None:
    joined = union(some)
    assert all(one.end < other.begin for one, other in itertools.pairwise(joined))
    assert total_microseconds(joined) <= sum(each.microseconds for each in some)


@given(SOME, st.lists(st.builds(lambda m: START + timedelta(minutes=m), st.integers(0, 800))))
def test_cutting_loses_nothing(some: list[Interval], cuts: list[datetime]) -> None:
    joined = union(some)
    pieces = split(joined, cuts)
    assert union(pieces) == joined
    assert total_microseconds(pieces) == total_microseconds(joined)


def test_an_hour_that_the_clocks_show_twice_is_two_hours_long() -> None:
    stockholm = ZoneInfo("Europe/Stockholm")
    autumn = Interval(
        datetime(2026, 10, 25, 1, tzinfo=stockholm), datetime(2026, 10, 25, 4, tzinfo=stockholm)
    )
    spring = Interval(
        datetime(2026, 3, 29, 1, tzinfo=stockholm), datetime(2026, 3, 29, 4, tzinfo=stockholm)
    )
    assert [autumn.microseconds, spring.microseconds] == [4 * 3600 * 10**6, 2 * 3600 * 10**6]


def test_time_without_a_zone_or_backwards_is_refused() -> None:
    naive = datetime(2026, 3, 2)  # noqa: DTZ001  that is the point
    for begin, end in ((naive, START), (START, naive)):
        with pytest.raises(Refused, match="time zone"):
            Interval(begin, end)
    with pytest.raises(Refused, match="before it begins"):
        Interval(START, START - timedelta(seconds=1))


def test_stretches_that_touch_have_nothing_in_common() -> None:
    assert minutes(0, 10).overlap(minutes(10, 20)) is None
    assert minutes(0, 10).overlap(minutes(5, 20)) == minutes(5, 10)
    assert str(minutes(0, 1)) == "2026-03-02T09:00:00+00:00/2026-03-02T09:01:00+00:00"
    assert Interval(START, START).begin.tzinfo is UTC
