"""The leads' side of the work tools: questions, blocks, unmaskings, the company's replies."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from alltid.agents.sign_in_sessions import SignedInAgent
from alltid.conversations.blocks import BLOCK_DAYS_MOST
from alltid.conversations.conversation import NOTE_LIMIT
from alltid.web.console import current_lead
from alltid.web.errors import WebError, error_docs
from alltid.web.identity.identity import own_page
from alltid.web.tool_box import ToolBox, tool_box_of
from alltid.web.work_tools import (
    CannedIn,
    CannedList,
    Done,
    FieldIn,
    FieldName,
    In,
    Unmask,
    Unmasked,
    Words,
    shown_replies,
)

router = APIRouter(
    prefix="/api/console", tags=["work tools"], responses=error_docs(401, 403, 404, 409, 422, 503)
)
_Lead = Annotated[SignedInAgent, Depends(current_lead)]
_Tools = Annotated[ToolBox, Depends(tool_box_of)]
_OWN_PAGE = [Depends(own_page)]
_Limit = Annotated[int, Query(ge=1, le=200)]
_Why = Annotated[Words, Field(min_length=3, max_length=500)]
_PAGE = 50


class AnswerIn(In):
    """A lead's answer."""

    text: Annotated[Words, Field(max_length=NOTE_LIMIT)]


class DecisionIn(In):
    """Confirm a block for some days, or lift it; the reason is shown to the agent."""

    decision: Literal["confirmed", "lifted"]
    why: _Why
    days: int = Field(default=7, ge=1, le=BLOCK_DAYS_MOST)


class LiftIn(In):
    """Why a block ends early."""

    why: _Why


@router.get("/conversations/{conversation_id}/beside")
async def beside(tools: _Tools, lead: _Lead, conversation_id: UUID) -> dict[str, Any]:
    """What stands beside a conversation: records, who unmasked what, how answers came about."""
    found = await tools.beside_store.unmaskings(
        conversation_id=str(conversation_id), before=None, limit=200
    )
    records = await tools.records(str(conversation_id), lead.agent.id)
    traces = await tools.traces(str(conversation_id))
    return records | {"unmaskings": [asdict(each) for each in found], "traces": traces}


@router.post("/conversations/{conversation_id}/unmask", dependencies=_OWN_PAGE)
async def unmask(tools: _Tools, lead: _Lead, conversation_id: UUID, body: Unmask) -> Unmasked:
    """Show one masked value to a lead. Who, when, what kind and why is recorded."""
    kind, value = await tools.unmask(
        lead.agent, str(conversation_id), body.version, body.index, body.reason, as_lead=True
    )
    return Unmasked(kind=kind, value=value)


@router.get("/unmaskings")
async def unmaskings(
    tools: _Tools,
    _lead: _Lead,
    limit: _Limit = _PAGE,
    before: Annotated[int | None, Query(ge=0, le=2**62)] = None,
) -> dict[str, list[dict[str, Any]]]:
    """Who unmasked what, newest first; `before` is the id to go on from."""
    found = await tools.beside_store.unmaskings(conversation_id=None, before=before, limit=limit)
    return {"unmaskings": [asdict(each) for each in found]}


@router.get("/questions")
async def questions(
    tools: _Tools,
    _lead: _Lead,
    open: bool = True,  # noqa: A002, FBT001, FBT002  the name of the query parameter
    limit: _Limit = _PAGE,
    before: datetime | None = None,
) -> dict[str, list[dict[str, Any]]]:
    """Agents' questions: open ones oldest first, answered ones newest first."""
    found = await tools.beside_store.questions(open_only=open, before=_zoned(before), limit=limit)
    return {"questions": [asdict(each) for each in found]}


@router.post("/questions/{question_id}/answer", dependencies=_OWN_PAGE)
async def answer(tools: _Tools, lead: _Lead, question_id: UUID, body: AnswerIn) -> Done:
    """Answer an agent; the first answer counts."""
    await tools.answer(lead.agent, str(question_id), body.text)
    return Done()


@router.get("/blocks")
async def blocks(
    tools: _Tools,
    _lead: _Lead,
    open: bool = True,  # noqa: A002, FBT001, FBT002  the name of the query parameter
    limit: _Limit = _PAGE,
    before: datetime | None = None,
) -> dict[str, list[dict[str, Any]]]:
    """Blocks that wait for a decision, most urgent first; or decided ones, newest first."""
    found = await tools.blocks.listed(open_only=open, before=_zoned(before), limit=limit)
    return {"blocks": [asdict(each) for each in found]}


@router.post("/blocks/{block_id}", dependencies=_OWN_PAGE)
async def decide(tools: _Tools, lead: _Lead, block_id: UUID, body: DecisionIn) -> Done:
    """Confirm or lift a block, with the reason that the agent reads."""
    await tools.decide_block(lead.agent, str(block_id), body.decision, body.why, body.days)
    return Done()


@router.post("/blocks/{block_id}/lift", dependencies=_OWN_PAGE)
async def lift(tools: _Tools, lead: _Lead, block_id: UUID, body: LiftIn) -> Done:
    """End a confirmed block early."""
    await tools.lift_block(lead.agent, str(block_id), body.why)
    return Done()


@router.get("/canned-replies")
async def canned(tools: _Tools, _lead: _Lead) -> CannedList:
    """The company's canned replies, and what its own names stand for."""
    found = await tools.canned.of_owner(None)
    return CannedList(replies=shown_replies(found), fields=await tools.canned.fields(None))


@router.put("/canned-replies/{reply_id}", dependencies=_OWN_PAGE)
async def put_canned(tools: _Tools, lead: _Lead, reply_id: UUID, body: CannedIn) -> Done:
    """Add or change a reply of the company."""
    await tools.put_canned(lead.agent.id, str(reply_id), None, body.model_dump())
    return Done()


@router.delete("/canned-replies/{reply_id}", dependencies=_OWN_PAGE)
async def remove_canned(tools: _Tools, _lead: _Lead, reply_id: UUID) -> Done:
    """Remove a reply of the company."""
    await tools.canned.remove(str(reply_id), None)
    return Done()


@router.put("/canned-fields/{name}", dependencies=_OWN_PAGE)
async def put_field(tools: _Tools, _lead: _Lead, name: FieldName, body: FieldIn) -> Done:
    """Say what `{name}` stands for in everybody's replies."""
    await tools.canned.put_field(None, name, body.value)
    return Done()


def _zoned(moment: datetime | None) -> datetime | None:
    if moment is not None and moment.tzinfo is None:
        raise WebError(422, "invalid", "Write the time with its zone, as in 2026-05-01T12:00:00Z.")
    return moment
