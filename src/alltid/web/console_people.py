"""Leads' pages about people: applications, accounts, qualifications, requests for review."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from alltid.agents import applications, people, qualifications, reviews
from alltid.agents.qualification import Qualification
from alltid.agents.sign_in_sessions import SignedInAgent
from alltid.web.console import current_lead
from alltid.web.errors import WebError, error_docs
from alltid.web.identity.identity import identity_of, own_page
from alltid.web.people import (
    PAGE,
    Body,
    Key,
    Limit,
    People,
    Reason,
    SkillName,
    people_of,
    skill_list,
    with_zone,
)

router = APIRouter(
    prefix="/api/console/people", tags=["people"], responses=error_docs(401, 403, 422, 503)
)
_People = Annotated[People, Depends(people_of)]
_Lead = Annotated[SignedInAgent, Depends(current_lead)]
_FROM_OWN_PAGE = [Depends(own_page)]
_BODY_ERRORS = error_docs(400, 404, 409, 413)


class Applications(BaseModel):
    """Applications, the latest first."""

    applications: list[applications.Application]


class DecisionMade(Body):
    """Approve or refuse, with the reason that the applicant reads."""

    decision: Literal["approved", "refused"]
    reason: Reason


class Decided(BaseModel):
    """The account that an approval made."""

    agent_id: str | None


class PeopleShown(BaseModel):
    """Accounts by e-mail address, and the names of the skills."""

    people: list[people.Person]
    skills: list[SkillName]


class ReasonGiven(Body):
    """Why; the agent reads it."""

    reason: Reason


class Deactivated(BaseModel):
    """The address where the agent reads the reason and can contest it."""

    address: str


class SkillGiven(Body):
    """A skill and its level; 0 takes the skill away. The agent reads the reason."""

    skill: Key
    level: int = Field(ge=0, le=3)
    reason: Reason


class Reviews(BaseModel):
    """Requests for review: open ones by due date, answered ones with the latest first."""

    now: datetime
    reviews: list[reviews.Review]


class Answer(Body):
    """The answer to a request, with its reason."""

    outcome: reviews.Outcome
    answer: Reason


class Qualifications(BaseModel):
    """Every skill, with the newest version of what qualifies for it."""

    skills: list[qualifications.SkillOverview]


class QualificationVersions(BaseModel):
    """A skill's versions, the newest first."""

    versions: list[qualifications.Version]


class VersionSent(Body):
    """A new version, on top of the one that was read (0 where there is none)."""

    based_on: int = Field(ge=0, le=1_000_000)
    note: Reason
    content: Qualification


class Saved(BaseModel):
    """The number of the new version."""

    version: int


@router.get("/waiting")
async def waiting(people_: _People, _lead: _Lead) -> reviews.Counts:
    """How many applications and requests wait for a lead, and how many are overdue."""
    return await reviews.count_waiting(people_.pool, people_.clock.now())


@router.get("/applications")
async def list_applications(
    people_: _People,
    _lead: _Lead,
    state: Literal["open", "decided"] = "open",
    limit: Limit = PAGE,
    before: datetime | None = None,
) -> Applications:
    """Applications; `before` is the time of the last one known."""
    found = await applications.list_applications(
        people_.pool, is_open=state == "open", before=with_zone(before), limit=limit
    )
    return Applications(applications=found)


@router.post(
    "/applications/{application_id}/decision",
    dependencies=_FROM_OWN_PAGE,
    responses=_BODY_ERRORS,
)
async def decide(
    people_: _People, lead: _Lead, application_id: UUID, body: DecisionMade
) -> Decided:
    """Approve (which makes the account) or refuse, with a reason either way."""
    application = await applications.find_application(people_.pool, str(application_id))
    if application is None:
        raise WebError(404, "not_found", "There is no such application.")
    agent_id = await applications.decide(
        people_.pool,
        application,
        body.decision,
        body.reason,
        lead=(lead.agent.id, lead.agent.name),
        ids=(people_.ids.new(), people_.ids.new()),
        now=people_.clock.now(),
    )
    return Decided(agent_id=agent_id)


