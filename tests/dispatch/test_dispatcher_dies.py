"""The dispatcher killed between any two statements: the next leader finds nothing half done."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import psycopg
import pytest

from alltid.dispatch.dispatcher import STANDBY_SECONDS
from alltid.dispatch.pay_quotes import FloorQuotes
from alltid.dispatch.snapshot import Sessions
from alltid.kernel.clock import ManualClock
from alltid.storage.database import connect
from tests.support.dispatching import Room, a_room
from tests.support.writers import query, until

pytestmark = pytest.mark.anyio
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


class Mortal:
    """A connection whose server process dies at its n-th step: a statement, or a commit."""

    def __init__(self, real: psycopg.AsyncConnection[Any], url: str, dies_at: int) -> None:
        self._real = real
        self._url = url
        self._left = dies_at
        self._pid = real.info.backend_pid
        self.died = False

    def step(self) -> None:
        self._left -= 1
        if self._left == 0:
            self.died = True
            query(self._url, "SELECT pg_terminate_backend(%s, 5000)", self._pid)

    async def execute(self, *arguments: Any) -> Any:
        self.step()
        return await self._real.execute(*arguments)

    def pipeline(self) -> Any:
        return self._real.pipeline()

    def transaction(self) -> MortalTransaction:
        return MortalTransaction(self, self._real.transaction())


class MortalTransaction:
    def __init__(self, mortal: Mortal, real: Any) -> None:
        self._mortal = mortal
        self._real = real

    async def __aenter__(self) -> None:
        self._mortal.step()
        await self._real.__aenter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self._mortal.step()
        await self._real.__aexit__(kind, error, trace)


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Room]:
    async with a_room(database_url, ManualClock(NOON)) as opened:
        yield opened


def leader(room: Room) -> list[int]:
    """The server's process that holds the lock."""
    rows = room.rows(
        "SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
        "WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()"
    )
    return [row[0] for row in rows]


async def settle(room: Room) -> None:
    """What the next leader does, until there is nothing left to do."""
    for _ in range(5):
        if not await room.round():
            return
    raise AssertionError("rounds that never end")


async def dies(room: Room, step: int) -> bool:
    """Let a leader die at a step of its round; False when the round has no such step."""
    real = await connect(room.database_url)
    mortal = Mortal(real, room.database_url, step)
    try:
        with contextlib.suppress(psycopg.OperationalError):
            await room.dispatcher().round(mortal, Sessions(FloorQuotes()))  # type: ignore[arg-type]
    finally:
        await real.close()
    return mortal.died


async def test_no_offer_is_lost_doubled_or_left_open(room: Room) -> None:
    clock = room.clock
    assert isinstance(clock, ManualClock)
    agents = [await room.agent_online(slots=2) for _ in range(2)]
    waiting = [await room.customer_asks() for _ in range(3)]
    step = 1
    while True:
        # Each time some offers run out, seen, so that a round both tidies and offers.
        await settle(room)
        for agent in agents:
            for offer in await room.open_offers(agent):
                await room.acceptance.show(agent, offer.id)
        clock.advance(22)
        if not await dies(room, step):
            break
        await settle(room)
        rows = room.rows(
            "SELECT conversation_id::text FROM offers WHERE stage = 'open' AND NOT doubled"
        )
        assert sorted(row[0] for row in rows) == sorted(waiting), f"after dying at step {step}"
        held = room.rows(
            "SELECT key FROM online_sessions, jsonb_each(state -> 'held') WHERE ended_at IS NULL"
        )
        assert sorted(held) == sorted(room.rows("SELECT id::text FROM offers WHERE stage = 'open'"))
        facts = room.rows("SELECT count(*) FROM events WHERE type = 'offer.Offered'")
        assert facts == room.rows("SELECT count(*) FROM offers")
        step += 1
    assert step > 20, "a round has more statements than that"


async def test_another_leads_within_two_seconds(room: Room) -> None:
    # It looks twice in a second. By the clock on the wall a busy machine would be judged too.
    assert STANDBY_SECONDS <= 0.5
    first, second = room.dispatcher(), room.dispatcher()
    leading = asyncio.create_task(first.run())
    await until(lambda: first.leading)
    standing_by = asyncio.create_task(second.run())
    await asyncio.sleep(0.7)
    assert not second.leading, "one leads"
    leading.cancel()
    await until(lambda: second.leading)
    agent = await room.agent_online()
    await room.customer_asks()
    second.touch()
    await until(lambda: bool(room.rows("SELECT 1 FROM offers WHERE agent_id = %s", agent)))
    # A leader whose server process dies stands by again, and leads again.
    [before] = leader(room)
    room.rows("SELECT pg_terminate_backend(%s)", before)
    await until(lambda: leader(room) not in ([], [before]))
    standing_by.cancel()
    await asyncio.gather(leading, standing_by, return_exceptions=True)
