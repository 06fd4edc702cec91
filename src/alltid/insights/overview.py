"""What the desk looks like now: the figures of the operations console."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
import psycopg_pool
import structlog
from psycopg_pool import AsyncConnectionPool

from alltid.assistant.promises import NAMES as ASSISTANT_NAMES
from alltid.conversations.promises import NAMES
from alltid.insights.promise_monitor import QUERIES
from alltid.kernel.clock import Clock

log = structlog.get_logger(__name__)

QUEUE_SHOWN: Final = 200
ACTIVE: Final = timedelta(minutes=30)
DAY: Final = timedelta(hours=24)
_LINE: Final = ("language", "answered", "within", "late", "median_seconds", "p90_seconds")
SPARK_POINTS: Final = 60
SPARK_EVERY: Final = timedelta(seconds=10)
# What is watched of pay and of the assistant stands beside what is watched of conversations.
PROMISES: Final = dict(
    sorted({**NAMES, **ASSISTANT_NAMES, "P7": "The floor", "P8": "Least privilege"}.items())
)


@dataclass(slots=True)
class Sparks:
    """The last ten minutes of a few figures, one point each ten seconds."""

    points: deque[dict[str, float]] = field(default_factory=lambda: deque(maxlen=SPARK_POINTS))
    _next_at: datetime | None = None

    def add(self, now: datetime, figures: dict[str, float]) -> None:
        """Keep `figures` if ten seconds have passed since the last point."""
        if self._next_at is None or now >= self._next_at:
            self.points.append(figures)
            self._next_at = now + SPARK_EVERY

    def shown(self) -> dict[str, list[float]]:
        """Return a list of values for each figure, oldest first."""
        names = self.points[-1] if self.points else {}
        return {name: [point.get(name, 0) for point in self.points] for name in names}


class Overview:
    """Reads the console's figures. One per process."""

    def __init__(self, pool: AsyncConnectionPool[Any], target_seconds: int) -> None:
        """Set within how many seconds a human should answer, until a policy says so."""
        self._pool = pool
        self._target_seconds = target_seconds
        self._sparks = Sparks()

    async def run(self, clock: Clock) -> None:
        """Take a sample every ten seconds, whether or not somebody looks, until cancelled."""
        while True:
            try:
                await self.read(clock.now())
            except (psycopg.Error, psycopg_pool.PoolTimeout, OSError) as error:
                log.warning("overview_waits", error=type(error).__name__)
            await asyncio.sleep(SPARK_EVERY.total_seconds())

    async def read(self, now: datetime) -> dict[str, Any]:
        """Return the overview as the console shows it."""
        since = now - DAY
        parameters = {
            "now": now,
            "since": since,
            "active_since": now - ACTIVE,
            "target_seconds": float(self._target_seconds),
            "limit": QUEUE_SHOWN,
        }
        async with self._pool.connection() as connection:

            async def rows(query: str) -> list[Any]:
                cursor = await connection.execute(QUERIES[query], parameters)
                found: list[Any] = await cursor.fetchall()
                return found

            found = await rows("service_target")
            target_seconds = found[0][0] if found else self._target_seconds
            parameters["target_seconds"] = float(target_seconds)
            waiting, with_assistant, with_agents, longest = (await rows("now_counts"))[0]
            online = (await rows("online_count"))[0][0]
            answered, within, late = (await rows("service_level"))[0]
            counts = {row[0]: row[1:] for row in await rows("breach_counts")}
            queue = await rows("queue")
            by_language = await rows("service_by_language")
        level = within / (answered + late) if answered + late else None
        self._sparks.add(
            now,
            {
                "waiting": waiting,
                "online": online,
                "with_assistant": with_assistant,
                "service_level": level or 0.0,
            },
        )
        return {
            "at": now.isoformat(),
            "promises": [_light(promise, counts.get(promise, (0, 0))) for promise in PROMISES],
            "now": {
                "waiting": waiting,
                "online": online,
                "with_assistant": with_assistant,
                "with_agents": with_agents,
                "longest_wait_seconds": None if longest is None else max(0, int(longest)),
            },
            "queue": [_queued(place, row, now) for place, row in enumerate(queue, start=1)],
            "service_level": {
                "target_seconds": target_seconds,
                "answered": answered,
                "within": within,
                "late": late,
            },
            "by_language": [dict(zip(_LINE, row, strict=True)) for row in by_language],
            "sparks": self._sparks.shown(),
        }


def _light(promise: str, counts: tuple[int, int]) -> dict[str, Any]:
    return {
        "promise": promise,
        "name": PROMISES[promise],
        "breaches_open": counts[0],
        "breaches_24h": counts[1],
    }


def _queued(place: int, row: Any, now: datetime) -> dict[str, Any]:
    conversation_id, asked_at, how, language, customer = row
    return {
        "conversation": conversation_id,
        "place": place,
        "waiting_seconds": max(0, int((now - asked_at).total_seconds())),
        "how": how,
        "language": language,
        "customer": customer,
    }
