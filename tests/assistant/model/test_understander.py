"""What is left of a model's commands: names that are open to it, values that the customer gave."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from alltid.assistant.dialogue.commands import (
    COMMANDS_MAX,
    Affirm,
    AskKnowledge,
    Because,
    Cancel,
    Clarify,
    Deny,
    FillSlot,
    GoToPerson,
    SmallTalk,
    StartPlaybook,
)
from alltid.assistant.dialogue.understander import (
    Context,
    Entity,
    Heard,
    OpenQuestion,
    Option,
    PlaybookHint,
    SlotHint,
)
from alltid.assistant.model.grounding import grounded
from alltid.assistant.model.understander import CommandOut, commands_of

EXTEND = PlaybookHint(
    "extend",
    "Extend",
    money=True,
    signed_in=True,
    slots=(SlotHint("days", "integer"), SlotHint("invoice", "object")),
)
TEXT = "please extend the lamp by 14 days, mail a.b@c.se, 120 euros"
CONTEXT = Context(
    text=TEXT,
    language="en",
    today=date(2026, 11, 22),
    heard=Heard("en", entities=(Entity("email", "a.b@c.se", "a.b@c.se"),)),
    question=OpenQuestion("slot", "pay", "method", "object", options=(Option("h1", "Visa"),)),
    path=("pay",),
    open_slots=(SlotHint("email", "email"), SlotHint("amount", "money")),
    playbooks=(EXTEND, PlaybookHint("pay", "Pay", money=True, signed_in=True)),
)
BARE = Context(text="hm", language="en", today=date(2026, 11, 22), heard=Heard("en"))


def read(context: Context = CONTEXT, *given: dict[str, Any]) -> tuple[Any, int]:
    return commands_of([CommandOut(**each) for each in given], context)


@pytest.mark.parametrize(
    ("given", "command"),
    [
        (
            {
                "command": "start_playbook",
                "playbook": "extend",
                "slots": [{"slot": "days", "value": 14}, {"slot": "invoice", "value": "the lamp"}],
            },
            StartPlaybook("extend", {"days": 14, "invoice": "the lamp"}),
        ),
        ({"command": "fill_slot", "slot": "method", "value": "h1"}, FillSlot("method", "h1")),
        (
            {"command": "fill_slot", "slot": "email", "value": "A.B@c.se", "corrects": True},
            FillSlot("email", "A.B@c.se", corrects=True),
        ),
        ({"command": "fill_slot", "slot": "amount", "value": 12000}, FillSlot("amount", 12000)),
        ({"command": "affirm"}, Affirm()),
        ({"command": "deny"}, Deny()),
        ({"command": "cancel"}, Cancel()),
        ({"command": "ask_knowledge", "query": " how? "}, AskKnowledge("how?")),
        ({"command": "ask_knowledge"}, AskKnowledge(TEXT)),
        ({"command": "clarify", "playbooks": ["pay", "pay"]}, Clarify(("pay",))),
        ({"command": "small_talk", "talk": "thanks"}, SmallTalk("thanks")),
        ({"command": "go_to_person", "because": "fraud"}, GoToPerson(Because.FRAUD)),
        ({"command": "go_to_person", "because": "revenge"}, GoToPerson(Because.ASKED)),
    ],
)
def test_what_is_open_and_said_is_read(given: dict[str, Any], command: Any) -> None:
    commands, _dropped = read(CONTEXT, given)
    assert commands == (command,)


@pytest.mark.parametrize(
    "given",
    [
        {"command": "start_playbook", "playbook": "steal"},
        {"command": "start_playbook", "playbook": "pay"},
        {"command": "start_playbook"},
        {"command": "fill_slot", "slot": "customer", "value": "norrhem-1001"},
        {"command": "fill_slot", "slot": "method", "value": "h2"},
        {"command": "fill_slot", "slot": "method"},
        {"command": "fill_slot", "slot": "method", "value": True},
        {"command": "fill_slot", "slot": "email", "value": "attacker@evil.example"},
        {"command": "fill_slot", "slot": "amount", "value": 9900},
        {"command": "fill_slot", "slot": "amount", "value": "1e400"},
        {"command": "fill_slot", "slot": "amount", "value": "inf"},
        {"command": "fill_slot", "slot": "amount", "value": "much"},
        {"command": "small_talk", "talk": "obey"},
    ],
)
def test_what_is_made_up_is_dropped_and_counted(given: dict[str, Any]) -> None:
    assert read(CONTEXT, given) == ((), 1)


def test_without_an_open_question_there_is_nothing_to_agree_to_or_to_leave() -> None:
    orders = [{"command": each} for each in ("affirm", "deny", "cancel")]
    assert read(BARE, *orders) == ((), 3)


def test_values_that_the_customer_did_not_give_start_nothing_else() -> None:
    slots = [{"slot": "days", "value": 99}, {"slot": "who", "value": "me"}]
    commands, dropped = read(
        CONTEXT, {"command": "start_playbook", "playbook": "extend", "slots": slots}
    )
    assert commands == (StartPlaybook("extend", {}),)
    assert dropped == 2


def test_only_so_many_commands_are_read_and_each_once() -> None:
    commands, dropped = read(CONTEXT, *[{"command": "deny"}] * 20)
    assert commands == (Deny(),)
    assert dropped == 20 - COMMANDS_MAX


def test_words_are_the_customers_own_and_a_yes_or_no_is_one() -> None:
    text = SlotHint("reason", "text")
    assert grounded("extend the lamp", text, CONTEXT) == "extend the lamp"
    assert grounded("it is broken and I want 500 euros", text, CONTEXT) == TEXT
    assert grounded(False, SlotHint("sure", "boolean"), CONTEXT) is False
    assert grounded("yes", SlotHint("sure", "boolean"), CONTEXT) is None


INVOICES = (
    Option("h1", "Skoboden, £84.00, due 3 December 2026"),
    Option("h2", "Elektra, £129.50, due 12 December 2026"),
    Option("h3", "Skoboden, £20.00, due 24 December 2026"),
)
REASONS = (
    Option("damaged", "It is damaged", ("broken", "trasig")),
    Option("missing", "It never came"),
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("the Elektra one", "h2"),
        ("elektr please", "h2"),
        ("the second", "h2"),
        ("the last one", "h3"),
        ("the one over 129.50", "h2"),
        ("20 pounds", "h3"),
        ("the one of 12 December", "h2"),
        ("the Skoboden one that is due on 24 December", "h3"),
        ("the Skoboden one", None),
        ("whatever you like", None),
        ("I don't know, which are there?", None),
        ("the one of eighty euros", None),
    ],
)
def test_of_what_is_offered_only_that_is_taken_which_the_words_mean(
    text: str, meant: str | None
) -> None:
    slot = SlotHint("invoice", "object", INVOICES)
    context = replace(BARE, text=text)
    taken = [each.id for each in INVOICES if grounded(each.id, slot, context) is not None]
    assert taken == ([meant] if meant else [])


def test_an_option_of_a_list_is_named_by_its_words_or_others_for_it() -> None:
    slot = SlotHint("reason", "choice", REASONS)
    for text in ("it came in pieces, it is damaged", "den är trasig", "damage!"):
        assert grounded("damaged", slot, replace(BARE, text=text)) == "damaged"
        assert grounded("missing", slot, replace(BARE, text=text)) is None
    assert grounded("damaged", slot, replace(BARE, text="I want my money back")) is None


def test_a_yes_or_no_is_not_turned_round() -> None:
    slot = SlotHint("opened", "boolean")
    assert grounded(True, slot, replace(BARE, text="no")) is None
    assert grounded(False, slot, replace(BARE, text="yes")) is None
    assert grounded(True, slot, replace(BARE, text="I broke the seal")) is True


def test_a_desk_without_a_model_never_loads_the_library() -> None:
    code = (
        "import alltid.desk.parts, sys;"
        "sys.exit(any(each in sys.modules for each in ('pydantic_ai', 'openai', 'httpx2')))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, timeout=120)
    assert done.returncode == 0
