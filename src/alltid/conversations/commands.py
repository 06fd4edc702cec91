"""What people and the assistant may ask of a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alltid.conversations.events import Attachment, Card, Chosen, Reason, Source


@dataclass(frozen=True, slots=True)
class Open:
    """Open the customer's conversation with the assistant's first sentence."""

    customer_id: str
    language: str
    opening: str
    assistant_name: str


@dataclass(frozen=True, slots=True)
class ChooseLanguage:
    """The customer switches to another language."""

    language: str


@dataclass(frozen=True, slots=True)
class Say:
    """A customer's message; `client_id` makes sending it again a no-op."""

    client_id: str
    text: str
    attachments: tuple[Attachment, ...] = ()
    wants_human: bool = False
    chosen: Chosen | None = None


@dataclass(frozen=True, slots=True)
class AskForHuman:
    """The button. Nothing refuses it while the conversation exists.

    A press that was stored under its `client_id` and is sent again asks for nothing new.
    """

    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class StayWithAssistant:
    """The customer leaves the queue by their own choice; sent again it changes nothing."""

    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class BookCallback:
    """The customer, who waits, chooses to be answered at the quarter-hour that begins `at`.

    Whether that quarter has an agent to spare is asked before, of the book of callbacks.
    """

    at: datetime


@dataclass(frozen=True, slots=True)
class CancelCallback:
    """The customer gives the callback up and waits in line, at the old place."""


@dataclass(frozen=True, slots=True)
class ChooseWrittenAnswer:
    """The customer, who waits, need not be there: an answer in writing is enough."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """A person should take over: why, and the skill that it needs, if one is known."""

    because: str
    skill: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerAsAssistant:
    """The assistant's answer to the customer message of version `in_reply_to`.

    With `hands_over` the customer is in the human queue as soon as it is said.
    """

    in_reply_to: int
    text: str
    assistant_name: str
    sources: tuple[Source, ...] = ()
    offers_human: bool = False
    card: Card | None = None
    trace_id: str | None = None
    hands_over: HandOver | None = None


@dataclass(frozen=True, slots=True)
class GiveUpAsAssistant:
    """The assistant could not answer in time: a person takes over (P2)."""

    in_reply_to: int


@dataclass(frozen=True, slots=True)
class Take:
    """An agent takes a waiting conversation."""

    agent_id: str
    name: str


@dataclass(frozen=True, slots=True)
class SayAsAgent:
    """An agent's message."""

    agent_id: str
    name: str
    client_id: str
    text: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class ReturnToQueue:
    """The agent gives the conversation back; `because` is `agent` or `agent_gone`."""

    agent_id: str
    because: str = "agent"


@dataclass(frozen=True, slots=True)
class Resolve:
    """The agent closes the conversation with a reason and a note.

    `seen` is the version up to which the agent's screen showed the conversation, if it said.
    """

    agent_id: str
    name: str
    reason: Reason
    note: str
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """The customer's verdict on a resolved conversation."""

    solved: bool
    score: int | None = None
    comment: str | None = None


Command = (
    Open
    | ChooseLanguage
    | Say
    | AskForHuman
    | StayWithAssistant
    | BookCallback
    | CancelCallback
    | ChooseWrittenAnswer
    | AnswerAsAssistant
    | GiveUpAsAssistant
    | Take
    | SayAsAgent
    | ReturnToQueue
    | Resolve
    | Rate
)
