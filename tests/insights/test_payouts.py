"""Paying agents out: held, then paid with its files, or let go; never twice, never by half."""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest

from alltid.kernel.refusal import Refused
from alltid.pay.bank_account import iban_account, swedish_account
from alltid.pay.bank_accounts import Vault
from alltid.pay.booking import owed_account
from alltid.pay.pain001 import validate
from alltid.pay.payouts import EXPIRES, LEFT_BEHIND, Payouts
from alltid.pay.statement import Basis, Span
from alltid.pay.statement_files import statement_csv, statement_pdf, statements_csv
from alltid.pay.verify import verify
from tests.insights.paid import MORNING, PAYER, World, new_id

pytestmark = pytest.mark.anyio
DAY = date(2026, 3, 3)
IBAN = iban_account("DE89370400440532013000")


async def test_a_payout_holds_pays_and_writes_three_files(world: World) -> None:
    sara, ali, kim = [await world.agent(name) for name in ("Sara", "Ali", "Kim")]
    await world.accounts.keep(sara, IBAN, "Sara Ek")
    await world.accounts.keep(ali, swedish_account("9029", "5735211"), "=Ali")
    await world.accounts.set_basis(ali, Basis.SALARY)
    for agent in (sara, ali, kim):
        await world.worked(agent)
    payout = new_id()
    row = await world.payouts.prepare(payout, "SE", "SEK", DAY, "Lena")
    again = await world.payouts.prepare(payout, "SE", "SEK", DAY, "Lena")
    assert row == again
    assert (row.state, row.agents, row.total_minor, row.left_out) == ("held", 2, 80000, 1)
    with pytest.raises(Refused, match="is open"):
        await world.payouts.prepare(new_id(), "SE", "SEK", DAY, "Lena")
    with pytest.raises(Refused, match="when it is run"):
        await world.payouts.file(payout, "pain001")
    rows = await asyncio.gather(*(world.payouts.run(payout, "Lena") for _ in range(2)),
                                return_exceptions=True)  # fmt: skip
    assert any(getattr(each, "state", "") == "paid" for each in rows)
    assert (await world.payouts.run(payout, "Lena")).state == "paid"
    for agent, left in ((sara, 0), (ali, 0), (kim, -40000)):
        assert (await world.ledger.balance(owed_account(agent, "SEK"))).posted == left
    order = await world.payouts.file(payout, "pain001")
    validate(order)
    amounts = [each.text for each in ET.fromstring(order).iter() if each.tag.endswith("InstdAmt")]
    assert amounts == ["400.00", "400.00"]
    voucher = (await world.payouts.file(payout, "sie")).decode("cp437")
    assert "#SIETYP 4" in voucher
    assert "2890 {} 800.00" in voucher
    assert "1930 {} -800.00" in voucher
    table = list(csv.DictReader(io.StringIO((await world.payouts.file(payout, "csv")).decode())))
    assert {row["holder"] for row in table} == {"Sara Ek", "'=Ali"}
    assert {row["basis"] for row in table} == {"invoice amount excluding VAT", "gross salary"}
    assert "5735211" not in str(await world.payouts.lines(payout))
    assert (await world.payouts.of_agent(sara))[0]["minor"] == 40000
    async with world.pool.connection() as connection:
        assert (await verify(connection)).ok


async def test_an_account_that_cannot_be_paid_to_refuses_the_whole_payout(world: World) -> None:
    sara, ali = await world.agent("Sara"), await world.agent("Ali")
    for agent in (sara, ali):
        await world.accounts.keep(agent, IBAN, "Someone")
        await world.worked(agent)
    sealed = Vault([b"another key"]).close(IBAN)
    await world.run("UPDATE pay_agents SET account = %s WHERE agent_id = %s", (sealed, ali))
    with pytest.raises(Refused, match=r"account of Ali can't be paid to\. Nothing was held"):
        await world.payouts.prepare(new_id(), "SE", "SEK", DAY, "Lena")
    for agent in (sara, ali):
        assert (await world.ledger.balance(owed_account(agent, "SEK"))).pending_debit == 0
    assert await world.payouts.latest() == []


