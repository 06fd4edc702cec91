"""The human queue as everyone sees it: who waits at which place, and for how long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool

from alltid.dispatch.wait_estimate import Pace, Wait, estimates
from alltid.kernel.clock import Clock
from alltid.storage.queries import load_queries

log = structlog.get_logger(__name__)

QUERIES: Final = load_queries("alltid.dispatch")
SHOWN_LIMIT: Final = 20_000
# Looking again costs time that grows with the queue; it may take a tenth of one core.
REST_FACTOR: Final = 9
REST_SECONDS_LEAST: Final = 0.02
SWEEP_SECONDS: Final = 2.0
PACE_SECONDS: Final = 60.0
PACE_DAYS: Final = 7
# What is believed of the handle time before anything was seen, as so many conversations.
PRIOR_WEIGHT: Final = 10


@dataclass(frozen=True, slots=True)
class Waiting:
    """One customer in line. `place` counts from 1; a callback that is due stands in front."""

    conversation_id: str
    place: int
    asked_at: datetime
    how: str
    language: str
    written: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """The whole line at one moment."""

    waiting: tuple[Waiting, ...] = ()
    online: int = 0
    free: int = 0
    pace: Pace = field(default_factory=Pace)
    by_id: Mapping[str, Waiting] = field(default_factory=dict)
    waits: tuple[Wait, ...] = ()

    def place_of(self, conversation_id: str) -> int | None:
        """Return the place in line, or None for who doesn't wait."""
        waiting = self.by_id.get(conversation_id)
        return None if waiting is None else waiting.place

    def wait_at(self, place: int) -> Wait | None:
        """Return the honest range for a place; None while nobody is online."""
        return self.waits[place - 1] if self.waits else None


class Queue:
    """Keeps `line` true: looks again when told that something changed, and by a sweep."""

    def __init__(
        self, pool: AsyncConnectionPool[Any], clock: Clock, on_change: Callable[[Line], None]
    ) -> None:
        """Call `on_change` with each new line."""
        self._pool = pool
        self._clock = clock
        self._on_change = on_change
        self._wake = asyncio.Event()
        self._pace = Pace()
        self._pace_until = 0.0
        self._worked_seconds = 0.0
        self.line = Line()

    def touch(self) -> None:
        """Say that someone came, left, was taken, or went online."""
        self._wake.set()

    async def run(self) -> None:
        """Look whenever touched and at least each sweep, until cancelled."""
        while True:
            try:
                await self.look()
            except (psycopg.Error, OSError) as error:
                log.warning("queue_unseen", error=type(error).__name__)
            await asyncio.sleep(max(REST_SECONDS_LEAST, self._worked_seconds * REST_FACTOR))
            try:
                await asyncio.wait_for(self._wake.wait(), SWEEP_SECONDS)
            except TimeoutError:
                continue

    async def look(self) -> Line:
        """Read the line now; tell `on_change` when it differs from the one before."""
        self._wake.clear()
        async with self._pool.connection() as connection:
            await self._learn_pace(connection)
            parameters = {"now": self._clock.now(), "limit": SHOWN_LIMIT}
            cursor = await connection.execute(QUERIES["waiting"], parameters)
            rows = await cursor.fetchall()
            cursor = await connection.execute(QUERIES["online"])
            counts = await cursor.fetchone()
        # Our own work counts, not the time in which a busy database kept us waiting.
        started = time.monotonic()
        waiting = tuple(
            Waiting(row[0], place, row[1], row[2], row[3], row[4])
            for place, row in enumerate(rows, start=1)
        )
        online, free = counts if counts is not None else (0, 0)
        by_id = {each.conversation_id: each for each in waiting}
        waits = estimates(len(waiting), online=online, free=free, pace=self._pace)
        line = Line(waiting, online, free, self._pace, by_id, waits)
        if line != self.line:
            self.line = line
            self._on_change(line)
        self._worked_seconds = time.monotonic() - started
        return line

    async def _learn_pace(self, connection: psycopg.AsyncConnection[Any]) -> None:
        if time.monotonic() < self._pace_until:
            return
        since = self._clock.now() - timedelta(days=PACE_DAYS)
        cursor = await connection.execute(QUERIES["pace"], {"since": since})
        row = await cursor.fetchone()
        self._pace_until = time.monotonic() + PACE_SECONDS
        if row is not None and row[0] is not None:
            self._pace = learned_pace(row[0], row[1])


def learned_pace(handle_seconds: float, count: int) -> Pace:
    """Shrink a measured mean handle time towards the prior, by how much was seen."""
    prior = Pace()
    total = prior.handle_seconds * PRIOR_WEIGHT + handle_seconds * count
    return Pace(total / (PRIOR_WEIGHT + count), prior.patience_seconds)
