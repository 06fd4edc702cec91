"""An agent works, sees what it paid and why, disputes a line; a lead answers and pays out."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import psycopg
from playwright.sync_api import Locator, Page, expect

from alltid.pay.pain001 import validate
from tests.journeys.accessibility import sideways, violations
from tests.journeys.desk import all_paid, tidy
from tests.journeys.people import Agent, Customer, Lead
from tests.journeys.world import World
from tests.support.server import Server


def test_work_is_paid_explained_disputed_and_paid_out(
    world: World, demo: Server, customer: Customer, lead: Lead
) -> None:
    agent = Agent(world.page(phone=True), demo.http).signs_in().goes_online()
    expect(agent.page.get_by_role("group", name="Pay now")).to_contain_text("If you stop now")
    assert sideways(agent.page) == []
    customer.comes().asks_for_human()
    agent.offers.get_by_role("button", name="Accept").click()
    agent.writes("Hello, I look into it.")
    page = agent.page
    _go(page, demo, "agent/me#/pay")
    meter = page.get_by_role("group", name="Pay now")
    expect(meter).to_contain_text("If you stop now")
    expect(meter).to_contain_text("The guarantee counts this moment.")
    before = meter.locator(".pay-total b").inner_text()
    expect(meter.locator(".pay-total b")).not_to_have_text(before)
    look(page)
    tidy(demo)
    all_paid(demo)
    _reads_the_statement_and_disputes(page, demo)
    _gives_an_account(page)
    _answers(lead, demo)
    _pays_out(lead)
    page.goto(f"{demo.http}/agent/me#/pay/disputes")
    expect(page.get_by_text("You are right, the pause was ours.")).to_be_visible()
    with psycopg.connect(demo.database_url) as connection:
        row = connection.execute("SELECT count(*) FROM ledger_seals").fetchone()
    assert row is not None
    assert row[0] > 0


def _reads_the_statement_and_disputes(page: Page, demo: Server) -> None:
    page.reload()
    expect(page.get_by_text("You are offline.")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Session of")).first.click()
    work = _line(page, "Work")
    work.locator("summary").click()
    expect(work).to_contain_text("s / 60 * 9.52 SEK/min")
    expect(work).to_contain_text("Offer:")
    top_up = _line(page, "Top-up to the floor")
    top_up.locator("summary").click()
    expect(top_up).to_contain_text("max(0, ceil((40000 *")
    expect(top_up).to_contain_text("SE/SEK/1")
    expect(top_up).to_contain_text("WentOnline")
    top_up.get_by_role("button", name="Dispute this line").click()
    top_up.get_by_role("textbox").fill("I was not paused.")
    look(page)
    top_up.get_by_role("button", name="Send").click()
    expect(page.locator(".pay-mark")).to_be_visible()
    with page.expect_download() as paper:
        page.get_by_role("link", name="Download PDF").click()
    assert Path(paper.value.path()).read_bytes().startswith(b"%PDF")


def _gives_an_account(page: Page) -> None:
    page.get_by_role("link", name="All statements").click()
    page.get_by_role("link", name="Totals").click()
    expect(page.get_by_text(re.compile("[0-9] session"))).to_be_visible()
    assert sideways(page) == []
    page.get_by_role("link", name="Bank account").click()
    page.get_by_label("Account holder").fill("Sara Ek")
    page.get_by_label("IBAN").fill("DE89 3704 0044 0532 0130 00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(re.compile("Paid to DE .* 3000"))).to_be_visible()
    assert sideways(page) == []


def _answers(lead: Lead, demo: Server) -> None:
    page = lead.signs_in().page
    page.get_by_role("link", name="Pay", exact=True).click()
    row = page.get_by_role("row").filter(has_text=re.compile(r"\d{4}-W\d\d")).first
    expect(row).to_contain_text("held")
    row.get_by_role("link").click()
    expect(page.get_by_role("row").filter(has_text="Sara")).to_contain_text("held")
    look(page)
    page.get_by_role("link", name="Rate cards").click()
    expect(page.get_by_text("SE/SEK/1").first).to_be_visible()
    page.locator("summary", has_text="Add the next version").click()
    look(page)
    page.get_by_role("link", name="Disputes").click()
    open_one = page.locator("li.panel", has_text="I was not paused.").first
    open_one.get_by_label("Your answer").fill("You are right, the pause was ours.")
    open_one.get_by_label("Correct by").fill("25")
    open_one.get_by_role("button", name="Answer").click()
    expect(open_one).to_contain_text("Corrected")
    open_one.get_by_role("link", name="Open the statement").click()
    expect(_line(page, "Correction")).to_contain_text("25.00")


def _pays_out(lead: Lead) -> None:
    page = lead.page
    page.get_by_role("link", name="Payouts").click()
    page.get_by_role("button", name="Prepare a payout").click()
    run = page.get_by_role("button", name="Approve and run")
    run.click()
    paid = page.locator("section.panel", has_text="paid").first
    order = _file(paid, page, "Order to the bank (pain.001)")
    validate(order)
    assert b"DE89370400440532013000" in order
    voucher = _file(paid, page, "Voucher (SIE 4I)").decode("cp437")
    assert "#TRANS 2890 {}" in voucher
    table = list(csv.DictReader(io.StringIO(_file(paid, page, "Table (CSV)").decode())))
    assert [row["holder"] for row in table] == ["Sara Ek"]
    assert f"#TRANS 1930 {{}} -{table[0]['amount']}" in voucher
    look(page)


def _file(payout: Locator, page: Page, name: str) -> bytes:
    with page.expect_download() as file:
        payout.get_by_role("link", name=name).click()
    return Path(file.value.path()).read_bytes()


def _line(page: Page, kind: str) -> Locator:
    return page.locator("li.pay-line", has_text=kind).first


def _go(page: Page, demo: Server, path: str) -> None:
    page.goto(f"{demo.http}/{path}")


def look(page: Page) -> None:
    """The state is right for everybody: axe, light and dark, nothing beyond the edge."""
    assert violations(page) == []
    assert sideways(page) == []
