"""Words between processes: they arrive, in order, once, and a lost listener says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import orjson
import psycopg
import pytest

from alltid.storage.database import connect, open_pool
from alltid.storage.notifications import CONVERSATIONS, SIGNALS, Listener, Signals
from tests.support.writers import new_id, query, running_writer, until

pytestmark = pytest.mark.anyio


class Process:
    """What another process of the desk would hear."""

    def __init__(self, database_url: str, pool: Any, **limits: Any) -> None:
        self.id = new_id()
        self.heard: list[tuple[str, Mapping[str, Any]]] = []
        self.notices: list[Mapping[str, Any]] = []
        self.gaps = 0
        self.signals = Signals(
            self.id, pool, lambda *word: self.heard.append(word), interval_seconds=0.01, **limits
        )
        channels = {SIGNALS: self.signals.receive, CONVERSATIONS: self.notices.append}
        self.connections: list[psycopg.AsyncConnection[Any]] = []
        self.database_url = database_url
        self.listener = Listener(self._connect, channels, self._gap)

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        self.connections.append(await connect(self.database_url))
        return self.connections[-1]

    def _gap(self) -> None:
        self.gaps += 1


@asynccontextmanager
async def processes(database_url: str, **limits: Any) -> AsyncIterator[tuple[Process, Process]]:
    pool = await open_pool(database_url, min_size=1, max_size=4)
    both = Process(database_url, pool, **limits), Process(database_url, pool, **limits)
    tasks = [
        asyncio.create_task(loop())
        for each in both
        for loop in (each.listener.run, each.signals.run)
    ]
    try:
        await until(lambda: all(each.gaps for each in both))
        yield both
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await pool.close()


async def test_a_signal_reaches_its_own_process_at_once_and_the_other_soon(
    database_url: str,
) -> None:
    async with processes(database_url) as (one, two):
        sent: list[tuple[str, Mapping[str, Any]]] = [
            ("a", {"type": "typing", "name": "Örjan 😀"}),
            ("b", {"type": "marks", "read": 3}),
        ]
        for conversation, signal in sent:
            one.signals.send(conversation, signal)
        assert one.heard == sent
        await until(lambda: len(two.heard) == 2)
        await asyncio.sleep(0.05)
        assert two.heard == sent
        assert one.heard == sent, "its own notice comes back and is not heard twice"


async def test_a_flood_of_signals_fits_into_notices(database_url: str) -> None:
    async with processes(database_url) as (one, two):
        for number in range(2_000):
            one.signals.send(new_id(), {"type": "typing", "number": number})
        await until(lambda: len(two.heard) == 2_000)
        assert [signal["number"] for _, signal in two.heard] == list(range(2_000))


async def test_words_in_any_script_fit_and_what_fits_into_no_notice_holds_nothing_up(
    database_url: str,
) -> None:
    async with processes(database_url) as (one, two):
        one.signals.send("a", {"text": "å" * 10_000})
        for number in range(20):
            one.signals.send("a", {"number": number, "text": "ẞ" * 1_400})
        await until(lambda: len(two.heard) == 20)
        assert [signal["number"] for _, signal in two.heard] == list(range(20))


async def test_too_many_signals_drop_the_oldest(database_url: str) -> None:
    async with processes(database_url, capacity=10) as (one, two):
        for number in range(100):
            one.signals.send("a", {"number": number})
        await until(lambda: bool(two.heard))
        assert [signal["number"] for _, signal in two.heard] == list(range(90, 100))


async def test_every_commit_is_told_with_its_version(database_url: str) -> None:
    async with processes(database_url) as (one, _), running_writer(database_url) as running:
        opened = await asyncio.gather(*(running.open() for _ in range(150)))
        await until(lambda: sum(len(each["s"]) for each in one.notices) == 150)
        told = {stream: version for each in one.notices for stream, version in each["s"].items()}
        assert told == dict.fromkeys(opened, 2)


async def test_a_listener_that_was_cut_off_says_that_there_was_a_gap(database_url: str) -> None:
    async with processes(database_url) as (one, two):
        query(
            database_url,
            "SELECT pg_terminate_backend(%s)",
            two.connections[0].info.backend_pid,
        )
        await until(lambda: two.gaps == 2)
        assert one.gaps == 1
        one.signals.send("a", {"type": "typing"})
        await until(lambda: two.heard == [("a", {"type": "typing"})])


@pytest.mark.parametrize("payload", ["", "not json", "[1, 2]", "null", '"text"'])
async def test_what_is_no_notice_of_ours_is_passed_over(database_url: str, payload: str) -> None:
    async with processes(database_url) as (one, _):
        query(database_url, "SELECT pg_notify(%s, %s)", SIGNALS, payload)
        after = orjson.dumps({"w": "someone", "s": [["a", {"type": "typing"}]]}).decode()
        query(database_url, "SELECT pg_notify(%s, %s)", SIGNALS, after)
        await until(lambda: one.heard == [("a", {"type": "typing"})])
        assert one.gaps == 1
