"""Time, as an argument.

Nothing below the edges reads the clock; it is handed a `datetime`, or a `Clock`
where it has to ask more than once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Something that knows what time it is."""

    def now(self) -> datetime:
        """Return the moment, with its zone (UTC)."""
        ...


@dataclass(slots=True)
class SystemClock:
    """The machine's clock, except that it never runs backwards.

    A wall clock can be set back while people wait in line. Within one process this
    clock then stands still until the wall has caught up, so that no event is dated
    before the one it follows. Places in line don't rest on it: they come from a
    sequence in the database.
    """

    _latest: datetime = field(default_factory=lambda: datetime.min.replace(tzinfo=UTC))

    def now(self) -> datetime:
        """Return the present moment in UTC, never earlier than the answer before."""
        self._latest = max(self._latest, datetime.now(UTC))
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
