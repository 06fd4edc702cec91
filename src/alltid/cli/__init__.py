"""The command line: `alltid up`, `serve`, `understand`, `migrate`, `doctor`, `agents` and more.

Exit codes: 0 done (also after Ctrl-C, when everything was stopped cleanly), 1 the world is
not as it must be (a taken port, a database that does not answer), 2 wrong usage or settings.
Modules are imported inside the commands, so that `alltid understand` and --help start quickly.
"""

from __future__ import annotations

import gc
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from alltid.cli.agents import agents_app
from alltid.cli.articles import articles_app
from alltid.cli.evaluate import evaluate_command
from alltid.cli.intents import intents_app
from alltid.cli.knowledge import knowledge_app
from alltid.cli.ledger import ledger_app
from alltid.cli.lender import lender_app
from alltid.cli.playbooks import playbooks_app
from alltid.cli.terminal import plain_errors, print_json

_HELP = """\
Alltid: an assistant answers first, and a human is always one sentence away.

  alltid up                        try it: example company, database included
  alltid serve                     run it for your company (see docs/configuration.md)
  alltid agents add sara@example.com --name Sara --language sv
  alltid articles import help/     what the assistant answers from
  alltid knowledge add manuals/    documents beside them, searched by words and meaning
  alltid intents train FILE.csv --out DIR   a classifier from your own examples
  alltid playbooks check playbooks/         your procedures: every problem, with its line
  alltid evaluate                  hold a suite of conversations, and compare with before
  alltid ledger verify             recompute the books of pay, to the last öre
  alltid doctor                    is everything as it must be?
  echo "I want a human" | alltid understand

Exit codes: 0 done, 1 something around it is not right, 2 wrong usage or settings.
"""

