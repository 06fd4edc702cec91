"""The agents' copilot over HTTP: what to answer next, and translations of what is said."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.requests import HTTPConnection

from alltid.agents.sign_in_sessions import SignedInAgent
from alltid.assistant.model.copilot import Copilot
from alltid.conversations.conversation import TEXT_LIMIT
from alltid.conversations.summary import Said, summarise
from alltid.kernel.refusal import Refused
from alltid.web.errors import error_docs
from alltid.web.identity.identity import current_agent, own_page
from alltid.web.tool_box import ToolBox, tool_box_of
from alltid.web.work_tools import Language, Words

router = APIRouter(
    prefix="/api/agent",
    tags=["work tools"],
    responses=error_docs(401, 403, 404, 409, 422, 429, 503),
)


def copilot_of(connection: HTTPConnection) -> Copilot:
    """Return what the desk put at `app.state.copilot`."""
    copilot = connection.app.state.copilot
    assert isinstance(copilot, Copilot)  # noqa: S101  the desk puts it there at start
    return copilot


_Agent = Annotated[SignedInAgent, Depends(current_agent)]
_Tools = Annotated[ToolBox, Depends(tool_box_of)]
_Copilot = Annotated[Copilot, Depends(copilot_of)]


class Line(BaseModel):
    """A sentence of the summary, and the message it stands in."""

    part: Literal["wants", "told", "numbers", "latest"]
    version: int
    text: str


class SourceOut(BaseModel):
    """What a reply rests on."""

    title: str
    url: str


class ReplyOut(BaseModel):
    """A reply to take over. `canned` is its id where it is a canned one, to be filled in."""

    kind: Literal["written", "passage", "canned"]
    text: str
    sources: list[SourceOut]
    canned: str | None


class NextStep(BaseModel):
    """The procedure that the assistant left open."""

    playbook: str
    title: str


class CopilotOut(BaseModel):
    """What stands ready beside a conversation. `model`: whether translations can be had."""

    summary: list[Line]
    replies: list[ReplyOut]
    next_step: NextStep | None
    model: bool
    language: str


class TranslateIn(BaseModel):
    """A text of the agent's, or the message of that version, as the agent sees it."""

    model_config = ConfigDict(extra="forbid")

    language: Language
    text: Annotated[Words, Field(max_length=TEXT_LIMIT)] | None = None
    version: int | None = Field(default=None, ge=1, le=2**31 - 1)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.text is None) == (self.version is None):
            raise ValueError("give either a text or the version of a message")
        return self


class Translated(BaseModel):
    """A text in another language; each figure is as it was."""

    text: str
    language: str


@router.get("/conversations/{conversation_id}/copilot")
async def suggestions(
    tools: _Tools, copilot: _Copilot, agent: _Agent, conversation_id: UUID
) -> CopilotOut:
    """What to answer next in a conversation in hand: a summary, replies, the open procedure."""
    row, said = await tools.said_in_hand(agent.agent, str(conversation_id))
    canned = await tools.canned.usable(agent.agent.id, row.language)
    asked = _asked_last(said)
    replies = await copilot.replies(str(conversation_id), asked, row.language, canned)
    return CopilotOut(
        summary=[Line(**asdict(line)) for line in summarise(said, tools.is_wish)],
        replies=[_shown(reply) for reply in replies],
        next_step=_next_step(await tools.packet(str(conversation_id))),
        model=copilot.has_model,
        language=row.language,
    )


@router.post("/conversations/{conversation_id}/translate", dependencies=[Depends(own_page)])
async def translate(
    tools: _Tools, copilot: _Copilot, agent: _Agent, conversation_id: UUID, body: TranslateIn
) -> Translated:
    """A message of a conversation in hand, or a draft, in another language."""
    _row, said = await tools.said_in_hand(agent.agent, str(conversation_id))
    text = body.text
    if text is None:
        text = next((each.text for each in said if each.version == body.version), None)
    if text is None:
        raise Refused("no_such_message", "There is no message with words in this place.")
    done = await copilot.translated(str(conversation_id), text, body.language)
    return Translated(text=done, language=body.language)


def _asked_last(said: list[Said]) -> str:
    """Return what the customer wrote since anybody answered."""
    texts: list[str] = []
    for each in reversed(said):
        if each.author != "customer":
            if texts:
                break
            continue
        texts.append(each.text)
    return "\n".join(reversed(texts))


def _shown(reply: Any) -> ReplyOut:
    sources = [SourceOut(title=title, url=url) for title, url in reply.sources]
    return ReplyOut(kind=reply.kind, text=reply.text, sources=sources, canned=reply.canned)


def _next_step(packet: Any) -> NextStep | None:
    book = None if packet is None else packet.get("open_playbook")
    if book is None:
        return None
    return NextStep(playbook=book, title=str(packet.get("titles", {}).get(book, book)))
