"""The lender's own database beside the desk's, made where it is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier

_CONNECT_SECONDS: Final = 5
_TRIES: Final = 5
_PAUSE_SECONDS: Final = 0.2
# A name in PostgreSQL has at most 63 bytes.
_NAME_MAX: Final = 63
_SUFFIX: Final = "_lender"
# The server's file of who may connect from where to what.
_RULES: Final = "pg_hba.conf"


def address_beside(desk_url: str) -> str:
    """Return the address of the lender's database on the desk's server."""
    name = str(conninfo_to_dict(desk_url).get("dbname") or "postgres").encode()
    kept = name[: _NAME_MAX - len(_SUFFIX)].decode(errors="ignore")
    return make_conninfo(desk_url, dbname=kept + _SUFFIX)


async def lender_database(desk_url: str, own_url: str | None, tell: Callable[[str], object]) -> str:
    """Return where the lender keeps its accounts: `own_url`, or a database beside the desk's.

    Where the desk's user may make no database, or may not connect to it, the accounts stay in a
    schema of the desk's own database; `tell` hears why. Raises psycopg.OperationalError when the
    server doesn't answer now: accounts that were here yesterday are not begun anew elsewhere.
    """
    if own_url is not None:
        return own_url
    beside = address_beside(desk_url)
    if await _answers(beside):
        return beside
    name = str(conninfo_to_dict(beside)["dbname"])
    async with await AsyncConnection.connect(
        desk_url, autocommit=True, connect_timeout=_CONNECT_SECONDS
    ) as connection:
        refused = None if await _exists(connection, name) else await _make(connection, name)
        if refused is None and not await _may_connect(connection, name):
            refused = "its user has no right to connect to it"
    if refused is None:
        refused = await _refused(beside)
    if refused is None:
        return beside
    tell(
        f"The example lender keeps its accounts in the desk's database, not in {name} ({refused}): "
        "make that one as a user who may, or set ALLTID_LENDER_DATABASE_URL."
    )
    return desk_url


async def _exists(connection: AsyncConnection[tuple[object, ...]], name: str) -> bool:
    found = await connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
    return await found.fetchone() is not None


async def _may_connect(connection: AsyncConnection[tuple[object, ...]], name: str) -> bool:
    asked = "SELECT has_database_privilege(oid, 'CONNECT') FROM pg_database WHERE datname = %s"
    row = await (await connection.execute(asked, (name,))).fetchone()
    return row is None or row[0] is True


async def _make(connection: AsyncConnection[tuple[object, ...]], name: str) -> str | None:
    """Make the database; returns why that isn't allowed here, if so."""
    for attempt in range(1, _TRIES + 1):
        try:
            await connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            return None  # another process made it meanwhile
        except psycopg.errors.ObjectInUse:  # somebody looks at what it is copied from
            if attempt == _TRIES:
                raise
            await asyncio.sleep(_PAUSE_SECONDS)
            continue
        except (psycopg.errors.InsufficientPrivilege, psycopg.NotSupportedError) as error:
            return str(error.diag.message_primary)
        return None
    raise AssertionError


async def _answers(url: str) -> bool:
    try:
        await (await AsyncConnection.connect(url, connect_timeout=_CONNECT_SECONDS)).close()
    except psycopg.OperationalError:
        return False
    return True


async def _refused(url: str) -> str | None:
    """Connect; returns why the server's rules never allow that, if so."""
    try:
        await (await AsyncConnection.connect(url, connect_timeout=_CONNECT_SECONDS)).close()
    except psycopg.OperationalError as error:
        # Such an error has no code, and its words are in the server's language.
        if _RULES not in str(error):
            raise
        return f"the server's {_RULES} lets nobody in"
    return None
