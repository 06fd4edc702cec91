"""What conversations have used up of a model: kept where every worker and every restart sees it.

A request is booked with what it will read before it is made, and settled when it is known what it
cost. So what is broken off, or killed with its process, is counted too, and workers side by side
can't overdraw a budget by more than the requests that are under way.
"""

from __future__ import annotations

from typing import Any, Final, Protocol

from psycopg_pool import AsyncConnectionPool

from alltid.assistant.model.budget import MILLION, Books, Budget, Spent
from alltid.storage.queries import load_queries

SQL: Final = load_queries("alltid.assistant.model", "spending.sql")
AGENT_SIDE: Final = "agent:"


class Spending(Protocol):
    """The books of conversations. A name that begins with AGENT_SIDE is the agent's side's."""

    async def reserve(self, name: str, cost: Spent, budget: Budget) -> bool:
        """Book what is about to be used; False, and nothing booked, when the budget is used up."""
        ...

    async def settle(self, name: str, more: Spent) -> Spent:
        """Book the difference to what was reserved, which may be below nothing; the sum."""
        ...

    async def total(self, name: str) -> Spent:
        """Return what was used up so far."""
        ...


class MemorySpending:
    """Books of one process, for the latest conversations: suites, tests, no database."""

    def __init__(self) -> None:
        """Begin with nothing spent."""
        self._books = Books()

    async def reserve(self, name: str, cost: Spent, budget: Budget) -> bool:
        """Book what is about to be used, if the budget allows it."""
        if not budget.allows(self._books.of(name)):
            return False
        self._books.add(name, cost)
        return True

    async def settle(self, name: str, more: Spent) -> Spent:
        """Book the difference."""
        return self._books.add(name, more)

    async def total(self, name: str) -> Spent:
        """Return what was used up so far."""
        return self._books.of(name)


class StoredSpending:
    """Books in the desk's database. Each method may raise what psycopg raises."""

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        """Keep them through `pool`."""
        self._pool = pool

    async def reserve(self, name: str, cost: Spent, budget: Budget) -> bool:
        """Book what is about to be used, if the budget allows it, in one statement."""
        most = None if budget.cost_minor is None else budget.cost_minor * MILLION
        bounds = {"tokens_most": budget.tokens, "micro_most": most}
        return await self._row("reserve", {**_row_of(name), **_values_of(cost), **bounds}) != ()

    async def settle(self, name: str, more: Spent) -> Spent:
        """Book the difference."""
        return Spent(*await self._row("settle", {**_row_of(name), **_values_of(more)}))

    async def total(self, name: str) -> Spent:
        """Return what was used up so far."""
        return Spent(*await self._row("total", _row_of(name)))

    async def _row(self, query: str, parameters: dict[str, Any]) -> tuple[int, ...]:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(SQL[query], parameters)
            return await cursor.fetchone() or ()


def _row_of(name: str) -> dict[str, Any]:
    agent = name.startswith(AGENT_SIDE)
    return {"id": name.removeprefix(AGENT_SIDE), "side": "agent" if agent else "customer"}


def _values_of(cost: Spent) -> dict[str, Any]:
    return {
        "input": cost.input_tokens,
        "output": cost.output_tokens,
        "micro": cost.micro_minor,
        "requests": cost.requests,
    }
