"""How people talk to an open card or question: in whole sentences, and with questions back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from alltid.assistant.dialogue.commands import Because
from alltid.assistant.dialogue.hearing import heard_in_time
from alltid.assistant.dialogue.understander import Heard
from alltid.assistant.wording import wording
from tests.assistant.dialogue.company import COMPANY, Assistant
from tests.assistant.dialogue.test_turn import answer_in, card_in, confirming

pytestmark = pytest.mark.anyio


async def test_what_is_asked_of_a_card_is_told_from_it_and_the_card_stays() -> None:
    assistant = Assistant()
    talk = assistant.talk()
    shown = dict(card_in(await confirming(talk)).lines)
    told = await talk.say("and what would the fee be?")
    assert f"Fee: {shown['Fee']}" in answer_in(told).text
    assert card_in(told).kind == "confirm"
    assert assistant.done == []
    await talk.say("alright, push it back then")
    assert assistant.done == [("extend_due_date", "executed")]


@pytest.mark.parametrize(
    "text",
    ["yes, move it if it's free", "pay it", "sure, move the Norrhem one instead", "move it?"],
)
async def test_a_sentence_that_says_more_than_yes_does_nothing(text: str) -> None:
    assistant = Assistant()
    talk = assistant.talk()
    await confirming(talk)
    await talk.say(text)
    assert assistant.done == []


async def test_beside_a_card_stands_what_a_yes_does() -> None:
    talk = Assistant().talk()
    answer = await confirming(talk)
    assert answer_in(answer).text.endswith(wording("en").say("confirm_first", COMPANY))
    assert card_in(answer).title not in answer_in(answer).text


async def test_who_asks_which_ones_are_possible_is_shown_them_and_has_missed_nothing() -> None:
    talk = Assistant().talk()
    asked = card_in(await talk.say("I want to move the due date of an invoice by 10 days"))
    for text in ("which ones can I move?", "what are the options?", "which ones are possible?"):
        again = await talk.say(text)
        assert [each.label for each in card_in(again).choices] == [
            each.label for each in asked.choices
        ]
        assert answer_in(again).hands_over is None
        assert "doesn't fit" not in answer_in(again).text


async def test_of_two_matters_the_one_that_reads_is_told_first() -> None:
    talk = Assistant().talk()
    answer = await talk.say("how much do I owe in total, and extend my invoice by 10 days pls")
    assert "in all" in answer_in(answer).text
    assert card_in(answer).kind == "choose"


async def test_what_is_wrong_may_be_said_before_what_is_meant() -> None:
    assistant = Assistant()
    talk = assistant.talk()
    await confirming(talk)
    answer = await talk.say("hang on, wrong invoice, I mean the other one")
    assert card_in(answer).kind == "choose"
    assert assistant.done == []


@pytest.mark.parametrize("text", ["yes", "alright then, move it"])
async def test_in_a_plain_answer_nothing_else_is_heard(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def startled(heard: Heard) -> Heard:
        return replace(heard, signals=(Because.THREAT,))

    assistant = Assistant()
    talk = assistant.talk()
    await confirming(talk)

    async def heard(*what: Any) -> Heard:
        return startled(await heard_in_time(*what))

    monkeypatch.setattr("alltid.assistant.dialogue.turn.heard_in_time", heard)
    answer = await talk.say(text)
    assert answer_in(answer).hands_over is None
    assert assistant.done == [("extend_due_date", "executed")]
    threatened = await talk.say("or else")
    handed = answer_in(threatened).hands_over
    assert handed is not None
    assert handed.because == "threat"
