"""Sockets that never read, flood, vanish, babble or say nothing: others hardly notice."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
import pytest

from tests.faults.conftest import Tell
from tests.support import raw
from tests.support.client import Customer
from tests.support.server import Server

pytestmark = [pytest.mark.anyio, pytest.mark.fault, pytest.mark.timeout(600)]

NEVER_READ = 60
VANISHED = 30
FLOODS = 20
SILENT = 2_000
GROWTH_BYTES_MAX = 250 * 1024 * 1024
# What a person would not put up with. What it really is, is told.
ANSWER_SECONDS_MAX = 5.0


@dataclass
class Probe:
    """A customer who behaves, and how long they wait for their acknowledgements."""

    customer: Customer
    seconds: list[float] = field(default_factory=list)

    async def ask(self) -> None:
        """Write messages without end, each after the one before is acknowledged."""
        while True:
            began = time.monotonic()
            self.customer.say("Är någon där?")
            await self.customer.settled(ANSWER_SECONDS_MAX * 4)
            self.seconds.append(time.monotonic() - began)
            await asyncio.sleep(0.1)

    async def during(self, what: Callable[[], list[socket.socket]]) -> list[socket.socket]:
        """Do something bad in a thread while the customer goes on, and a second longer."""
        asking = asyncio.create_task(self.ask())
        try:
            done = await asyncio.to_thread(what)
            await asyncio.sleep(1.5)
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        assert self.seconds, "not one message came through"
        assert max(self.seconds) < ANSWER_SECONDS_MAX
        return done

    def slowest(self) -> str:
        """The longest wait since the last call."""
        slowest, self.seconds = max(self.seconds), []
        return f"{1000 * slowest:.0f} ms"


async def test_hostile_sockets(hurried_server: Server, seed: int, tell: Tell) -> None:
    server = hurried_server
    raw.raise_file_limit()
    dice = random.Random(seed)
    async with httpx.AsyncClient(base_url=server.http, timeout=30) as http:
        probe = Probe(await Customer.arrive(http, server.ws))
        victim = await Customer.arrive(http, server.ws)
        floods = [await Customer.arrive(http, server.ws) for _ in range(FLOODS)]
    probe.customer.begin()
    await probe.during(list)
    memory = server.resident_bytes()
    probe.slowest()
    opened: list[socket.socket] = []
    try:
        began = time.monotonic()
        unread = await probe.during(lambda: _never_read(server, victim))
        opened += unread
        await _write_much(victim)
        tell(f"{NEVER_READ} that never read: a customer waited {probe.slowest()} at most")
        opened += await probe.during(lambda: _flood(server, floods))
        tell(f"{FLOODS} that flood: {probe.slowest()}")
        opened += await probe.during(lambda: _babble(server, dice))
        tell(f"garbage on the port: {probe.slowest()}")
        silent = await probe.during(lambda: _say_nothing(server))
        opened += silent
        tell(f"{SILENT} without a word: {probe.slowest()}")
        growth = server.resident_bytes() - memory
        await _until_gone(probe, silent, 25.0)
        tell(f"the silent were let go after {time.monotonic() - began:.0f} s: {probe.slowest()}")
        await _until_gone(probe, [], 60.0, lambda: _open_sockets(server) <= 2)
        tell(
            f"those that don't read or answer were let go after {time.monotonic() - began:.0f} s; "
            f"memory grew by {growth / 2**20:.0f} MiB"
        )
        assert growth < GROWTH_BYTES_MAX
        assert probe.customer.connections == 1
    finally:
        for each in opened:
            each.close()
        await probe.customer.leave()
        await victim.leave()


def _hello(customer: Customer) -> bytes:
    return raw.frame(customer.hello())


def _never_read(server: Server, victim: Customer) -> list[socket.socket]:
    """Devices of one customer that greet and read no byte; half of them are as good as gone."""
    sockets = []
    for number in range(NEVER_READ + VANISHED):
        small = 4096 if number < NEVER_READ else None
        each = raw.upgraded(server.port, receive_bytes=small)
        each.sendall(_hello(victim))
        sockets.append(each)
    return sockets


async def _write_much(victim: Customer) -> None:
    """Say more than the buffers between can hold, for everyone who doesn't read to miss."""
    victim.begin()
    for _ in range(20):
        for _ in range(10):
            victim.say("Läser ni? " * 390)
        await victim.settled(60)


def _flood(server: Server, floods: list[Customer]) -> list[socket.socket]:
    """Send as much as the server takes, for two seconds."""
    sockets = []
    for customer in floods:
        each = raw.upgraded(server.port)
        each.sendall(_hello(customer))
        each.setblocking(False)
        sockets.append(each)
    kinds = [
        raw.frame({"type": "ping"}),
        raw.frame({"type": "typing"}),
        raw.frame({"type": "nonsense"}),
        raw.frame(b"\xff\xfe" * 500, opcode=2),
        raw.frame({"type": "history", "before": 2**31 - 1, "limit": 200}),
    ]
    until = time.monotonic() + 2
    while time.monotonic() < until:
        for number, each in enumerate(sockets):
            try:
                each.send(kinds[number % len(kinds)] * 50)
            except OSError:
                continue  # its buffer is full, or it was cut off: both are what we want
        time.sleep(0.001)
    return sockets


def _babble(server: Server, dice: random.Random) -> list[socket.socket]:
    """Bytes that are no HTTP: noise, TLS, an endless head, broken frames."""
    sockets = []
    for number in range(200):
        each = raw.plain(server.port)
        noise = dice.randbytes(dice.randint(1, 2_000))
        words = [
            noise,
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + noise,
            b"GET / HTTP/1.1\r\nX-Long: " + b"a" * 200_000,
            b"POST /api/customer/guest HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n" + noise,
        ]
        _send(each, words[number % len(words)])
        sockets.append(each)
    for number in range(50):
        each = raw.upgraded(server.port)
        _send(each, dice.randbytes(500) if number % 2 else b"\x81\x05hello")
        sockets.append(each)
    return sockets


def _send(each: socket.socket, data: bytes) -> None:
    with contextlib.suppress(OSError):  # hung up on in the middle of it, rightly
        each.sendall(data)


def _say_nothing(server: Server) -> list[socket.socket]:
    """A third each: no byte at all, half a request, a WebSocket without hello."""
    sockets = []
    for number in range(SILENT):
        if number % 3 == 0:
            each = raw.plain(server.port)
        elif number % 3 == 1:
            each = raw.plain(server.port)
            each.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        else:
            each = raw.upgraded(server.port)
        sockets.append(each)
    return sockets


async def _until_gone(
    probe: Probe,
    sockets: list[socket.socket],
    seconds: float,
    gone: Callable[[], bool] = lambda: True,
) -> None:
    """Wait, with a customer at work, until the server has let go of the sockets."""
    left = list(sockets)

    def wait() -> list[socket.socket]:
        nonlocal left
        deadline = time.monotonic() + seconds
        while True:
            left = [each for each in left if not raw.is_closed(each)]
            if not left and gone():
                return []
            assert time.monotonic() < deadline, f"{len(left)} are still held"
            time.sleep(0.2)

    await probe.during(wait)


def _open_sockets(server: Server) -> int:
    text = httpx.get(f"{server.http}/metrics", timeout=30).text
    found = re.findall(r'alltid_sockets_open\{kind="\w+"\} ([\d.]+)', text)
    return round(sum(map(float, found)))
