from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.assistant.dialogue.commands import Because
from alltid.assistant.dialogue.handoff_policy import (
    CLOCKED,
    GRAVEST_FIRST,
    NOTHING,
    TABLE,
    VULNERABLE,
    Rules,
    Situation,
    Verdict,
    decide,
)
from alltid.assistant.wording import wordings

ROWS = {
    "self_harm": Situation(signals=(Because.SELF_HARM,)),
    "asked_for_person": Situation(asked=True),
    "coercion": Situation(signals=(Because.COERCION, Because.FRAUD)),
    "threat": Situation(signals=(Because.THREAT,)),
    "fraud": Situation(signals=(Because.FRAUD,)),
    "vulnerability": Situation(signals=(Because.BEREAVEMENT,)),
    "dispute": Situation(signals=(Because.DISPUTE,)),
    "legal_right": Situation(signals=(Because.LEGAL_RIGHT,)),
    "complaint": Situation(signals=(Because.COMPLAINT,)),
    "playbook_rule": Situation(rule=(Because.DEBT, "payments")),
    "action_unknown": Situation(action_unknown=True),
    "tool_failed_twice": Situation(tool_failures=2),
    "tool_failed": Situation(tool_failures=1),
    "guard_refused_twice": Situation(guard_refusals=2),
    "model_failed_twice": Situation(model_failures=2),
    "same_problem_twice": Situation(same_problem=2),
    "unsure_about_money_again": Situation(unsure_about_money=True, misses=1),
    "two_failed_clarifications": Situation(misses=2),
    "low_confidence_money": Situation(unsure_about_money=True),
    "unanswered_in_row": Situation(unanswered=3),
}
ACTS = {row: act for row, _fits, act in TABLE}
situations = st.builds(
    Situation,
    asked=st.booleans(),
    signals=st.lists(st.sampled_from(GRAVEST_FIRST), unique=True, max_size=4).map(
        lambda those: tuple(each for each in GRAVEST_FIRST if each in those)
    ),
    begun=st.frozensets(st.sampled_from(GRAVEST_FIRST), max_size=3),
    rule=st.none() | st.tuples(st.sampled_from(Because), st.none() | st.just("payments")),
    same_problem=st.integers(0, 3),
    misses=st.integers(0, 3),
    unsure_about_money=st.booleans(),
    guard_refusals=st.integers(0, 3),
    model_failures=st.integers(0, 3),
    tool_failures=st.integers(0, 3),
    action_unknown=st.booleans(),
    unanswered=st.integers(0, 3),
    waiting=st.booleans(),
    offered=st.booleans(),
)


def test_every_row_has_a_case() -> None:
    assert set(ROWS) == set(ACTS)


@pytest.mark.parametrize("row", ROWS)
def test_each_row_decides_what_it_says(row: str) -> None:
    verdict = decide(ROWS[row])
    assert (verdict.row, verdict.act) == (row, ACTS[row])


def test_nothing_is_done_about_nothing() -> None:
    assert decide(Situation()) == NOTHING


@pytest.mark.parametrize("row", [row for row, act in ACTS.items() if act == "offer"])
def test_an_offer_is_made_once_and_is_a_handover_the_next_time(row: str) -> None:
    assert decide(ROWS[row]).follows == "offers_person"
    assert decide(replace(ROWS[row], offered=True)).act == "hand_over"


def test_the_company_may_raise_an_offer_and_name_skills_and_days() -> None:
    rules = Rules(
        skills={Because.SAME_PROBLEM: "payments", Because.COMPLAINT: "complaints"},
        days={Because.COMPLAINT: 15},
        at_once=frozenset({Because.SAME_PROBLEM}),
    )
    raised = decide(ROWS["same_problem_twice"], rules)
    assert (raised.act, raised.skill) == ("hand_over", "payments")
    complaint = decide(ROWS["complaint"], rules)
    assert (complaint.skill, complaint.starts_clock, complaint.days) == ("complaints", True, 15)


def test_a_playbooks_rule_names_its_own_skill_and_starts_no_clock_of_ours() -> None:
    rules = Rules(skills={Because.COMPLAINT: "complaints"}, days={Because.COMPLAINT: 15})
    verdict = decide(Situation(rule=(Because.COMPLAINT, "payments")), rules)
    assert (verdict.skill, verdict.starts_clock, verdict.days) == ("payments", False, None)
    assert decide(Situation(rule=(Because.COMPLAINT, None)), rules).skill == "complaints"


def test_a_procedure_that_cares_for_it_goes_first_but_never_before_self_harm() -> None:
    begun = frozenset({Because.DEBT, Because.SELF_HARM})
    assert decide(Situation(signals=(Because.DEBT,), begun=begun)) == NOTHING
    assert decide(Situation(signals=(Because.SELF_HARM,), begun=begun)).row == "self_harm"
    both = Situation(signals=(Because.BEREAVEMENT, Because.DEBT), begun=begun)
    assert decide(both).because is Because.BEREAVEMENT


@pytest.mark.parametrize("row", ROWS)
def test_who_waits_is_not_handed_over_again_and_hears_the_reason_all_the_same(row: str) -> None:
    alone, beside = decide(ROWS[row]), decide(replace(ROWS[row], waiting=True))
    if alone.act == "clarify":
        assert beside == alone
        return
    assert (beside.act, beside.follows) == ("none", "stays_in_line")
    assert (beside.row, beside.wording) == (alone.row, alone.wording)


@given(situations)
def test_what_needs_a_person_always_goes_to_one(now: Situation) -> None:
    verdict = decide(now)
    unheeded = [each for each in now.signals if each not in now.begun]
    if Because.SELF_HARM in now.signals:
        assert verdict.because is Because.SELF_HARM
    if now.asked or unheeded or now.action_unknown or now.rule:
        assert verdict.act == ("none" if now.waiting else "hand_over")
        assert verdict.because is not None
    if now.waiting:
        assert verdict.act in {"none", "clarify"}


@given(situations, st.booleans())
def test_no_rule_of_the_company_makes_less_of_it(now: Situation, every: bool) -> None:
    order = ["none", "clarify", "offer", "hand_over"]
    rules = Rules(at_once=frozenset(Because) if every else frozenset({Because.NOT_UNDERSTOOD}))
    assert order.index(decide(now, rules).act) >= order.index(decide(now).act)
    assert decide(now, rules).row == decide(now).row


def _sentences(verdict: Verdict) -> list[str]:
    named = [verdict.wording, verdict.follows, verdict.starts_clock and "clock_date"]
    return [name for name in named if isinstance(name, str)]


@given(situations)
def test_there_are_words_for_each_verdict_in_every_language(now: Situation) -> None:
    for each in wordings().values():
        for name in _sentences(decide(now)):
            assert each.sentences[name].strip()


def test_every_signal_is_vulnerable_or_starts_a_clock_or_is_the_gravest() -> None:
    assert set(GRAVEST_FIRST) == VULNERABLE | CLOCKED | {Because.SELF_HARM}
