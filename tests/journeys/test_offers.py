"""Offers on the agent's page: what is said before, the card, and what follows from each answer."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from typing import Any, Final

import pytest
from playwright.sync_api import Page, Request, expect
from psycopg_pool import AsyncConnectionPool

from alltid.agents.online_sessions import OnlineSessions
from alltid.agents.session_commands import HoldOffer, ReleaseOffer
from alltid.agents.session_events import Outcome
from alltid.kernel.clock import SystemClock
from alltid.kernel.ids import SystemIds
from tests.journeys.accessibility import violations
from tests.journeys.people import Agent, Customer
from tests.journeys.world import World
from tests.support.server import Server

PUSHES_MOST: Final = 30
PAUSED: Final = re.compile("Three offers in a row went unseen.*It costs you nothing", re.DOTALL)


@pytest.fixture
def jonas(world: World, demo: Server) -> Agent:
    """The demo's second agent, at a desk."""
    return Agent(world.page(), demo.http)


def test_what_is_promised_comes_before_the_tap_and_an_accepted_offer_opens_the_chat(
    customer: Customer, sara: Agent
) -> None:
    sara.signs_in()
    sara.switch.click()
    promise = sara.sheet.locator(".promise")
    expect(promise.get_by_role("heading")).to_have_text(re.compile("Guaranteed|Standby"))
    expect(promise).to_contain_text("400.00")
    sara.sheet.get_by_role("radio", name="2").check(force=True)
    sara.sheet.get_by_role("button", name="Go online").click()
    expect(sara.switch).to_have_attribute("aria-checked", "true")

    customer.comes()
    customer.writes("Where is my refund?")
    customer.asks_for_human()
    expect(sara.offers).to_have_count(1)
    expect(sara.offers.get_by_role("timer")).to_be_visible()
    expect(sara.offers).to_contain_text(re.compile(r"English.*about \d+ min", re.DOTALL))
    expect(sara.offers.locator(".offer-pay")).to_contain_text(re.compile(r"\d\.\d\d"))
    expect(sara.offers).to_contain_text("only one free")
    # Nobody's words come before they are taken.
    expect(sara.page.get_by_text("Where is my refund?")).to_have_count(0)
    sara.offers.get_by_role("button", name="Accept").click()
    expect(sara.field).to_be_visible()
    customer.sees_line("Sara is here now")
    expect(sara.offers).to_have_count(0)

    # What was chosen is there again, and may be changed without going offline.
    sara.page.get_by_role("link", name="Back").click()
    sara.page.get_by_role("button", name="My choices").click()
    expect(sara.sheet.get_by_role("radio", name="2")).to_be_checked()
    sara.sheet.get_by_role("radio", name="1").check(force=True)
    sara.sheet.get_by_role("button", name="Keep these").click()
    expect(sara.sheet).to_be_hidden()


def test_a_declined_offer_goes_to_someone_else_and_changes_nothing(
    customer: Customer, sara: Agent, jonas: Agent
) -> None:
    sara.signs_in().goes_online()
    jonas.signs_in("Jonas")
    customer.comes().asks_for_human()
    expect(sara.offers).to_have_count(1)
    expect(sara.page.get_by_text("Declining costs nothing")).to_be_visible()
    jonas.goes_online()
    sara.offers.get_by_text("Why you, and saying why not").click()
    sara.offers.get_by_role("textbox").fill("I am about to leave")
    sara.offers.get_by_role("button", name="Decline").click()
    # This is said for ten seconds only.
    expect(sara.page.get_by_text("Declined. It costs you nothing.")).to_be_visible()
    expect(sara.offers).to_have_count(0)
    jonas.offers.get_by_role("button", name="Accept").click()
    expect(jonas.field).to_be_visible()
    customer.sees_line("Jonas is here now")
    expect(sara.switch).to_have_text("Online")


def test_three_unseen_offers_pause_and_one_tap_ends_it(sara: Agent, demo: Server) -> None:
    sara.signs_in().goes_online()
    let_three_offers_pass_unseen(demo, agent_id(sara))
    expect(sara.page.get_by_text(PAUSED)).to_be_visible()
    assert violations(sara.page) == []
    sara.page.get_by_role("button", name="I'm back").click()
    expect(sara.page.get_by_text(PAUSED)).to_be_hidden()
    expect(sara.switch).to_have_text("Online")
    # The own pause is as easy.
    sara.page.get_by_role("button", name="Pause").click()
    expect(sara.switch).to_have_text("Paused")
    sara.page.get_by_role("button", name="I'm back").click()
    expect(sara.switch).to_have_text("Online")


def test_leaving_with_a_conversation_in_hand_asks_what_becomes_of_it(
    customer: Customer, sara: Agent
) -> None:
    customer.comes().asks_for_human()
    sara.signs_in().goes_online()
    sara.offers.get_by_role("button", name="Accept").click()
    expect(sara.field).to_be_visible()
    sara.page.get_by_role("link", name="Back").click()
    sara.switch.click()
    expect(sara.sheet).to_contain_text("You have 1 conversation in hand")
    assert violations(sara.page) == []
    sara.sheet.get_by_role("button", name="Finish first").click()
    expect(sara.sheet).to_be_hidden()
    expect(sara.page.get_by_text("You go offline when your last conversation")).to_be_visible()
    sara.switch.click()
    sara.sheet.get_by_role("button", name="Hand back").click()
    expect(sara.switch).to_have_attribute("aria-checked", "false")
    customer.sees_place("Place 1 in line", "Nobody is online")


