"""A yes is the customer's, to what they have before them, and to nothing else."""

from __future__ import annotations

import pytest

from alltid.assistant.dialogue.commands import Affirm, AskKnowledge, FillSlot
from alltid.assistant.dialogue.understander import Context, Reading
from alltid.conversations.events import Chosen
from tests.assistant.dialogue.company import Assistant
from tests.assistant.dialogue.test_turn import card_in, confirming

pytestmark = pytest.mark.anyio


async def test_a_yes_is_to_what_was_seen_never_to_what_the_turn_has_just_made() -> None:
    assistant = Assistant()
    talk = assistant.talk()
    await confirming(talk)
    # Both written before an answer came: the yes can't be to the new card.
    talk.write("no, 12 days")
    talk.write("yes")
    answer = await talk.answered()
    assert card_in(answer).kind == "confirm"
    assert assistant.done == []
    await talk.say("yes")
    assert assistant.done == [("extend_due_date", "executed")]


async def test_a_press_and_a_yes_in_one_turn_confirm_nothing_that_was_not_shown() -> None:
    assistant = Assistant()
    talk = assistant.talk()
    asked = await talk.say("I want to move the due date of an invoice by 10 days")
    choices = card_in(asked).choices
    talk.write(choices[0].label, Chosen(asked.version, choices[0].id))
    talk.write("yes")
    answer = await talk.answered()
    assert card_in(answer).kind == "confirm"
    assert assistant.done == []


class MovesTheYes:
    """A model that changes what the yes is to, in the message that says yes."""

    async def read(self, context: Context) -> Reading:
        others = [hint for hint in context.open_slots if hint.name == "invoice"]
        other = others[0].options[-1].id
        moved = FillSlot("invoice", other, corrects=True)
        commands = (moved, AskKnowledge("gift cards"), Affirm())
        return Reading(commands, by="model", confidence=0.99)


async def test_a_model_moves_no_yes_to_another_object() -> None:
    assistant = Assistant()
    talk = assistant.talk()
    await confirming(talk)
    talk.answerer = assistant.talk(understander=MovesTheYes()).answerer
    await talk.say("yes")
    assert assistant.done == []
