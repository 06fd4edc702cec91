"""What in a message must reach a person with the right skill: distress, rights, fraud, threats.

The first look only asks whether a human is wished for; this one looks for what a customer
doesn't ask for and still needs: words of bereavement, debt or self-harm, a right whose clock
starts when it is named, money in strange hands. Deterministic, in every language at once (a
message may mix them): by the patterns in ``signal_words/`` (see `signal_patterns`), and, where
the sentence encoder has read the message, by what it is like (see `meaning`), which also doubts
words that are listed and mean something else here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final

from alltid.assistant.understanding.located import located_tokens
from alltid.assistant.understanding.signal_patterns import PatternBook
from alltid.assistant.understanding.text import tokens_of

if TYPE_CHECKING:
    from alltid.assistant.understanding.meaning import Likeness

LINE: Final = 0.5
"""From this confidence on a signal is raised."""
_READ_CHARS: Final = 600
_MEANING: Final = "meaning"
_NEAR: Final = 0.2
_BESIDE_WORDS: Final = 1.0


class Family(StrEnum):
    """What kind of care a signal asks for."""

    VULNERABILITY = "vulnerability"
    LEGAL_RIGHT = "legal_right"
    FRAUD = "fraud"
    THREAT = "threat"


class SignalKind(StrEnum):
    """What was heard."""

    BEREAVEMENT = "bereavement"
    DEBT = "debt"
    """Can't pay, lost the income, debt collectors: not the word debt alone."""
    ILLNESS = "illness"
    SELF_HARM = "self_harm"
    COERCION = "coercion"
    """Somebody else decides over the customer's money or signature."""
    DISTRESS = "distress"
    COMPLAINT = "complaint"
    DISPUTE = "dispute"
    """ "I never bought this"."""
    WITHDRAWAL = "withdrawal"
    """The right of withdrawal from a contract, not of cash."""
    DATA_REQUEST = "data_request"
    ERASURE = "erasure"
    HUMAN_REVIEW = "human_review"
    """A person's look at an automated decision."""
    ACCOUNT_TAKEOVER = "account_takeover"
    PHISHING = "phishing"
    STOLEN_CARD = "stolen_card"
    FRAUD = "fraud"
    """Fraud of which no more is said."""
    THREAT = "threat"
    """Violence against people or places."""
    LEGAL_THREAT = "legal_threat"
    """Lawyers, courts, authorities, the press."""


FAMILIES: Final[Mapping[SignalKind, Family]] = {
    SignalKind.BEREAVEMENT: Family.VULNERABILITY,
    SignalKind.DEBT: Family.VULNERABILITY,
    SignalKind.ILLNESS: Family.VULNERABILITY,
    SignalKind.SELF_HARM: Family.VULNERABILITY,
    SignalKind.COERCION: Family.VULNERABILITY,
    SignalKind.DISTRESS: Family.VULNERABILITY,
    SignalKind.COMPLAINT: Family.LEGAL_RIGHT,
    SignalKind.DISPUTE: Family.LEGAL_RIGHT,
    SignalKind.WITHDRAWAL: Family.LEGAL_RIGHT,
    SignalKind.DATA_REQUEST: Family.LEGAL_RIGHT,
    SignalKind.ERASURE: Family.LEGAL_RIGHT,
    SignalKind.HUMAN_REVIEW: Family.LEGAL_RIGHT,
    SignalKind.ACCOUNT_TAKEOVER: Family.FRAUD,
    SignalKind.PHISHING: Family.FRAUD,
    SignalKind.STOLEN_CARD: Family.FRAUD,
    SignalKind.FRAUD: Family.FRAUD,
    SignalKind.THREAT: Family.THREAT,
    SignalKind.LEGAL_THREAT: Family.THREAT,
}


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that was heard in a message."""

    kind: SignalKind
    family: Family
    confidence: float
    """0 to 1; 0.5 is the line."""
    start: int
    """The evidence: characters ``text[start:end]`` of the message."""
    end: int
    because: str
    """The language and rule that decided, never the text itself."""


DOUBTED_WORDS_MAX: Final = 12
"""In a message of more words and marks no listed word is doubted."""


def signals_of(text: str, likeness: Mapping[str, Likeness] | None = None) -> tuple[Signal, ...]:
    """The signals of *text*, the surest first, one a kind.

    *likeness* is what `meaning` says of it by kind; None when nobody asked the encoder.
    """
    like = likeness or {}
    tokens = tokens_of(text)
    # Of a longer message the one sentence that matters may be too small a part to look like it.
    doubts = like if len(tokens) <= DOUBTED_WORDS_MAX else {}
    heard = [
        each
        for each in _book().heard(tokens)
        if each.confidence >= LINE and not (each.kind in doubts and doubts[each.kind].doubtful)
    ]
    found = []
    places = located_tokens(text) if heard else []
    for each in heard:
        kind = SignalKind(each.kind)
        start, end = places[each.first].start, places[each.last].end
        because = f"{each.language}:{each.kind}"
        found.append(Signal(kind, FAMILIES[kind], each.confidence, start, end, because))
    found += _by_meaning(text, like, {each.kind for each in found})
    if any(each.family is Family.FRAUD and each.kind is not SignalKind.FRAUD for each in found):
        found = [each for each in found if each.kind is not SignalKind.FRAUD]
    return tuple(sorted(found, key=lambda signal: (-signal.confidence, signal.kind)))


def _by_meaning(text: str, like: Mapping[str, Likeness], by_words: set[SignalKind]) -> list[Signal]:
    """What no listed word told: its evidence is the message, as far as the encoder reads it.

    Kinds are alike (who is robbed isn't forced), so one that is likely by the way is not raised
    beside a likelier one or what was said in so many words; self-harm always is.
    """
    heard = {kind: like[kind].probability for kind in FAMILIES if kind in like and like[kind].heard}
    line = max([*heard.values(), *([_BESIDE_WORDS] if by_words else [])], default=0) - _NEAR
    start = len(text) - len(text.lstrip())
    end = start + len(text.strip()[:_READ_CHARS].rstrip())
    return [
        Signal(kind, FAMILIES[kind], max(LINE, round(sure, 4)), start, end, _MEANING)
        for kind, sure in heard.items()
        if kind not in by_words and (sure >= line or kind is SignalKind.SELF_HARM)
    ]


@cache
def _book() -> PatternBook:
    return PatternBook.load(frozenset(SignalKind))
