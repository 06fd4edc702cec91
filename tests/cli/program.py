"""Runs the real `alltid` as a process of its own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from alltid.cli import app

CLEAN = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith("ALLTID_") and name != "DATABASE_URL"
}


def run_here(
    *arguments: str, cwd: Path, typed: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command of `alltid` in this process: the same, and what it loads is loaded once."""
    unset = dict.fromkeys(set(os.environ) - set(CLEAN))
    with contextlib.chdir(cwd):
        ended = CliRunner().invoke(app, list(arguments), input=typed, env={**unset, **environment})
    return subprocess.CompletedProcess(arguments, ended.exit_code, ended.stdout, ended.stderr)


def run_alltid(
    *arguments: str, cwd: Path, typed: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `alltid` to its end in `cwd`, with `environment` beside what is always there."""
    command = [sys.executable, "-c", "from alltid.cli import main; main()", *arguments]
    return subprocess.run(
        command,
        cwd=cwd,
        input=typed,
        env={**CLEAN, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
