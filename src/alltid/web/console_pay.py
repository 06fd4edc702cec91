"""Pay for leads: rate cards and rushes, the test of the floor, statements, disputes, cost."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from alltid.agents.sign_in_sessions import SignedInAgent
from alltid.insights.pay_desk import PayDesk
from alltid.pay.disputes import TEXT_LIMIT
from alltid.pay.figures import SpanTotals, first_of_week
from alltid.pay.quotes import in_force, next_version
from alltid.pay.rate_card import (
    Night,
    RateCard,
    Surge,
    Unit,
    break_even_minor_per_minute,
    card_facts,
    zone_of,
)
from alltid.pay.statement import Basis
from alltid.pay.statements import REASON_LIMIT, Addition
from alltid.web.agent_pay import (
    FROM_OWN_PAGE,
    DisputeShown,
    DisputesShown,
    Language,
    StatementShown,
    StatementsShown,
    check_zone,
    disputed,
    file_docs,
    own_statement,
    paper,
    pay_of,
    shown,
)
from alltid.web.console import current_lead
from alltid.web.errors import error_docs

router = APIRouter(
    prefix="/api/console/pay", tags=["pay"], responses=error_docs(400, 401, 403, 409, 422, 503)
)
_Lead = Annotated[SignedInAgent, Depends(current_lead)]
_Limit = Annotated[int, Query(ge=1, le=200)]
_MOST: Final = 10**9
_Points = Annotated[int, Field(ge=0, le=100_000)]
_Market = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]
_Currency = Annotated[str, Field(min_length=3, max_length=3, pattern="^[A-Z]{3}$")]


class NightPay(BaseModel):
    """A supplement between two times of the market's day, in basis points (10,000 are 100%)."""

    begins: time
    ends: time
    basis_points: _Points


class SurgePay(BaseModel):
    """The most that a rush may add, and what this version may spend on it in all."""

    most_basis_points: _Points
    budget_minor: int = Field(ge=0, le=_MOST)


class NewCard(BaseModel):
    """The next version of a rate card. Without `valid_from` it counts from now on."""

    market: _Market
    currency: str = Field(max_length=3)
    zone: str = Field(max_length=60)
    valid_from: datetime | None = None
    floor_minor_per_hour: int = Field(ge=-_MOST, le=_MOST)
    unit: Unit
    rate_minor: int = Field(ge=-_MOST, le=_MOST)
    night: NightPay | None = None
    languages: dict[str, _Points] = Field(default_factory=dict, max_length=50)
    surge: SurgePay | None = None


class NewSurge(BaseModel):
    """A rush on a market's card, from now on."""

    id: UUID
    market: _Market
    currency: _Currency
    basis_points: int = Field(ge=1, le=100_000)
    minutes: int = Field(ge=1, le=720)


class NewAddition(BaseModel):
    """What is put to a session's pay; `id` makes sending it twice harmless."""

    id: UUID
    kind: Literal["adjustment", "tip", "expense", "other_period"]
    minor: int = Field(ge=-_MOST, le=_MOST)
    reason: str = Field(min_length=1, max_length=REASON_LIMIT)


class Answer(BaseModel):
    """An answer to a dispute; an amount corrects the statement. `id` is the correction's."""

    id: UUID
    answer: str = Field(min_length=1, max_length=TEXT_LIMIT)
    adjust_minor: int = Field(default=0, ge=-_MOST, le=_MOST)


class NewBudget(BaseModel):
    """What a month may cost."""

    market: _Market
    currency: _Currency
    month: date
    minor: int = Field(ge=0, le=10**12)


class NewBasis(BaseModel):
    """What an agent's amounts are from the next statement on."""

    basis: Basis


class CardsShown(BaseModel):
    """Every version, the latest first; `in_force` names those of now."""

    cards: list[dict[str, Any]]
    in_force: list[str]


