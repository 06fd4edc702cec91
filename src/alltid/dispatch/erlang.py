"""How many people a line needs: Erlang-A (with patience) and Erlang-C (without). Pure.

n servers, each serving at rate mu, customers arriving at rate lambda, each waiting one leaving at
rate theta. Of someone with q ahead, the wait is a sum of exponentials at rates n*mu + j*theta,
j = 0..q. With c = n*mu/theta that is -ln(B)/theta for B ~ Beta(c, q+1), so the share of them who
are served within t is c/(c+q+1) * (1 - I_x(c+1, q+1)) with x = exp(-theta*t), and I is a sum over
q (A. Mandelbaum and S. Zeltyn, "The Palm/Erlang-A queue", 2004, has the same by other means).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

SECONDS_AN_HOUR: Final = 3_600.0
# A desk that needs more people than this at once should be several.
SERVERS_LIMIT: Final = 100_000
# What is left out of the tails of the sums.
_NEGLIGIBLE: Final = 1e-14
_LARGE: Final = 1e100


@dataclass(frozen=True, slots=True)
class Demand:
    """What comes: arrivals an hour, mean service and mean patience in seconds.

    `patience_seconds` of None means that nobody ever leaves (Erlang-C).
    """

    arrivals_per_hour: float
    handle_seconds: float
    patience_seconds: float | None = None

    @property
    def load(self) -> float:
        """Offered load in Erlang: how many servers would be busy if there were enough."""
        return self.arrivals_per_hour * self.handle_seconds / SECONDS_AN_HOUR


@dataclass(frozen=True, slots=True)
class Congestion:
    """What arrivals meet: shares of all of them, the mean wait over all of them in seconds.

    `in_time` is the share of all arrivals who are served within the time asked for.
    """

    p_wait: float
    mean_wait_seconds: float
    p_leave: float
    in_time: float


def congestion(demand: Demand, servers: int, within_seconds: float) -> Congestion:
    """Return the stationary figures of a line with that many servers."""
    if demand.arrivals_per_hour <= 0:
        return Congestion(0.0, 0.0, 0.0, 1.0)
    if servers <= 0:
        return Congestion(1.0, demand.patience_seconds or math.inf, 1.0, 0.0)
    if demand.patience_seconds is None:
        return _erlang_c(demand, servers, within_seconds)
    return _erlang_a(demand, servers, within_seconds, demand.patience_seconds)


def servers_needed(demand: Demand, within_seconds: float, share: float) -> int:
    """Return the fewest servers with which that share is served in time.

    A share of 1 is never reached exactly; all but one in a million counts as all.
    """
    if demand.arrivals_per_hour <= 0:
        return 0
    target = min(share, 1 - 1e-6)
    most = 1
    while congestion(demand, most, within_seconds).in_time < target and most < SERVERS_LIMIT:
        most *= 2
    least = most // 2
    while most - least > 1:
        middle = (least + most) // 2
        if congestion(demand, middle, within_seconds).in_time < target:
            least = middle
        else:
            most = middle
    return min(most, SERVERS_LIMIT)


def _blocking(load: float, servers: int) -> float:
    """Erlang-B by its stable recursion: the share that would find all of n servers busy."""
    inverse = 1.0
    for each in range(1, servers + 1):
        inverse = 1.0 + inverse * each / load
        if inverse > 1 / _NEGLIGIBLE**2:
            return 0.0
    return 1.0 / inverse


def _erlang_c(demand: Demand, servers: int, within_seconds: float) -> Congestion:
    load = demand.load
    if load >= servers:
        return Congestion(1.0, math.inf, 0.0, 0.0)
    blocked = _blocking(load, servers)
    p_wait = blocked / (1 - (load / servers) * (1 - blocked))
    spare = (servers - load) / demand.handle_seconds
    late = p_wait * math.exp(-spare * within_seconds)
    return Congestion(p_wait, p_wait / spare, 0.0, 1 - late)


def _erlang_a(
    demand: Demand, servers: int, within_seconds: float, patience_seconds: float
) -> Congestion:
    arrivals = demand.arrivals_per_hour / SECONDS_AN_HOUR
    serve, leave = servers / demand.handle_seconds, 1.0 / patience_seconds
    ratio = serve / leave
    blocked = _blocking(demand.load, servers)
    # Weights relative to the state in which every server is busy and nobody waits. Far beyond
    # what can be served they grow past any number, so all are scaled down together.
    first, weight, tail, queue, in_time = 1.0, 1.0, 0.0, 0.0, 0.0
    # I_x(c+1, q+1) is a sum of terms, kept as logarithms: the first may be too small to hold.
    log_x = -leave * within_seconds
    # A time too short to count, against the patience, is none.
    log_rest = math.log(-math.expm1(log_x)) if log_x < 0 else -math.inf
    log_term = log_x * (ratio + 1)
    too_late = math.exp(log_term)
    ahead = 0
    # It ends: beyond arrivals / leave, each weight is a smaller share of the one before.
    while weight >= _NEGLIGIBLE * tail or arrivals >= serve + ahead * leave:
        tail += weight
        queue += weight * ahead
        in_time += weight * ratio / (ratio + ahead + 1) * max(0.0, 1.0 - too_late)
        weight *= arrivals / (serve + (ahead + 1) * leave)
        log_term += log_rest + math.log((ratio + 1 + ahead) / (ahead + 1))
        too_late = min(1.0, too_late + math.exp(log_term))
        ahead += 1
        if tail > _LARGE:
            first, weight, tail = first / _LARGE, weight / _LARGE, tail / _LARGE
            queue, in_time = queue / _LARGE, in_time / _LARGE
    # Erlang-B is the state's share were there no line; with one, all states shrink alike.
    all_busy = blocked / ((1 - blocked) * first + blocked * tail)
    mean_queue = all_busy * queue
    return Congestion(
        p_wait=min(1.0, all_busy * tail),
        mean_wait_seconds=mean_queue / arrivals,
        p_leave=mean_queue * leave / arrivals,
        in_time=min(1.0, max(0.0, 1 - all_busy * (tail - in_time))),
    )
