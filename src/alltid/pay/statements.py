"""Statements as they are stored: booked with their entry, corrected by reversal and new entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

import psycopg
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from alltid.kernel.clock import Clock
from alltid.kernel.refusal import Refused
from alltid.pay.booking import accounts_of, correction_of, entry_of
from alltid.pay.ledger import Post, Reverse
from alltid.pay.ledger_store import Beside, LedgerStore, Rejected
from alltid.pay.rate_card import Terms, terms_of, zone_of
from alltid.pay.rate_cards import RateCards
from alltid.pay.session_facts import (
    Adjustment,
    Extra,
    ExtraPay,
    SessionFacts,
    session_from,
    session_record,
    whole,
)
from alltid.pay.statement import Basis, Statement, corrected, statement_of, statement_record
from alltid.storage.queries import load_queries

QUERIES: Final = load_queries("alltid.pay", "statements.sql")
REASON_LIMIT: Final = 200
ADDITION_MOST: Final = 10**9
ADJUSTMENT: Final = "adjustment"
LIST_MOST: Final = 200
EXPORT_MOST: Final = 2_000


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A statement in a list; amounts in minor units of `currency`."""

    position: int
    session: str
    version: int
    agent: str
    agent_name: str | None
    market: str
    currency: str
    booked_on: date
    began: datetime
    ended: datetime
    guaranteed_microseconds: int
    floor_minor: int
    pay_minor: int
    top_up_minor: int
    total_minor: int
    ledger_key: str | None
    settled_at: datetime
    basis: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A whole statement, with the facts that anyone can recompute it from."""

    row: StatementRow
    facts: dict[str, Any]
    statement: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Addition:
    """A tip, an expense or a correction that a lead puts to a session's pay."""

    id: str
    session: str
    kind: str
    minor: int
    reason: str
    by: str


