"""Following the whole event log without ever skipping a late commit.

Positions are handed out when an event is inserted, but become visible when its
transaction commits, so a reader that goes by position alone can pass over an event that
commits late. This one reads in the order of transaction ids, and only below the oldest
transaction that is still running (`pg_snapshot_xmin`): whatever is below that line can
never change again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool

log = structlog.get_logger(__name__)

BATCH_LIMIT: Final = 2_000

_READ: Final = """
SELECT transaction_id::text::bigint, position, stream_id::text, version, type, data, at
FROM events
WHERE (transaction_id, position) > (%(transaction_id)s::text::xid8, %(position)s)
    AND transaction_id < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY transaction_id, position LIMIT %(limit)s
"""
_START: Final = "INSERT INTO log_followers (name) VALUES (%(name)s) ON CONFLICT DO NOTHING"
# Who holds the row follows; another process's follower of this name stands by.
_CURSOR: Final = """
SELECT transaction_id::text, position FROM log_followers
WHERE name = %(name)s FOR UPDATE SKIP LOCKED
"""
_ADVANCE: Final = """
UPDATE log_followers SET transaction_id = %(transaction_id)s::text::xid8, position = %(position)s
WHERE name = %(name)s
"""


@dataclass(frozen=True, slots=True)
class Logged:
    """An event as the log keeps it. `data` is not decoded: the log has many kinds."""

    transaction_id: int
    position: int
    stream_id: str
    version: int
    type: str
    data: dict[str, Any]
    at: datetime


Handle = Callable[[psycopg.AsyncConnection[Any], Sequence[Logged]], Awaitable[None]]


class LogFollower:
    """Hands every event of the log to `handle`, in commit order, exactly once.

    The handler gets whole transactions, and a connection inside the transaction that also
    moves the cursor: what it writes there is written once, however often the process dies.
    """

    def __init__(
        self,
        name: str,
        pool: AsyncConnectionPool[Any],
        handle: Handle,
        *,
        batch_limit: int = BATCH_LIMIT,
    ) -> None:
        """Name the follower; its cursor is kept under that name."""
        self._name = name
        self._pool = pool
        self._handle = handle
        self._batch_limit = batch_limit
        self._started = False

    async def step(self) -> int:
        """Handle the next batch and return how many events it had."""
        async with self._pool.connection() as connection:
            if not self._started:
                # Outside the transaction: others of this name would wait for its end.
                await connection.execute(_START, {"name": self._name})
                self._started = True
            async with connection.transaction():
                return await self._handle_next(connection)

    async def _handle_next(self, connection: psycopg.AsyncConnection[Any]) -> int:
        cursor = await connection.execute(_CURSOR, {"name": self._name})
        place = await cursor.fetchone()
        if place is None:
            return 0
        parameters = {
            "transaction_id": place[0],
            "position": place[1],
            "limit": self._batch_limit,
        }
        rows = await (await connection.execute(_READ, parameters)).fetchall()
        batch = _whole_transactions([Logged(*row) for row in rows], self._batch_limit)
        if not batch:
            return 0
        await self._handle(connection, batch)
        last = batch[-1]
        await connection.execute(
            _ADVANCE,
            {
                "name": self._name,
                "transaction_id": str(last.transaction_id),
                "position": last.position,
            },
        )
        return len(batch)

    async def run(
        self, wake: asyncio.Event, *, idle_seconds: float = 1.0, gather_seconds: float = 0.2
    ) -> None:
        """Follow until cancelled: soon after a wake-up, and at least each `idle_seconds`.

        A short pause gathers what comes in a burst into few batches.
        """
        while True:
            try:
                handled = await self.step()
            except (psycopg.Error, OSError) as error:
                log.warning("follower_waits", follower=self._name, error=type(error).__name__)
                handled = 0
            if handled == 0:
                wake.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(wake.wait(), idle_seconds)
            await asyncio.sleep(gather_seconds)


def _whole_transactions(batch: list[Logged], limit: int) -> list[Logged]:
    """Drop a last transaction that the limit may have cut, unless it is all there is."""
    if len(batch) < limit:
        return batch
    last = batch[-1].transaction_id
    whole = [each for each in batch if each.transaction_id != last]
    return whole or batch
