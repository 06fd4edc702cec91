"""Conversations as the rest of the desk meets them: do a command, read, claim a turn."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from psycopg_pool import AsyncConnectionPool

from alltid.conversations.aggregate import QUERIES, facts_from_rows
from alltid.conversations.codec import decode
from alltid.conversations.commands import Command, Open
from alltid.conversations.conversation import Conversation
from alltid.conversations.events import Author, Chosen, Fact, MessageSent, Status
from alltid.storage.group_writer import GroupWriter, Outcome

ConversationWriter = GroupWriter[Conversation, Command, Fact]

# A customer's first conversation has an id that follows from who they are, so that two
# devices that open it at once open the same one.
_OF_CUSTOMER: Final = uuid.UUID("5f0c3a0e-6f0d-5b43-9d3e-6d9f4a3f1c22")
LONG_CONVERSATION: Final = 5_000
CONTEXT_MESSAGES: Final = 20
# An agent may look once more at what they have just closed.
AFTERWARDS: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation's row, as far as deciding who may see it goes."""

    id: str
    customer_id: str
    version: int
    status: Status
    agent_id: str | None
    language: str
    resolved_by: str | None
    resolved_at: datetime | None
    agent_name: str | None
    customer_name: str | None
    callback_at: datetime | None
    written: bool

    def readable_by(self, agent_id: str, now: datetime) -> bool:
        """Tell whether an agent may read it: it is theirs, or was until a moment ago."""
        if self.agent_id is not None:
            return self.agent_id == agent_id
        if self.resolved_by != agent_id or self.resolved_at is None:
            return False
        return self.status is Status.RESOLVED and now - self.resolved_at < AFTERWARDS


