"""A follower of the whole log passes nothing over, and hands nothing on twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import psycopg
import pytest

from alltid.storage.database import connect, open_pool
from alltid.storage.log_follower import LogFollower, Logged
from tests.support.writers import new_id, query, until

pytestmark = pytest.mark.anyio

Connection = psycopg.AsyncConnection[Any]
INSERT = (
    "INSERT INTO events (stream_id, version, type, data, actor, at) "
    "VALUES (%s, %s, %s, '{}', 'test', now())"
)


# A follower that has read up to the newest event, for good.
AT_THE_END = (
    "SELECT 1 FROM log_followers f JOIN events e "
    "ON (e.transaction_id, e.position) = (f.transaction_id, f.position)"
)


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Any]:
    pool = await open_pool(database_url, min_size=1, max_size=4)
    yield pool
    await pool.close()


async def append(connection: Connection, name: str, version: int = 1) -> None:
    await connection.execute(INSERT, (new_id(), version, name))


class Reader:
    """A follower that remembers what it was handed, batch by batch."""

    def __init__(self, pool: Any, name: str = "reader", **limits: int) -> None:
        self.batches: list[list[str]] = []
        self.follower = LogFollower(name, pool, self.handle, **limits)

    async def handle(self, connection: Connection, batch: Sequence[Logged]) -> None:
        self.batches.append([each.type for each in batch])

    @property
    def seen(self) -> list[str]:
        return [name for batch in self.batches for name in batch]

    async def read_all(self) -> list[str]:
        while await self.follower.step():
            pass
        return self.seen


async def test_a_late_commit_with_a_lower_position_is_not_passed_over(
    database_url: str, pool: Any
) -> None:
    """A inserts, B inserts after it and commits, readers look, then A commits."""
    reader, naive, last = Reader(pool), list[str](), 0

    def read_by_position() -> int:
        rows = query(
            database_url,
            "SELECT position, type FROM events WHERE position > %s ORDER BY position",
            last,
        )
        naive.extend(row[1] for row in rows)
        return max((row[0] for row in rows), default=last)

    async with await connect(database_url) as a, await connect(database_url) as b:
        async with a.transaction():
            await append(a, "A")
            await append(b, "B")
            last = read_by_position()
            assert naive == ["B"], "the race is on: B is visible, A below it is not"
            assert await reader.read_all() == []
        last = read_by_position()
        assert await reader.read_all() == ["A", "B"]
        assert naive == ["B"], "a reader that goes by position has lost A for good"
    assert query(database_url, "SELECT type FROM events ORDER BY position") == [("A",), ("B",)]


async def test_many_writers_that_commit_in_any_order_are_all_read_once(
    database_url: str, pool: Any
) -> None:
    reader, done = Reader(pool, batch_limit=7), asyncio.Event()

    async def write(writer: int) -> None:
        async with await connect(database_url) as connection:
            for turn in range(15):
                async with connection.transaction():
                    await append(connection, f"{writer}-{turn}-a")
                    # Long enough for others to insert after this and commit before it.
                    await asyncio.sleep(0.001 * (writer * 7 % 5))
                    await append(connection, f"{writer}-{turn}-b")

    async def read() -> None:
        while not done.is_set():
            await reader.follower.step()
            await asyncio.sleep(0.001)

    reading = asyncio.create_task(read())
    await asyncio.gather(*(write(writer) for writer in range(8)))
    done.set()
    await reading
    seen = await reader.read_all()
    expected = {f"{w}-{t}-{part}" for w in range(8) for t in range(15) for part in "ab"}
    assert sorted(seen) == sorted(expected)
    for batch in reader.batches:
        assert {name[:-1] for name in batch if name.endswith("a")} == {
            name[:-1] for name in batch if name.endswith("b")
        }, "a transaction is handed on whole"


async def test_a_transaction_that_is_larger_than_a_batch_is_still_read_once(
    database_url: str, pool: Any
) -> None:
    async with await connect(database_url) as connection, connection.transaction():
        for number in range(10):
            await append(connection, str(number))
    reader = Reader(pool, batch_limit=4)
    assert await reader.read_all() == [str(number) for number in range(10)]
    assert [len(batch) for batch in reader.batches] == [4, 4, 2]


async def test_who_dies_between_handling_and_commit_handles_again_and_writes_once(
    database_url: str, pool: Any
) -> None:
    calls: list[list[str]] = []

    async def handle(connection: Connection, batch: Sequence[Logged]) -> None:
        calls.append([each.type for each in batch])
        for each in batch:
            sql = "INSERT INTO log_followers (name) VALUES (%s)"
            await connection.execute(sql, (f"effect of {each.type}",))
        if len(calls) == 1:
            # The process is gone: the server ends the transaction.
            pid = connection.info.backend_pid
            query(database_url, "SELECT pg_terminate_backend(%s)", pid)

    async with await connect(database_url) as connection:
        await append(connection, "A")
    follower = LogFollower("effects", pool, handle)
    with pytest.raises(psycopg.Error):
        await follower.step()
    effects = "SELECT name FROM log_followers WHERE name LIKE 'effect of%'"
    assert query(database_url, effects) == []
    assert [await follower.step(), await follower.step()] == [1, 0]
    assert calls == [["A"], ["A"]]
    assert query(database_url, effects) == [("effect of A",)]


async def test_of_two_followers_of_one_name_one_stands_by(database_url: str, pool: Any) -> None:
    entered, leave = asyncio.Event(), asyncio.Event()
    handled: list[str] = []

    async def slow(connection: Connection, batch: Sequence[Logged]) -> None:
        entered.set()
        await leave.wait()
        handled.extend(each.type for each in batch)

    async with await connect(database_url) as connection:
        await append(connection, "A")
    first, second = LogFollower("same", pool, slow), Reader(pool, "same")
    stepping = asyncio.create_task(first.step())
    await entered.wait()
    assert await second.follower.step() == 0, "it neither waits nor reads the same"
    leave.set()
    assert await stepping == 1
    assert await second.follower.step() == 0
    assert (handled, second.seen) == (["A"], [])


async def test_followers_of_two_names_don_t_know_each_other(database_url: str, pool: Any) -> None:
    async with await connect(database_url) as connection:
        await append(connection, "A")
        one, two = Reader(pool, "one"), Reader(pool, "two")
        assert await one.read_all() == ["A"]
        await append(connection, "B")
        assert await one.read_all() == await two.read_all() == ["A", "B"]


async def test_a_follower_goes_on_where_its_predecessor_ended(database_url: str, pool: Any) -> None:
    async with await connect(database_url) as connection:
        for name in "AB":
            await append(connection, name)
        await Reader(pool).read_all()
        await append(connection, "C")
    assert await Reader(pool).read_all() == ["C"]


async def test_it_runs_on_a_wake_up_and_through_an_outage(database_url: str, pool: Any) -> None:
    reader, wake = Reader(pool), asyncio.Event()
    running = asyncio.create_task(reader.follower.run(wake, idle_seconds=0.05, gather_seconds=0.01))
    async with await connect(database_url) as connection:
        await append(connection, "A")
        wake.set()
        # Handled and stored: what is only handled is handled again after the outage.
        await until(lambda: bool(query(database_url, AT_THE_END)))
        assert reader.seen == ["A"]
        query(
            database_url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), %s)",
            connection.info.backend_pid,
        )
        await append(connection, "B")
        await until(lambda: reader.seen == ["A", "B"])
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize(
    "change",
    ["UPDATE events SET type = 'x'", "DELETE FROM events", "TRUNCATE events"],
)
async def test_the_log_can_only_grow(database_url: str, change: str) -> None:
    async with await connect(database_url) as connection:
        await append(connection, "A")
        with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            await connection.execute(change.encode())
    assert query(database_url, "SELECT type FROM events") == [("A",)]


async def test_a_version_is_taken_once(database_url: str) -> None:
    stream = new_id()
    async with await connect(database_url) as connection:
        await connection.execute(INSERT, (stream, 1, "A"))
        with pytest.raises(psycopg.errors.UniqueViolation):
            await connection.execute(INSERT, (stream, 1, "B"))
