"""Collections of documents: added to, listed, removed from, and searched."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any, Final

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from alltid.assistant.search.encoding import Array, Reader, reader_name_for, reader_named
from alltid.assistant.search.index import PASSAGES_HELD, SQL, Index, load, passages_in
from alltid.assistant.search.passage_rows import SQL as ROWS
from alltid.assistant.search.passage_rows import Text, put_passages
from alltid.assistant.search.passages import Section
from alltid.assistant.search.ranking import Asked, sentences_of, words_in
from alltid.assistant.search.stemming import text_search_config

DOCUMENTS_MAX: Final = 50_000
"""Of one collection."""
QUERY_CHARACTERS_MAX: Final = 20_000
LIMIT_MAX: Final = 1_000
_CANDIDATES: Final = 300
_INDEXES_HELD: Final = 8
_SIZES_HELD: Final = 1_000
# A tsvector may have 1 MiB; the passages, which ranking reads, have all of a longer text.
_SEARCHED_CHARACTERS: Final = 100_000


class CollectionFull(ValueError):  # noqa: N818  it says what happened
    """A collection would get more documents than DOCUMENTS_MAX."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it was read. `id` tells it from the others of its collection."""

    id: str
    language: str
    title: str
    sections: tuple[Section, ...]
    url: str = ""
    source: str = ""
    dated: date | None = None
    summary: str = ""
    keywords: str = ""
    # Markdown, for reading; the sections are what is searched.
    body: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that a query found. `score` has no unit, and is comparable within a collection."""

    id: str
    score: float
    title: str
    url: str
    date: str | None
    language: str
    passage: str


@dataclass(frozen=True, slots=True)
class Added:
    """How many documents were new, had changed, and were there already."""

    added: int
    changed: int
    unchanged: int


class Library:
    """The collections of one database. Indexes are remembered until documents change."""

    def __init__(self, pool: AsyncConnectionPool[Any], *, held: int = PASSAGES_HELD) -> None:
        """Read through `pool`; collections of more passages than `held` stay in the database."""
        self._pool = pool
        self._held = held
        self._indexes: dict[tuple[str, str], Index] = {}
        self._sizes: dict[tuple[str, str], tuple[int, int]] = {}
        self._loading = asyncio.Lock()

    async def add(self, collection: str, documents: Sequence[Document]) -> Added:
        """Add documents, or those that changed, all or nothing. Raises CollectionFull.

        They are found by their words at once, and by their meaning after `read_unread`.
        """
        added = changed = 0
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(ROWS["lock_revision"])
            known = await _digests(connection, collection, [each.id for each in documents])
            for document in documents:
                parameters = _row(collection, document)
                if known.get((document.id, document.language)) == parameters["digest"]:
                    continue
                row = await _one(connection, ROWS["put_article"], parameters)
                if row is not None:
                    added += row[1]
                    changed += not row[1]
                    text = Text(document.title, document.keywords, document.language)
                    await put_passages(connection, row[0], text, document.sections)
                # The same file as another language before: that was a wrong guess.
                other = {"collection": collection, "slug": document.id, "but": document.language}
                other["source"] = document.source
                await connection.execute(ROWS["remove_document"], other)
            count = await _one(connection, ROWS["documents_in"], {"collection": collection})
            if count[0] > DOCUMENTS_MAX:
                raise CollectionFull(
                    f"The collection {collection} would have {count[0]:,} documents, and "
                    f"{DOCUMENTS_MAX:,} is the most: add some to another collection."
                )
            if added or changed:
                await connection.execute(ROWS["raise_revision"])
        return Added(added, changed, len(documents) - added - changed)

    async def remove(self, collection: str, document: str | None = None) -> int:
        """Remove a document, or all that was added to a collection; return how many went."""
        name = "remove_collection" if document is None else "remove_document"
        which = {"collection": collection, "slug": document, "but": None, "source": None}
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(ROWS["lock_revision"])
            gone: int = (await connection.execute(ROWS[name], which)).rowcount
            if gone:
                await connection.execute(ROWS["raise_revision"])
        return gone

    async def collections(self) -> list[dict[str, Any]]:
        """Say of every collection and language how much there is, and how much has vectors."""
        names = ("collection", "language", "documents", "newest", "passages", "with_vectors")
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(ROWS["collections"])).fetchall()
        return [dict(zip(names, row, strict=True)) for row in rows]

    async def documents(
        self, collection: str, *, after: tuple[str, str] = ("", ""), limit: int = 100
    ) -> list[dict[str, Any]]:
        """Return a page of a collection's documents by id and language."""
        names = ("id", "language", "title", "url", "source", "date")
        which = {
            "collection": collection,
            "after": after[0],
            "after_language": after[1],
            "limit": min(limit, LIMIT_MAX),
        }
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(ROWS["documents"], which)).fetchall()
        return [dict(zip(names, row, strict=True)) for row in rows]

    async def search(
        self, query: str, collection: str, *, limit: int = 10, language: str | None = None
    ) -> list[Hit]:
        """Return the documents nearest to a query, best first; the same each time it is asked.

        Only the first QUERY_CHARACTERS_MAX characters are read. Without `language` all languages
        of the collection are asked.
        """
        text = query[:QUERY_CHARACTERS_MAX].replace("\0", " ").encode("utf-8", "replace").decode()
        limit = max(0, min(limit, LIMIT_MAX))
        if not text.strip() or not limit:
            return []
        sentences = sentences_of(text)
        hits: list[Hit] = []
        async with self._pool.connection() as connection:
            languages = [language] if language else await _languages(connection, collection)
            for each in languages:
                hits += await self._search(connection, collection, each, sentences, limit)
        hits.sort(key=lambda hit: (-hit.score, hit.id, hit.language))
        return hits[:limit]

    async def _search(
        self,
        connection: AsyncConnection[Any],
        collection: str,
        language: str,
        sentences: Sequence[str],
        limit: int,
    ) -> list[Hit]:
        asked = await _asked(connection, language, sentences)
        index = await self._index(connection, collection, language, asked)
        ordered = await asyncio.to_thread(index.ranking.order, asked, limit)
        return [
            Hit(
                document.id,
                round(score, 4),
                document.title,
                document.url,
                document.date,
                document.language,
                index.texts[passage] if passage >= 0 else "",
            )
            for place, score, passage in ordered
            for document in (index.documents[place],)
        ]

    async def _index(
        self,
        connection: AsyncConnection[Any],
        collection: str,
        language: str,
        asked: Sequence[Asked],
    ) -> Index:
        async with self._loading:
            revision, passages = await self._size(connection, collection, language)
            if passages > self._held:
                keys = await _candidates(connection, collection, language, asked)
                return await load(connection, collection, language, revision, keys)
            kept = self._indexes.pop((collection, language), None)
            if kept is None or kept.revision != revision:
                kept = await load(connection, collection, language, revision)
            self._indexes[collection, language] = kept
            if len(self._indexes) > _INDEXES_HELD:
                self._indexes.pop(next(iter(self._indexes)))
            return kept

    async def _size(
        self, connection: AsyncConnection[Any], collection: str, language: str
    ) -> tuple[int, int]:
        """Return the articles' revision and the number of passages, counted once a revision."""
        row = await _one(connection, SQL["revision"], {})
        kept = self._sizes.get((collection, language))
        if kept is None or kept[0] != row[0]:
            if len(self._sizes) >= _SIZES_HELD:
                self._sizes.clear()
            kept = await passages_in(connection, collection, language)
            self._sizes[collection, language] = kept
        return kept


