"""What one customer sees of the line: the place, an honest wait, and the other ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from alltid.conversations.events import Fact
from alltid.dispatch.queue import Line, Queue
from alltid.web.arranging import Arrangement, Arranging, arranged_after
from alltid.web.hub import Hub


class CustomerLine:
    """Follows the line while the customer waits."""

    def __init__(
        self,
        conversation_id: str,
        hub: Hub,
        queue: Queue,
        arranging: Arranging,
        send: Callable[[Mapping[str, Any]], object],
        arranged: Arrangement,
    ) -> None:
        """Begin with how the customer waits by what is stored."""
        self._conversation_id = conversation_id
        self._hub = hub
        self._queue = queue
        self._arranging = arranging
        self._send = send
        self._arranged = arranged
        self._shown: Mapping[str, Any] | None = None
        if arranged != Arrangement():
            send(arranged.frame())

    def follow(self, facts: Sequence[Fact]) -> None:
        """Say so when the customer now waits in another way."""
        arranged = arranged_after(facts, self._arranged)
        if arranged != self._arranged:
            self._arranged, self._shown = arranged, None
            self._send(arranged.frame())

    def show(self, *, waits: bool) -> None:
        """Follow the line from now on, or no longer."""
        if not waits:
            self.stop()
            return
        self._shown = None
        self._hub.watch_line(self._line_changed)
        self._line_changed(self._queue.line)

    def stop(self) -> None:
        """Follow nothing any more."""
        self._hub.unwatch_line(self._line_changed)

    def _line_changed(self, line: Line) -> None:
        place = self._place(line)
        if place is None:
            # A callback for later, or not seen yet by the queue, which looks again at once.
            return
        wait = line.wait_at(place)
        frame: dict[str, Any] = {
            "type": "queue",
            "place": place,
            "ahead": place - 1,
            "wait": wait and {"low_seconds": wait.low_seconds, "high_seconds": wait.high_seconds},
            "online": line.online_for(self._conversation_id),
        }
        if self._arranged != Arrangement():
            frame |= {**self._arranged.frame(), "type": "queue"}
        options = self._arranging.options(line, self._conversation_id)
        if options is not None:
            frame["options"] = options
        if frame != self._shown:
            self._shown = frame
            self._send(frame)

    def _place(self, line: Line) -> int | None:
        """Return the place in line, unless it is from a look before the callback was booked."""
        waiting = line.by_id.get(self._conversation_id)
        booked = self._arranged.callback_at
        if waiting is None or (booked is not None and waiting.callback_at is None):
            return None
        return waiting.place