app = typer.Typer(
    help=_HELP,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("evaluate")(evaluate_command)
app.add_typer(agents_app, name="agents")
app.add_typer(articles_app, name="articles")
app.add_typer(intents_app, name="intents")
app.add_typer(knowledge_app, name="knowledge")
app.add_typer(ledger_app, name="ledger")
app.add_typer(lender_app, name="lender")
app.add_typer(playbooks_app, name="playbooks")

_Host = Annotated[str | None, typer.Option(help="Address to serve on (127.0.0.1).")]
_Port = Annotated[int | None, typer.Option(help="Port to serve on (8000).")]
_DataDir = Annotated[Path | None, typer.Option(help="Where data is kept (./.alltid).")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def main() -> None:
    """Run the command line; the `alltid` script calls this."""
    app(prog_name="alltid")


@app.command()
def up(host: _Host = None, port: _Port = None, data_dir: _DataDir = None) -> None:
    """Run Alltid with its example company, to try it and to develop it.

    Everything is included: PostgreSQL, an example lender with its help articles, one-click
    sign-ins. Ctrl-C stops it; the data stays in ./.alltid for the next time. Not for
    production: the one-click sign-ins let anybody in.

      alltid up --port 9000
      DATABASE_URL=postgresql://me@db/alltid alltid up
    """
    gc.disable()  # until it serves: what is loaded stays
    from alltid.cli.serving import load_with, run_desk

    with plain_errors():
        settings = load_with(demo=True, host=host, port=port, data_dir=data_dir)
        if "company_name" not in settings.model_fields_set:
            settings = settings.model_copy(update={"company_name": "Klarsund"})
        run_desk(settings)


@app.command()
def serve(host: _Host = None, port: _Port = None, data_dir: _DataDir = None) -> None:
    """Run Alltid for your company: the same server, without the example and its sign-ins.

    Needs a secret key in ALLTID_SECRET_KEY or the settings file. Put a proxy with TLS in
    front of it and name its address in ALLTID_PUBLIC_URL.

      export ALLTID_SECRET_KEY=$(alltid new-secret)   # once; keep it
      alltid serve --host 0.0.0.0
    """
    gc.disable()  # until it serves: what is loaded stays
    from alltid.cli.serving import load_with, run_desk
    from alltid.settings import SettingsError

    with plain_errors():
        settings = load_with(host=host, port=port, data_dir=data_dir)
        if settings.secret_key is None:
            raise SettingsError(
                "alltid serve needs a secret key that stays the same: make one with "
                "`alltid new-secret` and set it as ALLTID_SECRET_KEY."
            )
        run_desk(settings)


@app.command()
def understand(
    today: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day that 'next friday' is reckoned from (today)."),
    ] = None,
    model: Annotated[
        Path | None, typer.Option("--model", help="Intents of a model of `alltid intents train`.")
    ] = None,
    playbooks: Annotated[
        Path | None, typer.Option("--playbooks", help="Intents of a folder of playbooks.")
    ] = None,
    words_only: Annotated[
        bool, typer.Option("--words-only", help="Listed words alone: no encoder, no intents.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json/--text", help="JSON, or a short line for people.")
    ] = True,
) -> None:
    """Tell, for each line of standard input, what its writer wants, names and is about.

    Prints one JSON object a line with wants_human (a wish for a human), language, score,
    signals (distress, legal rights, fraud, threats), entities (amounts, dates, numbers,
    addresses) and intent (label, null for none of them, and the five most probable: by
    default of the example lender's playbooks). No server and no database is needed.

      echo "kan jag få prata med en människa" | alltid understand
      echo "where is my card" | alltid understand --model model/ --text
    """
    from alltid.assistant.understanding.lines import understand_lines
    from alltid.cli.understand import in_words, listener_of
    from alltid.kernel.clock import SystemClock

    day = (today or SystemClock().now()).date()
    listener = None if words_only else listener_of(model, playbooks)
    told = understand_lines if as_json else in_words
    source = sys.stdin.buffer
    # Lines come in any bytes; what is no UTF-8 is read as well as it can be.
    lines = (line.decode("utf-8", "replace") for line in source)
    try:
        for line in told(lines, day, listener):
            sys.stdout.write(f"{line.rstrip()}\n")
            sys.stdout.flush()
    except BrokenPipeError:
        sys.stderr.close()  # the reader has seen enough


@app.command()
def migrate(data_dir: _DataDir = None, as_json: _Json = False) -> None:
    """Bring the database to this program's schema; `up` and `serve` do so by themselves.

    For operators whose server may not change the schema: run this as a user that may.
    """
    import asyncio

    from alltid.cli.serving import database_of, load_with
    from alltid.storage.migrations import migrate as apply

    with plain_errors(), database_of(load_with(data_dir=data_dir)) as database_url:
        names = asyncio.run(apply(database_url))
        if as_json:
            print_json({"applied": names})
        else:
            typer.echo("\n".join(names) if names else "The schema is current.")


@app.command()
def doctor(data_dir: _DataDir = None, as_json: _Json = False) -> None:
    """Check settings, data folder, disk, database, schema and port; say what to mend.

    Exits with 1 when something is wrong.
    """
    from alltid.cli.doctor import examine, show
    from alltid.cli.serving import load_with

    with plain_errors():
        findings = examine(load_with(data_dir=data_dir))
    if as_json:
        print_json({"ok": all(f.ok for f in findings), "checks": [f.as_json() for f in findings]})
    else:
        show(findings)
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)


@app.command()
def settings(as_json: _Json = False) -> None:
    """Print the settings in force, with secrets masked."""
    from alltid.settings import load_settings, masked

    with plain_errors():
        shown = masked(load_settings())
    if as_json:
        print_json(shown)
    else:
        width = max(map(len, shown))
        for name, value in shown.items():
            typer.echo(f"{name:<{width}}  {value}")


@app.command("new-secret")
def new_secret_command() -> None:
    """Print a new random secret, for ALLTID_SECRET_KEY or ALLTID_WEBHOOK_SECRET."""
    from alltid.settings import new_secret

    typer.echo(new_secret())


@app.command()
def openapi() -> None:
    """Print the OpenAPI description of the HTTP interface as JSON."""
    from alltid.desk import api_description

    description: dict[str, Any] = api_description()
    print_json(description)


@app.command()
def frames() -> None:
    """Print the JSON Schema of the frames that sockets exchange."""
    from alltid.web.frames import frames_schema

    print_json(frames_schema())
