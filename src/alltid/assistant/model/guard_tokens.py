"""A text as numbers, words and signs, with dates and numbers in words read. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from alltid.assistant.model.guard_words import (
    CURRENCIES,
    MONTHS,
    MONTHS_UNSURE,
    ORDINALS,
    PAIRS,
    UNITS,
    UNSURE,
    fits_after,
    number_word,
    word_set,
)

_TOKEN: Final = re.compile(
    r"(?P<cut>\x1f\d+\x1f)"
    r"|(?P<code>[a-z0-9]*(?:[a-z][a-z0-9_/]*[-_/]?\d|\d[a-z_]|\d[-_/][a-z])[a-z0-9_/-]*)"
    r"|(?P<num>[1-9]\d{0,2}(?:[ .,']\d{3})+(?![\d])(?:[.,]\d{1,2}(?!\d))?|\d+[.,]\d+|\d+)"
    r"|(?P<word>[^\W\d_]+(?:[-'][^\W\d_]+)*)|(?P<sign>:-|%|[€$£¥])|(?P<other>\S)"
)
_NUMBER: Final = re.compile(r"([1-9]\d{0,2}(?:[ .,']\d{3})+|\d+)(?:[.,](\d+))?")
_YEARS: Final = range(1990, 2100)
_ORDINAL_MONTH_REACH: Final = 3
_BEFORE_MONTH: Final = word_set("in by until till of since from i till im bis ab en a de di nel")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: `value` in a normal form, `unit` a currency or a unit of time.

    Kinds: money, percent, span, count, date (yyyy-mm-dd or --mm-dd), month, year, weekday, time,
    part (half, double ...), relative (tomorrow ...), free, code, mail, link, phone, unreadable.
    """

    kind: str
    value: str
    unit: str = ""


@dataclass(slots=True)
class Token:
    """A piece of a text: a number, a word, a sign, or a figure that is read already."""

    kind: str
    text: str
    number: Decimal | None = None
    figure: Figure | None = None


def tokens_of(folded: str, cut: list[Figure]) -> list[Token]:
    """Return a folded text's tokens; marks in it stand for the figures in `cut`."""
    found = []
    for match in _TOKEN.finditer(folded):
        kind, text = str(match.lastgroup), match[0]
        if kind == "cut":
            found.append(Token("figure", text, figure=cut[int(text.strip("\x1f"))]))
        elif kind == "num":
            found.append(Token("num", text, number=number_of(text)))
        elif kind == "code":
            found.append(Token("figure", text, figure=Figure("code", text)))
        elif kind == "word" and "-" in text and text not in ORDINALS and number_word(text) is None:
            parts = [part for word in text.split("-") for part in ("-", word)][1:]
            found += [Token("word" if part != "-" else "other", part) for part in parts]
        else:
            found.append(Token(kind, text))
    return found


def number_of(text: str) -> Decimal:
    """Return what digits with separators mean: a last sign before other than three is decimal."""
    found = _NUMBER.match(text)
    if found is None:
        raise AssertionError
    whole, part = re.sub(r"\D", "", found[1]), found[2] or ""
    return Decimal(f"{whole}.{part}" if part else whole)


def dates_in_words(tokens: list[Token]) -> list[Token]:
    """Read days beside the name of a month, with a year if one follows; and years."""
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        day = _day(token)
        after = _month_after(tokens, at) if day is not None else None
        if day is not None and after is not None:
            month, last = after
            year, last = _year_after(tokens, last)
            out.append(_dated(token, year, month, day))
            at = last + 1
            continue
        month_here = int(MONTHS[token.text]) if token.text in MONTHS else None
        if month_here is not None:
            following = _day_after(tokens, at)
            year, last = _year_after(tokens, at if following is None else following[1])
            if following is not None:
                out.append(_dated(token, year, month_here, following[0]))
                at = last + 1
                continue
            if _is_month(tokens, at, year):
                figure = Figure("month", f"{month_here:02}", str(year or ""))
                out.append(Token("figure", token.text, figure=figure))
                at = last + 1
                continue
        out.append(token)
        at += 1
    return out


def _dated(token: Token, year: int | None, month: int, day: int) -> Token:
    figure = date_figure(year, month, day) or Figure("unreadable", f"{day} {month}")
    return Token("figure", token.text, figure=figure)


