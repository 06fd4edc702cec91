"""Customers and agents of a benchmark: light clients, so that the server is what is measured."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from desk_process import RunningDesk
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

WORDS = "I would like to know when my next invoice is due and what I owe today."
FRAME_SECONDS = 60
_ACK = b'{"type":"ack","client_id":"'
NUMBERS = itertools.count(1)


class Socket(WSListener):
    """One WebSocket. Frames go to `on_frame`, or into a queue while somebody awaits them."""

    def __init__(self) -> None:
        self.transport: WSTransport | None = None
        self.on_frame: Callable[[bytes], None] = self._keep
        self.frames: asyncio.Queue[bytes] = asyncio.Queue()
        self.parsed: deque[dict[str, Any]] = deque()

    @classmethod
    async def open(cls, url: str, cookie: str = "", origin: str = "") -> Socket:
        headers = {"Cookie": cookie, "Origin": origin} if cookie else None
        _, listener = await ws_connect(cls, url, extra_headers=headers, enable_auto_ping=False)
        if not isinstance(listener, Socket):
            raise TypeError("the client library made another listener")
        return listener

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            self.on_frame(frame.get_payload_as_bytes())
        elif frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect()

    def send(self, payload: bytes) -> None:
        if self.transport is None:
            raise RuntimeError("this socket was never open")
        self.transport.send(WSMsgType.TEXT, payload)

    def send_json(self, **frame: Any) -> None:
        self.send(json.dumps(frame).encode())

    def close(self) -> None:
        if self.transport is not None:
            self.transport.disconnect()

    async def next_of(self, kind: str) -> dict[str, Any]:
        """Return the next frame of a type; fail on an error frame."""
        async with asyncio.timeout(FRAME_SECONDS):
            while True:
                if not self.parsed:
                    said = json.loads(await self.frames.get())
                    self.parsed.extend(said if isinstance(said, list) else [said])
                frame = self.parsed.popleft()
                if frame["type"] == kind:
                    return frame
                if frame["type"] == "error":
                    raise RuntimeError(frame["message"])

    def _keep(self, payload: bytes) -> None:
        self.frames.put_nowait(payload)


@dataclass
class Times:
    """Seconds from sending a message to its acknowledgement, and to the agent's screen."""

    sent: dict[bytes, float] = field(default_factory=dict)
    said: dict[bytes, float] = field(default_factory=dict)
    acked: list[float] = field(default_factory=list)
    delivered: list[float] = field(default_factory=list)
    errors: int = 0

    def delivery(self, payload: bytes) -> None:
        """Take in a frame to an agent: every message in it bears its number in its text."""
        now, start = time.perf_counter(), 0
        while (found := payload.find(b"[", start)) >= 0:
            at = self.said.get(payload[found + 1 : found + 9])
            if at is not None:
                self.delivered.append(now - at)
            start = found + 1


class Customer:
    """Someone who writes to an agent, and waits for each acknowledgement or doesn't."""

    def __init__(self, token: str, socket: Socket, conversation: str) -> None:
        self.token = token
        self.socket = socket
        self.conversation = conversation
        self.times = Times()
        self.on_ack: Callable[[], None] = lambda: None

    @classmethod
    async def come(cls, desk: RunningDesk, token: str | None = None) -> Customer:
        if token is None:
            token = (await desk.http.post("/api/customer/guest")).json()["token"]
        socket = await Socket.open(desk.socket("customer"))
        socket.send_json(type="hello", token=token, language="en", batch=True)
        welcome = await socket.next_of("welcome")
        return cls(token, socket, welcome["conversation"])

    async def ask_for_human(self) -> None:
        self.socket.send_json(type="ask_human", client_id=str(uuid.uuid4()))
        await self.socket.next_of("ack")

    def write_for(self, times: Times, on_ack: Callable[[], None] = lambda: None) -> None:
        """From now on count into `times`, and call `on_ack` at each acknowledgement."""
        self.times, self.on_ack = times, on_ack
        self.socket.on_frame = self._frame

    def say(self) -> None:
        client_id = str(uuid.uuid4()).encode()
        number = b"%08d" % next(NUMBERS)
        payload = b'{"type":"send","client_id":"%b","text":"%b [%b"}' % (
            client_id,
            WORDS.encode(),
            number,
        )
        self.times.sent[client_id] = self.times.said[number] = time.perf_counter()
        self.socket.send(payload)

    def _frame(self, payload: bytes) -> None:
        # Frames come alone or in arrays; looking for what matters is quicker than parsing all.
        start = payload.find(_ACK)
        while start >= 0:
            start += len(_ACK)
            at = self.times.sent.get(payload[start : start + 36])
            if at is not None:
                self.times.acked.append(time.perf_counter() - at)
            self.on_ack()
            start = payload.find(_ACK, start)
        if b'{"type":"error"' in payload:
            self.times.errors += 1
            self.on_ack()


async def agent_online(desk: RunningDesk, number: int) -> Socket:
    """Sign an agent in and go online."""
    cookie = desk.agent_cookie(number)
    origin = f"http://127.0.0.1:{desk.port}"
    socket = await Socket.open(desk.socket("agent"), cookie, origin)
    socket.send_json(type="hello", watching={}, batch=True)
    await socket.next_of("welcome")
    socket.send_json(type="go_online", languages=["en"])
    await socket.next_of("online")
    return socket


async def take(agent: Socket, conversation: str) -> None:
    """Take a waiting conversation."""
    agent.send_json(type="take", client_id=str(uuid.uuid4()), conversation=conversation)
    await agent.next_of("ack")
