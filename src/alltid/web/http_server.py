"""uvicorn, run inside our own event loop: one address, bound early, stopped quickly."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import resource
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from alltid.web.http_protocol import BoundedHttp

_BACKLOG: Final = 4096
_FRAME_BYTES_MAX: Final = 65_536
_STOP_SECONDS: Final = 2
_UNREAD_MILLISECONDS: Final = 30_000
_COLLECT_AFTER: Final = 20_000


class AddressUnavailable(Exception):  # noqa: N818  the state of the world, in plain words
    """The address can't be served; the message is one sentence that says why."""


def bind(host: str, port: int) -> socket.socket:
    """Take the address, before anything slow is started for it.

    Who connects before the server runs waits in line. Raises AddressUnavailable.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise AddressUnavailable(f"{host} is not an address of this machine: {error}.") from error
    # A restart may take the address over from connections that are still closing.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if sys.platform == "linux":
        # Who takes nothing for so long is cut off by the system, with all that was meant for
        # them: closing alone would wait for them to read it. Sockets have it from their listener.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNREAD_MILLISECONDS)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise AddressUnavailable(_why(host, port, error)) from error
    return listener


async def serve(
    app: ASGIApp,
    listener: socket.socket,
    *,
    trusted_proxies: Sequence[str] = (),
    on_serving: Callable[[], None] = lambda: None,
) -> None:
    """Serve `app` on `listener` until cancelled, then close open sockets within 2 seconds.

    `trusted_proxies` are the addresses whose X-Forwarded-For is believed. `on_serving` is
    called once requests are answered.
    """
    raise_file_limit()
    server = _Server(
        uvicorn.Config(
            app,
            loop="none",
            http=BoundedHttp,
            ws="websockets-sansio",
            ws_max_size=_FRAME_BYTES_MAX,
            # Frames are small, and a compressor a socket would cost more memory than the rest.
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            backlog=_BACKLOG,
            proxy_headers=bool(trusted_proxies),
            forwarded_allow_ips=list(trusted_proxies),
            timeout_graceful_shutdown=_STOP_SECONDS,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="http")
    try:
        while not server.started and not serving.done():  # noqa: ASYNC110  uvicorn sets a flag
            await asyncio.sleep(0.005)
        if server.started:
            _calm_the_collector()
            on_serving()
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await serving


def _calm_the_collector() -> None:
    """Let Python's cycle collector pass over what was loaded at start, and look less often.

    A busy desk makes thousands of short-lived objects a second, hardly any of them in
    cycles; with the default thresholds it looks for them hundreds of times a second. The few
    cycles that loading leaves behind are not worth looking through everything for.
    """
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, 20, 50)
    gc.enable()


def raise_file_limit() -> None:
    """Allow this process as many open files, and so sockets, as the system lets it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # macOS calls its limit "unlimited"
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the command line decides what Ctrl-C means."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _why(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is taken by another program: stop it, or choose another "
            f"with --port or ALLTID_PORT."
        )
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights than this user has: choose one above 1023."
    return f"The address {host}:{port} can't be used ({error.strerror})."
