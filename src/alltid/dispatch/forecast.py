"""How many will ask for a person in each quarter of an hour, from the desk's own weeks. Pure.

The same quarter-hour of the week, smoothed with its neighbours and averaged over the last weeks,
is the shape; how busy the last hours were against that shape is the day's level, shrunk towards
1 by how little has been seen. Their product is the forecast.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

QUARTER: Final = timedelta(minutes=15)
QUARTERS_A_WEEK: Final = 7 * 24 * 4
WEEK: Final = timedelta(days=7)
WEEKS: Final = 6
# The neighbours' weights: a week has 672 quarter-hours and few of them are seen often.
_SHAPE: Final = ((-2, 1.0), (-1, 2.0), (0, 3.0), (1, 2.0), (2, 1.0))
LEVEL_QUARTERS: Final = 8
# As many requests as the belief that today is a day like others is worth.
LEVEL_PRIOR: Final = 12.0
# Nine in ten quarter-hours should stay below the high figure.
_HIGH_DEVIATIONS: Final = 1.2816


@dataclass(frozen=True, slots=True)
class Expected:
    """Requests expected in one quarter-hour, with the figure that nine in ten stay below."""

    start: datetime
    mean: float
    high: float


def quarter_of(moment: datetime) -> datetime:
    """Return the beginning of the quarter-hour."""
    return moment.replace(minute=moment.minute - moment.minute % 15, second=0, microsecond=0)


def expected(
    counts: Mapping[datetime, int], since: datetime, now: datetime, quarters: int
) -> Sequence[Expected]:
    """Forecast the quarter-hour of `now` and those after it.

    `counts` has the requests of each past quarter-hour by its beginning; quarter-hours that it
    leaves out had none. `since` is when counting began: weeks before it are unknown, not empty.
    """
    first = quarter_of(now)
    level = _level(counts, since, first)
    rows = []
    for step in range(quarters):
        start = first + step * QUARTER
        mean, weeks = _shape(counts, since, start)
        mean *= level
        # The forecast itself is uncertain by about its own share of what was seen.
        deviation = math.sqrt(mean * (1 + 1 / weeks)) if weeks else 0.0
        rows.append(Expected(start, mean, mean + _HIGH_DEVIATIONS * deviation))
    return rows


def _shape(counts: Mapping[datetime, int], since: datetime, start: datetime) -> tuple[float, int]:
    """Return the mean of the weeks known, and how many these are."""
    total, weight, weeks = 0.0, 0.0, 0
    for back in range(1, WEEKS + 1):
        then = start - back * WEEK
        if then < since:
            break
        weeks += 1
        for offset, share in _SHAPE:
            total += share * counts.get(then + offset * QUARTER, 0)
            weight += share
    return (total / weight if weight else 0.0), weeks


def _level(counts: Mapping[datetime, int], since: datetime, first: datetime) -> float:
    seen = usual = 0.0
    for back in range(1, LEVEL_QUARTERS + 1):
        start = first - back * QUARTER
        seen += counts.get(start, 0)
        usual += _shape(counts, since, start)[0]
    return (seen + LEVEL_PRIOR) / (usual + LEVEL_PRIOR)
