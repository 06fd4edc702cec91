"""The frames that go out over both sockets, as types and as JSON Schema."""

from __future__ import annotations

from typing import Any, Final, Literal, NotRequired

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from alltid.web.arranging import Arranged, Options
from alltid.web.offer_frames import OfferOver, SessionShown


class Answering(TypedDict):
    """Who is answering now."""

    kind: Literal["assistant", "agent"]
    name: str


class Mark(TypedDict):
    """Versions up to which a side has received and read."""

    delivered: int
    read: int


class Ack(TypedDict):
    """It is on disk, at `version`."""

    type: Literal["ack"]
    client_id: str
    version: int
    conversation: NotRequired[str]


class ErrorOut(TypedDict):
    """What went wrong, for the one who caused it. A fatal one closes the socket."""

    type: Literal["error"]
    client_id: str | None
    code: str
    message: str
    retry_after_seconds: float | None
    fatal: bool
    conversation: NotRequired[str]


class CustomerWelcome(TypedDict):
    """The answer to a customer's hello."""

    type: Literal["welcome"]
    conversation: str
    customer: dict[str, str | None]
    version: int
    status: str
    answering: Answering
    marks: dict[str, Mark]
    company: str
    has_earlier: bool


class Items(TypedDict):
    """New items of a conversation, in order."""

    type: Literal["items"]
    conversation: str
    version: int
    items: list[dict[str, Any]]
    status: NotRequired[str]
    answering: NotRequired[Answering]


class AgentItems(Items):
    """The same for agents; a first page also says whose conversation it is."""

    customer: NotRequired[dict[str, str | None]]
    has_earlier: NotRequired[bool]


class WaitRange(TypedDict):
    """An honest range."""

    low_seconds: int
    high_seconds: int


class QueuePlace(TypedDict):
    """The customer's own place; `wait` is null while nobody is online."""

    type: Literal["queue"]
    place: int
    ahead: int
    wait: WaitRange | None
    online: int
    options: NotRequired[Options]
    # As in `arranged`, for a callback whose time has come and for a written answer.
    callback_at: NotRequired[str | None]
    written: NotRequired[bool]


class WaitingCard(TypedDict):
    """A customer in line, as agents see it: no words of theirs before it is taken."""

    conversation: str
    place: int
    waiting_seconds: int
    asked_at: str
    how: str
    language: str
    topic: str | None


class AgentQueue(TypedDict):
    """The head of the line, for agents who are online."""

    type: Literal["queue"]
    waiting: list[WaitingCard]
    online_agents: int


class Card(TypedDict):
    """One of the agent's conversations, in short."""

    conversation: str
    status: str
    customer: dict[str, str | None]
    language: str
    last_at: str | None
    unread: int


class CardFrame(Card):
    """The agent's own list has changed."""

    type: Literal["card"]


class CustomerTyping(TypedDict):
    """Somebody writes to the customer."""

    type: Literal["typing"]
    who: Literal["agent", "assistant"]
    name: str


class DraftFrame(TypedDict):
    """What the assistant has written so far of an answer that isn't stored yet."""

    type: Literal["draft"]
    name: str
    text: str


class AgentTyping(TypedDict):
    """The customer writes."""

    type: Literal["typing"]
    conversation: str
    who: Literal["customer"]


class Marks(Mark):
    """How far the other side has received and read; agents also get the conversation."""

    type: Literal["marks"]
    party: Literal["customer", "agent"]
    conversation: NotRequired[str]


class History(TypedDict):
    """What came before; agents also get the conversation."""

    type: Literal["history"]
    items: list[dict[str, Any]]
    has_earlier: bool
    conversation: NotRequired[str]


class Pong(TypedDict):
    """Yes, someone is here."""

    type: Literal["pong"]


class Online(TypedDict):
    """The switch's position, on each of the agent's devices."""

    type: Literal["online"]
    online: bool
    since: str | None


class Gone(TypedDict):
    """A conversation left the agent's hands."""

    type: Literal["gone"]
    conversation: str
    because: Literal["returned", "resolved", "taken"]


class BesideChanged(TypedDict):
    """Something beside the conversation changed: ask for it again over HTTP."""

    type: Literal["beside"]
    conversation: str


class AgentWelcome(TypedDict):
    """The answer to an agent's hello."""

    type: Literal["welcome"]
    agent: dict[str, Any]
    online: bool
    online_since: str | None
    conversations: list[Card]


TO_CUSTOMER: Final[TypeAdapter[Any]] = TypeAdapter(
    CustomerWelcome
    | Items
    | QueuePlace
    | Arranged
    | Ack
    | ErrorOut
    | CustomerTyping
    | DraftFrame
    | Marks
    | History
    | Pong
)
TO_AGENT: Final[TypeAdapter[Any]] = TypeAdapter(
    AgentWelcome
    | AgentQueue
    | AgentItems
    | CardFrame
    | Online
    | SessionShown
    | OfferOver
    | Gone
    | BesideChanged
    | Ack
    | ErrorOut
    | AgentTyping
    | Marks
    | History
    | Pong
)
