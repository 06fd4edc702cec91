"""What a customer may arrange instead of waiting in line: frames, and who answers them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, AwareDatetime, Field
from typing_extensions import TypedDict

from alltid.conversations.commands import BookCallback, CancelCallback, ChooseWrittenAnswer, Command
from alltid.conversations.events import (
    AgentJoined,
    CallbackBooked,
    CallbackCancelled,
    Fact,
    QueueLeft,
    WrittenAnswerCancelled,
    WrittenAnswerChosen,
)
from alltid.dispatch.callback_book import CallbackBook
from alltid.dispatch.queue import Line
from alltid.web.frame import Frame, Id

# A moment beyond these is nobody's callback, and some of them no calendar can turn into UTC.
_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
_ENDS: Final = (AgentJoined, QueueLeft, CallbackCancelled, WrittenAnswerCancelled)

Moment = Annotated[
    AwareDatetime,
    Field(ge=_EARLIEST, le=_LATEST),
    AfterValidator(lambda at: at.astimezone(UTC)),
]


class BookCallbackFrame(Frame):
    """Answer me in the quarter-hour that begins `at`."""

    type: Literal["book_callback"]
    client_id: Id
    at: Moment


class CancelCallbackFrame(Frame):
    """I would rather wait in line, at my old place."""

    type: Literal["cancel_callback"]
    client_id: Id


class ChooseWrittenFrame(Frame):
    """I need not be there: answer me in writing."""

    type: Literal["choose_written"]
    client_id: Id


ArrangingFrame = BookCallbackFrame | CancelCallbackFrame | ChooseWrittenFrame


class Options(TypedDict):
    """The other ways, while nobody is online or the wait is above the promise."""

    callback: list[str]
    written: bool


class Arranged(TypedDict):
    """How the customer waits, when not in line; both empty again when they do."""

    type: Literal["arranged"]
    callback_at: str | None
    written: bool


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How a customer waits."""

    callback_at: datetime | None = None
    written: bool = False

    def frame(self) -> dict[str, Any]:
        """Describe it to the customer."""
        at = self.callback_at
        return {
            "type": "arranged",
            "callback_at": at and at.isoformat(),
            "written": self.written,
        }


def arranged_after(facts: Iterable[Fact], before: Arrangement) -> Arrangement:
    """Return how the customer waits after these facts."""
    for fact in facts:
        match fact.event:
            case CallbackBooked(at):
                before = Arrangement(callback_at=at)
            case WrittenAnswerChosen():
                before = Arrangement(written=True)
            case event if isinstance(event, _ENDS):
                before = Arrangement()
    return before


class Arranging:
    """What can be offered to whom, and the command that a customer's choice becomes."""

    def __init__(self, book: CallbackBook, promise_seconds: int) -> None:
        """Offer other ways when a person can't be expected within the promise."""
        self._book = book
        self._promise_seconds = promise_seconds

    def options(self, line: Line, conversation_id: str) -> Mapping[str, Any] | None:
        """Return the other ways for someone in line; None while the promise can be kept."""
        waiting = line.by_id.get(conversation_id)
        if waiting is None:
            return None
        wait = line.wait_at(waiting.place)
        if line.online and wait is not None and wait.low_seconds <= self._promise_seconds:
            return None
        return {"callback": list(self._book.slots(waiting.language)), "written": True}

    async def command(self, frame: ArrangingFrame, conversation_id: str, language: str) -> Command:
        """Return the command; a callback's quarter is held for it.

        Raises:
            Refused: the quarter can't be had.
        """
        match frame:
            case BookCallbackFrame():
                await self._book.hold(conversation_id, frame.at, language)
                return BookCallback(frame.at)
            case CancelCallbackFrame():
                return CancelCallback()
            case ChooseWrittenFrame():
                return ChooseWrittenAnswer()

    async def decided(self, conversation_id: str) -> None:
        """Give back what was held: it is booked now, or was refused."""
        await self._book.release(conversation_id)
