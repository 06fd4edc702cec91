"""Whether a text answers the question that was asked last, and with which values. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from alltid.assistant.dialogue.commands import (
    Affirm,
    Clarify,
    Deny,
    DialogueCommand,
    FillSlot,
    SlotValue,
    StartPlaybook,
)
from alltid.assistant.dialogue.understander import Context, Entity, OpenQuestion, Option, SlotHint
from alltid.assistant.understanding.answers import Pick, Reply
from alltid.assistant.vocabulary import fold

# Kinds of values that a slot's type takes, the likeliest first.
TAKES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "integer": ("number", "days", "parts", "months"),
        "money": ("money",),
        "date": ("date",),
        "email": ("email",),
        "phone": ("phone",),
        "iban": ("iban",),
    }
)
# What a slot's name says about the kind that it takes.
_NAMED: Final[Mapping[str, str]] = MappingProxyType(
    {"days": "days", "parts": "parts", "months": "months"}
)
_WORD: Final = re.compile(r"[^\W_]+")
_TELLING_CHARACTERS: Final = 3
_SHORT_WORDS: Final = 6
_HUNDREDTHS: Final = 100


@dataclass(frozen=True, slots=True)
class Answered:
    """Commands that a text would be as an answer; `surely` when nothing else is likely."""

    commands: tuple[DialogueCommand, ...]
    surely: bool
    because: str


def answer_of(context: Context, reply: Reply) -> Answered | None:
    """Read a text as an answer to the open question, or None when it can't be one."""
    question = context.question
    if question is None:
        return None
    if reply.again:
        return Answered((), surely=True, because="again")
    if question.asks == "which":
        return _which(question, context.text, reply)
    if reply.corrects and reply.rest:
        corrected = _correction(context, reply.rest)
        if corrected:
            return Answered(corrected, surely=True, because="corrects")
    if question.asks == "confirm":
        return _confirmed(context, reply)
    return _slot(question, context, reply)


def values_for(slots: Sequence[SlotHint], context: Context) -> dict[str, SlotValue]:
    """Return the values in a text that fit exactly one empty slot each."""
    found: dict[str, SlotValue] = {}
    taken: set[int] = set()
    for slot in slots:
        if slot.filled:
            continue
        entity = _entity_for(slot, context.heard.entities, taken)
        if entity is not None:
            found[slot.name] = entity.value
    return found


def _which(question: OpenQuestion, text: str, reply: Reply) -> Answered | None:
    if reply.yes and len(question.options) == 1:
        return Answered((StartPlaybook(question.options[0].id),), surely=True, because="yes")
    if reply.no or reply.pick is Pick.OTHER:
        return Answered((Clarify(()),), surely=True, because="none_of_these")
    chosen = _option(question.options, text, reply)
    if chosen is None:
        return None
    return Answered((StartPlaybook(chosen.id),), surely=True, because="named")


def _confirmed(context: Context, reply: Reply) -> Answered | None:
    if reply.yes:
        return Answered((Affirm(),), surely=True, because="yes")
    if reply.no and not reply.rest:
        return Answered((Deny(),), surely=True, because="no")
    # "rather 10 days": a value for a slot that has one is another action.
    words = len(_WORD.findall(context.text))
    changed = _changes(context) if words <= _SHORT_WORDS else ()
    if changed:
        return Answered(changed, surely=True, because="changes")
    return None


def _slot(question: OpenQuestion, context: Context, reply: Reply) -> Answered | None:
    value = _value(question, context, reply)
    if value is not None:
        more = values_for(
            [each for each in context.open_slots if each.name != question.slot], context
        )
        fills = [FillSlot(question.slot, value)]
        if question.type == "object":
            fills += [FillSlot(name, other) for name, other in more.items()]
        return Answered(tuple(fills), surely=True, because="value")
    if reply.no:
        return Answered((Deny(),), surely=True, because="no")
    asks = context.text.rstrip().endswith("?")
    if question.type == "text":
        return Answered((FillSlot(question.slot, context.text),), surely=not asks, because="text")
    if asks or len(_WORD.findall(context.text)) > _SHORT_WORDS:
        return None
    fill = FillSlot(question.slot, context.text)
    return Answered((fill,), surely=False, because="perhaps")


