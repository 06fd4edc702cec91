"""What the C library holds back of memory that the program has given up."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from typing import Any, Final

_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8
_LARGE: Final = 256 * 1024
_ARENAS: Final = 2


def keep_small() -> None:
    """Let large pieces go back at once, and let threads share their heaps (glibc only).

    Left to itself, glibc gives each thread a heap of its own, and keeps what has been freed
    below a line that rises with the largest piece freed: half of a warm server's memory.
    """
    # Another C library has no such function, and no such habit.
    with suppress(AttributeError, OSError):
        library = _library()
        library.mallopt(_ARENA_MAX, _ARENAS)
        library.mallopt(_MMAP_THRESHOLD, _LARGE)
        library.mallopt(_TRIM_THRESHOLD, _LARGE)


def give_back() -> None:
    """Return what is free to the system now (glibc only); takes a few milliseconds."""
    with suppress(AttributeError, OSError):
        _library().malloc_trim(0)


def _library() -> Any:
    return ctypes.CDLL(None)
