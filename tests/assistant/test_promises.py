"""P5 and P9 as predicates: each way of breaking them is named, and what is right passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alltid.assistant.promises import BegunAction, explained, only_your_own
from alltid.conversations.events import Author, Card, MessageSent, Source

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
ELIN = ("shop", "elin")
YES = MessageSent(Author.CUSTOMER, "yes", "c", client_id="1")
RIGHT = BegunAction(ELIN, ELIN, YES, NOW, NOW + timedelta(seconds=1), twins=0)
ANSWER = MessageSent(Author.ASSISTANT, "Until 30 May.", in_reply_to=3)
SOURCE = Source("Paying later", "/help/later")


def test_an_action_of_the_customer_after_a_yes_is_right() -> None:
    assert only_your_own(RIGHT) is None


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"customer": None}, "isn't signed in"),
        ({"customer": ("shop", "lukas")}, "for somebody else"),
        ({"customer": ("another shop", "elin")}, "for somebody else"),
        ({"confirmation": None}, "no message"),
        ({"confirmation": ANSWER}, "no message"),
        ({"confirmed_at": None}, "before the customer confirmed"),
        ({"begun_at": NOW - timedelta(seconds=1)}, "before the customer confirmed"),
        ({"twins": 1}, "more than once"),
    ],
)
def test_each_way_of_acting_wrongly_is_named(changed: dict[str, object], words: str) -> None:
    detail = only_your_own(replace(RIGHT, **changed))  # type: ignore[arg-type]
    assert detail is not None
    assert words in detail


@pytest.mark.parametrize(
    ("message", "recorded", "words"),
    [
        (YES, False, None),
        (MessageSent(Author.ASSISTANT, "I am an AI.", discloses_ai=True), False, None),
        (ANSWER, False, None),  # what stands in when answering failed
        (replace(ANSWER, trace_id="t"), True, None),
        (replace(ANSWER, trace_id="t"), False, "missing"),
        (replace(ANSWER, sources=(SOURCE,)), False, "no record"),
        (replace(ANSWER, card=Card("choose", "Which?", (), (), None)), False, "no record"),
    ],
)
def test_an_answer_that_states_something_has_its_record(
    message: MessageSent,
    recorded: bool,
    words: str | None,
) -> None:
    detail = explained(message, recorded=recorded)
    assert (detail is None) == (words is None)
    assert words is None or words in str(detail)
