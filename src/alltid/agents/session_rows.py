"""Online sessions inside a transaction of somebody else's: lock, decide, write.

What crosses streams (making and accepting an offer) locks in one order everywhere: the
conversation, then its offers by id, then the sessions by id.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson
import psycopg

from alltid.agents.session_codec import decode_state, encode, encode_state
from alltid.agents.session_commands import Command
from alltid.agents.session_events import Event, Fact, WentOffline
from alltid.agents.session_rules import decide
from alltid.agents.session_state import Session, evolve
from alltid.storage.queries import load_queries

QUERIES: Final = load_queries("alltid.agents", "online_sessions.sql")
# The channel that names the agents whose session, and with it perhaps an offer, has changed.
AGENTS: Final = "alltid_agents"
# PostgreSQL takes 8,000 bytes a notice; an id is 39.
NOTICE_AGENTS: Final = 180
Connection = psycopg.AsyncConnection[Any]


@dataclass(slots=True)
class LockedSession:
    """A session that this transaction holds, with the facts decided so far."""

    id: str
    state: Session
    facts: list[tuple[Fact, str]] = field(default_factory=list)

    def do(self, command: Command, now: datetime, actor: str) -> tuple[Event, ...]:
        """Decide a command on it, and fold what it leads to; `save` stores it.

        Raises:
            Refused: the session's rules say no.
        """
        events = decide(self.state, command, now)
        for event in events:
            fact = Fact(now, event)
            self.state = evolve(self.state, fact)
            self.facts.append((fact, actor))
        return events


async def lock(connection: Connection, session_ids: Iterable[str]) -> dict[str, LockedSession]:
    """Lock sessions by id; those that don't exist are left out."""
    ids = sorted(set(session_ids))
    cursor = await connection.execute(QUERIES["lock_sessions"], {"ids": ids})
    return {row[0]: LockedSession(row[0], revive(row[1])) for row in await cursor.fetchall()}


async def lock_open(connection: Connection, agent_id: str) -> LockedSession | None:
    """Lock an agent's open session, if there is one."""
    cursor = await connection.execute(QUERIES["lock_open_session"], {"agent_id": agent_id})
    row = await cursor.fetchone()
    return None if row is None else LockedSession(row[0], revive(row[1]))


def revive(state: dict[str, Any]) -> Session:
    """Return the state of a row; a row that is just being opened has none."""
    return decode_state(state) if state else Session()


async def save(connection: Connection, sessions: Sequence[LockedSession]) -> None:
    """Store the facts decided since the lock, the rows that follow, and a notice of them."""
    changed = [each for each in sessions if each.facts]
    if not changed:
        return
    events, rows = [], []
    for each in changed:
        first = each.state.version - len(each.facts) + 1
        for version, (fact, actor) in enumerate(each.facts, start=first):
            kind, data = encode(fact.event)
            events.append(
                {
                    "stream_id": each.id,
                    "version": version,
                    "type": kind,
                    "data": orjson.Fragment(data),
                    "actor": actor,
                }
            )
        rows.append(_row(each))
    now = changed[0].facts[-1][0].at
    text = orjson.dumps(events).decode()
    agents = sorted({each.state.agent_id for each in changed})
    notices = [
        orjson.dumps({"a": agents[start : start + NOTICE_AGENTS]}).decode()
        for start in range(0, len(agents), NOTICE_AGENTS)
    ]
    parameters = {"rows": orjson.dumps(rows).decode(), "notices": notices}
    async with connection.pipeline():
        await connection.execute(QUERIES["record"], {"events": text, "now": now})
        await connection.execute(QUERIES["save_sessions"], parameters)
    for each in changed:
        each.facts.clear()


def _row(session: LockedSession) -> dict[str, Any]:
    state = session.state
    endings = [fact.event for fact, _ in session.facts if isinstance(fact.event, WentOffline)]
    return {
        "id": session.id,
        "version": state.version,
        "capacity": state.capacity,
        "rate_id": state.rate_id,
        "paused": state.paused,
        "ended_at": state.ended_at,
        "ended_because": endings[-1].because if endings else None,
        "state": orjson.Fragment(encode_state(state)),
    }
