"""The line as agents who are online see it: places and times, and nobody's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from alltid.dispatch.queue import Line

if TYPE_CHECKING:
    from alltid.web.connection import Connection
    from alltid.web.services import Services

LINE_SHOWN: Final = 50


class AgentLine:
    """Shows one device the first in line, whenever they change."""

    def __init__(self, services: Services, connection: Connection) -> None:
        """Show nothing yet."""
        self._services = services
        self._connection = connection
        self._shown: Mapping[str, Any] | None = None

    def show(self) -> None:
        """Show the line now, and each change from now on."""
        self._shown = None
        self._services.hub.watch_line(self._changed)
        self._changed(self._services.queue.line)

    def hide(self) -> None:
        """Show it no more."""
        self._services.hub.unwatch_line(self._changed)

    def _changed(self, line: Line) -> None:
        now = self._services.clock.now()
        shown = line.waiting[:LINE_SHOWN]
        key = {"waiting": shown, "online": line.online}
        if key == self._shown:
            return
        self._shown = key
        self._connection.send(
            {
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
                    for each in shown
                ],
                "online_agents": line.online,
            }
        )
