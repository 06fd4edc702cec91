"""A policy is content with a name of its own, and cannot be made to break a promise."""

from __future__ import annotations

from typing import Any

import pytest

from alltid.dispatch.policy import Policy, SkillStep
from alltid.kernel.refusal import Refused


def test_the_default_keeps_every_promise_and_survives_storage() -> None:
    policy = Policy()
    assert Policy.from_content(policy.content()) == policy
    assert Policy.from_content({}).id == policy.id


def test_its_id_is_its_content() -> None:
    assert Policy(offer_seconds=25).id == Policy(offer_seconds=25).id
    assert Policy(offer_seconds=25).id != Policy().id
    assert len(Policy().id) == 16


def test_skills_relax_by_the_clock() -> None:
    steps = [Policy().levels_lower(seconds) for seconds in (0, 29.9, 30, 60, 89, 90, 10_000)]
    assert steps == [0, 0, 1, 2, 2, 3, 3]


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"maximum_age_seconds": 181}, "past the 180 s promised"),
    ({"maximum_age_seconds": 0, "continuity_seconds": 0}, "must be positive"),
    ({"service_level_seconds": 5}, "service level must lie"),
    ({"service_level_seconds": 3601}, "service level must lie"),
    ({"service_level_share": 0}, "share within"),
    ({"service_level_share": 1.1}, "share within"),
    ({"double_offer_after_seconds": 181}, "before the service level is missed"),
    ({"double_offer_after_seconds": -1}, "before the service level is missed"),
    ({"offer_seconds": 9}, "would not be a free choice (P6)"),
    ({"offer_seconds": 121}, "An offer must stand"),
    ({"continuity_seconds": 151}, "nobody is kept for one person"),
    ({"ask_again_seconds": 19}, "left in peace"),
    ({"ask_again_seconds": 3601}, "could be stranded"),
    ({"skill_steps": []}, "accept everyone"),
    ({"skill_steps": [[30, 2]]}, "accept everyone"),
    ({"skill_steps": [[151, 3]]}, "wait for a rare skill"),
    ({"skill_steps": [[60, 1], [30, 3]]}, "must come later"),
    ({"skill_steps": [[30, 3], [60, 2]]}, "must come later"),
    ({"skill_steps": [[-1, 3]]}, "must come later"),
    ({"skill_steps": [[n, n] for n in range(11)]}, "at most 10 steps"),
    ({"wait_points": 0}, "Waiting must weigh something"),
    ({"wait_points": 101}, "wait_points"),
    ({"skill_points": float("nan")}, "skill_points"),
    ({"wait_exponent": 0.5}, "convex"),
    ({"wait_exponent": 5}, "convex"),
    ({"load_points": 5}, "lightest load would not come first"),
    ({"acceptance_by_load": [0.9, 0.8]}, "needs 3 probabilities"),
    ({"acceptance_by_load": [0.7, 0.8, 0.9]}, "don't grow"),
    ({"acceptance_by_load": [0.7, 0.5, 0]}, "above 0"),
    ({"passed_points": -1}, "passed_points"),
    ({"decline_penalty": 1}, "costs an agent nothing"),
    ({"acceptance_rate_weight": 1}, "there never will be"),
    ({"Idle_Points": 1}, "there never will be"),
    ({"colour": "blue"}, "no setting “colour”"),
    ({"offer_seconds": "20"}, "can't be '20'"),
    ({"offer_seconds": True}, "can't be True"),
    ({"wait_points": None}, "can't be None"),
    ({"wait_points": False}, "can't be False"),
    ({"acceptance_by_load": 1}, "can't be 1"),
    ({"skill_steps": [[30, 1, 2]]}, "skill_steps"),
    ({"skill_steps": [[30.5, 1]]}, "skill_steps"),
]


@pytest.mark.parametrize(("content", "why"), BROKEN)
def test_a_policy_that_would_break_a_promise_is_refused_with_the_reason(
    content: dict[str, Any], why: str
) -> None:
    with pytest.raises(Refused) as refused:
        Policy.from_content(content)
    assert refused.value.code == "policy_refused"
    assert why in refused.value.message


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(Refused, match=r"P6.*P1"):
        Policy(offer_seconds=1, skill_steps=(SkillStep(30, 1),))


def test_there_is_nothing_to_rank_people_with() -> None:
    # passed_points and acceptance_by_load are of the moment and of one conversation.
    names = set(Policy().content())
    assert not {name for name in names if "declin" in name or "miss" in name or "idle" in name}
