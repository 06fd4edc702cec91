"""The full look at a message, before any answer: all of it that needs no model provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from alltid.assistant.understanding.entities import Entity
from alltid.assistant.understanding.language import language_of
from alltid.assistant.understanding.signals import Signal, signals_of
from alltid.assistant.understanding.wish import (
    LINE,
    Wish,
    names_people,
    speaks_of_people,
    wish_for_human,
)

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    from alltid.assistant.understanding.meaning import Likeness

SURE_OF_PEOPLE: Final = 0.95
"""How sure meaning has to be of a wish where people are spoken of and grammar found none.

Most look-alikes speak of people ("I talked to a person yesterday"), and grammar knows them.
"""
BY_MEANING: Final = "meaning:wish"
"""The reason of a wish that no list or grammar heard."""
LEAST_WORDS: Final = 3
"""A word or two have little meaning by themselves: the lists decide about them."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message says, as far as it is understood without a model provider.

    What it is about is another question, with another answer for each company: see
    `alltid.assistant.intents.reader`.
    """

    wants_human: bool
    score: float
    """0 to 1, how sure the wish for a human is; 0.5 is the line."""
    language: str
    """ISO 639-1, or ``und``."""
    because: str
    """The language and rule that decided, never the text itself."""
    signals: tuple[Signal, ...] = ()
    """What must reach a person with the right skill, the surest first."""
    entities: tuple[Entity, ...] = ()
    """Amounts, dates, numbers and the like, in the order of the text."""


def understand(
    text: str,
    *,
    hint: str | None = None,
    today: date | None = None,
    vector: NDArray[float32] | None = None,
) -> Understanding:
    """Understands *text*; *hint* is the language it is probably written in.

    Relative dates ("next friday") are entities only with *today*, the customer's day. With
    *vector*, the first view of `meaning.ENCODER`, signals and a wish are also heard in words
    that nobody listed. Every wish that `wish_for_human` sees is one here: what one look queues,
    the other must not answer.
    """
    # The check digits of many countries: a fifth of what a first look would load for nothing.
    from alltid.assistant.understanding.entities.finding import entities_of

    like = None if vector is None else _likeness(text, vector)
    wish = _wish(text, like)
    language = language_of(text, hint=hint)
    return Understanding(
        wish.wanted,
        wish.score,
        language,
        wish.because,
        signals_of(text, like),
        entities_of(text, language=language, today=today),
    )


def wants_vector(text: str) -> bool:
    """Whether the encoder's reading of *text* would tell more than its words."""
    return len(text.split()) >= LEAST_WORDS


def _likeness(text: str, vector: NDArray[float32]) -> Mapping[str, Likeness] | None:
    from alltid.assistant.understanding.meaning import learned  # numpy, where there is a vector

    meaning = learned()
    return meaning.read(vector) if meaning is not None and wants_vector(text) else None


def _wish(text: str, like: Mapping[str, Likeness] | None) -> Wish:
    wish = wish_for_human(text)
    if wish.wanted or like is None or not like["wish"].heard:
        return wish
    sure = like["wish"].probability
    if names_people(text):
        return wish
    if sure < SURE_OF_PEOPLE and speaks_of_people(text):
        return wish
    return Wish(wanted=True, score=max(LINE, sure), because=BY_MEANING)
