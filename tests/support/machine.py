"""What the machine that runs the tests has to offer."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Final

_SHARED_MEMORY: Final = Path("/dev/shm")
_FREE_BYTES: Final = 2 * 1024**3


def memory_for_files() -> Path | None:
    """A filesystem in memory, if there is one and enough of both is free; else None."""
    try:
        room = shutil.disk_usage(_SHARED_MEMORY).free
        found = re.search(r"MemAvailable: *(\d+) kB", Path("/proc/meminfo").read_text())
    except OSError:
        return None
    memory = int(found[1]) * 1024 if found else 0
    return _SHARED_MEMORY if min(room, memory // 2) >= _FREE_BYTES else None
