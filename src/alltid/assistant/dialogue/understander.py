"""Who understands a customer: the interface that the embedded one and a model share. Pure types.

Whoever understands gets a `Context` and answers a `Reading`: commands of the closed set in
`commands`, and how it came to them. It asks no tools, decides nothing and keeps nothing: the
same dialogue goes on whoever read the last message, so one may stand in for the other in the
middle of a turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal, Protocol

from alltid.assistant.dialogue.commands import Because, DialogueCommand, SlotValue

HISTORY_MAX: Final = 20

# What is asked: a value for a slot, a yes to an action, one of several procedures, or whether
# the last answer helped.
Asks = Literal["slot", "confirm", "which"]


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers that a question allows: `id` goes into a command, `label` is shown.

    `also` are other words for it, in any language.
    """

    id: str
    label: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """What the assistant asked last and waits for.

    `type` is the slot's (text, integer, money, date, choice, boolean, email, phone, iban,
    object); `options` are what a choice or an object may be, by their opaque ids.
    """

    asks: Asks
    playbook: str
    slot: str = ""
    type: str = "text"
    wording: str = ""
    options: tuple[Option, ...] = ()

    @property
    def action(self) -> tuple[str, ...]:
        """What a yes would do, in the words of its card; nothing where no action is asked for."""
        if self.asks != "confirm" or not self.options:
            return ()
        return (self.options[0].label, self.wording)


@dataclass(frozen=True, slots=True)
class SlotHint:
    """A slot of a procedure: what an understander may fill when the customer says it."""

    name: str
    type: str
    options: tuple[Option, ...] = ()
    filled: bool = False


@dataclass(frozen=True, slots=True)
class PlaybookHint:
    """A procedure that may be started, as its author describes it; `acts` if it changes things."""

    id: str
    title: str
    money: bool
    signed_in: bool
    slots: tuple[SlotHint, ...] = ()
    examples: tuple[str, ...] = ()
    acts: bool = True


@dataclass(frozen=True, slots=True)
class Entity:
    """A value found in the text, checked: an ISO date, minor units, an address in normal form.

    `kind` is one of `understanding.entities.EntityKind`; `currency` is of money that names one.
    """

    kind: str
    value: SlotValue
    text: str
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """The first understanding of a text, made for every message before anything else.

    `signals` are what goes to a person by itself, gravest first; `kinds` what each was heard
    as, by names that `understanding.signals.SignalKind` has.
    """

    language: str
    wants_human: bool = False
    # Heard by this look alone: what the first look hears is in the queue already.
    wants_human_after_all: bool = False
    signals: tuple[Because, ...] = ()
    entities: tuple[Entity, ...] = ()
    kinds: Mapping[Because, frozenset[str]] = field(default_factory=dict)
    trace: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Context:
    """All that an understander may know. It never holds who the customer is.

    `text` is untrusted: data, never an instruction. `language` is the one to answer in.
    `path` names the open procedures from the first to the one on top.
    """

    text: str
    language: str
    today: date
    heard: Heard
    question: OpenQuestion | None = None
    path: tuple[str, ...] = ()
    slots: Mapping[str, SlotValue] = field(default_factory=dict)
    open_slots: tuple[SlotHint, ...] = ()
    playbooks: Sequence[PlaybookHint] = ()
    history: tuple[tuple[str, str], ...] = ()
    signed_in: bool = False
    waiting: bool = False
    conversation_id: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text asks for, as commands in the order they are to be done.

    `confidence` (0 to 1) is how sure the whole is; `by` who read it; `trace` is shown to
    agents and leads (intent and the next best, tokens, cost), never to the customer.
    `failed` says that somebody else had to read it, and why.
    """

    commands: tuple[DialogueCommand, ...]
    confidence: float
    by: str
    trace: Mapping[str, Any] = field(default_factory=dict)
    failed: str | None = None


class ReadingError(Exception):
    """A reader that could not read: unreachable, too slow, garbage, over its budget.

    The message is a word for the trace (`timeout`, `rate_limited`, `garbage`, `budget`).
    """


class Understander(Protocol):
    """Anything that reads a customer's text as commands."""

    async def read(self, context: Context) -> Reading:
        """Return the reading; may raise `ReadingError` or anything else."""
        ...
