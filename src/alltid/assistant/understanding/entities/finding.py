"""Finds the entities of a message, each by its own finder, without overlaps."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from alltid.assistant.understanding.entities import numbers as by_rule
from alltid.assistant.understanding.entities.dates import dates
from alltid.assistant.understanding.entities.entity import Entity
from alltid.assistant.understanding.entities.money import amounts

LOOKED_AT_CHARS: Final = 4_000
ENTITIES_MAX: Final = 32


def entities_of(
    text: str, *, language: str = "und", today: date | None = None
) -> tuple[Entity, ...]:
    """The entities of *text*, in order, at most 32 and none over another.

    *language* (ISO 639-1) says whose crowns and phone numbers they are; *today* is needed for
    days that are said relative to it, and for those without a year.
    """
    looked_at = text[:LOOKED_AT_CHARS]
    lower = "".join(low if len(low := char.lower()) == 1 else char for char in looked_at)
    found: list[Entity] = []
    taken = [False] * len(lower)
    for entity in _candidates(lower, language, today):
        if not any(taken[entity.start : entity.end]):
            taken[entity.start : entity.end] = [True] * (entity.end - entity.start)
            found.append(replace(entity, text=text[entity.start : entity.end]))
    return tuple(sorted(found, key=lambda each: each.start)[:ENTITIES_MAX])


def _candidates(text: str, language: str, today: date | None) -> Iterator[Entity]:
    """What may be entities, the surest first: what overlaps them later is none."""
    if "@" in text or "at" in text:
        yield from by_rule.emails(text)
    if any(char.isdigit() for char in text):
        yield from by_rule.ibans(text)
        yield from by_rule.postal_codes(text)
    yield from amounts(text, language)
    yield from dates(text, today)
    if any(char.isdigit() for char in text):
        yield from by_rule.references(text)
        yield from by_rule.phones(text, language)
    yield from by_rule.counts(text)
    yield from by_rule.numbers(text, language)