def _value(question: OpenQuestion, context: Context, reply: Reply) -> SlotValue | None:
    """Return the value that a text gives to the slot asked for."""
    if question.type == "boolean":
        return True if reply.yes else False if reply.no else None
    if question.type in {"choice", "object"}:
        chosen = _option(question.options, context.text, reply)
        return None if chosen is None else chosen.id
    slot = SlotHint(question.slot, question.type)
    entity = _entity_for(slot, context.heard.entities, set())
    if entity is not None:
        return entity.value
    if question.type == "money":
        numbers = [each.value for each in context.heard.entities if each.kind == "number"]
        if len(numbers) == 1 and isinstance(numbers[0], int):
            return numbers[0] * _HUNDREDTHS
    return reply.nth if question.type == "integer" else None


def _correction(context: Context, rest: str) -> tuple[DialogueCommand, ...]:
    """Find the slot that the words after a "no, …" are a value of."""
    for slot in context.open_slots:
        if slot.filled and slot.options:
            current = context.slots.get(slot.name)
            others = [each for each in slot.options if each.id != current]
            named = option_named(others, rest)
            if named is None and len(others) == 1 and not context.heard.entities:
                named = others[0]
            if named is not None:
                return (FillSlot(slot.name, named.id, corrects=True),)
    changed = _changes(context)
    if changed:
        return changed
    objects = [each for each in context.open_slots if each.filled and each.type == "object"]
    if len(objects) == 1:
        # Which one isn't said: the procedure asks again.
        return (FillSlot(objects[0].name, rest, corrects=True),)
    return ()


def _changes(context: Context) -> tuple[DialogueCommand, ...]:
    filled = [each for each in context.open_slots if each.filled]
    taken: set[int] = set()
    found = []
    for slot in filled:
        entity = _entity_for(slot, context.heard.entities, taken)
        if entity is not None and entity.value != context.slots.get(slot.name):
            found.append(FillSlot(slot.name, entity.value, corrects=True))
    return tuple(found)


def _entity_for(slot: SlotHint, entities: Sequence[Entity], taken: set[int]) -> Entity | None:
    """Return the one value of a text that a slot takes; several of a kind are none."""
    kinds = TAKES.get(slot.type, ())
    named = _NAMED.get(slot.name)
    if slot.type == "integer" and named is not None:
        kinds = (named, "number", "months") if named == "days" else (named, "number")
    for kind in kinds:
        found = [at for at, each in enumerate(entities) if each.kind == kind and at not in taken]
        values = {entities[at].value for at in found}
        if len(values) == 1:
            taken.update(found)
            return entities[found[0]]
    return None


def _option(options: Sequence[Option], text: str, reply: Reply) -> Option | None:
    named = option_named(options, text)
    if named is not None:
        return named
    if reply.nth is not None and 1 <= reply.nth <= len(options):
        return options[reply.nth - 1]
    if reply.pick is Pick.LAST and options:
        return options[-1]
    if reply.yes and len(options) == 1:
        return options[0]
    return None


def option_named(options: Sequence[Option], text: str) -> Option | None:
    """Return the one option whose words a text names more of than any other's."""
    said = set(_WORD.findall(fold(text)))
    if not said:
        return None
    telling = [_telling(each.label) for each in options]
    # What all of them are called tells none of them.
    common = set.intersection(*telling) if len(telling) > 1 else set()
    scored = sorted((len((words - common) & said), -at) for at, words in enumerate(telling))
    if not scored or scored[-1][0] == 0:
        return None
    if len(scored) > 1 and scored[-1][0] == scored[-2][0]:
        return None
    return options[-scored[-1][1]]


def _telling(label: str) -> set[str]:
    words = _WORD.findall(fold(label))
    return {word for word in words if len(word) >= _TELLING_CHARACTERS or word.isdigit()}
