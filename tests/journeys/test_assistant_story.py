"""The assistant does what it may, lets go of what it may not, and all can see how."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.accessibility import sideways, violations
from tests.journeys.people import Agent, Customer, Lead
from tests.journeys.world import World
from tests.support.server import Server


@pytest.fixture
def emma(world: World, demo: Server) -> Customer:
    """A customer with an account at the shop, on a phone."""
    customer = Customer(world.page(phone=True), f"{demo.http}/").visits()
    return customer.plays("Emma Hughes").opens_chat()


@pytest.fixture
def sofia(world: World, demo: Server) -> Customer:
    """Another one: whose invoice was moved before has none left to move."""
    customer = Customer(world.page(phone=True), f"{demo.http}/").visits()
    return customer.plays("Sofía Navarro").opens_chat()


def card(customer: Customer) -> Locator:
    """The newest card to press."""
    return customer.log.locator(".card.ask").last


def test_a_due_date_moves_after_one_press_and_not_before(emma: Customer) -> None:
    emma.writes("can I move the due date of the Skoboden invoice by 7 days?")
    expect(card(emma).get_by_role("button", name="Move it")).to_be_visible()
    expect(card(emma)).to_contain_text("Nothing is done before you agree.")
    assert violations(emma.page) == []
    assert sideways(emma.page) == []

    # A question on the way is answered, and what was asked comes back.
    emma.writes("what do I owe in all?")
    emma.sees(re.compile(r"£[\d,.]+ in all"))
    press = card(emma).get_by_role("button", name="Move it")
    expect(press).to_be_visible()
    press.click()
    emma.sees(re.compile(r"Skoboden is now due on"))
    # What was pressed stays to be read, and can't be pressed again.
    expect(press).to_have_count(0)
    expect(emma.said("Move it")).to_have_count(1)
    emma.page.reload()
    emma.opens_chat()
    emma.sees(re.compile(r"Skoboden is now due on"))
    expect(emma.log.get_by_role("button", name="Move it")).to_have_count(0)


def test_hard_times_go_to_a_person_who_knows_all_that_was_said(
    sofia: Customer, sara: Agent, lead: Lead, demo: Server
) -> None:
    sofia.writes("I want to move the due date of an invoice by 10 days")
    expect(card(sofia)).to_be_visible()
    sofia.writes("sorry, it is too much right now. my husband died last week")
    sofia.sees_line("asks a human to take over")

    sara.signs_in().goes_online()
    sara.offers.get_by_role("button", name="Accept").click()
    tools = sara.page.get_by_role("region", name="Work tools")
    expect(tools).to_contain_text("Somebody has died")
    expect(tools).to_contain_text("Given already")
    assert violations(sara.page) == []
    sara.writes("Hello Sofía, I am Sara. There is nothing you need to do today.")
    sofia.sees("There is nothing you need to do today.")

    lead.signs_in()
    conversation = re.search(r"[0-9a-f-]{36}", sara.page.url)
    assert conversation is not None
    lead.page.goto(f"{demo.http}/console#/conversations/{conversation[0]}")
    story = lead.page.get_by_role("region", name="How the answers came about")
    story.locator("summary").last.click()
    expect(story).to_contain_text("bereavement")
    assert violations(lead.page) == []


def test_a_guest_is_asked_to_sign_in_for_an_account_and_gets_a_person_all_the_same(
    customer: Customer,
) -> None:
    customer.comes()
    customer.writes("what do I owe you?")
    customer.sees(re.compile("sign in", re.IGNORECASE))
    customer.writes("just get me a human")
    customer.sees_line("I understood that you want a human")


def test_what_nobody_could_answer_is_kept_for_the_next_article(
    customer: Customer, lead: Lead
) -> None:
    customer.comes()
    customer.writes("Do you sponsor ice hockey teams in Umeå?")
    expect(customer.log.get_by_role("button", name="Talk to a human")).to_be_visible()
    lead.signs_in()
    lead.page.get_by_role("link", name="Agents' work").click()
    lead.page.get_by_role("link", name="Unanswered").click()
    kept = lead.page.get_by_role("listitem").filter(has_text="ice hockey teams")
    expect(kept).to_be_visible()
    assert violations(lead.page) == []
    kept.get_by_role("button", name="An article answers it now").click()
    expect(kept).to_have_count(0)
