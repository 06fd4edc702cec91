"""Calls offline agents in while customers wait and too few are online: a loop, one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
import psycopg_pool
import structlog
from psycopg_pool import AsyncConnectionPool

from alltid.agents.push.service import call_in_job
from alltid.dispatch.call_in_needs import Need, Reachable, needs, to_call
from alltid.dispatch.queue import Line
from alltid.kernel.clock import Clock
from alltid.kernel.ids import IdSource
from alltid.storage.jobs import enqueue_in
from alltid.storage.queries import load_queries

log = structlog.get_logger(__name__)

QUERIES: Final = load_queries("alltid.dispatch", "call_ins.sql")
SWEEP_SECONDS: Final = 15.0
# How long a call is worth following, and how long before its time a callback counts.
OF_USE: Final = timedelta(minutes=30)
CALLBACK_NEAR: Final = timedelta(minutes=10)
REACHABLE_LIMIT: Final = 5_000
KEPT: Final = timedelta(days=90)


class CallIns:
    """Looks at the line and calls; `line` gives the newest one."""

    def __init__(
        self,
        pool: AsyncConnectionPool[Any],
        clock: Clock,
        ids: IdSource,
        line: Callable[[], Line | None],
        *,
        pause: timedelta,
        promise_seconds: int,
    ) -> None:
        """Call nobody twice within `pause`."""
        self._pool = pool
        self._clock = clock
        self._ids = ids
        self._line = line
        self._pause = pause
        self._promise_seconds = promise_seconds

    async def run(self) -> None:
        """Look now and then, until cancelled."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                await self.look()
            except (psycopg.Error, psycopg_pool.PoolTimeout, OSError) as error:
                log.warning("call_ins_wait", error=type(error).__name__)

    async def look(self) -> int:
        """Call whoever is needed; return how many agents were called."""
        line = self._line()
        if line is None:
            return 0
        now = self._clock.now()
        async with self._pool.connection() as connection, connection.transaction():
            cursor = await connection.execute(QUERIES["only_one"])
            row = await cursor.fetchone()
            if row is None or not row[0]:
                return 0  # another process is at it
            cursor = await connection.execute(QUERIES["able"])
            able = dict(await cursor.fetchall())
            near = {"now": now, "near": now + CALLBACK_NEAR}
            cursor = await connection.execute(QUERIES["callbacks_near"], near)
            due = [each[0] for each in await cursor.fetchall()]
            wanted = needs(line, able, due, self._promise_seconds)
            return await self._call(connection, wanted, now) if wanted else 0

    async def _call(
        self, connection: psycopg.AsyncConnection[Any], wanted: list[Need], now: datetime
    ) -> int:
        parameters = {"since": now - self._pause, "limit": REACHABLE_LIMIT}
        cursor = await connection.execute(QUERIES["reachable"], parameters)
        reachable = [
            Reachable(row[0], row[1], frozenset(row[2]), *row[3:])
            for row in await cursor.fetchall()
        ]
        called: set[str] = set()
        for need in wanted:
            left = (each for each in reachable if each.agent_id not in called)
            browsers = to_call(need, left, now, self._pause)
            for agent_id in {each.agent_id for each in browsers}:
                called.add(agent_id)
                await self._record(connection, agent_id, need, now)
            jobs = [call_in_job(each.subscription_id, now + OF_USE) for each in browsers]
            await enqueue_in(connection, jobs)
        if called:
            log.info("called_in", agents=len(called))
        return len(called)

    async def _record(
        self, connection: psycopg.AsyncConnection[Any], agent_id: str, need: Need, now: datetime
    ) -> None:
        parameters = {
            "id": self._ids.new(),
            "agent_id": agent_id,
            "now": now,
            "language": need.language,
            "because": need.because,
            "waiting": need.waiting,
            "able": need.able,
        }
        await connection.execute(QUERIES["record"], parameters)


async def forget_call_ins(pool: AsyncConnectionPool[Any], now: datetime) -> int:
    """Remove call-ins that are older than three months (a sweep)."""
    async with pool.connection() as connection:
        cursor = await connection.execute(QUERIES["forget"], {"before": now - KEPT})
        return int(cursor.rowcount)
