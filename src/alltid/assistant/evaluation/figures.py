"""Which figures a text holds: amounts, dates, shares, spans and long numbers. Pure.

Written apart from the assistant's own guard on purpose: what judges must not share the
mistakes of what is judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

_CURRENCIES: Final = {
    "kr": "SEK", "kr.": "SEK", "sek": "SEK", "kronor": "SEK", "kronas": "SEK", "coronas": "SEK",
    "corone": "SEK", "kronen": "SEK", ":-": "SEK", "€": "EUR", "eur": "EUR", "euro": "EUR",
    "euros": "EUR", "$": "USD", "usd": "USD", "nok": "NOK", "dkk": "DKK", "£": "GBP", "gbp": "GBP",
}  # fmt: skip
# The same articles, wording and values come up in every conversation.
_REMEMBERED: Final = 8_192
_MONTHS: Final = (
    "january januari januar gennaio enero jan gen ene",
    "february februari februar febbraio febrero feb",
    "march mars märz marzo mar mär",
    "april aprile abril apr abr",
    "may maj mai maggio mayo mag",
    "june juni giugno junio jun giu",
    "july juli luglio julio jul lug",
    "august augusti agosto aug ago",
    "september settembre septiembre sep sept set",
    "october oktober ottobre octubre oct okt ott",
    "november novembre noviembre nov",
    "december dezember dicembre diciembre dec dez dic",
)
_MONTH: Final = {name: at for at, names in enumerate(_MONTHS, 1) for name in names.split()}
_NUMBER: Final = (
    r"\d{1,3}(?:[ \u00a0\u202f.,'\u2019]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d{1,2})?(?!\d)"
)
_MARK: Final = (
    r"kr\b\.?|sek\b|kronor\b|coronas\b|corone\b|kronen\b|:-|€|eur\b|euros?\b|\$|usd\b|nok\b|"
    r"dkk\b|gbp\b|£"
)
_WORD_MONTH: Final = "|".join(sorted(_MONTH, key=len, reverse=True))
_ISO: Final = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_DAY_FIRST: Final = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th|:e|º)?\.?\s+(?:of\s+|de\s+|di\s+)?({_WORD_MONTH})\b\.?"
    r"(?:,?\s+(?:de\s+|del\s+)?(\d{4}))?",
    re.IGNORECASE,
)
_MONTH_FIRST: Final = re.compile(
    rf"\b({_WORD_MONTH})\b\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(\d{{4}}))?", re.IGNORECASE
)
_SLASHED: Final = re.compile(r"\b(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d{2})\b")
_MONEY_AFTER: Final = re.compile(rf"(?<![\d.,])({_NUMBER})[ \u00a0\u202f]?({_MARK})", re.IGNORECASE)
_MONEY_BEFORE: Final = re.compile(rf"({_MARK})[ \u00a0\u202f]?({_NUMBER})", re.IGNORECASE)
_SHARE: Final = re.compile(
    rf"({_NUMBER})[ \u00a0\u202f]?(?:%|percent|procent|prozent|per cento|por ciento)", re.IGNORECASE
)
_SPAN: Final = re.compile(
    rf"(?<![\d.,])({_NUMBER})[- \u00a0]?"
    r"(?:(?:working|banking|business|calendar|bank|arbets)\s*)?"
    r"(?:days?|dagar|dag|dagars|tagen?|tage|giorni|giorno|días?|weeks?|veckor|vecka|wochen?|"
    r"settiman[ae]|semanas?|months?|månader|månad|monaten?|monate|mes[ei]|meses|mes|hours?|timmar|"
    r"timme|stunden?|or[ae]|horas?|minut\w*|years?|år|jahren?|jahre|ann[io]|años?)\b",
    re.IGNORECASE,
)
_LONG: Final = re.compile(r"(?<![\w.,])[A-Z]{0,4}-?\d[\d-]{3,}\d(?![\w])")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: `kind` money, date, share, span or number; `value` normalised for comparing."""

    kind: str
    value: str
    text: str
    currency: str | None = None


