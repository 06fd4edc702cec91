"""Filling a canned reply: `{customer_name}` becomes the customer's name. Pure.

What isn't known stays as it is written, and is named: an agent who reads it fills it in, and
nothing is sent with a hole that nobody saw.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

BUILT_IN: Final = ("customer_name", "agent_name", "company")
VARIABLE: Final = re.compile(r"\{([a-z][a-z0-9_]{0,31})\}")


@dataclass(frozen=True, slots=True)
class Filled:
    """A reply ready to be read over; `unknown` names what is still to fill, each once."""

    text: str
    unknown: tuple[str, ...]


def fill(text: str, values: Mapping[str, str | None]) -> Filled:
    """Replace each known variable once; a value that looks like a variable stays a value."""
    unknown: dict[str, None] = {}

    def value(found: re.Match[str]) -> str:
        known = values.get(found[1])
        if known:
            return known
        unknown[found[1]] = None
        return found[0]

    return Filled(VARIABLE.sub(value, text), tuple(unknown))