async def test_payouts_that_cannot_be_are_refused(world: World) -> None:
    prepare = world.payouts.prepare
    with pytest.raises(Refused, match="owed anything"):
        await prepare(new_id(), "SE", "SEK", DAY, "Lena")
    with pytest.raises(Refused, match="next 60 days"):
        await prepare(new_id(), "SE", "SEK", DAY - timedelta(days=9), "Lena")
    with pytest.raises(Refused, match="can't be paid in"):
        await prepare(new_id(), "SE", "XYZ", DAY, "Lena")
    poor = World(world.pool, world.clock, world.ids, payer=None)
    with pytest.raises(Refused, match="ALLTID_PAYOUT_IBAN"):
        await poor.payouts.prepare(new_id(), "SE", "SEK", DAY, "Lena")
    with pytest.raises(Refused, match="no such payout"):
        await world.payouts.run(new_id(), "Lena")
    with pytest.raises(Refused, match="holder"):
        await world.accounts.keep(await world.agent(), IBAN, " ")


async def test_a_held_payout_is_let_go_by_a_person_or_by_time(world: World) -> None:
    sara = await world.agent()
    await world.accounts.keep(sara, IBAN, "Sara Ek")
    await world.worked(sara)
    first, second = new_id(), new_id()
    await world.payouts.prepare(first, "SE", "SEK", DAY, "Lena")
    assert (await world.payouts.void(first, "Lena", "Too early")).state == "void"
    assert (await world.payouts.void(first, "Lena", "Too early")).state == "void"
    await world.payouts.prepare(second, "SE", "SEK", DAY, "Lena")
    assert await world.payouts.tidy() == 0
    world.clock.advance(EXPIRES.total_seconds() + 1)
    with pytest.raises(Refused, match="not waiting to be run"):
        await world.payouts.run(second, "Lena")
    assert await world.payouts.tidy() == 1
    row = await world.payouts.of(second)
    assert (row.state, row.because) == ("void", "expired")
    balance = await world.ledger.balance(owed_account(sara, "SEK"))
    assert (balance.posted, balance.pending_debit) == (-40000, 0)


