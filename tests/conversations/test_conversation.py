"""The conversation's rules, one sentence each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alltid.conversations.commands import (
    AnswerAsAssistant,
    AskForHuman,
    BookCallback,
    CancelCallback,
    ChooseLanguage,
    ChooseWrittenAnswer,
    Command,
    GiveUpAsAssistant,
    Open,
    Rate,
    Resolve,
    ReturnToQueue,
    Say,
    SayAsAgent,
    StayWithAssistant,
    Take,
)
from alltid.conversations.conversation import (
    ATTACHMENTS_LIMIT,
    MESSAGES_LIMIT,
    NOTE_LIMIT,
    TEXT_LIMIT,
    Conversation,
    decide,
    evolve,
    known_version,
)
from alltid.conversations.events import (
    AgentJoined,
    Asked,
    AssistantGaveUp,
    Attachment,
    CallbackBooked,
    CallbackCancelled,
    Event,
    Fact,
    HumanRequested,
    LanguageChosen,
    MessageSent,
    Rated,
    Reason,
    Reopened,
    Resolved,
    Turn,
    WrittenAnswerCancelled,
)
from alltid.conversations.state import (
    AGENT_DUE,
    ASSISTANT_DUE,
    QUEUE_DUE,
    WRITTEN_DUE,
    moves_the_line,
)
from alltid.kernel.refusal import Refused

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
OPEN = Open("customer", "sv", "I am an AI.", "Alva")
WISH = Say("c1", "a person please", wants_human=True)
TAKE = Take("sara", "Sara")
CLOSE = Resolve("sara", "Sara", Reason.SOLVED, "done")


def after(*commands: Command, state: Conversation | None = None, at: float = 0) -> Conversation:
    """The state after commands, a second apart from `at` seconds past noon."""
    state = state or Conversation()
    for second, command in enumerate(commands):
        for event in decide(state, command):
            moment = NOON + timedelta(seconds=at + second)
            state = evolve(state, Fact(state.version + 1, moment, event))
    return state


def kinds(state: Conversation, command: Command) -> list[type[Event]]:
    return [type(event) for event in decide(state, command)]


def refusal(state: Conversation, command: Command) -> str:
    with pytest.raises(Refused) as refused:
        decide(state, command)
    assert refused.value.message.endswith(".")
    return refused.value.code


NEW = after(OPEN)
WAITING = after(OPEN, WISH)
WITH_SARA = after(OPEN, WISH, TAKE)
CLOSED = after(OPEN, WISH, TAKE, CLOSE)


def test_a_conversation_opens_once_with_the_disclosure() -> None:
    assert NEW.disclosed_ai
    assert (NEW.status, NEW.turn, NEW.due_at) == ("assistant", "customer", None)
    assert decide(NEW, OPEN) == ()


@pytest.mark.parametrize("command", [WISH, AskForHuman(), TAKE, CLOSE, Rate(solved=True)])
def test_nothing_is_done_to_a_conversation_that_does_not_exist(command: Command) -> None:
    assert refusal(Conversation(), command) == "no_such_conversation"


@pytest.mark.parametrize(
    ("state", "then"),
    [
        (NEW, [HumanRequested]),
        (WAITING, []),
        (WITH_SARA, []),
        (CLOSED, [Reopened, HumanRequested]),
    ],
)
def test_the_button_works_in_every_state(state: Conversation, then: list[type[Event]]) -> None:
    assert kinds(state, AskForHuman()) == then


@pytest.mark.parametrize(
    ("state", "then"),
    [
        (NEW, [MessageSent, HumanRequested]),
        (WAITING, [MessageSent]),
        (WITH_SARA, [MessageSent]),
        (CLOSED, [Reopened, MessageSent, HumanRequested]),
    ],
)
def test_one_sentence_works_in_every_state(state: Conversation, then: list[type[Event]]) -> None:
    assert kinds(state, replace(WISH, client_id="c2")) == then


TOMORROW = NOON + timedelta(days=1)
BOOKED = after(BookCallback(TOMORROW), state=WAITING)
WRITTEN = after(ChooseWrittenAnswer(), state=WAITING)


def test_a_booked_callback_is_owed_at_its_time_and_keeps_the_place() -> None:
    assert (BOOKED.status, BOOKED.turn, BOOKED.due_at) == ("waiting", "callback", TOMORROW)
    assert BOOKED.asked_at == WAITING.asked_at
    assert kinds(BOOKED, BookCallback(TOMORROW)) == []
    assert kinds(BOOKED, BookCallback(TOMORROW + timedelta(hours=1))) == [CallbackBooked]
    assert kinds(BOOKED, CancelCallback()) == [CallbackCancelled]
    assert kinds(WAITING, CancelCallback()) == []
    cancelled = after(CancelCallback(), state=BOOKED)
    assert replace(cancelled, version=WAITING.version) == WAITING


def test_a_written_answer_is_owed_within_a_day() -> None:
    assert WRITTEN.asked_at is not None
    assert (WRITTEN.turn, WRITTEN.due_at) == ("queue", WRITTEN.asked_at + WRITTEN_DUE)
    assert kinds(WRITTEN, ChooseWrittenAnswer()) == []
    assert kinds(WRITTEN, BookCallback(TOMORROW)) == [CallbackBooked]
    assert after(ChooseWrittenAnswer(), state=BOOKED).callback_at is None
    assert not after(BookCallback(TOMORROW), state=WRITTEN).written


@pytest.mark.parametrize("command", [BookCallback(TOMORROW), ChooseWrittenAnswer()])
@pytest.mark.parametrize("state", [NEW, WITH_SARA, CLOSED])
def test_only_whoever_waits_arranges_for_later(state: Conversation, command: Command) -> None:
    assert refusal(state, command) == "not_waiting"


@pytest.mark.parametrize(
    ("state", "back"), [(BOOKED, CallbackCancelled), (WRITTEN, WrittenAnswerCancelled)]
)
def test_asking_again_is_a_wish_for_a_person_now(state: Conversation, back: type[Event]) -> None:
    assert kinds(state, AskForHuman()) == [back]
    assert kinds(state, replace(WISH, client_id="c2")) == [MessageSent, back]
    assert kinds(state, Say("c2", "and one more thing")) == [MessageSent]
    again = after(AskForHuman(), state=state)
    assert (again.status, again.turn, again.asked_at) == ("waiting", "queue", WAITING.asked_at)


@pytest.mark.parametrize("state", [BOOKED, WRITTEN])
@pytest.mark.parametrize("command", [TAKE, StayWithAssistant()])
def test_what_was_arranged_ends_with_the_wait(state: Conversation, command: Command) -> None:
    later = after(command, state=state)
    assert (later.callback_at, later.written) == (None, False)


def test_help_beside_the_queue_that_fails_leaves_the_callback_booked() -> None:
    state = after(Say("c2", "and this?"), state=BOOKED)
    assert state.assistant_owes is not None
    assert kinds(state, GiveUpAsAssistant(state.assistant_owes)) == [AssistantGaveUp]


def test_the_line_moves_with_who_waits_and_how() -> None:
    for other in (NEW, BOOKED, WRITTEN, WITH_SARA):
        assert moves_the_line(WAITING, other)
    assert not moves_the_line(WAITING, after(Say("c2", "still here"), state=WAITING))


def test_a_message_sent_again_stores_nothing_and_keeps_its_version() -> None:
    state = after(OPEN, Say("c1", "one"), Say("c2", "two"))
    again = Say("c1", "one")
    assert decide(state, again) == ()
    assert known_version(state, again) == 3
    assert known_version(state, Say("c9", "new")) is None
    assert known_version(state, AskForHuman()) is None
    with_answer = after(SayAsAgent("sara", "Sara", "a1", "hi"), state=WITH_SARA)
    assert decide(with_answer, SayAsAgent("sara", "Sara", "a1", "hi")) == ()


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (Say("c2", ""), "empty_message"),
        (Say("c2", " \n\t"), "empty_message"),
        (Say("c2", "x" * (TEXT_LIMIT + 1)), "text_too_long"),
        (
            Say("c2", "x", (Attachment("a", "a", "image/png", 1),) * (ATTACHMENTS_LIMIT + 1)),
            "too_many_attachments",
        ),
    ],
)
def test_messages_have_bounds(command: Say, code: str) -> None:
    assert refusal(NEW, command) == code
    assert kinds(NEW, Say("c2", "x" * TEXT_LIMIT)) == [MessageSent]
    assert kinds(NEW, Say("c2", "", (Attachment("a", "a", "a/b", 1),))) == [MessageSent]


def test_a_conversation_that_grew_too_long_still_has_its_button() -> None:
    full = replace(NEW, messages=MESSAGES_LIMIT)
    assert refusal(full, Say("c2", "more")) == "conversation_full"
    assert kinds(full, AskForHuman()) == [HumanRequested]


def test_the_assistant_answers_the_newest_message_once() -> None:
    state = after(OPEN, Say("c1", "one"), Say("c2", "two"))
    assert (state.turn, state.assistant_owes) == (Turn.ASSISTANT, 4)
    assert state.due_at == NOON + timedelta(seconds=1) + ASSISTANT_DUE
    assert decide(state, AnswerAsAssistant(3, "late", "Alva")) == ()
    answered = after(AnswerAsAssistant(4, "both", "Alva"), state=state)
    assert (answered.turn, answered.unanswered) == (Turn.CUSTOMER, None)
    assert decide(answered, AnswerAsAssistant(4, "twice", "Alva")) == ()


def test_words_that_ask_for_a_person_are_left_to_a_person() -> None:
    assert WAITING.assistant_owes is None
    assert (WAITING.turn, WAITING.asked_how) == (Turn.QUEUE, Asked.SENTENCE)
    assert WAITING.due_at == NOON + timedelta(seconds=1) + QUEUE_DUE


def test_the_assistant_helps_beside_the_queue_and_does_not_end_it() -> None:
    state = after(Say("c2", "and this?"), state=WAITING, at=10)
    helped = after(AnswerAsAssistant(5, "so", "Alva"), state=state, at=11)
    assert (helped.status, helped.asked_at) == ("waiting", WAITING.asked_at)
    assert helped.unanswered == 5, "a person was asked for, and still owes the answer"
    left = after(StayWithAssistant(), state=helped, at=12)
    assert (left.status, left.turn, left.asked_at) == ("assistant", "customer", None)


def test_leaving_the_queue_leaves_the_unanswered_words_to_the_assistant_from_then_on() -> None:
    left = after(StayWithAssistant(), state=WAITING, at=600)
    assert (left.status, left.turn, left.assistant_owes) == ("assistant", "assistant", 3)
    assert left.due_at == NOON + timedelta(seconds=600) + ASSISTANT_DUE
    assert decide(left, StayWithAssistant()) == ()


def test_an_assistant_that_gives_up_hands_over() -> None:
    owed = after(OPEN, Say("c1", "hello"))
    given_up = after(GiveUpAsAssistant(3), state=owed)
    assert (given_up.status, given_up.asked_how) == ("waiting", Asked.ASSISTANT_FAILED)
    assert given_up.assistant_owes is None
    assert decide(given_up, GiveUpAsAssistant(3)) == ()
    assert decide(owed, GiveUpAsAssistant(2)) == ()


def test_giving_up_beside_the_queue_changes_nothing_about_the_wait() -> None:
    state = after(Say("c2", "and this?"), state=WAITING)
    given_up = after(GiveUpAsAssistant(5), state=state, at=60)
    assert (given_up.status, given_up.asked_at) == ("waiting", WAITING.asked_at)


def test_a_press_sent_again_late_asks_for_nothing_new() -> None:
    press, leave = AskForHuman("p1"), StayWithAssistant("l1")
    asked = after(OPEN, press)
    assert known_version(asked, press) == asked.version
    closed = after(TAKE, CLOSE, state=asked)
    assert decide(closed, press) == ()
    assert kinds(closed, AskForHuman("p2")) == [Reopened, HumanRequested]
    asked_anew = after(leave, AskForHuman("p2"), state=asked)
    assert known_version(asked_anew, leave) == asked.version + 1
    assert decide(asked_anew, leave) == ()
    assert asked_anew.status == "waiting"


def test_one_agent_takes_the_conversation() -> None:
    assert decide(WITH_SARA, TAKE) == ()
    assert refusal(WITH_SARA, Take("jonas", "Jonas")) == "already_taken"
    assert refusal(NEW, TAKE) == "not_waiting"
    assert refusal(CLOSED, TAKE) == "not_waiting"


def test_the_time_in_line_is_not_the_agents() -> None:
    taken = after(TAKE, state=WAITING, at=3600)
    assert taken.turn == Turn.AGENT
    assert taken.due_at == NOON + timedelta(seconds=3600) + AGENT_DUE
    answered = after(SayAsAgent("sara", "Sara", "a1", "hi"), state=taken, at=3601)
    assert (answered.turn, answered.due_at) == (Turn.CUSTOMER, None)
    asked = after(Say("c2", "thanks, and?"), state=answered, at=4000)
    assert asked.due_at == NOON + timedelta(seconds=4000) + AGENT_DUE


def test_a_customer_who_only_pressed_the_button_is_owed_a_word() -> None:
    taken = after(OPEN, AskForHuman(), TAKE)
    assert (taken.turn, taken.unanswered) == (Turn.AGENT, None)
    assert taken.due_at == NOON + timedelta(seconds=2) + AGENT_DUE


@pytest.mark.parametrize(
    "command",
    [
        SayAsAgent("jonas", "Jonas", "a1", "hi"),
        ReturnToQueue("jonas"),
        Resolve("jonas", "Jonas", Reason.OTHER, ""),
    ],
)
def test_only_whose_it_is_may_act(command: Command) -> None:
    for state in (NEW, WITH_SARA, CLOSED):
        assert refusal(state, command) == "not_yours"


def test_back_in_the_queue_means_at_the_old_time() -> None:
    back = after(ReturnToQueue("sara", "agent_gone"), state=WITH_SARA, at=900)
    assert (back.status, back.asked_at, back.agent_id) == ("waiting", WAITING.asked_at, None)
    assert decide(back, ReturnToQueue("sara")) == ()


def test_closing_is_done_once_and_leaves_nothing_owed() -> None:
    assert (CLOSED.status, CLOSED.turn, CLOSED.unanswered) == ("resolved", "customer", None)
    assert decide(CLOSED, CLOSE) == ()
    long = replace(CLOSE, note="x" * (NOTE_LIMIT + 1))
    assert refusal(WITH_SARA, long) == "note_too_long"
    assert kinds(WITH_SARA, replace(CLOSE, note="x" * NOTE_LIMIT)) == [Resolved]


def test_a_closed_conversation_goes_on_when_the_customer_writes() -> None:
    again = after(Say("c5", "one more thing"), state=CLOSED)
    assert (again.status, again.turn, again.answered_at) == ("assistant", "assistant", None)
    assert kinds(after(AskForHuman(), state=again), TAKE) == [AgentJoined]


def test_a_verdict_is_given_after_the_end_and_may_be_changed() -> None:
    assert refusal(WITH_SARA, Rate(solved=True)) == "not_resolved"
    assert refusal(CLOSED, Rate(solved=True, score=6)) == "bad_score"
    assert refusal(CLOSED, Rate(solved=True, score=0)) == "bad_score"
    assert refusal(CLOSED, Rate(True, 5, "x" * (NOTE_LIMIT + 1))) == "comment_too_long"
    rated = after(Rate(solved=False, score=None, comment=None), state=CLOSED)
    assert rated.rating is not None
    assert decide(rated, Rate(solved=False)) == ()
    assert kinds(rated, Rate(solved=True, score=5)) == [Rated]
    once_more = after(AskForHuman(), TAKE, CLOSE, state=rated)
    assert once_more.rating is None


def test_nothing_is_closed_over_words_that_nobody_has_read() -> None:
    state = after(OPEN, WISH, TAKE, Say("c2", "one more thing"))
    assert state.unanswered is not None
    unread = replace(CLOSE, seen=state.unanswered - 1)
    with pytest.raises(Refused, match="just written") as refused:
        decide(state, unread)
    assert refused.value.code == "unread_message"
    assert decide(state, replace(CLOSE, seen=state.unanswered))


def test_a_customer_switches_language_once() -> None:
    state = after(OPEN, ChooseLanguage("de"))
    assert state.language == "de"
    assert decide(state, ChooseLanguage("de")) == ()


@pytest.mark.parametrize("state", [NEW, WAITING, WITH_SARA, CLOSED])
def test_another_language_changes_the_language_alone(state: Conversation) -> None:
    assert decide(state, ChooseLanguage("sv")) == ()
    assert kinds(state, ChooseLanguage("de")) == [LanguageChosen]
    switched = after(ChooseLanguage("de"), state=state, at=99)
    assert switched == replace(state, version=state.version + 1, language="de")
