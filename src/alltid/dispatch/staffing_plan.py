"""From a forecast to how many people are needed: languages, quarter-hours, slots. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from alltid.dispatch.capacity import ANY, Needs
from alltid.dispatch.erlang import Demand, servers_needed
from alltid.dispatch.forecast import QUARTERS_A_WEEK, Expected, expected
from alltid.dispatch.pace import Paces
from alltid.dispatch.policy import Policy

QUARTERS_AN_HOUR: Final = 4
# A guarantee lasts for a session, so the coming hour counts and not the minute alone.
HORIZON_QUARTERS: Final = 4
SHOWN_QUARTERS: Final = 24
# What nobody did in these weeks is rare, not impossible: once a week in each quarter-hour's week.
UNSEEN: Final = 1 / QUARTERS_A_WEEK
# How many single conversations one, two and three at once are worth.
WORTH_OF_CHATS: Final = (1.0, 1.6, 1.9)
SLOTS_USUAL: Final = 1.6
SLOTS_PRIOR: Final = 10


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter-hour to come: what is expected, and how many people that needs."""

    start: datetime
    expected: float
    high: float
    needed: int


@dataclass(frozen=True, slots=True)
class Hour:
    """How many people an hour needs at its busiest; `start` is on the hour."""

    start: datetime
    needed: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The next quarter-hours by language, with those of all languages under ANY."""

    by_language: Mapping[str, Sequence[Quarter]]

    def needs(self, least: int) -> Needs:
        """Return how many each language needs over the horizon; `least` in any case."""
        return Needs(
            {
                language: max(quarter.needed for quarter in rows[:HORIZON_QUARTERS])
                for language, rows in self.by_language.items()
                if language != ANY
            },
            least,
        )

    def hours(self, languages: Iterable[str]) -> list[Hour]:
        """Return how many with any of these languages are needed in the hours to come."""
        quarters: Counter[datetime] = Counter()
        for language in languages:
            for each in self.by_language.get(language, ()):
                quarters[each.start] += each.needed
        hours: dict[datetime, int] = {}
        for start, needed in sorted(quarters.items()):
            hour = start.replace(minute=0)
            hours[hour] = max(needed, hours.get(hour, 0))
        return [Hour(start, needed) for start, needed in hours.items()]


def worth_of_an_agent(slots: Mapping[int, int]) -> float:
    """Return how many single conversations an agent is worth, by the slots that agents open."""
    seen = sum(slots.values())
    total = sum(WORTH_OF_CHATS[number - 1] * count for number, count in slots.items())
    return (total + SLOTS_USUAL * SLOTS_PRIOR) / (seen + SLOTS_PRIOR)


def plan(
    counts: Mapping[str, Mapping[datetime, int]],
    since: datetime,
    now: datetime,
    policy: Policy,
    paces: Paces,
    worth: float,
) -> Plan:
    """Plan the next hours: `counts` has past requests by language and quarter-hour."""
    by_language = {
        language: [
            _quarter(each, language, policy, paces, worth)
            for each in expected(own, since, now, SHOWN_QUARTERS)
        ]
        for language, own in counts.items()
    }
    return Plan({**by_language, ANY: _together(list(by_language.values()))})


def _quarter(each: Expected, language: str, policy: Policy, paces: Paces, worth: float) -> Quarter:
    pace = paces.of(language)
    an_hour = max(each.mean, UNSEEN) * QUARTERS_AN_HOUR
    demand = Demand(an_hour, pace.handle_seconds * pace.stretch, pace.patience_seconds)
    servers = servers_needed(demand, policy.service_level_seconds, policy.service_level_share)
    return Quarter(each.start, each.mean, each.high, math.ceil(servers / worth))


def _together(languages: Sequence[Sequence[Quarter]]) -> list[Quarter]:
    together = []
    for rows in zip(*languages, strict=True):
        mean = sum(row.expected for row in rows)
        # Languages vary each on their own.
        spread = math.hypot(*(row.high - row.expected for row in rows))
        needed = sum(row.needed for row in rows)
        together.append(Quarter(rows[0].start, mean, mean + spread, needed))
    return together
