"""Lists of words and phrases by name, and whether tokens begin with or are made of them. Pure."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from alltid.assistant.understanding.text import tokens_of

PHRASE_MAX: Final = 6
Phrase = tuple[str, ...]
Book = Mapping[str, frozenset[Phrase]]


def book_of(name: str) -> Book:
    """Read a file of lines "name: phrase, phrase" beside this module; a name may come again."""
    found: dict[str, set[Phrase]] = {}
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    for line in text.splitlines():
        listed, colon, phrases = line.partition("#")[0].partition(":")
        if colon:
            found.setdefault(listed.strip(), set()).update(
                tuple(tokens_of(phrase)) for phrase in phrases.split(",") if phrase.strip()
            )
    return {listed: frozenset(phrases) for listed, phrases in found.items()}


def begins(words: Sequence[str], phrases: frozenset[Phrase]) -> int:
    """How many words the longest of *phrases* takes at the beginning; 0 without one."""
    lengths = range(min(PHRASE_MAX, len(words)), 0, -1)
    return next((length for length in lengths if tuple(words[:length]) in phrases), 0)


def made_of(words: Sequence[str], phrases: frozenset[Phrase]) -> bool:
    """Whether *words* are nothing but *phrases*, the longest taken first."""
    at = 0
    while at < len(words):
        length = begins(words[at:], phrases)
        if not length:
            return False
        at += length
    return True
