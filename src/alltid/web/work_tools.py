"""The work tools of agents over HTTP: what stands beside a conversation, and what to do with it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from alltid.agents.sign_in_sessions import SignedInAgent
from alltid.conversations.conversation import NOTE_LIMIT, TEXT_LIMIT
from alltid.web.errors import error_docs
from alltid.web.identity.identity import current_agent, own_page
from alltid.web.tool_box import ToolBox, tool_box_of

router = APIRouter(
    prefix="/api/agent",
    tags=["work tools"],
    responses=error_docs(401, 403, 404, 409, 422, 429, 503),
)
_Agent = Annotated[SignedInAgent, Depends(current_agent)]
_Tools = Annotated[ToolBox, Depends(tool_box_of)]
_OWN_PAGE = [Depends(own_page)]

# PostgreSQL's text takes no NUL.
_PLAIN = r"^[^\x00]*$"
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=_PLAIN)]
Reason = Annotated[Words, Field(min_length=3, max_length=200)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
Shortcut = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9\-]{0,31}$")]
FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class In(BaseModel):
    """What comes in says nothing that we don't know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Unmask(In):
    """Which mask to lift, and why."""

    version: int = Field(ge=1, le=2**31 - 1)
    index: int = Field(ge=0, le=4_000)
    reason: Reason


class Unmasked(BaseModel):
    """The value, for this once."""

    kind: str
    value: str


class NoteIn(In):
    """A note; `id` is made by the page, so sending it again keeps one."""

    id: UUID
    text: Annotated[Words, Field(max_length=NOTE_LIMIT)]


class QuestionIn(In):
    """A question to a lead."""

    id: UUID
    text: Annotated[Words, Field(max_length=1_000)]


class BlockIn(In):
    """Why the customer should be blocked."""

    id: UUID
    reason: Annotated[Words, Field(min_length=3, max_length=500)]


class HandOverIn(In):
    """To whom or to which skill; a note for the next one; a line for the customer, or none."""

    id: UUID
    to_agent: UUID | None = None
    to_skill: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_\-]{1,64}$")] | None = None
    note: Annotated[str, StringConstraints(pattern=_PLAIN, max_length=NOTE_LIMIT)] = ""
    message: Annotated[str, StringConstraints(pattern=_PLAIN, max_length=TEXT_LIMIT)] = ""


class CannedIn(In):
    """A canned reply as it is written."""

    language: Language
    shortcut: Shortcut
    title: Annotated[Words, Field(max_length=80)]
    text: Annotated[Words, Field(max_length=TEXT_LIMIT)]


class FieldIn(In):
    """What a name in canned replies stands for; an empty value removes the name."""

    value: Annotated[str, StringConstraints(strip_whitespace=True, pattern=_PLAIN, max_length=500)]


class CannedShown(BaseModel):
    """A canned reply."""

    id: str
    company: bool
    language: str
    shortcut: str
    title: str
    text: str
    changed_at: datetime
    changed_by: str | None


class CannedList(BaseModel):
    """Canned replies, and what own names stand for."""

    replies: list[CannedShown]
    fields: dict[str, str]


class Filled(BaseModel):
    """A reply to read over; `unknown` names what is still written as `{name}`."""

    text: str
    unknown: list[str]


class Found(BaseModel):
    """A help article that answers; `date` is when it was last changed, if that is known."""

    title: str
    url: str
    passage: str
    date: datetime | None


class FoundList(BaseModel):
    """What the company's articles say, best first."""

    found: list[Found]


class Done(BaseModel):
    """It is stored."""

    done: Literal[True] = True


@router.get("/conversations/{conversation_id}/beside")
async def beside(tools: _Tools, agent: _Agent, conversation_id: UUID) -> dict[str, Any]:
    """Everything beside a conversation in hand: summary, notes, questions, entitlements, block."""
    return await tools.beside(agent.agent, str(conversation_id))


@router.post("/conversations/{conversation_id}/unmask", dependencies=_OWN_PAGE)
async def unmask(tools: _Tools, agent: _Agent, conversation_id: UUID, body: Unmask) -> Unmasked:
    """Show one masked value of a conversation in hand. Who, when, what kind and why is recorded."""
    kind, value = await tools.unmask(
        agent.agent, str(conversation_id), body.version, body.index, body.reason, as_lead=False
    )
    return Unmasked(kind=kind, value=value)


