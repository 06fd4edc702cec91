"""Help articles as files: Markdown with a head of `title`, `summary`, `keywords` and `date`.

A folder holds one folder a language, and in it one file an article, named after its slug;
the same slug in two languages is the same article.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from markdown_it import MarkdownIt
from psycopg_pool import AsyncConnectionPool

from alltid.assistant.search.passage_rows import Text, put_passages
from alltid.assistant.search.passages import sections_of
from alltid.assistant.search.stemming import text_search_config
from alltid.assistant.search.stored_vectors import Vectors
from alltid.storage.queries import load_queries

SQL: Final = load_queries("alltid.assistant", "knowledge.sql")

HELP: Final = "help"
"""The collection that the assistant answers from."""
ARTICLES_MAX: Final = 5_000
ARTICLE_BYTES_MAX: Final = 65_536
_HEAD: Final = re.compile(r"---\n(.*?)\n---\n(.*)", re.DOTALL)
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_FIELDS: Final = frozenset({"title", "summary", "keywords", "url", "date"})
# Articles are the company's, yet they are rendered as if a stranger had written them.
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False, "linkify": False})


class ArticleError(ValueError):
    """A file that can't be an article; the message names it and says what to mend."""


@dataclass(frozen=True, slots=True)
class Article:
    """A help article as it is written. `body` is Markdown; `dated` says when it was true."""

    language: str
    slug: str
    title: str
    summary: str
    keywords: str
    body: str
    url: str
    dated: date | None = None


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How many articles an import added, changed, removed and left as they were."""

    added: int
    changed: int
    removed: int
    unchanged: int


def render(body: str) -> str:
    """Return an article's Markdown as HTML; markup in the text comes out as text."""
    return str(_MARKDOWN.render(body))


def paragraphs_of(body: str) -> list[str]:
    """Return the text of each paragraph and list item, without markup."""
    texts = [
        "".join(
            " " if part.type in {"softbreak", "hardbreak"} else part.content
            for part in token.children or ()
        )
        for token in _MARKDOWN.parse(body)
        if token.type == "inline"
    ]
    return [text.strip() for text in texts if text.strip()]


def read_articles(folder: Traversable | Path, url_prefix: str) -> list[Article]:
    """Read all articles of a folder, in a fixed order.

    An article without a `url` of its own gets `<url_prefix>/<language>/<slug>`. Raises
    ArticleError for a file that can't be read, is too long or is no article.
    """
    articles = list(_articles(folder, url_prefix))
    if len(articles) > ARTICLES_MAX:
        raise ArticleError(f"{folder} has more than {ARTICLES_MAX} articles.")
    if not articles:
        raise ArticleError(f"{folder} has no articles: it needs files like en/refunds.md.")
    return articles


def parse_article(text: str, *, language: str, slug: str, url_prefix: str) -> Article:
    """Read one article's text. Raises ArticleError with a sentence that names the article."""
    name = f"{language}/{slug}.md"
    if _LANGUAGE.fullmatch(language) is None or _SLUG.fullmatch(slug) is None:
        raise ArticleError(f"{name}: name it like en/late-fees.md.")
    if "\x00" in text:
        raise ArticleError(f"{name} holds a NUL character.")
    found = _HEAD.fullmatch(text.replace("\r\n", "\n"))
    if found is None:
        raise ArticleError(f"{name} needs a head between two lines of ---.")
    fields: dict[str, str] = {}
    for line in found[1].splitlines():
        key, colon, value = line.partition(":")
        if not colon or key.strip() not in _FIELDS:
            raise ArticleError(f"{name}: the head takes {', '.join(sorted(_FIELDS))}.")
        fields[key.strip()] = value.strip()
    body = found[2].strip()
    if not fields.get("title") or not body:
        raise ArticleError(f"{name} needs a title and a text.")
    try:
        dated = date.fromisoformat(fields["date"]) if fields.get("date") else None
    except ValueError:
        raise ArticleError(f"{name}: the date is written like 2026-03-31.") from None
    return Article(
        language,
        slug,
        fields["title"],
        fields.get("summary", ""),
        fields.get("keywords", ""),
        body,
        fields.get("url") or f"{url_prefix}/{language}/{slug}",
        dated,
    )


async def import_articles(
    pool: AsyncConnectionPool[Any],
    articles: Sequence[Article],
    read_vectors: Callable[[], Vectors] = dict,
) -> ImportReport:
    """Make these the articles: new ones come, changed ones change, others go; all or nothing.

    What was added to the collection by other means stays. `read_vectors` may bring along what
    the encoders have read before; the rest is found by its words until it is read.
    """
    added = changed = 0
    async with pool.connection() as connection, connection.transaction():
        # One import at a time; a search meanwhile sees the articles as they were.
        await connection.execute(SQL["lock_revision"])
        there = await connection.execute(SQL["imported"], {"collection": HELP})
        known = {(language, slug): digest for language, slug, digest in await there.fetchall()}
        new = [each for each in articles if known.get(_key(each)) != digest_of(each)]
        vectors = read_vectors() if new else {}
        for article in new:
            row = await (
                await connection.execute(SQL["put_article"], _parameters(article))
            ).fetchone()
            if row is not None:
                added += row[1]
                changed += not row[1]
                text = Text(article.title, article.keywords, article.language)
                await put_passages(connection, row[0], text, sections_of(article.body), vectors)
        kept = {
            "collection": HELP,
            "languages": [article.language for article in articles],
            "slugs": [article.slug for article in articles],
        }
        removed = (await connection.execute(SQL["remove_others"], kept)).rowcount
        if added or changed or removed:
            await connection.execute(SQL["raise_revision"])
    return ImportReport(added, changed, removed, len(articles) - added - changed)


def digest_of(article: Article) -> bytes:
    """Return what tells a changed article from the same one read again."""
    return hashlib.sha256(repr(astuple(article)).encode("utf-8", "replace")).digest()


def _key(article: Article) -> tuple[str, str]:
    return article.language, article.slug


def _articles(folder: Traversable | Path, url_prefix: str) -> Iterator[Article]:
    languages = [entry for entry in folder.iterdir() if entry.is_dir()]
    for language in sorted(languages, key=lambda entry: entry.name):
        files = [entry for entry in language.iterdir() if entry.name.endswith(".md")]
        for file in sorted(files, key=lambda entry: entry.name):
            name = f"{language.name}/{file.name}"
            data = file.read_bytes()
            if len(data) > ARTICLE_BYTES_MAX:
                raise ArticleError(f"{name} is longer than {ARTICLE_BYTES_MAX} bytes.")
            try:
                text = data.decode()
            except UnicodeDecodeError:
                raise ArticleError(f"{name} is not UTF-8.") from None
            slug = file.name.removesuffix(".md")
            yield parse_article(text, language=language.name, slug=slug, url_prefix=url_prefix)


def _parameters(article: Article) -> dict[str, object]:
    paragraphs = paragraphs_of(article.body)
    return {
        "collection": HELP,
        "origin": "import",
        "source": "",
        "language": article.language,
        "slug": article.slug,
        "title": article.title,
        "summary": article.summary,
        "keywords": article.keywords,
        "body": article.body,
        "paragraphs": paragraphs,
        "text": "\n".join(paragraphs),
        "url": article.url,
        "dated": article.dated,
        "digest": digest_of(article),
        "config": text_search_config(article.language),
    }
