"""`alltid evaluate`: hold a suite's conversations with the assistant, and compare with before."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alltid.cli.terminal import USAGE, WORLD, plain_errors, print_json, stop_with

if TYPE_CHECKING:
    from alltid.assistant.evaluation.baseline import Comparison
    from alltid.assistant.evaluation.findings import Judged
    from alltid.assistant.evaluation.reading import Suite
    from alltid.assistant.evaluation.target import Target

LENDER = "alltid.examples.lender.evaluation.lender_target:lender_target"
LENDER_SUITE = Path(__file__).resolve().parents[1] / "examples" / "lender" / "evaluation"
EMBEDDED = "embedded"
_TAGS_SHOWN = 40
_LISTED_MAX = 30


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was asked for on the command line."""

    suite: Path
    baseline: Path
    update: bool
    html: Path | None
    as_json: bool
    model: bool
    jobs: int
    only: tuple[str, ...]
    target: str


def evaluate_command(  # noqa: PLR0913  one option each
    suite: Annotated[
        Path | None,
        typer.Argument(help="A file or folder of conversations (the example lender's)."),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write a report to this file.")] = None,
    baseline: Annotated[
        Path | None, typer.Option(help="Compare with this file (SUITE/baseline.json).")
    ] = None,
    update_baseline: Annotated[
        bool, typer.Option("--update-baseline", help="Store what this run came to.")
    ] = False,
    model: Annotated[
        bool, typer.Option("--model", help="Understand with the model that the settings name.")
    ] = False,
    jobs: Annotated[int, typer.Option(min=1, max=16, help="Conversations at once.")] = 2,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Only these ids, tags, languages or customers; may be repeated."),
    ] = None,
    target: Annotated[
        str, typer.Option(help="module:function that gives your own assistant to talk to.")
    ] = LENDER,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of a suite's file, and end.")
    ] = False,
) -> None:
    """Hold a suite's conversations with the assistant and judge what they came to.

    Each is resolved, handed over rightly, handed over needlessly, wrong or unsafe. The judge
    looks at what was written and at the company's books, not at what the assistant believes.
    Ends with 1 when a conversation is worse than in the baseline, or a new one is unsafe.

      alltid evaluate
      alltid evaluate suites/ --html report.html --jobs 4
      alltid evaluate --only sv --only confirmation
      alltid evaluate --update-baseline
    """
    if schema:
        from alltid.assistant.evaluation.suite import suite_schema

        print_json(suite_schema())
        return
    where = suite or LENDER_SUITE
    beside = where / "baseline.json" if where.is_dir() else where.with_suffix(".baseline.json")
    wanted = _Wanted(
        where, baseline or beside, update_baseline, html, as_json, model, jobs,
        tuple(only or ()), target,
    )  # fmt: skip
    with plain_errors():
        worse = _evaluate(wanted)
    raise typer.Exit(WORLD if worse else 0)


def _evaluate(wanted: _Wanted) -> bool:
    from alltid.assistant.evaluation.baseline import (
        BaselineRefused,
        compare,
        read_baseline,
        write_baseline,
    )
    from alltid.assistant.evaluation.reading import SuiteRefused, chosen, read_suite
    from alltid.kernel.clock import SystemClock

    try:
        suite = chosen(read_suite(wanted.suite), wanted.only)
        before = read_baseline(wanted.baseline)
    except (SuiteRefused, BaselineRefused) as error:
        stop_with(str(error), USAGE)
    _log_aside()
    factory = _factory(wanted.target)
    way, clock = EMBEDDED, SystemClock()
    began = clock.now()
    with _progress(len(suite.conversations)) as told:
        way, judged = asyncio.run(_run(factory, wanted, suite, told))
    seconds = (clock.now() - began).total_seconds()
    whole = not wanted.only
    compared = compare(before.get(way, {}), judged, whole=whole)
    if wanted.html is not None:
        from alltid.assistant.evaluation.report import Run, html_report

        run = Run(suite.name, way, began, seconds)
        try:
            wanted.html.write_text(html_report(run, judged, compared), encoding="utf-8")
        except OSError as error:
            stop_with(f"{wanted.html} can't be written: {error.strerror}.", WORLD)
    if wanted.as_json:
        _print_json(judged, compared, way, seconds)
    else:
        _print(judged, compared, way, seconds, known=way in before)
    if wanted.update:
        try:
            write_baseline(wanted.baseline, way, judged, whole=whole)
        except BaselineRefused as error:
            stop_with(str(error), WORLD)
        typer.echo(f"Stored in {wanted.baseline}.", err=True)
        return False
    return bool(compared.worse)


