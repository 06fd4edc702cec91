"""Applying to answer customers, and following one's application with a signed link.

Nobody is told whether an address is known: every application is taken and gets its own link.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field, StringConstraints

from alltid.agents.accounts import find_agent
from alltid.agents.applications import (
    NewApplication,
    apply,
    find_application,
    may_set_password,
    set_first_password,
)
from alltid.agents.passwords import PasswordsBusyError
from alltid.agents.people import SKILLS_MAX, skill_names, why_deactivated
from alltid.agents.qualifications import qualification_overview
from alltid.agents.reviews import Asker, ask_review, reviews_of
from alltid.web.errors import WebError, error_docs
from alltid.web.identity import models
from alltid.web.identity.cookies import session_token, set_session_cookie
from alltid.web.identity.identity import address_of, bearer_token, identity_of, own_page
from alltid.web.identity.signed_links import LinkKind
from alltid.web.people import (
    PAGE,
    Body,
    Key,
    Language,
    Name,
    People,
    Reason,
    ReviewShown,
    SkillName,
    only_known,
    people_of,
    skill_list,
)

router = APIRouter(prefix="/api/apply", tags=["apply"], responses=error_docs(503))
_People = Annotated[People, Depends(people_of)]
_FROM_OWN_PAGE = [Depends(own_page)]
_BODY_ERRORS = (400, 401, 403, 404, 409, 413, 422, 429)


class ApplicationForm(BaseModel):
    """What the form needs to know."""

    company: str
    skills: list[SkillName]


class ApplicationSent(Body):
    """Who would like to answer customers. Nothing else is asked, and nothing else counts."""

    name: Name
    email: models.PlainText = Field(min_length=3, max_length=254)
    languages: list[Language] = Field(min_length=1, max_length=20)
    skills: list[Key] = Field(default=[], max_length=20)
    motivation: models.PlainText = Field(default="", max_length=1000)
    country: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
    consent: Literal["apply-1"] = Field(description="The wording that was agreed to.")


class ApplicationTaken(BaseModel):
    """The token of the link with which to follow the application."""

    token: str


class Followed(BaseModel):
    """What a link shows: an application with its decision, or a deactivation."""

    kind: Literal["application", "agent"]
    company: str
    name: str
    email: str
    applied_at: datetime | None
    languages: list[str]
    skills: list[SkillName]
    decision: Literal["approved", "refused", "deactivated"] | None
    decided_at: datetime | None
    decided_by: str | None
    reason: str | None
    may_set_password: bool
    reviews: list[ReviewShown]


class ReviewWanted(Body):
    """Why the decision should be looked at again."""

    words: Reason


class FirstPassword(Body):
    """The first password of an approved applicant's account."""

    password: models.PlainText = Field(max_length=256)


@router.get("/form")
async def form(people: _People) -> ApplicationForm:
    """Which company it is, and the skills one may name: those that one can qualify for."""
    overview = await qualification_overview(people.pool, SKILLS_MAX)
    open_to_all = {each.key: each.name for each in overview if each.version is not None}
    return ApplicationForm(company=people.company, skills=skill_list(open_to_all))


@router.post(
    "",
    status_code=201,
    dependencies=_FROM_OWN_PAGE,
    responses=error_docs(400, 403, 409, 413, 422, 429),
)
async def send(
    request: Request, response: Response, people: _People, body: ApplicationSent
) -> ApplicationTaken:
    """Apply. The answer is the same for an address that is known and one that isn't."""
    identity = identity_of(request)
    identity.limit(people.applying, address_of(request))
    application_id = people.ids.new()
    new = NewApplication(
        name=body.name,
        email=body.email,
        languages=tuple(body.languages),
        skills=only_known(body.skills, await skill_names(people.pool)),
        motivation=body.motivation,
        country=body.country,
        consent=body.consent,
    )
    await apply(people.pool, new, application_id=application_id, now=people.clock.now())
    response.headers["Cache-Control"] = "no-store"
    return ApplicationTaken(token=identity.links.token("application", application_id))


async def link_of(request: Request, people: _People) -> tuple[LinkKind, str]:
    """Return what the bearer's link is about (FastAPI dependency); 401 for no link of ours."""
    identity = identity_of(request)
    identity.limit(people.following, address_of(request))
    link = identity.links.read(bearer_token(request.headers))
    if link is None:
        raise WebError(401, "link_refused", "This link is not whole. Copy all of it and try again.")
    return link


