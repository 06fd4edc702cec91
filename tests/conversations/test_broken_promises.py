"""Each predicate says no to a step that breaks its promise, and yes to the one that keeps it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alltid.conversations.conversation import Conversation, evolve
from alltid.conversations.events import (
    AgentJoined,
    Asked,
    Author,
    CallbackBooked,
    CallbackCancelled,
    ConversationOpened,
    Event,
    Fact,
    HumanRequested,
    MessageSent,
    QueueLeft,
    Reason,
    Reopened,
    Resolved,
    ReturnedToQueue,
    WrittenAnswerCancelled,
    WrittenAnswerChosen,
)
from alltid.conversations.promises import (
    NAMES,
    PREDICATES,
    Step,
    always_a_human,
    breaches,
    never_lost,
    never_pulled_back,
    overdue,
    told_the_truth,
    wait_is_honest,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HELLO = MessageSent(Author.ASSISTANT, "I am an AI.", author_name="Alva", discloses_ai=True)
BEGINNING = (ConversationOpened("customer", "sv"), HELLO)
WORD = MessageSent(Author.CUSTOMER, "hello", author_id="customer", client_id="c1")
WISH = replace(WORD, wants_human=True)
ASKED = HumanRequested(Asked.BUTTON)
JOINED = AgentJoined("sara", "Sara")
BOOKED = CallbackBooked(NOON + timedelta(days=1))
CLOSED = Resolved("sara", "Sara", Reason.SOLVED, "")


def fold(
    state: Conversation, *events: Event, seconds: float = 0
) -> tuple[list[Fact], Conversation]:
    facts = []
    for event in events:
        facts.append(Fact(state.version + 1, NOON + timedelta(seconds=seconds), event))
        state = evolve(state, facts[-1])
    return facts, state


def step(before: tuple[Event, ...], *events: Event) -> Step:
    _, state = fold(Conversation(), *before)
    facts, after = fold(state, *events, seconds=60)
    return Step(state, facts, after)


def test_a_wish_without_a_place_in_the_queue_breaks_p1() -> None:
    assert always_a_human(step(BEGINNING, WISH)) is not None
    assert always_a_human(step(BEGINNING, WISH, ASKED)) is None
    assert always_a_human(step(BEGINNING, WORD)) is None
    # A closed door is no queue either.
    assert always_a_human(step((*BEGINNING, ASKED, JOINED, CLOSED), Reopened(), WISH)) is not None
    assert always_a_human(step((*BEGINNING, ASKED, JOINED), WISH)) is None
    # One group of commands may hold the wish and the second thought.
    assert always_a_human(step(BEGINNING, WISH, ASKED, QueueLeft())) is None


@pytest.mark.parametrize(
    ("arranged", "back"),
    [(BOOKED, CallbackCancelled()), (WrittenAnswerChosen(), WrittenAnswerCancelled())],
)
def test_a_wish_that_is_left_to_what_was_arranged_breaks_p1(arranged: Event, back: Event) -> None:
    assert always_a_human(step((*BEGINNING, ASKED, arranged), WISH)) is not None
    assert always_a_human(step((*BEGINNING, ASKED, arranged), WISH, back)) is None
    assert always_a_human(step((*BEGINNING, ASKED, arranged), WORD)) is None


def test_an_arrangement_that_nobody_waits_for_breaks_p2() -> None:
    assert never_lost(step(BEGINNING, BOOKED)) is not None
    assert never_lost(step(BEGINNING, WrittenAnswerChosen())) is not None
    assert never_lost(step((*BEGINNING, ASKED), BOOKED)) is None


def test_an_unanswered_message_that_nobody_owes_breaks_p2() -> None:
    kept = step(BEGINNING, WORD)
    assert never_lost(kept) is None
    assert never_lost(step((), *BEGINNING)) is None
    assert never_lost(Step(kept.before, kept.facts, replace(kept.after, assistant_owes=None)))
    no_deadline = replace(kept.after, unanswered_since=None)
    assert never_lost(Step(kept.before, kept.facts, no_deadline))


@pytest.mark.parametrize(
    "ending",
    [
        (CLOSED,),
        (Reopened(),),
        (ASKED,),
        # The end of the transaction looks as if nothing had happened.
        (CLOSED, Reopened(), ASKED),
        (JOINED, ReturnedToQueue("sara", "agent"), ASKED),
    ],
)
def test_whoever_waits_and_is_moved_breaks_p3(ending: tuple[Event, ...]) -> None:
    assert never_pulled_back(step((*BEGINNING, ASKED), *ending)) is not None


@pytest.mark.parametrize(
    "going_on",
    [
        (WORD,),
        (JOINED,),
        (JOINED, CLOSED),
        (QueueLeft(),),
        (QueueLeft(), ASKED),
        (BOOKED, CallbackCancelled()),
        (BOOKED, WrittenAnswerChosen(), WrittenAnswerCancelled()),
        (JOINED, ReturnedToQueue("sara", "agent_gone")),
        (replace(HELLO, discloses_ai=False, in_reply_to=3),),
    ],
)
def test_whoever_waits_may_be_helped_taken_or_leave(going_on: tuple[Event, ...]) -> None:
    assert never_pulled_back(step((*BEGINNING, ASKED), *going_on)) is None


@pytest.mark.parametrize(
    ("before", "event"),
    [
        ((), ConversationOpened("customer", "sv")),
        ((*BEGINNING, ASKED), MessageSent(Author.AGENT, "hi", "sara", "Sara")),
        ((*BEGINNING, ASKED, JOINED), MessageSent(Author.AGENT, "hi", "jonas", "Jonas")),
        ((*BEGINNING, ASKED, JOINED), MessageSent(Author.AGENT, "hi", None, "Sara")),
        (BEGINNING, MessageSent(Author.AGENT, "hi", None, "Sara")),
        (BEGINNING, replace(HELLO, author_id="sara")),
        (BEGINNING, replace(WORD, author_id="sara")),
    ],
)
def test_whoever_poses_breaks_p4(before: tuple[Event, ...], event: Event) -> None:
    assert told_the_truth(step(before, event)) is not None


def test_whoever_signs_as_themselves_keeps_p4() -> None:
    signed = MessageSent(Author.AGENT, "hi", "sara", "Sara")
    assert told_the_truth(step((), *BEGINNING, WORD)) is None
    assert told_the_truth(step((*BEGINNING, ASKED), JOINED, signed, WORD)) is None
    left = (JOINED, signed, ReturnedToQueue("sara", "agent"))
    assert told_the_truth(step((*BEGINNING, ASKED), *left)) is None
    assert told_the_truth(step((*BEGINNING, ASKED), *left, signed)) is not None


def test_a_wait_out_of_nothing_breaks_p4() -> None:
    assert wait_is_honest(online=0, shown=(60, 120)) is not None
    assert wait_is_honest(online=0, shown=None) is None
    assert wait_is_honest(online=1, shown=(60, 120)) is None


def test_a_word_that_is_late_beyond_the_grace_is_overdue() -> None:
    _, state = fold(Conversation(), *BEGINNING)
    grace = timedelta(seconds=30)
    assert overdue(state, NOON + timedelta(days=9), grace=grace) is None
    _, owed = fold(state, WORD)
    assert owed.due_at is not None
    assert overdue(owed, owed.due_at + grace, grace=grace) is None
    late = overdue(owed, owed.due_at + grace + timedelta(seconds=1), grace=grace)
    assert late is not None
    assert "assistant" in late


def test_every_promise_has_its_name_and_a_breach_says_where() -> None:
    assert set(NAMES) == set(PREDICATES)
    broken = step(BEGINNING, WISH)
    found = list(breaches(broken))
    # Nobody has been asked to answer it, so it is lost as well.
    assert [breach.promise for breach in found] == ["P1", "P2"]
    for breach in found:
        assert (breach.version, breach.at) == (3, NOON + timedelta(seconds=60))
        assert WISH.text not in breach.detail
    assert list(breaches(Step(broken.before, [], broken.before))) == []
    assert list(breaches(step(BEGINNING, WORD))) == []
