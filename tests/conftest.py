"""What every test may ask for: a real PostgreSQL, a fresh migrated database, settings."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import psycopg
import pytest

from alltid.storage.embedded_postgres import EmbeddedPostgres
from alltid.storage.migrations import migrate
from tests.support.databases import Databases
from tests.support.machine import memory_for_files

_TEMPLATE = "alltid_template"

# As the server does, before numpy is loaded: many workers share two cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile(
    "desk", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("desk")


@pytest.fixture
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio, as the server does."""
    return "asyncio"


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """A folder with a path short enough for unix sockets, gone after the run."""
    yield from _folder(None)


@pytest.fixture(scope="session")
def memory_folder() -> Iterator[Path]:
    """As `short_folder`, in memory where there is room for that.

    A killed process leaves behind the same in memory as on a disk; only the machine's own end
    would tell them apart. What is slow on a disk is to make and remove a cluster's 1,000 files.
    """
    yield from _folder(memory_for_files())


def _folder(place: Path | None) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="alltid-", dir=place))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(memory_folder: Path) -> Iterator[EmbeddedPostgres]:
    """One server for the whole run (of each worker, where several share the tests).

    Databases come and go by the hundred here; what is durable is tested on servers of its own.
    """
    server = EmbeddedPostgres(memory_folder / "data")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated_template(postgres: EmbeddedPostgres, databases: Databases) -> str:
    """The database that every test's database is copied from."""
    with psycopg.connect(postgres.url_of("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {_TEMPLATE}".encode())
    asyncio.run(migrate(postgres.url_of(_TEMPLATE)))
    return _TEMPLATE


@pytest.fixture(scope="session")
def databases(postgres: EmbeddedPostgres) -> Databases:
    """Fresh databases of that server."""
    return Databases(postgres)


@pytest.fixture
def database_url(databases: Databases, migrated_template: str) -> Iterator[str]:
    """The address of a fresh database with the program's schema, for this test only."""
    with databases.url(migrated_template) as url:
        yield url


@pytest.fixture
def empty_database_url(databases: Databases) -> Iterator[str]:
    """The address of a fresh database with nothing in it."""
    with databases.url("template0") as url:
        yield url


class _NoSilentSkips:
    """Under ./check a test that skips itself fails the run, with its name.

    But for measurements on data made by others, which is not part of the project: where it
    isn't there, the run says by name what it left out.
    """

    def __init__(self) -> None:
        self.skipped: list[str] = []
        self.left_out: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            outside = "outside" in report.keywords
            (self.left_out if outside else self.skipped).append(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.skipped:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for name in self.left_out:
            terminalreporter.write_line(f"left out, for lack of others' data: {name}", yellow=True)
        for name in self.skipped:
            terminalreporter.write_line(f"skipped, which ./check does not allow: {name}", red=True)


def pytest_configure(config: pytest.Config) -> None:
    # Ended from outside, as with Ctrl-C: the servers that tests have started end too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if os.environ.get("ALLTID_NO_SKIPS") == "1":
        config.pluginmanager.register(_NoSilentSkips(), "no-silent-skips")
