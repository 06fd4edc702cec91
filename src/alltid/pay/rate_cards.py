"""Rate cards in PostgreSQL: versions are added, never changed."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from alltid.kernel.clock import Clock
from alltid.kernel.refusal import Refused
from alltid.pay.ledger_store import QUERIES
from alltid.pay.rate_card import RateCard, card_facts, card_from, check_successor


class RateCards:
    """All versions of the company's rate cards."""

    def __init__(self, pool: AsyncConnectionPool[Any], clock: Clock) -> None:
        """Stand on an open pool."""
        self._pool = pool
        self._clock = clock

    async def add(self, card: RateCard, by: str) -> None:
        """Add the next version of a card; Refused when it is not that."""
        now = self._clock.now()
        check_successor(await self.all(), card, now)
        parameters = {
            "market": card.market,
            "currency": card.currency,
            "version": card.version,
            "valid_from": card.valid_from,
            "card": Jsonb(card_facts(card)),
            "by": by,
            "now": now,
        }
        async with self._pool.connection() as connection:
            try:
                await connection.execute(QUERIES["add_rate_card"], parameters)
            except psycopg.errors.UniqueViolation as error:
                raise Refused("bad_version", f"{card.name} was added meanwhile.") from error

    async def all(self) -> list[RateCard]:
        """Return every version of every card."""
        async with self._pool.connection() as connection:
            rows = await connection.execute(QUERIES["rate_cards"])
            return [card_from(card) for (card,) in await rows.fetchall()]

    async def history(self, limit: int = 200) -> list[dict[str, Any]]:
        """Return versions as plain data with who added them when, the latest of each first."""
        async with self._pool.connection() as connection:
            rows = await connection.execute(QUERIES["card_history"], {"limit": limit})
            return [
                {**card, "name": card_from(card).name, "added_by": by, "added_at": at}
                for card, by, at in await rows.fetchall()
            ]
