"""The wait that customers are told: never invented, never shorter further back, and right.

Right means: as the theory of queues with patience has it. The figures compared with were
computed independently of this project, by a birth-death solution and in closed form.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.conversations.promises import wait_is_honest
from alltid.dispatch.queue import Line, Waiting
from alltid.dispatch.wait_estimate import (
    STEPS_SECONDS,
    Pace,
    Wait,
    estimate,
    estimates,
    mean_and_deviation,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PACES = st.builds(Pace, st.floats(1, 7200), st.floats(1, 7200))
# Arrivals, service, patience (each a minute), agents; then what is known of that system.
ERLANG_A = [
    # p_wait, mean wait in minutes over all arrivals, share who leave
    ((48, 1, 0.5, 50), (0.467774, 0.061824, 0.030912)),
    ((100, 1, 1, 100), (0.513299, 0.039861, 0.039861)),
    ((3, 0.2, 0.1, 15), (0.613580, 0.850058, 0.085006)),
    ((0.5, 0.1, 0.25, 5), (0.466432, 0.850172, 0.212543)),
]


@given(st.integers(0, 500), st.integers(-3, 0), st.integers(0, 3), PACES)
def test_with_nobody_online_nothing_is_promised(
    ahead: int, online: int, free: int, pace: Pace
) -> None:
    shown = estimate(ahead=ahead, online=online, free=free, pace=pace)
    assert shown is None
    assert wait_is_honest(online=online, shown=shown) is None


@given(st.integers(0, 300), st.integers(1, 200), st.integers(0, 200), PACES)
def test_with_somebody_online_there_is_a_range_a_person_would_say(
    ahead: int, online: int, free: int, pace: Pace
) -> None:
    wait = estimate(ahead=ahead, online=online, free=min(free, online), pace=pace)
    assert wait is not None
    assert 0 <= wait.low_seconds < wait.high_seconds
    for seconds in (wait.low_seconds, wait.high_seconds):
        assert seconds == 0 or seconds in STEPS_SECONDS or seconds % 3600 == 0


@given(st.integers(0, 300), st.integers(1, 200), PACES)
def test_the_range_holds_the_mean(ahead: int, online: int, pace: Pace) -> None:
    wait = estimate(ahead=ahead, online=online, free=0, pace=pace)
    mean, deviation = mean_and_deviation(ahead=ahead, online=online, pace=pace)
    assert wait is not None
    assert wait.low_seconds <= mean <= wait.high_seconds
    assert wait.high_seconds >= mean + deviation


@given(st.integers(1, 60), st.integers(0, 60), PACES)
def test_nobody_further_back_is_promised_less(online: int, free: int, pace: Pace) -> None:
    free = min(free, online)
    waits = [estimate(ahead=each, online=online, free=free, pace=pace) for each in range(80)]
    for nearer, further in pairwise(waits):
        assert nearer is not None
        assert further is not None
        assert nearer.low_seconds <= further.low_seconds
        assert nearer.high_seconds <= further.high_seconds


@given(st.integers(0, 80), st.integers(1, 60), PACES)
def test_more_agents_never_mean_a_longer_wait(ahead: int, online: int, pace: Pace) -> None:
    fewer = estimate(ahead=ahead, online=online, free=0, pace=pace)
    more = estimate(ahead=ahead, online=online + 1, free=0, pace=pace)
    assert fewer is not None
    assert more is not None
    assert more.low_seconds <= fewer.low_seconds
    assert more.high_seconds <= fewer.high_seconds


def test_whoever_finds_an_agent_free_waits_for_a_tap_alone() -> None:
    assert estimate(ahead=0, online=2, free=1, pace=Pace()) == Wait(0, 60)


def test_a_very_long_wait_is_said_in_hours() -> None:
    # Nobody loses patience, one agent, an hour each: ten hours and more.
    slow = Pace(handle_seconds=3600, patience_seconds=1e9)
    wait = estimate(ahead=10, online=1, free=0, pace=slow)
    assert wait == Wait(7 * 3600, 15 * 3600)


@pytest.mark.parametrize(("system", "known"), ERLANG_A)
def test_over_a_whole_queue_the_mean_wait_is_the_known_one(
    system: tuple[float, float, float, int], known: tuple[float, float, float]
) -> None:
    arrivals, _, patience, _ = system
    p_wait, mean_wait, p_leave = known
    found = list(_offered(*system))
    assert math.fsum(share for share, _, _ in found) == pytest.approx(p_wait, abs=2e-6)
    # By Little's law the queue's mean length tells the mean wait, and who leaves.
    queue = math.fsum(share * ahead for ahead, (share, _, _) in enumerate(found))
    assert queue / arrivals == pytest.approx(mean_wait, abs=2e-6)
    assert patience * queue / arrivals == pytest.approx(p_leave, abs=2e-6)
    # The formula is for one who would stay; of those with q ahead this share loses patience.
    _, service, _, agents = system
    rates = [agents * service + place * patience for place in range(len(found) + 1)]
    stay = [math.prod(rates[q] / rates[q + 1] for q in range(ahead + 1)) for ahead in range(200)]
    leaves = math.fsum(share * (1 - stay[ahead]) for ahead, (share, _, _) in enumerate(found[:200]))
    assert leaves == pytest.approx(p_leave, abs=2e-6)
    # Jensen: the mean wait bounds how many stay, and closely so while waits are short.
    for ahead, (_, mean, _) in enumerate(found[:20]):
        assert math.exp(-patience * mean) <= stay[ahead] <= 1


def test_no_estimator_on_the_same_state_errs_less() -> None:
    # Root mean squared errors in minutes, of the conditional mean and of one fixed figure.
    found = list(_offered(3, 0.2, 0.1, 15))
    waiting = math.fsum(share for share, _, _ in found)
    left_over = math.fsum(share * deviation**2 for share, _, deviation in found) / waiting
    assert math.sqrt(left_over) == pytest.approx(0.690, abs=5e-4)
    mean = math.fsum(share * mean for share, mean, _ in found) / waiting
    told_apart = math.fsum(share * (each - mean) ** 2 for share, each, _ in found) / waiting
    assert math.sqrt(left_over + told_apart) == pytest.approx(1.204, abs=5e-4)


def _offered(
    arrivals: float, service: float, patience: float, agents: int
) -> Iterator[tuple[float, float, float]]:
    """Yield for 0, 1, 2... ahead: how often an arrival finds that, and its wait in minutes."""
    pace = Pace(60 / service, 60 / patience)
    weights = [1.0]
    for present in range(1, agents + 400):
        leaving = min(present, agents) * service + max(0, present - agents) * patience
        weights.append(weights[-1] * arrivals / leaving)
    total = math.fsum(weights)
    for ahead, weight in enumerate(weights[agents:]):
        mean, deviation = mean_and_deviation(ahead=ahead, online=agents, pace=pace)
        yield weight / total, mean / 60, deviation / 60


@given(st.integers(0, 60), st.integers(-1, 40), st.integers(0, 40), PACES)
def test_a_whole_line_is_told_what_each_would_be_told(
    places: int, online: int, free: int, pace: Pace
) -> None:
    free = max(0, min(free, online))
    waits = estimates(places, online=online, free=free, pace=pace)
    alone = [estimate(ahead=each, online=online, free=free, pace=pace) for each in range(places)]
    assert list(waits) == (alone if online > 0 else [])


def test_a_line_tells_places_and_honest_waits() -> None:
    assert Line().wait_at(1) is None
    waiting = Waiting("her", 1, NOON, "button", "sv")
    line = Line((waiting,), 1, 1, Pace(), {"her": waiting}, (Wait(0, 60),))
    assert line.wait_at(1) == Wait(0, 60)
