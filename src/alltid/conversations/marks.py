"""How far each side has received and read: gathered, stored now and then, and signalled.

Marks only ever grow. They are no events: one that is lost in a crash is said again by the
client that reconnects.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool

from alltid.conversations.aggregate import QUERIES

log = structlog.get_logger(__name__)

Party = Literal["customer", "agent"]
FLUSH_SECONDS: Final = 0.4
PENDING_LIMIT: Final = 50_000


@dataclass(slots=True)
class Mark:
    """Versions up to which a party has received and read."""

    delivered: int = 0
    read: int = 0


OnMark = Callable[[str, Party, Mark], None]


class Marks:
    """Gathers marks and writes many at once."""

    def __init__(self, pool: AsyncConnectionPool[Any], on_mark: OnMark) -> None:
        """Tell `on_mark` of each mark that moved, after a moment's gathering."""
        self._pool = pool
        self._on_mark = on_mark
        self._pending: dict[tuple[str, Party], Mark] = {}
        self._wake = asyncio.Event()

    def delivered(self, conversation_id: str, party: Party, version: int) -> None:
        """Note that `party` has received everything up to `version`."""
        mark = self._mark(conversation_id, party)
        mark.delivered = max(mark.delivered, version)

    def read(self, conversation_id: str, party: Party, version: int) -> None:
        """Note that `party` has read everything up to `version`."""
        mark = self._mark(conversation_id, party)
        mark.read = max(mark.read, version)
        mark.delivered = max(mark.delivered, version)

    async def of(self, conversation_id: str) -> dict[Party, Mark]:
        """Return both parties' marks as stored, with what is still gathering."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["marks_of"], {"id": conversation_id})
            rows = await cursor.fetchall()
        marks: dict[Party, Mark] = {"customer": Mark(), "agent": Mark()}
        for party, delivered, read in rows:
            marks[party] = Mark(delivered, read)
        for party, mark in marks.items():
            pending = self._pending.get((conversation_id, party), Mark())
            mark.delivered = max(mark.delivered, pending.delivered)
            mark.read = max(mark.read, pending.read)
        return marks

    async def run(self) -> None:
        """Write and signal what has gathered, until cancelled."""
        while True:
            await self._wake.wait()
            await asyncio.sleep(FLUSH_SECONDS)
            self._wake.clear()
            await self.flush()

    async def flush(self) -> None:
        """Write and signal everything that has gathered."""
        gathered, self._pending = self._pending, {}
        if not gathered:
            return
        for (conversation_id, party), mark in gathered.items():
            self._on_mark(conversation_id, party, mark)
        parameters = {
            "ids": [conversation_id for conversation_id, _ in gathered],
            "parties": [party for _, party in gathered],
            "delivered": [mark.delivered for mark in gathered.values()],
            "read": [mark.read for mark in gathered.values()],
        }
        try:
            async with self._pool.connection() as connection:
                await connection.execute(QUERIES["save_marks"], parameters)
        except (psycopg.Error, OSError) as error:
            log.warning("marks_dropped", error=type(error).__name__, marks=len(gathered))

    def _mark(self, conversation_id: str, party: Party) -> Mark:
        key = (conversation_id, party)
        mark = self._pending.get(key)
        if mark is None:
            mark = Mark()
            if len(self._pending) < PENDING_LIMIT:
                self._pending[key] = mark
            self._wake.set()
        return mark
