"""Whether the embedded PostgreSQL runs: its lock files, and processes that are dead but listed.

A killed server stays in the process table until its parent asks how it ended. Its parent is
then the first process of the machine, in a container often this program itself or one that
never asks; and PostgreSQL takes whoever is in the table for a server that runs.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

# No system hands out process ids beyond 2^22, so this one never runs.
_NOBODY: Final = 2**22 + 1


def server_pid(lock_file: Path) -> int | None:
    """Return the process id in a server's lock file; None where there is none."""
    try:
        return int(lock_file.read_text().splitlines()[0])
    except (OSError, IndexError, ValueError):
        return None


def is_running(pid: int | None) -> bool:
    """Tell whether a process runs; one that has ended and is only still listed doesn't."""
    if pid is None:
        return False
    with suppress(ChildProcessError, OSError):
        os.waitpid(pid, os.WNOHANG)  # ours to bury, where we are a container's first process
    try:
        os.kill(pid, 0)
    except PermissionError:
        pass
    except OSError:
        return False
    return not _is_only_listed(pid)


def forget_dead_server(cluster: Path, sockets: Path) -> None:
    """Have lock files name nobody where their server has ended and is only still listed.

    The rest of the files stays: PostgreSQL finds in it whether a process of the dead server
    still holds its memory, and then refuses to start.
    """
    for lock_file in (cluster / "postmaster.pid", sockets / ".s.PGSQL.5432.lock"):
        pid = server_pid(lock_file)
        if pid is None or not _is_only_listed(pid):
            continue
        with suppress(OSError):
            lines = lock_file.read_text().splitlines(keepends=True)
            lock_file.write_text("".join([f"{_NOBODY}\n", *lines[1:]]))


def _is_only_listed(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False  # gone, or a system without /proc, whose first process buries everyone
    return state in {"Z", "X"}
