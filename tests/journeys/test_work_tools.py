"""An agent works with masked words, replies, notes and a lead's help; the lead sees it all."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.journeys.accessibility import sideways, violations
from tests.journeys.people import Agent, Customer, Lead
from tests.journeys.world import World
from tests.support.actions import action
from tests.support.server import Server

SAID = "Invoice 4587345 is wrong. My number is 070-123 45 67."


def look(page: Page) -> None:
    assert violations(page) == []
    assert sideways(page) == []


def opens(agent: Agent, tool: str) -> Locator:
    agent.page.locator(".tool-bar").get_by_role("button", name=tool).click()
    sheet = agent.page.get_by_role("dialog")
    expect(sheet).to_be_visible()
    return sheet


def goes_to(lead: Lead, page: str) -> None:
    lead.page.goto("/".join((f"{lead.desk}/console#", "work", page)))


def closes(agent: Agent) -> None:
    agent.page.keyboard.press("Escape")
    expect(agent.page.get_by_role("dialog")).to_be_hidden()


def test_tools_of_an_agent_and_what_the_lead_sees(world: World, demo: Server, lead: Lead) -> None:
    customer = Customer(world.page(), f"{demo.http}/").visits().plays("Elin Berg").opens_chat()
    customer.writes(SAID)
    customer.asks_for_human()
    lead.signs_in()
    _lead_writes_a_reply(lead)
    sara = Agent(world.page(phone=True, reduced_motion="reduce"), demo.http).signs_in()
    sara.goes_online()
    sara.takes()
    expect(sara.page.locator(".summary")).to_contain_text("Invoice 4587345 is wrong.")
    expect(sara.page.get_by_text("Fri retur")).to_be_visible()
    expect(sara.conversation).not_to_contain_text("070-123 45 67")
    look(sara.page)
    _unmasks(sara)
    _answers_with_a_reply(sara, customer)
    _notes(sara)
    _asks_the_lead(sara, lead)
    _lead_sees_who_looked(lead)
    _searches(sara)
    _is_spared(sara, customer, lead)
    _hands_over(sara, customer)


def _lead_writes_a_reply(lead: Lead) -> None:
    goes_to(lead, "replies")
    lead.page.get_by_role("button", name="New reply").click()
    lead.page.get_by_label("Shortcut").fill("hello")
    lead.page.get_by_label("Title").fill("A greeting")
    lead.page.get_by_label("Text").fill("Hello {customer_name}, about {order_number}:")
    lead.page.get_by_role("button", name="Save").click()
    expect(lead.page.get_by_text("/hello")).to_be_visible()
    look(lead.page)


def _unmasks(sara: Agent) -> None:
    sara.conversation.get_by_role("button", name=re.compile("Hidden: ••••4567")).click()
    sheet = sara.page.get_by_role("dialog")
    sheet.get_by_role("radio", name="To reach the customer").check()
    look(sara.page)
    sheet.get_by_role("button", name="Show", exact=True).click()
    sara.sees("070-123 45 67")


def _answers_with_a_reply(sara: Agent, customer: Customer) -> None:
    sara.field.press_sequentially("/hel")
    expect(sara.page.get_by_role("option", name=re.compile("A greeting"))).to_be_visible()
    look(sara.page)
    sara.field.press("Enter")
    expect(sara.field).to_have_value("Hello Elin Berg, about {order_number}:")
    sara.field.press("Enter")
    # Said to screen readers as well, a moment later.
    notice = sara.page.locator(".notice")
    expect(notice).to_contain_text("{order_number} is not filled in yet")
    expect(sara.field).not_to_have_value("")
    sara.writes("Hello Elin Berg, about 4587345:")
    customer.sees("Hello Elin Berg, about 4587345:")


def _notes(sara: Agent) -> None:
    sheet = opens(sara, "Notes")
    sheet.get_by_label("A new note").fill("She will send the receipt")
    sheet.get_by_role("button", name="Add the note").click()
    expect(sheet.get_by_text("She will send the receipt")).to_be_visible()
    look(sara.page)
    closes(sara)


def _asks_the_lead(sara: Agent, lead: Lead) -> None:
    sheet = opens(sara, "Ask a lead")
    sheet.get_by_label("Your question").fill("May I waive the fee?")
    sheet.get_by_role("button", name="Ask", exact=True).click()
    expect(sheet.get_by_text("A lead has not answered yet.")).to_be_visible()
    goes_to(lead, "questions")
    lead.page.get_by_label("Your answer").fill("Yes, once.")
    look(lead.page)
    lead.page.get_by_role("button", name="Answer", exact=True).click()
    expect(sheet.get_by_text("Yes, once.")).to_be_visible()
    closes(sara)


def _lead_sees_who_looked(lead: Lead) -> None:
    goes_to(lead, "unmaskings")
    expect(lead.page.get_by_text("Sara looked at: phone number")).to_be_visible()
    expect(lead.page.get_by_text("To reach the customer")).to_be_visible()
    look(lead.page)
    lead.page.get_by_role("link", name="Read the conversation").first.click()
    told = lead.page.get_by_role("region", name="Beside the conversation")
    expect(told).to_contain_text("She will send the receipt")
    expect(told).to_contain_text("Sara looked at: phone number")
    expect(lead.page.locator(".story")).not_to_contain_text("070-123 45 67")
    look(lead.page)


def _searches(sara: Agent) -> None:
    sheet = opens(sara, "Search")
    sheet.get_by_label("What do you want to know?").fill("how do I pay an invoice")
    sheet.get_by_role("button", name="Search").click()
    sheet.get_by_role("button", name="Insert as a quote").first.click()
    expect(sara.field).to_have_value(re.compile("/help/"))
    sara.field.fill("")


def _is_spared(sara: Agent, customer: Customer, lead: Lead) -> None:
    sheet = opens(sara, "Block")
    sheet.get_by_label("What happened?").fill("Threats")
    sheet.get_by_role("button", name="Ask for a block").click()
    expect(sara.page.get_by_text("Muted for you.")).to_be_visible()
    customer.writes("Vile words")
    expect(sara.page.get_by_text("Muted until a lead has decided")).to_be_visible()
    expect(sara.conversation).not_to_contain_text("Vile words")
    goes_to(lead, "blocks")
    lead.page.get_by_label("Your reason").fill("A misunderstanding")
    look(lead.page)
    lead.page.get_by_role("button", name="Lift it").click()
    expect(sara.page.get_by_text("A misunderstanding")).to_be_visible()


def _hands_over(sara: Agent, customer: Customer) -> None:
    sheet = opens(sara, "Hand over")
    expect(sheet.get_by_text("No other colleague is online.")).to_be_visible()
    sheet.get_by_role("radio", name="Lead").check()
    look(sara.page)
    sheet.get_by_role("button", name="Hand over").click()
    expect(sheet).to_be_hidden()
    customer.sees(re.compile("I am passing you on to a colleague"))


def test_a_lead_says_what_came_of_an_action(demo: Server, lead: Lead) -> None:
    action(demo.database_url, 1, "unknown")
    lead.signs_in()
    goes_to(lead, "actions")
    open_one = lead.page.get_by_role("listitem").filter(has_text="What you found")
    expect(open_one).to_contain_text("Pay invoice SEK 125")
    look(lead.page)
    open_one.get_by_role("button", name="It was not done").click()
    expect(open_one.get_by_role("alert")).to_contain_text("Write a reason")
    open_one.get_by_label("What you found, and where").fill("No such payment in the books.")
    open_one.get_by_role("button", name="It was not done").click()
    expect(open_one).to_have_count(0)
    settled = lead.page.get_by_role("listitem").filter(has_text="No such payment in the books.")
    expect(settled).to_contain_text("not done")
    look(lead.page)
