"""Payouts for leads: what is owed, hold it, run it with its files, or let it go."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from alltid.agents.sign_in_sessions import SignedInAgent
from alltid.pay.payouts import PayoutRow
from alltid.web.agent_pay import FROM_OWN_PAGE, download, file_docs, pay_of
from alltid.web.console import current_lead
from alltid.web.errors import error_docs

router = APIRouter(
    prefix="/api/console/payouts", tags=["pay"], responses=error_docs(400, 401, 403, 409, 422, 503)
)
_Lead = Annotated[SignedInAgent, Depends(current_lead)]
_Limit = Annotated[int, Query(ge=1, le=200)]
_Currency = Annotated[str, Field(min_length=3, max_length=3, pattern="^[A-Z]{3}$")]
_FILES: Final = {
    "pain001": ("application/xml", "xml"),
    "sie": ("text/plain; charset=ibm437", "si"),
    "csv": ("text/csv; charset=utf-8", "csv"),
}


class NewPayout(BaseModel):
    """Pay everything that is owed in a currency. `id` makes sending it twice harmless."""

    id: UUID
    market: str = Field(min_length=1, max_length=40)
    currency: _Currency
    pay_on: date


class Because(BaseModel):
    """Why a payout is let go."""

    because: str = Field(default="voided", min_length=1, max_length=200)


class PayoutsShown(BaseModel):
    """Payouts, the latest first."""

    payouts: list[dict[str, Any]]


@router.get("")
async def payouts(request: Request, _lead: _Lead, limit: _Limit = 50) -> PayoutsShown:
    """Payouts, the latest first."""
    rows = await pay_of(request).payouts.latest(limit)
    return PayoutsShown(payouts=[asdict(row) for row in rows])


@router.get("/owed")
async def owed(
    request: Request, _lead: _Lead, currency: Annotated[str, Query(pattern="^[A-Z]{3}$")] = "SEK"
) -> dict[str, Any]:
    """What agents are owed now, and who has no bank account yet; the first 200."""
    everyone = await pay_of(request).payouts.owed(currency)
    return {
        "currency": currency,
        "total_minor": sum(each["minor"] for each in everyone),
        "without_account": sum(each["account"] is None for each in everyone),
        "agents": len(everyone),
        "first": everyone[:200],
    }


@router.post("", dependencies=FROM_OWN_PAGE)
async def prepare(request: Request, lead: _Lead, body: NewPayout) -> dict[str, Any]:
    """Hold what is owed; refused while another payout of the currency is open."""
    row = await pay_of(request).payouts.prepare(
        str(body.id), body.market, body.currency, body.pay_on, lead.agent.name
    )
    return asdict(row)


@router.get("/{payout}")
async def payout(
    request: Request,
    _lead: _Lead,
    payout: UUID,
    limit: _Limit = 200,
    after: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> dict[str, Any]:
    """A payout and its lines; `after` is the last line known."""
    pay = pay_of(request)
    row: PayoutRow = await pay.payouts.of(str(payout))
    return {**asdict(row), "lines": await pay.payouts.lines(row.id, after, limit)}


@router.post("/{payout}/run", dependencies=FROM_OWN_PAGE)
async def run(request: Request, lead: _Lead, payout: UUID) -> dict[str, Any]:
    """Write the files and book the payments; a second time changes nothing."""
    return asdict(await pay_of(request).payouts.run(str(payout), lead.agent.name))


@router.post("/{payout}/void", dependencies=FROM_OWN_PAGE)
async def void(request: Request, lead: _Lead, payout: UUID, body: Because) -> dict[str, Any]:
    """Let go of what is held."""
    found = await pay_of(request).payouts.void(str(payout), lead.agent.name, body.because)
    return asdict(found)


@router.get(
    "/{payout}/files/{kind}",
    response_class=Response,
    responses=file_docs("application/xml", "text/plain", "text/csv"),
)
async def file(
    request: Request, _lead: _Lead, payout: UUID, kind: Literal["pain001", "sie", "csv"]
) -> Response:
    """A file of a payout that was run: the order to the bank, the voucher, or the table."""
    content = await pay_of(request).payouts.file(str(payout), kind)
    media_type, ending = _FILES[kind]
    return download(content, media_type, f"payout-{str(payout)[:8]}.{ending}")