@router.get("/overview")
async def overview(request: Request, _lead: _Lead) -> dict[str, Any]:
    """The test of the floor by week, what is owed, the month's cost against its budget."""
    pay = pay_of(request)
    now = pay.clock.now()
    cards = in_force(await pay.cards.all(), now)
    markets = [await _market(pay, card, now) for card in cards]
    below = await pay.figures.below_floor(now.date())
    weeks = [
        {
            **_sums(each),
            "agents": each.agents,
            "agents_below": below.get((each.span, each.currency), 0),
        }
        for each in await pay.figures.weeks(now.date())
    ]
    disputes = await pay.disputes.some(only_open=True)
    return {
        "weeks": weeks,
        "markets": markets,
        "open_disputes": len(disputes),
        "overdue_disputes": sum(each.due_at < now for each in disputes),
    }


@router.get("/weeks/{week}")
async def week(request: Request, _lead: _Lead, week: str) -> dict[str, Any]:
    """The test of the floor for every agent in a week (2026-W07), the nearest first."""
    first_of_week(week)
    found = await pay_of(request).figures.week(week)
    return {
        "week": week,
        "agents": [
            {**_sums(each), "agent": each.agent, "agent_name": each.agent_name} for each in found
        ],
    }


@router.get("/cards")
async def cards(request: Request, _lead: _Lead) -> CardsShown:
    """Rate cards with their history."""
    pay = pay_of(request)
    known = await pay.cards.history()
    current = in_force(await pay.cards.all(), pay.clock.now())
    return CardsShown(cards=known, in_force=[card.name for card in current])


@router.post("/cards", dependencies=FROM_OWN_PAGE)
async def add_card(request: Request, lead: _Lead, body: NewCard) -> CardsShown:
    """Add the next version of a rate card; refused when it could not be paid by."""
    pay, now = pay_of(request), pay_of(request).clock.now()
    check_zone(body.valid_from)
    night, surge = body.night, body.surge
    card = RateCard(
        market=body.market,
        currency=body.currency,
        version=1,
        valid_from=body.valid_from or now,
        zone=body.zone,
        floor_minor_per_hour=body.floor_minor_per_hour,
        unit=body.unit,
        rate_minor=body.rate_minor,
        night=Night(night.begins, night.ends, night.basis_points) if night else None,
        languages=tuple(sorted(body.languages.items())),
        surge=Surge(surge.most_basis_points, surge.budget_minor) if surge else None,
    )
    await pay.cards.add(next_version(await pay.cards.all(), card, now), lead.agent.name)
    return await cards(request, lead)


@router.post("/surges", dependencies=FROM_OWN_PAGE)
async def begin_surge(request: Request, lead: _Lead, body: NewSurge) -> dict[str, Any]:
    """Begin a rush; it ends by itself when its time or its budget is up."""
    pay = pay_of(request)
    card = await pay.card_of(body.market, body.currency)
    surge_id = str(body.id)
    surging = await pay.surges.begin(
        card, surge_id, body.basis_points, body.minutes, lead.agent.name
    )
    return {"id": surge_id, "basis_points": surging.basis_points, "ends_at": surging.ends_at}


@router.post("/surges/{surge}/end", dependencies=FROM_OWN_PAGE)
async def end_surge(request: Request, _lead: _Lead, surge: UUID) -> dict[str, Any]:
    """End a rush; what was offered in it stays offered."""
    await pay_of(request).surges.end(str(surge))
    return {"id": surge}


@router.get("/statements")
async def statements(
    request: Request,
    _lead: _Lead,
    agent: UUID | None = None,
    limit: _Limit = 50,
    before: datetime | None = None,
) -> StatementsShown:
    """Statements of everyone, or of one agent, the latest first."""
    check_zone(before)
    rows = await pay_of(request).statements.latest(
        str(agent) if agent else None, before=before, limit=limit
    )
    return StatementsShown(statements=[shown(row) for row in rows])


@router.get("/statements/{session}", responses=error_docs(404))
async def statement(request: Request, _lead: _Lead, session: UUID) -> dict[str, Any]:
    """One statement with all its evidence, its versions and disputes."""
    pay = pay_of(request)
    kept = await own_statement(pay, str(session), None)
    disputes = await pay.disputes.some(session=str(session))
    detail = await pay.view.detail(kept)
    return {**detail, "disputes": [disputed(each).model_dump() for each in disputes]}


