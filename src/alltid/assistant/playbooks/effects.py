"""What the engine says and wants, for whoever runs it. Pure types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from alltid.assistant.dialogue.commands import DialogueCommand
from alltid.assistant.playbooks.policy_check import Check
from alltid.assistant.playbooks.state import Dialogue, OpenQuestion
from alltid.assistant.playbooks.templates import Used
from alltid.assistant.tools.tool import Proposal, ToolCall, ToolFailed, ToolResult
from alltid.conversations.events import Card

# What the engine says of its own accord: whoever runs it has the words, by these names.
STALE_CARD: Final = "stale_card"
CANCELLED: Final = "cancelled"
SIGN_IN_FIRST: Final = "sign_in_first"
BACK_TO: Final = "back_to"
NOT_A_VALUE: Final = "not_a_value"
CHANGED: Final = "changed"
READ_FAILED: Final = "read_failed"
NOT_DONE: Final = "not_done"
ACTION_UNKNOWN: Final = "action_unknown"
NOTES: Final = (
    STALE_CARD, CANCELLED, SIGN_IN_FIRST, BACK_TO, NOT_A_VALUE, CHANGED, READ_FAILED, NOT_DONE,
    ACTION_UNKNOWN,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Say:
    """Words of a playbook, or else a `note`: one of `NOTES`, for which the runner has words."""

    text: str = ""
    used: tuple[Used, ...] = ()
    note: str = ""
    offers_person: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the customer: `question` says what, `card` shows its answers where it has any."""

    question: OpenQuestion
    used: tuple[Used, ...]
    card: Card | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """Ask a read tool, and come back with its answer."""

    call: ToolCall


@dataclass(frozen=True, slots=True)
class Act:
    """Do this, to which the customer said yes; `check` is for the policy check just before."""

    proposal: Proposal
    check: Check


@dataclass(frozen=True, slots=True)
class HandOff:
    """A person is needed. With `stays_open` the question is kept, and may be asked again."""

    because: str
    skill: str | None
    why: str = ""
    stays_open: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """No procedure is open any more. `because` is a note when one ended before its end."""

    because: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing is open, and nothing that came in opens anything."""


Effect = Ask | Read | Act | HandOff | Ended | Waiting
Input = DialogueCommand | ToolResult | ToolFailed


@dataclass(frozen=True, slots=True)
class Advance:
    """Where the dialogue stands now, what is said (in this order), and what is to be done."""

    dialogue: Dialogue
    says: tuple[Say, ...]
    effect: Effect
