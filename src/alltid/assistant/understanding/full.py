"""The full look at a message, before any answer: all of it that needs no model provider."""

from dataclasses import dataclass
from datetime import date

from alltid.assistant.understanding.entities import Entity
from alltid.assistant.understanding.language import language_of
from alltid.assistant.understanding.signals import Signal, signals_of
from alltid.assistant.understanding.wish import wish_for_human


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


def understand(text: str, *, hint: str | None = None, today: date | None = None) -> Understanding:
    """Understands *text*; *hint* is the language it is probably written in.

    Relative dates ("next friday") are entities only with *today*, the customer's day. The
    wish is the one that `wish_for_human` sees: both looks must agree, or a customer would be
    queued by one and answered by the other.
    """
    # The check digits of many countries: a fifth of what a first look would load for nothing.
    from alltid.assistant.understanding.entities.finding import entities_of

    wish = wish_for_human(text)
    language = language_of(text, hint=hint)
    return Understanding(
        wish.wanted,
        wish.score,
        language,
        wish.because,
        signals_of(text),
        entities_of(text, language=language, today=today),
    )
