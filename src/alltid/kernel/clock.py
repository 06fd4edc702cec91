"""Time, as an argument.

Nothing below the edges reads the clock; it is handed a `datetime`, or a `Clock`
where it has to ask more than once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Something that knows what time it is."""

    def now(self) -> datetime:
        """Return the moment, with its zone (UTC)."""
        ...


def _wall() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class SystemClock:
    """The machine's clock, except that it never runs backwards and never stands still.

    A wall clock can be set back while people wait in line. Within one process this clock
    then runs at half speed until the wall has caught up: no event is dated before the one
    it follows, and leases, rates and deadlines still pass. Places in line don't rest on
    it: they come from a sequence in the database. `steady` counts seconds from anywhere.
    """

    wall: Callable[[], datetime] = _wall
    steady: Callable[[], float] = time.monotonic
    _latest: datetime = field(default_factory=lambda: datetime.min.replace(tzinfo=UTC))
    _latest_steady: float = 0.0

    def now(self) -> datetime:
        """Return the present moment in UTC, never earlier than the answer before."""
        wall, steady = self.wall(), self.steady()
        if wall >= self._latest:
            self._latest = wall
        else:
            self._latest += timedelta(seconds=max(0.0, steady - self._latest_steady) / 2)
        self._latest_steady = steady
        return self._latest


@dataclass(slots=True)
class ManualClock:
    """A clock that moves when told to; for tests and the simulator."""

    moment: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the moment that was set."""
        return self.moment

    def advance(self, seconds: float) -> datetime:
        """Move forward by `seconds` (backwards when negative) and return the moment."""
        self.moment += timedelta(seconds=seconds)
        return self.moment
