"""Jobs are stored with their event or not at all, and run until done or given up."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from alltid.kernel.clock import SystemClock
from alltid.storage.database import open_pool
from alltid.storage.jobs import GiveUp, JobRunner, NewJob, Pool, enqueue_in
from alltid.storage.webhooks import WebhookEvent, WebhookSender, webhook_job

pytestmark = pytest.mark.anyio

SECRET = "a secret that both sides know, 40 bytes"
EVENT = WebhookEvent(
    id="0190-1",
    type="human_requested",
    at=datetime(2026, 1, 1, tzinfo=UTC),
    data={"conversation": "c1", "how": "button"},
)


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    pool = await open_pool(database_url, max_size=4)
    yield pool
    await pool.close()


@asynccontextmanager
async def receiver(status: int) -> AsyncIterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """A little HTTP server that answers every request with `status` and keeps it."""
    received: list[tuple[dict[str, str], bytes]] = []
    answering: set[asyncio.Task[Any]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (task := asyncio.current_task()) is not None:
            answering.add(task)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head)}
        received.append((headers, await reader.readexactly(int(headers["content-length"]))))
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/hook", received
        await asyncio.gather(*answering)


async def eventually(condition: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110  it watches a database
            await asyncio.sleep(0.02)


async def rows(pool: Pool, query: str) -> list[tuple[Any, ...]]:
    async with pool.connection() as connection:
        return await (await connection.execute(query.encode())).fetchall()


async def test_a_rolled_back_transaction_leaves_no_job(pool: Pool) -> None:
    async with (
        pool.connection() as connection,
        connection.transaction(force_rollback=True),
    ):
        await enqueue_in(connection, [NewJob("count", {"n": 1})])
    assert await rows(pool, "SELECT * FROM procrastinate_jobs") == []


async def test_a_batch_is_stored_at_once_and_runs(pool: Pool) -> None:
    ran: list[int] = []

    async def count(n: int) -> None:
        ran.append(n)

    runner = JobRunner(pool, SystemClock())
    runner.add_task("count", count)
    async with pool.connection() as connection, connection.transaction():
        await enqueue_in(connection, [NewJob("count", {"n": n}) for n in range(50)])
    await runner.start()

    async def all_ran() -> bool:
        return len(ran) == 50

    await eventually(all_ran)
    await runner.stop()
    assert sorted(ran) == list(range(50))


async def test_a_failing_job_is_tried_again_and_ends(pool: Pool) -> None:
    tries: list[int] = []

    async def fail() -> None:
        tries.append(1)
        raise ValueError

    runner = JobRunner(pool, SystemClock())
    runner.add_task("fail", fail, pauses_seconds=(0, 0))
    async with pool.connection() as connection:
        await enqueue_in(connection, [NewJob("fail", {})])
    for _ in range(4):
        await runner.run_until_idle()
    assert len(tries) == 3
    assert await rows(
        pool, "SELECT status::text FROM procrastinate_jobs WHERE task_name = 'fail'"
    ) == [("failed",)]


async def test_jobs_go_on_after_the_database_dropped_every_connection(pool: Pool) -> None:
    ran: list[int] = []

    async def count() -> None:
        ran.append(1)

    runner = JobRunner(pool, SystemClock())
    runner.add_task("count", count)
    await runner.start()
    await asyncio.sleep(0.3)
    with psycopg.connect(pool.conninfo, autocommit=True) as other:  # type: ignore[arg-type]
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    async def stored() -> bool:
        try:
            async with pool.connection() as connection:
                await enqueue_in(connection, [NewJob("count", {})])
        except psycopg.OperationalError:
            return False
        return True

    async def done() -> bool:
        return bool(ran)

    await eventually(stored)
    await eventually(done)
    await runner.stop()


async def test_a_delivery_is_signed_and_carries_its_id(pool: Pool) -> None:
    async with receiver(204) as (url, received):
        runner = JobRunner(pool, SystemClock())
        runner.add_task("deliver_webhook", WebhookSender(url, SECRET, SystemClock()).deliver)
        async with pool.connection() as connection:
            await enqueue_in(connection, [webhook_job(EVENT)])
        await runner.run_until_idle()
    [(headers, body)] = received
    assert json.loads(body) == {
        "id": "0190-1",
        "type": "human_requested",
        "at": "2026-01-01T00:00:00+00:00",
        "data": {"conversation": "c1", "how": "button"},
    }
    assert headers["alltid-event-id"] == "0190-1"
    moment, signature = headers["alltid-signature"].split(",")
    expected = hmac.new(
        SECRET.encode(), moment.removeprefix("t=").encode() + b"." + body, hashlib.sha256
    )
    assert signature == f"v1={expected.hexdigest()}"


@pytest.mark.parametrize(("status", "given_up"), [(500, False), (302, False), (410, True)])
async def test_an_unhappy_receiver_is_tried_again_unless_it_is_gone(
    pool: Pool, status: int, given_up: bool
) -> None:
    async with receiver(status) as (url, received):
        runner = JobRunner(pool, SystemClock())
        runner.add_task("deliver_webhook", WebhookSender(url, SECRET, SystemClock()).deliver)
        async with pool.connection() as connection:
            await enqueue_in(connection, [webhook_job(EVENT)])
        await runner.run_until_idle()
    assert len(received) == 1
    [(state, later)] = await rows(
        pool,
        "SELECT status::text, scheduled_at > now() FROM procrastinate_jobs "
        "WHERE task_name = 'deliver_webhook'",
    )
    assert (state, bool(later)) == (("failed", False) if given_up else ("todo", True))


async def test_a_receiver_that_never_answers_costs_a_bounded_time() -> None:
    ended = asyncio.Event()

    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # until the other side hangs up
        writer.close()
        ended.set()

    server = await asyncio.start_server(silence, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        sender = WebhookSender(
            f"http://127.0.0.1:{port}/", SECRET, SystemClock(), timeout_seconds=0.2
        )
        # On a busy machine it may already be too late when it is connected.
        with pytest.raises(Exception, match=r"ReadTimeout|ConnectTimeout"):
            await sender.deliver(event_id="1", event_type="rated", at="now", data={})
        await asyncio.wait_for(ended.wait(), 30)


async def test_sweeps_run_and_give_up_is_final(pool: Pool) -> None:
    swept: list[datetime] = []

    async def sweep(_pool: Pool, now: datetime) -> int:
        swept.append(now)
        return 1

    async def never() -> None:
        raise GiveUp

    runner = JobRunner(pool, SystemClock())
    runner.add_sweep("something", sweep)
    runner.add_task("never", never)
    async with pool.connection() as connection:
        await enqueue_in(connection, [NewJob("never", {})])
    await runner.run_until_idle()
    assert await rows(pool, "SELECT attempts FROM procrastinate_jobs WHERE task_name='never'") == [
        (1,)
    ]
    await runner.start()
    await runner.sweep()
    await runner.stop()
    assert len(swept) >= 1
