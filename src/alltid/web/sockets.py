"""The way of a WebSocket to its handler, past everything that is made for requests.

Each layer around a handler stays on the stack for as long as the socket is open. Thousands
of sockets that mostly listen make those layers the larger part of the memory, so sockets
take this short way in.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

Endpoint = Callable[[WebSocket], Awaitable[None]]


class Sockets:
    """Hands a WebSocket to the endpoint of its path, and everything else to the app."""

    def __init__(self, app: ASGIApp, *, endpoints: Mapping[str, Endpoint]) -> None:
        """Serve `endpoints` by path."""
        self._app = app
        self._endpoints = endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the connection on."""
        if scope["type"] == "websocket":
            endpoint = self._endpoints.get(scope["path"])
            if endpoint is not None:
                await endpoint(WebSocket(scope, receive, send))
                return
        await self._app(scope, receive, send)
