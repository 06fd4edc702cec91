"""What agents read about going online and about their offers, beside the socket."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from alltid.agents.sign_in_sessions import SignedInAgent
from alltid.dispatch.offer_book import offer_content
from alltid.web.agent_offers import choices_content
from alltid.web.errors import error_docs
from alltid.web.frame import LANGUAGE
from alltid.web.identity.identity import current_agent
from alltid.web.people import with_zone
from alltid.web.services import services_of

router = APIRouter(prefix="/api/agent", tags=["agent"], responses=error_docs(401, 403, 422, 503))
_Agent = Annotated[SignedInAgent, Depends(current_agent)]


class SkillShown(BaseModel):
    """A skill that the agent is qualified for, with a level of 1 to 3."""

    key: str
    name: str
    level: int


class TopicShown(BaseModel):
    """A topic that conversations may have."""

    key: str
    name: str


class HourShown(BaseModel):
    """An hour to come, and how many agents with these languages it needs at its busiest."""

    start: datetime
    needed: int


class GoingOnline(BaseModel):
    """What an agent sees before going online. Money is in the currency's smallest unit."""

    capacity: str
    because: str
    code: str
    facts: dict[str, Any]
    languages: list[str]
    skills: list[SkillShown]
    topics: list[TopicShown]
    last_choices: dict[str, Any] | None
    floor_minor_per_hour: int
    currency: str
    hours: list[HourShown]


class Offers(BaseModel):
    """The agent's offers, newest first."""

    offers: list[dict[str, Any]]


class MissedShown(BaseModel):
    """A conversation that went to someone else while the agent was online."""

    conversation: str
    asked_at: datetime
    at: datetime
    language: str
    topic: str | None
    why_not: dict[str, Any]


class MissedList(BaseModel):
    """Newest first."""

    missed: list[MissedShown]


class Audit(BaseModel):
    """Whether declining changed anything for this agent."""

    offers: int
    accepted: int
    declined: int
    missed: int
    share_before: float | None
    share_after: float | None
    offers_before: int
    offers_after: int
    explained: str


@router.get("/going-online")
async def going_online(
    request: Request,
    agent: _Agent,
    language: Annotated[str, Query(max_length=20, pattern=LANGUAGE)] = "en",
    languages: Annotated[list[str] | None, Query(max_length=20)] = None,
) -> GoingOnline:
    """Say what going online now, for some or all of one's languages, would mean, and why."""
    services, who = services_of(request), agent.agent
    now = services.clock.now()
    chosen = [each for each in who.languages if each in (languages or who.languages)]
    promise = await services.capacity.capacity(chosen or who.languages, now)
    quote = await services.quotes.quote(await services.quotes.rate_id(now), 1, language, now)
    last = await services.online.last_choices(who.id)
    names = await services.topic_names(language)
    return GoingOnline(
        capacity=promise.capacity.value,
        because=promise.because,
        code=promise.code,
        facts=dict(promise.facts),
        languages=list(who.languages),
        skills=[
            SkillShown(
                key=skill.key,
                name=skill.name.get(language) or skill.name.get("en") or skill.key,
                level=skill.level,
            )
            for skill in await services.online.skills_of(who.id)
        ],
        topics=[TopicShown(key=key, name=name) for key, name in names.items()],
        last_choices=choices_content(last) if last else None,
        floor_minor_per_hour=quote.floor_minor_per_hour,
        currency=quote.currency,
        hours=[
            HourShown(start=start, needed=needed)
            for start, needed in services.capacity.needed(chosen or who.languages)
        ],
    )


@router.get("/offers")
async def past_offers(
    request: Request,
    agent: _Agent,
    before: datetime | None = None,
    before_id: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Offers:
    """Return my offers, with why each was made to me.

    `before` and `before_id` are the `made_at` and the `id` of the last one known.
    """
    services = services_of(request)
    found = await services.offers.past(
        agent.agent.id, before=with_zone(before), before_id=_text(before_id), limit=limit
    )
    now = services.clock.now()
    return Offers(offers=[offer_content(offer, now) for offer in found])


@router.get("/missed")
async def missed(
    request: Request,
    agent: _Agent,
    before: datetime | None = None,
    before_id: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=20)] = 20,
) -> MissedList:
    """Return what went to others while I was online, and why not to me.

    `before` and `before_id` are the `at` and the `conversation` of the last one known.
    """
    found = await services_of(request).offers.missed(
        agent.agent.id, before=with_zone(before), before_id=_text(before_id), limit=limit
    )
    return MissedList(
        missed=[
            MissedShown(
                conversation=each.conversation_id,
                asked_at=each.asked_at,
                at=each.at,
                language=each.language,
                topic=each.topic,
                why_not={
                    "because": each.why_not.because.value,
                    "facts": dict(each.why_not.facts),
                    "sentence": each.why_not.sentence,
                },
            )
            for each in found
        ]
    )


@router.get("/self-audit")
async def self_audit(request: Request, agent: _Agent) -> Audit:
    """Return my share of the offers before and after I declined one."""
    found = await services_of(request).offers.self_audit(agent.agent.id)
    return Audit(
        offers=found.offers,
        accepted=found.accepted,
        declined=found.declined,
        missed=found.missed,
        share_before=found.share_before,
        share_after=found.share_after,
        offers_before=found.offers_before,
        offers_after=found.offers_after,
        explained=(
            "Your share of all offers made while you were online, in the hour before and in the "
            "hour after each of your declines of the last 90 days. Declining has no place in the "
            "rules of matching, so the two should differ only by chance."
        ),
    )


def _text(each: UUID | None) -> str | None:
    return None if each is None else str(each)
