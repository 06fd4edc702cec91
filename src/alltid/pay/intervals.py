"""Stretches of time, and what is left of them when they overlap. Pure.

A stretch is kept in UTC: clocks that are set forward or back in the night neither add nor take
away an hour. Lengths are whole microseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from alltid.kernel.refusal import Refused

MICROSECONDS_PER_MINUTE: Final = 60_000_000
MICROSECONDS_PER_HOUR: Final = 3_600_000_000
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """From `begin` up to, and without, `end`."""

    begin: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Move both ends to UTC; Refused without a zone, or when time would run backwards."""
        if self.begin.tzinfo is None or self.end.tzinfo is None:
            raise Refused("no_time_zone", "A stretch of time needs a time zone at both ends.")
        object.__setattr__(self, "begin", self.begin.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))
        if self.end < self.begin:
            raise Refused("ends_before_it_begins", f"{self} ends before it begins.")

    def __str__(self) -> str:
        """Return both ends as ISO 8601 in UTC."""
        return f"{self.begin.isoformat()}/{self.end.isoformat()}"

    @property
    def microseconds(self) -> int:
        """The length."""
        return (self.end - self.begin) // _MICROSECOND

    def overlap(self, other: Interval) -> Interval | None:
        """Return what both have in common, or None."""
        begin, end = max(self.begin, other.begin), min(self.end, other.end)
        return Interval(begin, end) if begin < end else None


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the time that at least one of them covers, in order, apart from each other."""
    found: list[Interval] = []
    for each in sorted(intervals):
        if each.begin == each.end:
            continue
        if found and each.begin <= found[-1].end:
            found[-1] = Interval(found[-1].begin, max(found[-1].end, each.end))
        else:
            found.append(each)
    return tuple(found)


def without(intervals: Iterable[Interval], taken: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the time of `intervals` that none of `taken` covers."""
    left: list[Interval] = []
    holes = union(taken)
    for each in union(intervals):
        begin = each.begin
        for hole in holes:
            if hole.end <= begin or hole.begin >= each.end:
                continue
            if hole.begin > begin:
                left.append(Interval(begin, hole.begin))
            begin = hole.end
        if begin < each.end:
            left.append(Interval(begin, each.end))
    return tuple(left)


def split(intervals: Iterable[Interval], moments: Iterable[datetime]) -> tuple[Interval, ...]:
    """Cut intervals at moments that lie inside them."""
    cuts = sorted(moments)
    pieces: list[Interval] = []
    for each in intervals:
        begin = each.begin
        for cut in cuts:
            if begin < cut < each.end:
                pieces.append(Interval(begin, cut))
                begin = cut
        pieces.append(Interval(begin, each.end))
    return tuple(pieces)


def total_microseconds(intervals: Sequence[Interval]) -> int:
    """Return the sum of the lengths."""
    return sum(each.microseconds for each in intervals)
