"""Keeps a sample of the waits that were told, and asks afterwards how honest they were."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
import psycopg
import psycopg_pool
import structlog
from psycopg_pool import AsyncConnectionPool

from alltid.dispatch.pace import Paces
from alltid.dispatch.queue import Line, Waiting
from alltid.dispatch.wait_scores import Told, by_day, calibration, score
from alltid.kernel.clock import Clock
from alltid.storage.queries import load_queries

log = structlog.get_logger(__name__)

QUERIES: Final = load_queries("alltid.dispatch", "wait_honesty.sql")
EVERY_SECONDS: Final = 5.0
SETTLE_EVERY_SECONDS: Final = 30.0
# Of a flood, so many waits are kept each round; the rest are like them.
KEPT_AT_ONCE: Final = 200
PENDING_LIMIT: Final = 2_000
REMEMBERED_LIMIT: Final = 50_000
KEPT: Final = timedelta(days=90)
SCORED: Final = 5_000
POINTS_SHOWN: Final = 300

Key = tuple[str, datetime]


class WaitHonesty:
    """Watches the line for waits that are told for the first time. One per process."""

    def __init__(self, pool: AsyncConnectionPool[Any], clock: Clock) -> None:
        """Keep samples in `waits_shown`."""
        self._pool = pool
        self._clock = clock
        self._seen: OrderedDict[Key, None] = OrderedDict()
        self._pending: dict[Key, dict[str, Any]] = {}
        self._rounds = 0

    def line_changed(self, line: Line) -> None:
        """Take in a new line: whoever is told a wait for the first time is kept."""
        now = self._clock.now()
        heads: dict[str, Waiting] = {}
        for waiting in line.waiting:
            head = heads.setdefault(waiting.language, waiting)
            key = (waiting.conversation_id, waiting.asked_at)
            if key in self._seen or len(self._pending) >= PENDING_LIMIT:
                continue
            sample = _sample(waiting, head, line, now)
            if sample is not None:
                self._seen[key] = None
                self._pending[key] = sample
        while len(self._seen) > REMEMBERED_LIMIT:
            self._seen.popitem(last=False)

    async def run(self) -> None:
        """Write what was kept and settle what has ended, until cancelled."""
        while True:
            try:
                await self.write()
            except (psycopg.Error, psycopg_pool.PoolTimeout, OSError) as error:
                log.warning("wait_honesty_waits", error=type(error).__name__)
            await asyncio.sleep(EVERY_SECONDS)

    async def write(self) -> None:
        """Write what was kept; now and then settle what has ended."""
        self._rounds += 1
        rows = list(self._taken())
        if rows:
            values = {"rows": orjson.dumps(rows).decode()}
            async with self._pool.connection() as connection:
                await connection.execute(QUERIES["keep"], values)
        if self._rounds % round(SETTLE_EVERY_SECONDS / EVERY_SECONDS) == 1:
            await self.settle()

    async def settle(self) -> None:
        """Write down what came of the waits that have ended."""
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES["settle"])
            await connection.execute(QUERIES["forget"], {"before": self._clock.now() - KEPT})

    async def shown(self, *, days: int, language: str | None, paces: Paces) -> dict[str, Any]:
        """Return how honest the last days' waits were, as the console shows it."""
        values = {
            "since": self._clock.now() - timedelta(days=days),
            "language": language,
            "limit": SCORED,
        }
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES["settle"])
            rows = await (await connection.execute(QUERIES["settled"], values)).fetchall()
        told = [Told(*row) for row in rows]
        busy = [each for each in told if not each.was_free]
        return {
            "days": days,
            "all": score(told).shown(),
            "busy": score(busy).shown(),
            "by_day": by_day(told),
            "calibration": calibration(busy),
            "points": [
                {"told_seconds": each.mean_seconds, "waited_seconds": each.wait_seconds}
                for each in busy[:POINTS_SHOWN]
                if each.outcome == "accepted"
            ],
            "languages": sorted({each.language for each in told}),
            "pace": _pace(paces, language),
        }

    def _taken(self) -> Iterator[dict[str, Any]]:
        for key in list(self._pending)[:KEPT_AT_ONCE]:
            yield self._pending.pop(key)


def _sample(waiting: Waiting, head: Waiting, line: Line, now: datetime) -> dict[str, Any] | None:
    judged = waiting.judged
    if judged is None or judged.expected is None or waiting.written:
        return None
    wait = judged.expected.wait
    return {
        "conversation_id": waiting.conversation_id,
        "asked_at": waiting.asked_at.isoformat(),
        "shown_at": now.isoformat(),
        "language": waiting.language,
        "place": waiting.place,
        "ahead": judged.ahead,
        "slots": judged.slots,
        "free": judged.free,
        "low_seconds": wait.low_seconds,
        "high_seconds": wait.high_seconds,
        "mean_seconds": judged.expected.mean_seconds,
        "stretch": line.pace.stretch,
        "head_seconds": 0.0 if head is waiting else max(0.0, (now - head.asked_at).total_seconds()),
    }


def _pace(paces: Paces, language: str | None) -> dict[str, Any]:
    pace = paces.whole if language is None else paces.of(language)
    return {
        "handle_seconds": pace.handle_seconds,
        "patience_seconds": pace.patience_seconds,
        "pickup_seconds": pace.pickup_seconds,
        "stretch": pace.stretch,
        "seen": paces.seen,
        "skills": [
            {"skill": skill, "language": spoken, "handle_seconds": each.handle_seconds}
            for (spoken, skill), each in sorted(paces.by_skill.items())
            if language in {None, spoken}
        ][:50],
    }
