"""Notices between processes, by PostgreSQL's LISTEN and NOTIFY.

A lost notice costs nothing but time: sockets resume by version and sweeps find what was
missed. So a listener that lost its connection only has to say that there was a gap.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import orjson
import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool

from alltid.storage.database import DatabaseUnavailable

log = structlog.get_logger(__name__)

CONVERSATIONS: Final = "alltid_conversations"
SIGNALS: Final = "alltid_signals"
PAYLOAD_BYTES: Final = 7_500
RECONNECT_SECONDS: Final = 0.5

OnNotice = Callable[[Mapping[str, Any]], None]


class Listener:
    """Calls back for each notice of each channel, until cancelled."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[psycopg.AsyncConnection[Any]]],
        channels: Mapping[str, OnNotice],
        on_gap: Callable[[], None],
    ) -> None:
        """Listen on `channels`; `on_gap` is called after each loss of the connection."""
        self._connect = connect
        self._channels = channels
        self._on_gap = on_gap

    async def run(self) -> None:
        """Listen; connect again whenever the connection is lost."""
        while True:
            try:
                await self._listen()
            except (psycopg.Error, DatabaseUnavailable, OSError) as error:
                log.warning("listener_away", error=type(error).__name__)
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self) -> None:
        connection = await self._connect()
        try:
            for channel in self._channels:
                await connection.execute(f"LISTEN {channel}".encode())
            self._on_gap()
            async for notice in connection.notifies():
                self._deliver(notice.channel, notice.payload)
        finally:
            await connection.close()

    def _deliver(self, channel: str, payload: str) -> None:
        try:
            message = orjson.loads(payload)
        except orjson.JSONDecodeError:
            log.warning("bad_notice", channel=channel)
            return
        if isinstance(message, dict):
            self._channels[channel](message)


class Signals:
    """Passing words between processes that need not last: typing, marks, drafts.

    They reach this process at once and the others within `interval_seconds`, many in one
    notice. When there are too many, the oldest are dropped; so is one that fits into no notice.
    """

    def __init__(
        self,
        process_id: str,
        pool: AsyncConnectionPool[Any],
        on_signal: Callable[[str, Mapping[str, Any]], None],
        *,
        interval_seconds: float = 0.1,
        capacity: int = 5_000,
    ) -> None:
        """Give each signal to `on_signal(conversation_id, signal)`."""
        self._process_id = process_id
        self._pool = pool
        self._on_signal = on_signal
        self._interval_seconds = interval_seconds
        self._outgoing: deque[tuple[str, Mapping[str, Any]]] = deque(maxlen=capacity)
        self._wake = asyncio.Event()

    def send(self, conversation_id: str, signal: Mapping[str, Any]) -> None:
        """Signal to whoever follows the conversation, here and in other processes."""
        self._on_signal(conversation_id, signal)
        self._outgoing.append((conversation_id, signal))
        self._wake.set()

    def receive(self, notice: Mapping[str, Any]) -> None:
        """Take in another process's notice."""
        if notice.get("w") == self._process_id:
            return
        for conversation_id, signal in notice.get("s", ()):
            self._on_signal(conversation_id, signal)

    async def run(self) -> None:
        """Send what has gathered, until cancelled."""
        while True:
            await self._wake.wait()
            await asyncio.sleep(self._interval_seconds)
            self._wake.clear()
            payloads = self._payloads()
            try:
                async with self._pool.connection() as connection:
                    await connection.execute(
                        "SELECT pg_notify(%s, n) FROM unnest(%s::text[]) AS n",
                        (SIGNALS, payloads),
                    )
            except (psycopg.Error, OSError) as error:
                log.warning("signals_dropped", error=type(error).__name__)

    def _payloads(self) -> list[str]:
        head = orjson.dumps({"w": self._process_id, "s": []})[:-2]
        payloads: list[str] = []
        parts: list[bytes] = []
        size = len(head)
        while self._outgoing:
            # Bounded in bytes, as PostgreSQL counts: a draft's words may be in any script.
            part = orjson.dumps(self._outgoing.popleft())
            if len(head) + len(part) > PAYLOAD_BYTES:
                log.warning("signal_too_long", bytes=len(part))
                continue
            if parts and size + len(part) > PAYLOAD_BYTES:
                payloads.append(_payload(head, parts))
                parts, size = [], len(head)
            parts.append(part)
            size += len(part) + 1
        if parts:
            payloads.append(_payload(head, parts))
        return payloads


def _payload(head: bytes, parts: list[bytes]) -> str:
    return (head + b",".join(parts) + b"]}").decode()
