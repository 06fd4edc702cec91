"""uvicorn's HTTP, with a bound on how long and how large the head of a request may be.

Without it whoever connects and says nothing, or a header line a minute, holds a connection
and its memory for good.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS: Final = 15.0
HEAD_BYTES_MAX: Final = 65_536


class BoundedHttp(HttpToolsProtocol):
    """Closes connections whose request doesn't begin in time, or begins without end."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._head_due: asyncio.TimerHandle | None = None
        self._head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Expect a request soon."""
        super().connection_made(transport)
        self._head_begins()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing more."""
        self._head_ends()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take in what came, unless this head has grown too long."""
        self._head_bytes += len(data)
        super().data_received(data)
        if self._head_due is not None and self._head_bytes > HEAD_BYTES_MAX:
            self._head_ends()
            self.send_400_response("The head of this request is too long.")

    def on_message_begin(self) -> None:
        """Expect the rest of the head soon."""
        super().on_message_begin()
        self._head_begins()

    def on_headers_complete(self) -> None:
        """Leave the rest to the application."""
        self._head_ends()
        super().on_headers_complete()

    def _head_begins(self) -> None:
        if self._head_due is None:
            self._head_bytes = 0
            self._head_due = self.loop.call_later(HEAD_SECONDS, self._too_late)

    def _head_ends(self) -> None:
        if self._head_due is not None:
            self._head_due.cancel()
            self._head_due = None

    def _too_late(self) -> None:
        self._head_due = None
        self.transport.close()
