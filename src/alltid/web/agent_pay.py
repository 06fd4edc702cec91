"""An agent's own pay: the meter, statements down to their evidence, disputes, the bank account."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.requests import HTTPConnection

from alltid.agents.sign_in_sessions import SignedInAgent
from alltid.insights.pay_desk import PayDesk
from alltid.kernel.money import CURRENCIES
from alltid.pay.bank_account import BankAccount, iban_account, swedish_account
from alltid.pay.disputes import TEXT_LIMIT, Dispute
from alltid.pay.rate_card import zone_of
from alltid.pay.statement import Span
from alltid.pay.statement_files import statement_csv, statement_pdf, statements_csv
from alltid.pay.statements import EXPORT_MOST, Kept, StatementRow
from alltid.web.errors import WebError, error_docs
from alltid.web.identity.identity import current_agent, own_page


def file_docs(*media_types: str) -> dict[int | str, dict[str, Any]]:
    """Describe an answer that is a file, for OpenAPI."""
    content = {
        media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in media_types
    }
    return {200: {"description": "The file.", "content": content}}


router = APIRouter(
    prefix="/api/agent/pay", tags=["pay"], responses=error_docs(400, 401, 403, 409, 422, 503)
)
_Agent = Annotated[SignedInAgent, Depends(current_agent)]
_Limit = Annotated[int, Query(ge=1, le=200)]
_PAGE: Final = 30
FROM_OWN_PAGE: Final = (Depends(own_page),)
Language = Literal["en", "sv", "de", "it", "es"]


class Sums(BaseModel):
    """What there is so far, in the currency's smallest unit."""

    earned_minor: int
    floor_minor: int
    top_up_minor: int
    extra_minor: int
    total_minor: int


class Meter(Sums):
    """An open session's pay: sums as of `at` (and if the agent stopped now), and their growth.

    `*_millionths` are exact amounts in millionths of the smallest unit, so that a page can count
    on by itself: the floor's grows while `counting`, the earnings' while `working`. Each is
    rounded up once; the top-up is what is missing to the floor.
    """

    session: UUID
    since: datetime
    at: datetime
    market: str
    currency: str
    rate: str
    floor_minor_per_hour: int
    unit: Literal["minute", "conversation"]
    rate_minor: int
    guaranteed_seconds: int
    counting: bool
    working: bool
    floor_millionths: int
    earned_millionths: int
    floor_millionths_per_second: int
    earned_millionths_per_second: int


class MeterNow(BaseModel):
    """The meter, or null while offline; `today_minor` is what today's ended sessions paid."""

    meter: Meter | None
    currency: str
    today_minor: int
    today_guaranteed_seconds: int


class StatementShown(BaseModel):
    """A statement in a list; amounts in the currency's smallest unit."""

    session: UUID
    version: int
    agent: UUID
    agent_name: str | None
    market: str
    currency: str
    booked_on: date
    began: datetime
    ended: datetime
    guaranteed_microseconds: int
    floor_minor: int
    pay_minor: int
    top_up_minor: int
    total_minor: int
    basis: str


class StatementsShown(BaseModel):
    """Statements, the latest first."""

    statements: list[StatementShown]


class TotalsShown(BaseModel):
    """Sums of a day, week (2026-W07), month or year."""

    span: str
    currency: str
    total_minor: int
    pay_minor: int
    floor_minor: int
    top_up_minor: int
    guaranteed_seconds: int
    sessions: int


class TotalsList(BaseModel):
    """Totals, the latest span first."""

    totals: list[TotalsShown]


class DisputeShown(BaseModel):
    """A disputed line, and its answer once a person gave it; `due_at` is when it is due."""

    id: UUID
    session: UUID
    version: int
    line: int
    agent: UUID
    agent_name: str | None
    currency: str
    reason: str
    opened_at: datetime
    due_at: datetime
    outcome: Literal["stands", "corrected"] | None
    answer: str | None
    answered_at: datetime | None


class DisputesShown(BaseModel):
    """Disputes, open ones first."""

    disputes: list[DisputeShown]


class NewDispute(BaseModel):
    """Which line (from 0), and why. `id` makes sending it twice harmless."""

    id: UUID
    line: int = Field(ge=0, le=1000)
    reason: str = Field(min_length=1, max_length=TEXT_LIMIT)


