"""How much a company's system is asked at once, and when it is left alone for a moment.

A system that doesn't answer must not hold up every turn: only so many ask at a time, and after
some failures in a row nobody asks until a pause is over; then one asks for all.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from alltid.assistant.tools.company import CompanyUnreachable

AT_ONCE_MAX: Final = 32
FAILURES_IN_ROW: Final = 5
PAUSE_SECONDS: Final = 10.0


class Health:
    """The state of one company's system, shared by all turns of a process."""

    def __init__(
        self,
        *,
        at_once: int = AT_ONCE_MAX,
        failures_in_row: int = FAILURES_IN_ROW,
        pause_seconds: float = PAUSE_SECONDS,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        """`steady` counts seconds from anywhere."""
        self._turn = asyncio.Semaphore(at_once)
        self._failures_in_row = failures_in_row
        self._pause_seconds = pause_seconds
        self._steady = steady
        self._failures = 0
        self._closed_until: float | None = None

    @property
    def resting(self) -> bool:
        """Tell whether nobody may ask just now."""
        return self._closed_until is not None and self._steady() < self._closed_until

    @asynccontextmanager
    async def asked(self) -> AsyncIterator[None]:
        """Ask within this block, after waiting for a place among those who ask.

        Raises CompanyUnreachable while the system is left alone. A CompanyUnreachable from
        within counts as a failure; anything else as an answer, except being
        cancelled, which says nothing of the system (a caller's time-out: `failed_by_time`).
        """
        if self.resting:
            raise CompanyUnreachable("resting after failures", sent=False)
        async with self._turn:
            if self.resting:
                raise CompanyUnreachable("resting after failures", sent=False)
            if self._closed_until is not None:
                # The first after a pause asks for all: others wait until it has its answer.
                self._closed_until = self._steady() + self._pause_seconds
            try:
                yield
            except CompanyUnreachable:
                self._failed()
                raise
            except asyncio.CancelledError:
                raise
            except BaseException:
                self._answered()
                raise
            self._answered()

    def failed_by_time(self) -> None:
        """Count a call that was cut off by its time-out."""
        self._failed()

    def _failed(self) -> None:
        self._failures += 1
        if self._failures >= self._failures_in_row:
            self._closed_until = self._steady() + self._pause_seconds

    def _answered(self) -> None:
        self._failures = 0
        self._closed_until = None
