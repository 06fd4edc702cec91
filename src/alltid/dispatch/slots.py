"""Frees an agent's slot when a conversation is over or in other hands."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from typing import Any, Final

from psycopg_pool import AsyncConnectionPool

from alltid.agents.online_sessions import OnlineSessions
from alltid.dispatch.offer_rows import QUERIES

SWEEP_SECONDS: Final = 5.0


class Slots:
    """Ends chats in sessions: at once for what this process commits, by a sweep for the rest."""

    def __init__(self, pool: AsyncConnectionPool[Any], online: OnlineSessions) -> None:
        """Stand on the running parts."""
        self._pool = pool
        self._online = online
        self._over: defaultdict[str, set[str]] = defaultdict(set)
        self._wake = asyncio.Event()

    def free(self, agent_id: str, conversation_id: str) -> None:
        """Say that a conversation isn't with the agent any more."""
        self._over[agent_id].add(conversation_id)
        self._wake.set()

    async def run(self) -> None:
        """End chats until cancelled."""
        swept_at = float("-inf")
        while True:
            await self._end_all()
            # By the clock, or a busy desk would never look for what was left over.
            if time.monotonic() - swept_at >= SWEEP_SECONDS:
                await self.sweep()
                swept_at = time.monotonic()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), SWEEP_SECONDS)

    async def sweep(self) -> None:
        """End what a process that died didn't get to."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["chats_over"])
            rows = await cursor.fetchall()
        for agent_id, conversation_ids in rows:
            await self._online.end_chats(agent_id, conversation_ids)

    async def _end_all(self) -> None:
        self._wake.clear()
        while self._over:
            agent_id, conversation_ids = self._over.popitem()
            await self._online.end_chats(agent_id, sorted(conversation_ids))
