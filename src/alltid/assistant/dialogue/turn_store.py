"""Where turns are kept: the ground that one stands on, and the record it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from alltid.assistant.dialogue.packet import with_actions
from alltid.assistant.dialogue.state import TurnState
from alltid.assistant.tools.tool import Principal
from alltid.storage.queries import load_queries

SQL: Final = load_queries("alltid.assistant.dialogue")
TRACES_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class TurnGround:
    """What is known before a turn: who is signed in, the state, and the message that said it.

    `card` is the version of the assistant's message that the state belongs to: the only one
    whose card is open. A guest has no principal.
    """

    principal: Principal | None
    state: TurnState
    card: int | None


@dataclass(frozen=True, slots=True)
class TurnRow:
    """What is written for an answer before it is said."""

    id: str
    conversation_id: str
    in_reply_to: int
    state: TurnState
    trace: Mapping[str, Any]
    packet: Mapping[str, Any] | None
    at: datetime


class TurnRows(Protocol):
    """What a turn needs of its storage."""

    async def ground(self, conversation_id: str, trace_id: str | None) -> TurnGround:
        """Return what the turn stands on."""
        ...

    async def write(self, row: TurnRow) -> None:
        """Keep the record of an answer."""
        ...


class TurnStore:
    """The turns of a desk, in its database."""

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        """Read and write through `pool`."""
        self._pool = pool

    async def ground(self, conversation_id: str, trace_id: str | None) -> TurnGround:
        """Return what the turn stands on: an empty state when no answer is named."""
        parameters = {"id": conversation_id, "trace_id": trace_id}
        async with self._pool.connection() as connection:
            cursor = await connection.execute(SQL["turn_ground"], parameters)
            found = await cursor.fetchone()
        if found is None:
            return TurnGround(None, TurnState(), None)
        issuer, subject, state, card = found
        principal = Principal(issuer, subject) if issuer and subject else None
        return TurnGround(principal, TurnState.from_json(state if card else None), card)

    async def write(self, row: TurnRow) -> None:
        """Keep the record of an answer."""
        parameters = {
            "id": row.id,
            "conversation_id": row.conversation_id,
            "in_reply_to": row.in_reply_to,
            "state": Jsonb(row.state.as_json()),
            "trace": Jsonb(dict(row.trace)),
            "packet": None if row.packet is None else Jsonb(dict(row.packet)),
            "at": row.at,
        }
        async with self._pool.connection() as connection:
            await connection.execute(SQL["write_turn"], parameters)

    async def packet(self, conversation_id: str) -> dict[str, Any] | None:
        """Return what the person who takes over is told, unmasked; None when nothing is.

        Actions whose answer was never said (a person came first) are told of as well.
        """
        parameters = {"id": conversation_id}
        async with self._pool.connection() as connection:
            cursor = await connection.execute(SQL["latest_packet"], parameters)
            found = await cursor.fetchone()
            if found is None:
                return None
            cursor = await connection.execute(SQL["actions_begun"], parameters)
            begun = await cursor.fetchall()
        return with_actions(found[0], begun)

    async def traces(self, conversation_id: str) -> list[dict[str, Any]]:
        """Return how the answers of a conversation came about, oldest first; the newest 100."""
        parameters = {"id": conversation_id, "limit": TRACES_MAX}
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(SQL["traces_of"], parameters)).fetchall()
        return [
            {"id": each[0], "in_reply_to": each[1], "at": each[2].isoformat(), "trace": each[3]}
            for each in rows
        ]
