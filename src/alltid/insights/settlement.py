"""Ended sessions become statements in the books; and the watch that none is below the floor."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from alltid.insights.promise_monitor import QUERIES as PROMISES
from alltid.insights.session_reader import QUERIES, read_sessions
from alltid.kernel.clock import Clock
from alltid.kernel.money import Money
from alltid.kernel.refusal import Refused
from alltid.pay.intervals import Interval
from alltid.pay.pay_floor import floor_minor, floor_parts
from alltid.pay.quotes import DEFAULT_CARD, Earned
from alltid.pay.rate_card import RateCard, terms_of
from alltid.pay.rate_cards import RateCards
from alltid.pay.session_facts import Engagement, SessionFacts, Work, whole
from alltid.pay.statements import QUERIES as STATEMENTS
from alltid.pay.statements import Statements

log = structlog.get_logger(__name__)

EVERY_SECONDS: Final = 1.0
AT_ONCE: Final = 200
# What ends late is noticed late: this far back is looked each time, everything at the start.
LOOK_BACK: Final = timedelta(days=2)
LATE: Final = timedelta(days=35)
TRAINING_EVERY: Final = timedelta(seconds=30)
# A statement that commits late has a lower position than one that was seen.
SETTLED_FOR: Final = timedelta(seconds=5)
AGAIN_AFTER: Final = timedelta(minutes=1)
_TRAINING: Final = uuid.UUID("6ff8a1a5-6a0c-4d53-9d0d-2f3f0e8d6f11")
_AWAY: Final = (psycopg.Error, PoolTimeout, OSError)


class Settlement:
    """Settles what has ended. Any number of processes may do so at once."""

    def __init__(
        self, pool: AsyncConnectionPool[Any], clock: Clock, statements: Statements
    ) -> None:
        """Stand on an open pool."""
        self._pool = pool
        self._clock = clock
        self._statements = statements
        self._since = datetime.min.replace(tzinfo=UTC)
        self._training_at = self._since
        self._refused: dict[str, datetime] = {}
        self.wake = asyncio.Event()

    async def run(self) -> None:
        """Settle about once a second, or when woken, until cancelled."""
        while True:
            try:
                settled = await self.settle_ended()
                if settled < AT_ONCE:
                    now = self._clock.now()
                    self._since = now - LOOK_BACK
                    if now >= self._training_at:
                        await self.settle_training()
                        self._training_at = now + TRAINING_EVERY
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self.wake.wait(), EVERY_SECONDS)
                    self.wake.clear()
            except _AWAY as error:
                log.warning("settlement_waits", error=type(error).__name__)
                await asyncio.sleep(EVERY_SECONDS)

    async def settle_ended(self) -> int:
        """Settle sessions that ended; return how many were looked at."""
        now = self._clock.now()
        ids = await self._ids("ended_without_statement", since=self._since, now=now)
        waiting = [of for of in ids if self._is_due(of)]
        for of, read in (await read_sessions(self._pool, waiting, now)).items():
            if read.facts.ended is not None:
                await self._settle(of, read.facts, read.market, read.currency)
        return len(waiting)

    async def settle_training(self) -> None:
        """Settle training outside every session, and what came late to a statement."""
        now = self._clock.now()
        for of, read in (
            await read_sessions(
                self._pool, await self._ids("late_trainings", since=now - LATE), now
            )
        ).items():
            await self._tried(of, self._statements.resettle(read.facts))
        async with self._pool.connection() as connection:
            parameters = {"since": now - LATE, "now": now, "limit": AT_ONCE}
            rows = await connection.execute(QUERIES["trainings_apart"], parameters)
            apart = await rows.fetchall()
        for number, agent, began, ended in apart:
            of = str(uuid.uuid5(_TRAINING, str(number)))
            interval = Interval(began, ended)
            work = Engagement(Work.TRAINING, interval, f"training:{number}")
            facts = SessionFacts(of, agent, began, ended, engagements=(work,))
            await self._settle(of, facts, DEFAULT_CARD.market, DEFAULT_CARD.currency)

    async def _settle(self, of: str, facts: SessionFacts, market: str, currency: str) -> None:
        if self._is_due(of):
            await self._tried(of, self._statements.settle(facts, market, currency))

    def _is_due(self, of: str) -> bool:
        return of not in self._refused or self._refused[of] <= self._clock.now()

    async def _tried(self, of: str, settling: Any) -> None:
        try:
            await settling
        except Refused as refused:
            # Tried again later; `alltid ledger verify` names what has no statement.
            self._refused[of] = self._clock.now() + AGAIN_AFTER
            log.warning("not_settled", session=of, code=refused.code)

    async def _ids(self, query: str, **parameters: object) -> list[str]:
        async with self._pool.connection() as connection:
            rows = await connection.execute(QUERIES[query], {**parameters, "limit": AT_ONCE})
            return [of for (of,) in await rows.fetchall()]


class FloorWatch:
    """P7 as a live monitor: each new statement is held against a floor computed from the log."""

    def __init__(self, pool: AsyncConnectionPool[Any], clock: Clock, cards: RateCards) -> None:
        """Stand on an open pool."""
        self._pool = pool
        self._clock = clock
        self._cards = cards

    async def run(self) -> None:
        """Look every few seconds until cancelled."""
        while True:
            try:
                while await self.check() == AT_ONCE:
                    pass
            except _AWAY as error:
                log.warning("floor_watch_waits", error=type(error).__name__)
            await asyncio.sleep(SETTLED_FOR.total_seconds())

    async def check(self) -> int:
        """Hold what was settled since the last look against the floor; return how many."""
        now = self._clock.now()
        async with self._pool.connection() as connection:
            row = await (await connection.execute(QUERIES["watch_position"])).fetchone()
            parameters = {
                "after": row[0] if row else 0,
                "before": now - SETTLED_FOR,
                "limit": AT_ONCE,
            }
            rows = await connection.execute(QUERIES["new_statements"], parameters)
            new = await rows.fetchall()
        if not new:
            return 0
        ids = list(dict.fromkeys(of for _, of in new))
        cards = await self._cards.all()
        read = await read_sessions(self._pool, ids, now)
        async with self._pool.connection() as connection:
            rows = await connection.execute(QUERIES["some_statements"], {"ids": ids})
            for of, version, _, pay_minor, _, statement in await rows.fetchall():
                if of not in read:
                    continue
                facts, market, currency = read[of].facts, read[of].market, read[of].currency
                floor = floor_from(facts, cards, market, currency)
                if pay_minor < floor and statement["currency"] == currency:
                    paid, least = Money(pay_minor, currency), Money(floor, currency)
                    detail = f"The session paid {paid} where the floor is {least}."
                    await self._record(connection, of, version, detail)
            await connection.execute(QUERIES["set_watch"], {"position": new[-1][0]})
        return len(new)

    async def _record(
        self, connection: psycopg.AsyncConnection[Any], of: str, version: int, detail: str
    ) -> None:
        now = self._clock.now()
        parameters = {
            "promise": "P7",
            "conversation_id": of,
            "version": version,
            "at": now,
            "found_at": now,
            "detail": detail,
        }
        cursor = await connection.execute(PROMISES["record_breach"], parameters)
        if await cursor.fetchone() is not None:
            log.error("promise_broken", promise="P7", session=of)


def floor_from(facts: SessionFacts, cards: Sequence[RateCard], market: str, currency: str) -> int:
    """Return the floor that facts lead to, in minor units, whatever was booked."""
    terms = terms_of(cards, market, currency, whole(facts))
    return floor_minor(floor_parts(facts, terms))


class Earnings:
    """What agents earned lately, with what their open sessions add, for a fair choice."""

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        """Stand on an open pool."""
        self._pool = pool

    async def __call__(
        self, agent_ids: Sequence[str], since: datetime, now: datetime
    ) -> Mapping[str, Earned]:
        """Return the earnings of those who had a session since then."""
        parameters = {"agents": list(agent_ids), "since": since, "now": now}
        found: dict[str, Earned] = {}
        async with self._pool.connection() as connection:
            for query in (STATEMENTS["earned_since"], QUERIES["open_earnings"]):
                rows = await connection.execute(query, parameters)
                for agent, minor, seconds in await rows.fetchall():
                    known = found.get(agent, Earned(0, 0))
                    found[agent] = Earned(
                        known.earned_minor + minor, known.guaranteed_seconds + seconds
                    )
        return found


async def surge_spent(pool: AsyncConnectionPool[Any], card: RateCard) -> int:
    """Return what the offers of a card's rushes promise beyond its ordinary pay."""
    parameters = {"market": card.market, "currency": card.currency, "since": card.valid_from}
    async with pool.connection() as connection:
        row = await (await connection.execute(QUERIES["surge_spent"], parameters)).fetchone()
    return int(row[0]) if row else 0
