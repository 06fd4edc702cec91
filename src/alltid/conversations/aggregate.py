"""How the group writer keeps conversations: their facts, and their one row each."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import orjson
import psycopg

from alltid.conversations.codec import decode, encode
from alltid.conversations.commands import Command
from alltid.conversations.conversation import Conversation, decide, evolve, known_version
from alltid.conversations.events import Fact, HumanRequested, QueueLeft, Status
from alltid.conversations.state import moves_the_line
from alltid.storage.aggregate import Change
from alltid.storage.queries import load_queries

QUERIES: Final = load_queries("alltid.conversations")
# PostgreSQL takes 8,000 bytes a notice; an id and a version are at most 55.
NOTICE_STREAMS: Final = 120
_OUT_OF_QUEUE: Final = frozenset({Status.ASSISTANT, Status.RESOLVED})

ConversationChange = Change[Conversation, Fact]
Enqueue = Callable[[psycopg.AsyncConnection[Any], Sequence[ConversationChange]], Awaitable[None]]


def facts_from_rows(rows: Iterable[Sequence[Any]]) -> list[Fact]:
    """Revive facts from rows of version, type, data, at."""
    return [Fact(version, at, decode(kind, data)) for version, kind, data, at in rows]


class ConversationAggregate:
    """Conversations as the group writer sees them.

    `wants_job` says which changes lead to slow work, and `enqueue` puts that work into the
    same transaction.
    """

    def __init__(
        self,
        writer_id: str,
        *,
        wants_job: Callable[[ConversationChange], bool] = lambda _change: False,
        enqueue: Enqueue | None = None,
    ) -> None:
        """Name the writer, so that a process can tell its own notices from others'."""
        self._writer_id = writer_id
        self._wants_job = wants_job
        self._enqueue = enqueue

    def initial(self) -> Conversation:
        """Return a conversation before its first fact."""
        return Conversation()

    def version_of(self, state: Conversation) -> int:
        """Return the last fact's version."""
        return state.version

    def known_version(self, state: Conversation, command: Command) -> int | None:
        """Return where this very message is stored already, if it is."""
        return known_version(state, command)

    def decide(self, state: Conversation, command: Command, now: datetime) -> list[Fact]:
        """Turn the decider's events into facts, numbered and dated."""
        events = decide(state, command)
        return [
            Fact(version, now, event)
            for version, event in enumerate(events, start=state.version + 1)
        ]

    def evolve(self, state: Conversation, fact: Fact) -> Conversation:
        """Fold one fact."""
        return evolve(state, fact)

    async def load(
        self, connection: psycopg.AsyncConnection[Any], stream_ids: Sequence[str]
    ) -> Mapping[str, Conversation]:
        """Fold whole streams from the log, in one query."""
        cursor = await connection.execute(QUERIES["load_streams"], {"ids": list(stream_ids)})
        states: dict[str, Conversation] = {}
        rows = await cursor.fetchall()
        for stream_id, of_stream in itertools.groupby(rows, key=lambda row: row[0]):
            state = Conversation()
            for fact in facts_from_rows(row[1:] for row in of_stream):
                state = evolve(state, fact)
            states[stream_id] = state
        return states

    async def moved(
        self, connection: psycopg.AsyncConnection[Any], versions: Mapping[str, int]
    ) -> set[str]:
        """Return the conversations whose row doesn't show the version given."""
        parameters = {"ids": list(versions), "versions": list(versions.values())}
        cursor = await connection.execute(QUERIES["moved_streams"], parameters)
        return {row[0] for row in await cursor.fetchall()}

    async def append(
        self, connection: psycopg.AsyncConnection[Any], changes: Sequence[ConversationChange]
    ) -> set[str]:
        """Write rows, events, notices and jobs in one transaction."""
        parameters = self.parameters(changes)
        jobs = [change for change in changes if self._wants_job(change)]
        if self._enqueue is None or not jobs:
            return await _append(connection, parameters)
        async with connection.transaction():
            written = await _append(connection, parameters)
            fitting = [change for change in jobs if change.stream_id in written]
            if fitting:
                await self._enqueue(connection, fitting)
        return written

    def parameters(self, changes: Sequence[ConversationChange]) -> dict[str, Any]:
        """Return what the query `append` needs to store these changes and tell of them."""
        return _parameters(changes, self._notices(changes))

    def _notices(self, changes: Sequence[ConversationChange]) -> list[str]:
        notices: list[str] = []
        for start in range(0, len(changes), NOTICE_STREAMS):
            part = changes[start : start + NOTICE_STREAMS]
            streams = {change.stream_id: change.version for change in part}
            queue = any(moves_the_line(change.before, change.after) for change in part)
            owed = any(change.after.assistant_owes is not None for change in part)
            notice = {"w": self._writer_id, "q": queue, "a": owed, "s": streams}
            notices.append(orjson.dumps(notice).decode())
        return notices


