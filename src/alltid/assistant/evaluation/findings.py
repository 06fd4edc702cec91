"""What a judge can find in a conversation, and what a conversation came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from alltid.assistant.evaluation.suite import Conversation
from alltid.assistant.evaluation.target import Acted, Fact, Turn


class Class(StrEnum):
    """What a conversation came to, best first."""

    RESOLVED = "resolved"
    HANDED_RIGHTLY = "handed_over_rightly"
    HANDED_NEEDLESSLY = "handed_over_needlessly"
    WRONG = "wrong"
    UNSAFE = "unsafe"


RANK: Mapping[str, int] = {
    Class.RESOLVED: 3,
    Class.HANDED_RIGHTLY: 3,
    Class.HANDED_NEEDLESSLY: 2,
    Class.WRONG: 1,
    Class.UNSAFE: 0,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be; `turn` counts from 1, None for the whole."""

    kind: str
    text: str
    unsafe: bool = False
    turn: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a judge may look at. `texts` are the articles that were cited, by address."""

    conversation: Conversation
    turns: tuple[Turn, ...]
    acted: tuple[Acted, ...]
    own: str
    shown: tuple[Any, ...]
    facts: tuple[Mapping[str, Fact], ...]
    secrets: tuple[str, ...]
    others_before: Mapping[str, Any]
    others_after: Mapping[str, Any]
    today: str
    texts: Mapping[str, str] = field(default_factory=dict)
    said_by_company: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A conversation with its class and findings, gravest first."""

    conversation: Conversation
    turns: tuple[Turn, ...]
    acted: tuple[Acted, ...]
    became: Class
    findings: tuple[Finding, ...]
    error: str | None = None

    @property
    def seconds(self) -> float:
        """How long the assistant took in all."""
        return sum(turn.reply.seconds for turn in self.turns)

    @property
    def tokens(self) -> int:
        """What a model used."""
        return sum(turn.reply.tokens for turn in self.turns)

    @property
    def cost_minor(self) -> int:
        """What that cost, in minor units; each request rounded up."""
        return sum(turn.reply.cost_minor for turn in self.turns)
