"""Short answers to what was just asked: yes, no, stop, another one, the second one.

What is confirmed with money behind it must be unambiguous, so nothing here guesses: a word of
doubt, a condition or anything else beside the yes, and it is none. The words of each language
stand in ``answer_words.txt``; all languages are looked at at once, as customers mix them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from alltid.assistant.understanding.agreement import agrees_to, declines
from alltid.assistant.understanding.located import Located, located_tokens
from alltid.assistant.understanding.phrases import PHRASE_MAX, Book, begins, book_of
from alltid.assistant.understanding.text import BREAKS, unstretched

_MAX_WORDS: Final = 60
_MAX_YES_WORDS: Final = 9
"""A yes with more words than this says something else as well."""
_MAX_NTH: Final = 20
_MAX_BEFORE: Final = 7
"""Of so many words something wrong is told before it is said what is meant."""
_YES_SIGNS: Final = frozenset("👍 👍🏻 👍🏼 👍🏽 👍🏾 👍🏿 ✅ 👌 ✔️ ✔".split())  # noqa: SIM905
_NO_SIGNS: Final = frozenset("👎 👎🏻 👎🏼 👎🏽 👎🏾 👎🏿 ❌".split())  # noqa: SIM905


class Pick(StrEnum):
    """Which of several, said by their order or size."""

    LATEST = "latest"
    EARLIEST = "earliest"
    CHEAPEST = "cheapest"
    DEAREST = "dearest"
    OTHER = "other"
    """The other one of two."""
    ALL = "all"
    LAST = "last"
    """The last of the list as it was shown."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a message says as an answer to the last question; all empty when it is none."""

    yes: bool = False
    """An unambiguous yes and nothing else."""
    no: bool = False
    """A no: nothing else, or with a correction."""
    cancels: bool = False
    """Wants to leave the whole procedure."""
    corrects: bool = False
    """Takes an earlier value back: "no, the other one", "I meant 14 days"."""
    rest: str = ""
    """Of a correction, what is meant instead, in the customer's words."""
    nth: int | None = None
    """ "The second one" is 2, counted from 1."""
    pick: Pick | None = None
    again: bool = False
    """Wants the last words repeated or explained."""


def read_reply(text: str, action: Sequence[str] = ()) -> Reply:
    """What *text* says as an answer; the same for every language, as customers mix them.

    *action* are the words of the card that asks for a yes, the label of its button first: who
    names the doing again agrees to it.
    """
    located = located_tokens(text)
    tokens = [each for each in located if each.token not in BREAKS]
    if not tokens:
        return Reply(yes=text.strip() in _YES_SIGNS, no=text.strip() in _NO_SIGNS)
    if len(tokens) > _MAX_WORDS:
        return Reply()
    words = [_word(each.token) for each in tokens]
    return _short(text, words) or _to_do(text, words, action) or _longer(text, tokens, words)


# Without its accent a Spanish (and with any more words an Italian) "si" may be an "if".
_IF: Final = re.compile(r"\W*si\s+\w", re.IGNORECASE)


def _to_do(text: str, words: list[str], action: Sequence[str]) -> Reply | None:
    """A yes or no to an action, in a sentence of its own."""
    if "?" not in text and not _IF.match(text) and agrees_to(words, action):
        return Reply(yes=True)
    return Reply(no=True) if declines(words, action) else None


def _short(text: str, words: list[str]) -> Reply | None:
    """What nothing but an answer says; None when *words* say more."""
    rest = words[_starts(words, "opening") :]
    if _only(words, ("again",), needed="again"):
        return Reply(again=True)
    if _only(words, ("cancel", "no", "light"), needed="cancel"):
        return Reply(no=_starts(words, "no") > 0, cancels=True)
    if _starts(rest, "yes") and _only(rest, ("yes", "light"), needed="yes"):
        return Reply(yes="?" not in text and len(words) <= _MAX_YES_WORDS)
    if _starts(rest, "no") and _only(rest, ("no", "light"), needed="no"):
        return Reply(no=True)
    return None


def _longer(text: str, tokens: list[Located], words: list[str]) -> Reply:
    """A correction or a choice among other words."""
    nth, pick = _ordinal(words)
    correction = _correction(text, tokens, words)
    if correction is None:
        return Reply(nth=nth, pick=pick)
    no, rest = correction
    return Reply(no=no, corrects=True, rest=rest, nth=nth, pick=pick)


