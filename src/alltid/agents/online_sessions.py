"""Online sessions in the database: every change is events and a row in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from psycopg_pool import AsyncConnectionPool

from alltid.agents import session_rows
from alltid.agents.online_session import GRACE, Ended
from alltid.agents.session_codec import decode_choices, encode_choices
from alltid.agents.session_commands import (
    CheckSilence,
    Command,
    EndChat,
    GoOffline,
    GoOnline,
    TakeChat,
)
from alltid.agents.session_events import Choices, Interval, WentOffline
from alltid.agents.session_rows import QUERIES, LockedSession
from alltid.agents.session_state import Session
from alltid.kernel.clock import Clock
from alltid.kernel.ids import IdSource
from alltid.kernel.refusal import Refused

log = structlog.get_logger(__name__)

# Two beats of the desk further apart than this are an outage of ours.
OUTAGE_LEAST: Final = timedelta(seconds=20)
BEATS_KEPT: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OpenSession:
    """An agent's open session; `last_seen_at` is the latest sign of life."""

    id: str
    agent_id: str
    started_at: datetime
    last_seen_at: datetime
    state: Session


@dataclass(frozen=True, slots=True)
class Skill:
    """What an agent is qualified for: a level of 1 to 3, and its name by language."""

    key: str
    name: Mapping[str, str]
    level: int


@dataclass(frozen=True, slots=True)
class Ending:
    """A session that has just ended, and the conversations that need other hands."""

    agent_id: str
    hand_back: tuple[str, ...]