class NewAccount(BaseModel):
    """An IBAN, or a Swedish clearing and account number; and whose it is."""

    iban: str | None = Field(default=None, max_length=42)
    clearing: str | None = Field(default=None, max_length=10)
    number: str | None = Field(default=None, max_length=20)
    holder: str = Field(min_length=1, max_length=70)


class AccountShown(BaseModel):
    """How an agent is paid: the account masked, and what the amounts are."""

    account: str | None
    holder: str | None
    basis: Literal["invoice amount excluding VAT", "gross salary"]
    owed: list[dict[str, Any]]
    payouts: list[dict[str, Any]]


def pay_of(connection: HTTPConnection) -> PayDesk:
    """Return the pay part of the desk."""
    pay = connection.app.state.pay
    assert isinstance(pay, PayDesk)  # noqa: S101  the desk puts it there at start
    return pay


@router.get("/now")
async def meter_now(request: Request, who: _Agent) -> MeterNow:
    """The live meter; refresh it when the session changes, and count on in between."""
    pay = pay_of(request)
    now = pay.clock.now()
    meter = await pay.view.now(who.agent.id, now)
    card = await pay.quotes.card_now(now)
    currency = meter["currency"] if meter else card.currency
    today = now.astimezone(zone_of(card.zone)).date()
    rows = await pay.statements.latest(who.agent.id, first=today, last=today, limit=200)
    own = [row for row in rows if row.currency == currency]
    return MeterNow(
        meter=Meter(**meter) if meter else None,
        currency=currency,
        today_minor=sum(row.total_minor for row in own),
        today_guaranteed_seconds=sum(row.guaranteed_microseconds for row in own) // 1_000_000,
    )


@router.get("/statements")
async def statements(
    request: Request, who: _Agent, limit: _Limit = _PAGE, before: datetime | None = None
) -> StatementsShown:
    """One's own statements, the latest first; `before` is the end of the last one known."""
    check_zone(before)
    rows = await pay_of(request).statements.latest(who.agent.id, before=before, limit=limit)
    return StatementsShown(statements=[shown(row) for row in rows])


@router.get("/statements.csv", response_class=Response, responses=file_docs("text/csv"))
async def statements_table(
    request: Request, who: _Agent, first: date | None = None, last: date | None = None
) -> Response:
    """One's own statements as a table, at most 2,000; choose days to see the others."""
    rows = await pay_of(request).statements.latest(
        who.agent.id, first=first, last=last, limit=EXPORT_MOST
    )
    return download(statements_csv(rows), "text/csv; charset=utf-8", "statements.csv")


@router.get("/statements/{session}", responses=error_docs(404))
async def statement(request: Request, who: _Agent, session: UUID) -> dict[str, Any]:
    """One statement: every line with its formula, rate version, interval and evidence."""
    pay = pay_of(request)
    kept = await own_statement(pay, str(session), who.agent.id)
    disputes = await pay.disputes.some(session=str(session))
    detail = await pay.view.detail(kept)
    return {**detail, "disputes": [disputed(each).model_dump() for each in disputes]}


@router.get(
    "/statements/{session}/pdf",
    response_class=Response,
    responses=error_docs(404) | file_docs("application/pdf"),
)
async def statement_on_paper(
    request: Request, who: _Agent, session: UUID, language: Language = "en"
) -> Response:
    """A statement as PDF."""
    pay = pay_of(request)
    kept = await own_statement(pay, str(session), who.agent.id)
    return await paper(pay, kept, language)


@router.get(
    "/statements/{session}/csv",
    response_class=Response,
    responses=error_docs(404) | file_docs("text/csv"),
)
async def statement_table(request: Request, who: _Agent, session: UUID) -> Response:
    """A statement's lines as a table."""
    kept = await own_statement(pay_of(request), str(session), who.agent.id)
    name = f"statement-{kept.row.booked_on}.csv"
    return download(statement_csv(kept), "text/csv; charset=utf-8", name)


