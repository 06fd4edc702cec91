"""One sender's commands keep their order, also when an earlier one has to be sent again."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

# Who leaves more than this behind is flooding, and may find their own words out of order.
HELD_LIMIT: Final = 200
# A client that hasn't come back with the earlier one for so long has given it up.
GIVEN_UP_SECONDS: Final = 10.0
LEAST_SECONDS: Final = 0.05


@dataclass(slots=True)
class SendingOrder:
    """The commands that a socket was asked to send again, oldest first.

    While there are any, a later one is sent away too, to come back after them. Times are
    seconds of any clock that only goes forward.
    """

    _again_at: OrderedDict[str, float] = field(default_factory=OrderedDict)

    def wait_seconds(self, client_id: str, now: float) -> float:
        """Return 0 if this command may go, else in how many seconds it should come back."""
        while self._again_at:
            oldest, again_at = next(iter(self._again_at.items()))
            if oldest == client_id:
                return 0.0
            if again_at + GIVEN_UP_SECONDS >= now:
                wait_seconds = max(LEAST_SECONDS, again_at - now + LEAST_SECONDS)
                self.send_again(client_id, now + wait_seconds)
                return wait_seconds
            del self._again_at[oldest]
        return 0.0

    def send_again(self, client_id: str, again_at: float) -> None:
        """Note that this command was asked to come back at a time; it keeps its place."""
        if client_id in self._again_at or len(self._again_at) < HELD_LIMIT:
            self._again_at[client_id] = again_at

    def done(self, client_id: str) -> None:
        """Note that this command was answered for good."""
        self._again_at.pop(client_id, None)
