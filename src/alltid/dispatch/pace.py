"""How fast the line moves, learned from the desk's own last days. Pure.

A mean of few is shrunk towards the mean of all, and that towards what is usual, by how much was
seen: nothing jumps because of three conversations.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from alltid.dispatch.wait_estimate import Pace

# What is believed before anything was seen, as so many observations.
PRIOR_WEIGHT: Final = 10
PICKUP_PRIOR_SECONDS: Final = 20.0
# However wrong an estimate was, it is mended by no more than this at once.
STRETCH_MOST: Final = 3.0
STRETCH_PRIOR: Final = 20


@dataclass(frozen=True, slots=True)
class Paces:
    """The pace of the whole line, of each language, and of each skill in a language."""

    whole: Pace = field(default_factory=Pace)
    by_language: Mapping[str, Pace] = field(default_factory=dict)
    by_skill: Mapping[tuple[str, str], Pace] = field(default_factory=dict)
    # How many conversations the whole was learned from.
    seen: int = 0

    def of(self, language: str) -> Pace:
        """Return the pace of a language's line."""
        return self.by_language.get(language, self.whole)


def shrunk(mean: float, count: float, prior: float, weight: float = PRIOR_WEIGHT) -> float:
    """Return a mean of `count` observations, pulled towards `prior` as by `weight` more."""
    return (mean * count + prior * weight) / (count + weight)


def learned(
    handled: Iterable[tuple[str, str | None, float, int]],
    waited: Iterable[tuple[str, float, int]],
    errors: tuple[float, int, float, float, int],
) -> Paces:
    """Work out paces.

    `handled` has mean handle seconds and count for each language and skill; `waited` the seconds
    waited in all and how many left, for each language; `errors` what `pace.sql` says of shown
    waits.
    """
    usual = Pace()
    of_language: dict[str, list[tuple[str | None, float, int]]] = defaultdict(list)
    for language, skill, mean, count in handled:
        of_language[language].append((skill, mean, count))
    every = [each for rows in of_language.values() for each in rows]
    waits = {language: (seconds, left) for language, seconds, left in waited}
    whole = replace(
        usual,
        handle_seconds=_handle(every, usual.handle_seconds),
        patience_seconds=_patience(
            sum(seconds for seconds, _ in waits.values()),
            sum(left for _, left in waits.values()),
            usual.patience_seconds,
        ),
        **_mended(errors),
    )
    by_language = {}
    for language in {*of_language, *waits}:
        seconds, left = waits.get(language, (0.0, 0))
        by_language[language] = replace(
            whole,
            handle_seconds=_handle(of_language.get(language, []), whole.handle_seconds),
            patience_seconds=_patience(seconds, left, whole.patience_seconds),
        )
    by_skill = {
        (language, skill): replace(
            by_language[language],
            handle_seconds=shrunk(mean, count, by_language[language].handle_seconds),
        )
        for language, rows in of_language.items()
        for skill, mean, count in rows
        if skill is not None
    }
    return Paces(whole, by_language, by_skill, sum(count for _, _, count in every))


def _handle(rows: Iterable[tuple[str | None, float, int]], prior: float) -> float:
    total = seen = 0.0
    for _, mean, count in rows:
        total += mean * count
        seen += count
    return shrunk(total / seen if seen else 0.0, seen, prior)


def _patience(waited_seconds: float, left: int, prior: float) -> float:
    # Who was answered had patience for at least as long: all waiting counts, few leavings end it.
    return (waited_seconds + PRIOR_WEIGHT * prior) / (left + PRIOR_WEIGHT)


def _mended(errors: tuple[float, int, float, float, int]) -> dict[str, float]:
    pickup, picked_up, waited, expected, busy = errors
    ratio = waited / expected if expected > 0 else 1.0
    stretch = shrunk(ratio, busy, 1.0, STRETCH_PRIOR)
    return {
        "pickup_seconds": shrunk(pickup, picked_up, PICKUP_PRIOR_SECONDS),
        "stretch": min(max(stretch, 1 / STRETCH_MOST), STRETCH_MOST),
    }
