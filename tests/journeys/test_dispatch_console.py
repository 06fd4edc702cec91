"""A lead steers dispatching: a policy is refused, mended, chosen and remembered; waits, offers."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.accessibility import sideways, violations
from tests.journeys.people import Lead
from tests.journeys.world import World
from tests.support.server import Server


def test_a_lead_mends_a_policy_until_it_keeps_its_promises(
    world: World, demo: Server, lead: Lead
) -> None:
    lead.signs_in()
    page = lead.page
    page.get_by_role("link", name="Dispatch").click()
    expect(page.get_by_role("heading", name="Policy", exact=True)).to_be_focused()
    offer = page.get_by_label("An offer stands for")
    seconds = offer.input_value()
    offer.fill("5")
    expect(page.get_by_text("less is too short to read it")).to_be_visible()
    save = page.get_by_role("button", name="Put it in force")
    page.get_by_label("Why does it change?").fill("More time to read.")
    expect(save).to_be_disabled()
    assert violations(page) == []
    offer.fill("25" if seconds != "25" else "24")
    expect(page.get_by_text(re.compile("to the same pe"))).to_be_visible()
    save.click()
    history = page.get_by_role("list").filter(has_text="More time to read.")
    expect(history).to_be_visible()
    expect(history.get_by_role("deletion").first).to_have_text(seconds)
    # The steps of one journey end as they began.
    offer.fill(seconds)
    page.get_by_label("Why does it change?").fill("As it was.")
    save.click()
    expect(page.get_by_text("As it was.").last).to_be_visible()


def test_every_place_of_dispatching_is_for_everybody(
    world: World, demo: Server, lead: Lead
) -> None:
    lead.signs_in()
    page = lead.page
    page.set_viewport_size({"width": 360, "height": 780})
    for link, said in (
        ("Who is needed", "People and requests by quarter-hour"),
        ("Honest waits", "Time"),
        ("Offers", "Declining or missing an offer is free."),
    ):
        page.goto(f"{demo.http}/console#/dispatch/policy")
        page.get_by_role("link", name=link, exact=True).click()
        expect(page.get_by_role("heading", name=link, exact=True)).to_be_visible()
        expect(page.get_by_text(said).first).to_be_visible()
        assert violations(page) == []
        assert sideways(page) == []
