"""One script tag on somebody else's site: it works where it may, and nowhere else."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.people import Customer
from tests.journeys.sites import HOSTILE_STYLE, ForeignSite
from tests.journeys.world import World
from tests.support.server import Server


def test_a_listed_site_shows_the_chat_whatever_its_styles_say(
    world: World, demo: Server, listed_site: ForeignSite
) -> None:
    listed_site.embeds(demo.http, style=HOSTILE_STYLE)
    customer = Customer(world.page(), f"{listed_site.origin}/").visits()
    box = customer.button.bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (60, 60)
    assert (box["x"] + box["width"], box["y"] + box["height"]) == (1260, 780)
    customer.opens_chat()
    panel = customer.page.locator("#panel").bounding_box()
    assert panel is not None
    assert (panel["x"] + panel["width"], panel["width"]) == (1260, 400)
    customer.writes("How do I pay an invoice?")
    expect(customer.log.locator(".sources a").first).to_be_visible()
    # The site can neither read the chat nor the desk's answers.
    assert customer.page.evaluate("document.querySelectorAll('iframe').length") == 0
    customer.button.press("Escape")
    expect(customer.field).to_be_hidden()


def test_an_unlisted_site_gets_no_chat(
    world: World, demo: Server, unlisted_site: ForeignSite
) -> None:
    world.expects("frame-ancestors|Framing|chrome-error|recipient window's origin")
    unlisted_site.embeds(demo.http)
    customer = Customer(world.page(), f"{unlisted_site.origin}/").visits()
    with customer.page.expect_console_message(
        lambda message: bool(re.search("frame-ancestors|Framing", message.text))
    ):
        customer.button.click()
    expect(customer.chat.get_by_role("textbox")).to_have_count(0)


def test_words_from_elsewhere_change_nothing(
    world: World, demo: Server, listed_site: ForeignSite, unlisted_site: ForeignSite
) -> None:
    listed_site.embeds(demo.http)
    # A page of another origin, in a frame of the same site, speaks to both ends of the bridge.
    unlisted_site.page = (
        "<!doctype html><title>Stranger</title><script>"
        "const shout = target => ['close', 'unread', 'signOut', 'open', 'keep'].forEach(type =>"
        " target.postMessage({alltid: {type, count: 7, active: true, focus: true,"
        " key: 'planted', value: 'planted'}}, '*'));"
        "shout(parent); for (let i = 0; i < parent.length; i++) shout(parent[i]);"
        "parent.postMessage('shouted', '*');</script>"
    )
    customer = Customer(world.page(), f"{listed_site.origin}/").comes()
    customer.writes("How do I pay an invoice?")
    expect(customer.log.locator(".sources")).to_be_visible()
    customer.page.evaluate(
        """origin => new Promise(done => {
          addEventListener("message", event => event.data === "shouted" && done());
          const frame = document.createElement("iframe");
          frame.className = "stranger";
          frame.src = origin;
          document.body.prepend(frame);
        })""",
        unlisted_site.origin,
    )
    chat = customer.page.frame_locator("#panel iframe")
    expect(chat.get_by_role("textbox", name="Write a message")).to_be_visible()
    expect(chat.get_by_role("log").locator(".sources")).to_be_visible()
    expect(customer.button).to_have_accessible_name("Close chat")
    assert "planted" not in customer.page.evaluate("JSON.stringify({...localStorage})")
