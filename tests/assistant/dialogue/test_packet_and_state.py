from __future__ import annotations

import pytest

from alltid.assistant.dialogue.commands import Because
from alltid.assistant.dialogue.handoff_policy import NOTHING, Situation, decide
from alltid.assistant.dialogue.packet import (
    VALUE_CHARACTERS_MAX,
    Given,
    concealed,
    concealed_trace,
    packet_of,
    tone_of,
    with_actions,
)
from alltid.assistant.dialogue.state import TRIED_MOST, Counters, Tried, TurnState
from alltid.assistant.dialogue.understander import Option
from alltid.conversations.summary import Line


@pytest.mark.parametrize(
    ("texts", "tone"),
    [
        (["where is my refund"], ()),
        (["WHERE IS MY REFUND ALREADY"], ("in_capitals",)),
        (["OK"], ()),
        (["where is it??", "hello!!"], ("repeated_marks",)),
        (["where is it", "hello", "Where is it "], ("repeats_messages",)),
        (["one", "two", "three"], ()),
    ],
)
def test_the_tone_is_what_can_be_seen_in_the_letters(
    texts: list[str], tone: tuple[str, ...]
) -> None:
    assert tone_of(texts) == tone


def test_a_packet_says_all_that_was_said_and_done_and_hides_personal_data() -> None:
    verdict = decide(Situation(signals=(Because.DEBT,)))
    packet = packet_of(
        verdict,
        summary=(Line("wants", 3, "Call me on 070-123 45 67."),),
        given=(Given("change_contact_details", "email", "a@b.example" + "x" * 400),),
        tried=(Tried("playbook", "pay_now", "left"),),
        articles=(("Gift cards", "/help/en/gift-cards"),),
        language="sv",
        customer_wrote=("hej",),
        open_playbook="pay_now",
    ).as_json()
    decided = (packet["row"], packet["because"], packet["policy"])
    assert decided == ("vulnerability", "debt", "handoff-1")
    assert len(packet["given"][0]["value"]) == VALUE_CHARACTERS_MAX
    assert packet["articles"] == [{"title": "Gift cards", "url": "/help/en/gift-cards"}]
    hidden = concealed(packet, lambda _text: "•")
    assert [each["text"] for each in hidden["summary"]] == ["•"]
    assert [each["value"] for each in hidden["given"]] == ["•"]
    assert hidden["tried"] == packet["tried"]


def test_an_action_that_no_answer_told_of_is_in_the_packet() -> None:
    tried = [{"kind": "action", "name": "pay_invoice", "outcome": "done"}]
    begun = [("pay_invoice", "executed"), ("pay_invoice", "executed"), ("split_invoice", "unknown")]
    packet = with_actions({"row": "nothing", "tried": tried}, begun)
    assert packet["tried"] == [
        *tried,
        {"kind": "action", "name": "pay_invoice", "outcome": "done"},
        {"kind": "action", "name": "split_invoice", "outcome": "unknown"},
    ]


def test_every_text_of_a_trace_is_masked_and_nothing_else() -> None:
    trace = {"passages": [{"query": "a@b.example", "score": 0.5}], "asks": None}
    hidden = concealed_trace(trace, lambda _text: "•")
    assert hidden == {"passages": [{"query": "•", "score": 0.5}], "asks": None}


def test_a_packet_of_a_turn_that_nothing_decided_has_no_reason() -> None:
    packet = packet_of(
        NOTHING, summary=(), given=(), tried=(), articles=(), language="en", customer_wrote=()
    )
    assert packet.because is None
    assert packet.as_json()["because"] is None


def test_a_state_is_the_same_after_it_was_stored() -> None:
    state = (
        TurnState(
            dialogue={"format": 1},
            language="sv",
            page_language="en",
            which=(Option("pay_now", "Pay"),),
            counters=Counters(misses=1),
            problems={"article:x": 2},
            offered=True,
            spent={"tokens": 3},
        )
        .with_tried(Tried("tool", "list_invoices", "done"))
        .with_article("Gift cards", "/help")
        .with_article("Gift cards", "/help")
    )
    assert TurnState.from_json(state.as_json()) == state
    assert state.articles == (("Gift cards", "/help"),)


@pytest.mark.parametrize(
    "data", [None, {}, {"version": 0}, {"version": 1}, {**TurnState().as_json(), "which": [1]}]
)
def test_a_state_that_cannot_be_read_is_an_empty_one(data: dict[str, object] | None) -> None:
    assert TurnState.from_json(data) == TurnState()


def test_another_problem_begins_anew_and_the_same_one_is_counted() -> None:
    state = TurnState(offered=True).counted(misses=2, model_failures=1).with_problem("a")
    assert state.counters == Counters(model_failures=1)
    assert not state.offered
    again = state.counted(misses=1).with_problem("a")
    assert again.problems == {"a": 2}
    assert again.counters.misses == 1


def test_what_is_kept_is_bounded() -> None:
    state = TurnState()
    for number in range(50):
        state = state.with_tried(Tried("tool", str(number))).with_problem(str(number))
        state = state.with_article(str(number), str(number))
    assert len(state.tried) == TRIED_MOST
    assert len(state.problems) <= 20
    assert len(state.articles) == 10
