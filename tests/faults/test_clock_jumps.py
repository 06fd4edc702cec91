"""A wall clock that jumps ahead and back: places stay, nothing is lost, no wait is negative."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.faults.conftest import Tell
from tests.faults.crowd import Crowd
from tests.faults.evidence import Evidence, line_of
from tests.support.client import AgentLine, Customer, Frame
from tests.support.server import HURRIED_ENTRY, Server

pytestmark = [pytest.mark.anyio, pytest.mark.fault, pytest.mark.timeout(600)]

DAY_SECONDS = 86_400
HOUR_SECONDS = 3_600
WAITING = 6
CHATTING = 3


@pytest.fixture
def wall(memory_folder: Path) -> Path:
    """The file that says by how many seconds the server's wall clock is wrong."""
    file = memory_folder / uuid4().hex[:8]
    file.write_text("0")
    return file


@pytest.fixture
def jumpy(memory_folder: Path, wall: Path) -> Iterator[Server]:
    folder = memory_folder / uuid4().hex[:8]
    with Server(folder, entry=HURRIED_ENTRY, TEST_CLOCK=str(wall)) as server:
        yield server


async def test_a_clock_that_jumps(jumpy: Server, wall: Path, seed: int, tell: Tell) -> None:
    crowd, seen = Crowd(seed), list[Frame]()
    await crowd.arrive(jumpy, WAITING + CHATTING)
    await crowd.rest()
    for line in crowd.lines:
        line.on_frame = seen.append
    waiting, chatting = crowd.customers[:WAITING], crowd.customers[WAITING:]
    agent = crowd.agents[0]
    try:
        taken = await _begin(jumpy, waiting, agent)
        queue = [each.conversation for each in line_of(jumpy.database_url)]
        assert len(queue) == WAITING - 1

        _set(wall, DAY_SECONDS)
        await _write_on(crowd, "en dag senare")
        await _see_line(jumpy, waiting, queue)
        # Longer than a round of housekeeping: the agent keeps what they took.
        await asyncio.sleep(6)
        assert Evidence(jumpy.database_url).rows[taken][1] == "agent"
        await _look_at_console(jumpy)

        _set(wall, -HOUR_SECONDS)
        await _write_on(crowd, "och en timme för tidigt")
        for customer in chatting:
            await _more_than_a_burst(customer)
        await _see_line(jumpy, waiting, queue)
        await _look_at_console(jumpy)

        # An answer still owed by the old clock would count as overdue, and go to a person.
        await crowd.all_quiet(jumpy)
        jumpy.kill()
        await crowd.all_gone()
        await asyncio.to_thread(jumpy.start)
        await crowd.all_present()
        await _see_line(jumpy, waiting, queue)
        await _write_on(crowd, "efter omstarten")
        await crowd.all_quiet(jumpy)
        await _look_at_console(jumpy)
        tell(f"{_check_numbers(seen)} times shown, none negative")
        evidence = Evidence(jumpy.database_url)
        evidence.check_streams()
        messages = evidence.check_messages(crowd.lines)
        evidence.check_shown(crowd.customers, crowd.agents)
        evidence.check_promises()
        tell(f"{messages} messages stored once; {len(queue)} kept their places")
    finally:
        await crowd.leave()


def _set(wall: Path, wrong_by_seconds: float) -> None:
    wall.write_text(str(wrong_by_seconds))


async def _begin(server: Server, waiting: list[Customer], agent: AgentLine) -> str:
    """Have everyone ask for a human, one after another; the agent takes the first."""
    for customer in waiting:
        customer.ask_human()
        await customer.settled()
    agent.go_online()
    await agent.until(lambda: len(agent.waiting) == WAITING)
    taken = waiting[0].conversation or ""
    agent.take(taken)
    await agent.settled()
    return taken


async def _write_on(crowd: Crowd, words: str) -> None:
    for customer in crowd.customers:
        customer.say(f"Hej, {words}")
    await crowd.all_settled()


async def _more_than_a_burst(customer: Customer) -> None:
    """Send more than may be sent at once: a clock that stands still would end it."""
    for number in range(150):
        if number % 10 == 0:
            customer.say(f"meddelande {number}")
        customer.send_now({"type": "ping"})
    await customer.settled(60)


async def _see_line(server: Server, waiting: list[Customer], line: list[str]) -> None:
    assert [each.conversation for each in line_of(server.database_url)] == line
    for place, conversation in enumerate(line, start=1):
        customer = next(each for each in waiting if each.conversation == conversation)
        await customer.until(
            lambda c=customer, p=place: c.place is not None and c.place["place"] == p  # type: ignore[misc]
        )


async def _look_at_console(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.http, timeout=30) as http:
        headers = {"Origin": server.http}
        answer = await http.post("/api/sign-in/demo", json={"who": "lead"}, headers=headers)
        http.headers["Cookie"] = answer.headers["set-cookie"].split(";")[0]
        answer = await http.get("/api/console/overview")
        assert answer.status_code == 200, answer.text
        assert _check_numbers([answer.json()]) > 0


def _check_numbers(found: Any) -> int:
    """Look through everything shown for numbers of seconds; return how many there were."""
    if isinstance(found, list):
        return sum(_check_numbers(each) for each in found)
    if not isinstance(found, dict):
        return 0
    count = 0
    for name, value in found.items():
        if name.endswith("seconds") and isinstance(value, int | float):
            assert value >= 0, found
            count += 1
        count += _check_numbers(value)
    return count
