"""`alltid articles`: the help articles that the assistant answers from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from alltid.cli.database import with_pool
from alltid.cli.terminal import USAGE, print_json, stop_with

articles_app = typer.Typer(
    help="Help articles that the assistant answers from.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


@articles_app.command("import")
def import_command(
    folder: Annotated[Path, typer.Argument(help="A folder with files like en/refunds.md.")],
    url_prefix: Annotated[
        str, typer.Option(help="Where the articles can be read; sources link there.")
    ] = "/help",
    as_json: _Json = False,
) -> None:
    """Make the articles of a folder the assistant's: new ones come, others go, all or nothing.

    One folder a language, in it one Markdown file an article, named after its slug, with a
    head of title, summary and keywords. Running servers answer from them at once.

      alltid articles import help/
      alltid articles import help/ --url-prefix https://shop.example/help
    """
    from alltid.assistant.articles import ArticleError, import_articles, read_articles

    if not folder.is_dir():
        stop_with(f"{folder} is no folder.", USAGE)
    try:
        articles = read_articles(folder, url_prefix.rstrip("/"))
    except (ArticleError, OSError) as error:
        stop_with(str(error), USAGE)

    async def work(pool: Any) -> None:
        report = await import_articles(pool, articles)
        counts = {
            "added": report.added,
            "changed": report.changed,
            "removed": report.removed,
            "unchanged": report.unchanged,
        }
        if as_json:
            print_json(counts)
        else:
            typer.echo(", ".join(f"{count} {what}" for what, count in counts.items()))

    with_pool(work)