@lru_cache(maxsize=_REMEMBERED)
def figures(text: str) -> tuple[Figure, ...]:
    """Return the figures of a text, each once, as written by people in five languages."""
    found: list[Figure] = []
    rest = text
    for read in (_dates, _money, _shares, _spans, _long):
        for figure, span in list(read(rest)):
            found.append(figure)
            rest = f"{rest[: span[0]]}{'·' * (span[1] - span[0])}{rest[span[1] :]}"
    return tuple(dict.fromkeys(found))


def amount_minor(written: str) -> int:
    """Read an amount with its separators as minor units of a currency with two decimals."""
    plain = re.sub(r"[ \u00a0\u202f'\u2019]", "", written)
    decimals = re.search(r"[.,](\d{1,2})$", plain)
    whole = re.sub(r"[.,]", "", plain[: decimals.start()] if decimals else plain)
    return int(whole or "0") * 100 + (int(decimals.group(1).ljust(2, "0")) if decimals else 0)


def values_of(json: Any) -> Iterator[str]:
    """Return each single value in some JSON, as text."""
    if isinstance(json, Mapping):
        for value in json.values():
            yield from values_of(value)
    elif isinstance(json, str | int | float) and not isinstance(json, bool):
        yield str(json)
    elif isinstance(json, Iterable) and not isinstance(json, str | bytes):
        for value in json:
            yield from values_of(value)


def _dates(text: str) -> Iterator[tuple[Figure, tuple[int, int]]]:
    taken: list[tuple[int, int]] = []
    for pattern, order in (
        (_ISO, "ymd"),
        (_DAY_FIRST, "dny"),
        (_MONTH_FIRST, "ndy"),
        (_SLASHED, "dmy"),
    ):
        for match in pattern.finditer(text):
            span = match.span()
            if any(start < span[1] and span[0] < end for start, end in taken):
                continue
            parts = dict(zip(order, match.groups(), strict=True))
            month = _MONTH[parts["n"].lower()] if "n" in parts else int(parts["m"])
            value = _date(parts.get("y"), month, int(parts["d"]))
            if value:
                taken.append(span)
                yield Figure("date", value, match.group()), span


def _date(year: str | None, month: int, day: int) -> str | None:
    """Return a date as MM-DD, with its year where one was written; None for no date."""
    number = int(year) if year else 2000
    number += 2000 if number < 100 else 0  # noqa: PLR2004 - a year of two digits
    try:
        return date(number, month, day).isoformat() if year else f"{date(2000, month, day):%m-%d}"
    except ValueError:
        return None


def _money(text: str) -> Iterator[tuple[Figure, tuple[int, int]]]:
    taken: list[tuple[int, int]] = []
    for pattern, number, mark in ((_MONEY_AFTER, 1, 2), (_MONEY_BEFORE, 2, 1)):
        for match in pattern.finditer(text):
            span = match.span()
            if any(start < span[1] and span[0] < end for start, end in taken):
                continue
            taken.append(span)
            currency = _CURRENCIES[match.group(mark).lower()]
            yield (
                Figure("money", str(amount_minor(match.group(number))), match.group(), currency),
                span,
            )


def _shares(text: str) -> Iterator[tuple[Figure, tuple[int, int]]]:
    for match in _SHARE.finditer(text):
        yield Figure("share", str(amount_minor(match.group(1))), match.group()), match.span()


def _spans(text: str) -> Iterator[tuple[Figure, tuple[int, int]]]:
    for match in _SPAN.finditer(text):
        yield Figure("span", str(amount_minor(match.group(1)) // 100), match.group()), match.span()


def _long(text: str) -> Iterator[tuple[Figure, tuple[int, int]]]:
    for match in _LONG.finditer(text):
        yield Figure("number", re.sub(r"\D", "", match.group()), match.group()), match.span()
