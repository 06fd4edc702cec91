"""A group writer at work on a real database, with everything it reports kept."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg

from alltid.conversations.aggregate import ConversationAggregate
from alltid.conversations.commands import Command, Open
from alltid.conversations.conversation import Conversation
from alltid.conversations.events import Fact
from alltid.conversations.store import ConversationWriter
from alltid.kernel.clock import SystemClock
from alltid.storage.database import connect
from alltid.storage.group_writer import Committed, GroupWriter

OPENED = 2  # an opened conversation's version


def new_id() -> str:
    return str(uuid.uuid4())


@dataclass
class Running:
    """A writer, the conversations it has committed, and the sizes of its groups."""

    writer: ConversationWriter
    task: asyncio.Task[None] | None = None
    commits: list[Committed[Conversation, Fact]] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    connections: list[psycopg.AsyncConnection[Any]] = field(default_factory=list)

    async def submit(self, stream_id: str, command: Command, actor: str = "test") -> int:
        return (await self.writer.submit(stream_id, command, actor)).version

    async def open(self, stream_id: str | None = None) -> str:
        stream_id = stream_id or new_id()
        await self.submit(stream_id, Open(new_id(), "sv", "I am an AI.", "Alva"))
        return stream_id

    def backends(self) -> list[int]:
        """The server's processes that serve this writer now."""
        return [each.info.backend_pid for each in self.connections if not each.closed]


@asynccontextmanager
async def running_writer(
    database_url: str, aggregate: ConversationAggregate | None = None, **limits: Any
) -> AsyncIterator[Running]:
    """Run a writer; `limits` are `GroupWriter`'s."""

    async def connection() -> psycopg.AsyncConnection[Any]:
        opened = await connect(database_url, application_name="writer")
        running.connections.append(opened)
        return opened

    def committed(commits: Sequence[Committed[Conversation, Fact]]) -> None:
        running.commits.extend(commits)

    writer: ConversationWriter = GroupWriter(
        aggregate or ConversationAggregate(new_id()),
        connection,
        limits.pop("clock", None) or SystemClock(),
        on_commit=committed,
        on_group=lambda size, _seconds: running.groups.append(size),
        **limits,
    )
    running = Running(writer)
    running.task = asyncio.create_task(writer.run())
    try:
        yield running
    finally:
        await writer.close()
        await asyncio.wait_for(running.task, 60)


def query(database_url: str, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    """Ask the database directly."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        cursor = connection.execute(sql.encode(), parameters or None)
        return cursor.fetchall() if cursor.description else []


async def until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    """Look again and again until something is so."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  what is waited for knows nothing of us
            await asyncio.sleep(0.01)
