"""Texts with places for values, like `{invoice.amount|money}`.

A place is a CEL expression and the filters it goes through. The values come from tool results,
slots and named facts, and from nowhere else; what was shown for what is reported beside the
text, so that every figure of an answer can be followed to its source. `{{` and `}}` are braces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from alltid.assistant.playbooks.expressions import ExpressionFailed, evaluate, names_in
from alltid.kernel.money import CURRENCIES

FILTERS: Final = frozenset({"money", "date", "number", "list", "quote", "label", "each", "text"})
_NAMING: Final = frozenset({"each", "text"})
SHOWN_CHARACTERS_MAX: Final = 400
EACH_MAX: Final = 10
# Amounts and days that are remembered as they are written: an invoice is shown again and again.
_WRITTEN_MOST: Final = 4_096
_OWNER: Final = re.compile(r"((?:[A-Za-z_]\w*\.)*)[A-Za-z_]\w*")
_CODE_AND_FIGURE: Final = re.compile(r"([A-Z]{3})(\d)")
# Spaces that hold a figure and its currency together stay.
_SPACE: Final = re.compile(r"[^\S\u00a0\u202f]+")
# Control and direction marks could make a text read as what it isn't.
_UNSEEN: Final = re.compile(
    r"[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_QUOTES: Final = {"de": ("„", "“"), "sv": ("”", "”"), "it": ("«", "»"), "es": ("«", "»")}
# Where a language alone would mean another continent's dates and figures.
_LOCALES: Final = {"en": "en_GB", "pt": "pt_PT", "no": "nb"}


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter's name, and what stands in its parentheses."""

    name: str
    argument: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value goes."""

    expression: str
    filters: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Used:
    """A value that a text shows: by which expression, what it was, and how it reads."""

    expression: str
    value: Any
    shown: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text as the customer reads it, with the values in it."""

    text: str
    used: tuple[Used, ...] = ()


@dataclass(frozen=True, slots=True)
class Wordings:
    """What a template may borrow in one language: labels by slot, named texts."""

    labels: Mapping[str, Mapping[str, str]]
    texts: Mapping[str, str]


NO_WORDINGS: Final = Wordings({}, {})


@lru_cache(maxsize=4_096)
def parts_of(template: str) -> tuple[str | Place, ...]:
    """Take a template apart; raises ExpressionFailed for one that is none."""
    parts: list[str | Place] = []
    plain: list[str] = []
    at = 0
    while at < len(template):
        pair = template[at : at + 2]
        if pair in ("{{", "}}"):
            plain.append(pair[0])
            at += 2
        elif pair[0] == "{":
            end = _end_of_place(template, at + 1)
            parts.extend(("".join(plain), _place(template[at + 1 : end])))
            plain = []
            at = end + 1
        elif pair[0] == "}":
            raise ExpressionFailed(f"a }} that nothing opens, in {template[:60]!r}: write }}}}")
        else:
            plain.append(pair[0])
            at += 1
    return (*parts, "".join(plain))


def places_of(template: str) -> tuple[Place, ...]:
    """Return the places of a template, each one compiled; raises ExpressionFailed."""
    places = tuple(part for part in parts_of(template) if isinstance(part, Place))
    for place in places:
        names_in(place.expression)
    return places


def render(
    template: str,
    values: Mapping[str, Any],
    language: str,
    wordings: Wordings = NO_WORDINGS,
) -> Rendered:
    """Fill a template in; raises ExpressionFailed for a value that is not there or doesn't fit."""
    text: list[str] = []
    used: list[Used] = []
    for part in parts_of(template):
        if isinstance(part, str):
            text.append(part)
        else:
            shown, inside = _shown(part, values, language, wordings)
            text.append(shown)
            used.extend(inside)
    return Rendered("".join(text), tuple(used))


def _shown(
    place: Place, values: Mapping[str, Any], language: str, wordings: Wordings
) -> tuple[str, tuple[Used, ...]]:
    value = evaluate(place.expression, values)
    shown: Any = value
    for step in place.filters:
        if step.name == "each":
            rows = [
                render(wordings.texts[step.argument or ""], {**values, "item": item}, language)
                for item in _listed(shown, place)[:EACH_MAX]
            ]
            return "\n".join(row.text for row in rows), tuple(u for row in rows for u in row.used)
        shown = _filtered(shown, step, place, values, language, wordings)
    text = _plain(shown, place)
    return text, (Used(place.expression, value, text),)


def _filtered(
    value: Any,
    step: Filter,
    place: Place,
    values: Mapping[str, Any],
    language: str,
    wordings: Wordings,
) -> Any:
    shown: Any
    match step.name:
        case "money":
            shown = money(value, _currency(step, place, values), language)
        case "date":
            shown = day(value, language)
        case "number":
            shown = number(value, language)
        case "list":
            shown = listed([_plain(entry, place) for entry in _listed(value, place)], language)
        case "quote":
            left, right = _QUOTES.get(language, ("“", "”"))
            shown = f"{left}{_plain(value, place)}{right}"
        case "text":
            shown = _texts(value, step.argument or "", wordings)
        case _:
            shown = _label(value, place, wordings)
    return shown


def _label(value: Any, place: Place, wordings: Wordings) -> str:
    options = wordings.labels.get(place.expression.removeprefix("slots."), {})
    if not isinstance(value, str) or value not in options:
        raise ExpressionFailed(f"{place.expression} has no label for its value")
    return options[value]


