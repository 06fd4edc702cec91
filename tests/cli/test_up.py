"""`alltid up` as a person meets it when something is not right: one sentence, no traceback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.cli.program import run_alltid, run_here
from tests.support.server import free_port


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run_alltid("up", "--port", str(port), cwd=tmp_path)
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert f"Port {port} on 127.0.0.1 is taken" in ended.stderr
    assert not (tmp_path / ".alltid").exists()


def test_a_database_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    url = "postgresql://someone:hunter2@127.0.0.1:1/alltid"
    ended = run_alltid("up", "--port", "0", cwd=tmp_path, DATABASE_URL=url)
    assert ended.returncode == 2  # port 0 is no port to serve on
    ended = run_alltid("migrate", cwd=tmp_path, DATABASE_URL=url)
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "alltid on 127.0.0.1:1 does not answer" in ended.stderr
    assert "hunter2" not in ended.stderr


def test_a_broken_data_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    ended = run_alltid("up", "--data-dir", "data", "--port", str(free_port()), cwd=tmp_path)
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "data" in ended.stderr


def test_a_newer_database_is_left_alone(tmp_path: Path, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("INSERT INTO schema_migrations VALUES (9999, 'tomorrow', 'x')")
    ended = run_alltid("up", "--port", str(free_port()), cwd=tmp_path, DATABASE_URL=database_url)
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "newer than this program (it has 9999_tomorrow)" in ended.stderr


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"ALLTID_PROT": "9000"}, "Did you mean ALLTID_PORT?"),
        ({"ALLTID_PORT": "ninety"}, "The setting port"),
        ({"ALLTID_DEMO": "1"}, "ALLTID_DEMO is not a setting"),
        ({"ALLTID_SETTINGS": "/nowhere.toml"}, "there is no such file"),
        ({"ALLTID_SECRET_KEY": "short"}, "at least 32"),
    ],
)
def test_wrong_settings_say_what_to_mend(
    tmp_path: Path, environment: dict[str, str], words: str
) -> None:
    ended = run_alltid("up", cwd=tmp_path, **environment)
    assert ended.returncode == 2
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr


def test_serve_wants_a_secret_that_stays(tmp_path: Path) -> None:
    ended = run_alltid("serve", "--port", str(free_port()), cwd=tmp_path)
    assert ended.returncode == 2
    assert "alltid new-secret" in ended.stderr


def test_doctor_and_settings_speak_json_and_mask_secrets(tmp_path: Path, database_url: str) -> None:
    environment = {"DATABASE_URL": database_url, "ALLTID_SECRET_KEY": "k" * 40}
    ended = run_alltid("settings", "--json", cwd=tmp_path, **environment)
    assert ended.returncode == 0
    assert "kkk" not in ended.stdout
    ended = run_alltid(
        "doctor", "--json", cwd=tmp_path, ALLTID_PORT=str(free_port()), **environment
    )
    assert '"schema"' in ended.stdout
    assert '"current"' in ended.stdout


def test_agents_are_added_listed_and_locked(tmp_path: Path, database_url: str) -> None:
    def agents(*arguments: str, typed: str = "") -> str:
        ended = run_here("agents", *arguments, cwd=tmp_path, typed=typed, DATABASE_URL=database_url)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    add = ("add", "sara@example.com", "--name", "Sara", "--language", "sv", "--password-stdin")
    agents(*add, typed="a long enough password\n")
    assert "sara@example.com" in agents("list")
    agents("set-password", "sara@example.com", "--password-stdin", typed="another long password\n")
    agents("disable", "sara@example.com")
    assert "disabled" in agents("list")
    ended = run_here("agents", *add, cwd=tmp_path, typed="x" * 20, DATABASE_URL=database_url)
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)


def test_help_comes_without_a_server_s_imports() -> None:
    heavy = ("fastapi", "psycopg", "pydantic", "uvicorn")
    code = f"import alltid.cli, sys; print([name for name in {heavy} if name in sys.modules])"
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert ended.stdout == "[]\n"
