"""Dispatching for leads: the policy, the plan of capacity, honest waits, and the log of offers."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from alltid.agents.sign_in_sessions import SignedInAgent
from alltid.dispatch.policies import REASON_LIMIT
from alltid.dispatch.policy import Policy, PolicyRefused
from alltid.kernel.refusal import Refused
from alltid.web.console import current_lead
from alltid.web.errors import WebError, error_docs
from alltid.web.frame import LANGUAGE
from alltid.web.identity.identity import own_page
from alltid.web.steered import Steering

router = APIRouter(
    prefix="/api/console", tags=["dispatch"], responses=error_docs(401, 403, 422, 503)
)
_Lead = Annotated[SignedInAgent, Depends(current_lead)]
_Limit = Annotated[int, Query(ge=1, le=100)]
_Language = Annotated[str | None, Query(max_length=20, pattern=LANGUAGE)]
_PAGE: Final = 30
_SETTINGS_MOST: Final = 40
_Number = Annotated[float, Field(allow_inf_nan=False, ge=-1e6, le=1e6)]
_Whole = Annotated[int, Field(ge=-(10**6), le=10**6)]
_Step = Annotated[list[_Whole], Field(min_length=2, max_length=2)]
Content = Annotated[
    dict[
        Annotated[str, Field(min_length=1, max_length=60)],
        _Whole
        | _Number
        | Annotated[list[_Step], Field(max_length=20)]
        | Annotated[list[_Number], Field(max_length=20)],
    ],
    Field(max_length=_SETTINGS_MOST),
]


class PolicyWanted(BaseModel):
    """A policy to choose, why, and the id of the one that the lead saw."""

    content: Content
    reason: str = Field(min_length=1, max_length=REASON_LIMIT)
    replaces: str = Field(min_length=1, max_length=64)


class PolicyDraft(BaseModel):
    """A policy to look at before it is chosen."""

    content: Content


class ProblemShown(BaseModel):
    """Why a policy is refused, and the setting to mend."""

    setting: str
    sentence: str


class PolicyChecked(BaseModel):
    """A draft's problems; without any, its id and what it would have changed."""

    id: str | None
    problems: list[ProblemShown]
    preview: dict[str, Any] | None


def steering_of(request: Request) -> Steering:
    """Return the part, which the desk put at `app.state.steering`."""
    part = request.app.state.steering
    assert isinstance(part, Steering)  # noqa: S101  the desk puts it there at start
    return part


@router.get("/policy")
async def policy(request: Request, _lead: _Lead) -> dict[str, Any]:
    """The policy in force, the default, and who chose it when and why."""
    book = steering_of(request).policies
    current = await book.refresh()
    latest = await book.history(before=None, limit=1)
    return {
        "id": current.id,
        "content": current.content(),
        "usual": Policy().content(),
        "chosen": _choice(latest[0]) if latest else None,
    }


@router.put("/policy", dependencies=[Depends(own_page)], responses=error_docs(400, 409, 413))
async def choose_policy(request: Request, lead: _Lead, wanted: PolicyWanted) -> dict[str, Any]:
    """Put another policy in force. Recorded with the lead's name; refused with the reason."""
    book = steering_of(request).policies
    try:
        chosen = await book.choose(
            wanted.content,
            reason=wanted.reason,
            by=f"agent:{lead.agent.id}",
            replaces=wanted.replaces,
        )
    except PolicyRefused as refused:
        raise WebError(422, refused.code, refused.message) from refused
    except Refused as refused:
        status = 409 if refused.code == "policy_changed" else 422
        raise WebError(status, refused.code, refused.message) from refused
    await steering_of(request).staffing.refresh()
    return {"id": chosen.id, "content": chosen.content()}


@router.post("/policy/check", dependencies=[Depends(own_page)], responses=error_docs(400, 413))
async def check_policy(request: Request, _lead: _Lead, draft: PolicyDraft) -> PolicyChecked:
    """Look at a policy before it is chosen. Nothing is changed."""
    part = steering_of(request)
    try:
        wanted = Policy.from_content(draft.content)
    except PolicyRefused as refused:
        problems = [ProblemShown(**asdict(each)) for each in refused.problems]
        return PolicyChecked(id=None, problems=problems, preview=None)
    current = await part.policies.refresh()
    told = await part.log.preview(wanted, current)
    return PolicyChecked(id=wanted.id, problems=[], preview=told)


@router.get("/policy/history")
async def policy_history(
    request: Request,
    _lead: _Lead,
    limit: _Limit = _PAGE,
    before: Annotated[int | None, Query(ge=0, le=2**62)] = None,
) -> dict[str, Any]:
    """Every choice of a policy, newest first, with what it changed."""
    found = await steering_of(request).policies.history(before=before, limit=limit)
    return {"choices": [_choice(each) for each in found]}


@router.get("/capacity")
async def capacity(request: Request, _lead: _Lead, language: _Language = None) -> dict[str, Any]:
    """How many people each quarter-hour needs, and how many are guaranteed or on standby."""
    return await steering_of(request).staffing.shown(*([language] if language else []))


@router.get("/waits")
async def waits(
    request: Request,
    _lead: _Lead,
    days: Literal["1", "7", "30"] = "7",
    language: _Language = None,
) -> dict[str, Any]:
    """How honest the waits were that customers were told."""
    part = steering_of(request)
    return await part.honesty.shown(days=int(days), language=language, paces=part.staffing.paces)


@router.get("/offers")
async def offers(
    request: Request,
    _lead: _Lead,
    limit: _Limit = _PAGE,
    before: datetime | None = None,
) -> dict[str, Any]:
    """Offers, newest first, with what came of them; `before` is the moment to go on from."""
    if before is not None and before.tzinfo is None:
        raise WebError(422, "invalid", "Write the time with its zone, as in 2026-05-01T12:00:00Z.")
    return {"offers": await steering_of(request).log.offers(before=before, limit=limit)}


@router.get("/rounds/{round_id}", responses=error_docs(404))
async def dispatch_round(
    request: Request, _lead: _Lead, round_id: UUID, conversation: UUID
) -> dict[str, Any]:
    """Everybody whom a round of matching looked at for a conversation, with scores and reasons."""
    found = await steering_of(request).log.round(str(round_id), str(conversation))
    if found is None:
        raise WebError(404, "not_found", "There is no such round; old ones are not kept.")
    return found


def _choice(choice: Any) -> dict[str, Any]:
    return {
        "id": choice.id,
        "policy": choice.policy_id,
        "at": choice.at,
        "name": choice.name,
        "reason": choice.reason,
        "changes": [asdict(each) for each in choice.changes],
    }
