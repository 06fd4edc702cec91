"""Where sentences end, and what a sentence is without markup. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# A stop after these ends nothing.
_ABBREVIATIONS: Final = (
    r"(?<!\be\.g)(?<!\bi\.e)(?<!\bz\.B)(?<!\bd\.h)(?<!\bt\.ex)(?<!\bbl\.a)(?<!\bp\.ej)(?<!\bNr)"
    r"(?<!\bnr)(?<!\bkl)(?<!\bca)(?<!\bresp)(?<!\bMr)(?<!\bMs)(?<!\bNo)(?<!\bart)(?<!\bSr)(?<!\bSra)"
    r"(?<!\bDr)(?<!\bMrs)(?<!\bProf)(?<!\bapprox)(?<!\bbzw)(?<!\bevtl)(?<!\binkl)(?<!\bincl)"
    r"(?<!\bz\.\sB)(?<!\bd\.\sh)(?<!\bp\.\sej)(?<!\bt\.\sex)"
)
# "3. Mai" goes on; "in 30 days. The" does not.
_END: Final = re.compile(
    rf"{_ABBREVIATIONS}(?<!\b\d)(?<!\b\d\d)(?<!\d\.\d)(?<!\d\.\d\d)[.!?…]+[\"'”»)]*(?:\s*\[\d+\])*(?=\s|$)"
    rf"|(?<=\d)[.!?]+(?:\s*\[\d+\])*(?=\s+[A-ZÅÄÖÜÉÁÍÓÚÑ¿¡\[]\w*\s+(?![\d.]))"
    r"|(?<=\d)[.!?]+(?:\s*\[\d+\])*\s*$|[。！？؟।]+(?:\s*\[\d+\])*|\n+"  # noqa: RUF001  their stops
)
_MONTH_NEXT: Final = re.compile(
    r"\s+(?:Jan|Jän|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)[a-zä]*\b"
)
_MONTHS: Final = (
    r"(?:jan|jän|ene|gen|feb|febr|mar|mär|mars|apr|abr|may|mag|maj|jun|giu|jul|lug|aug|ago|sep|sept"
    r"|set|oct|okt|ott|nov|dec|dez|dic)"
)
# "30 Nov. 2026", "Nov. 30", "Fri. 27": the stop is the shortened word's.
_DATE_SO_FAR: Final = re.compile(rf"\b\d{{1,2}}\.?\s(?:de\s)?{_MONTHS}\.$", re.IGNORECASE)
_DAY_SO_FAR: Final = re.compile(
    rf"\b(?:{_MONTHS}|mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|mån|tis|ons|tors|fre|lör|sön)\.$",
    re.IGNORECASE,
)
_YEAR_NEXT: Final = re.compile(r"\s(?:19|20)\d\d\b")
_DAY_NEXT: Final = re.compile(r"\s\d{1,2}\b(?!:)")
# "z. B.", "d. h.", "t. ex.", "p. ej."
_SHORT_SO_FAR: Final = re.compile(r"(?<!\w)[^\W\d_]{1,2}\.$")
_SHORT_NEXT: Final = re.compile(r"\s[^\W\d_]{1,2}\.")
_SO_FAR: Final = 16
_TAG: Final = re.compile(r"<[^<>]{0,400}>?")
_PICTURE: Final = re.compile(r"!\[[^\]]*\]\([^)]*\)?")
_NAMED_LINK: Final = re.compile(r"\[([^\]]*)\]\(([^)]*)\)?")
_MARKS: Final = re.compile(
    r"\*{1,3}|_{2,3}|`{1,3}|~~|^\s*#{1,6}\s+|^\s*>\s?|^\s*[-*+•]\s+", re.MULTILINE
)
_SPACES: Final = re.compile(r"[ \t\u00a0]+")
SENTENCES_MAX: Final = 40
# Where a sentence ends is seen from the two words behind it; not all scripts have spaces.
_WORDS_AHEAD: Final = 3
_LETTERS_AHEAD: Final = 40


def sentences_of(text: str) -> tuple[str, ...]:
    """Return the sentences of a text, each with its stop and its citations, SENTENCES_MAX of them.

    What is past the bound stands in the last one, so that nothing is left out unread.
    """
    found: list[str] = []
    start = 0
    for end in _END.finditer(text):
        if _goes_on(text, end):
            continue
        piece = text[start : end.end()].strip()
        if piece and len(found) < SENTENCES_MAX - 1:
            found.append(piece)
            start = end.end()
    rest = text[start:].strip()
    return (*found, rest) if rest else tuple(found)


def ended(text: str) -> tuple[tuple[str, ...], str]:
    """Return the sentences that a text's beginning holds for certain, and what is left of it.

    Whatever comes next, they stay as they are: enough has come after each to know its end.
    """
    found = sentences_of(text)
    if len(found) == 1 or not found:
        return (), text
    last = found[-1]
    # What a sentence cites stands behind it, and may not have come yet.
    if last.startswith("[") or (len(last.split()) < _WORDS_AHEAD and len(last) < _LETTERS_AHEAD):
        return (), text
    return found[:-1], text[text.rindex(last) :]


def _goes_on(text: str, end: re.Match[str]) -> bool:
    """Whether a stop is part of a date or of a shortened word, and ends nothing."""
    if _MONTH_NEXT.match(text, end.end()) and text[end.start() - 1 : end.start()].isdigit():
        return True
    if end[0] != ".":
        return False
    before = text[max(0, end.end() - _SO_FAR) : end.end()]
    return any(
        so_far.search(before) is not None and then.match(text, end.end()) is not None
        for so_far, then in (
            (_DATE_SO_FAR, _YEAR_NEXT),
            (_DAY_SO_FAR, _DAY_NEXT),
            (_SHORT_SO_FAR, _SHORT_NEXT),
        )
    )


def without_markup(sentence: str) -> str:
    """Return a sentence as plain text: no tags, no marks, no pictures, no hidden characters.

    The address of a link stands behind its words, where it can be judged.
    """
    shown = "".join(
        letter
        for letter in sentence
        if unicodedata.category(letter) not in {"Cf", "Cc", "Co", "Cn"} or letter in "\n\t"
    )
    while (plain := _TAG.sub(" ", _PICTURE.sub(_both, _NAMED_LINK.sub(_both, shown)))) != shown:
        shown = plain
    return _SPACES.sub(" ", _MARKS.sub("", shown)).strip()


def _both(found: re.Match[str]) -> str:
    words, _, address = found[0].lstrip("![").rstrip(")").partition("](")
    return f"{words} {address}" if address else words