def test_notifications_are_asked_for_only_by_a_tap_and_shown_without_a_page(
    world: World, demo: Server
) -> None:
    sara = Agent(world.page(permissions=["notifications"]), demo.http)
    # No push service is reached from here: the browser's part of a subscription is played.
    sara.page.add_init_script(SUBSCRIBES)
    told: list[Any] = []

    def note(sent: Request) -> None:
        if sent.url.endswith("/push-subscriptions"):
            told.append(sent.post_data_json)

    sara.page.on("request", note)
    sara.signs_in()
    assert sara.page.evaluate("window.asked") == 0
    sara.page.get_by_role("button", name="Account").click()
    offers = sara.sheet.get_by_role("checkbox", name="Show me offers")
    expect(offers).to_have_attribute("aria-disabled", "false")
    offers.click()
    expect(offers).to_be_checked()
    assert sara.page.evaluate("window.asked") == 1
    # The box is empty at once; the desk is told after that.
    with sara.page.expect_request("**/push-subscriptions"):
        offers.click()
    expect(offers).not_to_be_checked()
    subscribed, gone = told
    assert (subscribed["offers"], subscribed["call_ins"]) == (True, False)
    assert subscribed["quiet"]["time_zone"] == "Europe/Stockholm"
    assert subscribed["subscription"]["endpoint"] == gone["endpoint"]

    # With the page gone, what is pushed is shown.
    shown = push(sara.page, demo, {"kind": "offer", "title": "A conversation for you", "tag": "o"})
    assert shown == ["A conversation for you"]


def test_where_notifications_are_blocked_the_page_says_what_to_do(sara: Agent) -> None:
    sara.signs_in()
    sara.page.get_by_role("button", name="Account").click()
    # A browser without a head says no by itself.
    sara.sheet.get_by_role("checkbox", name="Show me offers").click()
    expect(sara.sheet.get_by_text("Notifications from here are blocked")).to_be_visible()
    manifest = sara.page.locator("link[rel=manifest]").get_attribute("href")
    found = sara.page.request.get(f"{sara.desk}{manifest}").json()
    assert (found["start_url"], found["display"]) == ("/agent", "standalone")
    for icon in found["icons"]:
        assert sara.page.request.get(f"{sara.desk}{icon['src']}").ok, icon


SUBSCRIBES: Final = """
window.asked = 0;
const allow = Notification.requestPermission.bind(Notification);
Notification.requestPermission = () => { window.asked += 1; return allow(); };
let subscription = null;
PushManager.prototype.getSubscription = async () => subscription;
PushManager.prototype.subscribe = async options => {
  if (!options.userVisibleOnly || !options.applicationServerKey) throw new Error("refused");
  const curve = {name: "ECDH", namedCurve: "P-256"};
  const pair = await crypto.subtle.generateKey(curve, true, ["deriveBits"]);
  const text = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const p256dh = text(await crypto.subtle.exportKey("raw", pair.publicKey));
  const auth = text(crypto.getRandomValues(new Uint8Array(16)));
  const endpoint = "https://push.invalid/" + auth;
  const unsubscribe = async () => { subscription = null; return true; };
  const content = {endpoint, keys: {p256dh, auth}};
  return subscription = {endpoint, unsubscribe, toJSON: () => content};
};
"""


def push(page: Page, server: Server, payload: dict[str, Any]) -> list[str]:
    """Deliver a push to the page's worker while no workspace is open; return what it shows."""
    page.goto(f"{server.http}/help/en")
    browser = page.context.new_cdp_session(page)
    registrations: list[str] = []
    browser.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(
            each["registrationId"] for each in event["registrations"]
        ),
    )
    browser.send("ServiceWorker.enable")
    scope = f"{server.http}/agent"
    page.evaluate(UNTIL_IT_RUNS, scope)
    message = {"origin": server.http, "registrationId": registrations[-1]}
    titles: list[str] = []
    for _ in range(PUSHES_MOST):
        # To the worker, a page that has just gone may be there for a moment more.
        browser.send("ServiceWorker.deliverPushMessage", message | {"data": json.dumps(payload)})
        titles = page.evaluate(UNTIL_IT_SHOWS, scope)
        if titles:
            break
    return titles


UNTIL_IT_RUNS: Final = """async scope => {
  const there = await navigator.serviceWorker.getRegistration(scope);
  const worker = there.active ?? there.waiting ?? there.installing;
  while (worker.state !== "activated") {
    await new Promise(done => worker.addEventListener("statechange", done, {once: true}));
  }
}"""
# Nothing tells a page that its worker has shown something.
UNTIL_IT_SHOWS: Final = """async scope => {
  const there = await navigator.serviceWorker.getRegistration(scope);
  for (let look = 0; look < 20; look += 1) {
    const titles = (await there.getNotifications()).map(each => each.title);
    if (titles.length) return titles;
    await new Promise(done => setTimeout(done, 50));
  }
  return [];
}"""


def agent_id(agent: Agent) -> str:
    """Who is signed in on a page."""
    found: str = agent.page.request.get(f"{agent.desk}/api/me").json()["agent"]["id"]
    return found


def let_three_offers_pass_unseen(server: Server, agent: str) -> None:
    """Do to a session what three offers do that nobody sees, without the minute that they take."""

    async def pass_by() -> None:
        async with AsyncConnectionPool(server.database_url, min_size=1) as pool:
            ids = SystemIds()
            sessions = OnlineSessions(pool, SystemClock(), ids)
            for made in (ids.new(), ids.new(), ids.new()):
                await sessions.change(agent, HoldOffer(made))
                await sessions.change(agent, ReleaseOffer(made, Outcome.EXPIRED_UNSEEN))

    # Playwright's own loop runs in this thread.
    thread = threading.Thread(target=asyncio.run, args=(pass_by(),))
    thread.start()
    thread.join()
