"""`alltid playbooks`: check the company's procedures, and print their JSON Schema."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from alltid.cli.terminal import USAGE, WORLD, print_json, stop_with

playbooks_app = typer.Typer(
    help="""\
Check the company's procedures (YAML) before they are used.

  alltid playbooks check playbooks/ --languages en,sv
  alltid playbooks schema > playbook.schema.json

docs/playbooks.md describes the format.
""",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@playbooks_app.command("check")
def check_command(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders of .yaml files.")],
    languages: Annotated[
        str | None,
        typer.Option(help="Languages that must be complete, like en,sv (those of each title)."),
    ] = None,
) -> None:
    """Read playbooks as the server does, and name every problem with its file and line.

    What wordings claim by themselves (a figure, a date, a promise that comes from no value) is
    warned of. Ends with 0 when all are fine, 1 when one isn't, 2 for a path that isn't there.
    """
    from alltid.assistant.playbooks.literals import literals_of
    from alltid.assistant.playbooks.reading import UnreadablePlaybook, files_in, read_library

    for path in paths:
        if not path.exists():
            stop_with(f"There is no {path}.", USAGE)
    files = files_in(paths)
    if not files:
        stop_with("There is no .yaml file there.", USAGE)
    chosen = [part.strip() for part in languages.split(",")] if languages else None
    try:
        library = read_library(files, languages=chosen)
    except UnreadablePlaybook as error:
        for problem in error.problems:
            typer.echo(str(problem), err=True)
        raise typer.Exit(WORLD) from None
    for playbook in library.playbooks.values():
        typer.echo(
            f"{playbook.playbook} version {playbook.version}: "
            f"{len(playbook.steps)} steps, {', '.join(sorted(playbook.title))}"
        )
        for literal in literals_of(playbook):
            typer.echo(f"warning: {playbook.playbook}.{literal}", err=True)


@playbooks_app.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of a playbook, for editors that complete YAML."""
    from alltid.assistant.playbooks.playbook import json_schema

    print_json(json_schema())
