"""A view shows every fact once, whatever is shown beside it while it reads on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from alltid.conversations.events import Fact, QueueLeft
from alltid.web.hub import Hub
from alltid.web.view import View

pytestmark = pytest.mark.anyio
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


class SlowLog:
    """A log of so many facts that answers only when it is told to."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.answer = asyncio.Event()
        self.asked = asyncio.Event()

    async def facts_after(self, _conversation: str, after: int, limit: int) -> list[Fact]:
        self.asked.set()
        await self.answer.wait()
        last = min(self.length, after + limit)
        return [Fact(version, NOON, QueueLeft()) for version in range(after + 1, last + 1)]


async def follow(log: SlowLog) -> tuple[View, list[int]]:
    shown: list[int] = []

    def show(facts: Sequence[Fact]) -> None:
        shown.extend(fact.version for fact in facts)

    view = View("c", log, Hub(), on_facts=show, on_signal=lambda _signal: None)  # type: ignore[arg-type]
    view.listen()
    view.start(5)
    # Another process has written more; the view begins to read it.
    view.committed(log.length, ())
    await log.asked.wait()
    return view, shown


async def settled(view: View, log: SlowLog) -> None:
    log.answer.set()
    async with asyncio.timeout(30):
        while view._catching_up is not None:  # noqa: ASYNC110  it says nothing when it ends
            await asyncio.sleep(0)


async def test_a_page_shown_while_it_reads_is_not_shown_again() -> None:
    log = SlowLog(length=8)
    view, shown = await follow(log)
    view.start(7)
    await settled(view, log)
    assert shown == [8]
    view.stop()


async def test_going_back_while_it_reads_leaves_no_gap() -> None:
    log = SlowLog(length=8)
    view, shown = await follow(log)
    view.rewind(3)
    await settled(view, log)
    assert shown == [4, 5, 6, 7, 8]
    view.stop()
