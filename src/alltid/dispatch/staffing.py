"""How many people are needed now and in the next hours, and who of them is guaranteed."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
import psycopg
import psycopg_pool
import structlog
from psycopg_pool import AsyncConnectionPool

from alltid.dispatch.capacity import ANY, CapacityNow, Needs, promise, split
from alltid.dispatch.forecast import QUARTER, WEEK, WEEKS, quarter_of
from alltid.dispatch.pace import Paces
from alltid.dispatch.policies import PolicyBook
from alltid.dispatch.queue import learn
from alltid.dispatch.staffing_plan import Plan, plan, worth_of_an_agent
from alltid.kernel.clock import Clock
from alltid.storage.queries import load_queries

log = structlog.get_logger(__name__)

QUERIES: Final = load_queries("alltid.dispatch", "staffing.sql")
REFRESH_SECONDS: Final = 60.0
# All weeks are read anew this often; in between, only what is new.
REREAD_AFTER: Final = timedelta(hours=1)
RECENT: Final = timedelta(hours=3)
KEPT: Final = timedelta(weeks=8)
PAST_SHOWN: Final = timedelta(hours=6)
# From here on the forecast is believed; before, the least number is guaranteed in any case.
KNOWN_AFTER: Final = WEEK
KNOWN_REQUESTS: Final = 200

Counts = dict[str, dict[datetime, int]]
Connection = psycopg.AsyncConnection[Any]


class Staffing:
    """The capacity plan of a desk. One per process; `least` people are guaranteed at first."""

    def __init__(
        self,
        pool: AsyncConnectionPool[Any],
        clock: Clock,
        policies: PolicyBook,
        least: int,
    ) -> None:
        """Plan by the policy in force and the pace as it was learned."""
        self._pool = pool
        self._clock = clock
        self._policies = policies
        self.paces = Paces()
        self._least = least
        self._counts: Counts = {}
        self._read_all_at: datetime | None = None
        self._worth = 1.0
        self._since: datetime | None = None
        self._requests = 0
        self.plan = Plan({ANY: []})
        self.needs = Needs({}, least)

    async def run(self) -> None:
        """Plan anew each minute, until cancelled."""
        while True:
            try:
                await self.refresh()
            except (psycopg.Error, psycopg_pool.PoolTimeout, OSError) as error:
                log.warning("staffing_waits", error=type(error).__name__)
            await asyncio.sleep(REFRESH_SECONDS)

    async def refresh(self) -> None:
        """Read what is new, plan, and write down this quarter-hour's figures."""
        now = self._clock.now()
        async with self._pool.connection() as connection:
            policy = await self._policies.now(connection)
            await self._read(connection, now)
            self.paces = await learn(connection, now)
            since = self._since or now
            self.plan = plan(self._counts, since, now, policy, self.paces, self._worth)
            self.needs = self.plan.needs(0 if self.known else self._least)
            await self._write(connection)

    @property
    def known(self) -> bool:
        """Whether enough was seen to believe the forecast."""
        began = self._since
        old = began is not None and self._clock.now() - began >= KNOWN_AFTER
        return old and self._requests >= KNOWN_REQUESTS

    async def capacity(self, languages: Iterable[str], now: datetime) -> CapacityNow:
        """Return what an agent with these languages would be promised now."""
        del now  # the database's present is what counts
        async with self._pool.connection() as connection:
            guaranteed = await _guaranteed(connection)
        return promise(self.needs, guaranteed, languages)

    def needed(self, languages: Iterable[str]) -> Sequence[tuple[datetime, int]]:
        """Return the hours to come and how many they need; none while too little is known."""
        if not self.known:
            return []
        return [(each.start, each.needed) for each in self.plan.hours(languages)]

    async def shown(self, language: str = ANY) -> dict[str, Any]:
        """Return the plan as the console shows it: past hours, this one, and the next."""
        now = self._clock.now()
        since = quarter_of(now) - PAST_SHOWN
        values = {"language": language, "since": since}
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(QUERIES["recorded"], values)).fetchall()
            there = await _there(connection)
        coming = self.plan.by_language.get(language, [])
        first = coming[0].start if coming else quarter_of(now) + QUARTER
        past = [_past(row, self._asked(language, row[0])) for row in rows if row[0] < first]
        pace = self.paces.of(language)
        guaranteed = [spoken for spoken, capacity in there.elements() if capacity == "guaranteed"]
        places, filled = split(self.needs, guaranteed)
        return {
            "at": now.isoformat(),
            "known": self.known,
            "since": None if self._since is None else self._since.isoformat(),
            "requests": self._requests,
            "least": self._least,
            "handle_seconds": pace.handle_seconds,
            "patience_seconds": pace.patience_seconds,
            "chats_an_agent": self._worth,
            "service_level_seconds": self._policies.current.service_level_seconds,
            "service_level_share": self._policies.current.service_level_share,
            "places": places,
            "filled": filled,
            "languages": [self._language(each, there) for each in sorted(self.needs.by_language)],
            "quarters": [
                *past,
                *(
                    {
                        "start": each.start.isoformat(),
                        "expected": each.expected,
                        "high": each.high,
                        "needed": each.needed,
                    }
                    for each in coming
                ),
            ],
        }

    def _language(
        self, language: str, there: Counter[tuple[frozenset[str], str]]
    ) -> dict[str, Any]:
        counted = _counted(language, there)
        return {
            "language": language,
            "needed": self.needs.by_language[language],
            "guaranteed": counted["guaranteed"],
            "standby": counted["standby"],
        }

    def _asked(self, language: str, start: datetime) -> int:
        of = self._counts.values() if language == ANY else [self._counts.get(language, {})]
        return sum(own.get(start, 0) for own in of)

    async def _read(self, connection: Connection, now: datetime) -> None:
        all_weeks = self._read_all_at is None or now - self._read_all_at >= REREAD_AFTER
        begin = quarter_of(now) - (WEEKS * WEEK + RECENT if all_weeks else RECENT)
        cursor = await connection.execute(QUERIES["requests"], {"since": begin})
        fresh: Counts = defaultdict(dict)
        for start, language, count in await cursor.fetchall():
            fresh[language][start] = count
        if all_weeks:
            self._counts = dict(fresh)
            self._read_all_at = now
            cursor = await connection.execute(QUERIES["slots"], {"since": now - WEEK})
            self._worth = worth_of_an_agent(dict(await cursor.fetchall()))
            await connection.execute(QUERIES["forget"], {"before": now - KEPT})
        for language, starts in fresh.items():
            self._counts.setdefault(language, {}).update(starts)
        if all_weeks or not self.known:
            row = await (await connection.execute(QUERIES["beginning"])).fetchone()
            self._since, self._requests = row or (None, 0)

    async def _write(self, connection: Connection) -> None:
        there = await _there(connection)
        rows = [
            {
                "start": quarters[0].start.isoformat(),
                "language": language,
                "expected": quarters[0].expected,
                "high": quarters[0].high,
                "needed": quarters[0].needed,
                **_counted(language, there),
            }
            for language, quarters in self.plan.by_language.items()
            if quarters
        ]
        values = {"rows": orjson.dumps(rows).decode()}
        await connection.execute(QUERIES["record_quarter"], values)


async def _there(connection: Connection) -> Counter[tuple[frozenset[str], str]]:
    rows = await (await connection.execute(QUERIES["there"])).fetchall()
    return Counter({(frozenset(spoken), capacity): count for spoken, capacity, count in rows})


async def _guaranteed(connection: Connection) -> list[frozenset[str]]:
    there = await _there(connection)
    return [spoken for spoken, capacity in there.elements() if capacity == "guaranteed"]


def _counted(language: str, there: Counter[tuple[frozenset[str], str]]) -> dict[str, int]:
    found = {"guaranteed": 0, "standby": 0}
    for (spoken, capacity), count in there.items():
        if language == ANY or language in spoken:
            found[capacity] += count
    return found


def _past(row: Any, asked: int) -> dict[str, Any]:
    start, expected, high, needed, guaranteed, standby = row
    return {
        "start": start.isoformat(),
        "expected": expected,
        "high": high,
        "needed": needed,
        "guaranteed": guaranteed,
        "standby": standby,
        "asked": asked,
    }
