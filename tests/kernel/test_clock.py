"""Clocks: one that never runs backwards, one that moves when told to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alltid.kernel import clock as module
from alltid.kernel.clock import ManualClock, SystemClock


def test_the_system_clock_stands_still_while_the_wall_is_set_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    wall = [noon, noon - timedelta(hours=2), noon - timedelta(seconds=1), noon + timedelta(days=1)]

    class Wall(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            assert tz is UTC
            return wall.pop(0)

    monkeypatch.setattr(module, "datetime", Wall)
    clock = SystemClock(datetime.min.replace(tzinfo=UTC))
    told = [clock.now() for _ in range(4)]
    assert told == [noon, noon, noon, noon + timedelta(days=1)]


def test_the_system_clock_tells_utc() -> None:
    assert SystemClock().now().tzinfo is UTC
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_manual_clock_moves_when_told() -> None:
    clock = ManualClock()
    began = clock.now()
    assert clock.now() == began
    assert clock.advance(2.5) == began + timedelta(seconds=2.5)
    assert clock.advance(-3600) == clock.now() < began
