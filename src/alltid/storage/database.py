"""Connections to PostgreSQL: one pool a process, opened with a bound and a clear error."""

from __future__ import annotations

import time
from typing import Any, Final
from weakref import WeakKeyDictionary

import orjson
import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg_pool import AsyncConnectionPool, PoolTimeout

_OLDEST_SERVER: Final = 150_000
_OPEN_SECONDS: Final = 10.0
_RECONNECT_SECONDS: Final = 60.0
# A connection that answered so short a time ago is lent without asking it again.
CHECKED_SECONDS: Final = 1.0


class DatabaseUnavailable(Exception):  # noqa: N818  the state of the world, in plain words
    """PostgreSQL can't be used; the message is one sentence that names no password."""


async def open_pool(
    database_url: str,
    *,
    min_size: int = 2,
    max_size: int = 10,
    application_name: str = "alltid",
    timeout_seconds: float = _OPEN_SECONDS,
) -> AsyncConnectionPool[AsyncConnection[Any]]:
    """Open a pool of connections in autocommit mode, with JSON read and written by orjson.

    A transaction is begun where one is meant (`async with connection.transaction()`).
    `timeout_seconds` bounds the opening, and later the wait for a free connection. Raises
    DatabaseUnavailable when nothing answers or the server is older than PostgreSQL 15.
    """
    await check_server(database_url, timeout_seconds=timeout_seconds)
    pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
        database_url,
        min_size=min_size,
        max_size=max_size,
        timeout=timeout_seconds,
        reconnect_timeout=_RECONNECT_SECONDS,
        # Connections that died while nobody used them are replaced before they are lent.
        check=_IdleCheck(),
        kwargs={"application_name": application_name},
        configure=configure_connection,
        open=False,
    )
    try:
        await pool.open(wait=True, timeout=timeout_seconds)
    except PoolTimeout as error:
        await pool.close()
        raise DatabaseUnavailable(
            f"The database {describe(database_url)} gave no {min_size} connections within "
            f"{timeout_seconds:.0f} s: raise its max_connections or close other programs."
        ) from error
    return pool


class _IdleCheck:
    """Asks the server before a connection is lent, unless that was done a moment ago.

    A question to the server for each loan would double the way of every short query.
    """

    def __init__(self) -> None:
        self._checked: WeakKeyDictionary[AsyncConnection[Any], float] = WeakKeyDictionary()

    async def __call__(self, connection: AsyncConnection[Any]) -> None:
        now = time.monotonic()
        if now - self._checked.get(connection, float("-inf")) < CHECKED_SECONDS:
            return
        await AsyncConnectionPool.check_connection(connection)
        self._checked[connection] = now


async def connect(
    database_url: str, *, application_name: str = "alltid", timeout_seconds: float = _OPEN_SECONDS
) -> AsyncConnection[Any]:
    """Open one connection of one's own (listening, migrating), in autocommit mode.

    Raises DatabaseUnavailable when nothing answers within `timeout_seconds`.
    """
    try:
        connection = await AsyncConnection.connect(
            database_url,
            application_name=application_name,
            connect_timeout=max(2, round(timeout_seconds)),
        )
    except (psycopg.OperationalError, psycopg.ProgrammingError) as error:
        raise DatabaseUnavailable(_unavailable(database_url, error)) from error
    await configure_connection(connection)
    return connection


async def check_server(database_url: str, *, timeout_seconds: float = _OPEN_SECONDS) -> None:
    """Refuse an address that doesn't answer, or a server that is too old."""
    async with await connect(database_url, timeout_seconds=timeout_seconds) as connection:
        version = connection.info.server_version
        if version < _OLDEST_SERVER:
            raise DatabaseUnavailable(
                f"The database {describe(database_url)} runs PostgreSQL {version // 10_000}, "
                f"and Alltid needs {_OLDEST_SERVER // 10_000} or newer."
            )


async def configure_connection(connection: AsyncConnection[Any]) -> None:
    """Have a connection commit each statement and read and write JSON with orjson.

    Not among the pool's own arguments: the job queue opens its listening connection with
    those and its own autocommit.
    """
    await connection.set_autocommit(True)
    set_json_dumps(orjson.dumps, connection)
    set_json_loads(orjson.loads, connection)


def describe(database_url: str) -> str:
    """Name a database without its user and password, for a person to recognise."""
    try:
        parts = conninfo_to_dict(database_url)
    except psycopg.ProgrammingError:
        return "in DATABASE_URL"
    host = parts.get("host") or "localhost"
    port = f":{parts['port']}" if parts.get("port") else ""
    return f"{parts.get('dbname') or 'postgres'} on {host}{port}"


def _unavailable(database_url: str, error: psycopg.Error) -> str:
    if isinstance(error, psycopg.ProgrammingError):
        return "DATABASE_URL is not an address of a PostgreSQL database (postgresql://...)."
    reason = str(error).strip().splitlines()[-1] if str(error).strip() else "no answer"
    return (
        f"The database {describe(database_url)} does not answer ({reason.strip()}): start it, "
        "or correct DATABASE_URL."
    )
