"""The closed set of commands in which everybody who understands a customer speaks. Pure.

The embedded understander and a model emit the same commands and nothing else; what they lead
to is decided by the handoff policy and the playbook engine. No command names a customer, a
tool or an object's id: a model can't ask for what isn't in this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

SlotValue = str | int | bool
COMMANDS_MAX: Final = 8


class Because(StrEnum):
    """Why a conversation goes, or should go, to a person."""

    ASKED = "asked"
    BEREAVEMENT = "bereavement"
    DEBT = "debt"
    ILLNESS = "illness"
    SELF_HARM = "self_harm"
    COERCION = "coercion"
    DISTRESS = "distress"
    COMPLAINT = "complaint"
    DISPUTE = "dispute"
    LEGAL_RIGHT = "legal_right"
    FRAUD = "fraud"
    THREAT = "threat"
    SAME_PROBLEM = "same_problem"
    NOT_UNDERSTOOD = "not_understood"
    UNSURE_ABOUT_MONEY = "unsure_about_money"
    GUARD_REFUSED = "guard_refused"
    MODEL_FAILED = "model_failed"
    TOOL_FAILED = "tool_failed"
    PLAYBOOK = "playbook"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class StartPlaybook:
    """Begin this procedure, with what the customer has said already by slot."""

    playbook: str
    slots: Mapping[str, SlotValue] = field(default_factory=dict)
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class FillSlot:
    """A value for a slot of the open procedure, in the customer's words or already read.

    With `corrects` the customer takes an earlier value back.
    """

    slot: str
    value: SlotValue
    corrects: bool = False


@dataclass(frozen=True, slots=True)
class Choose:
    """A tap on a card: the version of the message that showed it, and the choice's id."""

    card: int
    choice: str


@dataclass(frozen=True, slots=True)
class Affirm:
    """An unambiguous yes to what was asked last."""


@dataclass(frozen=True, slots=True)
class Deny:
    """A no to what was asked last."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """The customer wants to leave the open procedure."""


@dataclass(frozen=True, slots=True)
class AskKnowledge:
    """A question that an article may answer."""

    query: str


@dataclass(frozen=True, slots=True)
class Clarify:
    """It isn't clear which of these procedures is meant; none for not understood at all."""

    playbooks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SmallTalk:
    """A greeting, thanks, or a question about the assistant itself."""

    kind: str


@dataclass(frozen=True, slots=True)
class GoToPerson:
    """A person should take over."""

    because: Because


DialogueCommand = (
    StartPlaybook
    | FillSlot
    | Choose
    | Affirm
    | Deny
    | Cancel
    | AskKnowledge
    | Clarify
    | SmallTalk
    | GoToPerson
)
