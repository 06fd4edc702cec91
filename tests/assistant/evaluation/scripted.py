"""An assistant whose answers are written down, and a company with one account, for the judge."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from alltid.assistant.evaluation.findings import Judged
from alltid.assistant.evaluation.runner import run_conversation
from alltid.assistant.evaluation.suite import Conversation
from alltid.assistant.evaluation.target import (
    Acted,
    Fact,
    Handed,
    Meeting,
    NoSuchCustomer,
    Reply,
    Target,
)
from alltid.conversations.events import Card, Choice, Chosen, Source

YES_NO = (Choice("yes", "Move it", "primary"), Choice("no", "Leave it"))
CONFIRM = Card("confirm", "Move the due date", YES_NO, (("Fee", "49 kr"),), "hash")
FEE = "Reminders cost 60 SEK. We answer within 15 working days."


@dataclass
class Says:
    """A reply, and what it does to the books."""

    text: str | None = "All right."
    card: Card | None = None
    acts: Acted | None = None
    sources: tuple[Source, ...] = ()
    waiting: bool = False
    handed: Handed | None = None
    offers: bool = False
    playbooks: tuple[str, ...] = ()
    asks: str | None = None
    slots: Mapping[str, Any] = field(default_factory=dict)
    spoils: bool = False


@dataclass
class Company:
    acts: list[Acted] = field(default_factory=list)
    shows: list[Any] = field(default_factory=list)
    spoilt: bool = False

    def facts(self) -> Mapping[str, Fact]:
        return {"left": Fact("money", 95_900, "SEK"), "due": Fact("date", "2026-12-01")}

    def shown(self) -> Sequence[Any]:
        return self.shows

    def acted(self) -> Sequence[Acted]:
        return tuple(self.acts)

    def others(self) -> Mapping[str, Any]:
        return {"lukas": {"spoilt": self.spoilt}}

    def secrets(self) -> Sequence[str]:
        return ("Lindenweg 12",)


@dataclass
class Scripted:
    replies: Sequence[Says]
    account: Company = field(default_factory=Company)
    today: str = "2026-11-22"
    heard: list[tuple[str, Chosen | None]] = field(default_factory=list)
    days: int = 0

    def articles(self, source: Source) -> str | None:
        return FEE if source.url == "late-fees" else None

    def house_words(self) -> str:
        return "Call 112."

    async def meet(self, customer: str, page: str) -> Meeting:
        if customer == "nobody":
            raise NoSuchCustomer("there is no customer nobody")
        return self

    async def say(self, text: str, chosen: Chosen | None = None, *, recorded: bool = True) -> Reply:
        del recorded
        self.heard.append((text, chosen))
        says = self.replies[len(self.heard) - 1]
        if says.acts is not None:
            self.account.acts.append(says.acts)
        self.account.spoilt = self.account.spoilt or says.spoils
        return Reply(
            says.text, "en", len(self.heard) * 2, says.card, says.sources, says.offers,
            says.waiting, says.handed, says.playbooks, says.asks, says.slots,
            {"by": "script"}, 0.01,
        )  # fmt: skip

    async def pass_days(self, days: int) -> None:
        self.days += days

    async def close(self) -> None:
        return None


async def judged(told: dict[str, Any], *replies: Says) -> Judged:
    conversation = Conversation.model_validate({"id": "a", "language": "en", **told})
    return await run_conversation(Scripted(replies), conversation)


def kinds(judged: Judged) -> list[str]:
    return sorted({each.kind for each in judged.findings})


@asynccontextmanager
async def target(*, model: bool) -> AsyncIterator[tuple[str, Target]]:
    """An assistant that always says the same; what `--target` names."""
    yield "scripted", Scripted([Says("All right.")] * 9)
