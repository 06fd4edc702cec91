"""What a person who takes over is told, so that the customer repeats nothing. Pure.

All of it is fact: what was said (in the customer's words), given, tried and answered, and which
row of the handoff policy decided. Of tone it says what can be seen in the letters, and draws no
conclusion about anybody's feelings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from alltid.assistant.dialogue.handoff_policy import VERSION, Verdict
from alltid.assistant.dialogue.state import Tried
from alltid.conversations.summary import Line

VALUE_CHARACTERS_MAX: Final = 300
QUOTE_CHARACTERS_MAX: Final = 300
_SHOUTED_LETTERS: Final = 12
_SHOUTED_SHARE: Final = 0.7
_MARKS: Final = re.compile(r"[!?]{2,}")
_MESSAGES_IN_ROW: Final = 3


@dataclass(frozen=True, slots=True)
class Given:
    """A value that the customer gave: of which procedure and slot, and how it is shown."""

    playbook: str
    slot: str
    value: str


@dataclass(frozen=True, slots=True)
class Packet:
    """The whole of it."""

    summary: tuple[Line, ...]
    given: tuple[Given, ...]
    tried: tuple[Tried, ...]
    articles: tuple[tuple[str, str], ...]
    row: str
    because: str | None
    skill: str | None
    language: str
    tone: tuple[str, ...]
    open_playbook: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as it is stored and shown; `policy` is the version that decided."""
        return {
            "summary": [
                {"part": each.part, "version": each.version, "text": each.text}
                for each in self.summary
            ],
            "given": [
                {"playbook": each.playbook, "slot": each.slot, "value": each.value}
                for each in self.given
            ],
            "tried": [
                {"kind": each.kind, "name": each.name, "outcome": each.outcome}
                for each in self.tried
            ],
            "articles": [{"title": title, "url": url} for title, url in self.articles],
            "row": self.row,
            "because": self.because,
            "skill": self.skill,
            "policy": VERSION,
            "language": self.language,
            "tone": list(self.tone),
            "open_playbook": self.open_playbook,
        }


def packet_of(
    verdict: Verdict,
    *,
    summary: Sequence[Line],
    given: Sequence[Given],
    tried: Sequence[Tried],
    articles: Sequence[tuple[str, str]],
    language: str,
    customer_wrote: Sequence[str],
    open_playbook: str | None = None,
) -> Packet:
    """Put the packet together; `customer_wrote` are the customer's messages, oldest first."""
    return Packet(
        tuple(summary),
        tuple(_short(each) for each in given),
        tuple(tried),
        tuple(articles),
        verdict.row,
        None if verdict.because is None else str(verdict.because),
        verdict.skill,
        language,
        tone_of(customer_wrote),
        open_playbook,
    )


def tone_of(texts: Sequence[str]) -> tuple[str, ...]:
    """Say what can be seen of how somebody writes: in capitals, with many marks, over again."""
    found = []
    if any(_shouted(text) for text in texts):
        found.append("in_capitals")
    if any(_MARKS.search(text) for text in texts):
        found.append("repeated_marks")
    if len(texts) >= _MESSAGES_IN_ROW and len({text.strip().casefold() for text in texts}) < len(
        texts
    ):
        found.append("repeats_messages")
    return tuple(found)


def with_actions(packet: Mapping[str, Any], begun: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return a stored packet with the actions of the ledger (tool, state) that it doesn't tell."""
    told = [each["name"] for each in packet["tried"] if each["kind"] == "action"]
    tried = list(packet["tried"])
    for tool, state in begun:
        if tool in told:
            told.remove(tool)
            continue
        outcome = "done" if state == "executed" else state
        tried.append({"kind": "action", "name": tool, "outcome": outcome})
    return {**packet, "tried": tried}


def concealed(packet: Mapping[str, Any], mask: Callable[[str], str]) -> dict[str, Any]:
    """Return a stored packet as an agent may see it: personal data in it masked (P8)."""
    return {
        **packet,
        "summary": [{**each, "text": mask(each["text"])} for each in packet["summary"]],
        "given": [{**each, "value": mask(each["value"])} for each in packet["given"]],
        "quote": mask(packet["quote"]) if packet.get("quote") else None,
    }


def concealed_trace(trace: Any, mask: Callable[[str], str]) -> Any:
    """Return any part of a stored trace with the personal data in its texts masked (P8)."""
    if isinstance(trace, str):
        return mask(trace)
    if isinstance(trace, Mapping):
        return {name: concealed_trace(value, mask) for name, value in trace.items()}
    if isinstance(trace, list):
        return [concealed_trace(each, mask) for each in trace]
    return trace


def _short(given: Given) -> Given:
    return Given(given.playbook, given.slot, given.value[:VALUE_CHARACTERS_MAX])


def _shouted(text: str) -> bool:
    letters = [each for each in text if each.isalpha()]
    upper = sum(each.isupper() for each in letters)
    return len(letters) >= _SHOUTED_LETTERS and upper >= _SHOUTED_SHARE * len(letters)
