"""The wait at each place of a line in several languages. Pure.

Customers of one language compete with those ahead of them for whoever speaks it. Somebody ahead
in another language is in the way only as far as the same people would serve them: as the share
of the slots open to them that speak both. With one language, or people who speak every language
asked for, this is exactly the single line of `dispatch/wait_estimate.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alltid.dispatch.pace import Paces
from alltid.dispatch.wait_estimate import Expected, Pace, Wait, moments, soon, within


@dataclass(frozen=True, slots=True)
class Crew:
    """Agents online who speak the same languages; None stands for every language.

    `slots` are what they take at once, `free` those without a conversation in hand. A slot that
    is held for an offer counts as free: whom it was offered to still stands in line.
    """

    languages: frozenset[str] | None
    agents: int
    slots: int
    free: int

    def speaks(self, language: str) -> bool:
        """Tell whether they could help someone in that language."""
        return self.languages is None or language in self.languages


@dataclass(frozen=True, slots=True)
class Place:
    """What one place in line was judged by: `ahead` who compete, and the people's slots."""

    agents: int
    ahead: float
    slots: int
    free: int
    expected: Expected | None

    @property
    def wait(self) -> Wait | None:
        """The range to show; None while nobody online speaks the language."""
        return None if self.expected is None else self.expected.wait


def places(line: Sequence[str], crews: Iterable[Crew], paces: Paces) -> list[Place]:
    """Judge each place; `line` has the language of each who waits, in order."""
    there = list(crews)
    languages = sorted(set(line))
    lanes = {language: _Lane.of(language, there, paces.of(language)) for language in languages}
    in_the_way = {
        language: [
            (lanes[other], share)
            for other in languages
            if (share := _shared(language, other, there)) > 0
        ]
        for language in languages
    }
    found = []
    for language in line:
        found.append(lanes[language].place())
        for lane, share in in_the_way[language]:
            lane.ahead += share
    return found


def _shared(language: str, other: str, crews: Sequence[Crew]) -> float:
    """Return which share of the slots open to `language` speaks `other` too."""
    own = sum(crew.slots for crew in crews if crew.speaks(language))
    both = sum(crew.slots for crew in crews if crew.speaks(language) and crew.speaks(other))
    return both / own if own else 0.0


class _Lane:
    """One language's part of the line, counted from the front."""

    def __init__(self, agents: int, slots: int, free: int, pace: Pace) -> None:
        self._agents = agents
        self._slots = slots
        self._free = free
        self._pace = pace
        self._moments = moments(slots, pace) if slots else None
        self._known: dict[int, tuple[float, float]] = {}
        self._reached = -1
        self.ahead = 0.0

    @classmethod
    def of(cls, language: str, crews: Sequence[Crew], pace: Pace) -> _Lane:
        """Gather whoever speaks it."""
        able = [crew for crew in crews if crew.speaks(language)]
        return cls(
            sum(crew.agents for crew in able),
            sum(crew.slots for crew in able),
            sum(crew.free for crew in able),
            pace,
        )

    def place(self) -> Place:
        return Place(self._agents, self.ahead, self._slots, self._free, self._expected())

    def _expected(self) -> Expected | None:
        if not self._slots:
            return None
        # Shares add up with a rounding error; a whole customer is not made of it.
        beyond = round(self.ahead - self._free, 6)
        if beyond < 0:
            return soon(self._pace)
        lower = math.floor(beyond)
        mean, deviation = self._at(lower)
        if beyond > lower:
            next_mean, next_deviation = self._at(lower + 1)
            mean += (next_mean - mean) * (beyond - lower)
            deviation += (next_deviation - deviation) * (beyond - lower)
        return within(mean, deviation, self._pace)

    def _at(self, ahead: int) -> tuple[float, float]:
        assert self._moments is not None  # noqa: S101  there are slots
        while self._reached < ahead:
            self._reached += 1
            self._known[self._reached] = next(self._moments)
            self._known.pop(self._reached - 2, None)
        return self._known[ahead]
