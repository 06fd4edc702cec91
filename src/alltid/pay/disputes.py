"""An agent may dispute any line of a statement; a person answers, with reasons, by a date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from psycopg_pool import AsyncConnectionPool

from alltid.kernel.clock import Clock
from alltid.kernel.refusal import Refused
from alltid.pay.statements import Addition, Statements
from alltid.storage.queries import load_queries

QUERIES: Final = load_queries("alltid.pay", "disputes.sql")
TEXT_LIMIT: Final = 2_000
REVIEW: Final = timedelta(days=7)
STANDS: Final = "stands"
CORRECTED: Final = "corrected"


@dataclass(frozen=True, slots=True)
class Dispute:
    """A disputed line; `outcome` is None until somebody answered."""

    id: str
    session: str
    version: int
    line: int
    agent: str
    agent_name: str | None
    currency: str
    reason: str
    opened_at: datetime
    due_at: datetime
    outcome: str | None
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None


class Disputes:
    """Every dispute, from its opening to its answer."""

    def __init__(
        self, pool: AsyncConnectionPool[Any], clock: Clock, statements: Statements
    ) -> None:
        """Stand on an open pool and the statements."""
        self._pool = pool
        self._clock = clock
        self._statements = statements

    async def open(self, dispute: str, agent: str, session: str, line: int, reason: str) -> Dispute:
        """Dispute a line of one's own statement; Refused when it is disputed already."""
        kept = await self._statements.of(session)
        if kept is None or kept.row.agent != agent:
            raise Refused("no_statement", "There is no such statement of yours.")
        if not 0 <= line < len(kept.statement["lines"]):
            raise Refused("no_line", "This statement has no such line.")
        now = self._clock.now()
        parameters = {
            "id": dispute,
            "session": session,
            "version": kept.row.version,
            "line": line,
            "agent": agent,
            "reason": _text(reason),
            "now": now,
            "due_at": now + REVIEW,
        }
        await self._rows("open_dispute", **parameters)
        for each in await self.some(session=session):
            if each.line == line and each.outcome is None:
                if each.id != dispute:
                    raise Refused("disputed", "This line is disputed already: see the answer.")
                return each
        raise Refused("disputed", "This dispute was opened and answered before.")

    async def answer(
        self, dispute: str, by: str, answer: str, adjust_minor: int, addition: str
    ) -> Dispute:
        """Answer a dispute; an amount other than 0 corrects the statement first.

        Refused when it was answered before, or when the correction is refused.
        """
        found = await self.some(dispute=dispute)
        if not found:
            raise Refused("no_dispute", "There is no such dispute.")
        of, text = found[0], _text(answer)
        if of.outcome is not None:
            raise Refused("answered", "This dispute was answered before.")
        if adjust_minor:
            reason = f"Disputed line {of.line + 1}"
            await self._statements.add(
                Addition(addition, of.session, "adjustment", adjust_minor, reason, by)
            )
        parameters = {
            "id": dispute,
            "outcome": CORRECTED if adjust_minor else STANDS,
            "answer": text,
            "by": by,
            "now": self._clock.now(),
        }
        if not await self._rows("answer_dispute", **parameters):
            raise Refused("answered", "Someone answered this dispute just now.")
        return (await self.some(dispute=dispute))[0]

    async def some(
        self,
        *,
        agent: str | None = None,
        session: str | None = None,
        dispute: str | None = None,
        only_open: bool = False,
        limit: int = 200,
    ) -> Sequence[Dispute]:
        """Return disputes: open ones first, by their due date."""
        rows = await self._rows(
            "disputes", agent=agent, session=session, id=dispute, open=only_open, limit=limit
        )
        return [Dispute(*row) for row in rows]

    async def _rows(self, query: str, **parameters: object) -> Sequence[Any]:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES[query], parameters)
            rows: Sequence[Any] = await cursor.fetchall()
        return rows


def _text(text: str) -> str:
    tidy = text.strip()
    if not 1 <= len(tidy) <= TEXT_LIMIT:
        raise Refused("bad_text", f"Write 1 to {TEXT_LIMIT} characters.")
    return tidy
