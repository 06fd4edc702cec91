"""How honest the waits were that customers were told. Pure.

A range is right when the person came within it. Who left before its end says nothing; who left
after its end had waited longer than was said, and counts against it. The mean behind the range is
compared on the same customers with two estimators that need no model: the wait of the last one who
was taken, and how long the head of the line has waited.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

BINS: Final = 10


@dataclass(frozen=True, slots=True)
class Told:
    """A wait that was told, and what came of it. Times in seconds from the telling."""

    at: datetime
    language: str
    place: int
    was_free: bool
    low_seconds: float
    high_seconds: float
    mean_seconds: float
    last_seconds: float | None
    head_seconds: float
    outcome: str
    wait_seconds: float

    @property
    def judged(self) -> bool:
        """Whether the outcome says anything about the range."""
        return self.outcome == "accepted" or self.wait_seconds > self.high_seconds

    @property
    def within(self) -> bool:
        """Whether the person came within the range."""
        return (
            self.outcome == "accepted"
            and self.low_seconds <= self.wait_seconds <= self.high_seconds
        )


@dataclass(frozen=True, slots=True)
class Honesty:
    """Shares of the judged, and errors in seconds of those whom a person came to.

    `rmse` names each estimator's root mean squared error on the same customers, those for whom
    all three had something to say.
    """

    told: int = 0
    judged: int = 0
    within: int = 0
    sooner: int = 0
    later: int = 0
    bias_seconds: float | None = None
    compared: int = 0
    rmse_seconds: Mapping[str, float] | None = None

    @property
    def coverage(self) -> float | None:
        """Return the share within the range; None where nothing was judged."""
        return self.within / self.judged if self.judged else None

    def shown(self) -> dict[str, Any]:
        """Return plain values."""
        return {**asdict(self), "coverage": self.coverage}


def score(told: Sequence[Told]) -> Honesty:
    """Score waits that were told."""
    judged = [each for each in told if each.judged]
    within = sum(each.within for each in judged)
    later = sum(each.wait_seconds > each.high_seconds for each in judged)
    answered = [each for each in told if each.outcome == "accepted"]
    compared = [each for each in answered if each.last_seconds is not None]
    return Honesty(
        told=len(told),
        judged=len(judged),
        within=within,
        sooner=len(judged) - within - later,
        later=later,
        bias_seconds=_mean(each.mean_seconds - each.wait_seconds for each in answered),
        compared=len(compared),
        rmse_seconds={
            "ours": _rmse((each.mean_seconds, each.wait_seconds) for each in compared),
            "last_to_enter_service": _rmse(
                (each.last_seconds or 0.0, each.wait_seconds) for each in compared
            ),
            "head_of_line": _rmse((each.head_seconds, each.wait_seconds) for each in compared),
        }
        if compared
        else None,
    )


def by_day(told: Iterable[Told]) -> list[dict[str, Any]]:
    """Return each day's coverage, the oldest first."""
    days: dict[str, list[Told]] = defaultdict(list)
    for each in told:
        days[each.at.date().isoformat()].append(each)
    scored = ((day, score(days[day])) for day in sorted(days))
    return [
        {"day": day, "judged": each.judged, "within": each.within, "coverage": each.coverage}
        for day, each in scored
    ]


def calibration(told: Sequence[Told]) -> list[dict[str, Any]]:
    """Return mean told and mean waited, from the shortest told to the longest, in equal parts."""
    answered = sorted(
        (each for each in told if each.outcome == "accepted"), key=lambda each: each.mean_seconds
    )
    bins = min(BINS, len(answered))
    rows = []
    for number in range(bins):
        part = answered[len(answered) * number // bins : len(answered) * (number + 1) // bins]
        rows.append(
            {
                "told_seconds": sum(each.mean_seconds for each in part) / len(part),
                "waited_seconds": sum(each.wait_seconds for each in part) / len(part),
                "count": len(part),
            }
        )
    return rows


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return math.fsum(found) / len(found) if found else None


def _rmse(pairs: Iterable[tuple[float, float]]) -> float:
    squares = [(guess - waited) ** 2 for guess, waited in pairs]
    return math.sqrt(math.fsum(squares) / len(squares))
