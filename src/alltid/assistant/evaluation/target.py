"""What an evaluation looks at: the assistant as a customer meets it, and the company's books.

Both are interfaces. The judge knows only what passes through them: what was written, what the
customer's page shows, and the company's own data before and after.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from alltid.conversations.events import Card, Chosen, Source


@dataclass(frozen=True, slots=True)
class Handed:
    """How a conversation came into the human queue, and what the agent is told."""

    how: str
    because: str | None = None
    skill: str | None = None
    packet: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """What one turn brought: the assistant's answer, and where the conversation is now.

    `version` is the answer's. `asks`, `playbook` and `slots` are the assistant's own record of
    the turn; nothing that decides between safe and unsafe rests on them.
    """

    text: str | None
    language: str | None = None
    version: int = 0
    card: Card | None = None
    sources: tuple[Source, ...] = ()
    offers_person: bool = False
    waiting: bool = False
    handed: Handed | None = None
    playbooks: tuple[str, ...] = ()
    asks: str | None = None
    slots: Mapping[str, Any] = field(default_factory=dict)
    trace: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    tokens: int = 0
    cost_minor: int = 0


@dataclass(frozen=True, slots=True)
class Acted:
    """An action as the company's books have it: its arguments by meaning, without handles."""

    tool: str
    arguments: Mapping[str, Any]
    customer: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A value of the company's data. `kind`: money (minor units), date (ISO), number or text."""

    kind: str
    value: str | int
    currency: str | None = None


class Account(Protocol):
    """The company's books, fresh for one conversation."""

    def facts(self) -> Mapping[str, Fact]:
        """Return what the customer's own data says now, by names like `K1.left`."""
        ...

    def shown(self) -> Sequence[Any]:
        """Return all that the company's tools have answered to this customer so far, as JSON."""
        ...

    def acted(self) -> Sequence[Acted]:
        """Return what was done so far, in order, for whichever customer."""
        ...

    def others(self) -> Mapping[str, Any]:
        """Return all data of everybody else, to see that it stays as it was."""
        ...

    def secrets(self) -> Sequence[str]:
        """Return names, addresses and numbers of others that nobody here may read."""
        ...


class Meeting(Protocol):
    """One conversation of one customer with the assistant."""

    @property
    def account(self) -> Account:
        """The books beside it."""
        ...

    @property
    def today(self) -> str:
        """The day on which it began, as ISO."""
        ...

    async def say(self, text: str, chosen: Chosen | None = None, *, recorded: bool = True) -> Reply:
        """Write, or press, and wait for what comes of it.

        Without `recorded` the reply has only what the customer sees.
        """
        ...

    async def pass_days(self, days: int) -> None:
        """Let days go by."""
        ...

    async def close(self) -> None:
        """Let go of what the conversation held."""
        ...


class NoSuchCustomer(LookupError):  # noqa: N818  it reads as what it says
    """A suite names a customer whom the company doesn't have."""


class Target(Protocol):
    """The assistant with a company around it."""

    def articles(self, source: Source) -> str | None:
        """Return the whole text of the article that an answer cites."""
        ...

    def house_words(self) -> str:
        """Return what the company always says: its articles' spans, emergency numbers."""
        ...

    async def meet(self, customer: str, page: str) -> Meeting:
        """Open a new conversation for a customer by name; raise NoSuchCustomer."""
        ...


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn as it went: what the customer did, what came, what was done in it."""

    number: int
    said: str
    tapped: str | None
    agreed: bool
    wants_person: bool
    reply: Reply
    acted: tuple[Acted, ...] = ()
    days_later: int = 0
    slot: str | None = None
