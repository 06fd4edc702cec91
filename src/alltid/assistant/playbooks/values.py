"""What a customer's words are as the value of a slot: a number, a date, one of several objects.

Words that fit nothing, or more than one thing, are no value: the slot is asked for again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from alltid.assistant.dialogue.commands import SlotValue
from alltid.assistant.playbooks.expressions import ExpressionFailed, evaluate
from alltid.assistant.playbooks.matching import Candidate, the_one, the_option
from alltid.assistant.playbooks.playbook import (
    ChoiceSlot,
    DateSlot,
    IntegerSlot,
    MoneySlot,
    ObjectSlot,
    Slot,
    TextSlot,
)
from alltid.assistant.playbooks.templates import one_line
from alltid.assistant.tools.tool import Json
from alltid.kernel.money import CURRENCIES

WORDS_CHARACTERS_MAX: Final = 4_000
# What every reader of JSON keeps exactly.
WHOLE_MAX: Final = 2**53
_WHOLE: Final = re.compile(r"(?<![\d.,])-?\d{1,9}(?![\d]|[.,]\d)")
_AMOUNT: Final = re.compile(r"\d[\d \u00a0'.,]*")
_EMAIL: Final = re.compile(
    r"[^\s@<>(),;:\"\[\]\\]{1,64}@[^\s@<>(),;:\"\[\]\\]{1,190}\.[^\W\d_]{2,24}"
)
_IBAN: Final = re.compile(r"\b[A-Za-z]{2}\d{2}(?:[ ]?[A-Za-z0-9]){11,30}\b")
_PHONE: Final = re.compile(r"\+?[\d][\d\s()/.-]{4,24}\d")
_REGIONS: Final = {"sv": "SE", "de": "DE", "it": "IT", "es": "ES", "en": "GB"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a slot may be just now: the objects to choose from, and what was chosen before."""

    slot: Slot
    values: Mapping[str, Any]
    language: str
    candidates: tuple[Candidate, ...] = ()
    earlier: str | None = None


def value_of(said: SlotValue, asked: Asked) -> Json:
    """Return the value that was said, in its normal form; None when it is none.

    Raises ExpressionFailed when the slot's own bounds can't be computed.
    """
    slot = asked.slot
    if isinstance(said, str):
        said = said.strip()[:WORDS_CHARACTERS_MAX]
    elif abs(said) > WHOLE_MAX:
        return None
    value: Json
    match slot:
        case TextSlot():
            value = _text(said, slot)
        case IntegerSlot():
            value = _within(_integer(said), slot.least, slot.most, asked)
        case MoneySlot():
            minor = _money(said, _currency(slot, asked))
            value = _within(minor, slot.least, slot.most, asked)
        case DateSlot():
            value = _within(_date(said), slot.least, slot.most, asked)
        case ChoiceSlot():
            value = the_option(said, asked.candidates) if isinstance(said, str) else None
        case ObjectSlot():
            value = _objects(said, asked)
        case _:
            value = _PLAIN[slot.type](said, asked.language)
    return value


