"""Which part of a qualification is paid: the time in which the agent was at it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

# Reading a page may take a while; longer silence is a break, of which this much counts.
SILENCE_COUNTED: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Interval:
    """A time of training, from `started_at` to `ended_at`."""

    started_at: datetime
    ended_at: datetime

    @property
    def length(self) -> timedelta:
        """How long it was."""
        return self.ended_at - self.started_at


def interval_until(
    last_at: datetime, now: datetime, counted: Sequence[Interval], paid_minutes_max: int
) -> Interval | None:
    """Return what the step from `last_at` to `now` adds to what is counted already, or None.

    A step counts whole up to five minutes; what all steps of an attempt add up to is bounded
    by the paid minutes that were shown before it began.
    """
    used = sum((each.length for each in counted), timedelta())
    left = timedelta(minutes=paid_minutes_max) - used
    length = min(now - last_at, SILENCE_COUNTED, left)
    return Interval(last_at, last_at + length) if length > timedelta() else None
