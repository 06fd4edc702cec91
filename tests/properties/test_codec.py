"""Whatever can happen comes back from the log as it was."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.conversations.codec import TYPES, decode, encode
from alltid.conversations.events import (
    AgentJoined,
    Asked,
    AssistantGaveUp,
    Attachment,
    Author,
    CallbackBooked,
    CallbackCancelled,
    ConversationOpened,
    Event,
    HumanRequested,
    LanguageChosen,
    MessageSent,
    QueueLeft,
    Rated,
    Reason,
    Reopened,
    Resolved,
    ReturnedToQueue,
    Source,
    WrittenAnswerCancelled,
    WrittenAnswerChosen,
)

# PostgreSQL keeps no NUL in text, and UTF-8 has no lone surrogates; frames let neither through.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
MAYBE = st.none() | TEXT
VERSION = st.integers(1, 2**31 - 1)
FILES = st.lists(st.builds(Attachment, TEXT, TEXT, TEXT, st.integers(1, 2**31)), max_size=3)
SOURCES = st.lists(st.builds(Source, TEXT, TEXT), max_size=3)

EVENTS: dict[str, st.SearchStrategy[Event]] = {
    "ConversationOpened": st.builds(ConversationOpened, TEXT, TEXT),
    "LanguageChosen": st.builds(LanguageChosen, TEXT),
    "MessageSent": st.builds(
        MessageSent,
        author=st.sampled_from(Author),
        text=TEXT,
        author_id=MAYBE,
        author_name=MAYBE,
        client_id=MAYBE,
        attachments=FILES.map(tuple),
        sources=SOURCES.map(tuple),
        in_reply_to=st.none() | VERSION,
        wants_human=st.booleans(),
        offers_human=st.booleans(),
        discloses_ai=st.booleans(),
    ),
    "HumanRequested": st.builds(HumanRequested, st.sampled_from(Asked)),
    "QueueLeft": st.just(QueueLeft()),
    "CallbackBooked": st.builds(
        CallbackBooked,
        st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    ),
    "CallbackCancelled": st.just(CallbackCancelled()),
    "WrittenAnswerChosen": st.just(WrittenAnswerChosen()),
    "WrittenAnswerCancelled": st.just(WrittenAnswerCancelled()),
    "AssistantGaveUp": st.builds(AssistantGaveUp, VERSION),
    "AgentJoined": st.builds(AgentJoined, TEXT, TEXT),
    "ReturnedToQueue": st.builds(ReturnedToQueue, TEXT, TEXT),
    "Resolved": st.builds(Resolved, TEXT, TEXT, st.sampled_from(Reason), TEXT),
    "Reopened": st.just(Reopened()),
    "Rated": st.builds(Rated, st.booleans(), st.none() | st.integers(1, 5), MAYBE),
}


def test_every_kind_of_event_is_tried() -> None:
    assert set(EVENTS) == set(TYPES)


@given(st.one_of(*EVENTS.values()))
def test_an_event_comes_back_as_it_was(event: Event) -> None:
    kind, data = encode(event)
    again = decode(kind, orjson.loads(data))
    assert again == event
    assert type(again) is type(event)
    assert encode(again) == (kind, data)


@given(st.one_of(*EVENTS.values()))
def test_what_is_written_is_plain_json_without_defaults(event: Event) -> None:
    kind, data = encode(event)
    written = json.loads(data)
    assert kind == type(event).__name__
    defaults = {field.name: field.default for field in fields(event)}
    for name, default in defaults.items():
        value = getattr(event, name)
        assert (name in written) == (default is MISSING or value != default)


def test_an_unknown_kind_is_not_taken_for_another() -> None:
    with pytest.raises(KeyError):
        decode("MessageEaten", {})


@given(st.text(st.characters(categories=["Cs"]), min_size=1))
def test_what_no_database_could_hold_is_refused_before_it_gets_there(text: str) -> None:
    with pytest.raises(TypeError):
        encode(MessageSent(Author.CUSTOMER, text))
