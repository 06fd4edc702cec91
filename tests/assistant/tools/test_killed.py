"""Whoever dies in the middle of an action: it is done once, and the books agree."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from alltid.assistant.tools.actions import ActionLimits
from alltid.assistant.tools.tool import ToolResult
from tests.assistant.tools.lender import bank, moved, proposal, told

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).resolve().parents[3]
MANY = ActionLimits(a_conversation=1_000, a_day=1_000)


class Dying:
    """Awaited, it is cancelled at the given await of its own; True where it got through."""

    def __init__(self, awaits: int, work: Awaitable[Any]) -> None:
        self._awaits = awaits
        self._work = work

    async def through(self) -> bool:
        task = asyncio.create_task(self._counted())
        await asyncio.wait([task])
        return not task.cancelled() and task.exception() is None

    async def _counted(self) -> None:
        await self

    def __await__(self) -> Generator[Any, Any, None]:
        running = self._work.__await__()
        step: Callable[[], Any] = lambda: next(running)  # noqa: E731  what comes next
        while True:
            try:
                waited_for = step()
            except StopIteration:
                return
            self._awaits -= 1
            if self._awaits == 0:
                task = asyncio.current_task()
                assert task is not None
                task.cancel()
            try:
                sent = yield waited_for
            except BaseException as error:  # noqa: BLE001  goes on to where it belongs
                step = _thrown(running, error)
            else:
                step = _sent(running, sent)


def _thrown(running: Generator[Any, Any, Any], error: BaseException) -> Callable[[], Any]:
    return lambda: running.throw(error)


def _sent(running: Generator[Any, Any, Any], value: Any) -> Callable[[], Any]:
    return lambda: running.send(value)


async def test_killed_at_any_await_the_books_agree_after_the_turn_is_done_again(
    database_url: str,
) -> None:
    async with bank(database_url, sockets=True) as lender:
        kills, through, last = 0, False, None
        what = proposal("request_data_export")
        while not through:
            # A new confirmation each time: each is another action, killed one await later.
            kills += 1
            confirmed = 100 + kills
            lender.clock.advance(40 * 86_400)
            through = await Dying(
                kills, lender.executor(limits=MANY).act(what, confirmed_by=confirmed)
            ).through()
            last = await lender.executor(limits=MANY).act(what, confirmed_by=confirmed)
            assert isinstance(last, ToolResult), (kills, last)
        assert kills > 10
        ledger, done = await lender.ledger(), await lender.done()
        assert {state for _, _, state in ledger} == {"executed"}
        assert len(done) == kills
        assert sorted(done) == sorted((key, tool) for key, tool, _ in ledger)


async def test_killed_and_never_done_again_it_is_settled_by_asking_with_the_same_key(
    database_url: str,
) -> None:
    async with bank(database_url, sockets=True) as lender:
        through, kills = False, 0
        while not through:
            kills += 3
            lender.clock.advance(40 * 86_400)
            work = lender.executor(limits=MANY).act(
                proposal("request_data_export"), confirmed_by=kills
            )
            through = await Dying(kills, work).through()
            lender.clock.advance(60)
            await lender.ground().settle()
        ledger, done = await lender.ledger(), await lender.done()
        # What was only proposed was never asked for; all else has come to its end.
        assert {state for _, _, state in ledger} <= {"proposed", "executed"}
        executed = sorted((key, tool) for key, tool, state in ledger if state == "executed")
        assert executed == sorted(done)
        assert len(executed) > 3


async def test_cancelled_at_random_awaits_it_is_done_once(database_url: str) -> None:
    async with bank(database_url, sockets=True) as lender:
        what = await moved(lender, 3)
        for turns in range(1, 40, 3):
            task = asyncio.create_task(lender.executor().act(what, confirmed_by=5))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
        answer = await lender.executor().act(what, confirmed_by=5)
        assert told(answer)["extensions_used"] == 1
        assert len(await lender.done()) == 1


async def test_processes_killed_in_the_middle_leave_books_that_agree(database_url: str) -> None:
    async with bank(database_url, sockets=True) as lender:
        command = (sys.executable, "-m", "tests.assistant.tools.killed", database_url, lender.url)
        killed = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
        assert await killed.wait() == 0
        before = [state for _, _, state in await lender.ledger()]
        lender.clock.advance(60)
        await lender.ground(limits=MANY).settle()
        ledger, done = await lender.ledger(), await lender.done()
        assert {state for _, _, state in ledger} <= {"proposed", "executed"}
        executed = sorted((key, tool) for key, tool, state in ledger if state == "executed")
        assert executed == sorted(done)
        assert len(executed) >= before.count("executed") > 10
