"""How many people a line needs: as queueing theory has it, and never less for more customers."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alltid.dispatch.erlang import SERVERS_LIMIT, Demand, congestion, servers_needed

# Arrivals, service, patience (each a minute), servers; share who wait, mean wait in minutes,
# share who leave. Computed independently of this project, by a birth-death solution and in
# closed form.
ERLANG_A = [
    ((48, 1, 0.5, 50), (0.467774, 0.061824, 0.030912)),
    ((100, 1, 1, 100), (0.513299, 0.039861, 0.039861)),
    ((3, 0.2, 0.1, 15), (0.613580, 0.850058, 0.085006)),
    ((0.5, 0.1, 0.25, 5), (0.466432, 0.850172, 0.212543)),
]
PER_HOUR = 60
DEMANDS = st.builds(
    Demand, st.floats(0.1, 300), st.floats(30, 1_800), st.none() | st.floats(30, 36_000)
)


@pytest.mark.parametrize(("system", "known"), ERLANG_A)
def test_a_line_with_patience_is_as_it_is_known_to_be(
    system: tuple[float, float, float, int], known: tuple[float, float, float]
) -> None:
    arrivals, service, patience, servers = system
    demand = Demand(arrivals * PER_HOUR, 60 / service, 60 / patience)
    found = congestion(demand, servers, 20)
    assert found.p_wait == pytest.approx(known[0], abs=1e-6)
    assert found.mean_wait_seconds / 60 == pytest.approx(known[1], abs=1e-6)
    assert found.p_leave == pytest.approx(known[2], abs=1e-6)
    # Nobody is served in no time but those who don't wait; given for ever, all who stay are.
    assert congestion(demand, servers, 0).in_time == pytest.approx(1 - known[0], abs=1e-6)
    assert congestion(demand, servers, 1e6).in_time == pytest.approx(1 - known[2], abs=1e-6)


def test_a_line_without_patience_is_as_it_is_known_to_be() -> None:
    demand = Demand(200, 180)  # a hundred in half an hour, three minutes each
    found = congestion(demand, 14, 20)
    assert found.p_wait == pytest.approx(0.174132, abs=1e-6)
    assert found.in_time == pytest.approx(0.888350, abs=1e-6)
    assert (servers_needed(demand, 20, 0.88), servers_needed(demand, 20, 0.89)) == (14, 15)
    patient = congestion(Demand(200, 180, 1e9), 14, 20)
    assert patient.in_time == pytest.approx(found.in_time, abs=1e-6)
    assert congestion(demand, 10, 20).mean_wait_seconds == math.inf


@given(DEMANDS, st.integers(1, 400), st.floats(0, 3_600))
@example(Demand(10, 300, 60), 1, 5e-324)
def test_more_servers_never_make_it_worse(demand: Demand, servers: int, within: float) -> None:
    fewer, more = congestion(demand, servers, within), congestion(demand, servers + 1, within)
    for shares in (fewer, more):
        assert 0 <= shares.in_time <= 1
        assert 0 <= shares.p_leave <= 1
        assert 0 <= shares.p_wait <= 1
    assert more.in_time >= fewer.in_time - 1e-9
    assert more.p_leave <= fewer.p_leave + 1e-9
    assert more.mean_wait_seconds <= fewer.mean_wait_seconds * (1 + 1e-9)


@settings(max_examples=50)
@given(DEMANDS, st.floats(1, 600), st.floats(0.5, 0.99))
def test_as_many_as_are_needed_and_not_one_more(
    demand: Demand, within: float, share: float
) -> None:
    needed = servers_needed(demand, within, share)
    assert congestion(demand, needed, within).in_time >= share
    assert congestion(demand, needed - 1, within).in_time < share


@settings(max_examples=40)
@given(DEMANDS, st.floats(1, 10), st.floats(1, 600))
def test_more_customers_never_need_fewer(demand: Demand, times: float, within: float) -> None:
    busier = Demand(
        demand.arrivals_per_hour * times, demand.handle_seconds, demand.patience_seconds
    )
    assert servers_needed(busier, within, 0.9) >= servers_needed(demand, within, 0.9)


def test_nobody_coming_needs_nobody_and_nobody_there_serves_nobody() -> None:
    assert servers_needed(Demand(0, 300), 20, 0.95) == 0
    assert congestion(Demand(0, 300), 0, 20).in_time == 1
    assert congestion(Demand(10, 300, 60), 0, 20).p_leave == 1
    assert congestion(Demand(10, 300), 0, 20).mean_wait_seconds == math.inf


def test_what_no_number_could_hold_is_bounded() -> None:
    flood = congestion(Demand(1e5, 420, 1_800), 1, 180)
    assert flood.p_leave == pytest.approx(1, abs=1e-3)
    assert flood.in_time == pytest.approx(0, abs=1e-3)
    assert servers_needed(Demand(1e9, 3_600), 20, 1.0) == SERVERS_LIMIT
