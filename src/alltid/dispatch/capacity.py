"""Whether another agent online is guaranteed or on standby, and why. Pure.

Never more guaranteed capacity than the forecast needs: an agent is guaranteed when those already
guaranteed and this one can all be given a need of a language that they speak, one each. Beyond
that they are welcome on standby, which is said before they go online. A guarantee once given
stays for the session (`agents/session_rules.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Protocol

from alltid.agents.session_events import Capacity

# A need that any language fills: the least number of people who are guaranteed.
ANY: Final = "*"

SENTENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "needed": (
            "You are needed: for your languages the forecast of the coming hour needs people "
            "with a guarantee: {needed}; online now: {there}."
        ),
        "enough": (
            "For your languages the forecast of the coming hour needs people with a guarantee: "
            "{needed}; online already: {there}. On standby you are paid for your work, without "
            "the hourly floor."
        ),
        "beginning": (
            "Little is known yet of how many customers will come, so at least this many people "
            "online are guaranteed: {needed}; online now: {there}."
        ),
        "no_need": (
            "Nobody has asked for a person in your languages in the last weeks. On standby you "
            "are paid for your work, without the hourly floor."
        ),
    }
)


@dataclass(frozen=True, slots=True)
class CapacityNow:
    """What an agent would be promised now. `because` says it in English; code and facts for all."""

    capacity: Capacity
    because: str
    code: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


class CapacityPlan(Protocol):
    """Says what an agent would be promised."""

    async def capacity(self, languages: Iterable[str], now: datetime) -> CapacityNow:
        """Return the promise for an agent with these languages who would go online now."""
        ...

    def needed(self, languages: Iterable[str]) -> Sequence[tuple[datetime, int]]:
        """Return how many with these languages the next hours need; none while unknown."""
        ...


@dataclass(frozen=True, slots=True)
class Needs:
    """How many people each language needs; `least` are guaranteed in any case."""

    by_language: Mapping[str, int] = field(default_factory=dict)
    least: int = 0

    def places(self) -> dict[str, int]:
        """Return the needs to fill, with those of any language under ANY."""
        spare = max(0, self.least - sum(self.by_language.values()))
        return {**self.by_language, ANY: spare}


def promise(
    needs: Needs, guaranteed: Iterable[frozenset[str]], languages: Iterable[str]
) -> CapacityNow:
    """Decide for one more agent, given the languages of each agent who is guaranteed now."""
    own = frozenset(languages)
    places = _Places(needs.places())
    there = 0
    for spoken in sorted(guaranteed, key=sorted):
        places.fill(spoken)
        there += bool(spoken & own)
    needed = sum(count for language, count in needs.by_language.items() if language in own)
    filled_before = places.filled_any
    if not places.fill(own):
        code = "enough" if needed or needs.least else "no_need"
        return _said(Capacity.STANDBY, code, max(needed, needs.least), there)
    if places.filled_any > filled_before:
        return _said(Capacity.GUARANTEED, "beginning", needs.least, places.filled - 1)
    return _said(Capacity.GUARANTEED, "needed", needed, there)


def split(needs: Needs, guaranteed: Iterable[frozenset[str]]) -> tuple[int, int]:
    """Return how many places there are, and how many of them the guaranteed fill."""
    places = _Places(needs.places())
    for spoken in guaranteed:
        places.fill(spoken)
    return sum(needs.places().values()), places.filled


def _said(capacity: Capacity, code: str, needed: int, there: int) -> CapacityNow:
    facts = {"needed": needed, "there": there}
    return CapacityNow(capacity, SENTENCES[code].format(**facts), code, facts)


class _Places:
    """Places to fill one each: augmenting paths over languages, with agents counted by kind."""

    def __init__(self, places: Mapping[str, int]) -> None:
        self._free = dict(places)
        # How many agents of a kind (the languages they speak) sit in each language's places.
        self._seated: dict[str, Counter[frozenset[str]]] = {key: Counter() for key in places}
        self.filled = 0

    @property
    def filled_any(self) -> int:
        """How many places of any language are filled."""
        return self._seated[ANY].total()

    def fill(self, kind: frozenset[str]) -> bool:
        """Seat one more agent if shifting others makes a place; tell whether it did."""
        done = self._seat(kind, set())
        self.filled += done
        return done

    def _seat(self, kind: frozenset[str], looked: set[str]) -> bool:
        # A place of a language first: those of any language are for whoever is left.
        reach = [each for each in (*sorted(kind), ANY) if each in self._free and each not in looked]
        for language in reach:
            if self._free[language] > 0:
                self._free[language] -= 1
                self._seated[language][kind] += 1
                return True
        for language in reach:
            looked.add(language)
            for other in sorted(+self._seated[language], key=sorted):
                if other != kind and self._seat(other, looked):
                    self._seated[language][other] -= 1
                    self._seated[language][kind] += 1
                    return True
        return False
