"""Bodies of responses that end: what is longer than its bound is an error, not memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx2


class TooLong(httpx2.TransportError):
    """A response that went on past its bound."""


class BoundedStream(httpx2.AsyncByteStream):
    """A response's bytes, `most` of them."""

    def __init__(self, inner: httpx2.AsyncByteStream, most: int) -> None:
        self._inner = inner
        self._most = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for piece in self._inner:
            read += len(piece)
            if read > self._most:
                raise TooLong("The response is too long.")
            yield piece

    async def aclose(self) -> None:
        """Let go of the connection."""
        await self._inner.aclose()


def bounded(most: int) -> Callable[[httpx2.Response], Awaitable[None]]:
    """Return a hook that bounds every response of a client to `most` bytes."""

    async def hook(response: httpx2.Response) -> None:
        stream = response.stream
        if isinstance(stream, httpx2.AsyncByteStream):
            response.stream = BoundedStream(stream, most)

    return hook
