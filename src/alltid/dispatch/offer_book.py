"""What agents may read about offers: the open ones, their past, and why or why not (P9)."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from psycopg_pool import AsyncConnectionPool

from alltid.dispatch.explanation import Because, Why
from alltid.dispatch.explanation_record import unpack
from alltid.dispatch.offer_rows import QUERIES
from alltid.kernel.clock import Clock

# So long an offer that has ended may still be told of as "over".
JUST_NOW: Final = timedelta(minutes=2)
MISSED_OF: Final = timedelta(days=7)
AUDIT_OF: Final = timedelta(days=90)
ROUNDS_KEPT: Final = timedelta(days=30)
_FIRST_ID: Final = "00000000-0000-0000-0000-000000000000"
_LAST_ID: Final = "ffffffff-ffff-ffff-ffff-ffffffffffff"


@dataclass(frozen=True, slots=True)
class ShownOffer:
    """An offer as its agent sees it; `pay_minor` is in the currency's smallest unit."""

    id: str
    conversation_id: str
    stage: str
    made_at: datetime
    expires_at: datetime
    seen_at: datetime | None
    ended_at: datetime | None
    doubled: bool
    language: str
    topic: str | None
    skill: str | None
    difficulty: int
    expected_minutes: int
    pay_minor: int
    currency: str
    why: Sequence[Mapping[str, Any]]
    reason: str | None
    withdrawn_because: str | None


@dataclass(frozen=True, slots=True)
class Missed:
    """A conversation that went to someone else while the agent was online, and why."""

    conversation_id: str
    asked_at: datetime
    at: datetime
    language: str
    topic: str | None
    why_not: Why


@dataclass(frozen=True, slots=True)
class SelfAudit:
    """Whether declining changed anything: shares of the offers made while the agent was online.

    `share_before` is of the hour before each decline, `share_after` of the hour after; None
    where no offers were made then.
    """

    offers: int
    accepted: int
    declined: int
    missed: int
    share_before: float | None
    share_after: float | None
    offers_before: int
    offers_after: int


class OfferBook:
    """Reads offers, and nothing else."""

    def __init__(self, pool: AsyncConnectionPool[Any], clock: Clock) -> None:
        """Read through `pool`."""
        self._pool = pool
        self._clock = clock

    async def shown(self, agent_ids: Sequence[str]) -> dict[str, list[ShownOffer]]:
        """Return the open offers of agents, and those that ended a moment ago."""
        since = self._clock.now() - JUST_NOW
        rows = await self._all("shown_to_agents", agent_ids=list(agent_ids), since=since)
        found: defaultdict[str, list[ShownOffer]] = defaultdict(list)
        for row in rows:
            found[row[0]].append(ShownOffer(*row[1:]))
        return found

    async def past(
        self,
        agent_id: str,
        *,
        before: datetime | None = None,
        before_id: str | None = None,
        limit: int = 50,
    ) -> list[ShownOffer]:
        """Return the agent's offers, newest first.

        `before` is when the last one known was made, `before_id` which one: of offers made in
        the same moment none is left out.
        """
        rows = await self._all(
            "offers_of_agent",
            agent_id=agent_id,
            before=before or self._clock.now(),
            before_id=before_id or _of(before),
            limit=limit,
        )
        return [ShownOffer(*row[1:]) for row in rows]

    async def missed(
        self,
        agent_id: str,
        *,
        before: datetime | None = None,
        before_id: str | None = None,
        limit: int = 20,
    ) -> list[Missed]:
        """Return what went to others while the agent was online, newest first, and why.

        `before` is when the last one known was offered to someone else, `before_id` which one.
        """
        now = self._clock.now()
        rows = await self._all(
            "missed_rounds",
            agent_id=agent_id,
            now=now,
            since=now - MISSED_OF,
            before=before or now,
            before_id=before_id or _of(before),
            limit=limit,
        )
        found = []
        for conversation_id, asked_at, language, topic, round_id, made_at in rows:
            why = await self._why_not(round_id, conversation_id, agent_id)
            found.append(Missed(conversation_id, asked_at, made_at, language, topic, why))
        return found

    async def self_audit(self, agent_id: str) -> SelfAudit:
        """Return the agent's offers of the last 90 days, before and after declines."""
        now = self._clock.now()
        rows = await self._all("audit", agent_id=agent_id, since=now - AUDIT_OF, now=now)
        offers, accepted, declined, missed, own_before, before, own_after, after = rows[0]
        return SelfAudit(
            offers,
            accepted,
            declined,
            missed,
            own_before / before if before else None,
            own_after / after if after else None,
            before,
            after,
        )

    async def _why_not(self, round_id: str, conversation_id: str, agent_id: str) -> Why:
        rows = await self._all("round", id=round_id)
        if not rows or not rows[0][0]:
            return Why(Because.NO_OFFER)
        explanations = await asyncio.to_thread(unpack, rows[0][0])
        return explanations.why_not_me(conversation_id, agent_id)

    async def _all(self, query: str, **parameters: Any) -> list[tuple[Any, ...]]:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES[query], parameters)
            rows: list[tuple[Any, ...]] = await cursor.fetchall()
        return rows


async def forget_rounds(pool: AsyncConnectionPool[Any], now: datetime) -> int:
    """Drop what whole rounds looked at after ROUNDS_KEPT; offers keep their reasons."""
    async with pool.connection() as connection:
        cursor = await connection.execute(QUERIES["forget_rounds"], {"before": now - ROUNDS_KEPT})
        return int(cursor.rowcount)


def offer_content(offer: ShownOffer, now: datetime) -> dict[str, Any]:
    """Return an offer as pages get it."""
    content = asdict(offer)
    del content["withdrawn_because"], content["seen_at"], content["conversation_id"]
    left = (offer.expires_at - now).total_seconds()
    return content | {
        "conversation": offer.conversation_id,
        "made_at": offer.made_at.isoformat(),
        "expires_at": offer.expires_at.isoformat(),
        "ended_at": offer.ended_at and offer.ended_at.isoformat(),
        "seconds_left": round(max(0.0, left), 1),
        "seen": offer.seen_at is not None,
    }


def _of(before: datetime | None) -> str:
    """Without a moment everything is older than now; with one only what is older than that."""
    return _LAST_ID if before is None else _FIRST_ID
