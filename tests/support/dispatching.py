"""Sessions, offers and the dispatcher on a real database, without a web around them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import psycopg
from psycopg_pool import AsyncConnectionPool

from alltid.agents.online_sessions import OnlineSessions, OpenSession
from alltid.agents.session_commands import GoOnline
from alltid.agents.session_events import Capacity, Choices
from alltid.conversations.commands import AskForHuman
from alltid.dispatch.acceptance import Acceptance
from alltid.dispatch.dispatcher import Dispatcher, OfferMade
from alltid.dispatch.offer_book import OfferBook, ShownOffer
from alltid.dispatch.pay_quotes import FloorQuotes
from alltid.dispatch.policy import Policy
from alltid.dispatch.snapshot import Sessions
from alltid.dispatch.triage import TopicOf
from alltid.kernel.clock import Clock, SystemClock
from alltid.kernel.ids import SystemIds
from alltid.storage.database import connect, open_pool
from tests.support.writers import Running, new_id, query, running_writer

Connection = psycopg.AsyncConnection[Any]


@dataclass
class Room:
    """Everything that dispatching needs, and short words for what tests do with it."""

    database_url: str
    clock: Clock
    pool: AsyncConnectionPool[Any]
    writer: Running
    online: OnlineSessions
    acceptance: Acceptance
    book: OfferBook
    policy: Policy = field(default_factory=Policy)
    made: list[OfferMade] = field(default_factory=list)
    topic_of: TopicOf | None = None

    async def customer_asks(self) -> str:
        conversation_id = await self.writer.open()
        await self.writer.submit(conversation_id, AskForHuman())
        return conversation_id

    async def agent_online(self, *, slots: int = 1, **choices: Any) -> str:
        """A new agent, online with choices of their own."""
        agent_id = new_id()
        await self.goes_online(agent_id, slots=slots, **choices)
        return agent_id

    async def goes_online(self, agent_id: str, *, slots: int = 1, **choices: Any) -> OpenSession:
        chosen = Choices(frozenset({"sv"}), slots=slots, **choices)
        guaranteed = Capacity.GUARANTEED
        return await self.online.go_online(
            GoOnline(agent_id, guaranteed, guaranteed, "needed", "rate", chosen)
        )

    def dispatcher(self, open_connection: Callable[[], Any] | None = None) -> Dispatcher:
        async def connection() -> Connection:
            return await connect(self.database_url, application_name="dispatcher")

        async def policy_now(connection: Connection) -> Policy:
            await connection.execute(
                "INSERT INTO dispatch_policies (id, content, at, by) VALUES (%s, %s, now(), 'test')"
                " ON CONFLICT DO NOTHING",
                (self.policy.id, orjson.dumps(self.policy.content()).decode()),
            )
            return self.policy

        async def topic_of(words: Sequence[str], language: str) -> str | None:
            return await self.topic_of(words, language) if self.topic_of else None

        return Dispatcher(
            open_connection or connection,
            self.clock,
            SystemIds(),
            quotes=FloorQuotes(),
            policy_now=policy_now,
            topic_of=topic_of,
            on_offers=self.made.extend,
        )

    async def round(self) -> bool:
        """One round of matching, as a leader does it."""
        connection = await connect(self.database_url)
        try:
            return await self.dispatcher().round(connection, Sessions(FloorQuotes()))
        finally:
            await connection.close()

    async def open_offers(self, agent_id: str) -> list[ShownOffer]:
        shown = (await self.book.shown([agent_id])).get(agent_id, [])
        return [offer for offer in shown if offer.stage == "open"]

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        return query(self.database_url, sql, *parameters)


@asynccontextmanager
async def a_room(database_url: str, clock: Clock | None = None) -> AsyncIterator[Room]:
    """Open the parts, and close them after the test."""
    clock = clock or SystemClock()
    pool = await open_pool(database_url, max_size=12)
    try:
        async with running_writer(database_url, clock=clock) as writer:
            yield Room(
                database_url,
                clock,
                pool,
                writer,
                OnlineSessions(pool, clock, SystemIds()),
                Acceptance(pool, clock, "test"),
                OfferBook(pool, clock),
            )
    finally:
        await pool.close()