async def test_what_a_dead_process_left_behind_is_finished_or_let_go(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sara = await world.agent()
    await world.accounts.keep(sara, IBAN, "Sara Ek")
    await world.worked(sara)
    first, second = new_id(), new_id()
    with monkeypatch.context() as patch:
        patch.setattr(Payouts, "_hold", _dies)
        patch.setattr(Payouts, "_void", _dies)
        with pytest.raises(KeyError):
            await world.payouts.prepare(first, "SE", "SEK", DAY, "Lena")
    assert (await world.payouts.of(first)).state == "preparing"
    world.clock.advance(LEFT_BEHIND.total_seconds() + 1)
    assert await world.payouts.tidy() == 1
    assert (await world.payouts.of(first)).state == "void"
    await world.payouts.prepare(second, "SE", "SEK", DAY, "Lena")
    with monkeypatch.context() as patch:
        patch.setattr(Payouts, "_settle", _dies)
        with pytest.raises(KeyError):
            await world.payouts.run(second, "Lena")
    with pytest.raises(Refused, match="can't be voided"):
        await world.payouts.void(second, "Lena", "Too late")
    world.clock.advance(LEFT_BEHIND.total_seconds() + 1)
    assert await world.payouts.tidy() == 1
    assert (await world.payouts.of(second)).state == "paid"
    assert (await world.ledger.balance(owed_account(sara, "SEK"))).posted == 0


async def _dies(*_arguments: object) -> None:
    raise KeyError("gone")


async def test_what_was_paid_out_is_not_taken_back(world: World) -> None:
    from alltid.pay.statements import Addition

    sara = await world.agent()
    await world.accounts.keep(sara, IBAN, "Sara Ek")
    session = await world.worked(sara)
    tip = Addition(new_id(), session, "tip", 5000, "From a customer", "Lena")
    await world.statements.add(tip)
    payout = new_id()
    await world.payouts.prepare(payout, "SE", "SEK", DAY, "Lena")
    await world.payouts.run(payout, "Lena")
    back = Addition(new_id(), session, "other_period", -100, "Counted twice", "Lena")
    with pytest.raises(Refused, match="paid out already"):
        await world.statements.add(back)
    assert len(await world.statements.versions(session)) == 2


async def test_a_dispute_is_answered_once_by_a_person_and_may_correct(world: World) -> None:
    sara = await world.agent()
    session = await world.worked(sara)
    first, other = new_id(), new_id()
    opened = await world.disputes.open(first, sara, session, 0, " The pause was yours ")
    assert (opened.reason, opened.due_at - opened.opened_at) == (
        "The pause was yours",
        timedelta(days=7),
    )
    assert await world.disputes.open(first, sara, session, 0, "again") == opened
    with pytest.raises(Refused, match="disputed already"):
        await world.disputes.open(other, sara, session, 0, "again")
    with pytest.raises(Refused, match="no such line"):
        await world.disputes.open(other, sara, session, 9, "why")
    with pytest.raises(Refused, match="of yours"):
        await world.disputes.open(other, await world.agent(), session, 0, "why")
    answered = await world.disputes.answer(first, "Lena", "You are right", 1500, new_id())
    assert answered.outcome == "corrected"
    kept = await world.statements.of(session)
    assert kept is not None
    assert (kept.statement["adjusted_minor"], kept.row.version) == (1500, 2)
    with pytest.raises(Refused, match="answered before"):
        await world.disputes.answer(first, "Lena", "Again", 0, new_id())


async def test_totals_the_weekly_test_and_the_cost_of_a_month(world: World) -> None:
    sara, ali = await world.agent("Sara"), await world.agent("Ali")
    await world.worked(sara)
    await world.worked(ali, 1800)
    today = MORNING.date()
    days = await world.figures.of_agent(sara, Span.DAY, today)
    assert [(each.span, each.sums.total_minor) for each in days] == [("2026-03-02", 40000)]
    week = (await world.figures.weeks(today))[0]
    assert (week.span, week.sums.pay_minor, week.agents) == ("2026-W10", 60000, 2)
    assert week.sums.floor_held
    assert await world.figures.below_floor(today) == {}
    agents = await world.figures.week("2026-W10")
    assert {each.agent_name: each.sums.floor_minor for each in agents} == {
        "Sara": 40000,
        "Ali": 20000,
    }
    await world.figures.set_budget("SE", "SEK", today, 10**7, "Lena", world.clock.now())
    cost = await world.figures.cost("SE", "SEK", today + timedelta(days=1))
    assert (cost.spent_minor, cost.budget_minor, cost.usual_day_minor) == (60000, 10**7, 60000)
    assert cost.forecast_minor == 60000 + 60000 + 28 * 60000
    with pytest.raises(Refused, match="no week"):
        await world.figures.week("2026-W99")


async def test_a_statement_opens_to_its_evidence_and_goes_on_paper(world: World) -> None:
    sara = await world.agent("Łucja")
    session = await world.worked(sara)
    kept = await world.statements.of(session)
    assert kept is not None
    detail = await world.view.detail(kept)
    line = detail["lines"][-1]
    assert line["formula"] == "max(0, ceil((40000 * 3600 s) / 3600) - 0) = max(0, 40000 - 0)"
    assert detail["evidence"][line["evidence"][0]]["type"] == "session.WentOnline"
    assert detail["cards"][0]["floor_minor_per_hour"] == 40000
    paper = statement_pdf(kept, "Klarsund", "Europe/Stockholm", "sv")
    assert paper.startswith(b"%PDF")
    assert paper == statement_pdf(kept, "Klarsund", "Europe/Stockholm", "sv")
    assert "400.00" in statement_csv(kept).decode()
    table = statements_csv([kept.row]).decode()
    assert session in table
    assert "invoice amount excluding VAT" in table
    assert kept.row.agent == sara
    assert PAYER.name == "Klarsund"
