"""What in a message must reach a person with the right skill: distress, rights, fraud, threats.

The first look only asks whether a human is wished for; this one looks for what a customer
doesn't ask for and still needs: words of bereavement, debt or self-harm, a right whose clock
starts when it is named, money in strange hands. Deterministic, in every language at once (a
message may mix them), by the patterns in ``signal_words/`` (see `signal_patterns`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from alltid.assistant.understanding.located import located_tokens
from alltid.assistant.understanding.signal_patterns import PatternBook
from alltid.assistant.understanding.text import tokens_of

LINE: Final = 0.5
"""From this confidence on a signal is raised."""


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


def signals_of(text: str) -> tuple[Signal, ...]:
    """The signals of *text*, the surest first, one a kind."""
    book = _book()
    heard = book.heard(tokens_of(text))
    if not heard:
        return ()
    places = located_tokens(text)
    found = []
    for each in heard:
        kind = SignalKind(each.kind)
        if each.confidence >= LINE:
            start, end = places[each.first].start, places[each.last].end
            because = f"{each.language}:{each.kind}"
            found.append(Signal(kind, FAMILIES[kind], each.confidence, start, end, because))
    if any(each.family is Family.FRAUD and each.kind is not SignalKind.FRAUD for each in found):
        found = [each for each in found if each.kind is not SignalKind.FRAUD]
    return tuple(sorted(found, key=lambda signal: (-signal.confidence, signal.kind)))


@cache
def _book() -> PatternBook:
    return PatternBook.load(frozenset(SignalKind))