@router.get("/agents")
async def list_people(
    people_: _People,
    _lead: _Lead,
    limit: Limit = PAGE,
    after: Annotated[str | None, Field(max_length=254, pattern=r"^[^\x00]*$")] = None,
) -> PeopleShown:
    """Accounts; `after` is the address of the last one known."""
    found = await people.list_people(people_.pool, after=after, limit=limit)
    names = skill_list(await people.skill_names(people_.pool))
    return PeopleShown(people=found, skills=names)


@router.post("/agents/{agent_id}/deactivate", dependencies=_FROM_OWN_PAGE, responses=_BODY_ERRORS)
async def deactivate(
    request: Request, people_: _People, lead: _Lead, agent_id: UUID, body: ReasonGiven
) -> Deactivated:
    """Lock an agent's account, with a reason that the agent is shown and can contest."""
    await people.deactivate(
        people_.pool,
        str(agent_id),
        body.reason,
        by=lead.agent.name,
        decision_id=people_.ids.new(),
        now=people_.clock.now(),
    )
    return Deactivated(address=identity_of(request).links.address("agent", str(agent_id)))


@router.post(
    "/agents/{agent_id}/reactivate",
    status_code=204,
    dependencies=_FROM_OWN_PAGE,
    responses=_BODY_ERRORS,
)
async def reactivate(people_: _People, lead: _Lead, agent_id: UUID, body: ReasonGiven) -> None:
    """Unlock an agent's account."""
    await people.reactivate(
        people_.pool,
        str(agent_id),
        body.reason,
        by=lead.agent.name,
        decision_id=people_.ids.new(),
        now=people_.clock.now(),
    )


@router.post(
    "/agents/{agent_id}/skills",
    status_code=204,
    dependencies=_FROM_OWN_PAGE,
    responses=_BODY_ERRORS,
)
async def set_skill(people_: _People, lead: _Lead, agent_id: UUID, body: SkillGiven) -> None:
    """Give an agent a skill, or take it away, with a reason that the agent is shown."""
    await people.set_skill(
        people_.pool,
        str(agent_id),
        body.skill,
        body.level,
        body.reason,
        by=lead.agent.name,
        decision_id=people_.ids.new(),
        now=people_.clock.now(),
    )


@router.get("/reviews")
async def list_reviews(
    people_: _People,
    _lead: _Lead,
    state: Literal["open", "answered"] = "open",
    limit: Limit = PAGE,
    after: datetime | None = None,
) -> Reviews:
    """Requests; `after` is the due date, or the time of the answer, of the last one known."""
    found = await reviews.list_reviews(
        people_.pool, is_open=state == "open", after=with_zone(after), limit=limit
    )
    return Reviews(now=people_.clock.now(), reviews=found)


@router.post(
    "/reviews/{review_id}/answer",
    status_code=204,
    dependencies=_FROM_OWN_PAGE,
    responses=_BODY_ERRORS,
)
async def answer(people_: _People, lead: _Lead, review_id: UUID, body: Answer) -> None:
    """Answer a request, with a reason that the one who asked is shown."""
    await reviews.answer_review(
        people_.pool,
        str(review_id),
        body.outcome,
        body.answer,
        lead=(lead.agent.id, lead.agent.name),
        decision_id=people_.ids.new(),
        now=people_.clock.now(),
    )


@router.get("/qualifications")
async def list_qualifications(
    people_: _People, _lead: _Lead, limit: Limit = people.SKILLS_MAX
) -> Qualifications:
    """Every skill, and what qualifies for it now."""
    return Qualifications(skills=await qualifications.qualification_overview(people_.pool, limit))


@router.get("/qualifications/{skill}")
async def qualification(
    people_: _People, _lead: _Lead, skill: Key, limit: Limit = qualifications.VERSIONS_SHOWN
) -> QualificationVersions:
    """What qualifies for a skill: its versions, the newest first."""
    found = await qualifications.newest_versions(people_.pool, skill, limit)
    return QualificationVersions(versions=found)


@router.post(
    "/qualifications/{skill}",
    status_code=201,
    dependencies=_FROM_OWN_PAGE,
    responses=_BODY_ERRORS,
)
async def save(people_: _People, lead: _Lead, skill: Key, body: VersionSent) -> Saved:
    """Save a new version. Attempts under way keep the one they began with."""
    version = await qualifications.save_version(
        people_.pool,
        skill,
        body.content,
        based_on=body.based_on,
        by=f"lead:{lead.agent.name}",
        note=body.note,
        now=people_.clock.now(),
    )
    return Saved(version=version)
