"""A customer and an agent as their pages behave.

They keep what is unacknowledged, come back after a lost connection, say up to where they have
seen, and send again with the same ids.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import websockets
from websockets.asyncio.client import ClientConnection, connect

Frame = dict[str, Any]
GONE = (OSError, TimeoutError, websockets.WebSocketException, EOFError)


@dataclass
class Sent:
    """A command that its sender wants stored."""

    client_id: str
    frame: Frame
    number: int


@dataclass
class Line:
    """A socket that is kept up: connects, greets, sends what is unacknowledged, reads."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    backoff_seconds: float = 0.05
    backoff_most_seconds: float = 0.5
    numbers: int = 0
    sent: dict[str, Sent] = field(default_factory=dict)
    unacked: dict[str, Sent] = field(default_factory=dict)
    acked: dict[str, int] = field(default_factory=dict)
    refused: dict[str, Frame] = field(default_factory=dict)
    busy: list[Frame] = field(default_factory=list)
    errors: list[Frame] = field(default_factory=list)
    closes: list[tuple[int, str]] = field(default_factory=list)
    contradicted: list[str] = field(default_factory=list)
    connections: int = 0
    welcome: Frame | None = None
    present: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    on_frame: Callable[[Frame], None] | None = None
    _socket: ClientConnection | None = None
    _task: asyncio.Task[None] | None = None
    _resend: asyncio.TimerHandle | None = None

    # ---------------------------------------------------------------- for subclasses

    def hello(self) -> Frame:
        raise NotImplementedError

    def take_in(self, frame: Frame) -> None:
        """Note a frame that is no ack, error or welcome."""

    # ---------------------------------------------------------------- life

    def begin(self) -> None:
        """Connect, and come back whenever the connection is lost."""
        self._task = asyncio.create_task(self._stay())

    async def leave(self) -> None:
        """Close for good."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def drop(self) -> None:
        """Lose the connection without a word, as in a tunnel."""
        if self._socket is not None:
            self._socket.transport.abort()

    async def until(self, true: Callable[[], bool], seconds: float = 30.0) -> None:
        """Wait until something is so; fails with what is known of this line."""
        try:
            async with asyncio.timeout(seconds):
                while not true():
                    self.changed.clear()
                    await self.changed.wait()
        except TimeoutError:
            raise AssertionError(
                f"it did not come to that in {seconds} s: {self!r:.2000}"
            ) from None

    def command(self, kind: str, client_id: str | None = None, **fields: Any) -> str:
        """Keep a command until it is acknowledged, and send it now if there is a socket."""
        client_id = client_id or str(uuid.uuid4())
        self.numbers += 1
        frame = {"type": kind, "client_id": client_id, **fields}
        self.sent[client_id] = self.unacked[client_id] = Sent(client_id, frame, self.numbers)
        if self.present.is_set():
            self.send_now(frame)
        return client_id

    def send_now(self, frame: Frame) -> None:
        """Send a frame that need not arrive."""
        socket = self._socket
        if socket is not None:
            self._write(socket, frame)

    async def gone(self, seconds: float = 30.0) -> None:
        """Wait until the connection is lost."""
        await self.until(lambda: not self.present.is_set(), seconds)

    async def settled(self, seconds: float = 60.0) -> None:
        """Wait until nothing is unacknowledged."""
        await self.until(lambda: not self.unacked, seconds)

    def messages(self) -> list[Sent]:
        """Every message in the order it was written."""
        return [sent for sent in self.sent.values() if sent.frame["type"] == "send"]

    # ---------------------------------------------------------------- inside

    async def _stay(self) -> None:
        pause = self.backoff_seconds
        try:
            while True:
                greeted = False
                with contextlib.suppress(*GONE):
                    greeted = await self._once()
                self.present.clear()
                self._socket = None
                self.changed.set()
                pause = (
                    self.backoff_seconds if greeted else min(self.backoff_most_seconds, pause * 1.6)
                )
                await asyncio.sleep(pause)
        finally:
            if self._resend is not None:
                self._resend.cancel()
            if self._socket is not None:
                self._socket.transport.abort()
            self.present.clear()

    async def _once(self) -> bool:
        greeted = False
        socket = await connect(
            self.url,
            additional_headers=dict(self.headers),
            compression=None,
            open_timeout=30,
            close_timeout=0.2,
            ping_interval=None,
            max_queue=None,
            proxy=None,
        )
        self._socket = socket
        self.connections += 1
        try:
            self._write(socket, self.hello())
            async for text in socket:
                frame: Frame = json.loads(text)
                if frame["type"] == "welcome":
                    greeted = True
                    self.welcome = frame
                    self.take_in(frame)
                    self.present.set()
                    self._send_all_again()
                else:
                    self._sort(frame)
                if self.on_frame is not None:
                    self.on_frame(frame)
                self.changed.set()
        finally:
            self.closes.append((socket.close_code or 0, socket.close_reason or ""))
            socket.transport.abort()
        return greeted

    def _sort(self, frame: Frame) -> None:
        match frame["type"]:
            case "ack":
                self._acknowledged(frame["client_id"], frame["version"])
            case "error":
                self._error(frame)
            case _:
                self.take_in(frame)

    def _acknowledged(self, client_id: str, version: int) -> None:
        before = self.acked.setdefault(client_id, version)
        sent = self.unacked.pop(client_id, None)
        is_message = sent is not None and sent.frame["type"] == "send"
        if is_message and before != version:
            self.contradicted.append(f"{client_id}: acknowledged as {before} and as {version}")

    def _error(self, frame: Frame) -> None:
        client_id, retry = frame.get("client_id"), frame.get("retry_after_seconds")
        if client_id in self.unacked and retry is not None and not frame["fatal"]:
            self.busy.append(frame)
            loop = asyncio.get_running_loop()
            if self._resend is None:
                self._resend = loop.call_later(min(retry, 2.0), self._send_all_again)
        elif client_id in self.unacked:
            self.refused[client_id] = frame
            del self.unacked[client_id]
        else:
            self.errors.append(frame)

    def _send_all_again(self) -> None:
        if self._resend is not None:
            self._resend.cancel()
            self._resend = None
        socket = self._socket
        if socket is None or not self.present.is_set():
            return
        for sent in sorted(self.unacked.values(), key=lambda each: each.number):
            self._write(socket, sent.frame)

    def _write(self, socket: ClientConnection, frame: Frame) -> None:
        # Straight into the transport's buffer: a sender need not be a task, and the order of
        # the calls is the order on the wire.
        if socket.protocol.state is websockets.protocol.State.OPEN:
            socket.protocol.send_text(json.dumps(frame).encode())
            for data in socket.protocol.data_to_send():
                socket.transport.write(data)


@dataclass
class Customer(Line):
    """A customer's page."""

    token: str = ""
    customer_id: str = ""
    language: str = "sv"
    conversation: str | None = None
    version: int = 0
    items: list[Frame] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    status: str = "assistant"
    place: Frame | None = None
    places: list[Frame] = field(default_factory=list)

    @classmethod
    async def arrive(cls, http: httpx.AsyncClient, ws: str, language: str = "sv") -> Customer:
        """Come as a new guest; `begin` connects."""
        answer = await http.post("/api/customer/guest")
        answer.raise_for_status()
        guest = answer.json()
        return cls(
            f"{ws}/api/customer/socket",
            token=guest["token"],
            customer_id=guest["customer"]["id"],
            language=language,
        )

    def hello(self) -> Frame:
        self.place = None
        return {
            "type": "hello",
            "token": self.token,
            "conversation": self.conversation,
            "after": self.version,
            "language": self.language,
        }

    def say(self, text: str) -> str:
        """Write a message; returns its client id."""
        return self.command("send", text=text, attachments=[])

    def ask_human(self) -> str:
        """Press the button."""
        return self.command("ask_human")

    async def read_everything(self) -> list[Frame]:
        """Read the whole conversation as a new device of the same customer would."""
        device = Customer(self.url, token=self.token, customer_id=self.customer_id)
        pages: list[list[Frame]] = []
        device.on_frame = lambda frame: (
            pages.insert(0, frame["items"]) if frame["type"] == "history" else None
        )
        device.begin()
        try:
            await device.until(lambda: bool(device.items))
            assert device.welcome is not None
            await device.until(lambda: device.version >= (device.welcome or {})["version"])
            earlier = device.welcome["has_earlier"]
            while earlier:
                first, known = (pages[0] if pages else device.items)[0]["version"], len(pages)
                device.send_now({"type": "history", "before": first, "limit": 200})
                await device.until(lambda known=known: len(pages) > known)  # type: ignore[misc]
                earlier = bool(pages[0]) and pages[0][0]["version"] > 2  # 1 shows nothing
        finally:
            await device.leave()
        return [item for page in pages for item in page] + device.items

    def message(self, client_id: str) -> Frame | None:
        """The item that shows one of one's own messages."""
        return next((item for item in self.items if item.get("client_id") == client_id), None)

    def take_in(self, frame: Frame) -> None:
        match frame["type"]:
            case "welcome":
                self.conversation = frame["conversation"]
                self.status = frame["status"]
            case "items":
                for item in frame["items"]:
                    if item["version"] <= self.version:
                        self.repeated.append(item["version"])
                    self.items.append(item)
                    self.version = max(self.version, item["version"])
                self.version = max(self.version, frame["version"])
                self.status = frame.get("status", self.status)
            case "queue":
                self.place = frame
                self.places.append(frame)


