"""Which quarter-hours may be booked for a callback: those with an agent to spare. Pure.

Who was online in the same quarter of the week before is expected again; a desk without a past
goes by its opening hours. A quarter takes another customer only if every booking would still
find an agent of its own: for each set of the languages that are booked, as many agents as
bookings (P. Hall, "On representatives of subsets", 1935).
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

QUARTER: Final = timedelta(minutes=15)
# Nobody can plan to be there in a minute; further than this nobody knows who will be.
SOONEST: Final = timedelta(minutes=10)
AHEAD: Final = timedelta(days=3)
WEEK: Final = timedelta(days=7)
WEEKS_REMEMBERED: Final = 4
SLOTS_SHOWN: Final = 48
# The check looks at every set of the languages in one quarter.
LANGUAGES_A_QUARTER: Final = 6

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS: Final = re.compile(
    r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))? (?P<opens>\d\d:\d\d)-(?P<closes>\d\d:\d\d)"
)
_MINUTES_A_DAY: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Online:
    """An agent's time online, over or still going on (`ended_at` is then the moment of asking)."""

    started_at: datetime
    ended_at: datetime
    languages: frozenset[str]


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When somebody is expected before there is a past to go by.

    `spans` are (day of the week from Monday 0, minute it begins, minute it ends) in `zone`.
    """

    spans: frozenset[tuple[int, int, int]]
    zone: tzinfo
    agents: int = 1

    def includes(self, quarter: datetime) -> bool:
        """Tell whether the whole quarter lies within the hours."""
        local = quarter.astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        return any(
            local.weekday() == day and opens <= minute and minute + 15 <= closes
            for day, opens, closes in self.spans
        )


def opening_hours(text: str, zone: tzinfo, agents: int) -> OpeningHours:
    """Read hours such as "mon-fri 09:00-17:00, sat 10:00-14:00"; empty text means never.

    Raises:
        ValueError: a part is not of that form; the message says which.
    """
    spans = (_spans(part.strip()) for part in text.split(",") if part.strip())
    return OpeningHours(frozenset(itertools.chain.from_iterable(spans)), zone, agents)


def _spans(part: str) -> list[tuple[int, int, int]]:
    found = _HOURS.fullmatch(part.lower())
    days = found and (found["first"], found["last"] or found["first"])
    if not found or not days or not set(days) <= set(DAYS):
        raise ValueError(f"{part!r} is not of the form 'mon-fri 09:00-17:00'")
    opens, closes = _minute(found["opens"]), _minute(found["closes"])
    first, last = DAYS.index(days[0]), DAYS.index(days[1])
    if first > last or not opens < closes <= _MINUTES_A_DAY:
        raise ValueError(f"{part!r} ends before it begins")
    return [(day, opens, closes) for day in range(first, last + 1)]


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


@dataclass(frozen=True, slots=True)
class Expected:
    """Who is expected in a quarter: how often each set of languages was there, in `weeks`."""

    seen: Mapping[frozenset[str], int]
    weeks: int

    def able(self, languages: frozenset[str]) -> int:
        """Return how many agents are expected who speak one of `languages`, rounded down."""
        if not self.weeks:
            return 0
        return sum(n for spoken, n in self.seen.items() if spoken & languages) // self.weeks


def quarters(now: datetime) -> list[datetime]:
    """Return the beginnings of the quarter-hours that may be booked at all, in UTC."""
    step = QUARTER.total_seconds()
    first = math.ceil((now + SOONEST).timestamp() / step)
    last = math.floor((now + AHEAD).timestamp() / step)
    return [datetime.fromtimestamp(n * step, tz=now.tzinfo) for n in range(first, last + 1)]


def expected(
    now: datetime,
    sessions: Sequence[Online],
    since: datetime | None,
    hours: OpeningHours,
    spoken: frozenset[str],
) -> dict[datetime, Expected]:
    """Tell who is expected in each quarter that may be booked.

    `sessions` are those of the last weeks, `since` is when the first of all began; before a week
    has passed since, the opening hours count, with agents who speak what somebody speaks
    (`spoken`).
    """
    ahead = quarters(now)
    weeks = min(WEEKS_REMEMBERED, (now - since) // WEEK) if since is not None else 0
    if weeks == 0:
        there = Expected({spoken: hours.agents}, 1)
        return {quarter: there for quarter in ahead if hours.includes(quarter)}
    seen: defaultdict[datetime, Counter[frozenset[str]]] = defaultdict(Counter)
    for session, ago in itertools.product(sessions, range(1, weeks + 1)):
        shift = WEEK * ago
        begins, ends = session.started_at + shift, session.ended_at + shift
        if ends < ahead[0] or begins > ahead[-1]:
            continue
        first = max(0, math.ceil((begins - ahead[0]) / QUARTER))
        after = min(len(ahead), (ends - ahead[0]) // QUARTER)
        for quarter in ahead[first:after]:
            seen[quarter][session.languages] += 1
    return {quarter: Expected(counts, weeks) for quarter, counts in seen.items()}


def fits(there: Expected, booked: Iterable[str], language: str) -> bool:
    """Tell whether one more booking in `language` finds an agent beside those who are booked."""
    wanted = Counter((*booked, language))
    others = [each for each in wanted if each != language]
    if len(others) >= LANGUAGES_A_QUARTER:
        return False
    for size in range(len(others) + 1):
        for more in itertools.combinations(others, size):
            languages = frozenset((language, *more))
            if sum(wanted[each] for each in languages) > there.able(languages):
                return False
    return True


def free(
    there: Mapping[datetime, Expected],
    booked: Mapping[datetime, Sequence[str]],
    language: str,
    now: datetime,
) -> list[datetime]:
    """Return the quarters that a customer may book in `language`, soonest first, bounded."""
    open_quarters = (
        quarter
        for quarter in sorted(there)
        if quarter >= now + SOONEST and fits(there[quarter], booked.get(quarter, ()), language)
    )
    return list(itertools.islice(open_quarters, SLOTS_SHOWN))
