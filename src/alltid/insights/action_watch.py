"""P5 as a live monitor: each action that was begun is held against its conversation's log."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any, Final

import psycopg
import psycopg_pool
import structlog
from psycopg_pool import AsyncConnectionPool

from alltid.assistant.promises import BegunAction, only_your_own
from alltid.conversations.codec import TYPES, decode
from alltid.conversations.events import MessageSent
from alltid.insights.promise_monitor import QUERIES as PROMISES
from alltid.kernel.clock import Clock
from alltid.storage.queries import load_queries

log = structlog.get_logger(__name__)

QUERIES: Final = load_queries("alltid.insights", "actions.sql")
# Numbers are handed out before a transaction commits: by now every earlier one is to be seen.
SETTLED_FOR: Final = timedelta(seconds=15)
AT_ONCE: Final = 500


class ActionWatch:
    """Looks at what the assistant does, and writes down each breach once."""

    def __init__(self, pool: AsyncConnectionPool[Any], clock: Clock) -> None:
        """Stand on an open pool."""
        self._pool = pool
        self._clock = clock

    async def run(self) -> None:
        """Look now and then until cancelled."""
        while True:
            try:
                while await self.check() == AT_ONCE:
                    pass
            except (psycopg.Error, psycopg_pool.PoolTimeout, OSError) as error:
                log.warning("action_watch_waits", error=type(error).__name__)
            await asyncio.sleep(SETTLED_FOR.total_seconds())

    async def check(self) -> int:
        """Hold what was begun since the last look against P5; return how many it was."""
        now = self._clock.now()
        async with self._pool.connection() as connection:
            row = await (await connection.execute(QUERIES["position"])).fetchone()
            which = {
                "after": row[0] if row else 0,
                "before": now - SETTLED_FOR,
                "limit": AT_ONCE,
            }
            rows = await (await connection.execute(QUERIES["begun"], which)).fetchall()
            for number, conversation, version, *rest in rows:
                detail = only_your_own(_begun(rest))
                if detail is not None:
                    await self._record(connection, conversation, version, detail)
                await connection.execute(QUERIES["advance"], {"position": number})
        return len(rows)

    async def _record(
        self, connection: psycopg.AsyncConnection[Any], of: str, version: int, detail: str
    ) -> None:
        now = self._clock.now()
        breach = {
            "promise": "P5",
            "conversation_id": of,
            "version": version,
            "at": now,
            "found_at": now,
            "detail": detail,
        }
        cursor = await connection.execute(PROMISES["record_breach"], breach)
        if await cursor.fetchone() is not None:
            log.error("promise_broken", promise="P5", conversation=of)


def _begun(row: list[Any]) -> BegunAction:
    issuer, subject, customer_issuer, customer_subject, kind, data, said_at, begun_at, twins = row
    event = decode(kind, data) if kind in TYPES else None
    signed_in = customer_issuer is not None and customer_subject is not None
    return BegunAction(
        acted_for=(issuer, subject),
        customer=(customer_issuer, customer_subject) if signed_in else None,
        confirmation=event if isinstance(event, MessageSent) else None,
        confirmed_at=said_at,
        begun_at=begun_at,
        twins=twins,
    )
