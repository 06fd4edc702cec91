"""`alltid knowledge`: documents that are searched by words and by meaning."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alltid.cli.database import with_pool
from alltid.cli.terminal import USAGE, WORLD, print_json, stop_with

if TYPE_CHECKING:
    from alltid.assistant.search.library import Document, Hit

knowledge_app = typer.Typer(
    help="""\
Documents that are searched by their words and by what they mean, in collections.

  alltid knowledge add manuals/ --collection manuals
  alltid knowledge search "how do I reset it?" --collection manuals

The collection `help` is what the assistant answers from. docs/knowledge.md has the rest.
""",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
_Collection = Annotated[
    str, typer.Option("--collection", "-c", help="The set of documents.", show_default=True)
]
_HELP = "help"
_NAME_CHARACTERS = 100
_LINE_BYTES = 1024 * 1024
_EXCERPT = 200


@knowledge_app.command("add")
def add_command(
    paths: Annotated[list[Path], typer.Argument(help="Files, and folders of files.")],
    collection: _Collection = _HELP,
    language: Annotated[
        str | None, typer.Option(help="Language of all of them, like en or sv (found out).")
    ] = None,
    url_prefix: Annotated[
        str | None, typer.Option(help="Where they can be read, when they don't say themselves.")
    ] = None,
    words_only: Annotated[
        bool, typer.Option(help="Be found by words at once; the server reads the meaning later.")
    ] = False,
    skip_broken: Annotated[
        bool, typer.Option(help="Leave out files that can't be read, instead of stopping.")
    ] = False,
    as_json: _Json = False,
) -> None:
    """Add documents to a collection, or read again those that changed.

    Markdown, HTML, PDF, JSON lines (id, title, content), and a folder with a sitemap.xml and the
    saved pages it names. What is there already and has not changed costs nothing. When a file
    can't be read, nothing is added.

      alltid knowledge add manuals/ --collection manuals
      alltid knowledge add export.jsonl --collection bank --language en
    """
    _check_name(collection)
    documents, broken = _read(paths, language, url_prefix, collection)
    for sentence in broken:
        typer.echo(f"alltid: {sentence}", err=True)
    if broken and (not skip_broken or not documents):
        stop_with("Nothing was added.", USAGE)

    async def work(pool: Any) -> None:
        from alltid.assistant.search.embedding import read_unread
        from alltid.assistant.search.library import CollectionFull, Library

        began = time.perf_counter()
        try:
            added = await Library(pool).add(collection, documents)
        except CollectionFull as error:
            stop_with(str(error), USAGE)
        read = without = 0
        if not words_only:
            with _bar("Reading what they mean") as progress:
                read, without = await read_unread(pool, collection=collection, progress=progress)
        said = asdict(added) | {"read": read, "without_meaning": without}
        if as_json:
            seconds = round(time.perf_counter() - began, 2)
            print_json({"collection": collection} | said | {"seconds": seconds})
            return
        counts = ", ".join(f"{count} {what}" for what, count in asdict(added).items())
        typer.echo(f"{collection}: {counts}.")
        if without:
            typer.echo("Some are found by words alone: their language's encoder is missing.")

    with_pool(work)


@knowledge_app.command("search")
def search_command(
    query: Annotated[str | None, typer.Argument(help="Left out: one a line of input.")] = None,
    collection: _Collection = _HELP,
    limit: Annotated[int, typer.Option("--limit", "-k", min=1, max=1_000)] = 10,
    language: Annotated[str | None, typer.Option(help="Only documents in this language.")] = None,
    as_json: _Json = False,
) -> None:
    """Find the documents nearest to a query, best first.

    With --json a list of objects with id, score, title, url, date, language and passage. Without
    a query, each line of standard input is one, and one such list a line is written for it.

      alltid knowledge search "can I pay later?" --json -k 3
      alltid knowledge search --collection bank < questions.txt
    """
    _check_name(collection)

    async def work(pool: Any) -> None:
        from alltid.assistant.search.library import Library

        library = Library(pool)

        async def hits_of(text: str) -> list[Hit]:
            return await library.search(text, collection, limit=limit, language=language)

        if query is None:
            await _answer_lines(hits_of)
            return
        hits = await hits_of(query)
        if as_json:
            print_json([asdict(hit) for hit in hits])
            return
        for hit in hits:
            dated = f"  ({hit.date})" if hit.date else ""
            typer.echo(f"{hit.score:7.2f}  {hit.id}  {hit.title}{dated}")
            typer.echo(f"         {hit.passage[:_EXCERPT]}")
        if not hits:
            typer.echo(f"Nothing in {collection} is about that.")

    with_pool(work)


@knowledge_app.command("list")
def list_command(
    collection: Annotated[
        str | None, typer.Option("--collection", "-c", help="List its documents.")
    ] = None,
    as_json: _Json = False,
) -> None:
    """List the collections, or the documents of one.

    alltid knowledge list --collection manuals
    """

    async def work(pool: Any) -> None:
        from alltid.assistant.search.library import Library

        library = Library(pool)
        if collection is None:
            rows = await library.collections()
        else:
            rows, after = [], ("", "")
            while page := await library.documents(collection, after=after):
                rows += page
                after = (page[-1]["id"], page[-1]["language"])
        if as_json:
            print_json(rows)
            return
        for row in rows:
            typer.echo("  ".join(str(value) for value in row.values() if value not in {None, ""}))

    with_pool(work)


@knowledge_app.command("remove")
def remove_command(
    document: Annotated[str | None, typer.Argument(help="The id of a document.")] = None,
    collection: _Collection = _HELP,
    everything: Annotated[bool, typer.Option("--all", help="All that was added to it.")] = False,
    as_json: _Json = False,
) -> None:
    """Remove a document from a collection, or with --all everything that was added to it.

    alltid knowledge remove old-manual --collection manuals
    alltid knowledge remove --all --collection manuals
    """
    if (document is None) == (not everything):
        stop_with("Name a document, or say --all.", USAGE)

    async def work(pool: Any) -> None:
        from alltid.assistant.search.library import Library

        gone = await Library(pool).remove(collection, document)
        if not gone and document is not None:
            stop_with(f"{collection} has no added document {document}.", WORLD)
        if as_json:
            print_json({"collection": collection, "removed": gone})
        else:
            typer.echo(f"{collection}: {gone} removed.")

    with_pool(work)


async def _answer_lines(hits_of: Callable[[str], Any]) -> None:
    try:
        while line := await asyncio.to_thread(sys.stdin.buffer.readline, _LINE_BYTES):
            hits = await hits_of(line.decode("utf-8", "replace").strip())
            sys.stdout.write(json.dumps([asdict(hit) for hit in hits], ensure_ascii=False) + "\n")
            sys.stdout.flush()
    except BrokenPipeError:
        sys.stderr.close()  # the reader has seen enough


def _read(
    paths: Sequence[Path], language: str | None, url_prefix: str | None, collection: str
) -> tuple[list[Document], list[str]]:
    from dataclasses import replace

    from alltid.assistant.search.files import FileRefused, Read, find_files, read_file
    from alltid.assistant.search.languages import in_languages

    try:
        files = find_files(paths).files
    except FileRefused as error:
        stop_with(str(error), USAGE)
    found: list[Read] = []
    broken: list[str] = []
    with _bar("Reading files") as progress:
        for number, (file, root) in enumerate(files, 1):
            try:
                found += list(read_file(file, root))
            except FileRefused as error:
                broken.append(str(error))
            progress(number, len(files))
    documents = in_languages(found, language)
    if url_prefix is None and collection == _HELP:
        url_prefix = "/help/{language}"
    if url_prefix is not None:
        documents = [
            each
            if each.url
            else replace(
                each, url=f"{url_prefix.rstrip('/').format(language=each.language)}/{each.id}"
            )
            for each in documents
        ]
    return _unlike(documents, broken), broken


def _unlike(documents: Sequence[Document], broken: list[str]) -> list[Document]:
    seen: dict[tuple[str, str], Document] = {}
    for each in documents:
        before = seen.setdefault((each.id, each.language), each)
        if before is not each:
            broken.append(f"{each.source}: the id {each.id} is also that of {before.source}.")
    return list(seen.values())


def _check_name(collection: str) -> None:
    if not collection.strip() or len(collection) > _NAME_CHARACTERS or "\0" in collection:
        stop_with(f"A collection's name has 1 to {_NAME_CHARACTERS} characters.", USAGE)


@contextmanager
def _bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show how far long work is, on a terminal and nowhere else."""
    if not sys.stderr.isatty():
        yield lambda _done, _of: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)

        def show(done: int, of: int) -> None:
            progress.update(task, completed=done, total=max(of, done))

        yield show
