"""The frames of both sockets: what comes in is checked here, what goes out is typed here.

`alltid frames` prints their JSON Schema, from which the front end's types are checked.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, NotRequired

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter
from typing_extensions import TypedDict

from alltid.conversations.conversation import ATTACHMENTS_LIMIT, NOTE_LIMIT, TEXT_LIMIT
from alltid.conversations.events import Reason

FRAME_BYTES_MAX: Final = 65_536
HISTORY_MAX: Final = 200
VERSION_MAX: Final = 2**31 - 1


def _storable(text: str) -> str:
    # PostgreSQL has no NUL in text.
    return text.replace("\x00", "")


Id = Annotated[
    str,
    StringConstraints(
        pattern=r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
        to_lower=True,
    ),
]
Version = Annotated[int, Field(ge=0, le=VERSION_MAX)]
Text = Annotated[str, StringConstraints(max_length=TEXT_LIMIT), AfterValidator(_storable)]
Note = Annotated[str, StringConstraints(max_length=NOTE_LIMIT), AfterValidator(_storable)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$")]
Attachments = Annotated[list[Id], Field(max_length=ATTACHMENTS_LIMIT)]


class Frame(BaseModel):
    """A frame; what it doesn't know it passes over, so that newer clients can talk to us."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Ping(Frame):
    """Asks whether anyone is there."""

    type: Literal["ping"]


# ---------------------------------------------------------------- from the customer


class CustomerHello(Frame):
    """The first frame: who I am, and up to which version I have seen what."""

    type: Literal["hello"]
    token: Annotated[str, StringConstraints(min_length=1, max_length=8_192)]
    conversation: Id | None = None
    after: Version = 0
    language: Language | None = None
    # Whether several frames may come as one JSON array, which spares both sides work.
    batch: bool = False


class CustomerSend(Frame):
    """A message; sending the same `client_id` again stores nothing twice."""

    type: Literal["send"]
    client_id: Id
    text: Text = ""
    attachments: Attachments = []


class AskHuman(Frame):
    """The button."""

    type: Literal["ask_human"]
    client_id: Id


class StayWithAssistantFrame(Frame):
    """Leave the queue."""

    type: Literal["stay_with_assistant"]
    client_id: Id


class RateFrame(Frame):
    """The verdict on a resolved conversation."""

    type: Literal["rate"]
    client_id: Id
    solved: bool
    score: Annotated[int, Field(ge=1, le=5)] | None = None
    comment: Note | None = None


class CustomerTyping(Frame):
    """I am writing."""

    type: Literal["typing"]


class CustomerRead(Frame):
    """I have read everything up to `version`."""

    type: Literal["read"]
    version: Version


class CustomerHistory(Frame):
    """Show me what came before."""

    type: Literal["history"]
    before: Version
    limit: Annotated[int, Field(ge=1, le=HISTORY_MAX)] = 100


CustomerFrame = Annotated[
    CustomerHello
    | CustomerSend
    | AskHuman
    | StayWithAssistantFrame
    | RateFrame
    | CustomerTyping
    | CustomerRead
    | CustomerHistory
    | Ping,
    Field(discriminator="type"),
]

# ---------------------------------------------------------------- from the agent


class AgentHello(Frame):
    """The first frame; `watching` maps conversations on screen to the version seen."""

    type: Literal["hello"]
    watching: Annotated[dict[Id, Version], Field(max_length=50)] = {}
    batch: bool = False


class GoOnline(Frame):
    """I take conversations from now on."""

    type: Literal["go_online"]
    languages: Annotated[list[Language], Field(max_length=20)] = []


class GoOffline(Frame):
    """I take no more."""

    type: Literal["go_offline"]


class OpenConversation(Frame):
    """Follow a conversation of mine."""

    type: Literal["open"]
    conversation: Id
    after: Version = 0


class CloseConversation(Frame):
    """Follow it no longer."""

    type: Literal["close"]
    conversation: Id


class TakeFrame(Frame):
    """I take this waiting conversation."""

    type: Literal["take"]
    client_id: Id
    conversation: Id


class AgentSend(Frame):
    """A message to the customer."""

    type: Literal["send"]
    client_id: Id
    conversation: Id
    text: Text = ""
    attachments: Attachments = []


class AgentTyping(Frame):
    """I am writing to this customer."""

    type: Literal["typing"]
    conversation: Id


class AgentRead(Frame):
    """I have read this conversation up to `version`."""

    type: Literal["read"]
    conversation: Id
    version: Version


class ReturnToQueueFrame(Frame):
    """I give this conversation back; the customer keeps their place."""

    type: Literal["return_to_queue"]
    client_id: Id
    conversation: Id


class ResolveFrame(Frame):
    """It is done: why, and a note for colleagues."""

    type: Literal["resolve"]
    client_id: Id
    conversation: Id
    reason: Reason
    note: Note = ""


class AgentHistory(Frame):
    """Show me what came before."""

    type: Literal["history"]
    conversation: Id
    before: Version
    limit: Annotated[int, Field(ge=1, le=HISTORY_MAX)] = 100


AgentFrame = Annotated[
    AgentHello
    | GoOnline
    | GoOffline
    | OpenConversation
    | CloseConversation
    | TakeFrame
    | AgentSend
    | AgentTyping
    | AgentRead
    | ReturnToQueueFrame
    | ResolveFrame
    | AgentHistory
    | Ping,
    Field(discriminator="type"),
]

CUSTOMER_FRAME: Final[TypeAdapter[Any]] = TypeAdapter(CustomerFrame)
AGENT_FRAME: Final[TypeAdapter[Any]] = TypeAdapter(AgentFrame)

# ---------------------------------------------------------------- to both


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


class AgentWelcome(TypedDict):
    """The answer to an agent's hello."""

    type: Literal["welcome"]
    agent: dict[str, Any]
    online: bool
    online_since: str | None
    conversations: list[Card]


OUTGOING: Final[dict[str, TypeAdapter[Any]]] = {
    "Ack": TypeAdapter(Ack),
    "Error": TypeAdapter(ErrorOut),
    "CustomerWelcome": TypeAdapter(CustomerWelcome),
    "Items": TypeAdapter(Items),
    "QueuePlace": TypeAdapter(QueuePlace),
    "AgentQueue": TypeAdapter(AgentQueue),
    "Card": TypeAdapter(Card),
    "AgentWelcome": TypeAdapter(AgentWelcome),
}


def frames_schema() -> dict[str, Any]:
    """Return the JSON Schema of every frame, in and out."""
    return {
        "customer_to_server": CUSTOMER_FRAME.json_schema(),
        "agent_to_server": AGENT_FRAME.json_schema(),
        "server_to_client": {name: each.json_schema() for name, each in OUTGOING.items()},
    }
