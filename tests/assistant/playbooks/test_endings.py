"""Stories of how a procedure goes on, and how it ends: rules, failures, a person."""

from dataclasses import replace

import pytest

from alltid.assistant.dialogue.commands import (
    Affirm,
    Cancel,
    Choose,
    Deny,
    FillSlot,
    SmallTalk,
    StartPlaybook,
)
from alltid.assistant.playbooks.effects import Act, Ended, HandOff, Read, Waiting
from alltid.assistant.playbooks.engine import advance
from alltid.assistant.playbooks.expressions import ExpressionFailed
from alltid.assistant.playbooks.known import Known
from alltid.assistant.playbooks.library import Library
from alltid.assistant.playbooks.state import Dialogue, Frame
from alltid.assistant.tools.tool import ToolCall, ToolFailed, ToolResult
from tests.assistant.playbooks.company import Company, Talk, failing, giving, invoice

MOVE = StartPlaybook("move_due_date")


def at_the_card(**more: object) -> Talk:
    talk = Talk(**more)  # type: ignore[arg-type]
    talk.say(StartPlaybook("move_due_date", {"invoice": "norrhem", "days": 14}))
    return talk


def test_rules_refuse_with_words_or_ask_for_a_person() -> None:
    refused = at_the_card(company=Company(moved=2))
    assert refused.texts == ["Moved 2 times."]
    assert refused.says[0].offers_person
    assert refused.effect == Ended()
    dear = at_the_card(company=Company(fee=9900))
    assert dear.texts == ["A person looks at it."]
    assert dear.effect == HandOff("limit", "payments")
    assert dear.dialogue.frames[0].over
    assert dear.say(SmallTalk("greeting")) == Waiting()


def test_decisions_hand_over_or_go_on_below() -> None:
    late = [invoice("i1", "Norrhem", 100, "2026-01-01", overdue_days=40)]
    talk = Talk(company=Company(invoices=late))
    talk.say(MOVE)
    assert talk.hand_off.because == "debt"
    nothing = Talk(company=Company(invoices=[]), language="sv")
    nothing.say(MOVE)
    assert nothing.texts == ["Inget är öppet."]


def test_the_executor_refuses_what_the_rules_no_longer_allow() -> None:
    talk = at_the_card()
    talk.company.moved = 2
    talk.say(Affirm())
    assert not talk.company.done
    assert talk.texts == ["<not_done>"]
    assert talk.effect == Ended("not_done")


def test_a_failing_tool_is_said_honestly() -> None:
    talk = Talk()
    talk.company.broken["list_invoices"] = failing("unavailable")
    talk.say(MOVE)
    assert talk.texts == ["<read_failed>"]
    assert talk.effect == Ended("read_failed")
    acting = at_the_card()
    acting.company.broken["move_due_date"] = failing("outcome_unknown")
    acting.say(Affirm())
    assert acting.texts == ["<action_unknown>"]
    assert acting.says[0].offers_person
    locked = at_the_card()
    locked.company.broken["move_due_date"] = failing("locked")
    locked.say(Affirm())
    assert locked.texts == ["It is locked."]
    assert locked.effect == HandOff("locked", "senior")
    odd = Talk()
    odd.company.broken["list_invoices"] = giving(["x" * 5000])
    odd.say(MOVE)
    assert odd.texts == ["<read_failed>"]


def test_what_was_done_is_done_also_when_its_answer_is_odd() -> None:
    talk = at_the_card()
    talk.company.broken["move_due_date"] = giving(10**30)
    talk.say(Affirm())
    assert talk.hand_off.because == "playbook"  # its words speak of what isn't there
    assert "can't be computed" in talk.hand_off.why


def test_a_code_is_asked_for_again_and_not_for_ever() -> None:
    talk = Talk()
    talk.say(StartPlaybook("change_email", {"email": "sara@example.com", "why": "a typing eror"}))
    talk.say(Affirm())
    assert talk.texts == ["We sent a code."]
    talk.say(FillSlot("code", "000000"))
    assert talk.ask.question.type == "boolean"
    talk.say(Deny())
    for _ in range(5):
        talk.say(Affirm())
        assert talk.texts == ["That code is wrong."]
        talk.say(FillSlot("code", "000000"))
    talk.say(Affirm())
    assert talk.hand_off.because == "not_understood"


