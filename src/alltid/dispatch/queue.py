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

from alltid.dispatch.line_waits import Crew, Place, places
from alltid.dispatch.pace import Paces, learned
from alltid.dispatch.wait_estimate import Pace, Wait
from alltid.kernel.clock import Clock
from alltid.storage.queries import load_queries

log = structlog.get_logger(__name__)

QUERIES: Final = load_queries("alltid.dispatch")
PACE: Final = load_queries("alltid.dispatch", "pace.sql")
LEARNED_FROM: Final = timedelta(days=7)
SHOWN_LIMIT: Final = 20_000
# Looking again costs time that grows with the queue; it may take a tenth of one core.
REST_FACTOR: Final = 9
REST_SECONDS_LEAST: Final = 0.02
SWEEP_SECONDS: Final = 2.0
PACE_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """One customer in line. `place` counts from 1; a callback that is due stands in front."""

    conversation_id: str
    place: int
    asked_at: datetime
    how: str
    language: str
    written: bool = False
    callback_at: datetime | None = None
    # What is expected from this place, and by what it was judged.
    judged: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Line:
    """The whole line at one moment."""

    waiting: tuple[Waiting, ...] = ()
    online: int = 0
    free: int = 0
    pace: Pace = field(default_factory=Pace)
    by_id: Mapping[str, Waiting] = field(default_factory=dict)
    waits: tuple[Wait | None, ...] = ()

    def wait_at(self, place: int) -> Wait | None:
        """Return the honest range for a place; None while nobody online speaks the language."""
        return self.waits[place - 1] if self.waits else None

    def online_for(self, conversation_id: str) -> int:
        """Return how many are online who speak this customer's language."""
        waiting = self.by_id.get(conversation_id)
        judged = None if waiting is None else waiting.judged
        return self.online if judged is None else judged.agents


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
        self.paces = Paces()
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
            await self._learn(connection)
            parameters = {"now": self._clock.now(), "limit": SHOWN_LIMIT}
            cursor = await connection.execute(QUERIES["waiting"], parameters)
            rows = await cursor.fetchall()
            crews = await crews_online(connection)
        # Our own work counts, not the time in which a busy database kept us waiting.
        started = time.monotonic()
        judged = places([row[3] for row in rows], crews, self.paces)
        waiting = tuple(
            Waiting(row[0], place, row[1], row[2], row[3], row[4], row[5], at)
            for place, (row, at) in enumerate(zip(rows, judged, strict=True), start=1)
        )
        line = Line(
            waiting,
            sum(crew.agents for crew in crews),
            sum(crew.free for crew in crews),
            self.paces.whole,
            {each.conversation_id: each for each in waiting},
            tuple(each.wait for each in judged),
        )
        if line != self.line:
            self.line = line
            self._on_change(line)
        self._worked_seconds = time.monotonic() - started
        return line

    async def _learn(self, connection: psycopg.AsyncConnection[Any]) -> None:
        if time.monotonic() < self._pace_until:
            return
        self.paces = await learn(connection, self._clock.now())
        self._pace_until = time.monotonic() + PACE_SECONDS


async def crews_online(connection: psycopg.AsyncConnection[Any]) -> list[Crew]:
    """Read who is online and takes offers, by the languages that they speak."""
    rows = await (await connection.execute(QUERIES["online"])).fetchall()
    return [
        Crew(None if languages is None else frozenset(languages), agents, slots, free)
        for languages, agents, slots, free in rows
    ]


async def learn(connection: psycopg.AsyncConnection[Any], now: datetime) -> Paces:
    """Read what the last days taught of the pace."""
    values = {"since": now - LEARNED_FROM, "now": now}
    handled = await (await connection.execute(PACE["handle_times"], values)).fetchall()
    waited = await (await connection.execute(PACE["patience"], values)).fetchall()
    errors = await (await connection.execute(PACE["errors"], values)).fetchone()
    return learned(handled, waited, errors or (0.0, 0, 0.0, 0.0, 0))
