"""A lead sees the promises, the queue and the figures, and reads how a promise was broken."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta

import psycopg
from playwright.sync_api import expect

from alltid.conversations.codec import encode
from alltid.conversations.events import (
    Asked,
    Author,
    ConversationOpened,
    Event,
    HumanRequested,
    MessageSent,
    Reason,
    Resolved,
)
from tests.journeys.people import Customer, Lead
from tests.journeys.world import World
from tests.support.server import Server


def write_bad_log(server: Server) -> str:
    """Write what no decider allows: a waiting customer whose conversation somebody closes."""
    conversation, customer = str(uuid.uuid4()), str(uuid.uuid4())
    nobody = str(uuid.uuid4())
    now = datetime.now(UTC) - timedelta(minutes=5)
    events: list[Event] = [
        ConversationOpened(customer, "en"),
        MessageSent(Author.ASSISTANT, "I am an AI assistant.", None, "Alva", discloses_ai=True),
        HumanRequested(Asked.BUTTON),
        Resolved(nobody, "Nobody", Reason.OTHER, ""),
    ]
    with psycopg.connect(server.database_url) as connection:
        connection.execute(
            "INSERT INTO customers (id, kind, created_at, last_seen_at) VALUES (%s,'guest',%s,%s)",
            (customer, now, now),
        )
        connection.execute(
            "INSERT INTO conversations (id, version, customer_id, language, status, turn,"
            " opened_at, last_message_at)"
            " VALUES (%s, %s, %s, 'en', 'resolved', 'customer', %s, %s)",
            (conversation, len(events), customer, now, now),
        )
        for version, event in enumerate(events, start=1):
            kind, data = encode(event)
            at = now + timedelta(seconds=20 * version)
            connection.execute(
                "INSERT INTO events (stream_id, version, type, data, actor, at)"
                " VALUES (%s, %s, %s, %s, 'system', %s)",
                (conversation, version, kind, data, at),
            )
    return conversation


def test_a_lead_sees_who_waits_as_it_happens(
    world: World, demo: Server, lead: Lead, customer: Customer
) -> None:
    lead.signs_in()
    expect(lead.light("Always a human")).to_contain_text("kept")
    expect(lead.page.get_by_text("Nobody is waiting.")).to_be_visible()
    customer.visits().plays("Giulia Conti").button.click()
    customer.human_button.click()
    row = lead.page.get_by_role("row").filter(has_text="Giulia Conti")
    expect(row).to_contain_text("pressed the button")
    expect(row.get_by_text(re.compile(r"^\d+:\d\d$"))).to_be_visible()
    expect(lead.figure("Waiting")).to_have_text("1")
    row.get_by_role("link", name="Giulia Conti").click()
    expect(lead.page.get_by_role("heading", name="The story, with Giulia Conti")).to_be_focused()
    expect(lead.page.get_by_text("The customer pressed")).to_be_visible()
    expect(lead.page.get_by_text("That you read this is recorded.")).to_be_visible()
    lead.page.go_back()
    expect(lead.figure("Waiting")).to_have_text("1")


def test_a_broken_promise_turns_its_light_red_and_tells_its_story(demo: Server, lead: Lead) -> None:
    lead.signs_in()
    light = lead.light("Never pulled back")
    expect(light).to_be_visible()
    write_bad_log(demo)
    expect(light).to_contain_text("broken")
    light.click()
    breach = lead.page.get_by_role("listitem").filter(has_text="without a person")
    expect(breach.first).to_be_visible()
    breach.first.get_by_role("link", name="Open the conversation").click()
    told = lead.page.get_by_text(re.compile("Never pulled back was broken here"))
    expect(told).to_be_in_viewport()
    expect(lead.page.locator(".story-step.marked")).to_contain_text("Finished by Nobody")
