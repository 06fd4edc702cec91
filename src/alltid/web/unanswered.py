"""Questions that nothing answered, for leads: what the next article should be about."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from alltid.agents.sign_in_sessions import SignedInAgent
from alltid.assistant.search.unanswered import PAGE_MAX, UnansweredQuestions
from alltid.web.console import current_lead
from alltid.web.errors import WebError, error_docs
from alltid.web.frame import LANGUAGE
from alltid.web.identity.identity import own_page

router = APIRouter(
    prefix="/api/console", tags=["knowledge"], responses=error_docs(401, 403, 404, 422, 503)
)
_Lead = Annotated[SignedInAgent, Depends(current_lead)]
_SEEN_MAX = 10_000


@router.get("/unanswered")
async def unanswered(
    request: Request,
    _lead: _Lead,
    language: Annotated[str | None, Query(max_length=20, pattern=LANGUAGE)] = None,
    after: Annotated[int, Query(ge=0, le=_SEEN_MAX)] = 0,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
) -> dict[str, list[dict[str, Any]]]:
    """Questions without an answer, the oftenest asked first; `after` is how many were seen.

    They hold no personal data: it is masked before they are kept.
    """
    found = await _store(request).page(language=language, after=after, limit=limit)
    return {"unanswered": [asdict(each) for each in found]}


@router.delete("/unanswered/{question}", dependencies=[Depends(own_page)])
async def remove(request: Request, _lead: _Lead, question: int) -> dict[str, bool]:
    """Forget a question that an article answers now."""
    if not 0 < question < 2**62 or not await _store(request).remove(question):
        raise WebError(404, "not_found", "That question is not on the list any more.")
    return {"removed": True}


def _store(request: Request) -> UnansweredQuestions:
    store: UnansweredQuestions = request.app.state.unanswered
    return store
