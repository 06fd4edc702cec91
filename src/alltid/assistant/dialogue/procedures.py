"""The playbook engine as a turn uses it: what it says, what it asks for, what is open.

One adapter, so that a turn speaks of steps and words, and the engine keeps its own state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from alltid.assistant.dialogue.commands import Because, DialogueCommand
from alltid.assistant.dialogue.packet import Given
from alltid.assistant.dialogue.understander import OpenQuestion, PlaybookHint, SlotHint
from alltid.assistant.tools.tool import Proposal, ToolCall, ToolFailed, ToolResult
from alltid.conversations.events import Card


@dataclass(frozen=True, slots=True)
class Say:
    """Words of a procedure as the customer reads them, and the values they show."""

    text: str
    values: tuple[Any, ...] = ()
    offers_person: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """A read tool is to be asked."""

    call: ToolCall


@dataclass(frozen=True, slots=True)
class Act:
    """An action that the customer has said yes to is to be done.

    `check` is what the company's limits are held against once more just before.
    """

    proposal: Proposal
    check: Any = None


@dataclass(frozen=True, slots=True)
class Ask:
    """The procedure waits for the customer; `says` before it holds the question."""

    card: Card | None = None


@dataclass(frozen=True, slots=True)
class ToPerson:
    """The procedure needs a person. `stays_open` keeps its question: it wasn't understood."""

    because: Because
    skill: str | None
    why: str = ""
    stays_open: bool = False


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing is open, or nothing was changed by the input."""


Effect = Read | Act | Ask | ToPerson | Nothing
Input = DialogueCommand | ToolResult | ToolFailed


@dataclass(frozen=True, slots=True)
class Step:
    """What an input led to. `dialogue` is the engine's own state.

    `ended` are playbooks that came to their end, with how (`done`, `declined`, `left`).
    """

    dialogue: Any
    says: tuple[Say, ...] = ()
    effect: Effect = field(default_factory=Nothing)
    ended: tuple[tuple[str, str], ...] = ()
    trace: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Here:
    """What stands open, as an understander is told.

    `asked` names the very question, with all that it shows and does: only a question that the
    customer has seen, and that is still the same, can be answered with a yes.
    """

    question: OpenQuestion | None = None
    path: tuple[str, ...] = ()
    slots: Mapping[str, Any] = field(default_factory=dict)
    given: tuple[Given, ...] = ()
    asked: str = ""


class Procedures(Protocol):
    """The company's playbooks and the engine that runs them; pure, and never raises."""

    def hints(self, language: str) -> Sequence[PlaybookHint]:
        """Return what may be started, with titles in the language."""
        ...

    def cares_for(self, playbook: str) -> frozenset[str]:
        """Return the kinds of signals that a playbook does its safe steps for itself."""
        ...

    def skill_of(self, playbook: str) -> str | None:
        """Return the skill of whoever takes over from it."""
        ...

    def load(self, data: Mapping[str, Any] | None) -> Any:
        """Return the engine's state from its JSON; an empty one for what can't be read."""
        ...

    def dump(self, dialogue: Any) -> Mapping[str, Any]:
        """Return the state as JSON."""
        ...

    def here(self, dialogue: Any) -> Here:
        """Return what stands open."""
        ...

    def open_slots(self, dialogue: Any, language: str) -> tuple[SlotHint, ...]:
        """Return the slots of the procedure on top, with what they offer now.

        Apart from `here`, which is asked several times a turn: this words every choice.
        """
        ...

    def lines(self, dialogue: Any, language: str) -> tuple[tuple[str, str], ...]:
        """Return what the open card shows, as label and value; nothing without one."""
        ...

    def advance(self, dialogue: Any, inputs: Sequence[Input], scene: Scene) -> Step:
        """Take inputs in; with none, ask the open question again."""
        ...


@dataclass(frozen=True, slots=True)
class Scene:
    """What a turn brings along; `now` is in the company's own time zone."""

    now: Any
    language: str
    signed_in: bool
    company: str