_Link = Annotated[tuple[LinkKind, str], Depends(link_of)]


@router.get("/mine", responses=error_docs(401, 404, 429))
async def mine(response: Response, people: _People, link: _Link) -> Followed:
    """Show what the link is about, with the decision and its reason."""
    response.headers["Cache-Control"] = "no-store"
    kind, about = link
    return await (_application if kind == "application" else _deactivation)(people, about)


@router.post(
    "/mine/review",
    status_code=201,
    dependencies=_FROM_OWN_PAGE,
    responses=error_docs(*_BODY_ERRORS),
)
async def contest(people: _People, link: _Link, body: ReviewWanted) -> ReviewShown:
    """Ask for a human review of the refusal or the deactivation."""
    kind, about = link
    shown = await mine(Response(), people, link)
    if shown.decision not in {"refused", "deactivated"}:
        raise WebError(409, "nothing_to_review", "There is no decision to review.")
    refused = kind == "application"
    review = await ask_review(
        people.pool,
        Asker(application_id=about) if refused else Asker(agent_id=about),
        "application" if refused else "deactivation",
        about,
        body.words,
        review_id=people.ids.new(),
        now=people.clock.now(),
    )
    return ReviewShown.of(review)


@router.post("/mine/sign-in", dependencies=_FROM_OWN_PAGE, responses=error_docs(*_BODY_ERRORS))
async def first_sign_in(
    request: Request, response: Response, people: _People, link: _Link, body: FirstPassword
) -> models.SignedIn:
    """Set the account's first password and sign in. Only while it has no way in yet."""
    identity = identity_of(request)
    kind, about = link
    if kind != "application":
        raise WebError(404, "not_found", "There is nothing here.")
    try:
        agent_id = await set_first_password(
            people.pool, people.passwords, about, body.password, people.clock.now()
        )
    except PasswordsBusyError as busy:
        message = "Many people sign in right now. Try again in a moment."
        raise WebError(503, "sign_in_busy", message, busy.retry_after_seconds) from None
    agent = await find_agent(people.pool, agent_id)
    assert agent is not None  # noqa: S101  an account is never deleted
    token = await identity.start_session(agent, "password", session_token(request.cookies))
    set_session_cookie(
        response,
        token,
        lasts=identity.rules.sessions.absolute,
        secure=identity.origins.secure,
    )
    response.headers["Cache-Control"] = "no-store"
    return models.SignedIn(agent=models.Agent.of(agent))


async def _application(people: People, application_id: str) -> Followed:
    found = await find_application(people.pool, application_id)
    if found is None:
        message = "This application was deleted, as refused ones are after a year."
        raise WebError(404, "not_found", message)
    reviews = await reviews_of(people.pool, Asker(application_id=found.id), limit=PAGE)
    names = await skill_names(people.pool)
    return Followed(
        kind="application",
        company=people.company,
        name=found.name,
        email=found.email,
        applied_at=found.applied_at,
        languages=list(found.languages),
        skills=skill_list({key: names[key] for key in found.skills if key in names}),
        decision=found.decision,
        decided_at=found.decided_at,
        decided_by=found.decided_by,
        reason=found.reason,
        may_set_password=await may_set_password(people.pool, found.id, people.clock.now()),
        reviews=[ReviewShown.of(each) for each in reviews],
    )


async def _deactivation(people: People, agent_id: str) -> Followed:
    agent = await find_agent(people.pool, agent_id)
    if agent is None:
        raise WebError(404, "not_found", "There is no such account.")
    why = await why_deactivated(people.pool, agent_id) if agent.disabled else None
    reviews = await reviews_of(people.pool, Asker(agent_id=agent_id), limit=PAGE)
    return Followed(
        kind="agent",
        company=people.company,
        name=agent.name,
        email=agent.email,
        applied_at=None,
        languages=list(agent.languages),
        skills=[],
        decision="deactivated" if agent.disabled else None,
        decided_at=why.at if why else None,
        decided_by=why.by.removeprefix("lead:") if why else None,
        reason=why.reason if why else None,
        may_set_password=False,
        reviews=[ReviewShown.of(each) for each in reviews if each.about == "deactivation"],
    )