class OnlineSessions:
    """Who is online. At most one open session an agent, by a unique index."""

    def __init__(
        self,
        pool: AsyncConnectionPool[Any],
        clock: Clock,
        ids: IdSource,
        *,
        process_id: str = "",
    ) -> None:
        """Stand on an open pool; `process_id` signs this process's heartbeats."""
        self._pool = pool
        self._clock = clock
        self._ids = ids
        self._process_id = process_id
        self._beat_at: datetime | None = None

    async def go_online(self, command: GoOnline, in_hand: Sequence[str] = ()) -> OpenSession:
        """Begin a session, or return the one that is open.

        `in_hand` are the conversations that are with the agent already; they hold slots.

        Raises:
            Refused: the choices aren't possible, or it is standby by now.
        """
        session_id, now = self._ids.new(), self._clock.now()
        actor = f"agent:{command.agent_id}"
        async with self._pool.connection() as connection, connection.transaction():
            parameters = {"id": session_id, "agent_id": command.agent_id, "now": now}
            cursor = await connection.execute(QUERIES["open_session"], parameters)
            if await cursor.fetchone() is not None:
                session = LockedSession(session_id, Session())
                session.do(command, now, actor)
                for conversation_id in in_hand[: command.choices.slots]:
                    session.do(TakeChat(conversation_id), now, actor)
                await session_rows.save(connection, [session])
                choices = encode_choices(command.choices)
                await connection.execute(
                    QUERIES["remember_choices"],
                    {"agent_id": command.agent_id, "choices": choices},
                )
        found = await self.of(command.agent_id)
        if found is None:
            raise Refused("not_online", "You went offline in the same moment. Go online again.")
        return found

    async def change(self, agent_id: str, command: Command) -> Session:
        """Do something to the agent's open session.

        Raises:
            Refused: there is none, or its rules say no.
        """
        async with self._pool.connection() as connection, connection.transaction():
            session = await session_rows.lock_open(connection, agent_id)
            if session is None:
                raise Refused("not_online", "You are offline. Go online first.")
            session.do(command, self._clock.now(), f"agent:{agent_id}")
            await session_rows.save(connection, [session])
        return session.state

    async def go_offline(
        self, agent_id: str, because: Ended = Ended.SWITCHED_OFF, *, hand_back: bool = True
    ) -> tuple[str, ...]:
        """End the open session, if there is one; return what needs other hands.

        Raises:
            Refused: conversations are in hand, and they aren't to be handed back.
        """
        async with self._pool.connection() as connection, connection.transaction():
            session = await session_rows.lock_open(connection, agent_id)
            if session is None:
                return ()
            offline = GoOffline(hand_back, because)
            events = session.do(offline, self._clock.now(), f"agent:{agent_id}")
            await session_rows.save(connection, [session])
        return _handed_back(events)

    async def end_chats(self, agent_id: str, conversation_ids: Sequence[str]) -> None:
        """Free the slots of conversations that are over or in other hands."""
        now, actor = self._clock.now(), f"agent:{agent_id}"
        async with self._pool.connection() as connection, connection.transaction():
            session = await session_rows.lock_open(connection, agent_id)
            if session is None:
                return
            for conversation_id in conversation_ids:
                session.do(EndChat(conversation_id), now, actor)
            await session_rows.save(connection, [session])

    async def of(self, agent_id: str) -> OpenSession | None:
        """Return the open session, or None."""
        return (await self.of_all([agent_id])).get(agent_id)

    async def of_all(self, agent_ids: Sequence[str]) -> dict[str, OpenSession]:
        """Return the open sessions of several agents, by agent."""
        async with self._pool.connection() as connection:
            parameters = {"agent_ids": list(agent_ids)}
            cursor = await connection.execute(QUERIES["open_sessions_of"], parameters)
            rows = await cursor.fetchall()
        return {
            row[0]: OpenSession(row[1], row[0], row[2], row[3], session_rows.revive(row[4]))
            for row in rows
        }

    async def last_choices(self, agent_id: str) -> Choices | None:
        """Return what the agent chose when last online."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["last_choices"], {"agent_id": agent_id})
            row = await cursor.fetchone()
        return None if row is None else decode_choices(row[0])

    async def skills_of(self, agent_id: str) -> tuple[Skill, ...]:
        """Return what the agent is qualified for."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["skills_of"], {"agent_id": agent_id})
            return tuple(Skill(*row) for row in await cursor.fetchall())

    # ------------------------------------------------------------ signs of life

    async def seen(self, agent_ids: Sequence[str]) -> None:
        """Note a sign of life of the desk, and of every agent who is connected to it.

        When the desk itself was away since its last beat, that is written down as an outage:
        its absence is nobody's silence.
        """
        now = self._clock.now()
        async with self._pool.connection() as connection, connection.transaction():
            if self._beat_at is None:
                cursor = await connection.execute(QUERIES["last_beat"])
                row = await cursor.fetchone()
                self._beat_at = row[0] if row is not None else None
            if self._beat_at is not None and now - self._beat_at > OUTAGE_LEAST:
                outage = {"started_at": self._beat_at, "ended_at": now}
                await connection.execute(QUERIES["note_outage"], outage)
            beat = {"process_id": self._process_id, "now": now}
            await connection.execute(QUERIES["beat"], beat)
            await connection.execute(QUERIES["forget_beats"], {"before": now - BEATS_KEPT})
            parameters = {"agent_ids": list(agent_ids), "now": now}
            await connection.execute(QUERIES["seen"], parameters)
        self._beat_at = now

    async def end_lost(self) -> list[Ending]:
        """End the sessions whose connection is gone for longer than the grace."""
        now = self._clock.now()
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["silent"], {"before": now - GRACE})
            silent = await cursor.fetchall()
            if not silent:
                return []
            since = {"since": min(row[1] for row in silent)}
            cursor = await connection.execute(QUERIES["outages_since"], since)
            outages = tuple(Interval(*row) for row in await cursor.fetchall())
        ended = []
        for session_id, last_seen_at in silent:
            found = await self._end_silent(session_id, CheckSilence(last_seen_at, outages), now)
            if found is not None:
                ended.append(found)
        return ended

    async def _end_silent(
        self, session_id: str, check: CheckSilence, now: datetime
    ) -> Ending | None:
        async with self._pool.connection() as connection, connection.transaction():
            session = (await session_rows.lock(connection, [session_id])).get(session_id)
            if session is None:
                return None
            events = session.do(check, now, "system:housekeeping")
            await session_rows.save(connection, [session])
        if not events:
            return None
        return Ending(session.state.agent_id, _handed_back(events))


def _handed_back(events: Sequence[object]) -> tuple[str, ...]:
    endings = [each for each in events if isinstance(each, WentOffline)]
    return endings[-1].hand_back if endings else ()
