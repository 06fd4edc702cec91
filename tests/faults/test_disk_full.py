"""The disk is full: whoever writes is told, nothing acknowledged is lost, space mends it."""

from __future__ import annotations

import asyncio
import itertools
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from tests.faults.conftest import Tell
from tests.faults.crowd import Crowd
from tests.faults.evidence import Evidence
from tests.support.server import Server, children_of

pytestmark = [pytest.mark.anyio, pytest.mark.fault, pytest.mark.timeout(600)]

DISK_BYTES = 400 * 1024 * 1024
WRITERS = 16
WORDS = "Det här är ett längre meddelande, så att skivan tar slut. " * 40
# Log segments of PostgreSQL have this size and stay writable; a larger table doesn't.
FILE_BYTES = 16 * 1024 * 1024


@pytest.fixture
def small_disk(short_folder: Path) -> Iterator[Path]:
    """A folder on a filesystem of its own, in memory."""
    folder = short_folder / uuid4().hex[:8]
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=755", "alltid", str(folder)]
    subprocess.run(mount, check=True)
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _may_mount() -> bool:
    """Whether this machine lets us have a filesystem (root in most containers may not)."""
    probe = ["unshare", "--mount", "mount", "-t", "tmpfs", "alltid", "/mnt"]
    try:
        return subprocess.run(probe, check=False, capture_output=True).returncode == 0
    except OSError:
        return False


if os.geteuid() == 0 and _may_mount():
    # Where mounting isn't allowed, the limited file below is how a full disk is emulated.
    async def test_a_full_filesystem(
        small_disk: Path, entry: tuple[str, ...], seed: int, tell: Tell
    ) -> None:
        tell(f"a real one: a filesystem in memory of {DISK_BYTES // 2**20} MiB, filled to the brim")
        filler = small_disk / "filler"

        def fill() -> None:
            with filler.open("wb") as file:
                try:
                    while file.write(bytes(2**20)):
                        file.flush()
                except OSError:
                    pass  # full: what this is for

        with Server(small_disk / "desk", entry=entry) as server:
            await _write_into_full_disk(server, Crowd(seed), fill, filler.unlink, tell)


async def test_a_file_that_may_not_grow(hurried_server: Server, seed: int, tell: Tell) -> None:
    server = hurried_server
    tell("emulated: PostgreSQL's processes may not write a file beyond 16 MiB (RLIMIT_FSIZE)")

    # Only the owner of a process may limit it.
    cluster, is_root = server.cluster.stat(), os.geteuid() == 0
    owner, group = (cluster.st_uid, cluster.st_gid) if is_root else (None, None)

    def limit(size: str) -> None:
        first = server.postmaster()
        for pid in [first, *children_of(first)]:
            command = ["prlimit", f"--pid={pid}", f"--fsize={size}:"]
            done = subprocess.run(
                command, check=False, user=owner, group=group, capture_output=True, text=True
            )
            assert done.returncode == 0 or "No such process" in done.stderr, done.stderr

    def fill() -> None:
        _grow_the_log(server, FILE_BYTES)
        limit(str(FILE_BYTES))
        _use_up_what_is_free(server)

    def free() -> None:
        limit("unlimited")

    await _write_into_full_disk(server, Crowd(seed), fill, free, tell)


# Events of another kind, of 32 bytes times `pieces` each.
FILLER = """
INSERT INTO events (stream_id, version, type, data, actor, at)
SELECT '00000000-0000-7000-8000-000000000000', %(first)s + n, 'Filler', jsonb_build_object(
    'x', (SELECT string_agg(md5(n || ':' || i), '') FROM generate_series(1, %(pieces)s) AS i)
), 'test', now()
FROM generate_series(1, %(rows)s) AS n
"""


def _grow_the_log(server: Server, size: int) -> None:
    """Make the log's file as large as it may become, and have it written out."""
    with psycopg.connect(server.database_url, autocommit=True) as connection:
        connection.execute(FILLER, {"first": 0, "pieces": 40, "rows": size // 1024})
        connection.execute("CHECKPOINT")
        [bytes_now] = connection.execute("SELECT pg_relation_size('events')").fetchone() or [0]
    assert bytes_now >= size


def _use_up_what_is_free(server: Server) -> None:
    with psycopg.connect(server.database_url, autocommit=True) as connection:
        for pieces in (40, 4):
            with pytest.raises(psycopg.Error, match="File too large"):
                _insert_without_end(connection, pieces)


def _insert_without_end(connection: psycopg.Connection[Any], pieces: int) -> None:
    for first in itertools.count(FILE_BYTES * pieces, 100):
        connection.execute(FILLER, {"first": first, "pieces": pieces, "rows": 100})


async def _write_into_full_disk(
    server: Server, crowd: Crowd, fill: Callable[[], None], free: Callable[[], None], tell: Tell
) -> None:
    await crowd.arrive(server, WRITERS)
    await crowd.rest()
    try:
        for customer in crowd.customers:
            customer.say("Hej, medan det finns plats")
        await crowd.all_settled()
        await crowd.all_quiet(server)
        await asyncio.to_thread(fill)
        began = time.monotonic()
        rounds = 0
        while not all(customer.busy for customer in crowd.customers):
            assert time.monotonic() < began + 40, "the disk is full and nobody was told"
            rounds += 1
            for customer in crowd.customers:
                if not customer.unacked:
                    customer.say(f"{rounds} {WORDS}")
            await asyncio.sleep(0.1)
        told_after = time.monotonic() - began
        async with httpx.AsyncClient(base_url=server.http, timeout=15) as http:
            assert (await http.get("/healthz")).status_code == 200
        for error in (error for customer in crowd.customers for error in customer.busy):
            assert error["code"] in {"storage_busy", "in_order"}
            assert error["retry_after_seconds"] > 0
        acknowledged = sum(len(customer.acked) for customer in crowd.customers)
        await asyncio.to_thread(free)
        freed = time.monotonic()
        await crowd.all_settled(90)
        tell(
            f"everyone told after {told_after:.1f} s, {acknowledged} acknowledged until then, "
            f"all stored {time.monotonic() - freed:.1f} s after there was space again"
        )
        await _check(server, crowd, tell)
    finally:
        await crowd.leave()


async def _check(server: Server, crowd: Crowd, tell: Tell) -> None:
    await crowd.all_quiet(server)
    evidence = await asyncio.to_thread(Evidence, server.database_url)
    evidence.check_streams()
    messages = evidence.check_messages(crowd.lines)
    evidence.check_shown(crowd.customers, crowd.agents)
    evidence.check_promises()
    assert [line.connections for line in crowd.customers] == [1] * len(crowd.customers)
    assert not any(customer.refused for customer in crowd.customers)
    tell(f"{messages} messages stored once, in order; no socket was closed")
