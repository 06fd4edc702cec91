"""What every frame that comes in is made of."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from alltid.conversations.conversation import ATTACHMENTS_LIMIT, NOTE_LIMIT, TEXT_LIMIT

VERSION_MAX: Final = 2**31 - 1


def storable(text: str) -> str:
    """Drop what PostgreSQL can't keep: it has no NUL in text."""
    return text.replace("\x00", "")


Id = Annotated[
    str,
    StringConstraints(
        pattern=r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
        to_lower=True,
    ),
]
Version = Annotated[int, Field(ge=0, le=VERSION_MAX)]
Text = Annotated[str, StringConstraints(max_length=TEXT_LIMIT), AfterValidator(storable)]
Note = Annotated[str, StringConstraints(max_length=NOTE_LIMIT), AfterValidator(storable)]
LANGUAGE: Final = r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$"
Language = Annotated[str, StringConstraints(pattern=LANGUAGE)]
Attachments = Annotated[list[Id], Field(max_length=ATTACHMENTS_LIMIT)]


class Frame(BaseModel):
    """A frame; what it doesn't know it passes over, so that newer clients can talk to us."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Ping(Frame):
    """Asks whether anyone is there."""

    type: Literal["ping"]
