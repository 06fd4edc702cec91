from __future__ import annotations

from datetime import date

import pytest

from alltid.assistant.dialogue.commands import Affirm, Cancel, FillSlot, SmallTalk
from alltid.assistant.dialogue.embedded import EmbeddedUnderstander
from alltid.assistant.dialogue.hearing import AT_ONCE_CHARACTERS_MAX, hear, heard_in_time
from alltid.assistant.dialogue.understander import Context, OpenQuestion
from alltid.assistant.intents.model import Prediction
from alltid.assistant.understanding.lines import Guess

pytestmark = pytest.mark.anyio

TODAY = date(2026, 3, 2)
CONFIRM = OpenQuestion("confirm", "move_due_date", type="boolean")
DAYS = OpenQuestion("slot", "move_due_date", "days", "integer")


class Counted:
    """Intents that know nothing, and how often they were asked."""

    def __init__(self) -> None:
        self.asked = 0

    def read(self, text: str, language: str = "und") -> Guess:
        del text, language
        self.asked += 1
        return Prediction(None, 0.0, ())


def context(text: str, question: OpenQuestion | None) -> Context:
    path = () if question is None else (question.playbook,)
    return Context(text, "en", TODAY, hear(text, "en", TODAY), question, path)


@pytest.mark.parametrize(
    ("text", "question", "command"),
    [
        ("yes please", CONFIRM, Affirm),
        ("never mind", CONFIRM, Cancel),
        ("14 days", DAYS, FillSlot),
        ("hello there", None, SmallTalk),
    ],
)
async def test_what_answers_the_question_surely_asks_no_intents(
    text: str, question: OpenQuestion | None, command: type
) -> None:
    intents = Counted()
    reading = await EmbeddedUnderstander(intents).read(context(text, question))
    assert [type(each) for each in reading.commands] == [command]
    assert intents.asked == 0


@pytest.mark.parametrize("text", ["florp the wump", "florp the wump " * 40])
async def test_short_or_long_it_is_read_alike(text: str) -> None:
    intents = Counted()
    understander = EmbeddedUnderstander(intents)
    found = await understander.read(context(text, None))
    assert found == understander.read_now(context(text, None))
    assert intents.asked == 2
    assert await heard_in_time(text, "en", TODAY) == hear(text, "en", TODAY)
    assert len("florp the wump") < AT_ONCE_CHARACTERS_MAX < len("florp the wump " * 40)
