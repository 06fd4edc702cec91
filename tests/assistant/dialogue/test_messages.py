"""What a customer wrote before anyone answered: which words belong together."""

from __future__ import annotations

import pytest

from alltid.assistant.answerer import Question
from alltid.assistant.dialogue.work import messages_of
from alltid.assistant.understanding import read_reply
from alltid.conversations.store import Said


def told(*texts: str, asked: bool = True) -> list[str]:
    said = tuple(Said(version, text, None) for version, text in enumerate(texts, start=5))
    question = Question(
        "c",
        "\n".join(texts),
        "en",
        waiting_for_human=False,
        first=False,
        version=said[-1].version,
        said=said,
    )
    return [each.text for each in messages_of(question, asked=asked)]


@pytest.mark.parametrize(
    "later",
    ["don't pay it!", "no wait, stop", "the other invoice please", "nein halt", "vänta lite",
     "prima voglio capire", "mejor mañana"],
)  # fmt: skip
def test_a_yes_that_is_taken_back_before_it_was_answered_is_none(later: str) -> None:
    (joined,) = told("yes", later)
    assert not read_reply(joined, ("Pay", "Pay the invoice")).yes


@pytest.mark.parametrize("later", ["when is the next one due?", "thanks", "ja"])
def test_thanks_and_another_question_leave_a_yes_a_yes(later: str) -> None:
    assert told("yes", later) == ["yes", later]


def test_a_no_stands_alone_and_other_texts_are_one() -> None:
    assert told("no", "I would like to pay later") == ["no", "I would like to pay later"]
    assert told("yes", "please", asked=False) == ["yes\nplease"]
