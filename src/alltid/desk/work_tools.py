"""The work tools of agents as a part of the desk, with the two watches over them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

import psycopg
import psycopg_pool
import structlog

from alltid.assistant.dialogue.packet import concealed, concealed_trace
from alltid.assistant.dialogue.turn_store import TurnStore
from alltid.assistant.knowledge import Knowledge
from alltid.assistant.understanding import wish_for_human
from alltid.conversations.beside import Beside, Unchecked
from alltid.conversations.blocks import Blocks
from alltid.conversations.canned_replies import CannedReplies
from alltid.conversations.least_privilege import unmasking_kept
from alltid.conversations.masking import mask
from alltid.conversations.state import Conversation, evolve
from alltid.desk.part import Ground, Part
from alltid.insights.promise_monitor import QUERIES
from alltid.web.tool_box import BESIDE, ToolBox

log = structlog.get_logger(__name__)

LAPSE_SECONDS: Final = 5.0
CHECK_SECONDS: Final = 5.0
CHECKED_AT_ONCE: Final = 100


def work_tools_part(ground: Ground) -> Part:
    """Build the tool box over the common ground."""
    knowledge = Knowledge(ground.pool)

    async def search(question: str, language: str) -> Sequence[Any]:
        return await knowledge.search(question, language, limit=5)

    turns = TurnStore(ground.pool)

    async def packet(conversation_id: str) -> Mapping[str, Any] | None:
        found = await turns.packet(conversation_id)
        return None if found is None else concealed(found, lambda text: mask(text).text)

    async def traces(conversation_id: str) -> list[dict[str, Any]]:
        found = await turns.traces(conversation_id)
        return [
            {**each, "trace": concealed_trace(each["trace"], lambda text: mask(text).text)}
            for each in found
        ]

    tools = ToolBox(
        company=ground.settings.company_name,
        clock=ground.clock,
        store=ground.store,
        beside_store=Beside(ground.pool),
        blocks=Blocks(ground.pool),
        canned=CannedReplies(ground.pool),
        signal=ground.signals.send,
        search_articles=search,
        is_wish=lambda sentence: wish_for_human(sentence).wanted,
        packet=packet,
        traces=traces,
    )
    watch = Watch(ground, tools)
    return Part(
        "tool_box", tools, loops={"blocks": watch.run_blocks, "least privilege": watch.run_checks}
    )


class Watch:
    """Ends mutes that nobody reviewed in time, and holds each unmasking against P8."""

    def __init__(self, ground: Ground, tools: ToolBox) -> None:
        """Watch over one desk's tools."""
        self._ground = ground
        self._tools = tools

    async def run_blocks(self) -> None:
        """Lapse what is overdue and send blocked customers' requests to leads, until cancelled."""
        while True:
            try:
                await self.sweep_blocks()
            except (psycopg.Error, psycopg_pool.PoolTimeout, OSError) as error:
                log.warning("blocks_wait", error=type(error).__name__)
            await asyncio.sleep(LAPSE_SECONDS)

    async def sweep_blocks(self) -> None:
        """Do it once."""
        now = self._ground.clock.now()
        for conversation_id, agent_id in await self._tools.blocks.lapse(now):
            muted = {"agent": agent_id, "after": None}
            self._ground.signals.send(conversation_id, {"type": BESIDE, "muted": muted})
        await self._tools.blocks.send_to_leads(now)

    async def run_checks(self) -> None:
        """Look at new unmaskings now and then, until cancelled."""
        while True:
            try:
                await self.check()
            except (psycopg.Error, psycopg_pool.PoolTimeout, OSError) as error:
                log.warning("checks_wait", error=type(error).__name__)
            await asyncio.sleep(CHECK_SECONDS)

    async def check(self) -> None:
        """Hold what is unchecked against P8; a breach is written down as any other."""
        store = self._tools.beside_store
        for each in await store.unchecked(CHECKED_AT_ONCE):
            state = await self._state_at(each)
            detail = unmasking_kept(state, by=each.by, as_lead=each.as_lead)
            if detail is not None:
                await self._record(each, detail)
            await store.checked(each.id, self._ground.clock.now())

    async def _state_at(self, unmasking: Unchecked) -> Conversation:
        state, after = Conversation(), 0
        while facts := await self._ground.store.facts_after(unmasking.conversation, after, 500):
            for fact in facts:
                if fact.at > unmasking.at:
                    return state
                state = evolve(state, fact)
            after = facts[-1].version
        return state

    async def _record(self, unmasking: Unchecked, detail: str) -> None:
        breach = {
            "promise": "P8",
            "conversation_id": unmasking.conversation,
            "version": unmasking.version,
            "at": unmasking.at,
            "found_at": self._ground.clock.now(),
            "detail": detail,
        }
        async with self._ground.pool.connection() as connection:
            await connection.execute(QUERIES["record_breach"], breach)
        log.error("promise_broken", promise="P8", conversation=unmasking.conversation)
