"""Stories: what a customer says, and what the engine says, asks and wants done."""

from alltid.assistant.dialogue.commands import (
    Affirm,
    AskKnowledge,
    Cancel,
    Choose,
    Clarify,
    Deny,
    FillSlot,
    SmallTalk,
    StartPlaybook,
)
from alltid.assistant.playbooks.effects import Ended, HandOff, Waiting
from alltid.assistant.tools.tool import ToolCall, action_hash
from tests.assistant.playbooks.company import Talk

MOVE = StartPlaybook("move_due_date")


def at_the_card(**more: object) -> Talk:
    talk = Talk(**more)  # type: ignore[arg-type]
    talk.say(StartPlaybook("move_due_date", {"invoice": "norrhem", "days": 14}))
    return talk


def test_from_the_first_word_to_the_action() -> None:
    talk = Talk()
    talk.say(MOVE)
    assert talk.ask.question.wording == "Which invoice?"
    assert list(talk.buttons()) == [
        "Norrhem, SEK\u00a0499.00, 3 December 2026",
        "Lampor AB, SEK\u00a01,200.00, 10 December 2026",
    ]
    talk.say(Choose(3, next(iter(talk.buttons().values()))))
    assert talk.ask.question.wording == "By how many days?"
    talk.say(FillSlot("days", "in 14 days"))
    assert talk.lines()[0] == ("Invoice", "Norrhem")
    card = talk.ask.card
    assert card is not None
    assert card.kind == "confirm"
    assert card.action == action_hash(ToolCall("move_due_date", {"days": 14, "invoice": "i1"}))
    assert [choice.style for choice in card.choices] == ["primary", "plain"]
    assert not talk.company.done
    talk.say(Affirm(), SmallTalk("thanks"))
    assert talk.company.done == [ToolCall("move_due_date", {"invoice": "i1", "days": 14})]
    assert talk.texts == ["Now due on 20 December 2026."]
    assert talk.says[0].offers_person
    assert talk.says[0].used[0].expression == "moved.due"
    assert talk.effect == Ended()
    assert talk.say(Affirm()) == Waiting()
    assert len(talk.company.done) == 1


def test_a_tap_on_the_card_is_a_yes_and_on_the_other_button_a_no() -> None:
    talk = at_the_card()
    buttons = talk.buttons()
    talk.say(Choose(7, buttons["Move it"]))
    assert len(talk.company.done) == 1
    declined = at_the_card()
    declined.say(Choose(7, declined.buttons()["Leave it"]))
    assert declined.texts == ["Left as it was."]
    assert declined.effect == Ended()
    assert not declined.company.done
    written = at_the_card()
    written.say(Deny())
    assert written.texts == ["Left as it was."]


def test_a_tap_on_an_older_card_does_nothing_but_show_the_open_one() -> None:
    talk = at_the_card()
    old = talk.buttons()["Move it"]
    talk.say(FillSlot("days", 7, corrects=True))
    talk.say(Choose(7, old))
    assert talk.texts == ["<stale_card>"]
    assert not talk.company.done
    talk.say(Choose(9, talk.buttons()["Move it"]))
    assert talk.company.done[0].arguments["days"] == 7
    assert talk.say(Choose(7, old)) == Ended()
    assert talk.texts == ["<stale_card>"]


def test_a_yes_with_anything_beside_it_is_no_yes() -> None:
    talk = at_the_card()
    talk.say(Affirm(), AskKnowledge("when is it due?"))
    assert talk.ask.question.kind == "confirm"
    talk.say(Affirm(), FillSlot("days", 3))
    assert talk.ask.question.kind == "confirm"
    assert talk.dialogue.frames[0].slots["days"] == 3
    talk.say(Choose(1, talk.buttons()["Move it"]), FillSlot("days", 4))
    assert talk.texts == ["<changed>"]
    assert not talk.company.done


def test_the_card_is_shown_anew_when_what_it_says_has_changed_meanwhile() -> None:
    talk = at_the_card()
    talk.company.fee = 3900
    talk.minutes = 30
    talk.say(Affirm())
    assert talk.texts == ["<changed>"]
    assert talk.lines()[2] == ("Fee", "SEK\u00a039.00")
    assert not talk.company.done
    talk.minutes = 31
    talk.say(Affirm())
    assert len(talk.company.done) == 1


def test_old_facts_are_read_again_and_the_yes_holds_when_nothing_changed() -> None:
    talk = at_the_card()
    reads = len(talk.company.calls)
    talk.minutes = 3 * 24 * 60
    talk.say(Affirm())
    assert len(talk.company.calls) > reads + 3
    assert len(talk.company.done) == 1


def test_the_chosen_one_may_be_gone_by_then() -> None:
    talk = at_the_card()
    talk.company.invoices = talk.company.invoices[1:]
    talk.minutes = 30
    talk.say(Affirm())
    assert not talk.company.done
    # A single one is taken, and its own card is shown: nothing was agreed about it.
    assert talk.lines()[0] == ("Invoice", "Lampor AB")
    assert talk.texts == ["<changed>"]


