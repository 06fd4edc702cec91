"""The frames that come in over both sockets, and how they are checked.

What goes out is in `outgoing`; `alltid frames` prints the JSON Schema of both.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from alltid.conversations.conversation import ATTACHMENTS_LIMIT, NOTE_LIMIT, TEXT_LIMIT
from alltid.conversations.events import Reason
from alltid.web.outgoing import TO_AGENT, TO_CUSTOMER

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
    # Up to which version the conversation was on the agent's screen.
    seen: Version | None = None


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


def frames_schema() -> dict[str, Any]:
    """Return the JSON Schema of every frame, in and out."""
    return {
        "customer_to_server": CUSTOMER_FRAME.json_schema(),
        "agent_to_server": AGENT_FRAME.json_schema(),
        "server_to_customer": TO_CUSTOMER.json_schema(),
        "server_to_agent": TO_AGENT.json_schema(),
    }
