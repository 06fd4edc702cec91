"""What leaves the books: entries of a closed month as CSV, JSON lines or SIE vouchers."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

import orjson
import psycopg

from alltid.kernel.money import decimals_of, written
from alltid.kernel.refusal import Refused
from alltid.pay.ledger import transfer_from
from alltid.pay.ledger_store import QUERIES as LEDGER
from alltid.pay.sie import SieHead, Voucher, sie_head, sie_voucher
from alltid.storage.queries import load_queries

QUERIES: Final = load_queries("alltid.pay", "export.sql")
COLUMNS: Final = (
    *("position", "key", "kind", "booked_on", "recorded_at", "account", "book_number"),
    *("amount", "currency", "memo", "basis"),
)
_PORTION: Final = 5_000
_LAST_MONTH: Final = 12
# What a spreadsheet would take for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Entry:
    """A transfer that moved something, with its lines in one currency."""

    position: int
    key: str
    kind: str
    booked_on: date
    recorded_at: datetime
    facts: str
    codes: list[str]
    book_numbers: list[int]
    minors: list[int]
    reversed_facts: str | None

    def basis(self, otherwise: str) -> str:
        """Return what the amounts are: as its agent's statement says, where it is one's."""
        evidence = transfer_from(self.reversed_facts or self.facts).evidence
        statement = evidence.get("statement")
        return str(statement["basis"]) if isinstance(statement, dict) else otherwise


async def entries(
    connection: psycopg.AsyncConnection[Any], month: date, currency: str
) -> AsyncIterator[Entry]:
    """Yield the entries of a month in the order they were recorded; Refused while it is open."""
    await check_closed(connection, month, currency)
    first = month.replace(day=1)
    after = next_month(first)
    position = 0
    while True:
        parameters = {
            "currency": currency,
            "first": first,
            "after": after,
            "position": position,
            "most": _PORTION,
        }
        rows = await connection.execute(QUERIES["entries"], parameters)
        found = [Entry(*each) for each in await rows.fetchall()]
        for entry in found:
            yield entry
        if len(found) < _PORTION:
            return
        position = found[-1].position


async def check_closed(
    connection: psycopg.AsyncConnection[Any], month: date, currency: str
) -> None:
    """Refuse a month that is open, and a currency that is none."""
    decimals_of(currency)
    row = await (await connection.execute(LEDGER["closed_before"])).fetchone()
    if row is None or row[0] is None or row[0] < next_month(month.replace(day=1)):
        raise Refused("period_open", f"{month:%Y-%m} is open: close it first, then export it.")


async def as_csv(
    connection: psycopg.AsyncConnection[Any], month: date, currency: str, basis: str
) -> AsyncIterator[bytes]:
    """Yield a CSV file (UTF-8, a head, one row a line of an entry)."""
    await check_closed(connection, month, currency)
    yield _csv_row(COLUMNS)
    async for entry in entries(connection, month, currency):
        memo, amounts_are = transfer_from(entry.facts).memo, entry.basis(basis)
        for code, number, minor in zip(entry.codes, entry.book_numbers, entry.minors, strict=True):
            head = (entry.position, _safe(entry.key), entry.kind, entry.booked_on.isoformat())
            recorded = entry.recorded_at.astimezone(UTC).isoformat()
            amount = written(minor, currency)
            yield _csv_row(
                (*head, recorded, _safe(code), number, amount, currency, _safe(memo), amounts_are)
            )


async def as_json_lines(
    connection: psycopg.AsyncConnection[Any], month: date, currency: str, basis: str
) -> AsyncIterator[bytes]:
    """Yield one JSON object a line for each entry, with its facts as they were recorded."""
    async for entry in entries(connection, month, currency):
        lines = [
            {"account": code, "book_number": number, "minor": minor}
            for code, number, minor in zip(
                entry.codes, entry.book_numbers, entry.minors, strict=True
            )
        ]
        value = {
            "position": entry.position,
            "recorded_at": entry.recorded_at.astimezone(UTC).isoformat(),
            "currency": currency,
            "basis": entry.basis(basis),
            "lines": lines,
            "facts": orjson.Fragment(entry.facts),
        }
        yield orjson.dumps(value) + b"\n"


async def as_sie(
    connection: psycopg.AsyncConnection[Any], month: date, head: SieHead
) -> AsyncIterator[bytes]:
    """Yield a SIE file of type 4I with a voucher for each entry."""
    await check_closed(connection, month, head.currency)
    rows = await connection.execute(QUERIES["accounts"], {"currency": head.currency})
    accounts = {number: _name(code) for number, code in await rows.fetchall()}
    for line in sie_head(head, accounts):
        yield line
    async for entry in entries(connection, month, head.currency):
        text, basis = transfer_from(entry.facts).memo or entry.key, entry.basis(head.basis)
        voucher = Voucher(
            number=entry.position,
            booked_on=entry.booked_on,
            # The head names one basis; an entry of another says so itself.
            text=text if basis == head.basis else f"{text}, {basis}",
            rows=tuple(zip(entry.book_numbers, entry.minors, strict=True)),
            recorded_on=entry.recorded_at.astimezone(UTC).date(),
        )
        for line in sie_voucher(head, accounts, voucher):
            yield line


def month_of(text: str) -> date:
    """Read a month as `2026-03`; Refused for anything else."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Refused("bad_month", f"{text!r} is no month such as 2026-03.") from None


def next_month(first: date) -> date:
    """Return the first of the month after."""
    if first.month == _LAST_MONTH:
        return date(first.year + 1, 1, 1)
    return date(first.year, first.month + 1, 1)


def _name(code: str) -> str:
    """Name a book account after the kind of accounts that are booked on it."""
    owner, *parts = code.split("/")
    return f"{owner} {parts[1]}" if len(parts) > 1 else code


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _csv_row(values: Sequence[object]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(values)
    return out.getvalue().encode()
