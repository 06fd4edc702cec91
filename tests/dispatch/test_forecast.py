"""The forecast: the same hour of other weeks, at the level of today."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.dispatch.forecast import QUARTER, WEEK, expected, quarter_of

NOW = datetime(2026, 3, 4, 12, 7, 30, tzinfo=UTC)
FIRST = quarter_of(NOW)
LONG_AGO = NOW - 10 * WEEK


def weeks_of(
    count: int, hours: range = range(24), weeks: int = 6, until: datetime = FIRST
) -> dict[datetime, int]:
    """`count` requests in every quarter-hour of these hours, for some weeks."""
    starts = (until - step * QUARTER for step in range(1, weeks * 672 + 16))
    return {start: count for start in starts if start.hour in hours}


def test_a_quarter_hour_begins_at_a_quarter() -> None:
    assert datetime(2026, 3, 4, 12, 0, tzinfo=UTC) == FIRST
    assert quarter_of(FIRST) == FIRST


def test_what_was_always_so_is_expected_again() -> None:
    rows = expected(weeks_of(5), LONG_AGO, NOW, 8)
    assert [row.start for row in rows] == [FIRST + step * QUARTER for step in range(8)]
    for row in rows:
        assert row.mean == pytest.approx(5)
        assert row.high > row.mean


def test_nothing_is_expected_of_an_hour_in_which_nobody_ever_came() -> None:
    rows = expected(weeks_of(8, range(8, 11)), LONG_AGO, NOW, 4)
    assert [row.mean for row in rows] == [0, 0, 0, 0]


def test_a_busier_day_raises_the_rest_of_it_but_not_by_all_that_was_seen() -> None:
    today = weeks_of(4) | {FIRST - step * QUARTER: 8 for step in range(1, 9)}
    mean = expected(today, LONG_AGO, NOW, 1)[0].mean
    assert 4 < mean < 8
    quiet = weeks_of(4) | {FIRST - step * QUARTER: 0 for step in range(1, 9)}
    assert 0 < expected(quiet, LONG_AGO, NOW, 1)[0].mean < 4


def test_weeks_before_counting_began_are_unknown_not_empty() -> None:
    since = FIRST - WEEK - timedelta(hours=3)
    young = expected(weeks_of(6, weeks=1, until=FIRST), since, NOW, 1)[0]
    assert young.mean == pytest.approx(6)
    assert young.high > expected(weeks_of(6), LONG_AGO, NOW, 1)[0].high
    assert expected({}, NOW, NOW, 2)[0].mean == 0


@given(st.dictionaries(st.integers(1, 5_000), st.integers(0, 500), max_size=60), st.integers(1, 9))
def test_a_forecast_is_never_negative_and_grows_with_what_was_seen(
    steps: dict[int, int], quarters: int
) -> None:
    counts = {FIRST - step * QUARTER: count for step, count in steps.items()}
    more = {start: count * 2 for start, count in counts.items()}
    for one, two in zip(
        expected(counts, LONG_AGO, NOW, quarters),
        expected(more, LONG_AGO, NOW, quarters),
        strict=True,
    ):
        assert 0 <= one.mean <= one.high
        assert one.mean == 0 or two.mean > one.mean * 0.99
