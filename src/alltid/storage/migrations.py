"""Brings a database to the schema of this program, or refuses it in one sentence.

`storage/migrations/NNNN_name.sql` run once each, in the order of their numbers, each in a
transaction of its own. The tables of the job queue are procrastinate's; its own migrations
are followed the same way.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

import psycopg
from psycopg import AsyncConnection

from alltid.storage.database import connect

# Any number will do, as long as all versions of the program use the same.
_LOCK: Final = 4_155_017_311
_LOCK_SECONDS: Final = 60

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    version    integer PRIMARY KEY,
    name       text NOT NULL,
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS job_schema_migrations (
    name       text PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
);
"""


class SchemaRefused(Exception):  # noqa: N818  a refusal in plain words
    """The database's schema and this program don't fit; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file of SQL."""

    version: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """The SHA-256 of the file, by which a change after the fact is noticed."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def known_migrations() -> list[Migration]:
    """Return this program's migrations in order.

    Raises ValueError when two files carry one number.
    """
    found: list[Migration] = []
    for file in files("alltid.storage").joinpath("migrations").iterdir():
        number, _, name = file.name.removesuffix(".sql").partition("_")
        if file.name.endswith(".sql"):
            found.append(Migration(int(number), name, file.read_text(encoding="utf-8")))
    found.sort(key=lambda migration: migration.version)
    if len({migration.version for migration in found}) != len(found):
        raise ValueError("two migrations carry the same number")
    return found


async def migrate(database_url: str) -> list[str]:
    """Apply what is missing and return the names of what was applied.

    Several processes may call this at once: one applies, the others wait (up to a minute).
    Raises SchemaRefused for a database that is newer than the program, a file that was
    changed after it had been applied, or SQL that fails; DatabaseUnavailable when nothing
    answers.
    """
    async with await connect(database_url, application_name="alltid migrate") as connection:
        # Notices such as "relation exists, skipping" are for people at a prompt.
        await connection.execute("SET client_min_messages = warning")
        await connection.execute(f"SET lock_timeout = '{_LOCK_SECONDS}s'")
        try:
            await connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
            await connection.execute(_TABLES)
            return [*await _apply_ours(connection), *await _apply_job_queue(connection)]
        except psycopg.errors.LockNotAvailable as error:
            raise SchemaRefused(
                f"Another program has been changing this database for {_LOCK_SECONDS} s: "
                "wait for it, then start again."
            ) from error
        except psycopg.errors.InsufficientPrivilege as error:
            raise SchemaRefused(
                f"This database user may not change the schema ({error.diag.message_primary}): "
                "run `alltid migrate` as one that may."
            ) from error


async def pending_migrations(connection: AsyncConnection[Any]) -> list[str]:
    """Return the names of migrations that this database still lacks.

    Raises SchemaRefused as `migrate` does.
    """
    known = await connection.execute("SELECT to_regclass('schema_migrations') IS NOT NULL")
    row = await known.fetchone()
    migrations = known_migrations()
    if row is None or not row[0]:
        return [_label(migration) for migration in migrations]
    applied = await _applied(connection)
    _refuse_unknown(applied, migrations)
    missing = [_label(m) for m in migrations if m.version not in applied]
    done = await _applied_to_job_queue(connection)
    return missing + [f"jobs:{name}" for name in _job_migrations() if name not in done]


async def _apply_ours(connection: AsyncConnection[Any]) -> list[str]:
    applied = await _applied(connection)
    migrations = known_migrations()
    _refuse_unknown(applied, migrations)
    names: list[str] = []
    for migration in migrations:
        if migration.version in applied:
            continue
        try:
            async with connection.transaction():
                await connection.execute(migration.sql)
                await connection.execute(
                    "INSERT INTO schema_migrations (version, name, checksum) VALUES (%s, %s, %s)",
                    (migration.version, migration.name, migration.checksum),
                )
        except psycopg.errors.InsufficientPrivilege:
            raise
        except psycopg.Error as error:
            raise SchemaRefused(
                f"The migration {_label(migration)} failed and was undone: {error}"
            ) from error
        names.append(_label(migration))
    return names


async def _applied(connection: AsyncConnection[Any]) -> dict[int, tuple[str, str]]:
    rows = await connection.execute("SELECT version, name, checksum FROM schema_migrations")
    return {version: (name, checksum) for version, name, checksum in await rows.fetchall()}


def _refuse_unknown(applied: dict[int, tuple[str, str]], migrations: list[Migration]) -> None:
    known = {migration.version: migration for migration in migrations}
    for version, (name, checksum) in sorted(applied.items()):
        migration = known.get(version)
        if migration is None:
            raise SchemaRefused(
                f"The database is newer than this program (it has {version:04}_{name}): "
                "install the newer Alltid, or use another database."
            )
        if migration.checksum != checksum:
            raise SchemaRefused(
                f"The migration {_label(migration)} was changed after this database had applied "
                "it: restore the file, or use another database."
            )


def _label(migration: Migration) -> str:
    return f"{migration.version:04}_{migration.name}"


async def _apply_job_queue(connection: AsyncConnection[Any]) -> list[str]:
    done = await _applied_to_job_queue(connection)
    known = _job_migrations()
    if newer := sorted(done - set(known)):
        raise SchemaRefused(
            f"The database is newer than this program (its job queue has {newer[-1]}): "
            "install the newer Alltid, or use another database."
        )
    missing = [name for name in known if name not in done]
    if not missing:
        return []
    folder = files("procrastinate") / "sql"
    # A new database takes the whole schema at once, an older one the steps it lacks.
    steps = [folder / "schema.sql"] if not done else [folder / "migrations" / n for n in missing]
    async with connection.transaction():
        for step in steps:
            await connection.execute(step.read_text(encoding="utf-8"))
        async with connection.cursor() as cursor:
            await cursor.executemany(
                "INSERT INTO job_schema_migrations (name) VALUES (%s)", [(n,) for n in missing]
            )
    return [f"jobs:{missing[-1]}"]


async def _applied_to_job_queue(connection: AsyncConnection[Any]) -> set[str]:
    rows = await connection.execute("SELECT name FROM job_schema_migrations")
    return {name for (name,) in await rows.fetchall()}


def _job_migrations() -> list[str]:
    folder = files("procrastinate").joinpath("sql", "migrations")
    return sorted(file.name for file in folder.iterdir() if file.name.endswith(".sql"))
