"""Short questions about what is open: what its card shows, or what may be answered. Pure.

"What's the fee?" while a card with a fee is open asks for that fee. A word that is about
anything else ("what is the fee for a reminder?") makes it another question.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from alltid.assistant.understanding.agreement import named_by
from alltid.assistant.understanding.phrases import Book, Phrase, begins, book_of, made_of
from alltid.assistant.understanding.text import BREAKS, tokens_of

Line = tuple[str, str]
_WORDS_MAX: Final = 12
_TELLING: Final = 4
_MONEY: Final = re.compile(
    r"\d.*(?:[$\u20ac\u00a3\u00a5]|kr|[A-Z]{3})|(?:[$\u20ac\u00a3\u00a5]|[A-Z]{3}).*\d"
)
_DATE: Final = re.compile(r"(?<!\d)\d{4}(?!\d)")


def asks(text: str) -> bool:
    """Whether *text* is a question, with a mark or without."""
    return "?" in text or "\uff1f" in text or bool(begins(_begun(_words(text)), _lists()["asking"]))


def asked_of(text: str, lines: Sequence[Line], action: Sequence[str]) -> tuple[Line, ...]:
    """Return the *lines* of an open card that *text* asks for; none when it asks for more.

    *action* are the card's other words: its button and its title.
    """
    words = _words(text)
    if not asks(text) or len(words) > _WORDS_MAX:
        return ()
    lists = _lists()
    labels = [frozenset(_stems(label)) for label, _ in lines]
    said = _begun(words)
    money = _has(said, lists["money"])
    date = _has(said, lists["date"])
    named = [bool(label & set(_stems(text))) for label in labels]
    around = lists["asking"] | lists["before"] | lists["light"] | lists["money"] | lists["date"]
    own = frozenset((word,) for label, _ in lines for word in _words(label)) | named_by(action)
    if not made_of(said, around | own) or not (money or date or any(named)):
        return ()
    kinds = [_fits(value, money=money, date=date) for _, value in lines]
    both = [line for line, is_, fits in zip(lines, named, kinds, strict=True) if is_ and fits]
    some = both or [line for line, fits in zip(lines, kinds, strict=True) if fits]
    return tuple(some or [line for line, is_ in zip(lines, named, strict=True) if is_])


def asks_what_is_possible(text: str, wording: str, action: Sequence[str]) -> bool:
    """Whether *text* asks about the open question itself: what it allows."""
    words = _words(text)
    if not asks(text) or len(words) > _WORDS_MAX:
        return False
    lists = _lists()
    own = frozenset((word,) for word in _words(wording)) | named_by(action)
    around = lists["asking"] | lists["before"] | lists["light"] | lists["open"]
    said = _begun(words)
    return _has(said, lists["open"]) and made_of(said, around | own)


def _fits(value: str, *, money: bool, date: bool) -> bool:
    return (money and bool(_MONEY.search(value)) and not _DATE.search(value)) or (
        date and bool(_DATE.search(value))
    )


def _has(words: Sequence[str], phrases: frozenset[Phrase]) -> bool:
    return any(begins(words[at:], phrases) for at in range(len(words)))


def _words(text: str) -> list[str]:
    return [word for word in tokens_of(text) if word not in BREAKS]


def _stems(text: str) -> list[str]:
    """The beginnings of longer words: ``avgiften`` and ``avgift`` are one."""
    return [
        word[: max(_TELLING, len(word) - 2)] for word in _words(text) if len(word) >= _TELLING - 1
    ]


def _begun(words: Sequence[str]) -> list[str]:
    at = 0
    while length := begins(words[at:], _lists()["before"]):
        at += length
    return list(words[at:])


@cache
def _lists() -> Book:
    return book_of("asking_words.txt")
