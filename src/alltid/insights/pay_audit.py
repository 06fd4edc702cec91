"""Recomputes every statement from the log, and holds it against what was booked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from psycopg_pool import AsyncConnectionPool

from alltid.insights.session_reader import QUERIES, ReadSession, read_sessions
from alltid.insights.settlement import floor_from
from alltid.kernel.clock import Clock
from alltid.kernel.refusal import Refused
from alltid.pay.rate_card import RateCard, terms_of
from alltid.pay.rate_cards import RateCards
from alltid.pay.session_facts import whole
from alltid.pay.statement import Basis, statement_of, statement_record

PORTION: Final = 500
SHOWN_MOST: Final = 1_000
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
        row = await (await connection.execute(QUERIES["statement_count"])).fetchone()
        total = row[0] if row else 0
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
    return StatementsReport(done, tuple(found[:SHOWN_MOST]))


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
