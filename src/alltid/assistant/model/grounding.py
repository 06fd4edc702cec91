"""Whether a value that a model fills in is one that the customer gave. Pure.

A model may be told by an article, by a customer or by its own fancy to fill in an address or an
amount, or to take the dearer of two invoices. Only what the customer wrote goes into a procedure,
and of what is offered only what their words name: else it is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from alltid.assistant.dialogue.commands import SlotValue
from alltid.assistant.dialogue.understander import Context, Option, SlotHint
from alltid.assistant.model.guard_figures import figures_of
from alltid.assistant.model.guard_units import plain
from alltid.assistant.model.guard_words import fold
from alltid.assistant.playbooks.matching import Candidate, the_one, the_option
from alltid.assistant.understanding.answers import read_reply

TEXT_MAX: Final = 2_000
_NUMBERS: Final = frozenset({"integer", "money"})
_SAID: Final = re.compile(r"[^\w@.+]+")


def grounded(value: SlotValue, slot: SlotHint, context: Context) -> SlotValue | None:
    """Return the value as it may be filled in, or None when the customer never gave it."""
    if isinstance(value, str) and value in {option.id for option in slot.options}:
        return value if _named(value, slot.options, context.text) else None
    if slot.type == "boolean":
        return value if isinstance(value, bool) and not _denied(context.text, yes=value) else None
    if isinstance(value, bool):
        return None
    if any(_same(value, each.value) for each in context.heard.entities):
        return value
    return _written(value, slot, context)


def _named(option: str, options: Sequence[Option], text: str) -> bool:
    """Whether the customer's words mean this option and no other; of one there is no choice.

    By its label or other words for it, its place in the list, or a figure that it alone has.
    """
    if len(options) == 1:
        return True
    candidates = [Candidate(each.id, each.label, {}, each.also) for each in options]
    if option in {the_option(text, candidates), the_one(text, candidates, None)}:
        return True
    said = set(figures_of(text))
    return [each.id for each in options if said & set(figures_of(each.label))] == [option]


def _denied(text: str, *, yes: bool) -> bool:
    reply = read_reply(text)
    return reply.no if yes else reply.yes


def _written(value: str | int, slot: SlotHint, context: Context) -> SlotValue | None:
    """Return a value that stands in the customer's words as it is."""
    if slot.type == "text":
        text = str(value)[:TEXT_MAX]
        return text if _said(text, context.text) else context.text[:TEXT_MAX]
    if slot.type in _NUMBERS:
        return _number(value, context)
    # Words for one of several are looked up by the procedure, among what it offers.
    return value if isinstance(value, str) and _said(value, context.text) else None


def _same(value: SlotValue, heard: SlotValue) -> bool:
    return not isinstance(heard, bool) and fold(str(value)) == fold(str(heard))


def _said(value: str, text: str) -> bool:
    wanted, words = _SAID.sub(" ", fold(value)).strip(), _SAID.sub(" ", fold(text))
    return bool(wanted) and f" {wanted} " in f" {words.strip()} "


def _number(value: SlotValue, context: Context) -> SlotValue | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    if number != number.to_integral_value() or not number.is_finite():
        return None
    said = {_bare(figure.value, figure.unit) for figure in figures_of(context.text)}
    words = {plain(number)}
    if {figure.kind for figure in figures_of(context.text)} & {"money"}:
        words.add(plain(number / 100))
    return int(number) if words & said else None


def _bare(value: str, unit: str) -> str:
    """Return a span in days where it is one: 14 of "14 days"."""
    if unit != "minute":
        return value
    return plain(Decimal(value) / 1_440)