def _day(token: Token) -> int | None:
    if token.text in ORDINALS:
        return ORDINALS[token.text]
    number = token.number
    if number is None and token.kind == "word":
        value = number_word(token.text)
        number = None if value is None else Decimal(value)
    return int(number) if number is not None and number in range(1, 32) else None


def _month_after(tokens: list[Token], at: int) -> tuple[int, int] | None:
    """The month within a few words: 3. Mai, third of May, 3 de mayo."""
    for place in range(at + 1, min(at + 1 + _ORDINAL_MONTH_REACH, len(tokens))):
        text = tokens[place].text
        if text in MONTHS:
            return int(MONTHS[text]), place
        if text not in {".", "of", "de", "di", "the", "den", "-"}:
            return None
    return None


def _day_after(tokens: list[Token], at: int) -> tuple[int, int] | None:
    for place in range(at + 1, min(at + _ORDINAL_MONTH_REACH, len(tokens))):
        day = _day(tokens[place])
        if day is not None:
            used = place + 1 < len(tokens) and tokens[place + 1].text in UNITS
            return None if used else (day, place)
        if tokens[place].text not in {"the", ".", ","}:
            return None
    return None


def _year_after(tokens: list[Token], at: int) -> tuple[int | None, int]:
    for place in range(at + 1, min(at + 1 + _ORDINAL_MONTH_REACH, len(tokens))):
        number = tokens[place].number
        if number is not None and number in _YEARS and "." not in tokens[place].text:
            return int(number), place
        if tokens[place].text not in {",", ".", "de", "del"}:
            break
    return None, at


def _is_month(tokens: list[Token], at: int, year: int | None) -> bool:
    if tokens[at].text not in MONTHS_UNSURE or year is not None:
        return True
    before = tokens[at - 1].text if at else ""
    return tokens[at].text != "mar" and before in _BEFORE_MONTH


def joined_words(tokens: list[Token]) -> list[Token]:
    """Make numbers of number words, several words of one number together."""
    out: list[Token] = []
    for place, token in enumerate(tokens):
        value = number_word(token.text) if token.kind == "word" else None
        last = out[-1] if out else None
        if value is None:
            out.append(token)
        elif last is not None and last.number is not None and fits_after(int(last.number), value):
            grown = last.number * value if value in {100, 1000, 1_000_000} else last.number + value
            out[-1] = Token("num", last.text + " " + token.text, number=Decimal(grown))
        elif _joins(out, value):
            out.pop()
            out[-1] = replace(out[-1], number=(out[-1].number or Decimal(0)) + value)
        elif token.text in UNSURE and not _measured(tokens, place + 1):
            out.append(token)
        else:
            out.append(Token("num", token.text, number=Decimal(value)))
    return out


def _joins(out: list[Token], value: int) -> bool:
    """Two hundred and fifty, treinta y uno."""
    if len(out) < 2 or out[-1].text not in {"and", "y", "e", "och", "und"}:  # noqa: PLR2004
        return False
    number = out[-2].number
    if number is None or not number or number != number.to_integral_value():
        return False
    if out[-1].text == "y":
        return number % 10 == 0 and number % 100 >= 30 and value < 10  # noqa: PLR2004
    return out[-2].kind == "num" and number % 100 == 0 and value < 100  # noqa: PLR2004


def _measured(tokens: list[Token], at: int) -> bool:
    """Whether what stands here is a unit, a currency or more of a number."""
    if at >= len(tokens):
        return False
    text = tokens[at].text
    if text in UNITS or text in CURRENCIES or pair_at(tokens, at) is not None:
        return True
    return number_word(text) in {100, 1000, 1_000_000}


def date_figure(year: int | None, month: int, day: int) -> Figure | None:
    """Return a day that exists as a figure, else None."""
    try:
        date(year or 2024, month, day)
    except ValueError:
        return None
    return Figure("date", f"{year:04}-{month:02}-{day:02}" if year else f"--{month:02}-{day:02}")


def pair_at(tokens: list[Token], at: int) -> str | None:
    """Return the unit that two words say together here, or None."""
    if at + 1 >= len(tokens):
        return None
    return PAIRS.get((tokens[at].text, tokens[at + 1].text))