def test_corrections_forget_what_hangs_on_them() -> None:
    talk = at_the_card()
    talk.say(FillSlot("invoice", "the other one", corrects=True))
    assert talk.lines()[0] == ("Invoice", "Lampor AB")
    talk.say(FillSlot("invoice", "the other one"))
    assert talk.lines()[0] == ("Invoice", "Norrhem")
    talk.say(FillSlot("invoice", "no idea", corrects=True))
    assert talk.ask.question.slot == "invoice"
    talk.say(FillSlot("invoice", "the other one"))
    assert talk.lines()[0] == ("Invoice", "Lampor AB")
    talk.say(FillSlot("days", "as long as possible", corrects=True))
    assert talk.ask.question.slot == "days"


def test_what_was_said_early_is_used_when_it_is_asked_for() -> None:
    talk = Talk()
    talk.say(StartPlaybook("move_due_date", {"invoice": "10433", "days": 99, "nothing": 1}))
    assert talk.dialogue.frames[0].labels["invoice"].startswith("Lampor AB")
    assert talk.ask.question.slot == "days"
    talk.say(FillSlot("days", 30))
    assert talk.ask.question.kind == "confirm"


def test_two_answers_that_do_not_fit_are_for_the_handoff_policy() -> None:
    talk = Talk()
    talk.say(StartPlaybook("move_due_date", {"invoice": "i1"}))
    talk.say(FillSlot("days", "99"))
    assert talk.texts == ["1 to 30 days."]
    assert talk.ask.question.slot == "days"
    talk.say(FillSlot("days", "soon"))
    assert talk.effect == HandOff("not_understood", "payments", "missed", stays_open=True)
    talk.say(FillSlot("days", "5"))
    assert talk.ask.question.kind == "confirm"
    assert talk.dialogue.frames[0].misses == 0


def test_not_understood_is_counted_at_any_question_and_never_without_one() -> None:
    talk = Talk()
    assert talk.say(Clarify()) == Waiting()
    talk.say(MOVE)
    talk.say(Clarify(("move_due_date", "hardship")))
    assert not talk.says
    talk.say(Deny())
    assert talk.texts == ["<not_a_value>"]
    talk.say(Affirm())
    assert talk.hand_off.stays_open
    talk.say(FillSlot("nonsense", 1))
    assert talk.hand_off.stays_open
    card = at_the_card()
    card.say(Clarify())
    card.say(Clarify())
    assert card.hand_off.because == "not_understood"


def test_a_yes_after_a_person_was_offered_is_not_a_yes_to_the_action() -> None:
    talk = at_the_card()
    talk.say(Clarify())
    talk.say(Clarify())
    assert talk.hand_off.stays_open
    tap = at_the_card()
    tap.dialogue, buttons = talk.dialogue, tap.buttons()
    talk.say(Affirm())
    assert talk.ask.question.kind == "confirm"
    assert not talk.company.done
    talk.say(Affirm())
    assert len(talk.company.done) == 1
    # The button still says what it is for.
    tap.say(Deny())
    assert tap.ask.question.kind == "confirm"
    tap.say(Choose(1, buttons["Move it"]))
    assert len(tap.company.done) == 1


def test_an_empty_turn_asks_the_open_question_again_with_the_same_buttons() -> None:
    talk = at_the_card()
    before = talk.buttons()
    talk.say()
    assert talk.buttons() == before
    talk.say(AskKnowledge("what is a fee?"))
    assert talk.buttons() == before
    assert not talk.says


def test_another_playbook_on_top_returns_to_the_open_question() -> None:
    talk = Talk()
    talk.say(MOVE)
    talk.say(StartPlaybook("change_email"))
    assert talk.ask.question.slot == "email"
    talk.say(FillSlot("email", "I am at sara@example.com now"), FillSlot("why", "moved"))
    assert talk.lines() == (("To", "sara@example.com"), ("Why", "I moved"))
    talk.say(Deny())
    assert talk.texts == ["Move a due date"]
    assert talk.says[0].note == "back_to"
    assert talk.ask.question.slot == "invoice"


def test_the_one_begun_again_comes_on_top_with_what_is_known() -> None:
    talk = Talk()
    talk.say(StartPlaybook("move_due_date", {"invoice": "i2"}))
    talk.say(StartPlaybook("change_email"))
    talk.say(StartPlaybook("move_due_date", {"days": 3}))
    assert [frame.playbook for frame in talk.dialogue.frames] == ["change_email", "move_due_date"]
    assert talk.lines()[0] == ("Invoice", "Lampor AB")


def test_cancel_leaves_the_top_one_and_nothing_acts() -> None:
    talk = at_the_card()
    talk.say(StartPlaybook("change_email"))
    talk.say(Cancel())
    assert talk.texts == ["<cancelled>", "Move a due date"]
    assert talk.ask.question.kind == "confirm"
    talk.say(Cancel())
    assert talk.effect == Ended("cancelled")
    talk.say(Affirm())
    assert not talk.company.done
    assert talk.say(Cancel()) == Waiting()


def test_guests_are_told_to_sign_in_and_offered_a_person() -> None:
    talk = Talk(signed_in=False)
    assert talk.say(MOVE) == Ended("sign_in_first")
    assert talk.texts == ["<sign_in_first>"]
    assert talk.says[0].offers_person
    talk.say(StartPlaybook("opening_hours"))
    assert talk.ask.question.slot == "day"
    assert talk.say(StartPlaybook("nothing_of_the_kind")) == talk.effect
