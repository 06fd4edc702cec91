"""What the assistant did, for leads; and where no system said what came of it, a lead's word."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from alltid.agents.sign_in_sessions import SignedInAgent
from alltid.assistant.tools.action_records import PAGE_MAX, WHY_MAX, WHY_MIN, ActionRecords
from alltid.web.console import current_lead
from alltid.web.errors import WebError, error_docs
from alltid.web.identity.identity import own_page
from alltid.web.work_tools import Done, In, Words

router = APIRouter(
    prefix="/api/console", tags=["assistant"], responses=error_docs(401, 403, 404, 409, 422, 503)
)
_Lead = Annotated[SignedInAgent, Depends(current_lead)]
_WORDS: Final = {
    "no_such_action": (404, "There is no such action."),
    "being_asked": (409, "The company's system is being asked just now; look again in a moment."),
    "settled_before": (409, "What came of this action is known already."),
}


class SettleIn(In):
    """What a lead found out in the company's own system, and how."""

    outcome: Literal["done", "not_done"]
    why: Annotated[Words, Field(min_length=WHY_MIN, max_length=WHY_MAX)]


@router.get("/actions")
async def actions(
    request: Request,
    _lead: _Lead,
    which: Literal["open", "all"] = "all",
    before: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
) -> dict[str, list[dict[str, Any]]]:
    """What the assistant set out to do, newest first; `open`: the outcome isn't known yet."""
    found = await _records(request).page(
        open_only=which == "open", before=None if before is None else str(before), limit=limit
    )
    return {"actions": [asdict(each) for each in found]}


@router.post("/actions/{action}/settle", dependencies=[Depends(own_page)])
async def settle(request: Request, lead: _Lead, action: UUID, body: SettleIn) -> Done:
    """Write down what came of an action whose outcome nobody learned. Said once, it stays."""
    came = await _records(request).settle(
        str(action), done=body.outcome == "done", why=body.why, by=lead.agent.id
    )
    if came != "settled":
        status, words = _WORDS[came]
        raise WebError(status, came, words)
    return Done()


def _records(request: Request) -> ActionRecords:
    records: ActionRecords = request.app.state.assistant_actions
    return records
