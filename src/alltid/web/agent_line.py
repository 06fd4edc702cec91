"""The line as agents who are online see it: places and times, and nobody's words."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final

import orjson

from alltid.dispatch.queue import Line
from alltid.kernel.clock import Clock

if TYPE_CHECKING:
    from alltid.web.connection import Connection

LINE_SHOWN: Final = 50
# News of the line goes to everybody who is online: the more there are, the seldomer.
REST_SECONDS_EACH: Final = 0.002
REST_SECONDS_LEAST: Final = 0.05


class LineBoard:
    """Shows the first in line to every agent online: one frame, written once for all."""

    def __init__(self, clock: Clock) -> None:
        """Begin with an empty line and nobody who looks."""
        self._clock = clock
        self._line = Line()
        self._shown: Any = None
        self._watchers: set[Connection] = set()
        self._later: asyncio.TimerHandle | None = None
        self._told_at = float("-inf")

    def show(self, connection: Connection) -> None:
        """Show the line now, and each change from now on."""
        self._watchers.add(connection)
        connection.send_text(self._frame())

    def hide(self, connection: Connection) -> None:
        """Show it no more."""
        self._watchers.discard(connection)

    def line_changed(self, line: Line) -> None:
        """Take in the new line."""
        self._line = line
        if self._later is None and self._what() != self._shown:
            rest = max(REST_SECONDS_LEAST, len(self._watchers) * REST_SECONDS_EACH)
            wait = max(0.0, self._told_at + rest - time.monotonic())
            self._later = asyncio.get_running_loop().call_later(wait, self._tell)

    def _tell(self) -> None:
        self._later = None
        self._told_at = time.monotonic()
        self._shown = self._what()
        text = self._frame()
        for connection in tuple(self._watchers):
            connection.send_text(text)

    def _what(self) -> Any:
        return self._line.waiting[:LINE_SHOWN], self._line.online

    def _frame(self) -> str:
        now = self._clock.now()
        frame = {
            "type": "queue",
            "waiting": [
                {
                    "conversation": each.conversation_id,
                    "place": each.place,
                    "waiting_seconds": max(0, int((now - each.asked_at).total_seconds())),
                    "asked_at": each.asked_at.isoformat(),
                    "how": each.how,
                    "language": each.language,
                    "topic": None,
                }
                for each in self._line.waiting[:LINE_SHOWN]
            ],
            "online_agents": self._line.online,
        }
        return orjson.dumps(frame).decode()
