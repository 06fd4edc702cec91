"""Everything that is kept about an agent, as signed JSON, in bounded memory.

The file is one JSON array with an object a line. Its last line holds a compact JWS whose payload
says the SHA-256, the bytes and the records of all that stands before it, so a reader hashes the
file line by line and verifies one signature. A file without that last line is not whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any, Final

import orjson
from psycopg import AsyncConnection
from psycopg.types.json import set_json_loads
from psycopg_pool import AsyncConnectionPool

from alltid.storage.queries import load_queries

ROWS_AT_ONCE: Final = 200
# A reader who takes nothing for so long gets no more: the file's end shows that it isn't whole.
SILENCE_SECONDS: Final = 30
_SECTIONS: Final = load_queries("alltid.insights", "own_export.sql")
_FORMAT: Final = "alltid-export-1"
_LIMIT: Final = "SELECT set_config('idle_in_transaction_session_timeout', %s, true)"


async def own_export(
    pool: AsyncConnectionPool[AsyncConnection[Any]],
    agent_id: str,
    company: str,
    sign: Callable[[bytes], str],
    now: datetime,
) -> AsyncIterator[bytes]:
    """Yield the file piece by piece; `sign` makes a compact JWS of a payload.

    All of it is read in one transaction, so nothing in it contradicts the rest.
    """
    digest, size, count = hashlib.sha256(), 0, 0
    head = {"export": _FORMAT, "about": agent_id, "company": company, "made_at": now}
    piece = b"[" + orjson.dumps(head) + b",\n"
    digest.update(piece)
    size += len(piece)
    yield piece
    async for lines in _records(pool, agent_id):
        piece = b"".join(line + b",\n" for line in lines)
        digest.update(piece)
        size += len(piece)
        count += len(lines)
        yield piece
    payload = {"export": _FORMAT, "sha256": digest.hexdigest(), "bytes": size, "records": count}
    signature = sign(orjson.dumps(payload | {"about": agent_id, "made_at": now}))
    yield orjson.dumps({"signature": signature}) + b"]\n"


async def _records(
    pool: AsyncConnectionPool[AsyncConnection[Any]], agent_id: str
) -> AsyncIterator[list[bytes]]:
    async with pool.connection() as connection, connection.transaction():
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        await connection.execute(_LIMIT, (f"{SILENCE_SECONDS}s",))
        for name, query in _SECTIONS.items():
            async with connection.cursor(name=f"export_{name}") as cursor:
                set_json_loads(_as_it_is, cursor)
                await cursor.execute(query, {"agent_id": agent_id})
                while rows := await cursor.fetchmany(ROWS_AT_ONCE):
                    yield [
                        orjson.dumps({"kind": name, "is": orjson.Fragment(row[0])}) for row in rows
                    ]


def _as_it_is(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else bytes(text)
