"""Where a message may fall into two: "what do I owe, and move the chair's due date". Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_JOINT: Final = re.compile(
    r"(?:[.!?;\n]+|,)\s*|\s+(?:and|also|plus|och|samt|und|sowie|y|e|ed)\s+", re.IGNORECASE
)
_LEADS: Final = re.compile(r"(?:and|also|then|och|sen|så|und|dann|y|e|poi|luego)\s+", re.IGNORECASE)
_WORDS_LEAST: Final = 2
_PARTINGS_MOST: Final = 3


def two_parts(text: str) -> Iterator[tuple[str, str]]:
    """Give the ways in which a text may be two, at most a few, each part of some words."""
    given: list[tuple[str, str]] = []
    for joint in _JOINT.finditer(text):
        before, after = text[: joint.start()].strip(" ,;"), text[joint.end() :].strip()
        lead = _LEADS.match(after)
        after = after[lead.end() :] if lead is not None else after
        few = min(len(before.split()), len(after.split())) < _WORDS_LEAST
        if few or (before, after) in given:
            continue
        yield before, after
        given.append((before, after))
        if len(given) == _PARTINGS_MOST:
            return
