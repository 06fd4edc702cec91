"""The same person on two devices, and lines that break."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.people import Agent, Customer
from tests.journeys.world import World
from tests.support.server import Server

# What Chromium notes when nobody answers at the other end, or somebody leaves in mid-answer.
UNREACHABLE = (
    "ERR_CONNECTION_(REFUSED|RESET|CLOSED)|ERR_EMPTY_RESPONSE|ERR_INTERNET_DISCONNECTED"
    "|WebSocket connection to"
)


def test_two_devices_of_one_person_show_one_conversation_live(
    world: World, demo: Server, sara: Agent
) -> None:
    computer = Customer(world.page(), f"{demo.http}/").visits().plays("Elin Berg").opens_chat()
    phone = Customer(world.page(phone=True), f"{demo.http}/").visits().plays("Elin Berg")
    phone.opens_chat()
    computer.writes("Where can I see my invoices?")
    phone.sees("Where can I see my invoices?")
    phone.asks_for_human()
    expect(computer.place_card).to_be_visible()

    sara.signs_in().goes_online().takes()
    expect(sara.conversation.get_by_role("heading", name="Elin Berg").first).to_be_visible()
    sara.writes("Hello Elin, in the app under Purchases")
    for device in (computer, phone):
        device.sees("Hello Elin, in the app under Purchases")
        expect(device.said("Where can I see my invoices?")).to_have_count(1)

    # Somebody else at the same computer sees nothing of it.
    computer.chat.get_by_role("button", name="Close chat").click()
    computer.plays("Lukas Brandt").opens_chat()
    expect(computer.log.get_by_text("Hello Elin")).to_have_count(0)


def test_a_restarted_server_loses_nothing_and_the_pages_mend_themselves(
    world: World, customer: Customer, demo: Server
) -> None:
    world.expects(UNREACHABLE)
    customer.comes()
    customer.writes("How do I pay an invoice?")
    expect(customer.log.locator(".sources")).to_be_visible()
    customer.asks_for_human()
    customer.field.fill("Half a sentence")
    demo.stop()
    try:
        bar = customer.chat.get_by_text("The connection is lost")
        expect(bar).to_be_visible()
        expect(customer.field).to_have_value("Half a sentence")
        customer.writes("I wrote this while you were away")
        customer.sees("Sending")
    finally:
        demo.start()
    # It tries again by itself, at most ten seconds apart.
    expect(bar).to_be_hidden(timeout=60_000)
    # The wait and the place have outlived the server.
    customer.sees_place("Place 1 in line", "Nobody is online")
    message = customer.said("I wrote this while you were away")
    expect(message).to_have_count(1)
    expect(customer.mark()).to_contain_text("Sent")
    agent = Agent(world.page(), demo.http).signs_in().goes_online()
    agent.takes()
    arrived = agent.conversation.locator(".bubble", has_text="I wrote this while you were away")
    expect(arrived).to_have_count(1)


def test_what_is_typed_outlives_the_page(customer: Customer) -> None:
    customer.comes()
    customer.field.press_sequentially("My order number is")
    customer.page.reload()
    expect(customer.field).to_have_value("My order number is")


def test_without_a_network_a_message_waits_and_goes_out_once(
    world: World, customer: Customer
) -> None:
    world.expects(UNREACHABLE)
    customer.comes()
    customer.sees(re.compile("AI assistant"))
    customer.page.context.set_offline(True)
    customer.page.evaluate("dispatchEvent(new Event('offline'))")
    customer.writes("How do I pay an invoice?")
    customer.page.context.set_offline(False)
    expect(customer.log.locator(".sources")).to_be_visible()
    expect(customer.said("How do I pay an invoice?")).to_have_count(1)
