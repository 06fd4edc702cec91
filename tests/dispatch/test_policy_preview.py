"""What another policy would have changed, in recorded rounds or in a made-up desk."""

from __future__ import annotations

from dataclasses import replace

from alltid.dispatch import policy_preview
from alltid.dispatch.matching import match
from alltid.dispatch.policy import Policy
from alltid.dispatch.policy_preview import Scene, preview, sample, scene_of
from tests.dispatch.worlds import NOW, agent, customer

USUAL = Policy()


def scene(*waits: float, agents: int = 2) -> Scene:
    rows = tuple(customer(f"c{n}", wait) for n, wait in enumerate(waits))
    return Scene(rows, tuple(agent(f"a{n}") for n in range(agents)), USUAL, NOW)


def test_the_same_policy_changes_nothing() -> None:
    for told in (preview([scene(10, 50)], USUAL, USUAL), preview([], USUAL, USUAL)):
        assert told.offers_before == told.offers_after == told.same + told.doubled_after
        assert told.other_agent == told.only_before == told.only_after == 0
        assert told.examples == []


def test_a_recorded_round_is_looked_at_again_as_it_was() -> None:
    wanted = scene(10, 50)
    explained = match(wanted.waiting, wanted.agents, USUAL, NOW).explanations
    again = scene_of(explained)
    assert {row.conversation_id for row in again.waiting} == {"c0", "c1"}
    assert {each.agent_id for each in again.agents} == {"a0", "a1"}
    assert (again.policy, again.at) == (USUAL, NOW)
    assert preview([again], USUAL, USUAL).source == "recorded"


def test_second_offers_and_skills_that_relax_sooner_are_counted() -> None:
    early = replace(USUAL, double_offer_after_seconds=0)
    told = preview([scene(10, agents=3)], early, USUAL)
    assert (told.doubled_before, told.doubled_after) == (0, 1)
    skilled = customer("c", 25, skill="fraud", skill_level=1)
    strict = Scene((skilled,), (agent("a"),), USUAL, NOW)
    sooner = Policy.from_content({"skill_steps": [[5, 1], [6, 2], [7, 3]]})
    told = preview([strict], sooner, USUAL)
    assert (told.only_after, told.relaxed_after) == (1, 1)
    assert told.examples[0]["after"] == "a"
    later = Scene((skilled,), (agent("a"),), sooner, NOW)
    told = preview([later], USUAL, sooner)
    assert (told.only_before, told.examples[0]["before"]) == (1, "a")


def test_another_person_is_another_person() -> None:
    known = customer("c", 5, helped_before="b")
    helped = Scene((known,), (agent("a", earned_minor=0), agent("b", load=1, slots=3)), USUAL, NOW)
    told = preview([helped], replace(USUAL, continuity_seconds=0, continuity_points=0.0), USUAL)
    assert told.other_agent == 1
    assert (told.examples[0]["before"], told.examples[0]["after"]) == ("b", "a")


def test_a_made_up_desk_stands_in_where_nothing_was_recorded() -> None:
    told = preview([], replace(USUAL, double_offer_after_seconds=0), USUAL)
    assert (told.source, told.scenes) == ("sample", len(sample(USUAL)))
    assert told.doubled_after > told.doubled_before
    assert sample(USUAL) == sample(USUAL)


def test_examples_are_few_and_a_huge_round_is_left_out() -> None:
    rows = [5.0] * 20
    many = Scene(
        tuple(customer(f"c{n}", wait, skill="fraud", skill_level=1) for n, wait in enumerate(rows)),
        tuple(agent(f"a{n}") for n in range(20)),
        USUAL,
        NOW,
    )
    sooner = Policy.from_content({"skill_steps": [[1, 1], [2, 2], [3, 3]]})
    assert len(preview([many], sooner, USUAL).examples) == policy_preview.EXAMPLES_SHOWN
    pairs = policy_preview.PAIRS_LIMIT
    huge = Scene(many.waiting * (pairs // 400 + 1), many.agents, USUAL, NOW)
    assert preview([huge], sooner, USUAL).source == "sample"
