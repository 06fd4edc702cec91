"""The full look at a message, before any answer: its language and the wish for a human."""

from dataclasses import dataclass

from alltid.assistant.understanding.language import language_of
from alltid.assistant.understanding.wish import wish_for_human


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message says, as far as it is understood without a model provider."""

    wants_human: bool
    score: float
    """0 to 1, how sure the wish for a human is; 0.5 is the line."""
    language: str
    """ISO 639-1, or ``und``."""
    because: str
    """The language and rule that decided, never the text itself."""


def understand(text: str, *, hint: str | None = None) -> Understanding:
    """Understands *text*; *hint* is the language it is probably written in.

    The wish is the one that `wish_for_human` sees: both looks must agree, or a customer would
    be queued by one and answered by the other.
    """
    wish = wish_for_human(text)
    return Understanding(wish.wanted, wish.score, language_of(text, hint=hint), wish.because)
