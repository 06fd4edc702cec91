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
from alltid.assistant.playbooks.matching import Candidate, the_one, the_option
from alltid.assistant.understanding.answers import Pick, Reply, read_reply
from alltid.assistant.understanding.asking import asks, asks_what_is_possible

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
_SHORT_WORDS: Final = 6
_FEW_WORDS: Final = 4
# What has a list of answers or limits.
_LIMITED: Final = frozenset({"choice", "object", "objects", "integer"})
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
    if question is None or context.heard.wants_human:
        return None
    if reply.again:
        return Answered((), surely=True, because="again")
    if _asks_what_is_possible(question, context):
        return Answered((), surely=True, because="asks_what_is_possible")
    return _answered(question, context, reply)


def _answered(question: OpenQuestion, context: Context, reply: Reply) -> Answered | None:
    if question.asks == "which":
        return _which(question, context.text, reply)
    # What is asked for in the customer's own words may hold any word.
    if reply.corrects and reply.rest and question.type != "text":
        corrected = _correction(context, reply)
        if corrected:
            return Answered(corrected, surely=True, because="corrects")
    if question.asks == "confirm":
        return _confirmed(context, reply)
    return _slot(question, context, reply)


def is_plain_answer(context: Context) -> bool:
    """Tell whether a text is a yes or a no to the open question, and says nothing beside it.

    All of its words are such answers' words: nothing else is to be heard in them.
    """
    question = context.question
    if question is None:
        return False
    reply = read_reply(context.text, question.action)
    return reply.yes or (reply.no and not reply.rest)


def begun_with(slots: Sequence[SlotHint], context: Context) -> dict[str, SlotValue]:
    """Return what a text that begins a procedure says for its slots.

    For what is chosen from a list it is the words themselves: they are looked at once the list
    is there, and count only when they mean exactly one.
    """
    words = {slot.name: context.text for slot in slots if slot.type == "object"}
    return {**words, **values_for(slots, context)}


def values_for(slots: Sequence[SlotHint], context: Context) -> dict[str, SlotValue]:
    """Return the values in a text that fit exactly one empty slot each."""
    found: dict[str, SlotValue] = {}
    taken: set[int] = set()
    for slot in slots:
        if slot.filled:
            continue
        entity = _entity_for(slot, context.heard.entities, taken, bare=False)
        if entity is not None:
            found[slot.name] = entity.value
    return found


def _which(question: OpenQuestion, text: str, reply: Reply) -> Answered | None:
    if reply.yes and len(question.options) == 1:
        return Answered((StartPlaybook(question.options[0].id),), surely=True, because="yes")
    if reply.no or reply.pick is Pick.OTHER:
        return Answered((Clarify(()),), surely=True, because="none_of_these")
    # Who asks something asks about something else, whatever words it has in common.
    chosen = None if asks(text) else _option(question.options, text, reply)
    if chosen is None:
        return None
    return Answered((StartPlaybook(chosen.id),), surely=True, because="named")


def _confirmed(context: Context, reply: Reply) -> Answered | None:
    if reply.yes:
        return Answered((Affirm(),), surely=True, because="yes")
    if reply.no and not reply.rest:
        return Answered((Deny(),), surely=True, because="no")
    if context.text.rstrip().endswith("?") or len(_WORD.findall(context.text)) > _SHORT_WORDS:
        return None
    # "rather 10 days": a value for a slot that has one is another action.
    changed = _changes(context, bare=False) or _named_instead(context)
    changed = _changes(context) if changed == () else changed
    if changed is None:
        return Answered((), surely=True, because="the_same")
    return Answered(changed, surely=True, because="changes") if changed else None


def _named_instead(context: Context) -> tuple[FillSlot, ...] | None:
    """Return the other object that words name; None when they name the one chosen already."""
    for slot in context.open_slots:
        if slot.filled and slot.type == "object":
            current = context.slots.get(slot.name)
            earlier = current if isinstance(current, str) else None
            named = option_named(slot.options, context.text, earlier)
            if named is not None and named.id == current:
                return None
            if named is not None:
                return (FillSlot(slot.name, named.id, corrects=True),)
    return ()


def _slot(question: OpenQuestion, context: Context, reply: Reply) -> Answered | None:
    value = _value(question, context, reply)
    if value is not None:
        others = [each for each in context.open_slots if each.name != question.slot]
        more = values_for(others, context)
        fills = [FillSlot(question.slot, value)]
        if question.type == "object":
            fills += [FillSlot(name, other) for name, other in more.items()]
        return Answered(tuple(fills), surely=True, because="value")
    if reply.no and not reply.rest:
        return Answered((Deny(),), surely=True, because="no")
    # A value for another slot: it was said before it is asked for, or is another than before.
    others = [each for each in context.open_slots if each.name != question.slot]
    said = values_for(others, context)
    if said and len(_WORD.findall(context.text)) <= _SHORT_WORDS:
        others_said = tuple(FillSlot(name, other) for name, other in said.items())
        return Answered(others_said, surely=True, because="another_slot")
    question_mark = context.text.rstrip().endswith("?")
    if question.type == "text":
        return Answered(
            (FillSlot(question.slot, context.text),), surely=not question_mark, because="text"
        )
    if question_mark or len(_WORD.findall(context.text)) > _SHORT_WORDS:
        return None
    fill = FillSlot(question.slot, context.text)
    return Answered((fill,), surely=False, because="perhaps")