def test_a_declined_step_may_be_asked_anew_and_a_done_one_is_not_done_again() -> None:
    talk = Talk()
    talk.say(StartPlaybook("change_email", {"email": "a@example.com", "why": "moved"}))
    talk.say(Affirm())
    talk.say(FillSlot("code", "123456"))
    talk.say(Affirm())
    talk.say(Deny())
    assert talk.ask.question.slot == "newsletter"
    talk.say(FillSlot("email", "b@example.com", corrects=True))
    assert talk.ask.question.slot == "newsletter"
    talk.say(Deny())
    talk.minutes = 60
    talk.say(Affirm())
    assert talk.texts == ["Changed."]
    assert [call.tool for call in talk.company.done] == ["request_change", "confirm_change"]
    assert talk.company.done[1].arguments == {"code": "123456", "newsletter": False}


def test_other_codes_may_lead_elsewhere() -> None:
    talk = Talk()
    talk.company.broken["confirm_change"] = failing("closed")
    talk.say(StartPlaybook("change_email", {"email": "a@example.com", "why": "moved"}))
    talk.say(Affirm())
    talk.say(FillSlot("code", "123456"), FillSlot("newsletter", value=True))
    talk.say(Affirm())
    assert talk.texts == ["That code is wrong."]
    assert talk.effect == Ended()


def test_what_always_ends_with_a_person_does() -> None:
    talk = Talk()
    talk.say(StartPlaybook("hardship"))
    talk.say(FillSlot("invoices", "Lampor and Norrhem"))
    assert talk.lines() == (("These", "Norrhem and Lampor AB"),)
    talk.say(Affirm())
    assert talk.texts == ["A person goes on."]
    assert talk.effect == HandOff("debt", "payments")
    declined = Talk()
    declined.say(StartPlaybook("hardship", {"invoices": "lampor"}))
    declined.say(Deny())
    assert declined.hand_off.because == "debt"
    broken = Talk()
    broken.company.broken["list_invoices"] = failing("unavailable")
    broken.say(StartPlaybook("hardship"))
    assert broken.texts == ["<read_failed>"]
    assert broken.hand_off.because == "debt"
    left = Talk()
    left.say(StartPlaybook("hardship"))
    left.say(Cancel())
    assert left.says[0].offers_person
    assert left.effect == Ended("cancelled")


def test_several_objects_are_asked_for_even_when_there_is_one() -> None:
    talk = Talk(company=Company(invoices=Company().invoices[:1]))
    talk.say(StartPlaybook("hardship"))
    assert talk.ask.question.type == "objects"
    talk.say(Affirm())
    assert talk.ask.question.kind == "confirm"


def test_a_question_about_nothing_goes_to_a_person() -> None:
    talk = Talk(company=Company(invoices=[]))
    talk.say(StartPlaybook("hardship"))
    assert talk.hand_off.because == "playbook"


def test_a_question_that_needs_no_card() -> None:
    talk = Talk(signed_in=False)
    talk.say(StartPlaybook("opening_hours", {"day": "2026-11-01"}))
    assert talk.ask.card is None
    talk.company.hours = {"closed": True, "strange": False, "tell": False}
    talk.say(FillSlot("day", "24.12.2026"))
    assert talk.texts == ["Closed on 24 December 2026.", "That is all."]
    assert talk.effect == HandOff("farewell", "doors")
    asking = Talk(signed_in=False)
    asking.company.hours = {"closed": False, "strange": True, "tell": False}
    asking.say(StartPlaybook("opening_hours", {"day": "2026-12-24"}))
    assert asking.ask.question.slot == "day"
    telling = Talk(signed_in=False)
    telling.company.hours = {"closed": False, "strange": False, "tell": True}
    telling.say(StartPlaybook("opening_hours", {"day": "2026-12-24"}))
    assert telling.effect == HandOff("strange", None)


def test_a_company_that_answers_another_question_is_not_listened_to() -> None:
    talk = Talk()
    begun = advance(talk.books, talk.dialogue, [MOVE], talk.scene)
    assert isinstance(begun.effect, Read)
    other = ToolResult(ToolCall("list_invoices", {"status": "paid"}), [])
    for answer in (other, ToolFailed(other.call, "x", "")):
        assert advance(talk.books, begun.dialogue, [answer], talk.scene).effect == begun.effect
    mixed = advance(talk.books, begun.dialogue, [Affirm(), other], talk.scene)
    assert mixed.effect == begun.effect
    assert advance(talk.books, Dialogue(), [other], talk.scene).effect == Waiting()


