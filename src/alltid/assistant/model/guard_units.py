"""Numbers with their units, and figures that are said without a number. Pure."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from typing import Final

from alltid.assistant.model.guard_tokens import Figure, Token, pair_at
from alltid.assistant.model.guard_words import (
    BETWEEN,
    CURRENCIES,
    HALVES,
    RELATIVE,
    UNITS,
    WEEKDAYS,
    WEEKDAYS_UNSURE,
    word_set,
)

_LIST_SIGNS: Final = frozenset({",", "-", "/", "or", "and", "to", "oder", "und", "bis", "eller"})
_LISTS: Final = _LIST_SIGNS | frozenset({"och", "till", "o", "e", "y", "a", "al", "ou", "u", "&"})
_PADDED: Final = re.compile(r"0\d+")
_LONG_CODE: Final = 5
_CURRENCY_UNSURE: Final = frozenset({"cent", "spann", "pund", "pound", "yen", "corona", "krone"})
_BEFORE_CURRENCY: Final = word_set("in i en di de auf the of als till zu nach and och und")


def with_units(tokens: list[Token]) -> list[Figure]:
    """Return the figures of tokens whose dates and number words are read."""
    out: list[Figure] = []
    used: set[int] = set()
    read: dict[int, Figure] = {}
    numbers = [place for place, token in enumerate(tokens) if token.number is not None]
    for place in numbers:
        if _PADDED.fullmatch(tokens[place].text):
            read[place] = Figure("code", tokens[place].text)
            continue
        figure, places = _measure(tokens, place, used)
        read[place] = figure
        used |= places
    _spread(tokens, numbers, read)
    _refuse_spaced(tokens, numbers, read)
    for place, token in enumerate(tokens):
        figure_here = token.figure or read.get(place)
        if figure_here is not None:
            out.append(figure_here)
        elif place not in used and (lone := _lone(tokens, place)) is not None:
            out.append(lone)
    return out


def _measure(tokens: list[Token], place: int, used: set[int]) -> tuple[Figure, set[int]]:
    """Return the figure of a number with the unit that stands after it, or before it."""
    number = tokens[place].number or Decimal(0)
    after = place + 1
    if after < len(tokens) and tokens[after].text in BETWEEN and tokens[place].kind == "num":
        after += 1
    for at in dict.fromkeys((place + 1, after)):
        if (pair := pair_at(tokens, at)) is not None:
            return _figure(number, pair, tokens[place].text), {at, at + 1}
        text = tokens[at].text if at < len(tokens) else ""
        if text == "%":
            return Figure("percent", plain(number)), {at}
        if text in CURRENCIES:
            return money(number, CURRENCIES[text]), {at}
        if text in UNITS:
            return _figure(number, UNITS[text], tokens[place].text), {at}
    before = place - 1
    if before >= 0 and before not in used and tokens[before].text in CURRENCIES:
        return money(number, CURRENCIES[tokens[before].text]), {before}
    return _figure(number, "", tokens[place].text), set()


def _figure(number: Decimal, unit: str, text: str) -> Figure:
    if unit == "percent":
        return Figure("percent", plain(number))
    if unit in {"day", "week", "hour", "minute"}:
        minutes = {"week": 10_080, "day": 1_440, "hour": 60, "minute": 1}[unit]
        return Figure("span", plain(number * minutes), "minute")
    if unit in {"month", "year"}:
        return Figure("span", plain(number * (12 if unit == "year" else 1)), "month")
    if unit in {"workday", "second"}:
        return Figure("span", plain(number), unit)
    if text.isdigit() and len(text) >= _LONG_CODE:
        return Figure("code", text)
    return Figure("count", plain(number))


def money(amount: Decimal, currency: str) -> Figure:
    """Return an amount of money; a currency such as EUR/100 counts hundredths."""
    name, _, hundredths = currency.partition("/")
    return Figure("money", plain(amount / 100 if hundredths else amount), name)


def plain(number: Decimal) -> str:
    """Return a number in one form: no exponent, no zeros at the end."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _spread(tokens: list[Token], numbers: list[int], read: dict[int, Figure]) -> None:
    """In "7, 14 or 30 days" all three are days."""
    for first, second in reversed(list(pairwise(numbers))):
        between = tokens[first + 1 : second]
        if not between or len(between) > 2 or read[first].kind not in {"count", "code"}:  # noqa: PLR2004
            continue
        if any(token.text not in _LISTS for token in between):
            continue
        number = tokens[first].number or Decimal(0)
        unit = read[second]
        if unit.kind == "span":
            own = tokens[second].number
            scale = Decimal(unit.value) / own if own else Decimal(1)
            read[first] = Figure("span", plain((number * scale).normalize()), unit.unit)
        elif unit.kind in {"money", "percent"}:
            read[first] = Figure(unit.kind, plain(number), unit.unit)


def _refuse_spaced(tokens: list[Token], numbers: list[int], read: dict[int, Figure]) -> None:
    """Numbers side by side, with nothing between, may be read as one: they are one code."""
    run: list[int] = []
    for place in [*numbers, -9]:
        if run and place == run[-1] + 1:
            run.append(place)
            continue
        if len(run) > 1:
            whole = "".join(re.sub(r"\D", "", tokens[each].text) or "?" for each in run)
            for each in run:
                read[each] = Figure("code", whole)
        run = [place]


def _lone(tokens: list[Token], place: int) -> Figure | None:
    """Return the figure of a word that is one without a number, or an amount unread."""
    text = tokens[place].text
    if text in HALVES:
        return Figure("part", text)
    if text in RELATIVE:
        return Figure("relative", text)
    if text in WEEKDAYS and (text not in WEEKDAYS_UNSURE or _range_of_days(tokens, place)):
        return Figure("weekday", WEEKDAYS[text])
    if text in CURRENCIES and text not in _CURRENCY_UNSURE:
        # "In euros" says no amount; a currency behind anything else may be one unread.
        before = tokens[place - 1].text if place else ""
        return None if before in _BEFORE_CURRENCY else Figure("unreadable", text)
    return None


def _range_of_days(tokens: list[Token], place: int) -> bool:
    near = tokens[max(place - 2, 0) : place] + tokens[place + 1 : place + 3]
    return any(token.text == "-" for token in near)
