"""Nobody is online: the page says so, and a time or a written answer are other ways to a person."""

from __future__ import annotations

import re

import psycopg
from playwright.sync_api import expect

from tests.journeys.accessibility import sideways, violations
from tests.journeys.people import Agent, Customer
from tests.journeys.world import World
from tests.support.server import Server


def moved_to_now(demo: Server) -> None:
    """The booked time has come."""
    with psycopg.connect(demo.database_url, autocommit=True) as connection:
        connection.execute(
            "UPDATE conversations SET callback_at = now(), turn_due_at = now() "
            "WHERE callback_at IS NOT NULL"
        )


def test_a_booked_time_is_kept_shown_and_answered(
    customer: Customer, sara: Agent, demo: Server
) -> None:
    customer.comes()
    customer.asks_for_human()
    card = customer.place_card
    expect(card).to_contain_text("Nobody is online right now")
    card.get_by_role("button", name="Book a time").click()
    times = card.get_by_role("combobox", name="When should a person answer you?")
    expect(times).to_be_focused()
    expect(card).to_contain_text("Europe/Stockholm")
    assert violations(customer.page) == []
    chosen = times.locator("option").nth(2)
    # Between two quarter-hours the list moves on: what was read is what is chosen.
    at, words = chosen.evaluate("option => [option.value, option.textContent]")
    when = words.split(", ")[0]
    times.select_option(value=at)
    card.get_by_role("button", name="Book this time").click()
    expect(card).to_contain_text("Your time is booked")
    expect(card).to_contain_text(when)
    expect(customer.human_button).to_have_text("Your time is booked")
    customer.sees_line(re.compile("Your time is booked: .*" + when))
    assert violations(customer.page) == []

    # It is there after the page was loaded anew, and it can be given up and booked again.
    customer.page.reload()
    expect(card).to_contain_text(when)
    card.get_by_role("button", name="Wait in line instead").click()
    expect(card).to_contain_text("Place 1 in line")
    card.get_by_role("button", name="Book a time").click()
    card.get_by_role("button", name="Book this time").click()
    expect(card).to_contain_text("Your time is booked")

    moved_to_now(demo)
    expect(card).to_contain_text("It is your time now")
    sara.signs_in().goes_online()
    sara.offers.get_by_role("button", name="Accept").click()
    customer.sees_line("Sara is here now")
    sara.writes("Good that you are back. How can I help?")
    customer.sees("Good that you are back. How can I help?")


def test_a_written_answer_is_found_on_coming_back(
    world: World, customer: Customer, sara: Agent
) -> None:
    phone = Customer(world.page(phone=True, color_scheme="dark"), customer.site)
    phone.comes()
    phone.writes("Which address do you have of me?")
    phone.asks_for_human()
    assert sideways(phone.page) == []
    phone.place_card.get_by_role("button", name="Get a written answer").click()
    expect(phone.place_card).to_contain_text("You can close this page")
    assert violations(phone.page) == []
    phone.page.goto("about:blank")

    sara.signs_in().goes_online()
    sara.offers.get_by_role("button", name="Accept").click()
    expect(sara.page.get_by_text("Chose to be answered in writing")).to_be_visible()
    sara.writes("It is 4 Spruce Lane. Write here to change it.")

    phone.comes()
    phone.sees("It is 4 Spruce Lane. Write here to change it.")