async def _run(
    factory: Callable[..., AbstractAsyncContextManager[tuple[str, Target]]],
    wanted: _Wanted,
    suite: Suite,
    told: Callable[[Judged], None],
) -> tuple[str, list[Judged]]:
    from alltid.assistant.evaluation.runner import run_suite

    async with factory(model=wanted.model) as (way, target):
        judged = await run_suite(target, suite.conversations, jobs=wanted.jobs, on_judged=told)
    return way, judged


def _log_aside() -> None:
    """Keep what parts of the assistant log out of the results, which may be JSON."""
    import structlog

    # Asked anew for each line, so that whoever takes the stream's place has it.
    structlog.configure(logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr))


def _factory(name: str) -> Callable[..., AbstractAsyncContextManager[tuple[str, Target]]]:
    module, _, function = name.partition(":")
    try:
        found: Any = getattr(importlib.import_module(module), function or "target")
    except (ImportError, AttributeError, ValueError) as error:
        stop_with(f"--target {name} can't be loaded: {error}.", USAGE)
    return found  # type: ignore[no-any-return]


def _print_json(judged: list[Judged], compared: Comparison, way: str, seconds: float) -> None:
    from alltid.assistant.evaluation.summary import as_json

    worse = [{"id": each.id, "before": each.before, "now": each.now} for each in compared.worse]
    head = {"way": way, "seconds": round(seconds, 2), "worse": worse,
            "better": [each.id for each in compared.better],
            "missing": list(compared.missing)}  # fmt: skip
    print_json(head | as_json(judged))


def _print(
    judged: list[Judged], compared: Comparison, way: str, seconds: float, *, known: bool
) -> None:
    from rich.console import Console

    from alltid.assistant.evaluation.findings import Class
    from alltid.assistant.evaluation.report import NAMES
    from alltid.assistant.evaluation.summary import by_language, by_tag, misses, row_of

    console = Console(highlight=False)
    total = row_of("all", judged)
    console.print(_table("language", [*by_language(judged), total]))
    console.print(_table("about", by_tag(judged)[:_TAGS_SHOWN]))
    for kind, count in misses(judged):
        console.print(f"  {count:4} x {kind.replace('_', ' ')}", markup=False)
    bad = [each for each in judged if each.became in {Class.WRONG, Class.UNSAFE}]
    bad.sort(key=lambda each: (each.became is not Class.UNSAFE, each.conversation.id))
    for each in bad[:_LISTED_MAX]:
        why = each.findings[0] if each.findings else None
        turn = f" (turn {why.turn})" if why and why.turn else ""
        words = (
            f"{NAMES[each.became]:<7} {each.conversation.id:<26} {why.text if why else ''}{turn}"
        )
        console.print(words, markup=False)
    if len(bad) > _LISTED_MAX:
        console.print(f"... and {len(bad) - _LISTED_MAX} more; --html FILE has them all.")
    console.print(
        f"{total.good:.1%} of {total.conversations} went well, understood by {way}; "
        f"{total.turns} turns, {total.seconds_median * 1000:.0f} ms an answer (median), "
        f"{total.tokens} tokens, {seconds:.0f} s."
    )
    if not known:
        console.print("There is no baseline for this yet; --update-baseline stores one.")
        return
    for change in (*compared.worse, *compared.better):
        word = "worse" if change.worse else "better"
        before = NAMES[change.before] if change.before else "new"
        console.print(f"{word:<7} {change.id}: {before} -> {NAMES[change.now]}", markup=False)
    console.print(
        f"Against the baseline: {len(compared.worse)} worse, {len(compared.better)} better, "
        f"{len(compared.new)} new, {len(compared.missing)} no longer there."
    )


def _table(head: str, rows: list[Any]) -> Any:
    from rich.table import Table

    from alltid.assistant.evaluation.findings import Class

    table = Table(head, "all", *(each.value.replace("_", " ") for each in Class), "good")
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        counts = (str(row.classes[each] or "") for each in Class)
        table.add_row(row.name, str(row.conversations), *counts, f"{row.good:.0%}")
    return table


@contextmanager
def _progress(conversations: int) -> Iterator[Callable[[Judged], None]]:
    """Show how many are done, on a terminal only, and not among the results."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TimeElapsedColumn())  # fmt: skip
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not sys.stderr.isatty()) as bars:
        task = bars.add_task("conversations", total=conversations)

        def told(_judged: Judged) -> None:
            bars.advance(task)

        yield told
