"""Understands a stream of messages, one a line: the filter behind ``alltid understand``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from alltid.assistant.understanding.entities import Amount, Entity
from alltid.assistant.understanding.full import Understanding, understand, wants_vector

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray


class Guess(Protocol):
    """What a message is about."""

    @property
    def label(self) -> str | None:
        """The intent, or None where none is likely enough."""
        ...

    @property
    def confidence(self) -> float:
        """How probable the best is, 0 to 1."""
        ...

    @property
    def top(self) -> Sequence[tuple[str, float]]:
        """The most probable, best first."""
        ...


class Listener(Protocol):
    """An encoder's reading of a message, and what it is about."""

    def vector_of(self, text: str) -> NDArray[float32] | None:
        """The vector that `understand` takes; None without an encoder."""
        ...

    def read(self, text: str, language: str = "und") -> Guess:
        """Tell what the message is about."""
        ...


def understand_lines(
    lines: Iterable[str], today: date | None = None, listener: Listener | None = None
) -> Iterator[str]:
    """One JSON object for each line, in order; blank lines too.

    A line may be of any length (its head and tail are looked at) and may hold what could not
    be decoded, as replacement characters or surrogates. *today* is the day that "next friday"
    is reckoned from. Only with *listener* is an intent told, and heard what no list has.
    """
    for found in found_in(lines, today, listener):
        yield json.dumps(found)


def found_in(
    lines: Iterable[str], today: date | None = None, listener: Listener | None = None
) -> Iterator[dict[str, Any]]:
    """What `understand_lines` tells, one dict for each line."""
    for line in lines:
        text = line.rstrip("\r\n")
        vector = listener.vector_of(text) if listener is not None and wants_vector(text) else None
        found = understand(text, today=today, vector=vector)
        told = _told(text, found)
        yield told if listener is None else told | {"intent": _intent(text, found, listener)}


def _intent(text: str, found: Understanding, listener: Listener) -> dict[str, Any]:
    guess = listener.read(text, found.language)
    return {
        "label": guess.label,
        "confidence": round(guess.confidence, 4),
        "top": [{"label": name, "probability": round(p, 4)} for name, p in guess.top],
    }


def _told(text: str, found: Understanding) -> dict[str, Any]:
    signals = [
        {
            "kind": each.kind,
            "family": each.family,
            "confidence": round(each.confidence, 4),
            "evidence": text[each.start : each.end],
        }
        for each in found.signals
    ]
    return {
        "wants_human": found.wants_human,
        "language": found.language,
        "score": round(found.score, 4),
        "because": found.because,
        "signals": signals,
        "entities": [_entity(each) for each in found.entities],
    }


def _entity(found: Entity) -> dict[str, Any]:
    value = found.value
    return {
        "kind": found.kind,
        "text": found.text,
        "start": found.start,
        "end": found.end,
        "value": asdict(value) if isinstance(value, Amount) else value,
    }
