"""What leads see: the figures, the broken promises, and conversations as stories."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from alltid.agents.accounts import Role
from alltid.agents.sign_in_sessions import SignedInAgent
from alltid.conversations.concealed import items_for_agent
from alltid.insights.promise_monitor import QUERIES
from alltid.web.errors import WebError, error_docs
from alltid.web.identity.identity import current_agent
from alltid.web.services import services_of

STORY_FACTS: Final = 2_000
_PAGE: Final = 50


async def current_lead(
    signed_in: Annotated[SignedInAgent, Depends(current_agent)],
) -> SignedInAgent:
    """Return the lead or admin who is signed in (FastAPI dependency); 403 for an agent."""
    if not signed_in.agent.role.covers(Role.LEAD):
        raise WebError(403, "not_a_lead", "The console is for leads. Ask yours for access.")
    return signed_in


router = APIRouter(
    prefix="/api/console", tags=["console"], responses=error_docs(401, 403, 422, 503)
)
_Lead = Annotated[SignedInAgent, Depends(current_lead)]
_Limit = Annotated[int, Query(ge=1, le=200)]


class BreachShown(BaseModel):
    """A promise that was broken: where, when, and what happened."""

    id: int
    promise: str
    conversation: str
    version: int
    at: datetime
    found_at: datetime
    detail: str


class Breaches(BaseModel):
    """Breaches, newest first."""

    breaches: list[BreachShown]


class ConversationShown(BaseModel):
    """A conversation in a list."""

    id: str
    status: Literal["assistant", "waiting", "agent", "resolved"]
    customer: str | None
    language: str
    opened_at: datetime
    last_message_at: datetime | None
    agent: str | None


class Conversations(BaseModel):
    """Conversations, newest first."""

    conversations: list[ConversationShown]


class Story(BaseModel):
    """A whole conversation, from its first fact on."""

    conversation: ConversationShown
    items: list[dict[str, Any]]


@router.get("/overview")
async def overview(request: Request, _lead: _Lead) -> dict[str, Any]:
    """The promises, what happens now, the queue, and ten minutes of each figure."""
    services = services_of(request)
    return await services.overview.read(services.clock.now())


@router.get("/breaches")
async def breaches(
    request: Request,
    _lead: _Lead,
    limit: _Limit = _PAGE,
    before: Annotated[int | None, Query(ge=0, le=2**62)] = None,
    promise: Annotated[str | None, Query(pattern="^P[0-9]{1,2}$")] = None,
    conversation: UUID | None = None,
) -> Breaches:
    """Broken promises, newest first; `before` is the id to go on from."""
    parameters = {
        "limit": limit,
        "before": before,
        "promise": promise,
        "conversation": conversation,
    }
    async with services_of(request).pool.connection() as connection:
        rows = await (await connection.execute(QUERIES["breaches"], parameters)).fetchall()
    names = list(BreachShown.model_fields)
    return Breaches(breaches=[BreachShown(**dict(zip(names, row, strict=True))) for row in rows])


@router.get("/conversations")
async def conversations(
    request: Request,
    _lead: _Lead,
    status: Literal["assistant", "waiting", "agent", "resolved"] | None = None,
    limit: _Limit = _PAGE,
    before: datetime | None = None,
) -> Conversations:
    """Conversations, newest first; `before` is the time of opening to go on from."""
    if before is not None and before.tzinfo is None:
        raise WebError(422, "invalid", "Write the time with its zone, as in 2026-05-01T12:00:00Z.")
    parameters = {"status": status, "limit": limit, "before": before}
    async with services_of(request).pool.connection() as connection:
        rows = await (await connection.execute(QUERIES["conversations"], parameters)).fetchall()
    return Conversations(conversations=[_shown(row) for row in rows])


@router.get("/conversations/{conversation_id}", responses=error_docs(404))
async def story(request: Request, lead: _Lead, conversation_id: UUID) -> Story:
    """One conversation from top to bottom. That it was read is recorded."""
    services, now = services_of(request), services_of(request).clock.now()
    row = await services.store.find(str(conversation_id))
    if row is None:
        raise WebError(404, "not_found", "There is no such conversation.")
    facts = await services.store.facts_after(row.id, 0, STORY_FACTS)
    parameters = {"conversation_id": row.id, "reader_id": lead.agent.id, "now": now}
    async with services.pool.connection() as connection:
        await connection.execute(QUERIES["record_read"], parameters)
    shown = ConversationShown(
        id=row.id,
        status=row.status.value,
        customer=row.customer_name,
        language=row.language,
        opened_at=facts[0].at if facts else now,
        last_message_at=facts[-1].at if facts else None,
        agent=row.agent_name,
    )
    told = items_for_agent(facts, services.url_of(now), reader_id=lead.agent.id)
    return Story(conversation=shown, items=told)


def _shown(row: Any) -> ConversationShown:
    names = list(ConversationShown.model_fields)
    return ConversationShown(**dict(zip(names, row, strict=True)))
