"""The passages of a document as rows, cut again whenever the document changes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from psycopg import AsyncConnection

from alltid.assistant.search.passages import Section, passages_of
from alltid.assistant.search.stemming import text_search_config
from alltid.assistant.search.stored_vectors import Vectors
from alltid.storage.queries import load_queries

SQL: Final = load_queries("alltid.assistant", "knowledge.sql")
GIST_CHARACTERS: Final = 1_500


@dataclass(frozen=True, slots=True)
class Text:
    """What all passages of a document share."""

    title: str
    keywords: str
    language: str


def read_as(title: str, heading: str, text: str) -> str:
    """Return what an encoder reads of a passage: where it stands says half of what it means."""
    return ". ".join(part for part in (title, heading, text) if part)


def gist_of(sections: Sequence[Section]) -> str:
    """Return the beginning of a document, headings included: what it is about as a whole."""
    parts: list[str] = []
    length = 0
    for section in sections:
        for part in (section.heading, *section.paragraphs):
            parts.append(part)
            length += len(part) + 2
            if length > GIST_CHARACTERS:
                return ". ".join(filter(None, parts))[:GIST_CHARACTERS]
    return ". ".join(filter(None, parts))


async def put_passages(
    connection: AsyncConnection[Any],
    article_id: int,
    shared: Text,
    sections: Sequence[Section],
    vectors: Vectors | None = None,
) -> int:
    """Cut a document into its passages; those that read as before keep their vectors.

    `vectors` brings some along. Returns how many passages there are, the whole document counted
    as one.
    """
    cursor = await connection.execute(SQL["kept_vectors"], {"article_id": article_id})
    kept = dict(vectors or {})
    kept |= {row[0]: (row[1], row[2]) for row in await cursor.fetchall()}
    await connection.execute(SQL["remove_passages"], {"article_id": article_id})
    cut = [("", gist_of(sections))]
    cut += [(each.heading, each.text) for each in passages_of(sections)]
    rows = []
    for place, (heading, text) in enumerate(cut):
        read = f"{place == 0}\n{read_as(shared.title, heading, text)}"
        digest = hashlib.sha256(read.encode("utf-8", "replace")).digest()
        encoder, vector = kept.get(digest, (None, None))
        rows.append(
            {
                "article_id": article_id,
                "place": place,
                "heading": heading,
                "text": text,
                "digest": digest,
                "subject": f"{shared.title} {shared.keywords}",
                "config": text_search_config(shared.language),
                "encoder": encoder,
                "vector": vector,
            }
        )
    async with connection.cursor() as writing:
        await writing.executemany(SQL["put_passage"], rows)
    return len(rows)
