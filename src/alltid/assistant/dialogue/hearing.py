"""What is heard in every message before anything else, as the dialogue needs it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from alltid.assistant.dialogue.commands import Because
from alltid.assistant.dialogue.handoff_policy import GRAVEST_FIRST
from alltid.assistant.dialogue.understander import Entity, Heard
from alltid.assistant.understanding import understand
from alltid.assistant.understanding.entities import Amount
from alltid.assistant.understanding.entities import Entity as Found
from alltid.assistant.understanding.full import BY_MEANING
from alltid.assistant.understanding.signals import SignalKind
from alltid.assistant.wording import wordings

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    from alltid.assistant.dialogue.parts import VectorOf

# So many words tell a language; fewer may be a name or a number.
_LANGUAGE_WORDS: Final = 3
_WORDED_SHARE: Final = 0.75
# Fewer words are mostly the answer to what was asked ("yes, do that"), and like anything.
_MEANING_WORDS: Final = 5
# Read in half a millisecond, which is about what it takes to ask another thread to do it.
AT_ONCE_CHARACTERS_MAX: Final = 200
BECAUSE: Final[Mapping[SignalKind, Because]] = MappingProxyType(
    {
        SignalKind.BEREAVEMENT: Because.BEREAVEMENT,
        SignalKind.DEBT: Because.DEBT,
        SignalKind.ILLNESS: Because.ILLNESS,
        SignalKind.SELF_HARM: Because.SELF_HARM,
        SignalKind.COERCION: Because.COERCION,
        SignalKind.DISTRESS: Because.DISTRESS,
        SignalKind.COMPLAINT: Because.COMPLAINT,
        SignalKind.DISPUTE: Because.DISPUTE,
        SignalKind.WITHDRAWAL: Because.LEGAL_RIGHT,
        SignalKind.DATA_REQUEST: Because.LEGAL_RIGHT,
        SignalKind.ERASURE: Because.LEGAL_RIGHT,
        SignalKind.HUMAN_REVIEW: Because.LEGAL_RIGHT,
        SignalKind.ACCOUNT_TAKEOVER: Because.FRAUD,
        SignalKind.PHISHING: Because.FRAUD,
        SignalKind.STOLEN_CARD: Because.FRAUD,
        SignalKind.THREAT: Because.THREAT,
        SignalKind.LEGAL_THREAT: Because.COMPLAINT,
    }
)


async def heard_in_time(
    text: str, hint: str | None, today: date, vector_of: VectorOf | None = None
) -> Heard:
    """Hear a text: a short one at once, a longer one without holding up everybody else.

    With `vector_of` the encoder reads it first, for this and for whoever asks for it next.
    """
    if vector_of is not None and len(text.split()) >= _MEANING_WORDS:
        return await asyncio.to_thread(lambda: hear(text, hint, today, vector_of(text)))
    if len(text) <= AT_ONCE_CHARACTERS_MAX:
        return hear(text, hint, today)
    return await asyncio.to_thread(hear, text, hint, today)


def hear(text: str, hint: str | None, today: date, vector: NDArray[float32] | None = None) -> Heard:
    """Understand a text as far as that needs no company: language, signals, values, the wish."""
    understood = understand(text, hint=hint, today=today, vector=vector)
    raised: dict[Because, frozenset[str]] = {}
    for signal in understood.signals:
        because = BECAUSE[signal.kind]
        raised[because] = raised.get(because, frozenset()) | {str(signal.kind)}
    return Heard(
        language=understood.language,
        wants_human=understood.wants_human,
        wants_human_after_all=understood.because == BY_MEANING,
        signals=tuple(each for each in GRAVEST_FIRST if each in raised),
        entities=tuple(_entity(found) for found in understood.entities),
        kinds=raised,
        trace={
            "language": understood.language,
            "wish": round(understood.score, 3),
            "signals": [
                {
                    "kind": str(signal.kind),
                    "confidence": round(signal.confidence, 3),
                    "from": signal.start,
                    "to": signal.end,
                    "because": signal.because,
                }
                for signal in understood.signals
            ],
            "entities": [str(found.kind) for found in understood.entities],
        },
    )


def spoken(heard: str, text: str, language: str) -> str:
    """Return the language to answer in: what is written, if there is enough of it."""
    enough = len(text.split()) >= _LANGUAGE_WORDS
    # Codes and brackets are in no language.
    worded = sum(each.isalpha() or each.isspace() for each in text) >= _WORDED_SHARE * len(text)
    return heard if enough and worded and heard in wordings() else language


def _entity(found: Found) -> Entity:
    if isinstance(found.value, Amount):
        return Entity(str(found.kind), found.value.minor, found.text, found.value.currency)
    return Entity(str(found.kind), found.value, found.text)