def test_an_action_without_an_answer_is_not_done_again_by_another_message() -> None:
    talk = at_the_card()
    acting = advance(talk.books, talk.dialogue, [Affirm()], talk.scene)
    assert isinstance(acting.effect, Act)
    later = advance(talk.books, acting.dialogue, [SmallTalk("thanks")], talk.scene)
    assert not isinstance(later.effect, Act)


def test_procedures_that_are_gone_are_left() -> None:
    talk = at_the_card()
    fewer = Library({"change_email": talk.books.playbooks["change_email"]})
    assert advance(fewer, talk.dialogue, [Affirm()], talk.scene).effect == Waiting()
    pending = advance(talk.books, Dialogue(), [MOVE], talk.scene)
    assert isinstance(pending.effect, Read)
    answer = ToolResult(pending.effect.call, [])
    assert advance(fewer, pending.dialogue, [answer], talk.scene).effect == Waiting()
    below = (Frame("gone", 1), *talk.dialogue.frames)
    kept = replace(talk.dialogue, frames=below)
    talk.dialogue = kept
    talk.say(Cancel())
    assert talk.effect == Ended("cancelled")


def test_answers_without_a_question_are_nothing() -> None:
    talk = Talk()
    for command in (Affirm(), Deny(), FillSlot("days", 3), Choose(1, "x"), SmallTalk("bye")):
        assert isinstance(talk.say(command), Waiting | Ended)
    assert not talk.company.calls


def at_the_return() -> Talk:
    talk = Talk()
    talk.say(StartPlaybook("return_items"))
    assert talk.ask.question.wording == "Which one?\nW10\nW20"
    talk.say(FillSlot("order", "W10"))
    assert talk.ask.question.wording == "Of W10, which?"
    talk.say(FillSlot("items", "the lamp and the desk"), FillSlot("sum", "12,50"))
    return talk


def test_what_hangs_on_another_choice_is_asked_anew() -> None:
    talk = at_the_return()
    assert talk.lines() == (("What", "Lamp and Desk, new"), ("Sum", "SEK\u00a012.50"))
    talk.say(FillSlot("order", "W20", corrects=True))
    # There is one item in that order, and it is taken; the sum has to do with neither.
    assert talk.lines() == (("What", "Lamp, used"), ("Sum", "SEK\u00a012.50"))
    talk.say(Affirm())
    assert talk.company.done == [ToolCall("send_back", {"order": "o2", "items": ["lamp"]})]
    assert talk.texts == ["W20 goes back."]


def test_what_is_not_on_offer_any_more_is_asked_for_again() -> None:
    talk = at_the_return()
    talk.company.details["o1"] = {**talk.company.details["o1"], "items": []}
    talk.minutes = 20
    talk.say(Affirm())
    assert talk.hand_off.why == "nothing for 'items'"
    gone = at_the_return()
    gone.company.details["o1"] = {"state": "new", "hint": 1.5, "items": []}
    gone.minutes = 20
    gone.say(FillSlot("sum", "nothing at all", corrects=True))
    assert gone.ask.question.slot == "sum"


def test_a_question_that_cannot_be_worded_goes_to_a_person() -> None:
    talk = Talk()
    talk.company.details["o1"] = {**talk.company.details["o1"], "hint": 1.5}
    talk.say(StartPlaybook("return_items", {"order": "W10", "items": "lamp"}))
    assert talk.hand_off.because == "playbook"
    assert "neither text nor a whole number" in talk.hand_off.why


def test_a_number_beyond_all_bounds_is_not_kept() -> None:
    talk = at_the_card()
    talk.say(FillSlot("days", 2**70, corrects=True))
    assert talk.ask.question.kind == "confirm"
    assert not talk.dialogue.frames[0].heard


def test_what_was_chosen_and_is_gone_has_no_facts() -> None:
    talk = at_the_return()
    frame = replace(talk.dialogue.frames[0], slots={"order": "o9"})
    known = Known(talk.books.playbooks["return_items"], frame, talk.scene)
    with pytest.raises(ExpressionFailed):
        known.values("chosen.order.number")
