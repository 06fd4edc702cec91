"""An agent's own pages: skills and qualifications, ratings, decisions, reviews, the export."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from alltid.agents import people as kept
from alltid.agents import qualifications
from alltid.agents.ratings import TELLING_RATINGS
from alltid.agents.reviews import About, Asker, ask_review, reviews_of
from alltid.agents.sign_in_sessions import SignedInAgent
from alltid.insights.own_export import own_export
from alltid.web.errors import error_docs
from alltid.web.identity.identity import current_agent, identity_of, own_page
from alltid.web.own_attempts import AttemptShown, SkillShown, skills_shown
from alltid.web.people import (
    PAGE,
    Body,
    Key,
    Language,
    Limit,
    People,
    Reason,
    ReviewShown,
    ReviewsShown,
    people_of,
    with_zone,
)

router = APIRouter(prefix="/api/agent/me", tags=["own pages"], responses=error_docs(401, 503))
_People = Annotated[People, Depends(people_of)]
_Me = Annotated[SignedInAgent, Depends(current_agent)]
_FROM_OWN_PAGE = [Depends(own_page)]
_BODY_ERRORS = (400, 403, 409, 413, 422)
_Answer = Annotated[str, Field(max_length=200)] | Annotated[list[int], Field(max_length=8)]


class Skills(BaseModel):
    """Every skill, and whether I have it."""

    skills: list[SkillShown]


class Attempts(BaseModel):
    """My attempts, the latest first."""

    attempts: list[qualifications.PastAttempt]


class AttemptWanted(Body):
    """Which skill to qualify for, in which language."""

    skill: Key
    language: Language


class AnswersGiven(Body):
    """The answers by question: a text, or the numbers of the chosen options (from 0)."""

    answers: Mapping[Key, _Answer] = Field(max_length=30)


class ReplyGiven(Body):
    """The reply to one turn (from 0) of the practice conversation."""

    turn: int = Field(ge=0, le=20)
    text: Reason


class TrainingShown(BaseModel):
    """Paid time of training, and its sum in seconds."""

    training: list[qualifications.Training]
    seconds: int


class RatingShown(BaseModel):
    """My rating: how many; with enough of them the mean and where it lies with 90% certainty."""

    count: int
    needed: int
    mean: float | None
    low: float | None
    high: float | None


class DecisionsShown(BaseModel):
    """What was decided about me, the latest first."""

    decisions: list[kept.AgentDecision]


class ReviewAsked(Body):
    """Which decision a person should look at again, and why."""

    about: About
    about_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9:_.-]{1,100}$")]
    words: Reason


@router.get("/skills")
async def skills(people: _People, me: _Me) -> Skills:
    """Every skill with my level in it, and what qualifies for it."""
    return Skills(skills=await skills_shown(people.pool, me.agent.id, people.clock.now()))


@router.get("/attempts", responses=error_docs(422))
async def attempts(
    people: _People, me: _Me, limit: Limit = PAGE, before: datetime | None = None
) -> Attempts:
    """My attempts; `before` is the start of the last one known."""
    found = await qualifications.attempts_of(
        people.pool, me.agent.id, before=with_zone(before), limit=limit
    )
    return Attempts(attempts=found)


@router.post(
    "/attempts",
    status_code=201,
    dependencies=_FROM_OWN_PAGE,
    responses=error_docs(*_BODY_ERRORS),
)
async def start(people: _People, me: _Me, body: AttemptWanted) -> AttemptShown:
    """Begin a qualification, or go on with the one at this skill. Its time is paid."""
    attempt = await qualifications.start_attempt(
        people.pool,
        me.agent.id,
        body.skill,
        body.language,
        attempt_id=people.ids.new(),
        now=people.clock.now(),
    )
    return AttemptShown.of(attempt)


@router.get("/attempts/{attempt_id}", responses=error_docs(409, 422))
async def attempt_of(people: _People, me: _Me, attempt_id: UUID) -> AttemptShown:
    """One of my attempts: what comes next, or how it was marked."""
    found = await qualifications.find_attempt(people.pool, me.agent.id, str(attempt_id))
    return AttemptShown.of(found)


@router.post(
    "/attempts/{attempt_id}/answers",
    dependencies=_FROM_OWN_PAGE,
    responses=error_docs(*_BODY_ERRORS),
)
async def answer(people: _People, me: _Me, attempt_id: UUID, body: AnswersGiven) -> AttemptShown:
    """Answer the questions, all at once."""
    after = await qualifications.give_answers(
        people.pool, me.agent.id, str(attempt_id), body.answers, people.clock.now()
    )
    return AttemptShown.of(after)


@router.post(
    "/attempts/{attempt_id}/replies",
    dependencies=_FROM_OWN_PAGE,
    responses=error_docs(*_BODY_ERRORS),
)
async def reply(people: _People, me: _Me, attempt_id: UUID, body: ReplyGiven) -> AttemptShown:
    """Reply to the customer of the practice conversation."""
    after = await qualifications.give_reply(
        people.pool, me.agent.id, str(attempt_id), body.turn, body.text, people.clock.now()
    )
    return AttemptShown.of(after)


@router.post(
    "/attempts/{attempt_id}/leave",
    dependencies=_FROM_OWN_PAGE,
    responses=error_docs(403, 409, 422),
)
async def leave(people: _People, me: _Me, attempt_id: UUID) -> AttemptShown:
    """Leave an attempt. The time until now is paid."""
    after = await qualifications.leave_attempt(
        people.pool, me.agent.id, str(attempt_id), people.clock.now()
    )
    return AttemptShown.of(after)


@router.get("/training", responses=error_docs(422))
async def training(people: _People, me: _Me, limit: Limit = PAGE) -> TrainingShown:
    """The time of training that is paid."""
    found = await qualifications.training_of(people.pool, me.agent.id, limit)
    return TrainingShown(training=found, seconds=sum(each.seconds for each in found))


@router.get("/rating")
async def rating(people: _People, me: _Me) -> RatingShown:
    """What customers' ratings say, with how sure that is. It decides nothing by itself."""
    found = await kept.rating_of(people.pool, me.agent.id, people.clock.now())
    return RatingShown(
        count=found.count,
        needed=TELLING_RATINGS,
        mean=found.mean,
        low=found.low,
        high=found.high,
    )


