"""The ledger of actions as leads read it, and the word of a lead where no system gave one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool

from alltid.assistant.tools.actions import ActionState
from alltid.kernel.clock import Clock
from alltid.storage.queries import load_queries

_SQL: Final = load_queries("alltid.assistant.tools", "action_records.sql")
PAGE_MAX: Final = 200
WHY_MIN: Final = 3
WHY_MAX: Final = 500
# The code of a refusal that a lead wrote down.
NOT_DONE_SAYS_A_LEAD: Final = "not_done"

Settling = Literal["settled", "no_such_action", "being_asked", "settled_before"]


@dataclass(frozen=True, slots=True)
class ActionRecord:
    """An action without whose it was: the conversation tells that to those who may read it.

    `confirmed_by` is the version of the customer's message that said yes; `amount_minor` is in
    minor units of `currency`; `settled_by` is the lead's name where a lead settled it.
    """

    id: str
    conversation_id: str
    tool: str
    playbook: str
    confirmed_by: int
    state: ActionState
    code: str | None
    message: str | None
    amount_minor: int | None
    currency: str | None
    attempts: int
    at: datetime
    changed_at: datetime
    settled_by: str | None
    settled_why: str | None


class ActionRecords:
    """What the assistant has done, newest first."""

    def __init__(self, pool: AsyncConnectionPool[Any], clock: Clock) -> None:
        """Read and write through `pool`."""
        self._pool = pool
        self._clock = clock

    async def page(
        self, *, open_only: bool, before: str | None = None, limit: int = 50
    ) -> list[ActionRecord]:
        """Return actions from before the one with id `before`; open: outcome not known yet."""
        which = {"open": open_only, "before": before, "limit": min(limit, PAGE_MAX)}
        async with (
            self._pool.connection() as connection,
            connection.cursor(row_factory=class_row(ActionRecord)) as cursor,
        ):
            found: list[ActionRecord] = await (await cursor.execute(_SQL["page"], which)).fetchall()
        return found

    async def settle(self, key: str, *, done: bool, why: str, by: str) -> Settling:
        """Write down what a lead found out about an action of unknown outcome.

        Only `unknown` is settled so: what is being asked for just now is about to be known, and
        what the company's system said stands.
        """
        row = {
            "id": key,
            "state": "executed" if done else "refused",
            "code": None if done else NOT_DONE_SAYS_A_LEAD,
            "why": why,
            "by": by,
            "now": self._clock.now(),
        }
        async with self._pool.connection() as connection, connection.transaction():
            if (await connection.execute(_SQL["settle"], row)).rowcount:
                return "settled"
            found = await (await connection.execute(_SQL["state"], {"id": key})).fetchone()
        if found is None:
            return "no_such_action"
        return "being_asked" if found[0] in {"proposed", "executing"} else "settled_before"
