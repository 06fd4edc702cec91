"""The dispatch policy in force: chosen by a lead, recorded with who, when and why.

A policy is content with a name (`dispatch/policy.py`); this book knows which one is current.
It is read from memory, and read again when another process says that it changed, when notices
may have been missed, and at least every few seconds.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
import psycopg
from psycopg_pool import AsyncConnectionPool

from alltid.dispatch.policy import Policy
from alltid.kernel.clock import Clock
from alltid.kernel.refusal import Refused
from alltid.storage.queries import load_queries

QUERIES: Final = load_queries("alltid.dispatch", "policies.sql")
CHANNEL: Final = "alltid_policy"
MARKET: Final = ""
REASON_LIMIT: Final = 500
# A notice that got lost costs no more than this.
FRESH_SECONDS: Final = 5.0
FIRST_REASON: Final = "The first policy of this desk."


@dataclass(frozen=True, slots=True)
class Change:
    """One setting of a choice, before and after."""

    setting: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Choice:
    """That somebody chose a policy. `name` is the agent's, None for the program itself."""

    id: int
    policy_id: str
    at: datetime
    by: str
    name: str | None
    reason: str
    changes: tuple[Change, ...]


class PolicyBook:
    """Knows the policy in force. One per process; `market` is the desk's only one so far."""

    def __init__(
        self,
        pool: AsyncConnectionPool[Any],
        clock: Clock,
        first: Policy | None = None,
        market: str = MARKET,
    ) -> None:
        """Take `first` as the desk's first policy, if it has none yet."""
        self._pool = pool
        self._clock = clock
        self._market = market
        self._fresh_until = 0.0
        self.current = first or Policy()

    async def start(self) -> None:
        """Store the first policy if there is none, and read the one in force."""
        first = self.current
        values = {"id": first.id, "market": self._market, **self._by("system:desk", FIRST_REASON)}
        async with self._pool.connection() as connection, connection.transaction():
            await _store(connection, first, values)
            cursor = await connection.execute(QUERIES["begin"], values)
            if await cursor.fetchone() is not None:
                await connection.execute(QUERIES["record_choice"], values)
        self.stale()
        await self.refresh()

    def stale(self) -> None:
        """Say that another policy may be in force: it is read again before the next use."""
        self._fresh_until = 0.0

    def noticed(self, _notice: Mapping[str, Any]) -> None:
        """Take in a notice of CHANNEL."""
        self.stale()

    async def refresh(self) -> Policy:
        """Return the policy in force, read again where it may have changed."""
        if time.monotonic() < self._fresh_until:
            return self.current
        async with self._pool.connection() as connection:
            return await self.now(connection)

    async def now(self, connection: psycopg.AsyncConnection[Any]) -> Policy:
        """Return the policy in force, on a connection that is at hand."""
        if time.monotonic() < self._fresh_until:
            return self.current
        fresh_until = time.monotonic() + FRESH_SECONDS
        cursor = await connection.execute(QUERIES["current"], {"market": self._market})
        row = await cursor.fetchone()
        if row is not None and row[0] != self.current.id:
            self.current = Policy.from_content(row[1])
        self._fresh_until = fresh_until
        return self.current

    async def choose(
        self, content: Mapping[str, Any], *, reason: str, by: str, replaces: str
    ) -> Policy:
        """Put another policy in force. `replaces` is the id of the one that the lead saw.

        Raises:
            PolicyRefused: it would break a promise.
            Refused: no reason was given, or somebody else chose another one meanwhile.
        """
        policy = Policy.from_content(content)
        words = reason.strip()
        if not words or len(words) > REASON_LIMIT:
            raise Refused(
                "reason_needed", f"Say in 1 to {REASON_LIMIT} characters why the policy changes."
            )
        values = {"id": policy.id, "market": self._market, **self._by(by, words)}
        async with self._pool.connection() as connection, connection.transaction():
            cursor = await connection.execute(QUERIES["current_for_update"], values)
            row = await cursor.fetchone()
            if row is None or row[0] != replaces:
                raise Refused(
                    "policy_changed",
                    "Another policy was chosen meanwhile. Look at it, then decide again.",
                )
            if policy.id == replaces:
                return policy
            await _store(connection, policy, values)
            await connection.execute(QUERIES["set_current"], values)
            await connection.execute(QUERIES["record_choice"], values)
            notice = orjson.dumps({"policy": policy.id}).decode()
            await connection.execute(QUERIES["tell"], {"channel": CHANNEL, "notice": notice})
        self.current = policy
        self.stale()
        return policy

    async def history(self, *, before: int | None, limit: int) -> list[Choice]:
        """Return choices, newest first; `before` is the id to go on from."""
        values = {"market": self._market, "before": before, "limit": limit}
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(QUERIES["choices"], values)).fetchall()
        return [_choice(*row) for row in rows]

    def _by(self, by: str, reason: str) -> dict[str, Any]:
        return {"by": by, "reason": reason, "now": self._clock.now()}


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return the settings in which two policies differ; none for the first policy."""
    if before is None:
        return ()
    usual = Policy().content()
    old, new = usual | dict(before), usual | dict(after)
    return tuple(Change(name, old[name], new[name]) for name in usual if old[name] != new[name])


def _choice(
    number: int,
    policy_id: str,
    at: datetime,
    by: str,
    name: str | None,
    reason: str,
    content: Mapping[str, Any],
    before: Mapping[str, Any] | None,
) -> Choice:
    return Choice(number, policy_id, at, by, name, reason, changes(before, content))


async def _store(
    connection: psycopg.AsyncConnection[Any], policy: Policy, values: Mapping[str, Any]
) -> None:
    content = orjson.dumps(policy.content()).decode()
    await connection.execute(QUERIES["store_policy"], {**values, "content": content})