def _value(question: OpenQuestion, context: Context, reply: Reply) -> SlotValue | None:
    """Return the value that a text gives to the slot asked for."""
    if question.type == "boolean":
        return True if reply.yes else False if reply.no else None
    if question.type in {"choice", "object"}:
        closed = question.type == "choice"
        named = [each for each in context.open_slots if each.name == question.slot]
        # Those of the slot know other words for themselves than the buttons have.
        options = named[0].options if closed and named else question.options
        chosen = _option(options, context.text, reply, closed=closed)
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


def _asks_what_is_possible(question: OpenQuestion, context: Context) -> bool:
    """Tell whether the question is asked back: which ones, how many at most."""
    if question.type not in _LIMITED or question.asks == "confirm":
        return False
    titles = tuple(hint.title for hint in context.playbooks if hint.id == question.playbook)
    return asks_what_is_possible(context.text, question.wording, titles)


def _correction(context: Context, reply: Reply) -> tuple[DialogueCommand, ...]:
    """Find the slot that the words after a "no, …" are a value of."""
    rest = reply.rest
    said = _changes(context, bare=False)
    if said:
        return said
    for slot in context.open_slots:
        if slot.filled and slot.options:
            current = context.slots.get(slot.name)
            others = [each for each in slot.options if each.id != current]
            named = option_named(others, rest, current if isinstance(current, str) else None)
            if named is not None:
                return (FillSlot(slot.name, named.id, corrects=True),)
    changed = _changes(context)
    if changed:
        return changed
    objects = [each for each in context.open_slots if each.filled and each.type == "object"]
    confirming = context.question is not None and context.question.asks == "confirm"
    # "I meant something cheaper" is about none of them.
    about_it = reply.no or reply.pick is Pick.OTHER or len(_WORD.findall(rest)) <= _FEW_WORDS
    if objects and confirming and about_it:
        # Which one isn't said: the procedure asks again for what it is about, its first object.
        return (FillSlot(objects[0].name, rest, corrects=True),)
    return ()


def _changes(context: Context, *, bare: bool = True) -> tuple[FillSlot, ...]:
    filled = [each for each in context.open_slots if each.filled]
    # "That one" is no number, and a word that is one in some language is often none here.
    entities = [
        each
        for each in context.heard.entities
        if each.kind != "number" or any(letter.isdigit() for letter in each.text)
    ]
    taken: set[int] = set()
    found = []
    for slot in filled:
        entity = _entity_for(slot, entities, taken, bare=bare)
        if entity is not None and entity.value != context.slots.get(slot.name):
            found.append(FillSlot(slot.name, entity.value, corrects=True))
    return tuple(found)


def _entity_for(
    slot: SlotHint, entities: Sequence[Entity], taken: set[int], *, bare: bool = True
) -> Entity | None:
    """Return the one value of a text that a slot takes; several of a kind are none.

    A `bare` number says of nothing what it is: it answers what was asked, and begins nothing.
    """
    kinds = TAKES.get(slot.type, ())
    named = _NAMED.get(slot.name)
    if slot.type == "integer" and named is not None:
        kinds = (named, "number", "months") if named == "days" else (named, "number")
    for kind in kinds:
        if kind == "number" and not bare:
            continue
        found = [at for at, each in enumerate(entities) if each.kind == kind and at not in taken]
        values = {entities[at].value for at in found}
        if len(values) == 1:
            taken.update(found)
            return entities[found[0]]
    return None


def _option(
    options: Sequence[Option], text: str, reply: Reply, *, closed: bool = False
) -> Option | None:
    """Return the one that is meant: by its name, its place, or what is told of it.

    An option of a `closed` list has other words beside its name.
    """
    if reply.nth is not None and 1 <= reply.nth <= len(options):
        return options[reply.nth - 1]
    if reply.pick is Pick.LAST and options:
        return options[-1]
    if reply.yes and len(options) == 1:
        return options[0]
    if closed:
        meant = the_option(text, [Candidate(e.id, e.label, also=e.also) for e in options])
        if meant is not None:
            return next(each for each in options if each.id == meant)
    return option_named(options, text)


def option_named(options: Sequence[Option], text: str, earlier: str | None = None) -> Option | None:
    """Return the one option that words mean; `earlier` is what they are another than."""
    meant = the_one(text, [Candidate(each.id, each.label) for each in options], earlier)
    return next((each for each in options if each.id == meant), None)
