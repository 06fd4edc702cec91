"""The lender's database beside the desk's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier

from alltid.examples.lender.api.database import address_beside, lender_database

pytestmark = pytest.mark.anyio


def name_in(url: str) -> str:
    return str(conninfo_to_dict(url)["dbname"])


def silent(why: str) -> None:
    pytest.fail(why)


@pytest.fixture
def beside(database_url: str) -> Iterator[str]:
    """Where the lender's database will be; nothing is left of it."""
    address = address_beside(database_url)
    yield address
    with psycopg.connect(database_url, autocommit=True) as connection:
        name = Identifier(name_in(address))
        connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


@pytest.fixture
def lowly(database_url: str) -> Iterator[str]:
    """The desk's database as a user who may make none."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        role = f"{name_in(database_url)}_low"
        connection.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(role)))
        yield make_conninfo(database_url, user=role)
        connection.execute(SQL("DROP ROLE {}").format(Identifier(role)))


def test_its_name_follows_the_desks() -> None:
    assert name_in(address_beside("postgresql://me@db/alltid")) == "alltid_lender"
    long = name_in(address_beside(f"postgresql://me@db/{'a' * 63}"))
    assert len(long) == 63
    assert long.endswith("_lender")
    # What is bounded is bytes, and no letter is cut in two.
    wide = name_in(address_beside(f"postgresql://me@db/{'å' * 31}"))
    assert wide == "å" * 28 + "_lender"


async def test_it_is_made_once(database_url: str, beside: str) -> None:
    assert await lender_database(database_url, None, silent) == beside
    with psycopg.connect(beside, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept ()")
    assert await lender_database(database_url, None, silent) == beside
    with psycopg.connect(beside) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


async def test_a_setting_comes_first(database_url: str) -> None:
    assert await lender_database(database_url, "postgresql://elsewhere/x", silent) == (
        "postgresql://elsewhere/x"
    )
    with psycopg.connect(database_url) as connection:
        name = name_in(address_beside(database_url))
        made = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        assert made.fetchone() is None


async def test_a_user_who_may_make_none_keeps_it_in_the_desks(
    lowly: str,
) -> None:
    told: list[str] = []
    assert await lender_database(lowly, None, told.append) == lowly
    assert len(told) == 1
    assert "permission denied to create database" in told[0]


async def test_one_that_was_made_for_such_a_user_is_used(
    database_url: str, beside: str, lowly: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        name = Identifier(name_in(beside))
        connection.execute(SQL("CREATE DATABASE {}").format(name))
    assert name_in(await lender_database(lowly, None, silent)) == name_in(beside)


async def test_one_that_may_not_be_connected_to_is_left_alone(
    database_url: str, beside: str, lowly: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        name = Identifier(name_in(beside))
        connection.execute(SQL("CREATE DATABASE {}").format(name))
        connection.execute(SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(name))
    told: list[str] = []
    assert await lender_database(lowly, None, told.append) == lowly
    assert "no right to connect" in told[0]


async def test_one_that_takes_nobody_just_now_keeps_its_accounts(
    database_url: str, beside: str, lowly: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        name = Identifier(name_in(beside))
        connection.execute(SQL("CREATE DATABASE {} CONNECTION LIMIT 0").format(name))
    with pytest.raises(psycopg.OperationalError):
        await lender_database(lowly, None, silent)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(SQL("ALTER DATABASE {} CONNECTION LIMIT -1").format(name))
    assert name_in(await lender_database(lowly, None, silent)) == name_in(beside)


@pytest.mark.parametrize(("words", "falls_back"), [("no pg_hba.conf entry", True), ("late", False)])
async def test_only_the_servers_rules_refuse_for_good(
    database_url: str, beside: str, monkeypatch: pytest.MonkeyPatch, words: str, falls_back: bool
) -> None:
    connect = psycopg.AsyncConnection.connect

    async def refusing(url: str, **options: Any) -> Any:
        if url == beside:
            raise psycopg.OperationalError(words)
        return await connect(url, **options)

    monkeypatch.setattr(psycopg.AsyncConnection, "connect", refusing)
    told: list[str] = []
    if falls_back:
        assert await lender_database(database_url, None, told.append) == database_url
    else:
        with pytest.raises(psycopg.OperationalError, match=words):
            await lender_database(database_url, None, told.append)
    assert len(told) == falls_back


async def test_a_desks_database_that_is_away_is_said(tmp_path: str) -> None:
    with pytest.raises(psycopg.OperationalError):
        await lender_database(f"postgresql://nobody@/alltid?host={tmp_path}", None, silent)