def money(minor: Any, currency: Any, language: str) -> str:
    """Write an amount of minor units with its currency's own decimals."""
    if isinstance(minor, bool) or not isinstance(minor, int):
        raise ExpressionFailed("an amount is a whole number of minor units")
    if not isinstance(currency, str) or currency not in CURRENCIES:
        raise ExpressionFailed("an amount needs the code of a currency that we know")
    return _money(minor, currency, language)


@lru_cache(maxsize=_WRITTEN_MOST)
def _money(minor: int, currency: str, language: str) -> str:
    from babel.numbers import format_currency

    amount = Decimal(minor).scaleb(-CURRENCIES[currency])
    written = str(format_currency(amount, currency, locale=locale_of(language)))
    return _CODE_AND_FIGURE.sub("\\1\u00a0\\2", written)


def day(value: Any, language: str) -> str:
    """Write an ISO date, or the date of an ISO time, in words."""
    try:
        parsed = date.fromisoformat(value[:10])
    except (TypeError, ValueError):
        raise ExpressionFailed("a date is written YYYY-MM-DD") from None
    return _day(parsed, language)


@lru_cache(maxsize=_WRITTEN_MOST)
def _day(parsed: date, language: str) -> str:
    from babel.dates import format_date

    return str(format_date(parsed, format="long", locale=locale_of(language)))


def number(value: Any, language: str) -> str:
    """Write a number with the language's own marks."""
    from babel.numbers import format_decimal

    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ExpressionFailed("a number is needed")
    exact = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    return str(format_decimal(exact, locale=locale_of(language)))


def listed(entries: Sequence[str], language: str) -> str:
    """Write a list as a sentence does: a, b and c."""
    from babel.lists import format_list

    return str(format_list(list(entries), locale=locale_of(language)))


@lru_cache(maxsize=64)
def locale_of(language: str) -> str:
    """Return the locale of Babel's that a language is written in; English when it knows none."""
    from babel.core import Locale, UnknownLocaleError

    name = _LOCALES.get(language, language)
    try:
        Locale.parse(name)
    except (UnknownLocaleError, ValueError):
        return "en_GB"
    return name


def one_line(text: str) -> str:
    """Return somebody's words as one bounded line without marks that can't be seen."""
    return _SPACE.sub(" ", _UNSEEN.sub(" ", text)).strip()[:SHOWN_CHARACTERS_MAX]


def _texts(value: Any, family: str, wordings: Wordings) -> Any:
    """A code of the company's in words: the text `family_code`, or else `family_other`."""
    if isinstance(value, list):
        return [_texts(entry, family, wordings) for entry in value]
    other = wordings.texts[f"{family}_other"]
    return wordings.texts.get(f"{family}_{value}", other)


def _plain(value: Any, place: Place) -> str:
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise ExpressionFailed(f"{{{place.expression}}} is neither text nor a whole number")


def _listed(value: Any, place: Place) -> list[Any]:
    if not isinstance(value, list):
        raise ExpressionFailed(f"{{{place.expression}}} is no list")
    return value


def _currency(step: Filter, place: Place, values: Mapping[str, Any]) -> Any:
    """The currency is named, or stands beside the amount, in the same object."""
    if step.argument is not None:
        return evaluate(step.argument, values)
    owner = _OWNER.fullmatch(place.expression)
    if owner is None:
        raise ExpressionFailed(f"{{{place.expression}|money}} needs its currency: money(…)")
    return evaluate(f"{owner[1]}currency", values)


def _end_of_place(template: str, at: int) -> int:
    depth, quote = 0, ""
    for end in range(at, len(template)):
        mark = template[end]
        if quote:
            quote = "" if mark == quote else quote
        elif mark in "'\"":
            quote = mark
        elif mark == "{":
            depth += 1
        elif mark == "}":
            if depth == 0:
                return end
            depth -= 1
    raise ExpressionFailed(f"a {{ that nothing closes, in {template[:60]!r}: write {{{{")


def _place(inside: str) -> Place:
    expression, *filters = _split(inside)
    if not expression:
        raise ExpressionFailed("an empty place: {}")
    return Place(expression, tuple(_filter(text) for text in filters))


def _split(inside: str) -> list[str]:
    """Split at single bars outside of quotes and brackets; two bars are CEL's "or"."""
    found, depth, quote, start, at = [], 0, "", 0, 0
    while at < len(inside):
        mark = inside[at]
        if quote:
            quote = "" if mark == quote else quote
        elif mark in "'\"":
            quote = mark
        elif mark in "([{":
            depth += 1
        elif mark in ")]}":
            depth -= 1
        elif mark == "|" and inside[at : at + 2] == "||":
            at += 1
        elif mark == "|" and depth == 0:
            found.append(inside[start:at].strip())
            start = at + 1
        at += 1
    return [*found, inside[start:].strip()]


def _filter(text: str) -> Filter:
    found = re.fullmatch(r"([a-z]+)(?:\((.+)\))?", text)
    if found is None or found[1] not in FILTERS:
        raise ExpressionFailed(f"no filter is called {text!r}; there are {sorted(FILTERS)}")
    if found[2] is not None and found[1] not in {"money", *_NAMING}:
        raise ExpressionFailed(f"{found[1]} takes nothing in parentheses")
    if found[2] is None and found[1] in _NAMING:
        raise ExpressionFailed(f"{found[1]} needs the name of a text: {found[1]}(one_line)")
    return Filter(found[1], found[2])
