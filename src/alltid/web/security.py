"""Headers that tell browsers what our pages may do, and a bound on request bodies.

Both are plain ASGI: they wrap `send` and `receive` for HTTP and leave sockets alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HeaderList = list[tuple[bytes, bytes]]

JSON_BODY_BYTES_MAX: Final = 64 * 1024
# These read their body themselves, with their own limit.
_OWN_LIMIT: Final = frozenset({"/api/customer/attachments", "/api/agent/attachments"})

_COMMON: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": (
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), "
        "publickey-credentials-get=(self), publickey-credentials-create=(self)"
    ),
}
_HSTS: Final = "max-age=31536000"
_STAFF_PAGES: Final = ("/agent", "/console")


@dataclass(frozen=True, slots=True)
class _HeaderSets:
    widget: _HeaderList
    staff: _HeaderList
    page: _HeaderList
    data: _HeaderList

    def for_path(self, path: str) -> _HeaderList:
        if path.startswith("/api/"):
            return self.data
        if path == "/widget":
            return self.widget
        return self.staff if path.startswith(_STAFF_PAGES) else self.page


class SecurityHeaders:
    """Adds the security headers to every HTTP answer; what a route set itself stays."""

    def __init__(
        self, app: ASGIApp, *, public_url: str, widget_origins: Sequence[str] = ()
    ) -> None:
        """Compose the headers once: `widget_origins` are the sites that may frame the widget."""
        self._app = app
        self._sets = _header_sets(public_url, widget_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with headers added to the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        added = self._sets.for_path(scope["path"])

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                present = {name.lower() for name, _ in headers}
                headers += [pair for pair in added if pair[0] not in present]
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, send_with_headers)


class BodyLimit:
    """Ends requests with a body larger than JSON here ever is, before it fills the memory."""

    def __init__(self, app: ASGIApp, *, bytes_max: int = JSON_BODY_BYTES_MAX) -> None:
        """Set the limit in bytes."""
        self._app = app
        self._bytes_max = bytes_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting its body as it is read."""
        if scope["type"] != "http" or scope["path"] in _OWN_LIMIT:
            await self._app(scope, receive, send)
            return
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._bytes_max:
                # Raised inside the handler that reads, so it becomes an ordinary answer.
                raise HTTPException(413)
            return message

        await self._app(scope, receive_counted, send)


def content_policy(public_url: str, frame_ancestors: str) -> str:
    """Return a strict Content-Security-Policy: our own files, and sockets to ourselves."""
    # Older Safari doesn't count a WebSocket to the page's own host as 'self'.
    socket = "ws" + public_url.removeprefix("http").rstrip("/")
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            f"connect-src 'self' {socket}",
            "frame-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            f"frame-ancestors {frame_ancestors}",
        )
    )


def _header_sets(public_url: str, widget_origins: Sequence[str]) -> _HeaderSets:
    common = dict(_COMMON)
    if public_url.startswith("https:"):
        common["Strict-Transport-Security"] = _HSTS
    framers = " ".join(("'self'", *widget_origins))
    closed = {"X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin"}
    return _HeaderSets(
        widget=_encoded({**common, "Content-Security-Policy": content_policy(public_url, framers)}),
        staff=_encoded(
            {**common, **closed, "Content-Security-Policy": content_policy(public_url, "'none'")}
        ),
        page=_encoded({**common, "Content-Security-Policy": content_policy(public_url, "'self'")}),
        data=_encoded(
            {**common, "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
        ),
    )


def _encoded(headers: dict[str, str]) -> _HeaderList:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
