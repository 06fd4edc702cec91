"""Fresh databases for tests, hundreds of them, and what makes the server quick at that."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg

from alltid.storage.embedded_postgres import EmbeddedPostgres

# Settings of a server whose databases nobody needs after their test.
_FLEETING: Final = {
    "fsync": "off",
    "full_page_writes": "off",
    # Most of what is logged here is whole new databases: packing costs more than writing.
    "wal_compression": "off",
    "min_wal_size": "64MB",
    "max_wal_size": "256MB",
    # What it analyses holds back who follows the log of another database, for a moment.
    "autovacuum": "off",
}


class Databases:
    """Gives out fresh databases of one server, and takes them away again some time later.

    A connection that was just closed holds its database for a moment more, and PostgreSQL waits
    a tenth of a second for it to let go. So a database stays until the one after it has gone out.
    """

    def __init__(self, postgres: EmbeddedPostgres) -> None:
        self._postgres = postgres
        self._left: list[str] = []
        with self._server() as server:
            for setting, value in _FLEETING.items():
                server.execute(f"ALTER SYSTEM SET {setting} = '{value}'".encode())
            server.execute("SELECT pg_reload_conf()")

    @contextmanager
    def url(self, template: str) -> Iterator[str]:
        """The address of a new copy of `template`, for the length of a `with` block."""
        name = f"test_{uuid.uuid4().hex}"
        with self._server() as server:
            while len(self._left) > 1:
                left = self._left.pop(0)
                for each in (left, f"{left}_lender"):
                    server.execute(f"DROP DATABASE IF EXISTS {each} WITH (FORCE)".encode())
            server.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        yield self._postgres.url_of(name)
        self._left.append(name)

    def _server(self) -> psycopg.Connection:
        return psycopg.connect(self._postgres.url_of("postgres"), autocommit=True)
