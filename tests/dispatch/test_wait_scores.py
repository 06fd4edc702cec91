"""How honest waits were: whoever left in time says nothing, whoever left late counts against it."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.dispatch.wait_estimate import Pace, mean_and_deviation
from alltid.dispatch.wait_scores import BINS, Told, by_day, calibration, score

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RIGHT = Told(NOON, "sv", 1, False, 60, 120, 90, 80, 70, "accepted", 100)


def test_a_wait_that_came_true_covers_and_its_errors_are_compared() -> None:
    found = score([RIGHT])
    assert (found.told, found.judged, found.within, found.coverage) == (1, 1, 1, 1.0)
    assert found.bias_seconds == -10
    assert found.rmse_seconds == {"ours": 10, "last_to_enter_service": 20, "head_of_line": 30}
    assert found.shown()["coverage"] == 1.0


def test_too_soon_and_too_late_are_told_apart() -> None:
    found = score([RIGHT, replace(RIGHT, wait_seconds=30), replace(RIGHT, wait_seconds=300)])
    assert (found.within, found.sooner, found.later) == (1, 1, 1)


def test_who_left_before_the_end_of_the_range_says_nothing_and_after_it_all() -> None:
    left = replace(RIGHT, outcome="left", wait_seconds=110)
    assert score([left]).coverage is None
    late = score([replace(left, wait_seconds=121)])
    assert (late.judged, late.later, late.coverage) == (1, 1, 0.0)
    assert late.bias_seconds is None
    assert late.rmse_seconds is None


def test_nobody_is_compared_for_whom_an_estimator_had_nothing_to_say() -> None:
    assert score([replace(RIGHT, last_seconds=None)]).compared == 0


@given(st.lists(st.floats(0, 500), max_size=60))
def test_every_wait_is_in_one_part_and_one_day(waits: list[float]) -> None:
    told = [
        replace(RIGHT, wait_seconds=wait, mean_seconds=wait + 1, at=NOON - timedelta(hours=13 * n))
        for n, wait in enumerate(waits)
    ]
    parts = calibration(told)
    assert sum(part["count"] for part in parts) == len(told)
    assert len(parts) == min(BINS, len(told))
    assert [part["told_seconds"] for part in parts] == sorted(
        part["told_seconds"] for part in parts
    )
    days = by_day(told)
    assert sum(day["judged"] for day in days) == len(told)
    assert [day["day"] for day in days] == sorted(day["day"] for day in days)


def test_about_two_thirds_of_true_waits_lie_within_a_deviation_and_the_error_is_the_least() -> None:
    # Waits as the theory has them: q + 1 departures, each at its own rate.
    chance, pace, told = random.Random(5), Pace(300, 600), []
    for _ in range(4_000):
        ahead = chance.randrange(12)
        mean, deviation = mean_and_deviation(ahead=ahead, online=15, pace=pace)
        rates = [15 / 300 + place / 600 for place in range(ahead + 1)]
        waited = math.fsum(chance.expovariate(rate) for rate in rates)
        told.append(
            replace(
                RIGHT,
                low_seconds=mean - deviation,
                high_seconds=mean + deviation,
                mean_seconds=mean,
                last_seconds=mean * chance.uniform(0.5, 1.5),
                wait_seconds=waited,
            )
        )
    found = score(told)
    assert found.coverage == pytest.approx(0.7, abs=0.05)
    assert found.rmse_seconds
    assert found.rmse_seconds["ours"] == min(found.rmse_seconds.values())
