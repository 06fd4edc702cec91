"""New identifiers, as an argument.

Ids are UUID version 7 in their text form: their order is roughly their age, which keeps
database indexes compact, and nobody can guess the next one.
"""

from __future__ import annotations

import random
import re
import secrets
import time
import uuid
from dataclasses import dataclass, field
from typing import Final, Protocol

_RANDOM_BITS: Final = 74
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class IdSource(Protocol):
    """Something that hands out ids that nobody had before."""

    def new(self) -> str:
        """Return a fresh id, a UUID as 36 lower-case characters."""
        ...


def is_id(text: str) -> bool:
    """Tell whether `text` has the one form in which ids are written here."""
    return _UUID.fullmatch(text) is not None


def uuid7(unix_milliseconds: int, random_bits: int) -> str:
    """Compose a UUID version 7 (RFC 9562, section 5.7) from a time and 74 random bits."""
    high = random_bits >> 62
    low = random_bits & ((1 << 62) - 1)
    value = (unix_milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76 | (high & 0xFFF) << 64 | 0b10 << 62 | low
    return str(uuid.UUID(int=value))


class SystemIds:
    """Ids from the system's clock and its source of secure randomness."""

    def new(self) -> str:
        """Return a fresh id."""
        return uuid7(time.time_ns() // 1_000_000, secrets.randbits(_RANDOM_BITS))


@dataclass(slots=True)
class SeededIds:
    """Ids that repeat with their seed; for tests and the simulator."""

    seed: int
    _random: random.Random = field(init=False)
    _count: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Seed the generator."""
        self._random = random.Random(self.seed)  # noqa: S311  repeatable on purpose

    def new(self) -> str:
        """Return the next id of this seed's row."""
        self._count += 1
        return uuid7(self._count, self._random.getrandbits(_RANDOM_BITS))
