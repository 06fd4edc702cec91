"""The book of callbacks: which quarter-hours are free, and holding one while it is booked.

A booking is a fact of one conversation, and room is a matter of many. So a customer's quarter is
held first, under a lock that all who want this quarter take, and booked after. A hold whose
booking never came is free again a minute later.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
import psycopg_pool
import structlog
from psycopg_pool import AsyncConnectionPool

from alltid.dispatch.callback_slots import (
    WEEK,
    WEEKS_REMEMBERED,
    Expected,
    Online,
    OpeningHours,
    expected,
    fits,
    free,
)
from alltid.kernel.clock import Clock
from alltid.kernel.refusal import Refused
from alltid.storage.queries import load_queries

log = structlog.get_logger(__name__)

QUERIES: Final = load_queries("alltid.dispatch", "callbacks.sql")
SWEEP_SECONDS: Final = 20.0
# Weeks of sessions change little in a minute, and bookings come by the second.
EXPECTED_SECONDS: Final = 60.0
# Longer than any command waits for the database.
HOLD: Final = timedelta(minutes=1)
SESSIONS_LIMIT: Final = 20_000
BOOKED_LIMIT: Final = 20_000


class CallbackBook:
    """Knows the free quarters a few seconds late, and holds one only if it is really free."""

    def __init__(
        self,
        pool: AsyncConnectionPool[Any],
        clock: Clock,
        hours: OpeningHours,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        """Call `on_change` when other quarters are free than before."""
        self._pool = pool
        self._clock = clock
        self._hours = hours
        self._on_change = on_change
        self._wake = asyncio.Event()
        self._there: Mapping[datetime, Expected] = {}
        self._booked: Mapping[datetime, list[str]] = {}
        self._slots: dict[str, tuple[str, ...]] = {}
        self._expected_at = float("-inf")

    def touch(self) -> None:
        """Say that something was booked or cancelled."""
        self._wake.set()

    def slots(self, language: str) -> tuple[str, ...]:
        """Return the free quarters for a customer of `language`, as ISO times in UTC."""
        found = self._slots.get(language)
        if found is None:
            times = free(self._there, self._booked, language, self._clock.now())
            found = self._slots[language] = tuple(each.isoformat() for each in times)
        return found

    async def run(self) -> None:
        """Look when touched and at each sweep, until cancelled."""
        while True:
            try:
                await self.look()
            except (psycopg.Error, psycopg_pool.PoolTimeout, OSError) as error:
                log.warning("callbacks_unseen", error=type(error).__name__)
            try:
                await asyncio.wait_for(self._wake.wait(), SWEEP_SECONDS)
            except TimeoutError:
                continue

    async def look(self) -> None:
        """Read who was online before and what is booked."""
        self._wake.clear()
        async with self._pool.connection() as connection:
            there = await self._expected_lately(connection)
            booked = await self._all_booked(connection)
        self._there, self._booked = there, booked
        # Taken now and not before the reading, in which others may have asked.
        before, self._slots = self._slots, {}
        # All of them: a language that is passed over here would be forgotten.
        after = {language: self.slots(language) for language in before}
        if after != before:
            self._on_change()

    async def hold(self, conversation_id: str, at: datetime, language: str) -> None:
        """Keep the quarter that begins `at` for this conversation, for a minute.

        Raises:
            Refused: it is no quarter that may be booked, or others were faster.
        """
        now = self._clock.now()
        parameters = {"id": conversation_id, "at": at, "now": now, "until": now + HOLD}
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(QUERIES["lock_quarter"], parameters)
            there = self._there.get(at)
            cursor = await connection.execute(QUERIES["booked_at"], parameters)
            booked = [row[0] for row in await cursor.fetchall()]
            if there is None or not fits(there, booked, language):
                self.touch()
                raise Refused("slot_taken", "This time has just been taken. Choose another one.")
            await connection.execute(QUERIES["hold"], parameters)

    async def release(self, conversation_id: str) -> None:
        """Forget the hold: it is booked now, or was not needed."""
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES["release"], {"id": conversation_id})
        self.touch()

    async def _expected_lately(
        self, connection: psycopg.AsyncConnection[Any]
    ) -> Mapping[datetime, Expected]:
        if not self._there or time.monotonic() - self._expected_at > EXPECTED_SECONDS:
            self._there = await self._expected(connection)
            self._expected_at = time.monotonic()
        return self._there

    async def _expected(self, connection: psycopg.AsyncConnection[Any]) -> dict[datetime, Expected]:
        now = self._clock.now()
        since = now - WEEK * WEEKS_REMEMBERED
        parameters = {"since": since, "now": now, "limit": SESSIONS_LIMIT}
        cursor = await connection.execute(QUERIES["sessions_before"], parameters)
        sessions = [
            Online(started_at, ended_at, frozenset(languages))
            for started_at, ended_at, languages in await cursor.fetchall()
        ]
        cursor = await connection.execute(QUERIES["first_session"])
        row = await cursor.fetchone()
        cursor = await connection.execute(QUERIES["spoken"])
        spoken = frozenset(each[0] for each in await cursor.fetchall())
        return expected(now, sessions, row[0] if row else None, self._hours, spoken)

    async def _all_booked(
        self, connection: psycopg.AsyncConnection[Any]
    ) -> Mapping[datetime, list[str]]:
        parameters = {"now": self._clock.now(), "limit": BOOKED_LIMIT}
        cursor = await connection.execute(QUERIES["all_booked"], parameters)
        booked: defaultdict[datetime, list[str]] = defaultdict(list)
        for at, language in await cursor.fetchall():
            booked[at].append(language)
        return booked
