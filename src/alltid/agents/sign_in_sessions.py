"""Sign-ins of agents: which token stands for whom, and until when.

The token itself is only in the cookie; the database keeps its SHA-256. A 256-bit random
token needs no slow hash: nobody guesses it, and a lookup by hash compares nothing secret.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from psycopg_pool import AsyncConnectionPool

from alltid.agents.accounts import Agent, Role
from alltid.kernel.refusal import Refused
from alltid.storage.queries import load_queries

TOKEN_BYTES: Final = 32
_SQL: Final = load_queries("alltid.agents", "sign_in_sessions.sql")
# Being seen is written down once a minute, so that reading stays reading.
_SEEN_EVERY: Final = timedelta(minutes=1)

How = Literal["password", "passkey", "demo"]


@dataclass(frozen=True, slots=True)
class SignedInAgent:
    """An agent and the sign-in (`session`, an id without power) through which they came."""

    agent: Agent
    session: str


@dataclass(frozen=True, slots=True)
class EndedSignIn:
    """A sign-in that has just ended, and whose it was."""

    session: str
    agent_id: str


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a sign-in holds: `idle` without any request, `absolute` in any case."""

    idle: timedelta = timedelta(hours=12)
    absolute: timedelta = timedelta(days=7)


async def start_session(
    pool: AsyncConnectionPool[Any],
    *,
    session_id: str,
    token: str,
    agent_id: str,
    how: How,
    replaces: str | None,
    limits: SessionLimits,
    now: datetime,
) -> None:
    """Sign the agent in under a token that nobody had before.

    `replaces` is the token that the browser brought along, if any: it ends here, so a
    session planted before the sign-in is worth nothing after it. Refused with
    `account_disabled` when the account was locked in the meantime.
    """
    parameters = {
        "token_sha256": _sha256(token),
        "id": session_id,
        "agent": agent_id,
        "how": how,
        "replaces": None if replaces is None else _sha256(replaces),
        "expires_at": now + limits.absolute,
        "now": now,
    }
    async with pool.connection() as connection:
        cursor = await connection.execute(_SQL["start_session"], parameters)
        if await cursor.fetchone() is None:
            raise Refused("account_disabled", "This account is locked. Ask your lead.")


async def find_session(
    pool: AsyncConnectionPool[Any], token: str, limits: SessionLimits, now: datetime
) -> SignedInAgent | None:
    """Return who this token stands for, or None: unknown, ended, run out or locked."""
    parameters = {
        "token_sha256": _sha256(token),
        "idle_since": now - limits.idle,
        "now": now,
    }
    async with pool.connection() as connection:
        cursor = await connection.execute(_SQL["session_by_token"], parameters)
        row = await cursor.fetchone()
        if row is None:
            return None
        session, last_seen_at, agent_id, email, name, role, languages = row
        if now - last_seen_at > _SEEN_EVERY:
            await connection.execute(_SQL["touch_session"], parameters)
    return SignedInAgent(Agent(agent_id, email, name, Role(role), tuple(languages)), session)


async def keep_session_alive(
    pool: AsyncConnectionPool[Any], session_id: str, now: datetime
) -> bool:
    """Count an open socket as being here; False when the sign-in has ended or run out.

    A socket outlives the request that opened it, so it asks this now and then.
    """
    async with pool.connection() as connection:
        cursor = await connection.execute(
            _SQL["keep_session_alive"], {"id": session_id, "now": now}
        )
        return await cursor.fetchone() is not None


async def end_session(
    pool: AsyncConnectionPool[Any], token: str, now: datetime
) -> EndedSignIn | None:
    """Sign out and return what ended; None for a token that is unknown or signed out already."""
    parameters = {"token_sha256": _sha256(token), "now": now}
    async with pool.connection() as connection:
        cursor = await connection.execute(_SQL["end_session"], parameters)
        row = await cursor.fetchone()
    return None if row is None else EndedSignIn(*row)


def _sha256(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
