"""A socket without any cleverness: what is sent is sent as it is, what comes is kept."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import websockets
from websockets.asyncio.client import ClientConnection, connect

from tests.support.desk import RunningDesk, new_id

Frame = dict[str, Any]
PATIENCE_SECONDS = 30.0


@dataclass
class Wire:
    """One end of a socket. `frames` has everything that came, in order."""

    socket: ClientConnection
    frames: list[Frame] = field(default_factory=list)
    _looked: int = 0

    async def send(self, kind: str, **fields: Any) -> None:
        await self.socket.send(json.dumps({"type": kind, **fields}))

    async def command(self, kind: str, client_id: str | None = None, **fields: Any) -> str:
        """Send a command that is to be stored; returns its id."""
        client_id = client_id or new_id()
        await self.send(kind, client_id=client_id, **fields)
        return client_id

    async def next(self, kind: str, **like: Any) -> Frame:
        """The next frame of this kind whose fields are as given, in the order they came."""
        return await self.next_that(
            lambda frame: (
                frame["type"] == kind and all(frame.get(name) == like[name] for name in like)
            ),
            f"{kind} {like}",
        )

    async def next_that(self, fits: Callable[[Frame], bool], what: str = "frame") -> Frame:
        found = await self._find(fits, self._looked, what)
        self._looked = found + 1
        return self.frames[found]

    async def ever(self, fits: Callable[[Frame], bool]) -> Frame:
        """The first frame that fits of all that have come or will."""
        return self.frames[await self._find(fits, 0, "frame")]

    async def acked(self, kind: str, **fields: Any) -> int:
        """Send a command and wait until it is stored; returns its version.

        What else came meanwhile is still there for `next`.
        """
        frame = await self._answer(kind, fields)
        assert frame["type"] == "ack", frame
        version: int = frame["version"]
        return version

    async def refused(self, kind: str, **fields: Any) -> str:
        """Send a command that is to be refused; returns the code."""
        frame = await self._answer(kind, fields)
        assert frame["type"] == "error", frame
        code: str = frame["code"]
        return code

    async def _answer(self, kind: str, fields: Mapping[str, Any]) -> Frame:
        start = len(self.frames)
        client_id = await self.command(kind, **fields)

        def answers(frame: Frame) -> bool:
            return frame["type"] in {"ack", "error"} and frame.get("client_id") == client_id

        return self.frames[await self._find(answers, start, f"answer to {kind}")]

    async def _find(self, fits: Callable[[Frame], bool], start: int, what: str) -> int:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    while start < len(self.frames):
                        if fits(self.frames[start]):
                            return start
                        start += 1
                    self.frames.append(json.loads(await self.socket.recv()))
        except TimeoutError:
            raise AssertionError(f"no {what} among {self.frames}") from None

    async def shows(self, true: Callable[[list[Frame]], bool]) -> None:
        """Wait until what has been shown, taken together, is as it should be."""
        await self._find(lambda _frame: true(self.items()), 0, "items like that")

    async def settle(self) -> None:
        """Wait until everything sent before has been answered."""
        start = len(self.frames)
        await self.send("ping")
        await self._find(lambda frame: frame["type"] == "pong", start, "pong")

    async def quiet(self, seconds: float = 0.4) -> None:
        """Wait until nothing has come for a while."""
        try:
            while True:
                async with asyncio.timeout(seconds):
                    self.frames.append(json.loads(await self.socket.recv()))
        except TimeoutError:
            return

    async def closed(self, seconds: float = PATIENCE_SECONDS) -> int:
        """Wait until the other side has closed; returns the code."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    self.frames.append(json.loads(await self.socket.recv()))
        except websockets.ConnectionClosed:
            return self.socket.close_code or 0

    def items(self, conversation: str | None = None) -> list[Frame]:
        """Every item that was shown, in order."""
        return [
            item
            for frame in self.frames
            if frame["type"] == "items" and conversation in {None, frame["conversation"]}
            for item in frame["items"]
        ]

    def of(self, kind: str) -> list[Frame]:
        return [frame for frame in self.frames if frame["type"] == kind]


