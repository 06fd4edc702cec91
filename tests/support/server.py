"""The real server as a process of its own, which tests may kill, stop and starve."""

from __future__ import annotations

import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from alltid.storage.embedded_files import connection_url, server_account, socket_folder

CLEAN = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith("ALLTID_") and name != "DATABASE_URL"
}
# Tests write faster than people do.
GENEROUS = {
    "ALLTID_MESSAGES_PER_MINUTE": "60000",
    "ALLTID_GUESTS_PER_HOUR": "360000",
    "ALLTID_LOG_FORMAT": "json",
    "ALLTID_SENTENCE_ENCODER": "false",
}
ENTRY = ("-c", "from alltid.cli import main; main()")
HURRIED_ENTRY = ("-m", "tests.support.hurried")
PATIENT_ENTRY = ("-m", "tests.support.patient")
# Below those that systems give out by themselves: a port that is left for a moment, as between
# two lives of a server, would otherwise be anybody's.
_PORTS = range(20_000, 32_000)


def free_port() -> int:
    """A port of this machine that nobody uses now, nor is given by chance."""
    while True:
        port = secrets.choice(_PORTS)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


class Server:
    """`alltid up` on a data folder and a port of its own; the embedded database by default."""

    def __init__(
        self,
        folder: Path,
        *,
        database_url: str | None = None,
        entry: Sequence[str] = ENTRY,
        **environment: str,
    ) -> None:
        self.folder = folder
        self.port = free_port()
        self.log = folder / "server.log"
        self._entry = entry
        self._database_url = database_url
        self._environment = {**CLEAN, **GENEROUS, **environment}
        if database_url is not None:
            self._environment["DATABASE_URL"] = database_url
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def database_url(self) -> str:
        """The address of its database, also for looking at it while the server is dead."""
        if self._database_url is not None:
            return self._database_url
        cluster = self.cluster
        return connection_url(socket_folder(cluster, server_account(cluster)), "alltid")

    @property
    def cluster(self) -> Path:
        """The embedded PostgreSQL's own folder."""
        return self.folder / "data" / "postgres"

    def start(self, *, wait_seconds: float = 240.0) -> float:
        """Start it and return the seconds until it was ready."""
        began = time.monotonic()
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, *self._entry, "up"),
                    *("--port", str(self.port), "--data-dir", str(self.folder / "data")),
                ],
                cwd=Path(__file__).resolve().parents[2],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while self.ready() != 200:
            if self._process.poll() is not None or time.monotonic() > began + wait_seconds:
                raise AssertionError(f"the server did not start:\n{self.tail()}")
            time.sleep(0.05)
        return time.monotonic() - began

    def ready(self, timeout_seconds: float = 5.0) -> int | None:
        """The status of /readyz; None when nothing answers."""
        # By hand: a client of its own for each look would cost more than the server's start.
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_seconds)
        with suppress(OSError, http.client.HTTPException), closing(connection):
            connection.request("GET", "/readyz")
            return connection.getresponse().status
        return None

    def kill(self) -> None:
        """SIGKILL: no chance to tidy up. The embedded database goes on."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """Ask it to end, and wait until it has; returns its exit code."""
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.terminate()
        try:
            return self._process.wait(120)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server did not stop:\n{self.tail()}") from None

    def resident_bytes(self) -> int:
        """The memory that the server's process holds."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmRSS")

    def postmaster(self) -> int:
        """The process id of the embedded PostgreSQL."""
        return int((self.cluster / "postmaster.pid").read_text().split()[0])

    def signal_database(self, number: signal.Signals) -> None:
        """Send a signal to every process of the embedded PostgreSQL, the first one first."""
        first = self.postmaster()
        for pid in [first, *children_of(first)]:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill_database(self) -> None:
        """SIGKILL every process of the embedded PostgreSQL and wait until they are gone."""
        first = self.postmaster()
        every = [first, *children_of(first)]
        self.signal_database(signal.SIGKILL)
        deadline = time.monotonic() + 60
        while any(_runs(pid) for pid in every):
            assert time.monotonic() < deadline, "PostgreSQL did not die"
            time.sleep(0.005)

    def query(self, sql: str, *parameters: object) -> list[tuple[object, ...]]:
        """Ask the database directly."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            return connection.execute(sql.encode(), parameters).fetchall()

    def tail(self, lines: int = 40) -> str:
        """The end of what the server said."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.stop()
        finally:
            self._make_sure()

    def _make_sure(self) -> None:
        """Leave no database behind, whatever became of the test."""
        if self._database_url is None and (self.cluster / "postmaster.pid").exists():
            with suppress(OSError, ValueError, IndexError):
                self.signal_database(signal.SIGCONT)
                self.kill_database()


def children_of(pid: int) -> list[int]:
    """The processes that `pid` has started."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(child) for child in task.read_text().split()]
    return found


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
