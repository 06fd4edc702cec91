"""The dispatcher: one process leads, matches who waits with who is there, and makes offers.

The leader holds an advisory lock on the very connection that its rounds are written by, so a
leader that has lost the lock cannot write either; the others stand by and ask for the lock.
A round is two transactions, each whole or not at all: what has ended is tidied away, and new
offers are made. Killed between any two statements, the next leader finds nothing half done.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
import psycopg
import structlog

from alltid.dispatch import offer_rows
from alltid.dispatch.explanation_record import Written
from alltid.dispatch.offer import TAP_GRACE
from alltid.dispatch.offer_rows import QUERIES
from alltid.dispatch.pay_quotes import PayQuotes
from alltid.dispatch.policy import Policy
from alltid.dispatch.round import Making, make_offers, tidy
from alltid.dispatch.snapshot import InLine, Sessions, look_at_line, with_needs
from alltid.dispatch.triage import Needs, TopicOf, find_needs, with_minutes
from alltid.kernel.clock import Clock
from alltid.kernel.ids import IdSource
from alltid.storage.database import DatabaseUnavailable

log = structlog.get_logger(__name__)

# "alltid" as a number: no other program's lock.
LEADER_LOCK: Final = 0x616C6C746964
STANDBY_SECONDS: Final = 0.5
SWEEP_SECONDS: Final = 1.0
# After a round, so much of its own time is left to others; what comes meanwhile is matched
# together, which is the batch when both sides have a choice.
REST_FACTOR: Final = 1.0
REST_SECONDS_LEAST: Final = 0.01
REST_SECONDS_MOST: Final = 0.5
ROUND_SECONDS: Final = 10.0
TRIAGE_SECONDS: Final = 0.5
# A round tells the needs of those who came first, for so long; the others' turn is the next.
TRIAGE_ROUND_SECONDS: Final = 1.0
MINUTES_REFRESHED_SECONDS: Final = 60.0
MINUTES_LEARNED_FROM: Final = timedelta(days=28)

Connection = psycopg.AsyncConnection[Any]
PolicyNow = Callable[[Connection], Awaitable[Policy]]


@dataclass(frozen=True, slots=True)
class OfferMade:
    """An offer that was just made, for whoever wants to tell the agent (by push, say)."""

    id: str
    agent_id: str
    language: str
    topic: str | None
    expected_minutes: int
    pay_minor: int
    currency: str
    expires_at: datetime


class Dispatcher:
    """Runs rounds while this process leads."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[Connection]],
        clock: Clock,
        ids: IdSource,
        *,
        quotes: PayQuotes,
        policy_now: PolicyNow,
        topic_of: TopicOf,
        on_offers: Callable[[Sequence[OfferMade]], None] = lambda _offers: None,
    ) -> None:
        """Call `on_offers` with the offers that were just made."""
        self._connect = connect
        self._clock = clock
        self._ids = ids
        self._quotes = quotes
        self._policy_now = policy_now
        self._topic_of = topic_of
        self._on_offers = on_offers
        self._wake = asyncio.Event()
        self._minutes: dict[str, tuple[float, int]] = {}
        self._minutes_at = float("-inf")
        # When offers that this leader made run out; those of the one before are found by the sweep.
        self._expiries: deque[datetime] = deque()
        self._written = Written()
        self.leading = False

    def touch(self) -> None:
        """Say that someone came, left, or became free."""
        self._wake.set()

    async def run(self) -> None:
        """Stand by, lead when the lock is free, and stand by again when the connection is lost."""
        while True:
            try:
                connection = await self._connect()
            except (psycopg.Error, DatabaseUnavailable, OSError) as error:
                log.warning("dispatcher_away", error=type(error).__name__)
                await asyncio.sleep(STANDBY_SECONDS)
                continue
            try:
                while not await self._may_lead(connection):  # noqa: ASYNC110  another's lock
                    await asyncio.sleep(STANDBY_SECONDS)
                await self._lead(connection)
            except (psycopg.Error, OSError, TimeoutError) as error:
                log.warning("dispatcher_away", error=type(error).__name__)
                await asyncio.sleep(STANDBY_SECONDS)
            finally:
                self.leading = False
                await connection.close()

    async def _may_lead(self, connection: Connection) -> bool:
        cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", (LEADER_LOCK,))
        row = await cursor.fetchone()
        return row is not None and bool(row[0])

    async def _lead(self, connection: Connection) -> None:
        self.leading = True
        log.info("dispatcher_leads")
        sessions = Sessions(self._quotes)
        while True:
            started = time.monotonic()
            self._wake.clear()
            async with asyncio.timeout(ROUND_SECONDS):
                busy = await self.round(connection, sessions)
            worked = time.monotonic() - started
            await asyncio.sleep(
                min(REST_SECONDS_MOST, max(REST_SECONDS_LEAST, worked * REST_FACTOR))
            )
            if busy:
                # What was offered may have gone from the line in the same moment: look again.
                continue
            try:
                await asyncio.wait_for(self._wake.wait(), self._idle_seconds())
            except TimeoutError:
                continue

    def _idle_seconds(self) -> float:
        now = self._clock.now()
        while self._expiries and self._expiries[0] + TAP_GRACE <= now:
            self._expiries.popleft()
        if not self._expiries:
            return SWEEP_SECONDS
        left = (self._expiries[0] + TAP_GRACE - now).total_seconds()
        return min(SWEEP_SECONDS, max(REST_SECONDS_LEAST, left))

    async def round(self, connection: Connection, sessions: Sessions) -> bool:
        """Tidy, look, match, offer. Return whether anything was done."""
        now = self._clock.now()
        tidied = await tidy(connection, now)
        line = await look_at_line(connection, now)
        made: Making | None = None
        if line:
            await sessions.look(connection, now)
            known = await self._triaged(connection, line)
            made = await self._offers(connection, known, sessions, now)
            tidied = tidied or len(known) < len(line)
        if made is None or not made.offers:
            return tidied
        self._expiries.extend(sorted(each.made.expires_at for each in made.offers))
        self._on_offers([_offer_made(each) for each in made.offers])
        return True

    async def _offers(
        self, connection: Connection, line: Sequence[InLine], sessions: Sessions, now: datetime
    ) -> Making | None:
        agents = sessions.agents()
        if not any(agent.free for agent in agents):
            return None
        making = Making(
            round_id=self._ids.new(),
            policy=await self._policy_now(connection),
            line={each.customer.conversation_id: each for each in line},
            agents=agents,
            sessions=sessions.by_agent(),
            quotes=self._quotes,
            new_id=self._ids.new,
            written=self._written,
        )
        await make_offers(connection, making, now)
        return making

    async def _triaged(self, connection: Connection, line: list[InLine]) -> list[InLine]:
        if all(each.triaged for each in line):
            return line
        await self._learn_minutes(connection)
        until = time.monotonic() + TRIAGE_ROUND_SECONDS
        found: dict[str, Needs] = {}
        for each in line:
            if each.triaged:
                continue
            found[each.customer.conversation_id] = await self._triage(connection, each)
            if time.monotonic() > until:
                break
        await self._save_triage(connection, line, found)
        return [
            with_needs(each, found.get(each.customer.conversation_id, each.needs))
            for each in line
            if each.triaged or each.customer.conversation_id in found
        ]

    async def _save_triage(
        self, connection: Connection, line: Sequence[InLine], found: Mapping[str, Needs]
    ) -> None:
        rows = [
            {
                **asdict(found[each.customer.conversation_id]),
                "conversation_id": each.customer.conversation_id,
                "asked_at": each.customer.asked_at,
            }
            for each in line
            if each.customer.conversation_id in found
        ]
        await connection.execute(QUERIES["save_triage"], {"rows": orjson.dumps(rows).decode()})

    async def _triage(self, connection: Connection, each: InLine) -> Needs:
        customer = each.customer
        needs = await find_needs(
            connection, customer.conversation_id, customer.language, self._topic
        )
        return with_minutes(needs, *self._minutes.get(needs.topic or "", (None, 0)))

    async def _topic(self, words: Sequence[str], language: str) -> str | None:
        try:
            async with asyncio.timeout(TRIAGE_SECONDS):
                return await self._topic_of(words, language)
        except Exception as error:  # noqa: BLE001  it is logged, and a topic is no condition
            # Whoever waits is served without a topic rather than later, whatever their words do
            # to a search: nothing stands between a customer and a person (P1).
            log.warning("no_topic", error=type(error).__name__)
            return None

    async def _learn_minutes(self, connection: Connection) -> None:
        if time.monotonic() - self._minutes_at < MINUTES_REFRESHED_SECONDS:
            return
        since = self._clock.now() - MINUTES_LEARNED_FROM
        cursor = await connection.execute(QUERIES["minutes_of_topic"], {"since": since})
        self._minutes = {
            topic: (minutes, count) for topic, minutes, count in await cursor.fetchall()
        }
        self._minutes_at = time.monotonic()


def _offer_made(offer: offer_rows.LockedOffer) -> OfferMade:
    made, terms = offer.made, offer.made.terms
    return OfferMade(
        offer.id,
        made.agent_id,
        terms.language,
        terms.topic,
        terms.expected_minutes,
        terms.pay_minor,
        terms.currency,
        made.expires_at,
    )
