"""Cards that an assistant's message carries, presses on them, and its letting go."""

from __future__ import annotations

import json

from alltid.conversations.codec import decode, encode
from alltid.conversations.commands import AnswerAsAssistant, AskForHuman, HandOver, Say
from alltid.conversations.concealed import items_for_agent, texts_shown
from alltid.conversations.conversation import decide
from alltid.conversations.events import (
    Asked,
    Author,
    Card,
    Choice,
    Chosen,
    Fact,
    HumanRequested,
    MessageSent,
    Turn,
)
from alltid.conversations.transcript import item, items
from tests.conversations.test_conversation import NOON, OPEN, after, kinds


def test_the_assistant_says_that_it_lets_go_and_the_customer_is_in_line_with_the_skill() -> None:
    state = after(OPEN, Say("c1", "I never bought this"))
    lets_go = AnswerAsAssistant(3, "A person looks.", "Alva", hands_over=HandOver("fraud", "fraud"))
    said, requested = decide(state, lets_go)
    assert isinstance(said, MessageSent)
    assert requested == HumanRequested(Asked.HANDED_OVER, because="fraud", skill="fraud")
    waiting = after(lets_go, state=state)
    assert (waiting.turn, waiting.due_at is None) == (Turn.QUEUE, False)
    # Who waits already isn't put anywhere: the answer is said, and that is all.
    beside = after(AskForHuman(), state=state)
    assert kinds(beside, lets_go) == [MessageSent]


def test_a_card_and_a_press_on_it_are_kept_with_their_messages() -> None:
    card = Card("confirm", "Pay", (Choice("yes", "Pay", "primary"),), (("Sum", "1 kr"),), "abc")
    state = after(OPEN, Say("c1", "pay"))
    asked = decide(state, AnswerAsAssistant(3, "Like this?", "Alva", card=card, trace_id="t"))
    pressed = decide(state, Say("c2", "Pay", chosen=Chosen(4, "yes")))
    for (event,) in (asked, pressed):
        kind, data = encode(event)
        assert decode(kind, json.loads(data)) == event
    shown = [item(Fact(4, NOON, event), "customer", str) for (event,) in (asked, pressed)]
    assert shown[0] is not None
    assert shown[0]["card"]["choices"] == [{"id": "yes", "label": "Pay", "style": "primary"}]
    assert "action" not in shown[0]["card"], "what is done is between the assistant and its record"
    assert shown[1] is not None
    assert shown[1]["chosen"] == {"card": 4, "choice": "yes"}


def test_an_agent_sees_why_it_was_handed_over_and_a_card_without_personal_data() -> None:
    card = Card("confirm", "New e-mail", (), (("To", "anna@example.org"),), "abc")
    facts = [
        Fact(4, NOON, MessageSent(Author.ASSISTANT, "So?", card=card)),
        Fact(5, NOON, HumanRequested(Asked.HANDED_OVER, because="debt")),
    ]
    shown, why = items_for_agent(facts, str, reader_id="sara")
    assert "anna@" not in str(shown)
    assert "anna@" not in "".join(texts_shown([shown]))
    assert why["because"] == "debt"
    assert "because" not in items([facts[1]], "customer", str)[0]
