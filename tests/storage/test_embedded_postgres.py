"""The server that comes with the program: started, adopted after a kill, restarted, stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from alltid.storage.embedded_files import connection_url, socket_folder
from alltid.storage.embedded_postgres import (
    EmbeddedPostgres,
    EmbeddedPostgresError,
    embedded_postgres,
)


@pytest.fixture
def folder(memory_folder: Path) -> Iterator[Path]:
    folder = memory_folder / uuid4().hex[:8]
    yield folder
    with suppress(OSError, ValueError):
        os.kill(postmaster_of(folder), signal.SIGQUIT)


def postmaster_of(folder: Path) -> int:
    return int((folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def eventually(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)


def answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{process_id}/stat").read_text().split()[2] != "Z"


def test_data_outlives_the_server_and_commits_are_durable(folder: Path) -> None:
    with embedded_postgres(folder) as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert connection.execute(f"SHOW {setting}".encode()).fetchone() == ("on",)
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert not answers(url)
    with embedded_postgres(folder) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (1,)


def test_a_server_left_by_a_killed_process_is_adopted_and_stopped_at_the_end(folder: Path) -> None:
    code = (
        "import sys, time, pathlib\n"
        "from alltid.storage.embedded_postgres import EmbeddedPostgres\n"
        "EmbeddedPostgres(pathlib.Path(sys.argv[1])).start()\n"
        "print('up', flush=True); time.sleep(60)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.kill()
    left = postmaster_of(folder)
    assert alive(left)
    with embedded_postgres(folder) as url:
        assert answers(url)
        assert postmaster_of(folder) == left
    assert not alive(left)


def test_ctrl_c_in_the_terminal_does_not_reach_the_server(folder: Path) -> None:
    with embedded_postgres(folder):
        assert os.getsid(postmaster_of(folder)) != os.getsid(0)


def test_a_second_process_is_a_guest_and_leaves_the_server_running(folder: Path) -> None:
    with embedded_postgres(folder) as url:
        guest = EmbeddedPostgres(folder)
        guest.start()
        assert not guest.is_owner
        guest.stop()
        assert answers(url)


def test_a_server_that_dies_is_started_again(folder: Path) -> None:
    with embedded_postgres(folder) as url:
        first = postmaster_of(folder)
        os.kill(first, signal.SIGKILL)
        eventually(lambda: not alive(first))
        eventually(lambda: answers(url))


def test_a_half_made_cluster_is_made_anew(folder: Path) -> None:
    half = folder / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    with embedded_postgres(folder) as url:
        assert answers(url)


def test_a_long_path_gets_a_socket_elsewhere(memory_folder: Path) -> None:
    folder = memory_folder / ("long-" * 20) / "data"
    with embedded_postgres(folder) as url:
        assert answers(url)
        assert "alltid-" in url


def _a_file(folder: Path) -> None:
    folder.write_text("not a folder")


def _strange_content(folder: Path) -> None:
    (folder / "postgres").mkdir(parents=True)
    (folder / "postgres" / "holiday.jpg").write_text("")


def _newer(folder: Path) -> None:
    (folder / "postgres").mkdir(parents=True)
    (folder / "postgres" / "PG_VERSION").write_text("99\n")


def _damaged(folder: Path) -> None:
    with embedded_postgres(folder):
        pass
    (folder / "postgres" / "global" / "pg_control").write_bytes(b"?" * 8192)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_a_file, "can't be used"),
        (_strange_content, "can't be used"),
        (_newer, "written by PostgreSQL 99"),
        (_damaged, "did not start"),
    ],
)
def test_a_broken_folder_is_one_clear_sentence(
    folder: Path, spoil: Callable[[Path], None], words: str
) -> None:
    spoil(folder)
    with pytest.raises(EmbeddedPostgresError, match=words) as caught:
        EmbeddedPostgres(folder).start()
    assert "\n" not in str(caught.value)
    assert str(folder) in str(caught.value)


def test_the_server_s_log_repeats_no_words(folder: Path) -> None:
    with embedded_postgres(folder) as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE people (email text PRIMARY KEY)")
        for _ in range(2):
            with suppress(psycopg.errors.UniqueViolation):
                connection.execute("INSERT INTO people VALUES (%s)", ("anna@example.com",))
        with suppress(psycopg.errors.SyntaxError):
            connection.execute("SELECT 'anna@example.com' oops oops")
    logs = "".join(path.read_text() for path in (folder / "postgres" / "log").iterdir())
    assert "duplicate key" in logs
    assert "anna@" not in logs


def test_the_address_names_the_folder_of_the_socket(tmp_path: Path) -> None:
    url = connection_url(Path("/tmp/a b"), "alltid")
    assert url == "postgresql://postgres@/alltid?host=%2Ftmp%2Fa%20b"
    assert socket_folder(tmp_path, None).exists()


def test_a_dead_server_that_is_still_listed_does_not_stop_the_next(folder: Path) -> None:
    # As in a container whose first process never asks how others ended.
    with embedded_postgres(folder):
        pass
    keeper = subprocess.Popen(
        ["sh", "-c", "true & echo $!; exec sleep 60"], stdout=subprocess.PIPE, text=True
    )
    assert keeper.stdout is not None
    dead = int(keeper.stdout.readline())
    keeper.stdout.close()
    cluster = folder / "postgres"
    (cluster / "postmaster.pid").write_text(f"{dead}\n{cluster}\n")
    try:
        with embedded_postgres(folder) as url, psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        keeper.kill()
        keeper.wait()
