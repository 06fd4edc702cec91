"""The one writer of a process: many commands, one transaction (group commit).

Commands queue up while a transaction is on its way to disk; the next one takes them all,
decides each on a state kept in memory, and appends with a version check per stream. A
conflict takes out only its own stream's commands, which read again and are decided again.

What a caller may rely on: when `submit` returns, the facts are on disk. When it raises
`Refused`, nothing was stored. When it raises `StorageBusy`, the outcome is unknown or
nothing happened, and the same command may be submitted again: every decider answers a
repeated command with "it is so already".
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

import psycopg
import structlog

from alltid.kernel.clock import Clock
from alltid.kernel.refusal import Refused
from alltid.storage.aggregate import Aggregate, Change
from alltid.storage.database import DatabaseUnavailable

S = TypeVar("S")
C = TypeVar("C")
F = TypeVar("F")

log = structlog.get_logger(__name__)

CONFLICTS_LIMIT: Final = 20
WRITE_SECONDS: Final = 10.0
RECONNECT_SECONDS: Final = (0.05, 0.1, 0.2, 0.5, 1.0)
PATIENCE_CHECK_SECONDS: Final = 0.5
# Errors that come from the way to the database or from its disk, not from what was said.
AWAY: Final = (
    *(psycopg.OperationalError, psycopg.InterfaceError, DatabaseUnavailable),
    *(OSError, TimeoutError),
)
SAID_WRONG: Final = (psycopg.DataError, psycopg.IntegrityError, psycopg.ProgrammingError)


class StorageBusy(Exception):  # noqa: N818  an answer to the caller, who may try again
    """Too much is queued, or the database is away. Safe to send again."""

    def __init__(self, retry_after_seconds: float) -> None:
        """Say when trying again makes sense."""
        super().__init__("Nothing is lost: this is sent again as soon as it can be stored.")
        self.retry_after_seconds = retry_after_seconds


@dataclass(slots=True)
class Outcome(Generic[S, F]):
    """What became of a command: where it is stored, its facts, the state after it."""

    version: int
    facts: Sequence[F]
    state: S


@dataclass(slots=True)
class Committed(Generic[S, F]):
    """A stream that moved on. `facts` is empty when only the version is known."""

    stream_id: str
    version: int
    facts: Sequence[F]
    before: S
    state: S


@dataclass(slots=True)
class _Waiting(Generic[S, C, F]):
    stream_id: str
    command: C
    actor: str
    since: float
    future: asyncio.Future[Outcome[S, F]]
    conflicts: int = 0


@dataclass(slots=True)
class _Group(Generic[S, C, F]):
    changes: dict[str, Change[S, F]] = field(default_factory=dict)
    outcomes: list[tuple[_Waiting[S, C, F], Outcome[S, F]]] = field(default_factory=list)
    refusals: list[tuple[_Waiting[S, C, F], Exception]] = field(default_factory=list)


class GroupWriter(Generic[S, C, F]):
    """Collects commands, decides them, and commits them in groups. One task runs it."""

    def __init__(  # noqa: PLR0913  its limits are named one by one
        self,
        aggregate: Aggregate[S, C, F],
        connect: Callable[[], Awaitable[psycopg.AsyncConnection[Any]]],
        clock: Clock,
        *,
        on_commit: Callable[[Sequence[Committed[S, F]]], None],
        on_group: Callable[[int, float], None] = lambda _size, _seconds: None,
        capacity: int = 20_000,
        group_limit: int = 192,
        cache_limit: int = 20_000,
        patience_seconds: float = 10.0,
    ) -> None:
        """Bound everything: commands queued, group size, states kept, seconds waited."""
        self._aggregate = aggregate
        self._connect = connect
        self._clock = clock
        self._on_commit = on_commit
        self._on_group = on_group
        self._capacity = capacity
        self._group_limit = group_limit
        self._cache_limit = cache_limit
        self._patience_seconds = patience_seconds
        self._queue: deque[_Waiting[S, C, F]] = deque()
        self._taken: list[_Waiting[S, C, F]] = []
        self._wake = asyncio.Event()
        self._states: OrderedDict[str, S] = OrderedDict()
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._closing = False

    @property
    def queued(self) -> int:
        """How many commands wait for the next group."""
        return len(self._queue)

    async def submit(self, stream_id: str, command: C, actor: str) -> Outcome[S, F]:
        """Decide and store one command.

        Raises:
            Refused: the decider said no.
            StorageBusy: the queue is full, or the database is away for too long.
        """
        if self._closing or len(self._queue) >= self._capacity:
            raise StorageBusy(1.0)
        future: asyncio.Future[Outcome[S, F]] = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(stream_id, command, actor, time.monotonic(), future))
        self._wake.set()
        return await future

    def forget(self, stream_ids: Iterable[str]) -> None:
        """Drop remembered states, because another process has moved these streams on."""
        for stream_id in stream_ids:
            self._states.pop(stream_id, None)

    def forget_all(self) -> None:
        """Drop every remembered state, because notices of such moves may have been missed."""
        self._states.clear()

    async def run(self) -> None:
        """Write groups until `close`; the database going away only makes it wait."""
        impatience = asyncio.create_task(self._lose_patience(), name="patience")
        try:
            await self._write_groups()
        finally:
            impatience.cancel()
            self._fail_all()
            await self._disconnect()

    async def _write_groups(self) -> None:
        failures = 0
        while True:
            if not self._queue:
                if self._closing:
                    break
                self._wake.clear()
                await self._wake.wait()
                continue
            taken = self._taken = self._take()
            try:
                await self._write(taken)
                failures = 0
            except AWAY as error:
                log.warning("storage_away", error=type(error).__name__, commands=len(taken))
                await self._recover(taken)
                await asyncio.sleep(RECONNECT_SECONDS[min(failures, len(RECONNECT_SECONDS) - 1)])
                failures += 1
                if self._closing:
                    break
            except Exception as error:  # noqa: BLE001  one poisoned command must not stop the rest
                await self._isolate(taken, error)

    async def _lose_patience(self) -> None:
        # Beside the writing, which hangs on a database that neither answers nor closes.
        while True:
            await asyncio.sleep(PATIENCE_CHECK_SECONDS)
            too_old = time.monotonic() - self._patience_seconds
            for waiting in (*self._taken, *self._queue):
                if waiting.since < too_old:
                    _fail(waiting, StorageBusy(2.0))
            while self._queue and self._queue[0].future.done():
                self._queue.popleft()

    async def close(self) -> None:
        """Write what is queued, refuse what comes later, and let `run` end."""
        self._closing = True
        self._wake.set()

    def _take(self) -> list[_Waiting[S, C, F]]:
        taken: list[_Waiting[S, C, F]] = []
        while self._queue and len(taken) < self._group_limit:
            waiting = self._queue.popleft()
            if not waiting.future.done():
                taken.append(waiting)
        return taken

    async def _write(self, taken: list[_Waiting[S, C, F]]) -> None:
        if not taken:
            return
        started = time.perf_counter()
        async with asyncio.timeout(WRITE_SECONDS):
            connection = await self._connected()
            just_read = await self._remember(connection, {each.stream_id for each in taken})
            group = self._decide(taken)
            changes = [change for change in group.changes.values() if change.facts]
            written = await self._aggregate.append(connection, changes) if changes else set()
            lost = {change.stream_id for change in changes} - written
            lost |= await self._outdated(connection, group, just_read)
        self._settle(group, lost)
        self._on_group(len(taken), time.perf_counter() - started)

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = await self._connect()
        return self._connection

    async def _remember(
        self, connection: psycopg.AsyncConnection[Any], stream_ids: set[str]
    ) -> set[str]:
        just_read: set[str] = set()
        # Again while something is missing: a notice that comes during the read drops states.
        while missing := [each for each in stream_ids if each not in self._states]:
            found = await self._aggregate.load(connection, missing)
            for stream_id in missing:
                self._states[stream_id] = found.get(stream_id) or self._aggregate.initial()
            just_read.update(missing)
        for stream_id in stream_ids:
            self._states.move_to_end(stream_id)
        return just_read

    async def _outdated(
        self,
        connection: psycopg.AsyncConnection[Any],
        group: _Group[S, C, F],
        just_read: set[str],
    ) -> set[str]:
        # "It is so already" and "no" are answers too: they must not rest on a state from
        # memory that another process has moved on. What leads to facts is checked by `append`.
        remembered = {
            stream_id: change.expected_version
            for stream_id, change in group.changes.items()
            if not change.facts and stream_id not in just_read
        }
        if not remembered:
            return set()
        return await self._aggregate.moved(connection, remembered)

    def _decide(self, taken: list[_Waiting[S, C, F]]) -> _Group[S, C, F]:
        group: _Group[S, C, F] = _Group()
        aggregate, now = self._aggregate, self._clock.now()
        for waiting in taken:
            change = group.changes.get(waiting.stream_id)
            if change is None:
                state = self._states[waiting.stream_id]
                version = aggregate.version_of(state)
                change = Change(waiting.stream_id, state, state, version, version, [])
                group.changes[waiting.stream_id] = change
            try:
                facts = aggregate.decide(change.after, waiting.command, now)
            except Refused as refusal:
                group.refusals.append((waiting, refusal))
                continue
            for fact in facts:
                change.after = aggregate.evolve(change.after, fact)
                change.facts.append((fact, waiting.actor))
            change.version = aggregate.version_of(change.after)
            # The same answer now and when it is sent again.
            known = aggregate.known_version(change.after, waiting.command)
            outcome = Outcome(known or change.version, facts, change.after)
            group.outcomes.append((waiting, outcome))
        return group

    def _settle(self, group: _Group[S, C, F], lost: set[str]) -> None:
        committed: list[Committed[S, F]] = []
        for stream_id, change in group.changes.items():
            if stream_id in lost:
                self._states.pop(stream_id, None)
            elif change.facts:
                self._states[stream_id] = change.after
                facts = [fact for fact, _ in change.facts]
                committed.append(
                    Committed(stream_id, change.version, facts, change.before, change.after)
                )
        answers: list[tuple[_Waiting[S, C, F], Outcome[S, F] | Exception]] = []
        answers += group.outcomes
        answers += group.refusals
        for waiting, answer in answers:
            if waiting.stream_id in lost:
                self._again(waiting)
            elif isinstance(answer, Exception):
                _fail(waiting, answer)
            elif not waiting.future.done():
                waiting.future.set_result(answer)
        while len(self._states) > self._cache_limit:
            self._states.popitem(last=False)
        if committed:
            self._on_commit(committed)

    def _again(self, waiting: _Waiting[S, C, F]) -> None:
        waiting.conflicts += 1
        if waiting.conflicts > CONFLICTS_LIMIT:
            _fail(waiting, StorageBusy(1.0))
        else:
            self._queue.append(waiting)

    async def _recover(self, taken: list[_Waiting[S, C, F]]) -> None:
        # Whether the commit happened is unknown: forget, read again, decide again.
        self.forget({waiting.stream_id for waiting in taken})
        await self._disconnect()
        self._queue.extendleft(reversed(taken))

    async def _isolate(self, taken: list[_Waiting[S, C, F]], error: Exception) -> None:
        log.error("group_failed", error=type(error).__name__, commands=len(taken))
        self.forget({waiting.stream_id for waiting in taken})
        await self._disconnect()
        if len(taken) == 1:
            if isinstance(error, psycopg.Error) and not isinstance(error, SAID_WRONG):
                _fail(taken[0], StorageBusy(5.0))  # as after a failover to a server that only reads
            else:
                _fail(taken[0], Refused("cannot_store", "This could not be stored as it is."))
            return
        for waiting in taken:
            try:
                await self._write([waiting])
            except AWAY:
                await self._recover([waiting])
            except Exception as its_own:  # noqa: BLE001  it is answered, and the rest goes on
                await self._isolate([waiting], its_own)

    async def _disconnect(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(Exception):
                await self._connection.close()
        self._connection = None

    def _fail_all(self) -> None:
        while self._queue:
            _fail(self._queue.popleft(), StorageBusy(2.0))


def _fail(waiting: _Waiting[Any, Any, Any], error: Exception) -> None:
    if not waiting.future.done():
        waiting.future.set_exception(error)
