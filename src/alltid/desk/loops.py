"""What runs for as long as the desk does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

log = structlog.get_logger(__name__)

RESTART_SECONDS: Final = 1.0
AGAIN_SECONDS: Final = 5.0


async def keep_running(name: str, loop: Callable[[], Awaitable[None]]) -> None:
    """Run a loop for good: one that fails is started again, and says so."""
    while True:
        try:
            await loop()
        except Exception as error:
            log.exception("loop_failed", loop=name, error=type(error).__name__)
        await asyncio.sleep(RESTART_SECONDS)


async def until_done(
    name: str, work: Callable[[], Awaitable[None]], *, again_seconds: float = AGAIN_SECONDS
) -> None:
    """Do what is to be done once: what fails is tried again, and says so."""
    while True:
        try:
            return await work()
        except Exception as error:
            log.exception("loading_failed", what=name, error=type(error).__name__)
        await asyncio.sleep(again_seconds)
