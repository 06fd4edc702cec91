"""What a customer is told of the line when a look at it and a booking cross."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from alltid.conversations.events import CallbackBooked, Fact
from alltid.dispatch.queue import Line, Waiting
from alltid.web.arranging import Arrangement
from alltid.web.customer_line import CustomerLine
from alltid.web.hub import Hub

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
LATER = datetime(2026, 5, 4, 15, tzinfo=UTC)
WAITING = Waiting("c", 1, NOON, "button", "sv")


class Known:
    """The queue's last look, and other ways that nobody offers."""

    line = Line()

    def options(self, _line: Line, _conversation: str) -> None:
        return None


def test_a_look_from_before_the_booking_shows_no_place() -> None:
    hub, known, sent = Hub(), Known(), list[dict[str, Any]]()
    known.line = Line((WAITING,), by_id={"c": WAITING})
    shown = CustomerLine("c", hub, known, known, sent.append, Arrangement())  # type: ignore[arg-type]
    shown.show(waits=True)
    shown.follow([Fact(4, NOON, CallbackBooked(LATER))])
    # The queue was looking when it was booked, and still saw the customer in line.
    hub.line_changed(Line((WAITING,), online=1, by_id={"c": WAITING}))
    hub.line_changed(Line())
    assert [frame["type"] for frame in sent] == ["queue", "arranged"]
    assert sent[-1]["callback_at"] == LATER.isoformat()
    due = replace(WAITING, callback_at=LATER)
    hub.line_changed(Line((due,), by_id={"c": due}))
    assert (sent[-1]["type"], sent[-1]["place"]) == ("queue", 1)