async def _append(
    connection: psycopg.AsyncConnection[Any], parameters: Mapping[str, Any]
) -> set[str]:
    cursor = await connection.execute(QUERIES["append"], parameters, prepare=True)
    row = await cursor.fetchone()
    return set(row[0]) if row is not None and row[0] is not None else set()


def _parameters(changes: Sequence[ConversationChange], notices: Sequence[str]) -> dict[str, Any]:
    # Two JSON documents instead of two dozen arrays: orjson writes them in a tenth of the
    # time that the driver needs for its array literals.
    return {
        "rows": orjson.dumps([_row(change) for change in changes]).decode(),
        "events": orjson.dumps(
            [
                _event(change.stream_id, fact, actor)
                for change in changes
                for fact, actor in change.facts
            ]
        ).decode(),
        "requests": orjson.dumps(
            [request for change in changes for request in _requests(change)]
        ).decode(),
        "now": changes[0].facts[-1][0].at,
        "notices": list(notices),
    }


def _row(change: ConversationChange) -> dict[str, Any]:
    state = change.after
    return {
        "id": change.stream_id,
        "expected": change.expected_version,
        "version": change.version,
        "customer_id": state.customer_id,
        "language": state.language,
        "status": state.status,
        "turn": state.turn,
        "turn_due_at": state.due_at,
        "enters": _enters_queue(change),
        "leaves": state.status in _OUT_OF_QUEUE,
        "asked_how": state.asked_how,
        "asked_at": state.asked_at,
        "accepted_at": state.accepted_at,
        "answered_at": state.answered_at,
        "callback_at": state.callback_at,
        "written": state.written,
        "agent_id": state.agent_id,
        "assistant_owes": state.assistant_owes,
        "frees_lease": _frees_lease(change),
        "last_message_at": state.last_message_at,
        "resolved_at": state.resolved_at,
        "resolved_by": state.resolved_by,
    }


def _requests(change: ConversationChange) -> list[dict[str, Any]]:
    """Return the requests for a human that this change began, moved on or ended.

    The facts are walked, because a group of commands may end one request and begin another.
    """
    turns = any(isinstance(fact.event, HumanRequested | QueueLeft) for fact, _ in change.facts)
    if not turns and _request(change.before) == _request(change.after):
        return []
    found: dict[datetime, dict[str, Any]] = {}
    state = change.before
    for fact, _ in change.facts:
        after = evolve(state, fact)
        if isinstance(fact.event, QueueLeft):
            _note(found, change.stream_id, state, left_at=fact.at)
        elif _request(state) != _request(after):
            _note(found, change.stream_id, after)
        state = after
    return list(found.values())


def _request(state: Conversation) -> tuple[object, ...]:
    return state.asked_at, state.accepted_at, state.answered_at


def _note(
    found: dict[datetime, dict[str, Any]],
    stream_id: str,
    state: Conversation,
    left_at: datetime | None = None,
) -> None:
    if state.asked_at is not None:
        found[state.asked_at] = {
            "conversation_id": stream_id,
            "asked_at": state.asked_at,
            "how": state.asked_how,
            "accepted_at": state.accepted_at,
            "answered_at": state.answered_at,
            "left_at": left_at,
        }


def _event(stream_id: str, fact: Fact, actor: str) -> dict[str, Any]:
    kind, data = encode(fact.event)
    return {
        "stream_id": stream_id,
        "version": fact.version,
        "type": kind,
        "data": orjson.Fragment(data),
        "actor": actor,
    }


def _enters_queue(change: ConversationChange) -> bool:
    requested = any(isinstance(fact.event, HumanRequested) for fact, _ in change.facts)
    return requested and change.after.asked_at is not None


def _frees_lease(change: ConversationChange) -> bool:
    return change.before.assistant_owes != change.after.assistant_owes