@dataclass
class AgentLine(Line):
    """An agent's page."""

    agent_id: str = ""
    online: bool = False
    waiting: list[Frame] = field(default_factory=list)
    hands: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    items: dict[str, list[Frame]] = field(default_factory=dict)
    repeated: list[tuple[str, int]] = field(default_factory=list)

    @classmethod
    async def sign_in(cls, http: httpx.AsyncClient, ws: str, who: str) -> AgentLine:
        """Sign in as one of the demo's people; `begin` connects."""
        origin = str(http.base_url).rstrip("/")
        answer = await http.post("/api/sign-in/demo", json={"who": who}, headers={"Origin": origin})
        answer.raise_for_status()
        cookie = answer.headers["set-cookie"].split(";")[0]
        # A client that remembers cookies would mix these people up.
        http.cookies.clear()
        return cls(
            f"{ws}/api/agent/socket",
            {"Cookie": cookie, "Origin": origin},
            agent_id=answer.json()["agent"]["id"],
        )

    def hello(self) -> Frame:
        watching = {each: self.versions.get(each, 0) for each in list(self.hands)[:50]}
        return {"type": "hello", "watching": watching}

    def go_online(self) -> None:
        self.send_now({"type": "go_online", "languages": []})

    def take(self, conversation: str) -> str:
        return self.command("take", conversation=conversation)

    def say(self, conversation: str, text: str) -> str:
        return self.command("send", conversation=conversation, text=text, attachments=[])

    def resolve(self, conversation: str, reason: str = "solved", note: str = "") -> str:
        return self.command("resolve", conversation=conversation, reason=reason, note=note)

    def take_in(self, frame: Frame) -> None:
        match frame["type"]:
            case "welcome":
                self.online = frame["online"]
                self.waiting = []
                cards = frame["conversations"]
                self.hands = {card["conversation"]: card["status"] for card in cards}
            case "online":
                self.online = frame["online"]
            case "queue":
                self.waiting = frame["waiting"]
            case "items":
                self._items(frame)
            case "gone":
                self.hands.pop(frame["conversation"], None)

    def _items(self, frame: Frame) -> None:
        conversation = frame["conversation"]
        if frame["status"] == "agent":
            self.hands[conversation] = "agent"
        version = self.versions.get(conversation, 0)
        kept = self.items.setdefault(conversation, [])
        for item in frame["items"]:
            # Opening a conversation shows its latest page again; only news must be new.
            if item["version"] > version:
                kept.append(item)
            elif "has_earlier" not in frame:
                self.repeated.append((conversation, item["version"]))
        self.versions[conversation] = max(version, frame["version"])
