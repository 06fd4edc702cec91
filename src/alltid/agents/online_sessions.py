"""Online sessions in the database: each switch is a row and an event in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

import orjson
import psycopg
from psycopg_pool import AsyncConnectionPool

from alltid.agents.online_session import GRACE, Ended, OnlineSession, WentOffline, WentOnline
from alltid.kernel.clock import Clock
from alltid.kernel.ids import IdSource
from alltid.storage.queries import load_queries

QUERIES: Final = load_queries("alltid.agents", "online_sessions.sql")
_BEGINS: Final = 1
_ENDS: Final = 2


class OnlineSessions:
    """Who is online. At most one open session an agent, by a unique index."""

    def __init__(self, pool: AsyncConnectionPool[Any], clock: Clock, ids: IdSource) -> None:
        """Stand on an open pool."""
        self._pool = pool
        self._clock = clock
        self._ids = ids

    async def go_online(self, agent_id: str, languages: Sequence[str]) -> OnlineSession:
        """Begin a session, or return the one that is open."""
        session_id, now = self._ids.new(), self._clock.now()
        event = WentOnline(agent_id, tuple(languages))
        async with self._pool.connection() as connection, connection.transaction():
            parameters = {"id": session_id, "agent_id": agent_id, "now": now}
            cursor = await connection.execute(QUERIES["open_session"], parameters)
            if await cursor.fetchone() is not None:
                await _record(connection, session_id, _BEGINS, event, now)
        session = await self.of(agent_id)
        return session or OnlineSession(session_id, agent_id, now, now)

    async def go_offline(self, agent_id: str, because: Ended = Ended.SWITCHED_OFF) -> None:
        """End the open session, if there is one."""
        now = self._clock.now()
        parameters = {"agent_id": agent_id, "now": now, "because": because.value}
        async with self._pool.connection() as connection, connection.transaction():
            cursor = await connection.execute(QUERIES["end_session"], parameters)
            row = await cursor.fetchone()
            if row is not None:
                event = WentOffline(agent_id, because)
                await _record(connection, row[0], _ENDS, event, now)

    async def of(self, agent_id: str) -> OnlineSession | None:
        """Return the open session, or None."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["open_session_of"], {"agent_id": agent_id})
            row = await cursor.fetchone()
        return None if row is None else OnlineSession(*row)

    async def seen(self, agent_ids: Sequence[str]) -> None:
        """Note a sign of life of every agent who is connected."""
        await self._execute("seen", agent_ids=list(agent_ids), now=self._clock.now())

    async def forgive_outage(self) -> None:
        """Count our own absence as presence: called once at start."""
        await self._execute("seen_all", now=self._clock.now())

    async def end_lost(self) -> list[str]:
        """End the sessions whose connection is gone for longer than the grace."""
        parameters = {"before": self._clock.now() - GRACE}
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["lost"], parameters)
            lost = [row[0] for row in await cursor.fetchall()]
        for agent_id in lost:
            await self.go_offline(agent_id, Ended.CONNECTION_LOST)
        return lost

    async def _execute(self, query: str, **parameters: object) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES[query], parameters)


async def _record(
    connection: psycopg.AsyncConnection[Any],
    session_id: str,
    version: int,
    event: WentOnline | WentOffline,
    now: datetime,
) -> None:
    parameters = {
        "id": session_id,
        "version": version,
        "type": type(event).__name__,
        "data": orjson.dumps(asdict(event)).decode(),
        "actor": f"agent:{event.agent_id}",
        "now": now,
    }
    await connection.execute(QUERIES["record"], parameters)
