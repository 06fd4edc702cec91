"""Each rule of matching by an example a person can check, and what is said about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alltid.agents.session_events import Choices, PausedBy
from alltid.agents.session_state import Session
from alltid.dispatch import matching
from alltid.dispatch.candidates import AvailableAgent, Verdict, WaitingCustomer, available
from alltid.dispatch.explanation import Because, Why
from alltid.dispatch.matching import Matching, match
from alltid.dispatch.policy import Policy
from tests.dispatch.worlds import NOW, agent, ago, customer

POLICY = Policy()


def matched(
    waiting: list[WaitingCustomer], agents: list[AvailableAgent], policy: Policy = POLICY
) -> Matching:
    return match(waiting, agents, policy, NOW)


def pairs(made: Matching) -> list[tuple[str, str]]:
    return sorted((offer.conversation_id, offer.agent_id) for offer in made.offers)


def why(made: Matching, conversation_id: str = "c") -> list[Because]:
    offer = next(each for each in made.offers if each.conversation_id == conversation_id)
    return [each.because for each in made.explanations.why_me(offer)]


def why_not(made: Matching, agent_id: str, conversation_id: str = "c") -> Why:
    reason = made.explanations.why_not_me(conversation_id, agent_id)
    assert reason.sentence.endswith((".", ". "))
    return reason


def test_with_nobody_waiting_or_nobody_there_no_offer_is_made() -> None:
    assert matched([], [agent()]).offers == ()
    made = matched([customer()], [])
    assert made.offers == ()
    assert list(made.explanations.candidates("c")) == []
    assert list(made.explanations.candidates("unknown")) == []
    assert why_not(made, "a").because is Because.NOT_ONLINE


def test_an_offer_stands_for_as_long_as_the_policy_says() -> None:
    (offer,) = matched([customer()], [agent()]).offers
    assert offer.expires_at == NOW + timedelta(seconds=20)


def test_only_who_speaks_the_language_is_asked() -> None:
    made = matched([customer()], [agent("en", "en"), agent("both", "en", "sv")])
    assert pairs(made) == [("c", "both")]
    assert why(made) == [Because.ONLY_ONE]
    assert why_not(made, "en").because is Because.LANGUAGE
    assert why_not(matched([customer(language="fi"), customer("d")], [agent()]), "a").because is (
        Because.LANGUAGE
    )


def test_a_full_agent_is_not_asked() -> None:
    made = matched([customer()], [agent("full", slots=2, load=2)])
    assert made.offers == ()
    assert why_not(made, "full").sentence == "Your slots were all taken: 2 of 2."


@pytest.mark.parametrize(
    ("waited", "level", "verdict"),
    [
        (29, 3, Verdict.FITS),
        (29, 2, Verdict.SKILL),
        (30, 2, Verdict.FITS_RELAXED),
        (59, 1, Verdict.SKILL),
        (60, 1, Verdict.FITS_RELAXED),
        (89, 0, Verdict.SKILL),
        (90, 0, Verdict.FITS_RELAXED),
    ],
)
def test_a_required_skill_relaxes_in_steps(waited: float, level: int, verdict: Verdict) -> None:
    skills = {"fraud": level} if level else {}
    made = matched([customer(waited=waited, skill="fraud", skill_level=3)], [agent(skills=skills)])
    (seen,) = made.explanations.candidates("c")
    assert seen.verdict is verdict
    assert (seen.score_points is None) == (verdict is Verdict.SKILL)
    assert len(made.offers) == (verdict is not Verdict.SKILL)
    if verdict is Verdict.SKILL:
        assert why_not(made, "a").because is Because.SKILL
    else:
        relaxed = verdict is Verdict.FITS_RELAXED
        assert why(made)[0] is (Because.RELAXED if relaxed else Because.SKILLED)


def test_who_declined_it_is_left_in_peace() -> None:
    made = matched([customer(declined={"no": ago(5), "gone": ago(5)})], [agent("no")])
    assert made.offers == ()
    assert why_not(made, "no").because is Because.DECLINED


def test_a_topic_that_an_agent_would_rather_not_take() -> None:
    made = matched([customer(topic="fraud")], [agent("quiet", quiet_topics=frozenset({"fraud"}))])
    assert made.offers == ()
    assert "fraud" in why_not(made, "quiet").sentence


def test_past_the_maximum_age_wishes_and_skills_give_way() -> None:
    late = customer(
        waited=150, topic="fraud", skill="fraud", skill_level=3, declined={"a": ago(121)}
    )
    made = matched([late], [agent(quiet_topics=frozenset({"fraud"}))])
    assert pairs(made) == [("c", "a")]
    assert why(made) == [Because.BY_AGE, Because.ONLY_ONE]
    late = customer(waited=150, declined={"a": ago(119)})
    assert matched([late], [agent()]).offers == ()


def test_who_helped_before_gets_the_first_offer_for_a_bounded_time() -> None:
    agents = [agent("knows", load=1, slots=2, earned_minor=90_000), agent("idle")]
    made = matched([customer(waited=44, helped_before="knows")], agents)
    assert pairs(made) == [("c", "knows")]
    assert why(made) == [Because.HELPED_BEFORE, Because.ONLY_ONE]
    assert why_not(made, "idle").facts == {"seconds": 45}
    after = matched([customer(waited=45, helped_before="knows")], agents)
    assert pairs(after) == [("c", "idle")]
    assert why_not(after, "knows").because is Because.LIGHTER


@pytest.mark.parametrize(
    "helper",
    [
        agent("knows", load=1),
        agent("knows", "en"),
        agent("knows", quiet_topics=frozenset({"fraud"})),
    ],
)
def test_nobody_is_kept_for_someone_who_cannot(helper: AvailableAgent) -> None:
    row = customer(waited=5, helped_before="knows", topic="fraud")
    assert pairs(matched([row], [helper, agent("idle")])) == [("c", "idle")]


def test_who_was_named_at_a_handover_is_asked_first_however_old_the_request() -> None:
    agents = [agent("gave", earned_minor=0), agent("named", earned_minor=90_000), agent("idle")]
    row = customer(waited=900, helped_before="gave", gave="gave", named="named")
    made = matched([replace(row, handed_over=ago(44))], agents)
    assert pairs(made) == [("c", "named")]
    assert why(made) == [Because.NAMED, Because.ONLY_ONE]
    assert why_not(made, "idle").because is Because.KEPT
    assert why_not(made, "gave").because is Because.GAVE


def test_who_handed_it_over_comes_after_all_others_but_still_comes() -> None:
    row = customer(waited=900, helped_before="gave", gave="gave")
    alone = [agent("gave")]
    assert matched([replace(row, handed_over=ago(149))], alone).offers == ()
    assert pairs(matched([replace(row, handed_over=ago(150))], alone)) == [("c", "gave")]
    both = [agent("gave"), agent("idle", load=1, slots=2)]
    assert pairs(matched([replace(row, handed_over=ago(60))], both)) == [("c", "idle")]


def test_a_skill_asked_for_at_a_handover_is_asked_for_however_old_the_request() -> None:
    row = customer(waited=900, skill="fraud", skill_level=1, handed_over=ago(5), gave="gave")
    made = matched([row], [agent("idle"), agent("expert", load=1, slots=2, skills={"fraud": 1})])
    assert pairs(made) == [("c", "expert")]
    assert why_not(made, "idle").because is Because.SKILL


def test_a_handover_keeps_the_place_in_line() -> None:
    old = customer("old", waited=900, handed_over=ago(5), gave="gave")
    made = matched([customer("new", waited=140), old], [agent()])
    assert pairs(made) == [("old", "a")]


def test_nobody_is_kept_for_someone_who_let_it_pass() -> None:
    row = customer(waited=5, helped_before="knows", passed={"knows": 1})
    made = matched([row], [agent("knows"), agent("idle")])
    assert pairs(made) == [("c", "idle")]
    assert why_not(made, "knows").because is Because.PASSED


def test_who_helped_before_still_weighs_after_that_time() -> None:
    rich = agent("knows", earned_minor=90_000)
    made = matched([customer(waited=60, helped_before="knows")], [rich, agent("idle")])
    assert pairs(made) == [("c", "knows")]
    assert why_not(made, "idle").because is Because.CLOSER


def test_the_lightest_load_comes_first_even_before_skill() -> None:
    expert = agent("expert", load=1, slots=3, skills={"fraud": 3})
    made = matched([customer(waited=95, skill="fraud", skill_level=3)], [expert, agent("idle")])
    assert pairs(made) == [("c", "idle")]
    assert Because.LIGHTEST in why(made)


def test_slots_fill_evenly() -> None:
    agents = [agent(name, slots=3) for name in ("x", "y", "z")]
    made = matched([customer(f"c{n}", waited=n) for n in range(6)], agents)
    assert sorted(offer.agent_id for offer in made.offers) == list("xxyyzz")
    assert sorted(offer.load for offer in made.offers) == [0, 0, 0, 1, 1, 1]


def test_within_the_margin_who_earned_least_per_guaranteed_hour_wins() -> None:
    hours = 4 * 3600
    agents = [
        agent("less", earned_minor=120_000, guaranteed_seconds=hours),
        agent("more", earned_minor=130_000, guaranteed_seconds=hours),
        agent("most", earned_minor=99_000, guaranteed_seconds=hours // 2),
    ]
    made = matched([customer()], agents)
    assert pairs(made) == [("c", "less")]
    assert why(made) == [Because.EARNED_LEAST, Because.LONGEST_WAIT]
    assert why_not(made, "more") == Why(Because.EARNED_LESS, {"margin": 1.0})
    # And of several, those who earned least.
    two = matched([customer(), customer("d")], agents)
    assert {offer.agent_id for offer in two.offers} == {"less", "more"}


def test_beyond_the_margin_the_closer_skill_wins() -> None:
    row = customer(skill="fraud", skill_level=1)
    poor, rich = agent("poor", skills={"fraud": 3}), agent("rich", skills={"fraud": 1})
    rich = AvailableAgent(
        agent_id="rich", languages=rich.languages, skills=rich.skills, earned_minor=50_000
    )
    made = matched([row], [poor, rich])
    assert pairs(made) == [("c", "rich")]
    assert why(made) == [Because.SKILLED, Because.LONGEST_WAIT]
    assert why_not(made, "poor").because is Because.CLOSER
    wide = Policy(margin_points=4, load_points=20)
    assert pairs(matched([row], [poor, rich], wide)) == [("c", "poor")]


def test_equals_are_drawn_by_lot_that_favours_nobody() -> None:
    agents = [agent(f"a{number}") for number in range(4)]
    winners = set()
    for second in range(60):
        now = NOW + timedelta(seconds=second)
        (offer,) = match([customer()], agents, POLICY, now).offers
        winners.add(offer.agent_id)
    assert len(winners) == 4


def test_the_oldest_are_served_first_when_there_are_too_few() -> None:
    made = matched([customer("young", 5), customer("old", 50)], [agent()])
    assert pairs(made) == [("old", "a")]
    assert why_not(made, "a", "young") == Why(Because.SLOTS_GIVEN, {"offers": 1})
    assert why(made, "old") == [Because.ONLY_ONE]


def test_a_callback_that_is_due_goes_to_the_top() -> None:
    late = customer("late", 170)
    made = matched([late, customer("booked", 5, callback_due=True)], [agent()])
    assert pairs(made) == [("booked", "a")]


def test_everyone_who_can_be_served_is_served_together() -> None:
    # The older customer would suit either; the younger one needs the agent with English.
    agents = [agent("both", "en", "sv"), agent("sv", earned_minor=500_000, load=1, slots=2)]
    made = matched([customer("older", 60), customer("younger", 5, language="en")], agents)
    assert pairs(made) == [("older", "sv"), ("younger", "both")]
    assert why(made, "older") == [Because.BEST_TOGETHER, Because.LONGEST_WAIT]
    assert why_not(made, "both", "older") == Why(Because.SLOTS_GIVEN, {"offers": 1})


def test_a_second_slot_is_weighed_as_such() -> None:
    skilled = agent("skilled", load=1, slots=2, skills={"fraud": 1}, earned_minor=50_000)
    rows = [customer("older", 20), customer(skill="fraud", skill_level=1, waited=10)]
    made = matched(rows, [skilled, agent("idle", slots=2, skills={"fraud": 3})])
    assert pairs(made) == [("c", "skilled"), ("older", "idle")]
    assert why_not(made, "idle").because is Because.BEST_TOGETHER


def test_near_a_breach_two_are_asked_if_there_is_one_to_spare() -> None:
    agents = [agent("x"), agent("y", earned_minor=1)]
    made = matched([customer(waited=120)], agents)
    assert [(offer.agent_id, offer.doubled) for offer in made.offers] == [
        ("x", False),
        ("y", True),
    ]
    assert made.explanations.why_me(made.offers[1])[0].because is Because.SECOND
    assert why_not(made, "y").because is Because.OFFERED
    assert len(matched([customer(waited=119)], agents).offers) == 1
    # Not while another customer needs that agent.
    shared = matched([customer(waited=120), customer("d", 1)], agents)
    assert [offer.doubled for offer in shared.offers] == [False, False]


def test_an_open_offer_counts_as_the_first_of_two() -> None:
    agents = [agent("x", load=1, slots=2), agent("y")]
    assert matched([customer(waited=20, offered_to=("x", "gone"))], agents).offers == ()
    early = matched([customer(waited=20, offered_to=("x",))], agents)
    assert early.offers == ()
    assert why_not(early, "y").because is Because.NO_OFFER
    assert why_not(early, "x").because is Because.OFFERED
    near = matched([customer(waited=130, offered_to=("x",))], agents)
    assert [(offer.agent_id, offer.doubled) for offer in near.offers] == [("y", True)]


def test_who_let_it_pass_comes_after_the_others_but_still_comes() -> None:
    row = customer(passed={"poor": 1, "gone": 1})
    made = matched([row], [agent("poor"), agent("rich", earned_minor=900_000)])
    assert [offer.agent_id for offer in made.offers] == ["rich"]
    assert why_not(made, "poor").because is Because.PASSED
    assert matched([row], [agent("poor")]).offers[0].agent_id == "poor"


def test_parts_of_the_desk_that_share_no_language_are_solved_apart() -> None:
    agents = [agent("s"), agent("e", "en", "fi"), agent("f", "fi", "de"), agent("mute")]
    agents[3] = AvailableAgent(agent_id="mute", languages=frozenset())
    rows = [customer(), customer("d", language="de"), customer("e", language="en")]
    made = matched(rows, agents)
    assert pairs(made) == [("c", "s"), ("d", "f"), ("e", "e")]
    assert [len(part.rows) for part in made.explanations.rounds] == [2, 1]
    assert why_not(made, "s", "d").because is Because.LANGUAGE


def test_a_round_has_a_bound_and_says_who_comes_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "WAITING_LIMIT", 2)
    monkeypatch.setattr(matching, "AGENTS_LIMIT", 1)
    rows = [customer(f"c{number}", waited=number) for number in range(3)]
    made = matched(rows, [agent("full", load=1), agent("free")])
    assert made.explanations.later == ("c0",)
    assert why_not(made, "free", "c0").because is Because.LATER_ROUND
    assert [offer.agent_id for offer in made.offers] == ["free"]


def test_no_explanation_is_made_up() -> None:
    made = matched([customer()], [agent()])
    (offer,) = made.offers
    other = matched([customer("d")], [agent("b")])
    with pytest.raises(LookupError):
        other.explanations.why_me(offer)
    with pytest.raises(LookupError):
        matched([customer()], [agent("b")]).explanations.why_me(offer)
    assert why_not(made, "a", "unknown").because is Because.NO_OFFER


def test_no_sentence_tells_on_a_colleague() -> None:
    agents = [agent("Sara", earned_minor=123_456), agent("Olle", earned_minor=654_321)]
    made = matched([customer()], agents)
    told = why_not(made, "Olle").sentence
    told += " ".join(each.sentence for each in made.explanations.why_me(made.offers[0]))
    for secret in ("Sara", "123", "654"):
        assert secret not in told


def test_a_session_is_seen_by_matching_as_it_is() -> None:
    choices = Choices(frozenset({"sv"}), {"fraud": 2}, 3, frozenset({"refund"}), no_third_chat=True)
    session = Session(agent_id="a", online=True, choices=choices, chats=frozenset({"c"}))
    seen = available(session, earned_minor=500, guaranteed_seconds=1800)
    assert seen == AvailableAgent(
        agent_id="a",
        languages=frozenset({"sv"}),
        skills={"fraud": 2},
        slots=2,
        load=1,
        quiet_topics=frozenset({"refund"}),
        earned_minor=500,
        guaranteed_seconds=1800,
    )
    assert seen.free == 1
    assert seen.earned_minor_per_hour == 1000
    paused = Session(agent_id="a", online=True, paused=PausedBy.AGENT, choices=choices)
    assert available(paused) is None