def objects_of(slot: ObjectSlot, values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the objects that a slot may be now, in the company's order."""
    found = evaluate(slot.of, values)
    if not isinstance(found, list) or not all(
        isinstance(each, Mapping) and isinstance(each.get(slot.key), str) for each in found
    ):
        raise ExpressionFailed(f"'{slot.of}' is no list of objects with a '{slot.key}'")
    return found


def _objects(said: SlotValue, asked: Asked) -> Json:
    if not isinstance(said, str):
        return None
    if asked.slot.type == "object":
        return the_one(said, asked.candidates, asked.earlier)
    # Several are parted by commas, or by the word that joins a list.
    split = re.split(r"[,;\n]|\s(?:and|och|und|e|y)\s", said)
    parts = [part.strip() for part in split if part.strip()]
    found = [the_one(part, asked.candidates, None) for part in parts]
    if not found or None in found:
        whole = the_one(said, asked.candidates, None)
        return [whole] if whole is not None else None
    return list(dict.fromkeys(found))


def _text(said: SlotValue, slot: TextSlot) -> str | None:
    if not isinstance(said, str):
        return None
    return said if slot.shortest <= len(said) <= slot.longest else None


def _integer(said: SlotValue) -> int | None:
    if isinstance(said, int):
        return None if isinstance(said, bool) else said
    found = _WHOLE.findall(said)
    return int(found[0]) if len(found) == 1 else None


def _money(said: SlotValue, currency: str) -> int | None:
    """Read an amount in words; a number that was read already is in minor units."""
    if isinstance(said, int):
        return None if isinstance(said, bool) else said
    found = _AMOUNT.findall(said)
    if len(found) != 1:
        return None
    return minor_of(found[0], CURRENCIES[currency])


def minor_of(text: str, decimals: int) -> int | None:
    """Read one amount as customers write it: 1 234,50 or 1,234.50 or 1.234."""
    text = re.sub(r"[ \u00a0']", "", text).rstrip(".,")
    whole, fraction = text, ""
    cut = re.fullmatch(r"(.*)[.,](\d+)", text)
    if cut is not None and len(cut[2]) == decimals and decimals > 0:
        whole, fraction = cut[1], cut[2]
    elif cut is not None and len(cut[2]) != 3:  # noqa: PLR2004  a group of thousands has three
        return None
    whole = re.sub(r"[.,]", "", whole)
    if not whole or len(whole) > 12:  # noqa: PLR2004  more is no customer's amount
        return None
    return int(whole) * int(10**decimals) + int(fraction or 0)


def _date(said: SlotValue) -> str | None:
    if not isinstance(said, str):
        return None
    try:
        return date.fromisoformat(said).isoformat()
    except ValueError:
        pass
    numbers = re.fullmatch(r"\D*(\d{1,2})[./ -](\d{1,2})[./ -](\d{4})\D*", said)
    if numbers is None:
        return None
    try:
        return date(int(numbers[3]), int(numbers[2]), int(numbers[1])).isoformat()
    except ValueError:
        return None


def _boolean(said: SlotValue, language: str) -> bool | None:
    del language
    return said if isinstance(said, bool) else None


def _email(said: SlotValue, language: str) -> str | None:
    del language
    found = _EMAIL.findall(said) if isinstance(said, str) else []
    return found[0].rstrip(".") if len(found) == 1 else None


def _phone(said: SlotValue, language: str) -> str | None:
    import phonenumbers

    found = _PHONE.findall(said) if isinstance(said, str) else []
    if len(found) != 1:
        return None
    try:
        number = phonenumbers.parse(found[0], _REGIONS.get(language))
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _iban(said: SlotValue, language: str) -> str | None:
    from stdnum import iban

    del language
    for found in _IBAN.findall(said) if isinstance(said, str) else ():
        if iban.is_valid(found):
            return str(iban.compact(found))
    return None


_PLAIN: Final = {"boolean": _boolean, "email": _email, "phone": _phone, "iban": _iban}


def _currency(slot: MoneySlot, asked: Asked) -> str:
    currency = evaluate(slot.currency, asked.values)
    if not isinstance(currency, str) or currency not in CURRENCIES:
        raise ExpressionFailed(f"'{slot.currency}' is no currency that we know")
    return currency


def _within(
    value: int | str | None, least: int | str | None, most: int | str | None, asked: Asked
) -> Json:
    if value is None:
        return None
    for bound, wrong in ((least, -1), (most, 1)):
        limit = evaluate(bound, asked.values) if isinstance(bound, str) else bound
        if limit is None:
            continue
        if type(limit) is not type(value):
            raise ExpressionFailed(f"the bound {bound!r} isn't of the slot's type")
        if _compared(value, limit) == wrong:
            return None
    return value


def _compared(one: Any, other: Any) -> int:
    return int(one > other) - int(one < other)


def shown_labels(candidates: Sequence[Candidate], handles: Json) -> str:
    """Return how chosen objects read, on one line."""
    chosen = handles if isinstance(handles, list) else [handles]
    return one_line("; ".join(each.label for each in candidates if each.handle in chosen))