async def _asked(
    connection: AsyncConnection[Any], language: str, sentences: Sequence[str]
) -> list[Asked]:
    asked = {"config": text_search_config(language), "texts": list(sentences)}
    rows = await (await connection.execute(SQL["lexemes"], asked)).fetchall()
    reader = await asyncio.to_thread(reader_named, reader_name_for(language))
    vectors: list[Array | None] = [None] * len(rows)
    if reader is not None:
        vectors = await asyncio.to_thread(_vectors, reader, sentences)
    return [
        Asked(dict(zip(words, counts, strict=True)), vector, words_in(sentence))
        for (words, counts), vector, sentence in zip(rows, vectors, sentences, strict=True)
    ]


def _vectors(reader: Reader, sentences: Sequence[str]) -> list[Array | None]:
    return [reader.question(each) for each in sentences]


async def _candidates(
    connection: AsyncConnection[Any], collection: str, language: str, asked: Sequence[Asked]
) -> list[int]:
    """Let the database pick: by words, and by each sentence's meaning where it has pgvector."""
    words = sorted({word for each in asked for word in each.words})
    which: dict[str, object] = {
        "collection": collection,
        "language": language,
        "encoder": reader_name_for(language),
        "words": words,
        "limit": _CANDIDATES,
    }
    rows = await (await connection.execute(SQL["candidates_by_words"], which)).fetchall()
    keys = {row[0] for row in rows}
    has = await _one(connection, SQL["has_pgvector"], {})
    vectors = [each.vector for each in asked if each.vector is not None]
    if has[0] and vectors:
        which["limit"] = max(20, _CANDIDATES // len(vectors))
        async with connection.transaction():
            # Other collections' passages are passed over, however many of them are nearer.
            await connection.execute("SET LOCAL hnsw.iterative_scan = relaxed_order")
            for vector in vectors:
                near = which | {"vector": str(vector.tolist())}
                rows = await (await connection.execute(SQL["nearest"], near)).fetchall()
                keys |= {row[0] for row in rows}
    return sorted(keys)


async def _languages(connection: AsyncConnection[Any], collection: str) -> list[str]:
    rows = await (await connection.execute(SQL["languages"], {"collection": collection})).fetchall()
    return [row[0] for row in rows]


async def _digests(
    connection: AsyncConnection[Any], collection: str, ids: Sequence[str]
) -> Mapping[tuple[str, str], bytes | None]:
    asked = {"collection": collection, "slugs": list(ids)}
    rows = await (await connection.execute(ROWS["digests"], asked)).fetchall()
    return {(row[0], row[1]): row[2] for row in rows}


async def _one(
    connection: AsyncConnection[Any], query: Any, parameters: Mapping[str, object]
) -> Any:
    return await (await connection.execute(query, parameters)).fetchone()


def _row(collection: str, document: Document) -> dict[str, object]:
    paragraphs = [text for section in document.sections for text in section.paragraphs]
    return {
        "collection": collection,
        "origin": "added",
        "source": document.source,
        "language": document.language,
        "slug": document.id,
        "title": document.title,
        "summary": document.summary,
        "keywords": document.keywords,
        "body": document.body,
        "paragraphs": paragraphs,
        "text": "\n".join(paragraphs)[:_SEARCHED_CHARACTERS],
        "url": document.url,
        "dated": document.dated,
        "digest": hashlib.sha256(repr(astuple(document)).encode("utf-8", "replace")).digest(),
        "config": text_search_config(document.language),
    }
