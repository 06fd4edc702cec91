"""Runs the real `alltid` as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CLEAN = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith("ALLTID_") and name != "DATABASE_URL"
}


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
        timeout=60,
        check=False,
    )
