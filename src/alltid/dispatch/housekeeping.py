"""What a desk does now and then so that nothing is left lying: the sweeps behind P2."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

import psycopg
import psycopg_pool
import structlog

from alltid.agents.online_sessions import OnlineSessions
from alltid.conversations.commands import GiveUpAsAssistant, ReturnToQueue
from alltid.conversations.store import ConversationStore
from alltid.dispatch.queue import Queue
from alltid.kernel.clock import Clock
from alltid.kernel.refusal import Refused
from alltid.storage.group_writer import StorageBusy

log = structlog.get_logger(__name__)

SWEEP_SECONDS: Final = 5.0


class Housekeeping:
    """Looks after agents who are gone and answers that never came."""

    def __init__(
        self,
        store: ConversationStore,
        online: OnlineSessions,
        queue: Queue,
        clock: Clock,
        connected_agents: Callable[[], Sequence[str]],
    ) -> None:
        """Stand on the running parts."""
        self._store = store
        self._online = online
        self._queue = queue
        self._connected_agents = connected_agents
        self._clock = clock

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            try:
                await self.sweep()
            except (psycopg.Error, psycopg_pool.PoolTimeout, StorageBusy, OSError) as error:
                log.warning("housekeeping_waits", error=type(error).__name__)
            await asyncio.sleep(SWEEP_SECONDS)

    async def sweep(self) -> None:
        """Do one round."""
        await self._online.seen(self._connected_agents())
        for ending in await self._online.end_lost():
            log.info("online_session_lost", agent=ending.agent_id)
            for conversation_id in ending.hand_back:
                await self._back_to_queue(conversation_id, ending.agent_id)
            self._queue.touch()
        now = self._clock.now()
        for conversation_id, agent_id in await self._store.agents_gone(now):
            await self._back_to_queue(conversation_id, agent_id)
        for conversation_id, owed in await self._store.assistant_overdue(now):
            give_up = GiveUpAsAssistant(owed)
            await self._store.execute(conversation_id, give_up, "system:housekeeping")

    async def _back_to_queue(self, conversation_id: str, agent_id: str) -> None:
        back = ReturnToQueue(agent_id, "agent_gone")
        try:
            await self._store.execute(conversation_id, back, "system:housekeeping")
        except Refused as refused:
            # The agent or a colleague was faster; then it is in good hands.
            log.info("not_returned", code=refused.code)
