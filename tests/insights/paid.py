"""Pay over a real database: sessions that go by a clock of the test, and what settles them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from psycopg_pool import AsyncConnectionPool

from alltid.agents.online_sessions import OnlineSessions
from alltid.agents.session_commands import Command, GoOnline
from alltid.agents.session_events import Capacity, Choices
from alltid.insights.pay_view import PayView
from alltid.insights.settlement import Earnings, FloorWatch, Settlement, surge_spent
from alltid.kernel.clock import ManualClock
from alltid.kernel.ids import SeededIds
from alltid.pay.bank_account import iban_account
from alltid.pay.bank_accounts import BankAccounts, Vault
from alltid.pay.disputes import Disputes
from alltid.pay.figures import Figures
from alltid.pay.ledger_store import LedgerStore
from alltid.pay.pain001 import Payer
from alltid.pay.payouts import Payouts
from alltid.pay.quotes import PayQuotes, Surges
from alltid.pay.rate_cards import RateCards
from alltid.pay.statements import Statements

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CHOICES = Choices(frozenset({"sv"}), slots=3)
PAYER = Payer("Klarsund", iban_account("SE4550000000058398257466"))


@dataclass
class World:
    """Everything of pay on one pool, and agents who come and go."""

    pool: AsyncConnectionPool[Any]
    clock: ManualClock = field(default_factory=lambda: ManualClock(MORNING))
    ids: SeededIds = field(default_factory=lambda: SeededIds(4))
    payer: Payer | None = PAYER

    def __post_init__(self) -> None:
        pool, clock = self.pool, self.clock
        self.ledger, self.cards = LedgerStore(pool, clock), RateCards(pool, clock)
        self.statements = Statements(pool, clock, self.ledger, self.cards)
        self.quotes = PayQuotes(pool, clock, self.cards, Earnings(pool))
        self.surges = Surges(pool, clock, partial(surge_spent, pool))
        self.settlement = Settlement(pool, clock, self.statements)
        self.watch = FloorWatch(pool, clock, self.cards)
        self.disputes = Disputes(pool, clock, self.statements)
        self.figures = Figures(pool)
        self.vault = Vault([b"a key of the tests"])
        self.accounts = BankAccounts(pool, clock, self.vault)
        self.payouts = Payouts(
            pool,
            clock,
            self.ledger,
            self.vault,
            company="Klarsund",
            payer=self.payer,
            program_version="0",
        )
        self.view = PayView(pool, self.cards, self.statements)
        self.online = OnlineSessions(pool, clock, self.ids)

    async def agent(self, name: str = "Sara") -> str:
        agent = self.ids.new()
        await self.run(
            "INSERT INTO agents (id, email, name, role, created_at)"
            " VALUES (%s, %s, %s, 'agent', now())",
            (agent, f"{agent}@example.com", name),
        )
        return agent

    async def go_online(self, agent: str, capacity: Capacity = Capacity.GUARANTEED) -> str:
        rate = await self.quotes.rate_id(self.clock.now())
        command = GoOnline(agent, capacity, capacity, "needed", rate, CHOICES)
        return (await self.online.go_online(command)).id

    async def do(self, agent: str, command: Command, after_seconds: float = 0) -> None:
        self.clock.advance(after_seconds)
        await self.online.change(agent, command)

    async def go_offline(self, agent: str, after_seconds: float = 0) -> None:
        self.clock.advance(after_seconds)
        await self.online.go_offline(agent)

    async def worked(self, agent: str, seconds: float = 3600) -> str:
        """A whole session without a conversation, settled."""
        session = await self.go_online(agent)
        await self.go_offline(agent, seconds)
        await self.settlement.settle_ended()
        return session

    async def run(self, statement: str, parameters: Any = None) -> None:
        async with self.pool.connection() as connection:
            await connection.execute(statement.encode(), parameters)

    async def rows(self, statement: str, parameters: Any = None) -> list[Any]:
        async with self.pool.connection() as connection:
            cursor = await connection.execute(statement.encode(), parameters)
            found: list[Any] = await cursor.fetchall()
        return found


def new_id() -> str:
    return str(uuid.uuid4())
