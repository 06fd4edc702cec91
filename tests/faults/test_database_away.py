"""PostgreSQL hangs, is stopped, is killed, while customers write: told so, and nothing lost."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from alltid.storage.embedded_postgres import EmbeddedPostgres
from tests.faults.conftest import Tell
from tests.faults.crowd import Crowd
from tests.faults.evidence import Evidence
from tests.support.server import Server

pytestmark = [pytest.mark.anyio, pytest.mark.fault, pytest.mark.timeout(600)]

WRITERS = 20
LISTENERS = 10
GROWTH_BYTES_MAX = 80 * 1024 * 1024


@pytest.fixture
def served(
    own_postgres: EmbeddedPostgres, memory_folder: Path, entry: tuple[str, ...]
) -> Iterator[Server]:
    folder = memory_folder / uuid4().hex[:8]
    with Server(folder, database_url=own_postgres.url_of("alltid"), entry=entry) as server:
        yield server


async def test_a_database_that_hangs(
    hurried_server: Server, away_seconds: float, seed: int, tell: Tell
) -> None:
    server = hurried_server

    def away() -> None:
        server.signal_database(signal.SIGSTOP)

    def back() -> None:
        server.signal_database(signal.SIGCONT)

    try:
        await _write_through(server, Crowd(seed), away, back, away_seconds, tell)
    finally:
        back()


async def test_a_database_that_is_stopped_and_started(
    served: Server, own_postgres: EmbeddedPostgres, away_seconds: float, seed: int, tell: Tell
) -> None:
    away, back = own_postgres.stop, own_postgres.start
    await _write_through(served, Crowd(seed), away, back, away_seconds, tell)


async def test_a_database_that_is_killed_comes_back_by_itself(
    server: Server, seed: int, tell: Tell
) -> None:
    crowd = Crowd(seed, pace_seconds=0.1)
    await crowd.arrive(server, WRITERS)
    try:
        crowd.gate.set()
        for _ in range(2):
            await asyncio.sleep(0.7)
            server.kill_database()
            began = time.monotonic()
            await asyncio.to_thread(_until_ready, server, 60.0)
            tell(f"served again after {time.monotonic() - began:.1f} s")
        await crowd.rest()
        await crowd.all_settled()
        await _check(server, crowd, tell)
        assert [line.connections for line in crowd.customers] == [1] * WRITERS
    finally:
        await crowd.leave()


async def _write_through(
    server: Server,
    crowd: Crowd,
    away: Callable[[], None],
    back: Callable[[], None],
    away_seconds: float,
    tell: Tell,
) -> None:
    """Write before, during and after an absence; only some of the customers write."""
    await crowd.arrive(server, WRITERS + LISTENERS)
    await crowd.rest()
    writers, listeners = crowd.customers[:WRITERS], crowd.customers[WRITERS:]
    try:
        for customer in writers:
            customer.say("Hej, innan")
        await crowd.all_settled()
        await crowd.all_quiet(server)  # the assistant has loaded what it answers from
        memory = server.resident_bytes()
        await asyncio.to_thread(away)
        began = time.monotonic()
        round_number = 0
        while time.monotonic() < began + away_seconds:
            round_number += 1
            for customer in writers:
                customer.say(f"Under tiden {round_number}")
            await _still_there(server, crowd)
            await asyncio.sleep(1.5)
        told = [customer.busy for customer in writers]
        growth = server.resident_bytes() - memory
        closed = [line for line in crowd.lines if line.connections > 1]
        await asyncio.to_thread(back)
        await asyncio.to_thread(_until_ready, server, 60.0)
        recovered = time.monotonic()
        await crowd.all_settled(90)
        settled = time.monotonic() - recovered
        for busy in told:
            assert "storage_busy" in {error["code"] for error in busy}, "a writer was not told"
        for error in (error for busy in told for error in busy):
            assert error["code"] in {"storage_busy", "in_order"}
            assert error["fatal"] is False
            assert error["retry_after_seconds"] > 0
            assert error["message"]
        assert closed == []
        assert growth < GROWTH_BYTES_MAX
        assert [len(listener.busy) for listener in listeners] == [0] * LISTENERS
        tell(
            f"{sum(map(len, told))} told to try again, no socket closed, memory grew by "
            f"{growth / 2**20:.0f} MiB, all stored {settled:.1f} s after readiness"
        )
        await _check(server, crowd, tell)
    finally:
        await crowd.leave()


async def _still_there(server: Server, crowd: Crowd) -> None:
    """The process is alive and says that it is not ready; idle sockets answer."""
    async with httpx.AsyncClient(base_url=server.http, timeout=15) as http:
        # Within the client's patience, which is shorter than the server's with the database.
        assert (await http.get("/healthz")).status_code == 200
        answer = await http.get("/readyz")
        assert answer.status_code == 503
    listener = crowd.customers[-1]
    pongs: list[object] = []
    listener.on_frame = lambda frame: pongs.append(frame) if frame["type"] == "pong" else None
    listener.send_now({"type": "ping"})
    await listener.until(lambda: bool(pongs), 15.0)


def _until_ready(server: Server, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while server.ready() != 200:
        assert time.monotonic() < deadline, f"not ready again:\n{server.tail()}"
        time.sleep(0.05)


async def _check(server: Server, crowd: Crowd, tell: Tell) -> None:
    await crowd.all_quiet(server)
    evidence = await asyncio.to_thread(Evidence, server.database_url)
    evidence.check_streams()
    messages = evidence.check_messages(crowd.lines)
    evidence.check_shown(crowd.customers, crowd.agents)
    evidence.check_promises()
    await asyncio.to_thread(evidence.check_monitor)
    tell(f"{messages} messages stored once, in order")
