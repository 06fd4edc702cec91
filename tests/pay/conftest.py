"""The books of a test: a fresh database, a store on it, and accounts of an agent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest

from alltid.kernel.clock import ManualClock
from alltid.pay.booking import accounts_of
from alltid.pay.ledger import Account, Line, Post, Side
from alltid.pay.ledger_store import LedgerStore
from alltid.storage.database import open_pool

DAY = date(2026, 3, 14)
BANK = Account("market/SE/bank/SEK", "SEK", 1930, Side.DEBIT)
COST = "market/SE/earnings/SEK"
OWED = "agent/sara/owed/SEK"


def earned(key: str, minor: int = 1000, **changes: Any) -> Post:
    given: dict[str, Any] = {"booked_on": DAY, "memo": "Worked", "evidence": {"offer": "o1"}}
    lines = (Line(COST, minor, "SEK"), Line(OWED, -minor, "SEK"))
    return Post(key=key, lines=lines, **(given | changes))


def paid_out(key: str, minor: int, *, pending: bool = False) -> Post:
    lines = (Line(OWED, minor, "SEK"), Line(BANK.code, -minor, "SEK"))
    return Post(key, DAY, lines, "Payout", pending=pending)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[LedgerStore]:
    """Books with the accounts of one agent."""
    async with await open_pool(database_url, min_size=2, max_size=12) as pool:
        books = LedgerStore(pool, ManualClock(datetime(2026, 5, 1, tzinfo=UTC)))
        await books.open_accounts([*accounts_of("SE", "SEK", "sara"), BANK])
        yield books


@pytest.fixture
async def plain(database_url: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """A connection for plain SQL, as the role of a program that keeps the books."""
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        await connection.execute("SET ROLE alltid_ledger")
        yield connection


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """A connection for plain SQL, as the owner of the schema."""
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        yield connection
