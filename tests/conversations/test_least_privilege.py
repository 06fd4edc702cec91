"""P8: what goes to an agent is masked, and only what is in hand is unmasked."""

from __future__ import annotations

from datetime import UTC, datetime

from alltid.conversations.concealed import items_for_agent, value_at
from alltid.conversations.events import (
    AgentJoined,
    Attachment,
    Author,
    Event,
    Fact,
    LanguageChosen,
    MessageSent,
    Rated,
    Reason,
    Resolved,
    Status,
)
from alltid.conversations.least_privilege import shown_masked, unmasking_kept
from alltid.conversations.state import Conversation
from alltid.conversations.transcript import item

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
PHONE = "070-123 45 67"
FILE = Attachment("file-1", f"{PHONE}.pdf", "application/pdf", 9)
EVENTS: list[Event] = [
    LanguageChosen("en"),
    MessageSent(Author.CUSTOMER, f"{PHONE}, a@b.se", "c", attachments=(FILE,)),
    AgentJoined("sara", "Sara"),
    MessageSent(Author.AGENT, f"I call {PHONE}", "sara", "Sara"),
    MessageSent(Author.CUSTOMER, "Good", "c"),
    Resolved("sara", "Sara", Reason.SOLVED, f"Called {PHONE}"),
    Rated(solved=True, score=5, comment=f"Reach me at {PHONE}"),
    Rated(solved=True, score=4, comment=None),
]
FACTS = [Fact(version, NOW, event) for version, event in enumerate(EVENTS, 1)]


def url_of(_attachment_id: str) -> str:
    return ""


def test_others_see_masks_and_the_writer_their_own_words() -> None:
    for_jonas = items_for_agent(FACTS, url_of, reader_id="jonas")
    assert shown_masked(for_jonas) is None
    assert PHONE not in str(for_jonas)
    (message,) = (each for each in for_jonas if each["version"] == 2)
    assert [(mask["field"], mask["kind"]) for mask in message["masked"]] == [
        ("text", "phone"),
        ("text", "email"),
        ("file-1", "phone"),
    ]
    for mask in message["masked"]:
        assert value_at(FACTS[1], mask["index"]) is not None
    assert value_at(FACTS[1], 3) is None
    assert value_at(FACTS[5], 0) == ("phone", PHONE)
    assert value_at(FACTS[6], 0) == ("phone", PHONE)
    assert value_at(FACTS[0], 0) is None

    for_sara = items_for_agent(FACTS, url_of, reader_id="sara")
    own = [each for each in for_sara if each["version"] in {4, 6}]
    assert [each.get("text") or each["note"] for each in own] == [
        f"I call {PHONE}",
        f"Called {PHONE}",
    ]


def test_while_muted_only_the_customers_new_words_are_left_out() -> None:
    shown = items_for_agent(FACTS, url_of, reader_id="sara", muted_after=2)
    by_version = {each["version"]: each for each in shown}
    assert by_version[5] == {
        "version": 5,
        "at": NOW.isoformat(),
        "kind": "message",
        "author": "customer",
        "name": None,
        "text": "",
        "muted": True,
    }
    assert by_version[2]["text"] == "••••4567, ••••@••••"
    assert by_version[4]["text"] == f"I call {PHONE}"


def test_the_predicate_finds_what_is_shown_unmasked_but_for_the_readers_own() -> None:
    raw = [shown for fact in FACTS if (shown := item(fact, "agent", url_of)) is not None]
    assert shown_masked(raw) == "An agent's page was sent a customer's phone."
    own = [each for each in raw if each["version"] == 4]
    assert shown_masked(own) is not None
    assert shown_masked(own, "Sara") is None


def test_an_unmasking_is_for_who_has_it_in_hand_or_a_lead() -> None:
    in_hand = Conversation(status=Status.AGENT, agent_id="sara")
    assert unmasking_kept(in_hand, by="sara", as_lead=False) is None
    assert unmasking_kept(in_hand, by="maria", as_lead=True) is None
    assert unmasking_kept(in_hand, by="jonas", as_lead=False) is not None
    assert unmasking_kept(Conversation(), by="sara", as_lead=False) is not None
