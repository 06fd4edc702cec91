"""What is kept between messages, and the look just before an action."""

import json
from dataclasses import asdict, replace
from typing import Any

import anyio
import pytest

from alltid.assistant.dialogue.commands import Affirm, FillSlot, StartPlaybook
from alltid.assistant.playbooks.effects import Act, Ask
from alltid.assistant.playbooks.engine import advance
from alltid.assistant.playbooks.library import Library
from alltid.assistant.playbooks.policy_check import (
    Allowed,
    Check,
    ForPerson,
    Refused,
    Verdict,
    checked,
    policy_check,
)
from alltid.assistant.playbooks.reading import read_playbook
from alltid.assistant.playbooks.state import (
    STATE_BYTES_MAX,
    Dialogue,
    Frame,
    Kept,
    Pending,
    from_json,
    to_json,
)
from alltid.assistant.tools.tool import Proposal, ToolCall, ToolFailed, ToolResult
from tests.assistant.playbooks.company import BOOKS, Company, Talk, failing, library


def at_the_card() -> Talk:
    talk = Talk()
    talk.say(StartPlaybook("move_due_date", {"invoice": "i1", "days": 14}))
    return talk


def act_of(talk: Talk) -> Act:
    gone = advance(talk.books, talk.dialogue, [Affirm()], talk.scene)
    assert isinstance(gone.effect, Act)
    return gone.effect


class Reads:
    def __init__(self, company: Company) -> None:
        self.company = company

    async def read(self, call: ToolCall) -> ToolResult | ToolFailed:
        return self.company.answer(call)


def verdict(talk: Talk, act: Act, books: Library | None = None) -> Verdict:
    async def look() -> Verdict:
        reads = Reads(talk.company)
        return await checked(books or talk.books, act.check, act.proposal, reads, talk.scene)

    return anyio.run(look)


def test_the_check_reads_all_itself_and_allows_what_the_rules_allow() -> None:
    talk = at_the_card()
    act = act_of(talk)
    before = len(talk.company.calls)
    assert verdict(talk, act) == Allowed()
    assert [call.tool for call in talk.company.calls[before:]] == ["list_invoices", "quote"]


def test_the_check_finds_what_has_changed_since() -> None:
    talk = at_the_card()
    act = act_of(talk)
    talk.company.fee = 9900
    assert verdict(talk, act) == ForPerson("limit", "payments")
    talk.company.fee, talk.company.moved = 2900, 2
    assert verdict(talk, act) == Refused("rule")
    talk.company.moved = 0
    talk.company.invoices = talk.company.invoices[1:]
    assert verdict(talk, act) == Refused("changed")
    talk.company.broken["list_invoices"] = failing("unavailable")
    assert verdict(talk, act) == Refused("unreadable")


def test_the_check_allows_nothing_but_what_the_playbook_itself_comes_to() -> None:
    talk = at_the_card()
    act = act_of(talk)
    others = [
        ToolCall("move_due_date", {"invoice": "i2", "days": 14}),
        ToolCall("pay_out", {"invoice": "i1", "days": 14}),
    ]
    for call in others:
        forged = replace(act, proposal=replace(act.proposal, call=call))
        assert verdict(talk, forged) == Refused("changed")
    for changes in ({"playbook": "gone"}, {"version": 9}):
        assert verdict(talk, replace(act, check=replace(act.check, **changes))) == (
            Refused("changed")
        )
    talk.signed_in = False
    assert verdict(talk, act) == Refused("rule")
    fewer = Library({})
    assert verdict(talk, act, fewer) == Refused("changed")


def test_the_check_does_not_read_for_ever() -> None:
    talk = at_the_card()
    act = act_of(talk)
    fresh = [ToolResult(ToolCall("list_invoices", {"status": "open"}), talk.company.invoices)]
    asks = policy_check(talk.books, act.check, act.proposal, fresh, talk.scene)
    assert asks == ToolCall("quote", {"invoice": "i1", "days": 14})
    missing = replace(act.check, slots={})
    assert policy_check(talk.books, missing, act.proposal, fresh, talk.scene) == Refused("rule")


