"""The frames about online sessions and offers, in and out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints
from typing_extensions import TypedDict

from alltid.dispatch.offer import REASON_LIMIT
from alltid.web.frame import Frame, Id, Language, storable

Key = Annotated[str, StringConstraints(min_length=1, max_length=80), AfterValidator(storable)]


class ChoicesFrame(Frame):
    """The agent's own choices. Skills left out means all that the agent is qualified for."""

    languages: Annotated[list[Language], Field(max_length=20)] = Field(default_factory=list)
    skills: Annotated[list[Key], Field(max_length=50)] | None = None
    slots: Annotated[int, Field(ge=1, le=3)] = 3
    quiet_topics: Annotated[list[Key], Field(max_length=50)] = Field(default_factory=list)
    no_third_chat: bool = False


class GoOnline(ChoicesFrame):
    """I take conversations from now on; `shown` is the promise that the page showed."""

    type: Literal["go_online"]
    shown: Literal["guaranteed", "standby"] | None = None


class ChooseFrame(ChoicesFrame):
    """I change my choices while I am online."""

    type: Literal["choose"]


class PauseFrame(Frame):
    """No new offers for now."""

    type: Literal["pause"]


class ResumeFrame(Frame):
    """Open for offers again."""

    type: Literal["resume"]


class GoOffline(Frame):
    """I take no more; what is in hand goes back to the queue if I say so."""

    type: Literal["go_offline"]
    hand_back: bool = False


class OfferSeen(Frame):
    """This offer is on my screen."""

    type: Literal["offer_seen"]
    offer: Id


class AcceptOffer(Frame):
    """I take it."""

    type: Literal["accept_offer"]
    client_id: Id
    offer: Id


class DeclineOffer(Frame):
    """I would rather not; that costs nothing."""

    type: Literal["decline_offer"]
    client_id: Id
    offer: Id
    reason: (
        Annotated[str, StringConstraints(max_length=REASON_LIMIT), AfterValidator(storable)] | None
    ) = None


class Choices(TypedDict):
    """What the agent chose; skills with levels 1 to 3."""

    languages: list[str]
    skills: dict[str, int]
    slots: int
    quiet_topics: list[str]
    no_third_chat: bool


class OfferShown(TypedDict):
    """An open offer. `pay_minor` is in the currency's smallest unit."""

    id: str
    conversation: str
    stage: str
    language: str
    topic: str | None
    skill: str | None
    difficulty: int
    expected_minutes: int
    pay_minor: int
    currency: str
    why: list[dict[str, Any]]
    made_at: str
    expires_at: str
    ended_at: str | None
    seconds_left: float
    doubled: bool
    seen: bool
    reason: str | None


class SessionShown(TypedDict):
    """The whole truth about being online; it replaces what was said before."""

    type: Literal["session"]
    online: bool
    id: str | None
    since: str | None
    capacity: Literal["guaranteed", "standby"] | None
    because: str
    paused: Literal["agent", "unseen_offers"] | None
    choices: Choices | None
    slots_open: int
    load: int
    chats: list[str]
    unseen_in_row: int
    offers: list[OfferShown]


class OfferOver(TypedDict):
    """An offer isn't open any more, and why; it costs nothing."""

    type: Literal["offer_over"]
    offer: str
    conversation: str
    because: Literal[
        "accepted", "declined", "expired", "taken", "customer_left", "slot_used", "session_over"
    ]
    message: str
