"""Finds the entities of a message, each by its own finder, without overlaps."""

from datetime import date
from typing import Final

from alltid.assistant.understanding.entities.entity import Entity
from alltid.assistant.understanding.entities.numbers import emails

_LOOKED_AT_CHARS: Final = 4_000
ENTITIES_MAX: Final = 32


def entities_of(
    text: str,
    *,
    language: str = "und",  # noqa: ARG001
    today: date | None = None,  # noqa: ARG001
) -> tuple[Entity, ...]:
    """The entities of *text*, in order, at most 32 and none over another.

    *language* (ISO 639-1) decides what is ambiguous ("1.299"); *today* is needed for dates
    that are said relative to it.
    """
    looked_at = text[:_LOOKED_AT_CHARS]
    found = list(emails(looked_at))
    return tuple(sorted(found, key=lambda each: each.start)[:ENTITIES_MAX])
