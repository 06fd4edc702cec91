"""Gives passages their vectors, after they are there to be found by words.

Encoding takes 5 to 50 ms a passage, so an import doesn't wait for it: whoever has time calls
`read_unread`. It goes on where it was left, and twice at once is only twice the work.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final

from psycopg_pool import AsyncConnectionPool

from alltid.assistant.search.encoding import packed, reader_name_for, reader_named, unpacked
from alltid.assistant.search.index import PASSAGES_HELD, SQL
from alltid.assistant.search.passage_rows import SQL as ARTICLES
from alltid.assistant.search.passage_rows import read_as

AT_ONCE: Final = 32
# After so many passages, searches that go on meanwhile use what is there.
_TELL_AFTER: Final = 512


async def read_unread(
    pool: AsyncConnectionPool[Any],
    *,
    collection: str | None = None,
    progress: Callable[[int, int], None] | None = None,
    held: int = PASSAGES_HELD,
    rest: float = 0.0,
) -> tuple[int, int]:
    """Read all passages that no encoder has read, of one collection or of all.

    `progress(done, of)` is called after each batch; `rest` says how long to pause after each
    passage, in the time that it took. Returns how many were read, and how many
    stay without a vector because their language's encoder is missing.
    """
    done = untold = after = 0
    missing: list[str] = []
    of = await _count(pool, collection)
    while rows := await _unread(pool, collection, after, missing):
        after = rows[-1][0]
        names = {row[1]: reader_name_for(row[1]) for row in rows}
        readers = {name: await asyncio.to_thread(reader_named, name) for name in names.values()}
        missing += [language for language, name in names.items() if readers[name] is None]
        vectors = []
        for key, language, title, heading, text in rows:
            reader = readers[names[language]]
            if reader is not None:
                began = time.monotonic()
                vector = await asyncio.to_thread(reader.passage, read_as(title, heading, text))
                await asyncio.sleep(rest * (time.monotonic() - began))
                vectors.append({"id": key, "encoder": reader.name, "vector": packed(vector)})
        if vectors:
            async with pool.connection() as connection, connection.cursor() as cursor:
                await cursor.executemany(SQL["keep_vector"], vectors)
        done += len(vectors)
        untold += len(vectors)
        if progress is not None:
            progress(done, of)
        if untold >= _TELL_AFTER:
            await _tell(pool)
            untold = 0
    await _bring_near(pool, held)
    if untold:
        await _tell(pool)
    return done, await _count(pool, collection) if missing else 0


async def _count(pool: AsyncConnectionPool[Any], collection: str | None) -> int:
    async with pool.connection() as connection:
        cursor = await connection.execute(SQL["count_unread"], {"collection": collection})
        row = await cursor.fetchone()
    return int(row[0]) if row is not None else 0


async def _unread(
    pool: AsyncConnectionPool[Any], collection: str | None, after: int, but: list[str]
) -> list[Any]:
    asked = {"collection": collection, "after": after, "but": but, "limit": AT_ONCE}
    async with pool.connection() as connection:
        rows: list[Any] = await (await connection.execute(SQL["unread"], asked)).fetchall()
    return rows


async def _tell(pool: AsyncConnectionPool[Any]) -> None:
    async with pool.connection() as connection:
        await connection.execute(ARTICLES["raise_revision"])


async def _bring_near(pool: AsyncConnectionPool[Any], held: int) -> None:
    """Copy the vectors of collections that are too large for memory to pgvector's table."""
    async with pool.connection() as connection:
        row = await (await connection.execute(SQL["has_pgvector"])).fetchone()
        if row is None or not row[0]:
            return
        asked = {"held": held, "limit": 500}
        while rows := await (await connection.execute(SQL["not_near"], asked)).fetchall():
            near = [
                {"id": key, "encoder": encoder, "vector": str(unpacked(vector).tolist())}
                for key, encoder, vector in rows
            ]
            async with connection.cursor() as cursor:
                await cursor.executemany(SQL["put_near"], near)
