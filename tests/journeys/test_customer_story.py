"""From a question at the shop to a person's answer, and back another day."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.journeys.people import Agent, Customer, Lead
from tests.journeys.world import World

NOTE = "Refunded in full, told her when to expect it"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A photo of a cup, as far as anybody checks."""
    path = tmp_path / "broken cup.png"
    Image.new("RGB", (640, 480), "#c9a58a").save(path)
    return path


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "receipt.pdf"
    path.write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
    return path


@pytest.fixture
def disguised_program(tmp_path: Path) -> Path:
    """A program that calls itself a picture."""
    path = tmp_path / "holiday.png"
    path.write_bytes(b"MZ\x90\x00" + bytes(2048))
    return path


def test_the_assistant_answers_with_its_source_or_says_that_it_does_not_know(
    customer: Customer,
) -> None:
    customer.comes()
    # What it is comes before anything else.
    customer.sees(re.compile(r"AI assistant.*human", re.DOTALL))

    customer.writes("How do I return something?")
    source = customer.log.locator(".sources a").first
    expect(source).to_be_visible()
    with customer.page.context.expect_page() as opened:
        source.click()
    article = opened.value
    expect(article.get_by_role("article").get_by_role("heading").first).to_be_visible()
    article.close()

    customer.writes("Does the moon influence my tomatoes?")
    offer = customer.log.get_by_role("button", name="Talk to a human").last
    expect(offer).to_be_visible()
    offer.click()
    customer.sees_line("You asked for a human")
    # Nobody is online: that is said, and no figure is invented.
    customer.sees_place("Place 1 in line", "Nobody is online right now")
    expect(customer.human_button).to_contain_text("You are in line, place 1")


def test_a_customer_gets_a_human_and_goes_on_another_day(
    customer: Customer, sara: Agent, lead: Lead
) -> None:
    customer.comes()
    customer.writes("Where is my refund?")
    expect(customer.log.locator(".sources")).to_be_visible()
    customer.asks_for_human()
    customer.sees_place("Place 1 in line", "Nobody is online")

    # The wait becomes honest figures as soon as somebody is there.
    sara.signs_in().goes_online()
    customer.sees_place("You are next in line", re.compile("minute"))
    expect(sara.waiting).to_have_count(1)
    # Before taking it, nobody reads what was written.
    expect(sara.page.get_by_text("Where is my refund?")).to_have_count(0)

    sara.takes()
    sara.sees("Where is my refund?")
    sara.sees("pressed the button")
    expect(sara.conversation.locator(".sources").first).to_be_visible()
    customer.sees_line("Sara is here now")
    expect(customer.place_card).to_be_hidden()
    expect(customer.human_button).to_contain_text("Sara is with you")

    # Both see the other write.
    sara.field.press_sequentially("Hel")
    expect(customer.chat.get_by_text("Sara is typing")).to_be_attached()
    sara.writes("Hello, I am Sara. I look at it at once.")
    customer.sees("Hello, I am Sara. I look at it at once.")
    expect(sara.mark()).to_contain_text("Read")
    customer.field.press_sequentially("Than")
    expect(sara.page.get_by_text("Guest is writing")).to_be_visible()
    customer.writes("Thank you")
    sara.sees("Thank you")
    expect(customer.mark()).to_contain_text("Read")

    sara.finishes(reason="Solved", note=NOTE)
    customer.sees_line("Sara closed the conversation")
    customer.chat.get_by_role("button", name="Yes, solved").click()
    customer.chat.get_by_role("radio", name="5 of 5").check(force=True)
    customer.chat.get_by_role("textbox", name="Anything to add").fill("So quick")
    customer.chat.get_by_role("button", name="Send answer").click()
    customer.sees_line("Thank you for your answer")

    # Another day: the same conversation, and what was said.
    customer.page.reload()
    expect(customer.field).to_be_visible()
    customer.sees("Hello, I am Sara. I look at it at once.")
    customer.writes("How do I pay an invoice?")
    customer.sees_line("The conversation goes on")
    expect(customer.log.locator(".sources").nth(1)).to_be_visible()

    # The note is for colleagues; no customer ever gets it.
    expect(customer.chat.get_by_text(NOTE)).to_have_count(0)
    lead.signs_in()
    lead.page.get_by_role("link", name="Conversations", exact=True).click()
    lead.page.get_by_role("row").nth(1).get_by_role("link").click()
    expect(lead.page.locator(".story").get_by_text(NOTE)).to_be_visible()
    expect(lead.page.get_by_text("The customer's rating: 5 of 5")).to_be_visible()


def test_a_delivered_message_is_read_when_the_customer_looks(
    customer: Customer, sara: Agent
) -> None:
    customer.comes()
    customer.asks_for_human()
    sara.signs_in().goes_online().takes()
    customer.sees_line("Sara is here now")
    customer.chat.get_by_role("button", name="Close chat").click()
    expect(customer.button).to_be_focused()
    sara.writes("Are you still there?")
    expect(sara.mark()).to_contain_text("Delivered")
    expect(customer.button).to_have_accessible_name(re.compile("2 new messages|1 new messages"))
    customer.opens_chat()
    customer.sees("Are you still there?")
    expect(sara.mark()).to_contain_text("Read")


def test_pictures_and_papers_go_both_ways_and_disguised_programs_do_not(
    world: World,
    customer: Customer,
    sara: Agent,
    picture: Path,
    document: Path,
    disguised_program: Path,
) -> None:
    customer.comes()
    customer.asks_for_human()
    sara.signs_in().goes_online().takes()

    customer.attaches([picture, document])
    expect(customer.chat.locator(".uploads li")).to_have_count(2)
    expect(customer.chat.get_by_role("progressbar")).to_have_count(0)
    customer.field.fill("It came like this")
    customer.sends()
    sara.sees("It came like this")
    seen = sara.conversation.get_by_role("img", name="broken cup.png")
    expect(seen).to_be_visible()
    assert seen.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    with sara.page.context.expect_page() as opened:
        sara.conversation.get_by_role("link", name="broken cup.png").click()
    # The picture's own page may run and style nothing, which Chromium's viewer would like to.
    world.expects("/api/attachments/")
    opened.value.close()

    sara.attaches(document)
    expect(sara.page.get_by_role("progressbar")).to_have_count(0)
    sara.sends()
    offered = customer.log.locator("a.file", has_text="receipt.pdf").last
    with customer.page.expect_download() as download:
        offered.click()
    assert download.value.suggested_filename == "receipt.pdf"
    assert download.value.path().read_bytes() == document.read_bytes()

    world.expects("415 .*/attachments")
    for person, words in (
        (customer, customer.chat.get_by_role("alert")),
        (sara, sara.page.get_by_role("alert")),
    ):
        person.attaches(disguised_program)
        expect(words.filter(has_text=re.compile(r"file|picture"))).to_be_visible()