def test_the_check_of_a_second_action_keeps_what_the_first_one_left() -> None:
    talk = Talk()
    talk.say(StartPlaybook("change_email", {"email": "a@example.com", "why": "moved"}))
    talk.say(Affirm())
    talk.say(FillSlot("code", "123456"), FillSlot("newsletter", value=True))
    act = act_of(talk)
    assert act.check.start == 3
    assert list(act.check.kept) == ["sent"]
    assert verdict(talk, act) == Allowed()


def test_a_check_that_reads_on_and_on_allows_nothing() -> None:
    steps = "".join(f"  - read: list_orders\n    as: r{n}\n" for n in range(30))
    text = (
        (BOOKS / "hardship.yaml")
        .read_text(encoding="utf-8")
        .replace("steps:\n", f"steps:\n{steps}")
    )
    books = Library({"hardship": read_playbook(text, "x")})
    call = ToolCall("freeze", {"invoices": ["i1"]})
    check = Check("hardship", 1, 0, 0, {"invoices": ["i1"]}, {}, {})
    act = Act(Proposal(call, "hardship", "0"), check)
    assert verdict(Talk(), act, books) == Refused("unreadable")


def test_a_dialogue_comes_back_from_json_as_it_was() -> None:
    talk = at_the_card()
    reading = advance(library(), Dialogue(), [StartPlaybook("move_due_date")], talk.scene).dialogue
    for dialogue in (Dialogue(), talk.dialogue, reading):
        whole = json.dumps({"format": 1, **asdict(dialogue)})
        assert json.loads(json.dumps(to_json(dialogue))) == json.loads(whole)
        assert from_json(json.loads(json.dumps(to_json(dialogue))), library()) == dialogue
    assert from_json(None, library()) == Dialogue()
    assert from_json({"format": 99}, library()) == Dialogue()


def test_a_newer_version_begins_anew_with_what_the_customer_said() -> None:
    talk = at_the_card()
    data = to_json(talk.dialogue)
    data["frames"][0]["version"] = 7
    data["frames"][0]["slots"]["gone"] = 1
    newer = from_json(json.loads(json.dumps(data)), library())
    assert newer.question is None
    assert newer.frames[0].slots == {"invoice": "i1", "days": 14}
    assert newer.frames[0].results == {}
    data["frames"][0]["start"] = 3
    assert from_json(data, library()).frames == ()
    assert from_json(to_json(talk.dialogue), Library({})).frames == ()


def test_what_is_too_much_is_dropped_and_read_again() -> None:
    talk = at_the_card()
    many = [{**talk.company.invoices[0], "handle": f"i{n}", "note": "x" * 900} for n in range(60)]
    talk.company.invoices = [*talk.company.invoices, *many]
    talk.minutes = 20
    talk.say()
    assert "invoices" not in talk.dialogue.frames[0].results
    talk.say(Affirm())
    assert len(talk.company.done) == 1


def test_the_oldest_procedure_goes_when_nothing_else_is_left_to_drop() -> None:
    long = {f"slot{n}": "ö" * 2000 for n in range(6)}
    call = ToolCall("x", {})
    frames = tuple(Frame("move_due_date", 1, slots=long) for _ in range(4))
    frames = (*frames, Frame("move_due_date", 1, results={"a": Kept(["y" * 900] * 9, 0, call)}))
    dialogue = Dialogue(frames=frames, pending=Pending("read", call, "a", 0))
    data: dict[str, Any] = to_json(dialogue)
    assert len(json.dumps(data, ensure_ascii=False).encode()) <= STATE_BYTES_MAX
    assert len(data["frames"]) == 2
    assert data["frames"][-1]["results"] == {}


@pytest.mark.parametrize("language", ["en", "sv"])
def test_a_question_keeps_its_words_and_buttons(language: str) -> None:
    talk = Talk(language=language)
    talk.say(StartPlaybook("move_due_date"))
    assert isinstance(talk.effect, Ask)
    assert talk.dialogue.question == talk.effect.question
    assert [each.value for each in talk.effect.question.offered] == ["i1", "i2"]
