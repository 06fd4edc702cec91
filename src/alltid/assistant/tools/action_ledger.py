"""The ledger of actions in PostgreSQL; and one in memory, for tests and evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from alltid.assistant.tools.actions import (
    ATTEMPTS_MAX,
    PAUSES_MAX,
    Action,
    ActionLimits,
    ActionState,
    Amount,
    NewAction,
    as_row,
    is_settled,
    limit_reached,
)
from alltid.assistant.tools.tool import Json, Principal, ToolCall
from alltid.storage.queries import load_queries

_SQL: Final = load_queries("alltid.assistant.tools", "actions.sql")


class PostgresActions:
    """The ledger as the desk keeps it."""

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        """Each step is a transaction of its own: what was written down stays, whoever dies."""
        self._pool = pool

    async def propose(self, action: NewAction) -> Action:
        """Write an action down, or return the one that has its key already."""
        row = as_row(action)
        row["arguments"] = Jsonb(row["arguments"])
        async with self._pool.connection() as connection:
            await connection.execute(_SQL["propose"], row)
            return await self._by_key(connection, action.key)

    async def begin(
        self, action: Action, amount: Amount | None, limits: ActionLimits, now: datetime
    ) -> Action:
        """Move to `executing` within the limits; all actions of one customer in turn."""
        key = {
            "id": action.id,
            "issuer": action.principal.issuer,
            "subject": action.principal.subject,
            "conversation_id": action.conversation_id,
            "since": now - limits.day,
            "now": now,
            "amount_minor": None if amount is None else amount.minor,
            "currency": None if amount is None else amount.currency,
        }
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(_SQL["lock_customer"], key)
            state = await (await connection.execute(_SQL["lock_action"], key)).fetchone()
            if state is not None and state[0] == "proposed":
                counted = await (await connection.execute(_SQL["counted"], key)).fetchone()
                done, done_today, spent = counted or (0, 0, 0)
                why = limit_reached(done, done_today, spent, amount, limits)
                if why is not None:
                    refused = {"state": "refused", "code": "limit_reached", "message": why}
                    await connection.execute(_SQL["finish"], key | refused | {"result": None})
                    return await self._by_key(connection, action.key)
            if state is not None and not is_settled(state[0]):
                await connection.execute(_SQL["begin"], key)
            return await self._by_key(connection, action.key)

    async def finish(
        self,
        action: Action,
        state: ActionState,
        now: datetime,
        *,
        result: Json = None,
        code: str | None = None,
        message: str | None = None,
    ) -> Action:
        """Write down what came of it; an action that is settled already stays as it is."""
        row = {
            "id": action.id,
            "state": state,
            "result": None if result is None else Jsonb(result),
            "code": code,
            "message": message,
            "now": now,
        }
        async with self._pool.connection() as connection:
            await connection.execute(_SQL["finish"], row)
            return await self._by_key(connection, action.key)

    async def unsettled(self, now: datetime, pause: timedelta, limit: int) -> Sequence[Action]:
        """Return actions that are executing or unknown and due to be asked for, oldest first."""
        row = {
            "now": now,
            "pause": pause,
            "limit": limit,
            "attempts_max": ATTEMPTS_MAX,
            "pauses_max": PAUSES_MAX,
        }
        async with self._pool.connection() as connection:
            found = await connection.execute(_SQL["unsettled"], row)
            return [_action(row) for row in await found.fetchall()]

    async def _by_key(self, connection: psycopg.AsyncConnection[Any], key: str) -> Action:
        found = await connection.execute(_SQL["by_key"], {"idempotency_key": key})
        row = await found.fetchone()
        if row is None:
            raise LookupError("an action went missing from the ledger")
        return _action(row)


def _action(row: Sequence[Any]) -> Action:
    (id_, conversation_id, issuer, subject, tool, arguments, key, state, *rest) = row
    call = ToolCall(tool, arguments)
    return Action(id_, conversation_id, Principal(issuer, subject), call, key, state, *rest)


@dataclass(slots=True)
class _Line:
    action: Action
    at: datetime
    changed_at: datetime
    amount: Amount | None = None


@dataclass(slots=True)
class MemoryActions:
    """A ledger that ends with the program: for tests, evaluation and the simulator."""

    _lines: dict[str, _Line] = field(default_factory=dict)

    @property
    def actions(self) -> list[Action]:
        """All lines, oldest first."""
        return [line.action for line in self._lines.values()]

    async def propose(self, action: NewAction) -> Action:
        """Write an action down, or return the one that has its key already."""
        if action.key not in self._lines:
            new = Action(
                action.id, action.conversation_id, action.principal, action.proposal.call,
                action.key, "proposed",
            )  # fmt: skip
            self._lines[action.key] = _Line(new, action.at, action.at)
        return self._lines[action.key].action

    async def begin(
        self, action: Action, amount: Amount | None, limits: ActionLimits, now: datetime
    ) -> Action:
        """Move to `executing` within the limits."""
        line = self._lines[action.key]
        if line.action.state == "proposed":
            begun = [
                each
                for each in self._lines.values()
                if each.action.principal == action.principal
                and each.action.state in {"executing", "executed", "unknown"}
            ]
            here = [e for e in begun if e.action.conversation_id == action.conversation_id]
            today = [each for each in begun if each.at > now - limits.day]
            spent = sum(
                each.amount.minor
                for each in today
                if each.amount is not None
                and amount is not None
                and each.amount.currency == amount.currency
            )
            why = limit_reached(len(here), len(today), spent, amount, limits)
            if why is not None:
                return await self.finish(action, "refused", now, code="limit_reached", message=why)
        if not is_settled(line.action.state):
            line.amount = line.amount or amount
            line.changed_at = now
            attempts = line.action.attempts + 1
            line.action = replace(line.action, state="executing", attempts=attempts)
        return line.action

    async def finish(
        self,
        action: Action,
        state: ActionState,
        now: datetime,
        *,
        result: Json = None,
        code: str | None = None,
        message: str | None = None,
    ) -> Action:
        """Write down what came of it; an action that is settled already stays as it is."""
        line = self._lines[action.key]
        if not is_settled(line.action.state):
            line.changed_at = now
            line.action = replace(
                line.action, state=state, result=result, code=code, message=message
            )
        return line.action

    async def unsettled(self, now: datetime, pause: timedelta, limit: int) -> Sequence[Action]:
        """Return actions that are executing or unknown and due to be asked for, oldest first."""
        found = [
            line.action
            for line in self._lines.values()
            if line.action.state in {"executing", "unknown"}
            and line.action.attempts < ATTEMPTS_MAX
            and line.changed_at + min(line.action.attempts, PAUSES_MAX) * pause < now
        ]
        return found[:limit]
