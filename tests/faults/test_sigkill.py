"""kill -9 at random moments: what was acknowledged is there once, and who waits still waits."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass, field

import psycopg
import pytest

from tests.faults.conftest import Tell
from tests.faults.crowd import Crowd
from tests.faults.evidence import Evidence, InLine, check_line, comparable, line_of
from tests.support.server import Server

pytestmark = [pytest.mark.anyio, pytest.mark.fault, pytest.mark.timeout(1200)]

KILLS = int(os.environ.get("FAULT_KILLS") or 21)
DATABASE_TOO_EVERY = 5
CUSTOMERS = 44


@dataclass
class Tally:
    """What the kills hit."""

    acks_lost: int = 0
    stored_unsaid: int = 0
    waiting: list[int] = field(default_factory=list)
    places_compared: int = 0
    restarts: list[float] = field(default_factory=list)


async def test_twenty_kills_lose_double_and_reorder_nothing(
    server: Server, seed: int, tell: Tell
) -> None:
    crowd, tally = Crowd(seed), Tally()
    dice = crowd.dice("kills")
    await crowd.arrive(server, CUSTOMERS)
    try:
        for number in range(1, KILLS + 1):
            crowd.gate.set()
            await asyncio.sleep(dice.uniform(0.2, 0.9))
            if dice.random() < 0.5:
                # At the fullest moment: everyone has just written.
                crowd.everyone_says(lambda each, number=number: f"kund {each} vid {number}")  # type: ignore[misc]
            await asyncio.sleep(dice.uniform(0.0, 0.03))
            await _kill_and_come_back(server, crowd, tally, number)
        crowd.gate.set()
        await asyncio.sleep(0.5)
        await crowd.rest()
        await crowd.all_settled()
        await crowd.all_quiet(server)
        await _everyone_knows_their_place(server, crowd)
        await _check(server, crowd, tally, tell)
    finally:
        await crowd.leave()


async def _kill_and_come_back(server: Server, crowd: Crowd, tally: Tally, number: int) -> None:
    with_database = number % DATABASE_TOO_EVERY == 0
    before = line_of(server.database_url) if with_database else []
    if with_database and number % 2 == 0:
        server.kill_database()
    server.kill()
    if with_database and number % 2 == 1:
        server.kill_database()
    crowd.gate.clear()
    await crowd.all_gone()
    tally.acks_lost += crowd.unacked()
    if not with_database:
        before = await asyncio.to_thread(_line_at_death, server)
        tally.stored_unsaid += await asyncio.to_thread(_stored_unsaid, server, crowd)
    tally.restarts.append(await asyncio.to_thread(server.start))
    await crowd.all_present()
    await _everyone_knows_their_place(server, crowd)
    after = await asyncio.to_thread(line_of, server.database_url)
    tally.waiting.append(len(after))
    if await asyncio.to_thread(check_line, server.database_url, before, after):
        tally.places_compared += len(before)


def _line_at_death(server: Server) -> list[InLine]:
    """The line once the dead server's last transactions have ended."""
    deadline = time.monotonic() + 60
    while server.query("SELECT 1 FROM pg_stat_activity WHERE application_name = 'alltid'"):
        assert time.monotonic() < deadline, "the database still serves the dead"
        time.sleep(0.01)
    return line_of(server.database_url)


def _stored_unsaid(server: Server, crowd: Crowd) -> int:
    """How many messages were stored though their sender never heard of it."""
    unacked = [client_id for line in crowd.lines for client_id in line.unacked]
    with psycopg.connect(server.database_url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM events WHERE data->>'client_id' = ANY (%s)", (unacked,)
        ).fetchone()
    return int(row[0]) if row else 0


async def _everyone_knows_their_place(server: Server, crowd: Crowd) -> None:
    """Wait until each waiting customer is shown the place that the tickets give them."""
    deadline = time.monotonic() + 60
    while True:
        line = await asyncio.to_thread(line_of, server.database_url)
        places = {each.conversation: place for place, each in enumerate(line, start=1)}
        wrong = [
            (customer.conversation, customer.status, customer.place, place)
            for customer in crowd.customers
            if (place := places.get(customer.conversation or "")) is not None
            and (customer.place is None or customer.place["place"] != place)
        ]
        if not wrong:
            return
        assert time.monotonic() < deadline, f"wrong places shown: {wrong}"
        await asyncio.sleep(0.05)


async def _check(server: Server, crowd: Crowd, tally: Tally, tell: Tell) -> None:
    evidence = await asyncio.to_thread(Evidence, server.database_url)
    evidence.check_streams()
    messages = evidence.check_messages(crowd.lines)
    shown = evidence.check_shown(crowd.customers, crowd.agents)
    evidence.check_promises()
    await asyncio.to_thread(evidence.check_monitor)
    # Devices that were never there before are shown the same.
    whole = await asyncio.gather(*(each.read_everything() for each in crowd.customers))
    for customer, shown_anew in zip(crowd.customers, whole, strict=True):
        assert comparable(shown_anew) == comparable(customer.items)
    assert len(tally.restarts) >= 20
    assert tally.acks_lost > 0
    assert tally.places_compared > 0
    slowest = max(tally.restarts)
    tell(
        f"{len(tally.restarts)} kills: {tally.acks_lost} acknowledgements lost "
        f"({tally.stored_unsaid} of them already stored), {messages} messages stored once, "
        f"{shown} items shown once, {tally.places_compared} places compared, "
        f"{max(tally.waiting)} waiting at most, slowest restart {slowest:.1f} s"
    )
