"""Amounts of money as people type them: "1.299,50 €", "200 spänn", "£20", "500 kr"."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from alltid.assistant.understanding.entities.entity import Amount, Entity, EntityKind
from alltid.assistant.understanding.entities.words import (
    ARTICLES,
    CROWNS,
    CROWNS_OF,
    CURRENCIES,
    NUMBERS,
)
from alltid.kernel.money import decimals_of

_GROUPS: Final = "[ .,'’\u00a0\u202f]"  # noqa: RUF001 - the marks that stand between thousands
_FIGURE: Final = (
    rf"\d{{1,3}}(?:{_GROUPS}\d{{3}}){{1,3}}(?:[.,]\d{{1,2}})?|\d{{1,9}}(?:[.,:]\d{{1,2}})?"
)


def _any(words: object) -> str:
    listed = sorted(map(str, words), key=len, reverse=True)  # type: ignore[call-overload]
    return "|".join(rf"{re.escape(word)}(?!\w)" if word[-1].isalnum() else re.escape(word)
                    for word in listed)  # fmt: skip


_UNITS: Final = _any((*CURRENCIES, *CROWNS))
_SPELLED: Final = "|".join(re.escape(w) for w in sorted(NUMBERS, key=len, reverse=True)
                           if w not in ARTICLES)  # fmt: skip
_AFTER: Final = re.compile(
    rf"(?<![\w.,])(?P<figure>{_FIGURE}|{_SPELLED})\s?(?P<k>k|tkr|tusen|mila|mil|tausend|lax)?"
    rf"\s?(?P<unit>{_UNITS})"
)
_BEFORE: Final = re.compile(
    rf"(?<![\w])(?P<unit>€|\$|£|eur|usd|gbp|sek|chf|nok|dkk|kr)\s?(?P<figure>{_FIGURE})(?![\d])"
)
_THOUSANDS: Final = re.compile(r"(?<![\w.,])(?P<figure>\d{1,3})\s?(?P<k>tkr|k|lax)(?!\w)")
_CENTS: Final = 2


def amounts(text: str, language: str) -> Iterator[Entity]:
    """Amounts in *text*, which is in lower case; crowns are those of *language*."""
    for pattern in (_AFTER, _BEFORE, _THOUSANDS):
        for match in pattern.finditer(text):
            found = match.groupdict()
            unit = found.get("unit")
            currency = _currency(unit, language) if unit else None
            if found.get("k") == "tkr" or (unit is None and found.get("k") == "lax"):
                currency = currency or CROWNS_OF.get(language, "SEK")
            number = _number(found["figure"])
            if found.get("k"):
                number *= 1_000
            places = decimals_of(currency) if currency else _CENTS
            minor = number.scaleb(places)
            if minor == minor.to_integral_value() and number > 0:
                value = Amount(int(minor), currency)
                yield Entity(EntityKind.MONEY, match[0], match.start(), match.end(), value)


def _currency(unit: str, language: str) -> str:
    if unit in CROWNS and unit != "kronor":
        return CROWNS_OF.get(language, "SEK")
    return CURRENCIES[unit]


def _number(figure: str) -> Decimal:
    """The number that *figure* writes: of its last mark, two digits or one are decimals."""
    spelled = NUMBERS.get(figure)
    if spelled is not None:
        return Decimal(spelled)
    whole, mark, rest = figure, "", ""
    for at in range(len(figure) - 1, -1, -1):
        if not figure[at].isdigit():
            whole, mark, rest = figure[:at], figure[at], figure[at + 1 :]
            break
    digits = re.sub(r"\D", "", whole)
    if mark in ".,:" and mark and len(rest) <= _CENTS:
        return Decimal(f"{digits or '0'}.{rest}")
    return Decimal(digits + rest)
