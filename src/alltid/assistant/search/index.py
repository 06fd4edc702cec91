"""A collection in one language, held in memory and asked there.

Up to PASSAGES_HELD passages all of it is held. Of a larger collection the database picks the
candidates for each question, by full text and by pgvector where it has that, and only those are
weighed, by the same ranking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from psycopg import AsyncConnection

from alltid.assistant.search.encoding import reader_name_for, unpacked
from alltid.assistant.search.ranking import Ranking, Words
from alltid.assistant.search.stored_vectors import WIDTH
from alltid.storage.queries import load_queries

SQL: Final = load_queries("alltid.assistant.search", "search.sql")
PASSAGES_HELD: Final = 20_000
_TITLE_WEIGHT: Final = "A"


@dataclass(frozen=True, slots=True)
class Document:
    """What is shown of a document. `id` is the one it was added with."""

    id: str
    language: str
    title: str
    url: str
    date: str | None


@dataclass(frozen=True, slots=True)
class Index:
    """Documents, the texts of their passages, and the ranking over both."""

    revision: int
    documents: Sequence[Document]
    texts: Sequence[str]
    ranking: Ranking


async def passages_in(
    connection: AsyncConnection[Any], collection: str, language: str
) -> tuple[int, int]:
    """Return the articles' revision, and how many passages a collection has in a language."""
    cursor = await connection.execute(
        SQL["state"], {"collection": collection, "language": language}
    )
    row = await cursor.fetchone()
    return (row[0], row[1]) if row is not None else (0, 0)


async def load(
    connection: AsyncConnection[Any],
    collection: str,
    language: str,
    revision: int,
    only: Sequence[int] | None = None,
) -> Index:
    """Read a collection, or `only` the documents with these keys, into memory."""
    which: Mapping[str, object] = {
        "collection": collection,
        "language": language,
        "only": list(only) if only is not None else None,
        "encoder": reader_name_for(language),
    }
    rows = await (await connection.execute(SQL["documents"], which)).fetchall()
    places = {row[0]: place for place, row in enumerate(rows)}
    documents = [
        Document(row[1], language, row[2], row[3], row[4].isoformat() if row[4] else None)
        for row in rows
    ]
    gists = np.zeros((len(rows), WIDTH), dtype=np.float32)
    texts: list[str] = []
    words: list[Words] = []
    vectors: list[Any] = []
    empty = np.zeros(WIDTH, dtype=np.float32)
    read = 0
    cursor = await connection.execute(SQL["passages"], which)
    async for article, place, text, lexemes, weights, vector in cursor:
        if article not in places:
            continue
        unpack = unpacked(vector) if vector is not None else empty
        read += vector is not None
        if place == 0:
            gists[places[article]] = unpack
            continue
        texts.append(text)
        vectors.append(unpack)
        counts = {
            word: ((title := letters.count(_TITLE_WEIGHT)), len(letters) - title)
            for word, letters in zip(lexemes, weights, strict=True)
        }
        words.append(Words(places[article], counts))
    held = np.array(vectors, dtype=np.float32) if read else None
    ranking = Ranking(
        len(documents), words, reader_name_for(language), held, gists if read else None
    )
    return Index(revision, documents, texts, ranking)
