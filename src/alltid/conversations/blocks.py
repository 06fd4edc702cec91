"""Sparing agents an abusive customer: an agent asks, a lead decides, and time runs for both.

Asking mutes the customer for that agent in that conversation, at once and for at most
REVIEW_WITHIN: a sanction that nobody has reviewed does not stand. A confirmed block sends the
customer's requests for a person to leads for a bounded time; it never refuses one (P1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from psycopg_pool import AsyncConnectionPool

from alltid.conversations.masking import mask
from alltid.kernel.refusal import Refused
from alltid.storage.queries import load_queries

_SQL: Final = load_queries("alltid.conversations", "blocks.sql")
REVIEW_WITHIN: Final = timedelta(minutes=30)
BLOCK_DAYS_MOST: Final = 90

Decision = Literal["confirmed", "lifted"]


@dataclass(frozen=True, slots=True)
class Block:
    """A conversation's latest block, as its agent sees it."""

    id: str
    reason: str
    asked_at: datetime
    due_at: datetime
    decision: str | None
    lead: str | None
    why: str | None
    decided_at: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class ListedBlock:
    """A block as leads list it."""

    id: str
    conversation: str
    customer: str | None
    asked_by: str | None
    reason: str
    asked_at: datetime
    due_at: datetime
    decision: str | None
    lead: str | None
    why: str | None
    decided_at: datetime | None
    until: datetime | None


class Blocks:
    """Reads and writes them, through the pool."""

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        """Stand on an open pool."""
        self._pool = pool

    async def ask(
        self,
        block_id: str,
        conversation_id: str,
        customer_id: str,
        *,
        agent_id: str,
        reason: str,
        after_version: int,
        now: datetime,
    ) -> None:
        """Mute the customer for this agent until a lead decides; asking twice is asking once."""
        await self._rows(
            "ask_block",
            id=block_id, conversation_id=conversation_id, customer_id=customer_id,
            asked_by=agent_id, reason=reason, now=now, due_at=now + REVIEW_WITHIN,
            after_version=after_version,
        )  # fmt: skip

    async def latest(self, conversation_id: str) -> Block | None:
        """Return the conversation's latest block."""
        rows = await self._rows("latest_block", conversation_id=conversation_id)
        return Block(*rows[0]) if rows else None

    async def muted_after(self, conversation_id: str, agent_id: str, now: datetime) -> int | None:
        """Return the last version whose customer's words this agent sees; None for all."""
        rows = await self._rows(
            "muted_after", conversation_id=conversation_id, agent_id=agent_id, now=now
        )
        return int(rows[0][0]) if rows else None

    async def decide(
        self,
        block_id: str,
        decision: Decision,
        *,
        lead_id: str,
        why: str,
        days: int,
        now: datetime,
    ) -> tuple[str, str]:
        """Keep a lead's decision; returns (conversation, agent who asked).

        Raises:
            Refused: `no_such_block`, `decided_already`, or `block_lapsed` when it came too late.
        """
        until = now + timedelta(days=days) if decision == "confirmed" else None
        rows = await self._rows(
            "decide_block", id=block_id, decision=decision, by=lead_id, why=why, until=until,
            now=now,
        )  # fmt: skip
        if rows:
            return str(rows[0][0]), str(rows[0][1])
        known = await self._rows("block", id=block_id)
        if not known:
            raise Refused("no_such_block", "There is no such block.")
        if known[0][0] in {None, "lapsed"}:
            raise Refused("block_lapsed", "The time for this review is over; the mute has ended.")
        raise Refused("decided_already", "Another lead has decided this.")

    async def lift(self, block_id: str, *, lead_id: str, why: str, now: datetime) -> str:
        """End a confirmed block now; returns the conversation."""
        rows = await self._rows("lift_block", id=block_id, by=lead_id, why=why, now=now)
        if not rows:
            raise Refused("no_such_block", "This block doesn't hold any more.")
        return str(rows[0][0])

    async def lapse(self, now: datetime) -> list[tuple[str, str]]:
        """End the mutes whose review didn't come in time; returns (conversation, agent)."""
        return [(row[0], row[1]) for row in await self._rows("lapse", now=now)]

    async def is_blocked(self, conversation_id: str, now: datetime) -> bool:
        """Tell whether the conversation's customer is with leads only, for now."""
        rows = await self._rows("is_blocked", conversation_id=conversation_id, now=now)
        return bool(rows[0][0])

    async def send_to_leads(self, now: datetime) -> list[str]:
        """Have every blocked customer who waits be offered to leads; returns what changed."""
        await self._rows("leads_have_their_skill")
        return [str(row[0]) for row in await self._rows("waiting_for_a_lead", now=now)]

    async def listed(
        self, *, open_only: bool, before: datetime | None, limit: int
    ) -> list[ListedBlock]:
        """Return leads' list, most urgent or newest first."""
        rows = await self._rows("blocks", open=open_only, before=before, limit=limit)
        return [
            replace(each, customer=_hidden(each.customer), reason=mask(each.reason).text)
            for each in (ListedBlock(*row) for row in rows)
        ]

    async def _rows(self, query: str, **parameters: object) -> Sequence[Any]:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_SQL[query], parameters)
            return await cursor.fetchall() if cursor.description else ()


def _hidden(text: str | None) -> str | None:
    return None if text is None else mask(text).text
