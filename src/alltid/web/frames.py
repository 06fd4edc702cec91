"""The frames that come in over both sockets, and how they are checked.

What goes out is in `outgoing`; `alltid frames` prints the JSON Schema of both.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints, TypeAdapter

from alltid.conversations.events import Reason
from alltid.web.arranging import BookCallbackFrame, CancelCallbackFrame, ChooseWrittenFrame
from alltid.web.frame import Attachments, Frame, Id, Language, Note, Ping, Text, Version
from alltid.web.offer_frames import (
    AcceptOffer,
    ChooseFrame,
    DeclineOffer,
    GoOffline,
    GoOnline,
    OfferSeen,
    PauseFrame,
    ResumeFrame,
)
from alltid.web.outgoing import TO_AGENT, TO_CUSTOMER

FRAME_BYTES_MAX: Final = 65_536
HISTORY_MAX: Final = 200


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


class ChosenFrame(Frame):
    """A press on a card: the version of the message that showed it, and the choice's id."""

    card: Annotated[int, Field(ge=1, le=2**31 - 1)]
    choice: Annotated[str, Field(min_length=1, max_length=64)]


class CustomerSend(Frame):
    """A message; sending the same `client_id` again stores nothing twice.

    A press on a card is a message too: its text is the choice's label.
    """

    type: Literal["send"]
    client_id: Id
    text: Text = ""
    attachments: Attachments = Field(default_factory=list)
    chosen: ChosenFrame | None = None


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
    | BookCallbackFrame
    | CancelCallbackFrame
    | ChooseWrittenFrame
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
    watching: Annotated[dict[Id, Version], Field(max_length=50)] = Field(default_factory=dict)
    batch: bool = False


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
    attachments: Attachments = Field(default_factory=list)


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
    | ChooseFrame
    | PauseFrame
    | ResumeFrame
    | OfferSeen
    | AcceptOffer
    | DeclineOffer
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
