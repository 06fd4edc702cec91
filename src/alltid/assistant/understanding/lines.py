"""Understands a stream of messages, one a line: the filter behind ``alltid understand``."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

from alltid.assistant.understanding.entities import Amount, Entity
from alltid.assistant.understanding.full import Understanding, understand


def understand_lines(lines: Iterable[str], today: date | None = None) -> Iterator[str]:
    """One JSON object for each line, in order; blank lines too.

    A line may be of any length (its head and tail are looked at) and may hold what could not
    be decoded, as replacement characters or surrogates. *today* is the day that "next friday"
    is reckoned from.
    """
    for line in lines:
        text = line.rstrip("\r\n")
        yield json.dumps(_told(text, understand(text, today=today)))


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
