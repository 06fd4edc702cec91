"""The whole way without a mouse: Tab, Enter, Space, arrows and Escape."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.journeys.people import Agent, Customer

_TABS_MOST = 60


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until `target` has the focus."""
    for _ in range(_TABS_MOST):
        if target.evaluate("element => element === element.getRootNode().activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {target}")


def tab_back_to(page: Page, target: Locator) -> None:
    """Press Shift+Tab until `target` has the focus."""
    for _ in range(_TABS_MOST):
        if target.evaluate("element => element === element.getRootNode().activeElement"):
            return
        page.keyboard.press("Shift+Tab")
    raise AssertionError(f"Shift+Tab never came to {target}")


def test_a_customer_and_an_agent_live_the_whole_story_by_keyboard(
    customer: Customer, sara: Agent
) -> None:
    _customer_finds_the_chat_and_asks(customer)
    _agent_takes_and_answers(sara)
    customer.sees("Hello, no, it does not")
    _agent_finishes(sara)
    _customer_rates(customer)


def _customer_finds_the_chat_and_asks(customer: Customer) -> None:
    customer.visits()
    keys = customer.page.keyboard
    keys.press("Tab")
    expect(customer.page.get_by_role("link", name="Skip to the content")).to_be_focused()
    tab_to(customer.page, customer.button)
    keys.press("Enter")
    # Opening leads to the input; Escape leads back to where one was.
    expect(customer.field).to_be_focused()
    keys.press("Escape")
    expect(customer.field).to_be_hidden()
    expect(customer.button).to_be_focused()
    keys.press("Space")
    expect(customer.field).to_be_focused()

    keys.type("Does the moon influence my tomatoes?")
    keys.press("Enter")
    offer = customer.log.get_by_role("button", name="Talk to a human")
    expect(offer).to_be_visible()
    tab_back_to(customer.page, offer)
    keys.press("Enter")
    expect(customer.place_card).to_be_visible()
    tab_to(customer.page, customer.chat.get_by_role("button", name="Keep waiting"))
    keys.press("Enter")
    expect(customer.field).to_be_focused()


def _agent_takes_and_answers(agent: Agent) -> None:
    agent.visits()
    keys = agent.page.keyboard
    tab_to(agent.page, agent.page.get_by_role("button", name="Sign in as Sara"))
    keys.press("Enter")
    expect(agent.switch).to_be_visible()
    tab_to(agent.page, agent.switch)
    expect(agent.switch).to_have_attribute("aria-disabled", "false")
    keys.press("Space")
    # The question before going online, and its one tap.
    go = agent.sheet.get_by_role("button", name="Go online")
    expect(go).to_be_visible()
    tab_to(agent.page, go)
    keys.press("Enter")
    expect(agent.sheet).to_be_hidden()
    take = agent.page.get_by_role("button", name=re.compile("^Take the conversation"))
    expect(take).to_be_visible()
    tab_to(agent.page, take)
    keys.press("Enter")
    expect(agent.field).to_be_visible()
    tab_to(agent.page, agent.field)
    keys.type("Hello, no, it does not")
    keys.press("Enter")


def _agent_finishes(agent: Agent) -> None:
    keys = agent.page.keyboard
    finish = agent.page.get_by_role("button", name="Finish")
    tab_back_to(agent.page, finish)
    keys.press("Enter")
    sheet = agent.page.get_by_role("dialog")
    expect(sheet).to_be_visible()
    keys.press("Escape")
    expect(sheet).to_be_hidden()
    expect(finish).to_be_focused()
    keys.press("Enter")
    tab_to(agent.page, sheet.get_by_role("radio").first)
    keys.press("ArrowDown")
    expect(sheet.get_by_role("radio", name="Could not be solved")).to_be_checked()
    keys.press("ArrowUp")
    tab_to(agent.page, sheet.get_by_role("button", name="Finish"))
    keys.press("Enter")
    expect(sheet).to_be_hidden()
    expect(agent.page.get_by_role("heading", name="My conversations")).to_be_focused()


def _customer_rates(customer: Customer) -> None:
    keys = customer.page.keyboard
    solved = customer.chat.get_by_role("button", name="Yes, solved")
    expect(solved).to_be_visible()
    tab_back_to(customer.page, solved)
    keys.press("Enter")
    scores = customer.chat.get_by_role("radio")
    expect(scores.first).to_be_visible()
    tab_to(customer.page, scores.first)
    keys.press("Space")
    keys.press("ArrowRight")
    expect(scores.nth(1)).to_be_checked()
    tab_to(customer.page, customer.chat.get_by_role("button", name="Send answer"))
    keys.press("Enter")
    customer.sees_line("Thank you for your answer")
