"""What is shown of an answer while it is written: in pieces that fit, and taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from alltid.assistant.answerer import Question
from alltid.assistant.model import drafts
from alltid.assistant.model.drafts import Draft, Drafts
from alltid.web.customer_signals import DRAFT_CHARACTERS_MAX, CustomerSignals
from tests.support.writers import new_id, until

pytestmark = pytest.mark.anyio

CONVERSATION = "a conversation"
VERSION = 5


class Ids:
    def new(self) -> str:
        return new_id()


def begun(before: str = "") -> tuple[Draft, list[Mapping[str, Any]]]:
    sent: list[Mapping[str, Any]] = []
    made = Drafts(lambda _conversation, signal: sent.append(signal), Ids(), "Alva")
    question = Question(
        CONVERSATION, "?", "en", waiting_for_human=False, first=False, version=VERSION
    )
    return made.begin(question, before), sent


def seen(signals: list[Mapping[str, Any]], cursor: int = VERSION) -> list[str]:
    """What a page shows, one after another."""
    page = CustomerSignals()
    frames = [page.frame(each, cursor) for each in signals]
    return [each["text"] for each in frames if each is not None]


async def test_each_piece_holds_what_is_new_and_a_page_shows_it_all() -> None:
    draft, sent = begun()
    draft.say("One.")
    await until(lambda: len(sent) == 1)
    draft.say("One. Two.")
    draft.say("One. Two. Three.")
    assert len(sent) == 1
    await until(lambda: len(sent) == 2)
    assert [each["text"] for each in sent] == ["One.", " Two. Three."]
    draft.say("One. Two. Three. Four.")
    draft.end()
    draft.say("One. Two. Three. Four. Five.")
    await asyncio.sleep(0)
    assert seen(sent) == ["One.", "One. Two. Three."]


async def test_what_is_refused_is_taken_back_and_never_shown_again() -> None:
    draft, sent = begun("Before.\n\n")
    draft.say("One.")
    await until(lambda: len(sent) == 1)
    draft.say("One. Two.")
    draft.withdraw()
    draft.say("One. Two. Three.")
    await asyncio.sleep(0)
    assert seen(sent) == ["Before.\n\nOne.", ""]


async def test_what_was_never_shown_needs_no_taking_back() -> None:
    draft, sent = begun()
    draft.say("One.")
    draft.withdraw()
    await asyncio.sleep(0)
    assert sent == []


async def test_what_fits_into_no_notice_is_not_shown() -> None:
    draft, sent = begun("x" * drafts.SIGNAL_CHARACTERS_MAX)
    draft.say("One.")
    await asyncio.sleep(0.01)
    draft.say("One. Two.")
    await asyncio.sleep(0.01)
    assert sent == []


def signal(answer: str, index: int, text: str, reply_to: int = VERSION) -> dict[str, Any]:
    head = {"type": "draft", "name": "Alva", "answer": answer, "reply_to": reply_to}
    return {**head, "index": index, "text": text}


def test_a_page_shows_no_draft_without_its_beginning_nor_two_as_one() -> None:
    assert seen([signal("a", 1, "rest")]) == []
    assert seen([signal("a", 0, "one"), signal("a", 2, "three")]) == ["one"]
    assert seen([signal("a", 0, "one"), signal("b", 1, "other")]) == ["one"]
    assert seen([signal("a", 0, "one"), signal("b", 0, "other")]) == ["one", "other"]
    assert seen([signal("a", 0, "x" * DRAFT_CHARACTERS_MAX), signal("a", 1, "y")]) == [
        "x" * DRAFT_CHARACTERS_MAX
    ]


def test_a_page_that_has_seen_more_shows_no_draft_of_an_older_answer() -> None:
    assert seen([signal("a", 0, "late")], cursor=VERSION + 1) == []