@router.post("/conversations/{conversation_id}/notes", dependencies=_OWN_PAGE)
async def add_note(tools: _Tools, agent: _Agent, conversation_id: UUID, body: NoteIn) -> Done:
    """Leave a note for colleagues. The customer never sees it."""
    await tools.add_note(agent.agent, str(conversation_id), str(body.id), body.text)
    return Done()


@router.post("/conversations/{conversation_id}/questions", dependencies=_OWN_PAGE)
async def ask_lead(tools: _Tools, agent: _Agent, conversation_id: UUID, body: QuestionIn) -> Done:
    """Ask a lead about a conversation in hand; the answer comes to the page."""
    await tools.ask_lead(agent.agent, str(conversation_id), str(body.id), body.text)
    return Done()


@router.post("/conversations/{conversation_id}/block", dependencies=_OWN_PAGE)
async def ask_block(tools: _Tools, agent: _Agent, conversation_id: UUID, body: BlockIn) -> Done:
    """Ask a lead to block the customer; until then their further words are muted for you."""
    await tools.ask_block(agent.agent, str(conversation_id), str(body.id), body.reason)
    return Done()


@router.get("/conversations/{conversation_id}/handover-targets")
async def handover_targets(
    tools: _Tools, agent: _Agent, conversation_id: UUID
) -> dict[str, list[dict[str, Any]]]:
    """To which skills and to which colleagues online a conversation may be handed over."""
    return await tools.handover_targets(agent.agent, str(conversation_id))


@router.post("/conversations/{conversation_id}/handover", dependencies=_OWN_PAGE)
async def hand_over(tools: _Tools, agent: _Agent, conversation_id: UUID, body: HandOverIn) -> Done:
    """Hand a conversation over; the customer keeps the place in line."""
    await tools.hand_over(
        agent.agent,
        str(conversation_id),
        str(body.id),
        to_agent=None if body.to_agent is None else str(body.to_agent),
        to_skill=body.to_skill,
        note=body.note.strip(),
        message=body.message.strip(),
    )
    return Done()


@router.get("/knowledge")
async def knowledge(
    tools: _Tools,
    _agent: _Agent,
    q: Annotated[str, Query(min_length=1, max_length=500)],
    language: Language,
) -> FoundList:
    """Search the company's articles in a language, best first."""
    found = await tools.search(q.replace("\x00", " "), language)
    return FoundList(
        found=[
            Found(title=e.title, url=e.url, passage=e.passage, date=getattr(e, "changed_at", None))
            for e in found
        ]
    )


@router.get("/canned-replies")
async def canned(tools: _Tools, agent: _Agent, language: Language | None = None) -> CannedList:
    """What I may insert in a language; without one, my own replies for editing."""
    if language is not None:
        found, fields = await tools.canned.usable(agent.agent.id, language), {}
    else:
        found = await tools.canned.of_owner(agent.agent.id)
        fields = await tools.canned.fields(agent.agent.id)
    return CannedList(replies=shown_replies(found), fields=fields)


@router.put("/canned-replies/{reply_id}", dependencies=_OWN_PAGE)
async def put_canned(tools: _Tools, agent: _Agent, reply_id: UUID, body: CannedIn) -> Done:
    """Add or change a reply of my own."""
    await tools.put_canned(agent.agent.id, str(reply_id), agent.agent.id, body.model_dump())
    return Done()


@router.delete("/canned-replies/{reply_id}", dependencies=_OWN_PAGE)
async def remove_canned(tools: _Tools, agent: _Agent, reply_id: UUID) -> Done:
    """Remove a reply of my own."""
    await tools.canned.remove(str(reply_id), agent.agent.id)
    return Done()


@router.put("/canned-fields/{name}", dependencies=_OWN_PAGE)
async def put_field(tools: _Tools, agent: _Agent, name: FieldName, body: FieldIn) -> Done:
    """Say what `{name}` stands for in what I insert."""
    await tools.canned.put_field(agent.agent.id, name, body.value)
    return Done()


@router.get("/conversations/{conversation_id}/canned-replies/{reply_id}")
async def filled(tools: _Tools, agent: _Agent, conversation_id: UUID, reply_id: UUID) -> Filled:
    """A reply, filled in for a conversation in hand."""
    done = await tools.fill(agent.agent, str(conversation_id), str(reply_id))
    return Filled(text=done.text, unknown=list(done.unknown))


def shown_replies(found: list[Any]) -> list[CannedShown]:
    """Show canned replies."""
    names = list(CannedShown.model_fields)
    return [CannedShown(**{name: getattr(each, name) for name in names}) for each in found]
