"""What is stored of a round tells exactly what the round itself told."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from alltid.dispatch.explanation_record import Written, pack, unpack
from alltid.dispatch.matching import match
from alltid.dispatch.policy import Policy
from tests.dispatch.worlds import NOW, World, agent, customer, worlds


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_nothing_is_lost(world: World) -> None:
    told = match(world.waiting, world.agents, world.policy, NOW).explanations
    again = unpack(pack(replace(told, later=("l",))))
    assert (again.policy, again.at, again.later) == (told.policy, told.at, ("l",))
    assert again.offers == told.offers
    for left, right in zip(told.rounds, again.rounds, strict=True):
        assert (left.rows, left.agents) == (right.rows, right.agents)
        assert np.array_equal(left.verdicts, right.verdicts)
        assert np.array_equal(left.scores, right.scores)
        assert np.array_equal(left.fairness, right.fairness)
    for row in world.waiting:
        name = row.conversation_id
        assert list(again.candidates(name)) == list(told.candidates(name))
        for each in world.agents:
            here = told.why_not_me(name, each.agent_id)
            assert again.why_not_me(name, each.agent_id) == here
            assert here.sentence
    for offer in told.offers:
        assert again.why_me(offer) == told.why_me(offer)
        assert told.why_me(offer)


def test_what_was_written_before_is_the_same_as_written_anew() -> None:
    written = Written()
    crowd = [agent(agent_id=f"a{number}") for number in range(9)]
    for agents in (crowd, crowd, [replace(crowd[0], load=1), *crowd[1:3]], crowd):
        told = match([customer()], agents, Policy(), NOW).explanations
        assert pack(told, written) == pack(told)


def test_what_is_no_record_is_refused() -> None:
    with pytest.raises(ValueError, match="no record"):
        unpack(b"something else")


@pytest.mark.parametrize("change", [{"format": 2}, {"policy": {"offer_seconds": 30}}])
def test_a_record_that_was_changed_is_refused(change: dict[str, object]) -> None:
    raw = zlib.decompress(pack(match([customer()], [agent()], Policy(), NOW).explanations))
    length = int.from_bytes(raw[:4], "big")
    head = json.dumps(json.loads(raw[4 : 4 + length]) | change).encode()
    changed = zlib.compress(len(head).to_bytes(4, "big") + head + raw[4 + length :])
    with pytest.raises(ValueError, match="other rules"):
        unpack(changed)