@router.get(
    "/statements/{session}/pdf",
    response_class=Response,
    responses=error_docs(404) | file_docs("application/pdf"),
)
async def statement_on_paper(
    request: Request, _lead: _Lead, session: UUID, language: Language = "en"
) -> Response:
    """A statement as PDF."""
    pay = pay_of(request)
    return await paper(pay, await own_statement(pay, str(session), None), language)


@router.post(
    "/statements/{session}/additions", dependencies=FROM_OWN_PAGE, responses=error_docs(404)
)
async def add(request: Request, lead: _Lead, session: UUID, body: NewAddition) -> StatementShown:
    """Put a tip, an expense or a correction to a statement: a reversal and a new entry."""
    pay = pay_of(request)
    await own_statement(pay, str(session), None)
    addition = Addition(
        str(body.id), str(session), body.kind, body.minor, body.reason, lead.agent.name
    )
    return shown((await pay.statements.add(addition)).row)


@router.get("/disputes")
async def disputes(
    request: Request, _lead: _Lead, limit: _Limit = 100, *, only_open: bool = False
) -> DisputesShown:
    """Disputes, open ones first by their due date."""
    found = await pay_of(request).disputes.some(only_open=only_open, limit=limit)
    return DisputesShown(disputes=[disputed(each) for each in found])


@router.post("/disputes/{dispute}/answer", dependencies=FROM_OWN_PAGE)
async def answer(request: Request, lead: _Lead, dispute: UUID, body: Answer) -> DisputeShown:
    """Answer a dispute with reasons, and with a correction where there is one."""
    answered = await pay_of(request).disputes.answer(
        str(dispute), lead.agent.name, body.answer, body.adjust_minor, str(body.id)
    )
    return disputed(answered)


@router.post("/budget", dependencies=FROM_OWN_PAGE)
async def budget(request: Request, lead: _Lead, body: NewBudget) -> dict[str, Any]:
    """Set what a month may cost; it is compared with, and stops nothing."""
    pay = pay_of(request)
    card = await pay.card_of(body.market, body.currency)
    now = pay.clock.now()
    await pay.figures.set_budget(
        card.market, card.currency, body.month, body.minor, lead.agent.name, now
    )
    return await _market(pay, card, now)


@router.post("/agents/{agent}/basis", dependencies=FROM_OWN_PAGE)
async def basis(request: Request, _lead: _Lead, agent: UUID, body: NewBasis) -> dict[str, Any]:
    """Say what an agent's amounts are: an invoice excluding VAT, or gross salary."""
    how = await pay_of(request).accounts.set_basis(str(agent), body.basis)
    return {"agent": agent, "basis": how.basis, "account": how.account_shown}


async def _market(pay: PayDesk, card: RateCard, now: datetime) -> dict[str, Any]:
    cost = await pay.figures.cost(
        card.market, card.currency, now.astimezone(zone_of(card.zone)).date()
    )
    floor = card.floor_minor_per_hour
    return {
        "market": card.market,
        "currency": card.currency,
        "card": card_facts(card) | {"name": card.name},
        "break_even": {
            str(percent): break_even_minor_per_minute(floor, percent * 100) for percent in (50, 70)
        },
        "surges": await pay.surges.latest(card),
        "surge_spent_minor": await pay.surges.spent(card),
        "month": cost.month,
        "spent_minor": cost.spent_minor,
        "forecast_minor": cost.forecast_minor,
        "budget_minor": cost.budget_minor,
        "usual_day_minor": cost.usual_day_minor,
    }


def _sums(each: SpanTotals) -> dict[str, Any]:
    return {
        "week": each.span,
        "currency": each.currency,
        "total_minor": each.sums.total_minor,
        "pay_minor": each.sums.pay_minor,
        "floor_minor": each.sums.floor_minor,
        "top_up_minor": each.sums.top_up_minor,
        "guaranteed_seconds": each.sums.guaranteed_microseconds // 1_000_000,
        "sessions": each.sessions,
        "floor_held": each.sums.floor_held,
    }
