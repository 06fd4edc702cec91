"""The schema comes step by step, and a database that doesn't fit is refused in a sentence."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from alltid.storage.database import DatabaseUnavailable, connect
from alltid.storage.migrations import (
    SchemaRefused,
    known_migrations,
    migrate,
    pending_migrations,
)

pytestmark = pytest.mark.anyio


async def test_a_new_database_gets_every_migration_once(empty_database_url: str) -> None:
    applied = await migrate(empty_database_url)
    assert len(applied) == len(known_migrations()) + 1
    assert await migrate(empty_database_url) == []
    async with await connect(empty_database_url) as connection:
        assert await pending_migrations(connection) == []


async def test_an_unmigrated_database_says_what_it_lacks(empty_database_url: str) -> None:
    async with await connect(empty_database_url) as connection:
        assert "0001_foundation" in await pending_migrations(connection)


async def test_many_programs_may_migrate_at_once(empty_database_url: str) -> None:
    applied = await asyncio.gather(*(migrate(empty_database_url) for _ in range(4)))
    assert sorted(len(names) for names in applied)[:3] == [0, 0, 0]


async def test_a_newer_database_is_refused(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("INSERT INTO schema_migrations VALUES (9999, 'tomorrow', 'x')")
    with pytest.raises(SchemaRefused, match=r"newer than this program.*9999_tomorrow"):
        await migrate(database_url)


async def test_a_newer_job_queue_is_refused(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("INSERT INTO job_schema_migrations VALUES ('99.99_tomorrow.sql')")
    with pytest.raises(SchemaRefused, match="newer than this program"):
        await migrate(database_url)


async def test_a_file_changed_after_the_fact_is_refused(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE schema_migrations SET checksum = 'other' WHERE version = 1")
    with pytest.raises(SchemaRefused, match="0001_foundation was changed"):
        await migrate(database_url)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://someone:secret@127.0.0.1:1/alltid", "does not answer"),
        ("nonsense://", "not an address"),
    ],
)
async def test_a_database_that_does_not_answer_is_named_without_its_password(
    url: str, words: str
) -> None:
    with pytest.raises(DatabaseUnavailable, match=words) as caught:
        await connect(url, timeout_seconds=2)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
