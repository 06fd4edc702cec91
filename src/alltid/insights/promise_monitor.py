"""The live watch over the promises: it follows the log and lists every breach.

It looks at what was stored, not at what the deciders meant to do: each transaction's facts
are folded again from the log and held against the predicates of
`alltid.conversations.promises`. A sweep finds words that are overdue.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any, Final

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool

from alltid.assistant.promises import explained
from alltid.conversations.aggregate import QUERIES as CONVERSATION_QUERIES
from alltid.conversations.aggregate import facts_from_rows
from alltid.conversations.codec import TYPES, decode
from alltid.conversations.conversation import Conversation, evolve
from alltid.conversations.events import Author, Fact, MessageSent
from alltid.conversations.promises import Breach, Step, breaches, overdue, wait_is_honest
from alltid.dispatch.queue import Line
from alltid.kernel.clock import Clock
from alltid.storage.log_follower import LogFollower, Logged
from alltid.storage.queries import load_queries

log = structlog.get_logger(__name__)

Answer = tuple[str, Fact, MessageSent]
"""The conversation, the fact, and what the assistant said."""

QUERIES: Final = load_queries("alltid.insights")
STATES_LIMIT: Final = 5_000
NOTED_LIMIT: Final = 100
GRACE: Final = timedelta(seconds=30)
SWEEP_SECONDS: Final = 5.0


class PromiseMonitor:
    """Finds broken promises and writes them down, each once."""

    def __init__(
        self,
        pool: AsyncConnectionPool[Any],
        clock: Clock,
        on_breach: Callable[[Breach], None] = lambda _breach: None,
    ) -> None:
        """Tell `on_breach` of each breach that is new."""
        self._pool = pool
        self._clock = clock
        self._on_breach = on_breach
        self._states: OrderedDict[str, Conversation] = OrderedDict()
        self._noted: list[tuple[str, Breach]] = []
        self.wake = asyncio.Event()
        self.follower = LogFollower("promise_monitor", pool, self.check)

    async def run(self) -> None:
        """Follow the log until cancelled."""
        await self.follower.run(self.wake)

    async def run_sweep(self) -> None:
        """Look for overdue words now and then, until cancelled."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                await self.sweep()
            except (psycopg.Error, OSError) as error:
                log.warning("monitor_waits", error=type(error).__name__)

    async def check(
        self, connection: psycopg.AsyncConnection[Any], batch: Sequence[Logged]
    ) -> None:
        """Hold each transaction's step in each conversation against the promises."""
        ours = [each for each in batch if each.type in TYPES]
        await self._remember(connection, ours)
        answers: list[Answer] = []
        for stream_id, logged in _steps(ours):
            before = self._states[stream_id]
            facts = [fact for fact in logged if fact.version > before.version]
            step = Step(before, facts)
            self._states[stream_id] = step.after
            for breach in breaches(step):
                await self._record(connection, stream_id, breach)
            answers += [
                (stream_id, fact, fact.event)
                for fact in facts
                if isinstance(fact.event, MessageSent) and fact.event.author is Author.ASSISTANT
            ]
        await self._check_records(connection, answers)
        while len(self._states) > STATES_LIMIT:
            self._states.popitem(last=False)

    async def _check_records(
        self, connection: psycopg.AsyncConnection[Any], answers: Sequence[Answer]
    ) -> None:
        """Hold the assistant's answers against P9: each has its record, written before it."""
        if not answers:
            return
        ids = [message.trace_id for _, _, message in answers if message.trace_id is not None]
        rows = await connection.execute(QUERIES["recorded"], {"ids": ids})
        known = {tuple(row) for row in await rows.fetchall()}
        for of, fact, message in answers:
            recorded = (message.trace_id, of, message.in_reply_to) in known
            detail = explained(message, recorded=recorded)
            if detail is not None:
                await self._record(connection, of, Breach("P9", fact.version, fact.at, detail))

    async def sweep(self) -> None:
        """Record what is overdue beyond the grace (P2 over time)."""
        before = self._clock.now() - GRACE
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["overdue_assistant"], {"before": before})
            for stream_id, version, due_at in await cursor.fetchall():
                state = await _fold_before(connection, stream_id, version + 1)
                detail = overdue(state, self._clock.now(), grace=GRACE)
                if detail is not None:
                    breach = Breach("P2", version, due_at, detail)
                    await self._record(connection, stream_id, breach)
            while self._noted:
                await self._record(connection, *self._noted.pop())

    def watch_line(self, line: Line) -> None:
        """Hold the wait that customers are shown against P4; the sweep writes a breach down."""
        if not line.waiting:
            return
        first = line.waiting[0]
        detail = wait_is_honest(online=line.online, shown=line.wait_at(first.place))
        if detail is not None and len(self._noted) < NOTED_LIMIT:
            breach = Breach("P4", 0, self._clock.now(), detail)
            self._noted.append((first.conversation_id, breach))

    async def _remember(
        self, connection: psycopg.AsyncConnection[Any], batch: Sequence[Logged]
    ) -> None:
        first: dict[str, int] = {}
        for each in batch:
            first.setdefault(each.stream_id, each.version)
        for stream_id, version in first.items():
            state = self._states.get(stream_id)
            # A state that is ahead, or misses something, is folded anew up to here.
            if state is None or state.version != version - 1:
                self._states[stream_id] = await _fold_before(connection, stream_id, version)
            self._states.move_to_end(stream_id)

    async def _record(
        self, connection: psycopg.AsyncConnection[Any], stream_id: str, breach: Breach
    ) -> None:
        parameters = {
            "promise": breach.promise,
            "conversation_id": stream_id,
            "version": breach.version,
            "at": breach.at,
            "found_at": self._clock.now(),
            "detail": breach.detail,
        }
        cursor = await connection.execute(QUERIES["record_breach"], parameters)
        if await cursor.fetchone() is not None:
            log.error("promise_broken", promise=breach.promise, conversation=stream_id)
            self._on_breach(breach)


async def _fold_before(
    connection: psycopg.AsyncConnection[Any], stream_id: str, version: int
) -> Conversation:
    state = Conversation()
    if version == 1:
        return state
    parameters = {"id": stream_id, "after": 0, "limit": version - 1}
    cursor = await connection.execute(CONVERSATION_QUERIES["facts_after"], parameters)
    for fact in facts_from_rows(await cursor.fetchall()):
        state = evolve(state, fact)
    return state


def _steps(batch: Iterable[Logged]) -> Iterable[tuple[str, list[Fact]]]:
    """Group a batch into (conversation, facts) for each transaction, in commit order."""
    for _, of_transaction in itertools.groupby(batch, key=lambda each: each.transaction_id):
        streams: dict[str, list[Fact]] = {}
        for each in of_transaction:
            fact = Fact(each.version, each.at, decode(each.type, each.data))
            streams.setdefault(each.stream_id, []).append(fact)
        yield from streams.items()