class Statements:
    """Every session's statement."""

    def __init__(
        self, pool: AsyncConnectionPool[Any], clock: Clock, ledger: LedgerStore, cards: RateCards
    ) -> None:
        """Stand on an open pool, the books and the rate cards."""
        self._pool = pool
        self._clock = clock
        self._ledger = ledger
        self._cards = cards

    async def settle(self, facts: SessionFacts, market: str, currency: str) -> Statement:
        """Book an ended session, once; a second time changes nothing.

        The entry and the row are one transaction. Refused while the session is open, without a
        rate card, or when its day is closed.
        """
        terms = terms_of(await self._cards.all(), market, currency, whole(facts))
        statement = statement_of(facts, terms, await self.basis_of(facts.agent))
        entry = entry_of(statement, facts)
        await self._ledger.open_accounts(accounts_of(market, currency, facts.agent))
        commands = [] if entry is None else [entry]
        row = self._row(statement, facts, 1, commands)

        async def also(connection: psycopg.AsyncConnection[Any]) -> None:
            await connection.execute(QUERIES["add_statement"], row)

        try:
            await self._book(commands, also)
        except Refused as refused:
            if refused.code != "period_closed" or entry is None:
                raise
            # Its month was closed before it was settled: it is booked today.
            await self._book([replace(entry, booked_on=self._today(terms))], also)
        return statement

    def _today(self, terms: Terms) -> date:
        return self._clock.now().astimezone(zone_of(terms.frozen.zone)).date()

    async def add(self, addition: Addition) -> Kept:
        """Put a tip, an expense or a correction to a booked statement, as a correction.

        The old entry is reversed and the new one booked in the transaction that records the
        addition; pay stays at or above the floor. Repeating an addition changes nothing.
        """
        _check(addition)
        before = await self.of(addition.session)
        if before is None:
            raise Refused(
                "no_statement", "There is no statement of this session yet: it ends first."
            )
        if any(each["id"] == addition.id for each in await self.additions(addition.session)):
            return before
        facts = _with(session_from(before.facts), addition)
        await self._correct(before, facts, addition)
        after = await self.of(addition.session)
        assert after is not None  # noqa: S101  there was one before
        return after

    async def resettle(self, facts: SessionFacts) -> bool:
        """Correct a statement by facts that came late; tell whether there was anything to."""
        before = await self.of(facts.session)
        if before is None or session_record(facts) == before.facts:
            return False
        await self._correct(before, facts, None)
        return True

    async def _correct(self, before: Kept, facts: SessionFacts, addition: Addition | None) -> None:
        cards = await self._cards.all()
        terms = terms_of(cards, before.row.market, before.row.currency, whole(facts))
        old_facts = session_from(before.facts)
        old_terms = terms_of(cards, before.row.market, before.row.currency, whole(old_facts))
        old = statement_of(old_facts, old_terms, Basis(before.statement["basis"]))
        correction = corrected(old, facts, terms)
        version, today = before.row.version + 1, self._today(terms)
        commands: list[Post | Reverse] = []
        if before.row.ledger_key is None:
            entry = entry_of(correction.after, facts, version=version)
            commands = [] if entry is None else [replace(entry, booked_on=today)]
        else:
            original = await self._ledger.transfer(before.row.ledger_key)
            if original is None:
                raise Refused("no_entry", "The entry of this statement is missing in the books.")
            commands = correction_of(correction, facts, original, booked_on=today)
        row = self._row(correction.after, facts, version, commands)

        async def also(connection: psycopg.AsyncConnection[Any]) -> None:
            if addition is not None:
                await connection.execute(QUERIES["add_addition"], self._addition(addition))
            done = await connection.execute(QUERIES["add_statement"], row)
            if done.rowcount != 1:
                raise Refused("corrected_meanwhile", "Someone corrected this just now: look again.")

        await self._book(commands, also)

    async def _book(self, commands: Sequence[Post | Reverse], also: Beside) -> None:
        if not commands:
            async with self._pool.connection() as connection:
                await also(connection)
            return
        for reply in await self._ledger.post(commands, also=also):
            if isinstance(reply, Rejected) and reply.code == "overdrawn":
                message = "This was paid out already: book it on the agent's next session instead."
                raise Refused("paid_already", message)
            if isinstance(reply, Rejected) and reply.code != "not_alone":
                raise Refused(reply.code, reply.message)

    def _row(
        self,
        statement: Statement,
        facts: SessionFacts,
        version: int,
        commands: Sequence[Post | Reverse],
    ) -> dict[str, Any]:
        return {
            "session": statement.session,
            "version": version,
            "agent": statement.agent,
            "market": statement.market,
            "currency": statement.currency,
            "booked_on": statement.booked_on,
            "began": facts.began,
            "ended": facts.ended,
            "guaranteed_microseconds": statement.guaranteed_microseconds,
            "floor_minor": statement.floor_minor,
            "pay_minor": statement.pay_minor,
            "top_up_minor": statement.top_up_minor,
            "total_minor": statement.total_minor,
            "ledger_key": f"session/{statement.session}/{version}" if commands else None,
            "facts": Jsonb(session_record(facts)),
            "statement": Jsonb(statement_record(statement)),
            "now": self._clock.now(),
        }

    def _addition(self, addition: Addition) -> dict[str, Any]:
        return {
            "id": addition.id,
            "session": addition.session,
            "kind": addition.kind,
            "minor": addition.minor,
            "reason": addition.reason,
            "by": addition.by,
            "now": self._clock.now(),
        }

    # ------------------------------------------------------------ reading

    async def of(self, session: str) -> Kept | None:
        """Return a session's statement as it stands, or None."""
        rows = await self._rows("statement", session=session)
        if not rows:
            return None
        *row, facts, statement = rows[0]
        return Kept(StatementRow(*row), facts, statement)

    async def latest(
        self,
        agent: str | None = None,
        *,
        before: datetime | None = None,
        first: date | None = None,
        last: date | None = None,
        limit: int = 50,
    ) -> list[StatementRow]:
        """Return statements, the latest first."""
        rows = await self._rows(
            "statements", agent=agent, before=before, first=first, last=last, limit=limit
        )
        return [StatementRow(*row) for row in rows]

    async def versions(self, session: str) -> Sequence[tuple[int, int, datetime]]:
        """Return each version's number, total in minor units, and when it was booked."""
        return await self._rows("versions", session=session)

    async def additions(self, session: str) -> Sequence[dict[str, Any]]:
        """Return what people put to a session's pay."""
        names = ("id", "kind", "minor", "reason", "by", "at")
        rows = await self._rows("additions", session=session)
        return [dict(zip(names, row, strict=True)) for row in rows]

    async def basis_of(self, agent: str) -> Basis:
        """Return what an agent's amounts are."""
        rows = await self._rows("basis_of", agent=agent)
        return Basis(rows[0][0]) if rows else Basis.INVOICE

    async def _rows(self, query: str, **parameters: object) -> Sequence[Any]:
        async with self._pool.connection() as connection:
            rows: Sequence[Any] = await (
                await connection.execute(QUERIES[query], parameters)
            ).fetchall()
        return rows


def _check(addition: Addition) -> None:
    if not 1 <= len(addition.reason.strip()) <= REASON_LIMIT:
        raise Refused("bad_reason", f"Say why, in at most {REASON_LIMIT} characters.")
    if addition.minor == 0 or abs(addition.minor) > ADDITION_MOST:
        raise Refused("bad_amount", "An amount is not 0, and not that large.")
    if addition.kind in {Extra.TIP, Extra.EXPENSE} and addition.minor < 0:
        raise Refused("bad_amount", "A tip or an expense is above 0.")


def _with(facts: SessionFacts, addition: Addition) -> SessionFacts:
    evidence = f"addition:{addition.id}"
    if addition.kind == ADJUSTMENT:
        adjustment = Adjustment(addition.minor, addition.reason, evidence)
        return replace(facts, adjustments=(*facts.adjustments, adjustment))
    extra = ExtraPay(Extra(addition.kind), addition.minor, evidence)
    return replace(facts, extras=(*facts.extras, extra))
