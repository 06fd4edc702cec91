"""Reads by one understander, and by another where the first can't: in the same turn and state."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Final

import structlog

from alltid.assistant.dialogue.understander import Context, Reading, ReadingError, Understander

log = structlog.get_logger(__name__)

# A model gets so long; what is left of an answer's time is for tools and words.
FIRST_SECONDS: Final = 4.0


class FallbackUnderstander:
    """Asks the first, and where it fails the second, which never does."""

    def __init__(
        self, first: Understander, second: Understander, *, seconds: float = FIRST_SECONDS
    ) -> None:
        """Wait `seconds` for the first."""
        self._first = first
        self._second = second
        self._seconds = seconds

    async def read(self, context: Context) -> Reading:
        """Return a reading; `failed` says why it isn't the first one's."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._first.read(context)
        except TimeoutError:
            why = "timeout"
        except ReadingError as error:
            why = str(error) or "failed"
        except Exception as error:  # noqa: BLE001  whatever a model does, the customer is answered
            why = type(error).__name__
        log.warning("understander_failed", conversation=context.conversation_id, why=why)
        return replace(await self._second.read(context), failed=why)
