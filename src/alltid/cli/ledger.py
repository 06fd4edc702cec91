"""`alltid ledger`: verify, seal, close and export the books of pay."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from alltid.cli.database import with_pool
from alltid.cli.terminal import USAGE, WORLD, print_json, stop_with

ledger_app = typer.Typer(
    help="The books of pay: double entry, append-only, recomputable by anyone.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
_HEAD_BYTES = 32


class Format(StrEnum):
    """What the books can be exported as."""

    CSV = "csv"
    JSON_LINES = "jsonl"
    SIE = "sie"


@ledger_app.command("verify")
def verify_command(
    head: Annotated[
        str | None, typer.Option(help="A published head that must be in the chain.")
    ] = None,
    as_json: _Json = False,
) -> None:
    """Recompute the books from their recorded facts and say what differs.

    Balances, sums, the chain of seals, every booked statement with its floor, the guards of the
    database, and every statement once more from its session's own log. Postings may go on
    meanwhile. Exits with 1 when anything differs, and names the place: transfer, line and field.

      alltid ledger verify
      alltid ledger verify --head 9f2c...
    """
    published = _head(head)
    found: list[Any] = []
    recomputed: list[Any] = []

    async def work(pool: Any) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

        from alltid.insights.pay_audit import verify_statements
        from alltid.kernel.clock import SystemClock
        from alltid.pay.verify import verify

        console = Console(stderr=True)
        columns = ("Verifying", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console, transient=True, disable=as_json) as bar:
            task = bar.add_task("transfers", total=None)

            def progress(done: int, of: int) -> None:
                bar.update(task, completed=done, total=of)

            async with pool.connection() as connection:
                found.append(await verify(connection, published=published, progress=progress))
            bar.reset(task, description="statements", total=None)
            recomputed.append(await verify_statements(pool, SystemClock(), progress))

    with_pool(work)
    report, statements = found[0], recomputed[0]
    _print_report(report, statements, as_json=as_json)
    raise typer.Exit(0 if report.ok and not statements.departures else WORLD)


def _print_report(report: Any, statements: Any, *, as_json: bool) -> None:
    departures = statements.departures
    if as_json:
        value = report.as_json()
        value["ok"] = report.ok and not departures
        value["statements_recomputed"] = statements.statements
        value["differences"] += [each.as_json() for each in departures]
        print_json(value)
    else:
        for difference in (*report.differences, *departures):
            typer.echo(str(difference))
        typer.echo(
            f"{report.transfers} transfers with {report.lines} lines, {report.seals} seals, "
            f"{report.unsealed} not sealed yet, {report.statements} statements: "
            + ("all as recorded." if report.ok else f"{len(report.differences)} differ.")
        )
        typer.echo(
            f"{statements.statements} statements recomputed from their sessions' log: "
            + ("all as booked." if not departures else f"{len(departures)} differ.")
        )
        typer.echo(f"head {report.head.hex()}")


@ledger_app.command("seal")
def seal_command(as_json: _Json = False) -> None:
    """Seal what was recorded and print the head of the chain, to be published.

    Whoever keeps the head can later tell with `alltid ledger verify --head` whether anything
    up to here was changed.
    """

    async def work(pool: Any) -> None:
        end = await _store(pool).seal()
        if as_json:
            print_json({"seal": end.number, "head": end.head.hex(), "sealed": end.transfers})
        else:
            typer.echo(
                f"{end.transfers} transfers sealed\nseal {end.number}\nhead {end.head.hex()}"
            )

    with_pool(work)


@ledger_app.command("close")
def close_command(
    month: Annotated[str, typer.Argument(help="The last month to close, as 2026-03.")],
    by: Annotated[str, typer.Option(help="Who closes it; kept with the closing.")],
) -> None:
    """Close a month, and all before it, for good: nothing can be booked in it any more.

    alltid ledger close 2026-03 --by sara@example.com
    """

    async def work(pool: Any) -> None:
        from alltid.pay.export import month_of, next_month

        end = await _store(pool).close(next_month(month_of(month)), by)
        typer.echo(f"{month} is closed.\nseal {end.number}\nhead {end.head.hex()}")

    with_pool(work)


@ledger_app.command("export")
def export_command(
    month: Annotated[str, typer.Option(help="A closed month, as 2026-03.")],
    currency: Annotated[str, typer.Option(help="The currency of the entries.")] = "SEK",
    as_format: Annotated[
        Format, typer.Option("--format", help="csv, jsonl or sie (type 4I).")
    ] = Format.CSV,
    basis: Annotated[
        str, typer.Option(help="What the amounts are; every file says it.")
    ] = "invoice amount excluding VAT",
    company: Annotated[str, typer.Option(help="The company's name, for SIE.")] = "",
    out: Annotated[Path | None, typer.Option(help="A file, instead of standard output.")] = None,
) -> None:
    """Write the entries of a closed month, for the bookkeeper.

    alltid ledger export --month 2026-03 --format sie --company Klarsund --out march.si
    alltid ledger export --month 2026-03 > march.csv
    """
    if as_format is Format.SIE and not company:
        stop_with("a SIE file names the company: give --company.", USAGE)

    async def work(pool: Any) -> None:
        async with pool.connection() as connection:
            lines = _lines(connection, as_format, month, currency, basis, company)
            if out is None:
                async for line in lines:
                    sys.stdout.buffer.write(line)
                sys.stdout.buffer.flush()
                return
            # Under its own name only when it is whole.
            unfinished = out.with_name(f"{out.name}.part")
            try:
                with unfinished.open("wb") as file:
                    async for line in lines:
                        file.write(line)
                unfinished.replace(out)
            finally:
                unfinished.unlink(missing_ok=True)

    with_pool(work)


def _lines(
    connection: Any, as_format: Format, month: str, currency: str, basis: str, company: str
) -> AsyncIterator[bytes]:
    from alltid import __version__
    from alltid.kernel.clock import SystemClock
    from alltid.pay.export import as_csv, as_json_lines, as_sie, month_of
    from alltid.pay.sie import SieHead

    first = month_of(month)
    if as_format is Format.CSV:
        return as_csv(connection, first, currency, basis)
    if as_format is Format.JSON_LINES:
        return as_json_lines(connection, first, currency, basis)
    head = SieHead(company, __version__, SystemClock().now().date(), currency, basis)
    return as_sie(connection, first, head)


def _store(pool: Any) -> Any:
    from alltid.kernel.clock import SystemClock
    from alltid.pay.ledger_store import LedgerStore

    return LedgerStore(pool, SystemClock())


def _head(text: str | None) -> bytes | None:
    if text is None:
        return None
    try:
        head = bytes.fromhex(text)
    except ValueError:
        head = b""
    if len(head) != _HEAD_BYTES:
        stop_with("a head has 64 hexadecimal digits.", USAGE)
    return head
