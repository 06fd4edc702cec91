"""Answers and replies are marked by what stands in them, and by nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.agents.qualification import (
    Choice,
    Qualification,
    Rule,
    ShortText,
    Turn,
    mark_answers,
    mark_reply,
    practice_passed,
    questions_passed,
    said,
)
from alltid.agents.training_time import SILENCE_COUNTED, Interval, interval_until

WORDS = {"en": "Because."}
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def choice(**changes: Any) -> Choice:
    parts: dict[str, Any] = {
        "id": "one",
        "text": {"en": "Which?", "sv": "Vilken?"},
        "options": ({"en": "A"}, {"en": "B"}, {"en": "C"}),
        "right": (0, 2),
        "because": {"en": "A and C.", "sv": "A och C."},
    }
    return Choice(**parts | changes)


def short(**changes: Any) -> ShortText:
    parts: dict[str, Any] = {
        "id": "two",
        "text": {"en": "How many days?"},
        "accepted": {"en": ("14 days", "fourteen"), "sv": ("fjorton dagar",)},
        "because": WORDS,
    }
    return ShortText(**parts | changes)


def qualification(**changes: Any) -> Qualification:
    parts: dict[str, Any] = {
        "level": 1,
        "paid_minutes_max": 30,
        "introduction": WORDS,
        "questions": (choice(), short()),
        "questions_percent": 50,
        "customer": "Maja",
        "scene": WORDS,
        "turns": (Turn(WORDS, (Rule("tone", WORDS, {"en": ("hello",)}),)),),
        "practice_percent": 50,
    }
    return Qualification(**parts | changes)


def rule(kind: Any, *phrases: str, **more: Any) -> Rule:
    return Rule(kind, {"en": kind}, {"en": phrases} if phrases else {}, **more)


def kept(some: Rule, reply: str, language: str = "en", seconds: float = 0) -> bool:
    return mark_reply(Turn(WORDS, (some,)), reply, language, seconds)[0].kept


@pytest.mark.parametrize(
    ("answers", "right"),
    [
        ({"one": [0, 2], "two": "14 days"}, [True, True]),
        ({"one": [2, 0], "two": "  FOURTEEN. "}, [True, True]),
        ({"one": [0], "two": "Fjorton  dagar"}, [False, True]),
        ({"one": [0, 1, 2], "two": "14"}, [False, False]),
        ({"one": "A", "two": [14]}, [False, False]),
        ({}, [False, False]),
    ],
)
def test_each_question_is_right_or_not(answers: Any, right: list[bool]) -> None:
    marks = mark_answers(qualification(), answers, "sv")
    assert [mark.right for mark in marks] == right
    assert [mark.because for mark in marks] == ["A och C.", "Because."]
    assert questions_passed(qualification(), marks) == (sum(right) >= 1)
    assert questions_passed(qualification(questions_percent=100), marks) == all(right)


@pytest.mark.parametrize(
    ("some", "reply", "as_hoped"),
    [
        (rule("must_mention", "14 days", "two weeks"), "It moves by 14  Days.", True),
        (rule("must_mention", "plan"), "We are planning.", False),
        (rule("must_mention", "plan*"), "We are planning.", True),
        (rule("must_mention", "60 SEK"), "The fee (60 sek) is due.", True),
        (rule("must_not_say", "your fault"), "It is not YOUR FAULT!", False),
        (rule("must_not_say", "your fault"), "It happens.", True),
        (rule("must_ask"), "I see.", False),
        (rule("must_ask"), "I see. When was that?", True),
        (rule("must_ask"), "I see. ?", False),
        (rule("must_ask", "when"), "When you like. How are you?", False),
        (rule("must_ask", "when"), "Hello! When was that? Thanks.", True),
        (rule("tone", "thank*"), "Thanks for telling.", True),
        (rule("time", seconds=60), "", True),
    ],
)
def test_a_reply_keeps_a_rule_or_not(some: Rule, reply: str, as_hoped: bool) -> None:
    assert kept(some, reply) == as_hoped


def test_time_is_measured_and_phrases_are_those_of_the_language() -> None:
    assert kept(rule("time", seconds=60), "Hi", seconds=60)
    assert not kept(rule("time", seconds=60), "Hi", seconds=60.1)
    both = Rule("tone", WORDS, {"en": ("hello",), "sv": ("hej",)})
    assert kept(both, "Hej!", "sv")
    assert not kept(both, "Hello", "sv")
    assert kept(both, "Hello", "it")


@given(st.text(max_size=300))
def test_any_reply_can_be_marked_and_a_ban_is_the_opposite_of_a_must(reply: str) -> None:
    assert kept(rule("must_mention", "plan*"), reply) != kept(rule("must_not_say", "plan*"), reply)


def test_enough_rules_and_every_needed_one_pass_the_practice() -> None:
    turn = Turn(WORDS, (rule("tone", "hello"), rule("must_mention", "plan", needed=True)))
    for reply, passed in (("hello", False), ("plan", True), ("hello plan", True), ("", False)):
        marks = mark_reply(turn, reply, "en", 0)
        assert practice_passed(qualification(), marks) == passed, reply
    half = mark_reply(turn, "plan", "en", 0)
    assert not practice_passed(qualification(practice_percent=100), half)


def test_words_come_in_the_language_or_in_english_or_in_any() -> None:
    assert said({"sv": "ja", "en": "yes"}, "sv") == "ja"
    assert said({"sv": "ja", "en": "yes"}, "it") == "yes"
    assert said({"sv": "ja"}, "it") == "ja"


@pytest.mark.parametrize(
    "make",
    [
        lambda: choice(text={}),
        lambda: choice(text={"en": ""}),
        lambda: choice(text={"en": "x" * 1001}),
        lambda: choice(options=({"en": "A"},)),
        lambda: choice(right=()),
        lambda: choice(right=(3,)),
        lambda: short(accepted={}),
        lambda: short(accepted={"en": ("...",)}),
        lambda: short(accepted={"en": ("x" * 201,)}),
        lambda: short(accepted={"en": ("x",) * 41}),
        lambda: rule("tone"),
        lambda: rule("time"),
        lambda: rule("time", seconds=3601),
        lambda: Turn(WORDS, ()),
        lambda: qualification(level=4),
        lambda: qualification(paid_minutes_max=0),
        lambda: qualification(practice_percent=101),
        lambda: qualification(questions=()),
        lambda: qualification(turns=()),
        lambda: qualification(customer=""),
        lambda: qualification(questions=(choice(), choice())),
        lambda: qualification(questions=(replace(choice(), id=""),)),
    ],
)
def test_what_nobody_could_pass_is_refused_when_it_is_written(make: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        make()


@given(st.lists(st.integers(0, 900), max_size=40), st.integers(1, 60))
def test_training_counts_every_step_breaks_in_part_and_never_more_than_was_said(
    steps_seconds: list[int], paid_minutes: int
) -> None:
    at, counted = NOW, list[Interval]()
    for seconds in steps_seconds:
        now = at + timedelta(seconds=seconds)
        more = interval_until(at, now, counted, paid_minutes)
        if more is not None:
            assert at == more.started_at < more.ended_at <= now
            counted.append(more)
        at = now
    total = sum((each.length for each in counted), timedelta())
    whole = sum(
        (min(timedelta(seconds=each), SILENCE_COUNTED) for each in steps_seconds), timedelta()
    )
    assert total == min(whole, timedelta(minutes=paid_minutes))
    assert all(one.ended_at <= other.started_at for one, other in pairwise(counted))
