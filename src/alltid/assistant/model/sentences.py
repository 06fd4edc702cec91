"""Where sentences end, and what a sentence is without markup. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# A stop after these ends nothing.
_ABBREVIATIONS: Final = (
    r"(?<!\be\.g)(?<!\bi\.e)(?<!\bz\.B)(?<!\bd\.h)(?<!\bt\.ex)(?<!\bbl\.a)(?<!\bp\.ej)(?<!\bNr)"
    r"(?<!\bnr)(?<!\bkl)(?<!\bca)(?<!\bresp)(?<!\bMr)(?<!\bMs)(?<!\bNo)(?<!\bart)(?<!\bSr)(?<!\bSra)"
)
# "3. Mai" goes on; "in 30 days. The" does not.
_END: Final = re.compile(
    rf"{_ABBREVIATIONS}(?<!\b\d)(?<!\b\d\d)(?<!\d\.\d)(?<!\d\.\d\d)[.!?…]+[\"'”»)]*(?:\s*\[\d+\])*(?=\s|$)"
    rf"|(?<=\d)[.!?]+(?:\s*\[\d+\])*(?=\s+[A-ZÅÄÖÜÉÁÍÓÚÑ¿¡\[]\w*\s+(?![\d.]))"
    r"|(?<=\d)[.!?]+(?:\s*\[\d+\])*\s*$|\n+"
)
_MONTH_NEXT: Final = re.compile(
    r"\s+(?:Jan|Jän|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)[a-zä]*\b"
)
_TAG: Final = re.compile(r"<[^<>]{0,400}>?")
_PICTURE: Final = re.compile(r"!\[[^\]]*\]\([^)]*\)?")
_NAMED_LINK: Final = re.compile(r"\[([^\]]*)\]\(([^)]*)\)?")
_MARKS: Final = re.compile(
    r"\*{1,3}|_{2,3}|`{1,3}|~~|^\s*#{1,6}\s+|^\s*>\s?|^\s*[-*+•]\s+", re.MULTILINE
)
_SPACES: Final = re.compile(r"[ \t\u00a0]+")
SENTENCES_MAX: Final = 40


def sentences_of(text: str) -> tuple[str, ...]:
    """Return the sentences of a text, each with its stop and its citations, SENTENCES_MAX of them.

    What is past the bound stands in the last one, so that nothing is left out unread.
    """
    found: list[str] = []
    start = 0
    for end in _END.finditer(text):
        if _MONTH_NEXT.match(text, end.end()) and text[end.start() - 1 : end.start()].isdigit():
            continue
        piece = text[start : end.end()].strip()
        if piece and len(found) < SENTENCES_MAX - 1:
            found.append(piece)
            start = end.end()
    rest = text[start:].strip()
    return (*found, rest) if rest else tuple(found)


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
