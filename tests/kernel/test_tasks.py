"""A task that loses its cancellation once is ended all the same."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from alltid.kernel.tasks import end_tasks

pytestmark = pytest.mark.anyio


async def test_tasks_are_asked_until_they_end() -> None:
    async def deaf_once() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        await asyncio.sleep(60)

    tasks = [asyncio.create_task(deaf_once()), asyncio.create_task(asyncio.sleep(0))]
    await asyncio.sleep(0.01)
    await end_tasks(tasks)
    assert tasks[0].cancelled()
    assert tasks[1].done()
