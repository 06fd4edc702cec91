"""Recomputes every statement from the log, and holds it against what was booked.

Pages, totals and the weekly test of the floor read rows that repeat the books; each of them,
also of versions that were corrected since, is held against its entry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from alltid.insights.session_reader import QUERIES, ReadSession, read_sessions
from alltid.insights.settlement import floor_from
from alltid.kernel.clock import Clock
from alltid.kernel.refusal import Refused
from alltid.pay.ledger import transfer_from
from alltid.pay.rate_card import RateCard, terms_of
from alltid.pay.rate_cards import RateCards
from alltid.pay.session_facts import whole
from alltid.pay.statement import Basis, statement_of, statement_record

PORTION: Final = 500
SHOWN_MOST: Final = 1_000
_REPEATED: Final = (
    *("session", "agent", "market", "currency"),
    *("guaranteed_microseconds", "floor_minor", "top_up_minor"),
)
_BOOKED: Final = ("earned_minor", "adjusted_minor", "top_up_minor", "extra_minor")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Departure:
    """A field of a session's statement that does not follow from the log."""

    session: str
    version: int
    field: str
    found: str
    expected: str

    def __str__(self) -> str:
        """Name the place and both values in a line."""
        place = f"session {self.session} version {self.version}"
        return f"{place}: {self.field}: found {self.found}, not {self.expected}"

    def as_json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "what": "the statement does not follow from the log",
            "session": self.session,
            "version": self.version,
            "field": self.field,
            "found": self.found,
            "expected": self.expected,
        }


@dataclass(frozen=True, slots=True)
class StatementsReport:
    """How many statements were recomputed, and what differed."""

    statements: int
    departures: tuple[Departure, ...]


async def verify_statements(
    pool: AsyncConnectionPool[Any], clock: Clock, progress: Progress | None = None
) -> StatementsReport:
    """Recompute each statement in force from its session's own events, offers and outages.

    `progress` is told how many are done, and of how many. Sessions that have no log here
    (training, or imported books) are held against their own facts by the ledger's part.
    """
    cards = await RateCards(pool, clock).all()
    async with pool.connection() as connection:
        total = 0
        for query in ("statement_count", "statement_row_count"):
            row = await (await connection.execute(QUERIES[query])).fetchone()
            total += row[0] if row else 0
    done, after = 0, 0
    found: list[Departure] = []
    while len(found) < SHOWN_MOST:
        parameters = {"after": after, "limit": PORTION}
        async with pool.connection() as connection:
            rows = await connection.execute(QUERIES["all_statements"], parameters)
            portion = await rows.fetchall()
        if not portion:
            break
        read = await read_sessions(pool, [of for of, *_ in portion], clock.now())
        for of, version, _, pay_minor, total_minor, statement in portion:
            if of in read:
                stored = (pay_minor, total_minor, statement)
                found += _departures(of, version, stored, read[of], cards)
        done, after = done + len(portion), portion[-1][2]
        if progress is not None:
            progress(done, total)
    rows_done, after = 0, 0
    while len(found) < SHOWN_MOST:
        kept = await _kept(pool, after)
        if not kept:
            break
        for each in kept:
            found += _row_departures(each)
        rows_done, after = rows_done + len(kept), kept[-1]["position"]
        if progress is not None:
            progress(done + rows_done, total)
    return StatementsReport(done, tuple(found[:SHOWN_MOST]))


async def _kept(pool: AsyncConnectionPool[Any], after: int) -> list[dict[str, Any]]:
    async with pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(QUERIES["statement_rows"], {"after": after, "limit": PORTION})
        found: list[dict[str, Any]] = await cursor.fetchall()
        return found


def _row_departures(row: dict[str, Any]) -> list[Departure]:
    """Hold a row's columns against its statement, and both against the entry in the books."""
    of, version, statement, facts = (row[n] for n in ("session", "version", "statement", "facts"))
    try:
        pay_minor = sum(statement[n] for n in ("earned_minor", "adjusted_minor", "top_up_minor"))
        expected = {name: statement[name] for name in _REPEATED} | {
            "booked_on": statement["booked_on"],
            "began": datetime.fromisoformat(facts["began"]),
            "ended": datetime.fromisoformat(facts["ended"]),
            "pay_minor": pay_minor,
            "total_minor": pay_minor + statement["extra_minor"],
        }
        columns = {name: row[name] for name in expected} | {"booked_on": str(row["booked_on"])}
    except (KeyError, TypeError, ValueError):
        return [Departure(of, version, "facts, statement", "what can't be read", "a statement")]
    if row["ledger_key"] is None and not any(statement[name] for name in _BOOKED):
        return _differing(of, version, columns, expected)
    if row["entry"] is None:
        return [Departure(of, version, "ledger_key", str(row["ledger_key"]), "an entry")]
    try:
        booked = transfer_from(row["entry"]).evidence
    except (KeyError, TypeError, ValueError):
        return [Departure(of, version, "entry", "what can't be read", "an entry")]
    columns |= {"facts": facts, "statement": statement}
    expected |= {"facts": booked.get("session"), "statement": booked.get("statement")}
    return _differing(of, version, columns, expected)


def _differing(
    of: str, version: int, found: dict[str, Any], expected: dict[str, Any]
) -> list[Departure]:
    return [
        Departure(of, version, name, str(found[name]), str(value))
        for name, value in expected.items()
        if found[name] != value
    ]


def _departures(
    of: str,
    version: int,
    stored: tuple[int, int, dict[str, Any]],
    read: ReadSession,
    cards: list[RateCard],
) -> list[Departure]:
    pay_minor, total_minor, record = stored
    try:
        terms = terms_of(cards, record["market"], record["currency"], whole(read.facts))
        statement = statement_of(read.facts, terms, Basis(record["basis"]))
        floor = floor_from(read.facts, cards, read.market, read.currency)
    except Refused as refused:
        return [Departure(of, version, "facts", refused.message, "facts to compute from")]
    found = [
        Departure(of, version, name, str(record.get(name)), str(value))
        for name, value in statement_record(statement).items()
        if record.get(name) != value
    ]
    columns = (("pay_minor", pay_minor, statement.pay_minor),
               ("total_minor", total_minor, statement.total_minor))  # fmt: skip
    found += [
        Departure(of, version, name, str(is_stored), str(expected))
        for name, is_stored, expected in columns
        if is_stored != expected
    ]
    if pay_minor < floor:
        found.append(Departure(of, version, "floor", str(pay_minor), f"at least {floor}"))
    return found
