"""Which figures a text holds, however they are written. Pure.

Amounts, dates, times, spans, percentages, counts, codes, addresses: in digits of any script, in
words of five languages, with any separators. A text is read the same way whether it is to go
out or is evidence, so that what is equal in meaning is equal here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from alltid.assistant.model.guard_tokens import (
    Figure,
    date_figure,
    dates_in_words,
    joined_words,
    tokens_of,
)
from alltid.assistant.model.guard_units import with_units
from alltid.assistant.model.guard_words import CURRENCIES, FREE, UNITS, fold

_MAIL: Final = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}")
_HIDDEN_MAIL: Final = re.compile(
    r"\b[\w.+-]{1,64} ?(?:[(\[{] ?(?:at|a|chiocciola|arroba|snabel-a) ?[)\]}]"
    r"|\bat\b|chiocciola|arroba)"
    r" ?[\w-]{1,63} ?(?:[(\[{] ?(?:dot|punkt|punto|punt) ?[)\]}]|\bdot\b|\bpunkt\b|\bpunto\b|\.)"
    r" ?[a-z]{2,24}"
)
_LINK: Final = re.compile(
    r"(?:https?:/*|www\.|mailto:|tel:|javascript:|data:)\S+"
    r"|\b(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24}\b(?:[/?#:][^\s)\]>]*)?"
)
_FRACTION: Final = re.compile("\\d*\u2044\\d+")
_PHONE: Final = re.compile(r"(?:\+|\b00)\d[\d ()/.-]{5,20}\d|\b0\d{1,4}[ /-]\d[\d -]{4,14}\d")
_IBAN: Final = re.compile(r"\b[a-z]{2}\d{2}(?: ?[a-z]{4})?(?: ?[a-z0-9]\d{3}){2,7}(?: ?\d{1,3})?\b")
_ISO: Final = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)(?:t(?=\d\d:))?")
_DOTTED: Final = re.compile(
    r"\b(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})\b|\b(\d{1,2})\.(\d{1,2})\.(?!\d)"
    r"|(?<![\d/])(\d{1,2})/(\d{1,2})(?![\d/])"
)
_DATE_BEFORE: Final = re.compile(r"\b(?:am|vom|bis|zum|den|ab|der|dem) $")
_CLOCK: Final = re.compile(
    r"\b(\d{1,2})[:.h](\d{2})(?::\d{2})?(?:\.\d+)? ?(am|pm|a\.m\.?|p\.m\.?|uhr|z\b)?(?!\d)"
    r"|\b(\d{1,2}) ?(am|pm|a\.m\.?|p\.m\.?|uhr|o'clock)(?![a-z])"
    r"|\b(?:kl\.?|klockan|um|ore|las|alle) (\d{1,2})(?![.,]\d|[\d:%€]|\w)"
    r"(?! (?:eur|kr|sek|tag|dag))"
)
_STUCK: Final = re.compile(r"(\d)(?:-| ?-)?(?=([a-z]+)\b)")
_STUCK_BEFORE: Final = re.compile(r"\b(eur|sek|usd|gbp|nok|dkk|chf|pln|kr)(?=\d)")
_ORDINAL_END: Final = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th|:e|:a|º|°)\b|\b(\d{1,2})[º°]")
_HOURS_A_DAY: Final = 24


def figures_of(text: str) -> tuple[Figure, ...]:
    """Return every figure in a text, in its order as far as it can be told."""
    folded = fold(text).replace("us$", "$")
    cut: list[Figure] = []
    folded = _ORDINAL_END.sub(lambda found: f"{found[1] or found[2]}. ", folded)
    folded = _STUCK_BEFORE.sub(r"\1 ", _STUCK.sub(_unstick, folded))
    for pattern, read in _COMPOSITES:
        folded = pattern.sub(_cutter(read, cut), folded)
    tokens = tokens_of(folded, cut)
    tokens = dates_in_words(tokens)
    tokens = joined_words(tokens)
    figures = with_units(tokens)
    free = [Figure("free", "0")] if FREE.search(folded) else []
    return (*figures, *free)


def _unstick(found: re.Match[str]) -> str:
    word = found[2]
    return f"{found[1]} " if word in UNITS or word in CURRENCIES else found[0]


def _cutter(
    read: Callable[[re.Match[str]], Figure | None], cut: list[Figure]
) -> Callable[[re.Match[str]], str]:
    def replaced(found: re.Match[str]) -> str:
        figure = read(found)
        if figure is None:
            return found[0]
        cut.append(figure)
        return f" \x1f{len(cut) - 1}\x1f "

    return replaced


# ------------------------------------------------------------ what is written as one


def _mail(found: re.Match[str]) -> Figure:
    return Figure("mail", found[0].strip(".-"))


def _hidden_mail(found: re.Match[str]) -> Figure:
    return Figure("mail", found[0])


def _link(found: re.Match[str]) -> Figure | None:
    return Figure("link", normal_link(found[0]))


def normal_link(link: str) -> str:
    """Return a link in the form in which links are compared."""
    bare = re.sub(r"^(?:https?:/*)?(?:www\.)?", "", link.lower().strip())
    return bare.rstrip(".,;:!?)/'\"")


def _part(found: re.Match[str]) -> Figure:
    return Figure("part", found[0])


def _phone(found: re.Match[str]) -> Figure:
    digits = re.sub(r"\D", "", found[0])
    return Figure("phone", digits.removeprefix("00"))


def _iban(found: re.Match[str]) -> Figure:
    return Figure("code", found[0].replace(" ", ""))


def _iso(found: re.Match[str]) -> Figure | None:
    return date_figure(int(found[1]), int(found[2]), int(found[3]))


def _dotted(found: re.Match[str]) -> Figure | None:
    if found[4] is not None:
        year = int(found[4]) + (2000 if len(found[4]) == len("26") else 0)
        first, second = int(found[1]), int(found[3])
        return date_figure(year, second, first) or date_figure(year, first, second)
    if (
        found[5]
        and found.end() == len(found.string)
        and not _DATE_BEFORE.search(found.string[: found.start()])
    ):
        return None
    if found[0] == "24/7":
        return Figure("code", "24/7")
    first, second = int(found[5] or found[7]), int(found[6] or found[8])
    return date_figure(None, second, first) or Figure("part", found[0].strip("."))


def _clock(found: re.Match[str]) -> Figure | None:
    hour = int(found[1] or found[4] or found[6])
    minute = int(found[2] or 0)
    half = (found[3] or found[5] or "").replace(".", "")
    dotted = bool(found[1]) and found[0][len(found[1])] == "." and not half
    if hour > _HOURS_A_DAY or minute >= 60 or dotted:  # noqa: PLR2004  minutes of an hour
        return None
    if half == "pm" and hour < 12:  # noqa: PLR2004  noon
        hour += 12
    elif half == "am" and hour == 12:  # noqa: PLR2004  midnight
        hour = 0
    return Figure("time", f"{hour:02}:{minute:02}")


_COMPOSITES: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Figure | None]], ...]] = (
    (_FRACTION, _part),
    (_MAIL, _mail),
    (_HIDDEN_MAIL, _hidden_mail),
    (_LINK, _link),
    (_ISO, _iso),
    (_IBAN, _iban),
    (_PHONE, _phone),
    (_DOTTED, _dotted),
    (_CLOCK, _clock),
)
