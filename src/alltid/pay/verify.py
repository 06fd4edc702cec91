"""Recomputes the books from their recorded facts and says what differs.

Everything is read in one snapshot, seal by seal, so that postings may go on meanwhile and the
memory needed does not grow with the journal.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg.rows import tuple_row

from alltid.pay.audit import Auditor, Difference, Held, Row
from alltid.pay.rate_card import card_from
from alltid.storage.queries import load_queries

QUERIES: Final = load_queries("alltid.pay", "verify.sql")
GUARDS: Final = frozenset(
    [
        *(
            f"{table}.append_only"
            for table in (
                *("ledger_accounts", "ledger_transfers", "ledger_lines", "ledger_seals"),
                *("ledger_balances", "ledger_closings", "pay_rate_cards"),
                *("pay_statements", "pay_additions"),
            )
        ),
        *("ledger_transfers.check_transfers", "ledger_lines.check_lines"),
        *("ledger_unsealed.check_whole", "ledger_closings.check_closing"),
    ]
)
"""The triggers without which the database would take anything."""

_PORTION: Final = 10_000
_SHOWN_MOST: Final = 1_000

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What verification went through and found; `head` is the chain's end, to be published."""

    transfers: int
    lines: int
    seals: int
    unsealed: int
    statements: int
    head: bytes
    differences: tuple[Difference, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing differs."""
        return not self.differences

    def as_json(self) -> dict[str, Any]:
        """Return the report for programs."""
        return {
            "ok": self.ok,
            "transfers": self.transfers,
            "lines": self.lines,
            "seals": self.seals,
            "unsealed": self.unsealed,
            "statements": self.statements,
            "head": self.head.hex(),
            "differences": [each.as_json() for each in self.differences],
        }


async def verify(
    connection: psycopg.AsyncConnection[Any],
    *,
    published: bytes | None = None,
    progress: Progress | None = None,
) -> Report:
    """Check everything that can be recomputed; `published` is a head that must be in the chain.

    `progress` is told how many transfers are done, and of how many. Stops looking further when
    a thousand places differ. Raises only when the database can't be
    read.
    """
    async with connection.transaction():
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return await _verify(connection, published, progress)


async def _verify(
    connection: psycopg.AsyncConnection[Any], published: bytes | None, progress: Progress | None
) -> Report:
    auditor = await _auditor(connection)
    transfers, lines, sealed = (await _all(connection, "counts"))[0]
    async for held in _seals(connection):
        rows = await _rows(connection, held.positions)
        auditor.seal(held, rows)
        auditor.snapshots(held.number, await _all(connection, "snapshots", seal=held.number))
        if progress is not None:
            progress(auditor.transfers, transfers)
        if len(auditor.differences) >= _SHOWN_MOST:
            break
    else:
        waiting = [position for (position,) in await _all(connection, "unsealed")]
        auditor.close_chain()
        for begin in range(0, len(waiting), _PORTION):
            for row in await _rows(connection, waiting[begin : begin + _PORTION]):
                auditor.transfer(row)
        if progress is not None:
            progress(auditor.transfers, transfers)
        if (auditor.transfers, sealed + len(waiting)) != (transfers, transfers):
            await _find_outside(connection, auditor)
        if auditor.lines != lines:
            await _find_orphans(connection, auditor)
    await _check_guards(connection, auditor)
    if published is not None and published not in auditor.heads:
        auditor.differ("the published head is not in the chain", "head", "", published.hex())
    found = tuple(auditor.differences[:_SHOWN_MOST])
    return Report(
        transfers=auditor.transfers,
        lines=auditor.lines,
        seals=auditor.number,
        unsealed=transfers - sealed,
        statements=auditor.statements,
        head=auditor.head,
        differences=found,
    )


async def _auditor(connection: psycopg.AsyncConnection[Any]) -> Auditor:
    accounts = await _all(connection, "accounts")
    cards = await connection.execute("SELECT card FROM pay_rate_cards")
    return Auditor(
        accounts={number: tuple(definition) for number, *definition in accounts},
        cards=[card_from(card) for (card,) in await cards.fetchall()],
        closings=dict(await _all(connection, "closings")),
    )


async def _seals(connection: psycopg.AsyncConnection[Any]) -> AsyncIterator[Held]:
    after = 0
    while found := await _all(connection, "seals", after=after):
        held = Held(*found[0])
        yield held
        after = held.number


async def _rows(connection: psycopg.AsyncConnection[Any], positions: list[int]) -> list[Row]:
    return [Row(*each) for each in await _all(connection, "rows", positions=positions)]


async def _all(
    connection: psycopg.AsyncConnection[Any], query: str, **parameters: object
) -> list[Any]:
    async with connection.cursor(row_factory=tuple_row, binary=True) as cursor:
        await cursor.execute(QUERIES[query], parameters or None)
        return await cursor.fetchall()


async def _find_outside(connection: psycopg.AsyncConnection[Any], auditor: Auditor) -> None:
    before = len(auditor.differences)
    for (position,) in await _all(connection, "outside"):
        what = "it is neither sealed nor waiting to be"
        auditor.differ(what, "position", position, "in a seal", transfer=position)
    if len(auditor.differences) == before:
        auditor.differ("a transfer is sealed twice or missing", "positions", "", "each once")


async def _find_orphans(connection: psycopg.AsyncConnection[Any], auditor: Auditor) -> None:
    for transfer, line in await _all(connection, "orphans"):
        what = "the line belongs to no transfer"
        auditor.differ(what, "transfer", transfer, "a transfer", transfer=transfer, line=line)


async def _check_guards(connection: psycopg.AsyncConnection[Any], auditor: Auditor) -> None:
    enabled = {name for name, on in await _all(connection, "guards") if on}
    for name in sorted(GUARDS - enabled):
        auditor.differ("a guard of the database is off or gone", name, "off", "on")