@router.get("/decisions", responses=error_docs(422))
async def decisions(
    people: _People, me: _Me, limit: Limit = PAGE, before: datetime | None = None
) -> DecisionsShown:
    """What was decided about me, by whom and why; `before` is the time of the last one known."""
    found = await kept.decisions_of(people.pool, me.agent.id, before=with_zone(before), limit=limit)
    return DecisionsShown(decisions=found)


@router.get("/reviews", responses=error_docs(422))
async def reviews(
    people: _People, me: _Me, limit: Limit = PAGE, before: datetime | None = None
) -> ReviewsShown:
    """My requests for a review, and their answers."""
    found = await reviews_of(
        people.pool, Asker(agent_id=me.agent.id), before=with_zone(before), limit=limit
    )
    return ReviewsShown(reviews=[ReviewShown.of(each) for each in found])


@router.post(
    "/reviews", status_code=201, dependencies=_FROM_OWN_PAGE, responses=error_docs(*_BODY_ERRORS)
)
async def ask(people: _People, me: _Me, body: ReviewAsked) -> ReviewShown:
    """Ask for a human review of a decision about me. The answer is due in two weeks."""
    review = await ask_review(
        people.pool,
        Asker(agent_id=me.agent.id),
        body.about,
        body.about_id,
        body.words,
        review_id=people.ids.new(),
        now=people.clock.now(),
    )
    return ReviewShown.of(review)


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/json": {}}}, **error_docs(429)},
)
async def export(request: Request, people: _People, me: _Me) -> StreamingResponse:
    """Everything that is kept about me: JSON, signed; docs/export.md says how to verify it."""
    identity_of(request).limit(people.exporting, me.agent.id)
    now = people.clock.now()
    name = f"alltid-{now:%Y-%m-%d}.json"
    return StreamingResponse(
        own_export(people.pool, me.agent.id, people.company, people.export_keys.sign, now),
        media_type="application/json",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


wellknown = APIRouter(tags=["own pages"], responses=error_docs(503))


class PublicKeys(BaseModel):
    """Public keys as a JWK set (RFC 7517)."""

    keys: list[Mapping[str, str]]


@wellknown.get("/.well-known/alltid-export-keys.json")
async def public_keys(people: _People) -> PublicKeys:
    """The public keys that exports are verified with."""
    return PublicKeys(keys=people.export_keys.public())
