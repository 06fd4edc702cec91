"""Every page in every state, for everybody: axe, narrow screens, large text, little motion."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.accessibility import enlarge_text, sideways, violations
from tests.journeys.people import Agent, Customer, Lead
from tests.journeys.test_console import write_bad_log
from tests.journeys.world import PHONE, World
from tests.support.server import Server

Look = Callable[[str, Page], None]
NARROWEST = {"width": 320, "height": 640}


class Findings:
    """Looks at states of pages and gathers what is wrong with them."""

    def __init__(self, *, with_axe: bool = True, large_text: bool = False) -> None:
        self.found: list[str] = []
        self._with_axe = with_axe
        self._large_text = large_text

    def look(self, state: str, page: Page) -> None:
        if self._large_text:
            enlarge_text(page)
        if self._with_axe:
            self.found += [f"{state}: {each}" for each in violations(page)]
        self.found += [f"{state} scrolls sideways: {each}" for each in sideways(page)]


def walk(world: World, server: Server, look: Look, options: dict[str, Any]) -> None:
    """Live a short story on each face, looking at every state on the way."""
    customer = Customer(world.page(**options), f"{server.http}/")
    agent = Agent(world.page(**options), server.http)
    _customer_asks(customer, look)
    _agent_answers(agent, customer, look)
    _lead_looks_on(Lead(world.page(**options), server.http), look)
    _agent_finishes(agent, look)
    _customer_rates(customer, look)
    for name in ("help/en/returns", "help/en"):
        customer.page.goto(f"{server.http}/{name}")
        look(name, customer.page)


def _customer_asks(customer: Customer, look: Look) -> None:
    customer.visits()
    look("shop", customer.page)
    customer.opens_chat()
    customer.sees(re.compile("AI assistant"))
    look("chat, just opened", customer.page)
    customer.writes("How do I pay an invoice?")
    expect(customer.log.locator(".sources")).to_be_visible()
    customer.writes("Does the moon influence my tomatoes?")
    # The article before it may have offered a person too, where it fits loosely.
    customer.sees(re.compile("I don't know that"))
    expect(customer.log.get_by_role("button", name="Talk to a human").last).to_be_visible()
    look("chat, answered", customer.page)
    customer.asks_for_human()
    look("chat, waiting", customer.page)


def _agent_answers(agent: Agent, customer: Customer, look: Look) -> None:
    agent.visits()
    expect(agent.page.get_by_role("button", name="Sign in as Sara")).to_be_visible()
    look("workspace, sign-in", agent.page)
    agent.signs_in()
    look("workspace, offline", agent.page)
    agent.switch.click()
    go = agent.sheet.get_by_role("button", name="Go online")
    expect(go).to_be_visible()
    look("workspace, going online", agent.page)
    go.click()
    expect(agent.waiting).to_have_count(1)
    expect(agent.offers).to_have_count(1)
    look("workspace, online with an offer", agent.page)
    agent.takes()
    agent.writes("Hello, here is my answer: https://klarsund.example/a/very/long/address/indeed")
    customer.sees("Hello, here is my answer")
    customer.writes("Thank you")
    agent.sees("Thank you")
    look("workspace, conversation", agent.page)
    look("chat, with an agent", customer.page)


def _lead_looks_on(lead: Lead, look: Look) -> None:
    lead.signs_in()
    expect(lead.figure("Agents online")).to_have_text("1")
    look("console, now", lead.page)
    places = lead.page.get_by_role("navigation").get_by_role("link")
    places.filter(has_text="Conversations").click()
    expect(lead.page.get_by_role("row").nth(1)).to_be_visible()
    look("console, conversations", lead.page)
    lead.page.get_by_role("row").nth(1).get_by_role("link").click()
    expect(lead.page.locator(".story-step").first).to_be_visible()
    look("console, story", lead.page)
    places.filter(has_text="Breaches").click()
    expect(lead.page.locator("li.breach").first).to_be_visible()
    look("console, breaches", lead.page)


def _agent_finishes(agent: Agent, look: Look) -> None:
    agent.page.get_by_role("button", name="Finish").click()
    expect(agent.sheet).to_be_visible()
    look("workspace, wrap-up", agent.page)
    agent.page.keyboard.press("Escape")
    agent.finishes(note="Paid")
    look("workspace, finished", agent.page)
    agent.page.get_by_role("button", name="Account").click()
    expect(agent.page.get_by_role("button", name="Add a passkey")).to_be_visible()
    look("workspace, account", agent.page)


def _customer_rates(customer: Customer, look: Look) -> None:
    solved = customer.chat.get_by_role("button", name="Yes, solved")
    expect(solved).to_be_visible()
    look("chat, resolved", customer.page)
    solved.click()
    look("chat, rating", customer.page)


@pytest.fixture
def broken_promise(demo: Server, lead: Lead) -> None:
    """So that the list of breaches shows one."""
    write_bad_log(demo)
    lead.signs_in()
    expect(lead.light("Never pulled back")).to_contain_text("broken")


@pytest.mark.usefixtures("broken_promise")
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_every_state_keeps_wcag_in_light_and_dark(world: World, demo: Server, phone: bool) -> None:
    findings = Findings()
    # Without motion: a page in the middle of one has colours that nobody is meant to read.
    walk(world, demo, findings.look, {"phone": phone, "reduced_motion": "reduce"})
    assert not findings.found, "\n" + "\n".join(findings.found)


@pytest.mark.usefixtures("broken_promise")
@pytest.mark.parametrize("large_text", [False, True], ids=["as is", "text at 200%"])
def test_the_narrowest_screens_never_scroll_sideways(
    world: World, demo: Server, large_text: bool
) -> None:
    findings = Findings(with_axe=False, large_text=large_text)
    options = {"viewport": PHONE if large_text else NARROWEST, "reduced_motion": "reduce"}
    walk(world, demo, findings.look, options)
    assert not findings.found, "\n" + "\n".join(findings.found)


def test_nothing_moves_for_who_wants_no_motion(world: World, demo: Server) -> None:
    page = world.page(reduced_motion="reduce")
    customer = Customer(page, f"{demo.http}/").comes()
    moving = """() => [...document.querySelectorAll("*")].filter(each => {
      const style = getComputedStyle(each);
      const lasts = value => value.split(",").some(part => parseFloat(part) > 0.01);
      return lasts(style.transitionDuration) ||
        (style.animationName !== "none" && lasts(style.animationDuration));
    }).map(each => each.outerHTML.slice(0, 120))"""
    for frame in (
        *page.frames,
        Agent(world.page(reduced_motion="reduce"), demo.http).signs_in().page.main_frame,
    ):
        assert frame.evaluate(moving) == []
    assert customer.button.evaluate("each => getComputedStyle(each).transitionDuration") == "0s"
