"""What the work tools do: each checks the right to it, does it, and tells the pages."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from starlette.requests import HTTPConnection

from alltid.agents.accounts import Agent
from alltid.conversations.beside import Beside
from alltid.conversations.blocks import Blocks, Decision
from alltid.conversations.canned import Filled
from alltid.conversations.canned_replies import CannedReplies
from alltid.conversations.commands import ReturnToQueue, SayAsAgent
from alltid.conversations.concealed import items_for_agent, value_at
from alltid.conversations.events import Fact, Status
from alltid.conversations.store import ConversationStore, Row
from alltid.conversations.summary import MESSAGES_READ, Said, summarise
from alltid.kernel.clock import Clock
from alltid.kernel.refusal import Refused
from alltid.storage.group_writer import StorageBusy
from alltid.web.errors import WebError

log = structlog.get_logger(__name__)

BESIDE: Final = "beside"
LEAD_SKILL: Final = "lead"
HANDED_OVER: Final = "handed_over"
FOUND_MOST: Final = 5
# The line for the customer has an id that follows from the handover's: sent again, it is one.
_LINE: Final = uuid.UUID("5f0c5a0e-6d0c-5b5e-9a5e-0a11ad000090")

Signal = Callable[[str, Mapping[str, Any]], None]
Search = Callable[[str, str], Awaitable[Sequence[Any]]]


@dataclass(slots=True)
class ToolBox:
    """The service behind the routes. One per process, at `app.state.tool_box`."""

    company: str
    clock: Clock
    store: ConversationStore
    beside_store: Beside
    blocks: Blocks
    canned: CannedReplies
    signal: Signal
    # The assistant's parts, handed in: its search of the articles, its ear for a wish.
    search_articles: Search
    is_wish: Callable[[str], bool]
    # What the assistant hands over with a conversation, masked; None where it does nothing.
    packet: Callable[[str], Awaitable[Mapping[str, Any] | None]]
    # How each of the assistant's answers came about.
    traces: Callable[[str], Awaitable[list[dict[str, Any]]]]

    # ------------------------------------------------------------ beside a conversation

    async def beside(self, agent: Agent, conversation_id: str) -> dict[str, Any]:
        """Return what an agent sees beside a conversation in hand, or finished a moment ago."""
        now = self.clock.now()
        row = await self._readable(agent, conversation_id)
        customer = await self.beside_store.customer(row.customer_id)
        return {
            "summary": await self._summary(row, agent.id, now),
            "customer": asdict(customer),
            "block": await self._block(conversation_id),
            "packet": await self.packet(conversation_id),
            **await self.records(conversation_id, agent.id),
        }

    async def records(self, conversation_id: str, reader_id: str) -> dict[str, Any]:
        """Return notes, questions and handovers as this reader sees them."""
        store = self.beside_store
        return {
            "notes": [asdict(each) for each in await store.notes(conversation_id, reader_id)],
            "questions": [
                asdict(each) for each in await store.questions_of(conversation_id, reader_id)
            ],
            "handovers": [asdict(each) for each in await store.handovers(conversation_id)],
        }

    async def said_in_hand(self, agent: Agent, conversation_id: str) -> tuple[Row, list[Said]]:
        """Return a conversation in hand and what was said in it, as its agent sees it."""
        row = await self._in_hand(agent, conversation_id)
        return row, await self._said(row, agent.id, self.clock.now())

    async def _summary(self, row: Row, agent_id: str, now: datetime) -> list[dict[str, Any]]:
        said = await self._said(row, agent_id, now)
        return [asdict(line) for line in summarise(said, self.is_wish)]

    async def _said(self, row: Row, agent_id: str, now: datetime) -> list[Said]:
        muted = await self.blocks.muted_after(row.id, agent_id, now)
        facts = await self.store.facts_before(row.id, row.version + 1, MESSAGES_READ)
        return [
            Said(item["version"], item["author"], item["text"])
            for item in items_for_agent(facts, _no_url, reader_id="", muted_after=muted)
            if item["kind"] == "message" and item["text"]
        ]

    async def _block(self, conversation_id: str) -> dict[str, Any] | None:
        found = await self.blocks.latest(conversation_id)
        return None if found is None else asdict(found)

    # ------------------------------------------------------------ personal data

    async def unmask(
        self,
        reader: Agent,
        conversation_id: str,
        version: int,
        index: int,
        reason: str,
        *,
        as_lead: bool,
    ) -> tuple[str, str]:
        """Record the reason, then return (kind, value); a lead needn't have it in hand."""
        if as_lead:
            await self._there(conversation_id)
        else:
            await self._in_hand(reader, conversation_id)
        fact = await self._fact(conversation_id, version)
        found = value_at(fact, index) if fact is not None else None
        if found is None:
            raise Refused("nothing_masked", "There is nothing masked in this place.")
        kind, value = found
        await self.beside_store.record_unmasking(
            conversation_id, version, index, kind,
            by=reader.id, as_lead=as_lead, reason=reason, now=self.clock.now(),
        )  # fmt: skip
        return kind, value

    async def _fact(self, conversation_id: str, version: int) -> Fact | None:
        found = await self.store.facts_after(conversation_id, version - 1, 1)
        return found[0] if found and found[0].version == version else None

    # ------------------------------------------------------------ words between colleagues

    async def add_note(self, agent: Agent, conversation_id: str, note_id: str, text: str) -> None:
        """Keep a note; whoever has just finished may still add one."""
        await self._readable(agent, conversation_id)
        now = self.clock.now()
        await self.beside_store.add_note(note_id, conversation_id, agent.id, text, now)
        self._changed(conversation_id)

    async def ask_lead(
        self, agent: Agent, conversation_id: str, question_id: str, text: str
    ) -> None:
        """Put a question before the leads."""
        await self._in_hand(agent, conversation_id)
        now = self.clock.now()
        await self.beside_store.ask(question_id, conversation_id, agent.id, text, now)
        self._changed(conversation_id)

    async def answer(self, lead: Agent, question_id: str, text: str) -> None:
        """Give a lead's answer, and tell the agent's page."""
        now = self.clock.now()
        conversation_id = await self.beside_store.answer(question_id, lead.id, text, now)
        self._changed(conversation_id)

    # ------------------------------------------------------------ blocking

    async def ask_block(
        self, agent: Agent, conversation_id: str, block_id: str, reason: str
    ) -> None:
        """Mute the customer for this agent until a lead decides."""
        row = await self._in_hand(agent, conversation_id)
        await self.blocks.ask(
            block_id, conversation_id, row.customer_id,
            agent_id=agent.id, reason=reason, after_version=row.version, now=self.clock.now(),
        )  # fmt: skip
        self._muted(conversation_id, agent.id, row.version)

    async def decide_block(
        self, lead: Agent, block_id: str, decision: Decision, why: str, days: int
    ) -> None:
        """Confirm or lift; a customer who is blocked waits for a lead from now on."""
        now = self.clock.now()
        conversation_id, agent_id = await self.blocks.decide(
            block_id, decision, lead_id=lead.id, why=why, days=days, now=now
        )
        if decision == "confirmed":
            await self.spare(conversation_id, agent_id)
        self._muted(conversation_id, agent_id, None)

    async def spare(self, conversation_id: str, agent_id: str) -> None:
        """Take a blocked customer out of the agent's hands, into the line to a lead (P1)."""
        await self.beside_store.needs_skill(conversation_id, LEAD_SKILL, "system:blocks")
        try:
            back = ReturnToQueue(agent_id, "blocked")
            await self.store.execute(conversation_id, back, "system:blocks")
        except Refused:
            log.info("block_elsewhere", conversation=conversation_id)

    async def lift_block(self, lead: Agent, block_id: str, why: str) -> None:
        """End a confirmed block early."""
        self._changed(
            await self.blocks.lift(block_id, lead_id=lead.id, why=why, now=self.clock.now())
        )

    # ------------------------------------------------------------ handing over

    async def handover_targets(
        self, agent: Agent, conversation_id: str
    ) -> dict[str, list[dict[str, Any]]]:
        """Return the skills and the colleagues online."""
        await self._in_hand(agent, conversation_id)
        skills = await self.beside_store.skills()
        colleagues = await self.beside_store.online_colleagues(agent.id)
        return {
            "skills": [{"key": key, "name": name} for key, name, _level in skills],
            "agents": [
                {"id": each, "name": name, "languages": languages}
                for each, name, languages in colleagues
            ],
        }

    async def hand_over(
        self,
        agent: Agent,
        conversation_id: str,
        handover_id: str,
        *,
        to_agent: str | None,
        to_skill: str | None,
        note: str,
        message: str,
    ) -> None:
        """Say it to the customer, note where it goes, and give it back into the line."""
        if (to_agent is None) == (to_skill is None):
            raise WebError(422, "one_target", "Choose either a colleague or a skill.")
        await self._in_hand(agent, conversation_id)
        await self._check_target(agent, to_agent, to_skill)
        try:
            if message:
                client_id = str(uuid.uuid5(_LINE, handover_id))
                line = SayAsAgent(agent.id, agent.name, client_id, message)
                await self.store.execute(conversation_id, line, f"agent:{agent.id}")
            # Before it is in the line again: matching looks the moment it is.
            await self.beside_store.hand_over(
                handover_id, conversation_id, agent.id,
                to_agent=to_agent, to_skill=to_skill, note=note, now=self.clock.now(),
            )  # fmt: skip
            back = ReturnToQueue(agent.id, HANDED_OVER)
            await self.store.execute(conversation_id, back, f"agent:{agent.id}")
        except StorageBusy as busy:
            message = "Nothing is lost. Try again in a moment."
            raise WebError(503, "storage_busy", message, busy.retry_after_seconds) from None

    async def _check_target(self, agent: Agent, to_agent: str | None, to_skill: str | None) -> None:
        if to_skill is not None:
            if to_skill not in {key for key, _, _ in await self.beside_store.skills()}:
                raise Refused("no_such_skill", "There is no such skill.")
        elif to_agent == agent.id:
            raise Refused("own_hands", "It is with you already.")
        elif not await self.beside_store.is_online(str(to_agent)):
            raise Refused("not_online", "This colleague isn't online any more.")

    # ------------------------------------------------------------ answers

    async def search(self, question: str, language: str) -> Sequence[Any]:
        """Search the articles in a language."""
        return (await self.search_articles(question, language))[:FOUND_MOST]

    async def fill(self, agent: Agent, conversation_id: str, reply_id: str) -> Filled:
        """Fill a canned reply in for a conversation in hand."""
        row = await self._in_hand(agent, conversation_id)
        customer = await self.beside_store.customer(row.customer_id)
        values = {
            "customer_name": customer.name,
            "agent_name": agent.name,
            "company": self.company,
        }
        return await self.canned.filled(reply_id, agent.id, values)

    async def put_canned(
        self, by: str, reply_id: str, owner: str | None, reply: Mapping[str, Any]
    ) -> None:
        """Add or change a canned reply of an agent or, without an owner, of the company."""
        await self.canned.put(reply_id, owner, by=by, now=self.clock.now(), **reply)

    # ------------------------------------------------------------ who may

    async def _there(self, conversation_id: str) -> Row:
        row = await self.store.find(conversation_id)
        if row is None:
            raise WebError(404, "not_found", "There is no such conversation.")
        return row

    async def _readable(self, agent: Agent, conversation_id: str) -> Row:
        row = await self.store.find(conversation_id)
        if row is None or not row.readable_by(agent.id, self.clock.now()):
            raise WebError(403, "not_yours", "This conversation isn't with you.")
        return row

    async def _in_hand(self, agent: Agent, conversation_id: str) -> Row:
        row = await self.store.find(conversation_id)
        if row is None or row.agent_id != agent.id or row.status is not Status.AGENT:
            raise WebError(403, "not_yours", "This conversation isn't with you.")
        return row

    def _muted(self, conversation_id: str, agent_id: str, after: int | None) -> None:
        muted = {"agent": agent_id, "after": after}
        self.signal(conversation_id, {"type": BESIDE, "muted": muted})

    def _changed(self, conversation_id: str) -> None:
        """Tell the pages that show it to look again; no words travel with this."""
        self.signal(conversation_id, {"type": BESIDE})


def tool_box_of(connection: HTTPConnection) -> ToolBox:
    """Return what the desk put at `app.state.tool_box`."""
    tools = connection.app.state.tool_box
    assert isinstance(tools, ToolBox)  # noqa: S101  the desk puts it there at start
    return tools


def _no_url(_attachment_id: str) -> str:
    return ""
