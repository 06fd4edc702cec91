"""Ending tasks for good."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Final

_ASK_AGAIN_SECONDS: Final = 0.5
_ASK_TIMES: Final = 40


async def end_tasks(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks until they have ended, for at most 20 seconds.

    Once is not enough: a cancellation that arrives in the moment in which a waiting task is
    given its connection or its event can be lost on the way, and the task would go on.
    """
    pending = {task for task in tasks if not task.done()}
    for _ in range(_ASK_TIMES):
        if not pending:
            return
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=_ASK_AGAIN_SECONDS)
