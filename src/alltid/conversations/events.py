"""What can happen in a conversation: the facts that are stored, for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """Where a conversation is. All but `RESOLVED` are open."""

    ASSISTANT = "assistant"
    WAITING = "waiting"
    AGENT = "agent"
    RESOLVED = "resolved"


class Turn(StrEnum):
    """Who owes the next word: what P2 calls the owner of a message."""

    CUSTOMER = "customer"
    ASSISTANT = "assistant"
    QUEUE = "queue"
    CALLBACK = "callback"
    AGENT = "agent"


class Asked(StrEnum):
    """How a conversation came into the human queue."""

    BUTTON = "button"
    SENTENCE = "sentence"
    ASSISTANT_FAILED = "assistant_failed"
    HANDED_OVER = "handed_over"


class Reason(StrEnum):
    """Why an agent closed a conversation."""

    SOLVED = "solved"
    NOT_SOLVABLE = "not_solvable"
    CUSTOMER_LEFT = "customer_left"
    DUPLICATE = "duplicate"
    OTHER = "other"


class Author(StrEnum):
    """Who wrote a message."""

    CUSTOMER = "customer"
    ASSISTANT = "assistant"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A stored file as a message names it; `size` in bytes."""

    id: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Source:
    """The article that an answer rests on. `date` (ISO, YYYY-MM-DD) says how fresh it is."""

    title: str
    url: str
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A button of a card. `style` is "primary" for the one thing to do next, else "plain"."""

    id: str
    label: str
    style: str = "plain"


@dataclass(frozen=True, slots=True)
class Card:
    """What an assistant's message lets the customer press: a question with its answers.

    `kind` is "choose", or "confirm" for an action: then `action` is the hash of exactly what
    will be done, and `lines` say it as pairs of label and value.
    """

    kind: str
    title: str
    choices: tuple[Choice, ...]
    lines: tuple[tuple[str, str], ...] = ()
    action: str | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """A press on a card: the version of the message that showed it, and the choice's id."""

    card: int
    choice: str


@dataclass(frozen=True, slots=True)
class ConversationOpened:
    """A customer's conversation began."""

    customer_id: str
    language: str


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """The customer reads in another language from now on."""

    language: str


@dataclass(frozen=True, slots=True)
class MessageSent:
    """Somebody wrote. `wants_human` is what the first look saw in a customer's words.

    `trace_id` names the record of how an assistant's answer came about.
    """

    author: Author
    text: str
    author_id: str | None = None
    author_name: str | None = None
    client_id: str | None = None
    attachments: tuple[Attachment, ...] = ()
    sources: tuple[Source, ...] = ()
    in_reply_to: int | None = None
    wants_human: bool = False
    offers_human: bool = False
    discloses_ai: bool = False
    card: Card | None = None
    chosen: Chosen | None = None
    trace_id: str | None = None


@dataclass(frozen=True, slots=True)
class HumanRequested:
    """The customer is in the human queue from this moment."""

    how: Asked
    client_id: str | None = None
    # Why the assistant handed over, and the skill that it needs.
    because: str | None = None
    skill: str | None = None


@dataclass(frozen=True, slots=True)
class QueueLeft:
    """The customer chose to go on with the assistant instead."""

    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class CallbackBooked:
    """The customer waits for a person at that time; the ticket is kept."""

    at: datetime


@dataclass(frozen=True, slots=True)
class CallbackCancelled:
    """The customer waits in line again, at the old ticket."""


@dataclass(frozen=True, slots=True)
class WrittenAnswerChosen:
    """The customer need not be there: whoever takes it answers in writing."""


@dataclass(frozen=True, slots=True)
class WrittenAnswerCancelled:
    """The customer is there after all, and waits for a person."""


@dataclass(frozen=True, slots=True)
class AssistantGaveUp:
    """The assistant could not answer the message of version `in_reply_to` in time."""

    in_reply_to: int


@dataclass(frozen=True, slots=True)
class AgentJoined:
    """An agent took the conversation."""

    agent_id: str
    name: str


@dataclass(frozen=True, slots=True)
class ReturnedToQueue:
    """The agent gave the conversation back, or was gone; the place in line is the old one."""

    agent_id: str
    because: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """The agent closed the conversation, with a wrap-up."""

    agent_id: str
    name: str
    reason: Reason
    note: str


@dataclass(frozen=True, slots=True)
class Reopened:
    """The customer came back after a resolution."""


@dataclass(frozen=True, slots=True)
class Rated:
    """The customer's own verdict. `score` is 1 to 5."""

    solved: bool
    score: int | None
    comment: str | None


Event = (
    ConversationOpened
    | LanguageChosen
    | MessageSent
    | HumanRequested
    | QueueLeft
    | CallbackBooked
    | CallbackCancelled
    | WrittenAnswerChosen
    | WrittenAnswerCancelled
    | AssistantGaveUp
    | AgentJoined
    | ReturnedToQueue
    | Resolved
    | Reopened
    | Rated
)


@dataclass(frozen=True, slots=True)
class Fact:
    """An event with its place in the conversation (from 1) and its moment."""

    version: int
    at: datetime
    event: Event
