"""One WebSocket: frames in, checked and bounded; frames out, in order, never waited for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
import structlog
from pydantic import TypeAdapter, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from alltid.kernel.clock import Clock
from alltid.web.frames import FRAME_BYTES_MAX
from alltid.web.identity.rate_limits import Rate, RateLimiter

log = structlog.get_logger(__name__)

NOT_SIGNED_IN: Final = 4401
NOT_YOURS: Final = 4403
TOO_LATE: Final = 4408
TOO_LARGE: Final = 4413
FLOODING: Final = 4429
SLOW_READER: Final = 4430
RESTARTING: Final = 1012
FULL: Final = 1013

HELLO_SECONDS: Final = 10.0
SEND_SECONDS: Final = 20.0
OUTBOX_FRAMES: Final = 2_000
BATCH_BYTES: Final = 60_000
OUTBOX_BYTES: Final = 4 * 1024 * 1024
# Frames of all kinds, typing and reading included. Messages have a rate of their own.
FRAMES: Final = Rate(burst=120, seconds_each=0.02)
STRIKES_LIMIT: Final = 50
ERRORS_SHOWN: Final = 3


class Closed(Exception):  # noqa: N818  how a conversation with a socket ends
    """The socket is closed, or has just been closed with a reason."""


@dataclass(slots=True, eq=False)
class Connection:
    """A socket with its outbox.

    `send` never waits: frames gather in a bounded outbox that one task empties. Who doesn't
    read loses the connection, not the messages: it comes back and resumes by version.
    """

    websocket: WebSocket
    clock: Clock
    # A list, though it is emptied from the front: it is short, and an empty deque weighs 600 B.
    _outbox: list[str] = field(default_factory=list)
    _outbox_bytes: int = 0
    _sender: asyncio.Task[None] | None = None
    _closing: tuple[int, str] | None = None
    _frames: RateLimiter = field(default_factory=lambda: RateLimiter(FRAMES, keys_max=1))
    _strikes: int = 0
    batch: bool = False
    _receiver: asyncio.Task[Any] | None = None
    _cut_off: bool = False
    _sent: int = 0
    _watch: asyncio.TimerHandle | None = None

    @property
    def open(self) -> bool:
        """Whether frames can still go out."""
        return self._closing is None

    def send(self, frame: Mapping[str, Any]) -> None:
        """Put a frame into the outbox."""
        if self._closing is None:
            self.send_text(orjson.dumps(frame).decode())

    def send_text(self, text: str) -> None:
        """Put a frame into the outbox that was written once for many."""
        if self._closing is not None:
            return
        # What waits already counts, not what comes: one large frame never shuts anyone out.
        if len(self._outbox) >= OUTBOX_FRAMES or self._outbox_bytes > OUTBOX_BYTES:
            self._outbox.clear()
            self._outbox_bytes = 0
            self.close(SLOW_READER, "You are not reading. Connect again to go on.")
            if self._sender is not None:
                self._sender.cancel()
            return
        self._outbox.append(text)
        self._outbox_bytes += len(text)
        if self._sender is None:
            self._sender = asyncio.create_task(self._empty_outbox())

    def fail(
        self,
        code: str,
        message: str,
        *,
        client_id: str | None = None,
        conversation: str | None = None,
        retry_after_seconds: float | None = None,
        fatal: bool = False,
    ) -> None:
        """Say what went wrong to the one who caused it."""
        frame: dict[str, Any] = {
            "type": "error",
            "client_id": client_id,
            "code": code,
            "message": message,
            "retry_after_seconds": retry_after_seconds,
            "fatal": fatal,
        }
        if conversation is not None:
            frame["conversation"] = conversation
        self.send(frame)

    def close(self, code: int, reason: str = "") -> None:
        """Close after what is in the outbox has gone out."""
        if self._closing is None:
            self._closing = (code, reason[:120])
            if self._sender is None:
                self._sender = asyncio.create_task(self._empty_outbox())

    async def receive(self, adapter: TypeAdapter[Any]) -> Any:
        """Return the next frame that is well formed; answer the others.

        Raises:
            Closed: the socket is gone, or sent too much that can't be used.
        """
        while True:
            text = await self._receive_text()
            wait_seconds = self._frames.take(None, self.clock.now())
            if wait_seconds > 0:
                # Not reading is the back-pressure; TCP passes it on.
                await asyncio.sleep(wait_seconds)
            try:
                return adapter.validate_json(text)
            except ValidationError as error:
                self._strike(error, text)

    async def receive_hello(self, adapter: TypeAdapter[Any]) -> Any:
        """Return the first frame, which must come soon."""
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                return await self.receive(adapter)
        except TimeoutError:
            self.close(TOO_LATE, "Say hello within ten seconds.")
            raise Closed from None

    async def turn_away(self) -> None:
        """Close at once, because there are as many sockets as the desk may have."""
        self.close(FULL, "The desk is full. Try again in a moment.")
        await self.finish()

    async def finish(self) -> None:
        """Wait until the last frames are out, at most a moment."""
        sender = self._sender
        if sender is not None:
            with contextlib.suppress(TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(asyncio.shield(sender), 2.0)

    async def _receive_text(self) -> str | bytes:
        if not self.open:
            raise Closed
        receiver = self._receiver = asyncio.current_task()
        try:
            message = await self.websocket.receive()
        except (WebSocketDisconnect, RuntimeError):
            raise Closed from None
        except asyncio.CancelledError:
            if receiver is None or not self._cut_off:
                raise
            receiver.uncancel()
            raise Closed from None
        finally:
            self._receiver = None
        if message["type"] == "websocket.disconnect":
            self._closing = (1000, "")
            raise Closed
        text: str | bytes = message.get("text") or message.get("bytes") or ""
        if len(text) > FRAME_BYTES_MAX:
            self.close(TOO_LARGE, "A frame has at most 64 KiB.")
            raise Closed
        return text

    def _strike(self, error: ValidationError, text: str | bytes) -> None:
        self._strikes += 1
        if self._strikes > STRIKES_LIMIT:
            self.close(FLOODING, "Too many frames that can't be read.")
            raise Closed
        places = [
            ".".join(str(part) for part in each["loc"]) or "the frame"
            for each in error.errors(include_input=False, include_url=False)[:ERRORS_SHOWN]
        ]
        message = f"This frame can't be read: look at {', '.join(places)}."
        self.fail("bad_frame", message[:300], client_id=_client_id(text))

    async def _empty_outbox(self) -> None:
        self._watch_sender()
        try:
            while self._outbox:
                text = self._next_text()
                await self.websocket.send({"type": "websocket.send", "text": text})
                self._sent += 1
            if self._closing is not None:
                await self._close_socket(*self._closing)
        except asyncio.CancelledError:
            self._closing = self._closing or (SLOW_READER, "You are not reading.")
            await self._close_socket(*self._closing)
            if self._receiver is not None:
                # Who doesn't read may not answer the closing either: nobody waits for them.
                self._cut_off = True
                self._receiver.cancel()
        except (WebSocketDisconnect, RuntimeError, OSError):
            self._closing = self._closing or (1006, "")
            self._outbox.clear()
        finally:
            self._sender = None

    def _next_text(self) -> str:
        """Take the next frame, or all that wait as one array for who asked for that."""
        if not self.batch or len(self._outbox) == 1:
            text = self._outbox.pop(0)
            self._outbox_bytes -= len(text)
            return text
        texts = [self._outbox.pop(0)]
        size = len(texts[0])
        while self._outbox and size + len(self._outbox[0]) < BATCH_BYTES:
            size += len(self._outbox[0])
            texts.append(self._outbox.pop(0))
        self._outbox_bytes -= size
        return f"[{','.join(texts)}]"

    def _watch_sender(self) -> None:
        # One timer for as long as frames flow costs less than a time-out around each.
        if self._watch is None:
            loop = asyncio.get_running_loop()
            self._watch = loop.call_later(SEND_SECONDS, self._check_sender, self._sent)

    def _check_sender(self, sent_before: int) -> None:
        self._watch = None
        if self._sender is None:
            return
        if self._sent == sent_before:
            self._sender.cancel()
        else:
            self._watch_sender()

    async def _close_socket(self, code: int, reason: str) -> None:
        if self.websocket.application_state is not WebSocketState.DISCONNECTED:
            with contextlib.suppress(RuntimeError, OSError, TimeoutError):
                await asyncio.wait_for(self.websocket.close(code, reason), 1.0)


def _client_id(text: str | bytes) -> str | None:
    """Find the id of a message that was refused as a whole, so that its sender can tell which."""
    try:
        frame = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    client_id = frame.get("client_id") if isinstance(frame, dict) else None
    return client_id if isinstance(client_id, str) and len(client_id) <= 64 else None  # noqa: PLR2004