@router.post(
    "/statements/{session}/disputes", dependencies=FROM_OWN_PAGE, responses=error_docs(404)
)
async def dispute(request: Request, who: _Agent, session: UUID, body: NewDispute) -> DisputeShown:
    """Dispute a line of one's own statement; a person answers by the due date."""
    pay = pay_of(request)
    await own_statement(pay, str(session), who.agent.id)
    opened = await pay.disputes.open(
        str(body.id), who.agent.id, str(session), body.line, body.reason
    )
    return disputed(opened)


@router.get("/disputes")
async def disputes(request: Request, who: _Agent, limit: _Limit = 100) -> DisputesShown:
    """One's own disputes."""
    found = await pay_of(request).disputes.some(agent=who.agent.id, limit=limit)
    return DisputesShown(disputes=[disputed(each) for each in found])


@router.get("/totals")
async def totals(request: Request, who: _Agent, by: Span = Span.WEEK) -> TotalsList:
    """One's own totals by day, week, month or year, over the last 400 days."""
    pay = pay_of(request)
    found = await pay.figures.of_agent(who.agent.id, by, pay.clock.now().date())
    return TotalsList(
        totals=[
            TotalsShown(
                span=each.span,
                currency=each.currency,
                total_minor=each.sums.total_minor,
                pay_minor=each.sums.pay_minor,
                floor_minor=each.sums.floor_minor,
                top_up_minor=each.sums.top_up_minor,
                guaranteed_seconds=each.sums.guaranteed_microseconds // 1_000_000,
                sessions=each.sessions,
            )
            for each in found
        ]
    )


@router.get("/account")
async def account(request: Request, who: _Agent) -> AccountShown:
    """Where one is paid to, masked; what is owed, and what was paid out."""
    return await _account(pay_of(request), who.agent.id)


@router.post("/account", dependencies=FROM_OWN_PAGE)
async def set_account(request: Request, who: _Agent, body: NewAccount) -> AccountShown:
    """Say where to be paid; the number is checked, and kept encrypted."""
    pay = pay_of(request)
    await pay.accounts.keep(who.agent.id, _read_account(body), body.holder)
    return await _account(pay, who.agent.id)


def _read_account(body: NewAccount) -> BankAccount:
    if body.iban:
        return iban_account(body.iban)
    if body.clearing and body.number:
        return swedish_account(body.clearing, body.number)
    raise WebError(422, "no_account", "Give an IBAN, or a clearing and an account number.")


async def _account(pay: PayDesk, agent: str) -> AccountShown:
    how = await pay.accounts.of(agent)
    return AccountShown(
        account=how.account_shown,
        holder=how.holder,
        basis=how.basis.value,
        owed=await pay.payouts.owed_to(agent, list(CURRENCIES)),
        payouts=await pay.payouts.of_agent(agent),
    )


# ---------------------------------------------------------------- shared with the console


async def own_statement(pay: PayDesk, session: str, agent: str | None) -> Kept:
    """Return a statement; 404 where there is none, or it is someone else's."""
    kept = await pay.statements.of(session)
    if kept is None or (agent is not None and kept.row.agent != agent):
        raise WebError(404, "no_statement", "There is no such statement.")
    return kept


async def paper(pay: PayDesk, kept: Kept, language: str) -> Response:
    """Return a statement as PDF to download."""
    card = await pay.card_of(kept.row.market, kept.row.currency)
    content = statement_pdf(kept, pay.company, card.zone, language)
    return download(content, "application/pdf", f"statement-{kept.row.booked_on}.pdf")


def download(content: bytes, media_type: str, name: str) -> Response:
    """Return a file that is saved, never shown in place."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=media_type, headers=headers)


def shown(row: StatementRow) -> StatementShown:
    """Return a statement as lists show it."""
    return StatementShown(**{name: getattr(row, name) for name in StatementShown.model_fields})


def disputed(dispute: Dispute) -> DisputeShown:
    """Return a dispute as it is shown."""
    return DisputeShown(**{name: getattr(dispute, name) for name in DisputeShown.model_fields})


def check_zone(moment: datetime | None) -> None:
    """Refuse a moment without its zone."""
    if moment is not None and moment.tzinfo is None:
        raise WebError(422, "invalid", "Write the time with its zone, as in 2026-05-01T12:00:00Z.")
