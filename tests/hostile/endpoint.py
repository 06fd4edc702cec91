"""A local endpoint that speaks OpenAI's chat completions, well or as badly as it is told to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

JSON = "application/json"
EVENTS = "text/event-stream"


@dataclass
class Endpoint:
    """What it answers: `commands` and `words` when it is well, else by its `mood`."""

    mood: str = "well"
    # The mood of what it streams, where that is another one.
    streams: str | None = None
    commands: Any = field(default_factory=lambda: {"commands": [], "confidence": 1})
    words: Sequence[str | None] = ()
    # What it writes, given the passages it was shown; None in it waits for `go`.
    writes: Callable[[list[str]], Sequence[str | None]] | None = None
    go: asyncio.Event = field(default_factory=asyncio.Event)
    requests: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line.split(b":")[1])
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"content-length")
            )
            asked = json.loads(await reader.readexactly(length))
            self.requests.append({"head": head.decode(), **asked})
            mood = self.streams if self.streams and asked.get("stream") else self.mood
            await getattr(self, f"_{mood}")(asked, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _well(self, asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        if asked.get("stream"):
            await self._begin(writer, 200, EVENTS)
            await self._write(asked, writer)
            writer.write(event({}, "stop") + b"data: [DONE]\n\n")
        else:
            await self._send(writer, 200, completion(asked, self.commands))
        await writer.drain()

    async def _slow(self, _asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        await self._begin(writer, 200, JSON)
        await asyncio.sleep(30)

    async def _dripping(self, _asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        await self._begin(writer, 200, JSON)
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    async def _limited(self, _asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        await self._send(writer, 429, b'{"error":{"message":"slow down"}}', "Retry-After: 20\r\n")

    async def _stalling(self, asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        await self._begin(writer, 200, EVENTS)
        await self._write(asked, writer)
        await asyncio.sleep(30)

    async def _torn(self, asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        await self._begin(writer, 200, EVENTS, length=50_000)
        await self._write(asked, writer)
        writer.transport.abort()

    async def _muddled(self, asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        await self._begin(writer, 200, EVENTS)
        await self._write(asked, writer)
        writer.write(b'data: {"choices": [{"delta": {"content": \n\ndata: nonsense\n\n')
        await writer.drain()

    async def _write(self, asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        for word in self.words if self.writes is None else self.writes(passages(asked)):
            if word is None:
                await writer.drain()
                await self.go.wait()
                self.go.clear()
            else:
                writer.write(event({"content": word}))
        await writer.drain()

    async def _broken(self, _asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        await self._send(writer, 500, b'{"error":{"message":"sk-secret in an error"}}')

    async def _locked(self, _asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        await self._send(writer, 401, b'{"error":{"message":"wrong key"}}')

    async def _garbage(self, _asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        await self._send(writer, 200, b'{"choices": [{"message"')

    async def _wordy(self, asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        await self._send(writer, 200, completion(asked, "I would rather chat. You owe 98765 EUR."))

    async def _endless(self, asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        await self._begin(writer, 200, EVENTS if asked.get("stream") else JSON)
        while True:
            writer.write(event({"content": "and so on and on " * 40}))
            await writer.drain()

    async def _huge(self, _asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        await self._begin(writer, 200, JSON)
        for _ in range(400):
            writer.write(b'{"a":"' + b"x" * 8_192)
            await writer.drain()

    async def _halfclosed(self, asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        await self._begin(writer, 200, EVENTS if asked.get("stream") else JSON, length=5_000)
        writer.write(event({"content": "You owe 98765"}))
        await writer.drain()

    async def _mute(self, _asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async def _send(
        self, writer: asyncio.StreamWriter, status: int, body: bytes, more: str = ""
    ) -> None:
        await self._begin(writer, status, JSON, length=len(body), more=more)
        writer.write(body)
        await writer.drain()

    async def _begin(
        self,
        writer: asyncio.StreamWriter,
        status: int,
        kind: str,
        *,
        length: int | None = None,
        more: str = "",
    ) -> None:
        sized = "" if length is None else f"Content-Length: {length}\r\n"
        writer.write(
            f"HTTP/1.1 {status} As told\r\nContent-Type: {kind}\r\n{sized}{more}"
            "Connection: close\r\n\r\n".encode()
        )
        await writer.drain()


MOODS = (
    "slow", "dripping", "limited", "broken", "locked", "garbage", "wordy", "endless", "huge",
    "halfclosed", "mute",
)  # fmt: skip


def passages(asked: dict[str, Any]) -> list[str]:
    """What stands in the fence of a request to word an answer."""
    prompt = str(asked["messages"][-1]["content"])
    shown = json.loads(prompt.split("<quoted_data>\n", 1)[1].rsplit("\n</quoted_data>", 1)[0])
    return [each["text"] for each in shown["passages"]]


def completion(asked: dict[str, Any], answer: Any) -> bytes:
    """A chat completion: a call of the output's tool, or plain words."""
    message: dict[str, Any] = {"role": "assistant", "content": None}
    if isinstance(answer, str):
        message["content"] = answer
    else:
        name = asked["tools"][0]["function"]["name"]
        call = {"name": name, "arguments": json.dumps(answer)}
        message["tool_calls"] = [{"id": "1", "type": "function", "function": call}]
    return json.dumps(
        {
            "id": "1", "object": "chat.completion", "created": 1, "model": "ill",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 900, "completion_tokens": 90, "total_tokens": 990},
        }
    ).encode()  # fmt: skip


def event(delta: dict[str, Any], finish: str | None = None) -> bytes:
    """A piece of a stream."""
    piece = {
        "id": "1", "object": "chat.completion.chunk", "created": 1, "model": "ill",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }  # fmt: skip
    return b"data: " + json.dumps(piece).encode() + b"\n\n"


@asynccontextmanager
async def endpoint(**how: Any) -> AsyncIterator[Endpoint]:
    """An endpoint on a free port of this machine, for a while."""
    told = Endpoint(**how)
    server = await asyncio.start_server(told.serve, "127.0.0.1", 0)
    told.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield told
    finally:
        server.close()
