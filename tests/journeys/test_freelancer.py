"""A freelancer's way: applying on a phone, qualifying, one's own pages, and what leads decide."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from base64 import urlsafe_b64decode

import httpx
import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.accessibility import enlarge_text, sideways, violations
from tests.journeys.people import Lead
from tests.journeys.world import World
from tests.support.server import Server

PASSWORD = "a sentence that nobody guesses"


def applies(page: Page, desk: str) -> tuple[str, str]:
    """Fill in the form; returns the name and the address of the link."""
    name = f"Elsa {uuid.uuid4().hex[:6]}"
    page.goto(f"{desk}/apply")
    page.get_by_label("First name").fill(name)
    page.get_by_label("E-mail").fill(f"{name.replace(' ', '.')}@example.org")
    page.get_by_label("Languages you write well").select_option("sv")
    page.get_by_label("Country").select_option("SE")
    page.get_by_label("Complaints").check()
    page.get_by_label("may keep this").check()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name="It has come in")).to_be_visible()
    return name, page.url


def decides(lead: Lead, name: str, reason: str, way: str) -> None:
    lead.page.goto(f"{lead.desk}/console#/people/applications")
    lead.page.get_by_label(f"Reason, for {name} to read").fill(reason)
    card = lead.page.get_by_role("listitem").filter(has_text=name)
    card.get_by_role("button", name=way).click()
    expect(card).to_have_count(0)


def qualifies(page: Page) -> None:
    page.get_by_role("button", name="Begin: Complaints").click()
    page.get_by_label("A person who was not involved").check()
    page.get_by_label("Within how many working days").fill("fifteen")
    page.get_by_role("button", name="Send my answers").click()
    page.get_by_label("Your reply").fill("I will look into it. Which day did you pay?")
    page.get_by_role("button", name="Reply", exact=True).click()
    expect(page.get_by_text("2 of 2")).to_be_visible()
    page.get_by_label("Your reply").fill("Thank you. You hear from us within 15 working days.")
    page.get_by_role("button", name="Reply", exact=True).click()
    expect(page.get_by_role("heading", name="Passed")).to_be_visible()


@pytest.fixture
def elsa(world: World, demo: Server, lead: Lead) -> Page:
    """Somebody who applied on a phone, was approved, and has just chosen a password."""
    page = world.page(phone=True, reduced_motion="reduce")
    name, _ = applies(page, demo.http)
    lead.signs_in()
    decides(lead, name, "Two languages that we need.", "Approve")
    page.reload()
    expect(page.get_by_text("Two languages that we need.")).to_be_visible()
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Save it and sign in").click()
    expect(page.get_by_role("heading", name="Skills", exact=True)).to_be_visible()
    return page


def test_from_the_form_on_a_phone_to_a_skill_and_a_signed_export(elsa: Page, demo: Server) -> None:
    qualifies(elsa)
    elsa.get_by_role("link", name="Back to my skills").click()
    expect(elsa.get_by_text("level 1")).to_be_visible()
    expect(elsa.get_by_text(re.compile(r"\d secs? paid|min.* paid"))).to_be_visible()
    elsa.get_by_role("link", name="Ratings").click()
    expect(elsa.get_by_role("heading", name="Too few to tell")).to_be_visible()
    elsa.get_by_role("link", name="Free to decline").click()
    expect(elsa.get_by_text("nothing to compare yet")).to_be_visible()
    elsa.get_by_role("link", name="Offers").click()
    expect(elsa.get_by_text("No offers yet.")).to_be_visible()
    elsa.get_by_role("link", name="My data").click()
    with elsa.expect_download() as download:
        elsa.get_by_role("link", name="Download my data").click()
    content = download.value.path().read_bytes()
    *lines, last = content.splitlines(keepends=True)
    payload = json.loads(last.removesuffix(b"]\n"))["signature"].split(".")[1]
    said = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert said["sha256"] == hashlib.sha256(b"".join(lines)).hexdigest()
    assert {"training_time", "decisions"} <= {each.get("kind") for each in json.loads(content)}
    keys = httpx.get(f"{demo.http}/.well-known/alltid-export-keys.json", timeout=30).json()["keys"]
    assert keys[0]["crv"] == "Ed25519"


def test_a_review_counts_down_turns_loud_and_is_answered(
    elsa: Page, demo: Server, lead: Lead
) -> None:
    elsa.get_by_role("link", name="Decisions").click()
    # Another story may have left its own request open.
    with psycopg.connect(demo.database_url) as connection:
        connection.execute("DELETE FROM review_requests")
    card = elsa.get_by_role("listitem").filter(has_text="Your application was approved")
    card.get_by_role("button", name="Ask for a review").click()
    elsa.get_by_label("What should be looked at again").fill("I also speak Finnish.")
    elsa.get_by_role("button", name="Send the request").click()
    expect(elsa.get_by_text(re.compile("due in 1[34] days"))).to_be_visible()
    page = lead.page
    page.goto(f"{demo.http}/console#/people/reviews")
    expect(page.get_by_text("I also speak Finnish.")).to_be_visible()
    expect(page.get_by_text(re.compile(r"1[34] days.* left"))).to_be_visible()
    with psycopg.connect(demo.database_url) as connection:
        connection.execute("UPDATE review_requests SET due_at = now() - interval '2 days'")
    page.reload()
    expect(page.get_by_role("alert").get_by_text("overdue")).to_be_visible()
    expect(page.get_by_text("Overdue by 2 days")).to_be_visible()
    page.get_by_label("Your answer to Elsa").fill("Finnish is added.")
    page.get_by_role("button", name="Change the decision").click()
    expect(page.get_by_text("Nobody waits for a review.")).to_be_visible()
    expect(page.get_by_role("alert").get_by_text("overdue")).to_have_count(0)
    elsa.reload()
    expect(elsa.get_by_text("Finnish is added.").first).to_be_visible()


def test_a_refusal_and_a_deactivation_are_told_with_reasons_and_contested(
    world: World, demo: Server, lead: Lead
) -> None:
    world.expects("403 .*/api/sign-in/demo")
    lead.signs_in()
    page = world.page(phone=True)
    name, _ = applies(page, demo.http)
    decides(lead, name, "We need other languages now.", "Refuse")
    page.reload()
    expect(page.get_by_text("We need other languages now.")).to_be_visible()
    page.get_by_label("What should be looked at again").fill("I write Finnish too.")
    page.get_by_role("button", name="Ask for a review").click()
    expect(page.get_by_role("heading", name="the answer comes by")).to_be_visible()
    lead.page.goto(f"{demo.http}/console#/people/agents")
    lead.page.get_by_role("button", name="Decide about Jonas").click()
    sheet = lead.page.get_by_role("dialog")
    sheet.get_by_label("Reason").last.fill("A test of the lock.")
    sheet.get_by_role("button", name="Deactivate the account").click()
    expect(sheet.get_by_text("Give the person this link")).to_be_visible()
    try:
        page.goto(f"{demo.http}/agent/me")
        page.get_by_role("button", name="Sign in as Jonas").click()
        page.get_by_role("alert").get_by_role("link").click()
        told = page.context.wait_for_event("page") if len(page.context.pages) == 1 else None
        told = told or page.context.pages[-1]
        expect(told.get_by_text("A test of the lock.")).to_be_visible()
        expect(told.get_by_label("What should be looked at again")).to_be_visible()
    finally:
        with psycopg.connect(demo.database_url) as connection:
            connection.execute("UPDATE agents SET disabled_at = NULL")


def test_a_lead_writes_the_next_version_of_a_qualification(demo: Server, lead: Lead) -> None:
    lead.signs_in()
    page = lead.page
    page.goto(f"{demo.http}/console#/people/qualifications")
    page.get_by_role("link", name="Fraud and unknown purchases").click()
    page.get_by_label("Right answers needed").fill("90")
    page.get_by_role("button", name="Add a rule").first.click()
    page.get_by_label("Any of these phrases").last.fill("calm*\nslowly")
    page.get_by_label("Explanation, shown with the mark").nth(4).fill("Stay calm.")
    page.get_by_label("Any of these phrases").nth(3).fill("calm*\nslowly")
    page.get_by_label("What you changed, and why").fill("Ask for calm.")
    page.get_by_role("button", name=re.compile("Save as version")).click()
    expect(page.get_by_text("Ask for calm.")).to_be_visible()
    expect(page.get_by_label("Right answers needed")).to_have_value("90")


def test_every_page_keeps_wcag_and_never_scrolls_sideways(
    elsa: Page, world: World, demo: Server, lead: Lead
) -> None:
    found: list[str] = []

    def look(state: str, page: Page) -> None:
        found.extend(f"{state}: {each}" for each in violations(page))
        enlarge_text(page)
        found.extend(f"{state} scrolls sideways: {each}" for each in sideways(page))

    applicant = world.page(phone=True, reduced_motion="reduce")
    applicant.goto(f"{demo.http}/apply")
    expect(applicant.get_by_label("Complaints")).to_be_visible()
    look("apply", applicant)
    for place in ("offers", "fairness", "skills", "rating", "decisions", "data"):
        elsa.goto(f"{demo.http}/agent/me#/{place}")
        expect(elsa.locator("main h2")).to_be_visible()
        expect(elsa.get_by_text("One moment…")).to_have_count(0)
        look(place, elsa)
    elsa.goto(f"{demo.http}/agent/me#/skills")
    elsa.get_by_role("button", name="Begin: Complaints").click()
    expect(elsa.get_by_label("Within how many working days")).to_be_visible()
    look("questions", elsa)
    lead.page.emulate_media(reduced_motion="reduce")
    for place in ("applications", "reviews", "agents", "qualifications/payments"):
        lead.page.goto(f"{demo.http}/console#/people/{place}")
        expect(lead.page.locator(".people h2")).to_be_visible()
        expect(lead.page.get_by_text("One moment…")).to_have_count(0)
        look(f"console, {place}", lead.page)
    assert not found, "\n".join(found)
