"""Clocks: one that never runs backwards, one that moves when told to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from alltid.kernel.clock import ManualClock, SystemClock


def test_the_system_clock_runs_at_half_speed_while_the_wall_is_set_back() -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    wall = iter([noon, noon - timedelta(hours=2), noon - timedelta(hours=1), noon])
    steady = iter([100.0, 110.0, 130.0, 190.0])
    clock = SystemClock(lambda: next(wall), lambda: next(steady))
    told = [clock.now() for _ in range(4)]
    assert told == [noon + timedelta(seconds=each) for each in (0, 5, 15, 45)]


def test_the_system_clock_follows_a_wall_that_jumps_ahead() -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    wall = iter([noon, noon + timedelta(days=1), noon + timedelta(days=1, seconds=1)])
    clock = SystemClock(lambda: next(wall), lambda: 0.0)
    assert [clock.now().day for _ in range(3)] == [1, 2, 2]


def test_the_system_clock_tells_utc() -> None:
    assert SystemClock().now().tzinfo is UTC
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_manual_clock_moves_when_told() -> None:
    clock = ManualClock()
    began = clock.now()
    assert clock.now() == began
    assert clock.advance(2.5) == began + timedelta(seconds=2.5)
    assert clock.advance(-3600) == clock.now() < began
