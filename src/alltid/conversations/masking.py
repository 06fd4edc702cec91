"""Personal data in what customers write: found, and shown as "••••3419" to agents. Pure.

Promise P8: an agent sees only what the conversation in hand needs. E-mail addresses, phone
numbers, bank accounts, card numbers, national identity numbers and dates of birth are found by
their own rules (check digits where they have some, python-stdnum's) and by the words around
them. Amounts, dates and the numbers of orders and invoices are what agents work with, so in
doubt a number without a word that says what it is stays readable.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from alltid.conversations.masking_context import Context, context_of
from alltid.conversations.masking_numbers import (
    ACCOUNTS,
    BIRTH_DATES,
    CARD,
    EMAIL,
    IBAN,
    IDENTITIES,
    NAMED_IDENTITY,
    PHONES,
    Shape,
    iban_end,
    is_card,
)

Kind = Literal["email", "phone", "account", "card", "identity", "birth_date"]

DOTS: Final = "••••"
_DIGITS_LEAST: Final = 4
_CURRENCY_BEFORE: Final = re.compile(r"(?:[€$£]|\b(?:kr|sek|eur|usd|gbp|nok|dkk))\s?$")
_CURRENCY_AFTER: Final = re.compile(r"^\s?(?:[€$£]|:-|(?:kr|kronor|sek|eur|euros?|usd|gbp)\b)")


@dataclass(frozen=True, slots=True)
class Span:
    """Personal data in a text, as positions in characters; `end` is the first one after it."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Masked:
    """A text to show: what is hidden is replaced, and `spans` says where it stands in `text`."""

    text: str
    spans: tuple[Span, ...] = ()


def personal_data(text: str) -> tuple[Span, ...]:
    """Find personal data, in order, without overlaps."""
    if "@" not in text and sum(map(str.isdigit, text)) < _DIGITS_LEAST:
        # Most messages: nothing that could be any of it, but for an address in disguise.
        return tuple(_emails(text)) if "at" in text else ()
    plain = "".join(map(_plain, text))
    lower = plain.lower()
    if len(lower) != len(plain):  # a letter whose small form is two characters, as İ
        lower = "".join(low if len(low := each.lower()) == 1 else each for each in plain)
    found: list[Span] = []
    for span in _candidates(plain, lower):
        if not any(span.start < other.end and other.start < span.end for other in found):
            found.append(span)
    return tuple(sorted(found, key=lambda span: span.start))


def mask(text: str) -> Masked:
    """Return the text as an agent sees it: each span replaced by dots and, at most, its tail."""
    hidden = personal_data(text)
    if not hidden:
        return Masked(text)
    parts: list[str] = []
    spans: list[Span] = []
    at = length = 0
    for span in hidden:
        shown = dots_for(span.kind, text[span.start : span.end])
        parts += (text[at : span.start], shown)
        start = length + span.start - at
        length = start + len(shown)
        spans.append(Span(start, length, span.kind))
        at = span.end
    parts.append(text[at:])
    return Masked("".join(parts), tuple(spans))


def dots_for(kind: Kind, value: str) -> str:
    """Return what stands for a value: enough to tell two apart, never enough to use one."""
    if kind in {"phone", "account", "card"}:
        return DOTS + "".join(each for each in value if each.isalnum())[-4:]
    return f"{DOTS}@{DOTS}" if kind == "email" else DOTS


def _candidates(text: str, lower: str) -> Iterator[Span]:
    """Yield what may be personal data; where two overlap, the earlier one counts."""
    yield from _emails(lower)
    for found in IBAN.finditer(text):
        end = iban_end(text, found.start())
        if end is not None:
            yield Span(found.start(), end, "account")
    yield from _shaped(lower, IDENTITIES, "identity", _identity_fits)
    yield from _cards(lower)
    yield from _shaped(lower, BIRTH_DATES, "birth_date", lambda said, _shape: said == "birth")
    for found in NAMED_IDENTITY.finditer(lower):
        if context_of(lower, *found.span()) == "identity":
            yield Span(*found.span(), "identity")
    yield from _shaped(lower, ACCOUNTS, "account", _account_fits)
    yield from _shaped(lower, PHONES, "phone", _phone_fits)


def _emails(lower: str) -> Iterator[Span]:
    for found in EMAIL.finditer(lower):
        yield Span(*found.span(), "email")


def _cards(lower: str) -> Iterator[Span]:
    for found in CARD.finditer(lower):
        said = context_of(lower, *found.span())
        if is_card(found[0]) and (said != "reference" or not found[0].isdigit()):
            yield Span(*found.span(), "card")


def _shaped(
    lower: str,
    shapes: Iterable[Shape],
    kind: Kind,
    fits: Callable[[Context | None, Shape], bool],
) -> Iterator[Span]:
    for shape in shapes:
        for found in shape.pattern.finditer(lower):
            start, end = found.start(), found.start() + _fitting(shape, found[0])
            if end == start or _is_amount(lower, start, end):
                continue
            if fits(context_of(lower, start, end), shape):
                yield Span(start, end, kind)


def _fitting(shape: Shape, number: str) -> int:
    """Return how many characters of what was found pass the check."""
    while number and not shape.check(number):
        number = number.rpartition(" ")[0] if shape.trims else ""
    return len(number)


def _identity_fits(said: Context | None, shape: Shape) -> bool:
    if shape.needs_word:
        return said == "identity"
    return shape.sure or said != "reference"


def _account_fits(said: Context | None, shape: Shape) -> bool:
    return said == "account" or (not shape.needs_word and said != "reference")


def _phone_fits(said: Context | None, shape: Shape) -> bool:
    if shape.needs_word:
        return said == "phone"
    return shape.sure or said != "reference"


def _is_amount(lower: str, start: int, end: int) -> bool:
    before = lower[max(0, start - 5) : start]
    return bool(_CURRENCY_BEFORE.search(before) or _CURRENCY_AFTER.match(lower[end : end + 9]))


def _plain(each: str) -> str:
    """One character for one: digits of all scripts, spaces and dashes of all widths."""
    if each.isascii():
        return each
    if each.isspace():
        return " "
    digit = unicodedata.digit(each, None)
    if digit is not None and each.isdecimal():
        return str(digit)
    return "-" if unicodedata.category(each) == "Pd" else each