@dataclass
class CustomerWire(Wire):
    token: str = ""
    customer_id: str = ""
    conversation: str = ""
    welcome: Frame = field(default_factory=dict)

    async def hello(self, after: int = 0, **fields: Any) -> Frame:
        hello = {"token": self.token, "conversation": self.conversation or None, "after": after}
        await self.send("hello", **{**hello, "language": "sv", **fields})
        self.welcome = await self.next("welcome")
        self.conversation = self.welcome["conversation"]
        return self.welcome

    async def say(self, text: str = "hello", client_id: str | None = None, **fields: Any) -> int:
        return await self.acked("send", client_id=client_id, text=text, **fields)

    async def answered(self, text: str = "hello") -> int:
        """Say something and wait for the assistant's answer; returns the answer's version."""
        said = await self.say(text)

        def answers(frame: Frame) -> bool:
            return frame["type"] == "items" and any(
                item["version"] > said and item.get("author") == "assistant"
                for item in frame["items"]
            )

        frame = await self.next_that(answers, "answer of the assistant")
        version: int = frame["version"]
        return version

    async def ask_human(self) -> Frame:
        """Press the button, and wait for the place in line."""
        await self.acked("ask_human")
        return await self.next("queue")


@dataclass
class AgentWire(Wire):
    headers: Mapping[str, str] = field(default_factory=dict)
    agent_id: str = ""

    async def hello(self, **watching: int) -> Frame:
        await self.send("hello", watching=watching)
        welcome = await self.next("welcome")
        self.agent_id = welcome["agent"]["id"]
        return welcome

    async def go_online(self) -> None:
        await self.send("go_online", languages=["sv"])
        await self.next("online", online=True)

    async def take(self, conversation: str) -> None:
        await self.next_that(
            lambda frame: (
                frame["type"] == "queue"
                and any(each["conversation"] == conversation for each in frame["waiting"])
            ),
            "the customer in line",
        )
        await self.acked("take", conversation=conversation)


@asynccontextmanager
async def plain(url: str, **options: Any) -> AsyncIterator[ClientConnection]:
    options = {"compression": None, "max_queue": None, "max_size": None, "proxy": None} | options
    line = await connect(url, **options)
    try:
        yield line
    finally:
        line.transport.abort()


@asynccontextmanager
async def customer(
    desk: RunningDesk,
    like: CustomerWire | None = None,
    *,
    after: int | None = 0,
    receive_buffer_bytes: int | None = None,
) -> AsyncIterator[CustomerWire]:
    """A new customer, or another device of one; greeted already unless `after` is None."""
    token, customer_id = (like.token, like.customer_id) if like else desk.guest()
    options: dict[str, Any] = {}
    if receive_buffer_bytes is not None:
        options["sock"] = raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
        raw.connect(("127.0.0.1", desk.port))
    async with plain(f"{desk.ws}/api/customer/socket", **options) as line:
        wire = CustomerWire(line, token=token, customer_id=customer_id)
        wire.conversation = like.conversation if like else ""
        if after is not None:
            await wire.hello(after)
        yield wire


async def everything_said(desk: RunningDesk, wire: CustomerWire) -> None:
    """Wait until the assistant owes this customer no word, and all there is has been shown."""
    question = "SELECT version, assistant_owes IS NULL FROM conversations WHERE id = %s"
    async with asyncio.timeout(PATIENCE_SECONDS):
        async with await psycopg.AsyncConnection.connect(
            desk.database_url, autocommit=True
        ) as connection:
            while True:
                cursor = await connection.execute(question, (wire.conversation,))
                version, silent = await cursor.fetchone() or (0, False)
                if silent:
                    break
                await asyncio.sleep(0.02)
    await wire.ever(lambda frame: frame["type"] == "items" and frame["version"] >= version)


@asynccontextmanager
async def agent(
    desk: RunningDesk, who: str | Mapping[str, str] = "agent", *, online: bool = True
) -> AsyncIterator[AgentWire]:
    """One of the demo's people at work."""
    headers = desk.sign_in(who) if isinstance(who, str) else dict(who)
    socket_headers = {"additional_headers": dict(headers)}
    async with plain(f"{desk.ws}/api/agent/socket", **socket_headers) as line:
        wire = AgentWire(line, headers=headers)
        await wire.hello()
        if online:
            await wire.go_online()
        yield wire