def _correction(text: str, tokens: list[Located], words: list[str]) -> tuple[bool, str] | None:
    """Whether it begins with a no, and what is meant instead; None when it is no correction."""
    at = refused = _starts(words, "no")
    meant = False
    while at < len(words):
        strong = _starts(words[at:], "meant")
        weak = _starts(words[at:], "meant_after_no") if refused else 0
        light = 0 if meant else _starts(words[at:], "light_correction")
        if not strong and not weak and not light:
            break
        meant = meant or strong + weak > 0
        at += max(strong, weak) or light
    if not meant and (within := _meant_within(text, tokens, words)) is not None:
        return within
    named = bool(refused) and _named(words[refused:])
    if not meant and not named and not _found(words, "meant_behind"):
        return None
    start = at if meant else refused
    rest = text[tokens[start].start :].strip() if start < len(tokens) else ""
    return bool(refused), rest


def _meant_within(text: str, tokens: list[Located], words: list[str]) -> tuple[bool, str] | None:
    """What is meant, where that comes after a few words about what is wrong."""
    for at in range(1, min(_MAX_BEFORE, len(words)) + 1):
        length = _starts(words[at:], "meant_within")
        if length and at + length < len(words):
            wrong = any(_found(words[:at], name) for name in ("no", "wrong"))
            return wrong, text[tokens[at + length].start :].strip()
    return None


def _named(words: list[str]) -> bool:
    """Whether *words* name something else: a choice, or a few words with a figure in them."""
    if not words:
        return False
    nth, pick = _ordinal(words)
    return nth is not None or pick is not None or any(word.isdigit() for word in words)


def _ordinal(words: list[str]) -> tuple[int | None, Pick | None]:
    """Which one of several *words* choose: by number, or by order or size."""
    book = _phrases()
    for at in range(len(words)):
        if at and words[at - 1] in _NEGATIONS:
            continue
        for length in range(min(PHRASE_MAX, len(words) - at), 0, -1):
            phrase = tuple(words[at : at + length])
            if length == 1 and at > 1 and words[at - 2] in _NEGATIONS:
                continue
            for name in _PICKS:
                if phrase in book[name]:
                    return None, Pick(name)
            for nth in range(1, _ORDINALS + 1):
                if phrase in book[f"nth{nth}"]:
                    return nth, None
    figure = [word for word in words if word.isdigit()]
    few = _only([word for word in words if not word.isdigit()], ("light", "number"), needed=None)
    if len(figure) == 1 and few and 1 <= int(figure[0][:4]) <= _MAX_NTH:
        return int(figure[0]), None
    return None, None


def _only(words: list[str], names: tuple[str, ...], *, needed: str | None) -> bool:
    """Whether *words* are nothing but phrases of *names*, one of them of *needed*."""
    book = _phrases()
    met = needed is None
    at = 0
    while at < len(words):
        for length in range(min(PHRASE_MAX, len(words) - at), 0, -1):
            phrase = tuple(words[at : at + length])
            name = next((each for each in names if phrase in book[each]), None)
            if name is not None:
                met = met or name == needed
                at += length
                break
        else:
            return False
    return met


def _starts(words: list[str], name: str) -> int:
    """How many words a phrase of *name* takes at the beginning of *words*; 0 without one."""
    return begins(words, _phrases()[name])


def _found(words: list[str], name: str) -> bool:
    return any(_starts(words[at:], name) for at in range(len(words)))


def _word(token: str) -> str:
    """*token*, or the known word that it stretches: ``yesss``."""
    known = _known_words()
    return token if token in known else next((w for w in unstretched(token) if w in known), token)


@cache
def _known_words() -> frozenset[str]:
    return frozenset(word for book in _phrases().values() for phrase in book for word in phrase)


_ORDINALS: Final = 6
_NEGATIONS: Final = frozenset("not inte nicht non".split())  # noqa: SIM905
_PICKS: Final = tuple(pick.value for pick in Pick)


@cache
def _phrases() -> Book:
    """The phrases of ``answer_words.txt`` by name."""
    return book_of("answer_words.txt")
