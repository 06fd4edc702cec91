"""A yes or a no to an action in the customer's own sentence: "ok, push it back then". Pure.

What is agreed to has a card with words of its own. A yes names that doing again or says to go
on, and there is nothing else in it: every word has to be one that limits nothing, so that a
condition, a question, another value or another object makes it no yes. The words stand in
``action_words.txt`` and ``answer_words.txt``, all languages side by side.
"""

from collections.abc import Sequence
from functools import cache
from typing import Final

from alltid.assistant.understanding.phrases import Book, Phrase, begins, book_of, made_of
from alltid.assistant.understanding.text import BREAKS, tokens_of

_WORDS_MAX: Final = 12
_BESIDE: Final = ("beside", "particle", "do", "polite")
_OTHER_LISTS: Final = (*_BESIDE, "keep")
_THING: Final = " thing"
_CLITICS: Final = (
    *("mela", "melo", "melas", "melos", "gliela", "glielo", "selo", "sela", "cela", "celo"),
    *("los", "las", "les", "me", "mi", "nos", "ci", "se", "la", "lo", "li", "le"),
)


def agrees_to(words: Sequence[str], action: Sequence[str]) -> bool:
    """Whether *words* (folded, without marks) are a yes to what *action*'s texts name.

    They name the doing or say to go on, and each word more is a yes, the thing it is done to,
    or one that limits nothing.
    """
    found = _actions()
    if len(words) > _WORDS_MAX or not action:
        return False
    doing = _doing(tuple(action))
    said = _plain(words, doing)
    telling = found["do"] | doing
    if not any(begins(said[at:], telling) for at in range(len(said))):
        return False
    beside = frozenset[Phrase]().union(*(found[name] for name in _BESIDE))
    return made_of(said, _answers()["yes"] | telling | beside | _things(tuple(action)))


def declines(words: Sequence[str], action: Sequence[str]) -> bool:
    """Whether *words* are a no to it and nothing else: "no, don't split it"."""
    found, lists = _actions(), _answers()
    rest = _opened(words, lists["opening"])
    if len(words) > _WORDS_MAX or not action or not begins(rest, lists["no"]):
        return False
    doing = _doing(tuple(action))
    others = frozenset[Phrase]().union(*(found[name] for name in _OTHER_LISTS))
    allowed = lists["no"] | lists["light"] | others | doing | _things(tuple(action))
    return made_of(_plain(rest, doing), allowed | lists["cancel"])


def named_by(action: Sequence[str]) -> frozenset[Phrase]:
    """Return the words of a card and what its doing and its things are called beside."""
    if not action:
        return frozenset()
    found = _actions()
    things = frozenset[Phrase]().union(*(found[name] for name in found if name.endswith(_THING)))
    return _doing(tuple(action)) | _label_words(tuple(action)) | things


def _opened(words: Sequence[str], before: frozenset[Phrase]) -> list[str]:
    """*words* without what stands before anything is said: "well, please"."""
    at = 0
    while length := begins(words[at:], before):
        at += length
    return list(words[at:])


def _plain(words: Sequence[str], doing: frozenset[Phrase]) -> list[str]:
    """*words*, with what is joined to the doing taken apart: ``aplacela`` is ``aplace la``."""
    found: list[str] = []
    for word in words:
        ending = next(
            (
                each
                for each in _CLITICS
                if word.endswith(each) and (word.removesuffix(each),) in doing
            ),
            "",
        )
        apart = ending and (word,) not in doing
        found += [word.removesuffix(ending), "lo"] if apart else [word]
    return found


@cache
def _doing(action: tuple[str, ...]) -> frozenset[Phrase]:
    """What the doing of a card is called: its own label, and the families of its words."""
    found = _actions()
    label = tuple(token for token in tokens_of(action[0]) if token not in BREAKS)
    return frozenset({label}).union(*(found[name] for name in _families(action)))


@cache
def _families(action: tuple[str, ...]) -> tuple[str, ...]:
    """The families of doings that a card's words belong to."""
    named = _label_words(action)
    return tuple(
        name
        for name, phrases in _actions().items()
        if name not in _OTHER_LISTS and not name.endswith(_THING) and not named.isdisjoint(phrases)
    )


@cache
def _things(action: tuple[str, ...]) -> frozenset[Phrase]:
    """What the doing may be done to: the card's own words, and what its families are done to."""
    found = _actions()
    known = (found.get(name + _THING, frozenset[Phrase]()) for name in _families(action))
    return _label_words(action).union(*known)


@cache
def _label_words(action: tuple[str, ...]) -> frozenset[Phrase]:
    return frozenset(
        (token,) for text in action for token in tokens_of(text) if token not in BREAKS
    )


@cache
def _actions() -> Book:
    return book_of("action_words.txt")


@cache
def _answers() -> Book:
    return book_of("answer_words.txt")