@dataclass(frozen=True, slots=True)
class AgentRow:
    """One of an agent's conversations in hand."""

    id: str
    customer_id: str
    version: int
    status: Status
    language: str
    last_message_at: datetime | None
    turn: str
    customer_name: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the customer, with the press on a card that it is, if it is one."""

    version: int
    text: str
    chosen: Chosen | None = None


@dataclass(frozen=True, slots=True)
class DueTurn:
    """A word that the assistant owes, claimed by one worker for a while.

    `text` is what the customer wrote since anyone last answered; `history` what was said
    before, oldest first, as (author, text). `said` is the same as `text`, one by one;
    `chosen` is the last press among it. `trace_id` is of the assistant's answer before, unless
    an agent has spoken since.
    """

    conversation_id: str
    version: int
    text: str
    language: str
    waiting: bool
    attempts: int
    first: bool
    history: tuple[tuple[str, str], ...]
    has_attachments: bool = False
    customer_id: str = ""
    said: tuple[Said, ...] = ()
    chosen: Chosen | None = None
    trace_id: str | None = None


class ConversationStore:
    """Commands go to the group writer, reads to the pool."""

    def __init__(self, writer: ConversationWriter, pool: AsyncConnectionPool[Any]) -> None:
        """Stand on a running writer and an open pool."""
        self._writer = writer
        self._pool = pool

    async def execute(
        self, conversation_id: str, command: Command, actor: str
    ) -> Outcome[Conversation, Fact]:
        """Decide and durably store one command; see `GroupWriter.submit` for the errors."""
        return await self._writer.submit(conversation_id, command, actor)

    async def open_for(
        self, customer_id: str, language: str, opening: str, assistant_name: str
    ) -> str:
        """Return the customer's present conversation, opened if there was none.

        A resolved conversation is gone on with, unless it has grown very long.
        """
        latest = await self._one("latest_of_customer", customer_id=customer_id)
        if latest is not None:
            conversation_id, version, status = latest
            if version < LONG_CONVERSATION or status != Status.RESOLVED:
                return str(conversation_id)
            conversation_id = str(uuid.uuid5(_OF_CUSTOMER, f"{customer_id}:{conversation_id}"))
        else:
            conversation_id = str(uuid.uuid5(_OF_CUSTOMER, customer_id))
        command = Open(customer_id, language, opening, assistant_name)
        await self.execute(conversation_id, command, f"customer:{customer_id}")
        return conversation_id

    async def find(self, conversation_id: str) -> Row | None:
        """Return the row, or None when there is no such conversation."""
        row = await self._one("find", id=conversation_id)
        if row is None:
            return None
        return Row(row[0], row[1], row[2], Status(row[3]), *row[4:])

    async def of_agent(self, agent_id: str) -> list[AgentRow]:
        """Return what an agent has in hand, first taken first; at most 100."""
        rows = await self._all("of_agent", agent_id=agent_id)
        return [
            AgentRow(row[0], row[1], row[2], Status(row[3]), row[4], row[5], row[6], row[7])
            for row in rows
        ]

    async def facts_after(self, conversation_id: str, after: int, limit: int) -> list[Fact]:
        """Return the facts that follow version `after`, oldest first."""
        return facts_from_rows(
            await self._all("facts_after", id=conversation_id, after=after, limit=limit)
        )

    async def facts_before(self, conversation_id: str, before: int, limit: int) -> list[Fact]:
        """Return the `limit` facts that precede version `before`, oldest first."""
        rows = await self._all("facts_before", id=conversation_id, before=before, limit=limit)
        return facts_from_rows(reversed(rows))

    async def agents_gone(self, now: datetime) -> list[tuple[str, str]]:
        """Return (conversation, agent) where an agent owes a word, late, and is offline."""
        rows = await self._all("agents_gone", now=now)
        return [(row[0], row[1]) for row in rows]

    async def assistant_overdue(self, now: datetime) -> list[tuple[str, int]]:
        """Return (conversation, version owed) where the assistant let its deadline pass."""
        rows = await self._all("assistant_overdue", now=now)
        return [(row[0], row[1]) for row in rows]

    async def claim_assistant_turns(
        self, worker: str, now: datetime, *, limit: int, lease_seconds: float
    ) -> list[DueTurn]:
        """Lease up to `limit` conversations in which the assistant owes a word."""
        claimed = await self._all(
            "claim_assistant_turns",
            worker=worker, now=now, limit=limit, lease_seconds=lease_seconds,
            messages=CONTEXT_MESSAGES,
        )  # fmt: skip
        return [_due_turn(row) for row in claimed]

    async def _all(self, query: str, **parameters: object) -> list[Any]:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES[query], parameters)
            rows: list[Any] = await cursor.fetchall()
        return rows

    async def _one(self, query: str, **parameters: object) -> Any:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES[query], parameters)
            return await cursor.fetchone()


def _due_turn(row: Sequence[Any]) -> DueTurn:
    conversation_id, version, language, status, attempts, customer_id, rows = row
    numbered = [
        (at, event)
        for at, data in rows or ()
        if isinstance(event := decode("MessageSent", data), MessageSent)
    ]
    messages = [message for _version, message in numbered]
    spoken = len(messages)
    while spoken > 0 and messages[spoken - 1].author is Author.CUSTOMER:
        spoken -= 1
    said = tuple(Said(at, each.text, each.chosen) for at, each in numbered[spoken:])
    return DueTurn(
        conversation_id,
        version,
        "\n".join(each.text for each in said if each.text.strip()),
        language,
        status == Status.WAITING,
        attempts,
        not any(message.author is Author.CUSTOMER for message in messages[:spoken]),
        tuple((message.author.value, message.text) for message in messages[:spoken]),
        any(message.attachments for message in messages[spoken:]),
        customer_id,
        said,
        next((each.chosen for each in reversed(said) if each.chosen), None),
        _trace_id(messages[:spoken]),
    )


def _trace_id(spoken: Sequence[MessageSent]) -> str | None:
    """Return the trace of the assistant's last answer; what an agent has said since ends it."""
    for message in reversed(spoken):
        if message.author is Author.AGENT:
            return None
        if message.trace_id is not None:
            return message.trace_id
    return None
