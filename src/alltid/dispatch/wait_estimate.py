"""How long a customer waits for a person: an honest range, or none.

In a queue with patience (Erlang-A: n agents, each serving at rate mu, each waiting
customer leaving at rate theta), a customer with q people ahead who finds every agent busy
waits for q + 1 departures. The j-th of them comes at rate n*mu + j*theta, so the mean wait
is the sum over j = 0..q of 1 / (n*mu + j*theta), and the variance the sum of the squares
(W. Whitt, "Predicting queueing delays", Management Science 45(6), 1999).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

# Ranges are said in steps that a person would use.
STEPS_SECONDS: Final = (30, 60, 120, 180, 240, 300, 420, 600, 900, 1200, 1800, 2700, 3600)
# Someone free still has to look up and take the conversation.
SOONEST_SECONDS: Final = STEPS_SECONDS[1]
HOUR_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the queue moves: means in seconds.

    `pickup_seconds` is what someone free still needs to look up and accept; `stretch` is by how
    much busy waits turned out longer than the formula has them.
    """

    handle_seconds: float = 420.0
    patience_seconds: float = 1800.0
    pickup_seconds: float = 0.0
    stretch: float = 1.0


@dataclass(frozen=True, slots=True)
class Wait:
    """A range in seconds; about two thirds of the waits should fall within it."""

    low_seconds: int
    high_seconds: int


@dataclass(frozen=True, slots=True)
class Expected:
    """The range to show, and the mean that it was made from."""

    wait: Wait
    mean_seconds: float


def soon(pace: Pace) -> Expected:
    """Return what someone is told for whom a slot is free."""
    # Looking up takes sometimes longer: as with a wait that forgets, the deviation is the mean.
    high = max(SOONEST_SECONDS, _step_up(2 * pace.pickup_seconds))
    return Expected(Wait(0, high), pace.pickup_seconds)


def within(mean: float, deviation: float, pace: Pace) -> Expected:
    """Return the range around a busy line's mean and deviation, at the pace as it turned out."""
    mean, deviation = mean * pace.stretch, deviation * pace.stretch
    shown = _range(mean + pace.pickup_seconds, math.hypot(deviation, pace.pickup_seconds))
    # Nobody is promised less than somebody before them, for whom a slot is free already.
    least = soon(pace).wait.high_seconds
    wait = Wait(shown.low_seconds, max(least, shown.high_seconds))
    return Expected(wait, mean + pace.pickup_seconds)


def estimate(*, ahead: int, online: int, free: int, pace: Pace) -> Wait | None:
    """Estimate the wait of someone with `ahead` people before them.

    Returns None with nobody online: there is nothing honest to say but that.
    `free` counts agents online who have no conversation at all.
    """
    waits = estimates(ahead + 1, online=online, free=free, pace=pace)
    return waits[ahead] if waits else None


def estimates(places: int, *, online: int, free: int, pace: Pace) -> tuple[Wait, ...]:
    """Estimate the wait at each of the first `places` places; nothing with nobody online."""
    if online <= 0:
        return ()
    at_once = [soon(pace).wait] * min(places, free)
    busy = itertools.islice(moments(online, pace), max(0, places - free))
    return (*at_once, *(within(mean, deviation, pace).wait for mean, deviation in busy))


def mean_and_deviation(*, ahead: int, online: int, pace: Pace) -> tuple[float, float]:
    """Return the wait's mean and standard deviation in seconds when every agent is busy."""
    return next(itertools.islice(moments(online, pace), ahead, None))


def moments(online: int, pace: Pace) -> Iterator[tuple[float, float]]:
    """Yield mean and standard deviation in seconds for 0, 1, 2... ahead, every server busy."""
    leave_rate = 1.0 / pace.patience_seconds
    serve_rate = online / pace.handle_seconds
    mean, variance, rate = 0.0, 0.0, serve_rate
    while True:
        mean += 1.0 / rate
        variance += 1.0 / rate**2
        yield mean, math.sqrt(variance)
        rate += leave_rate


def _range(mean: float, deviation: float) -> Wait:
    return Wait(_step_down(max(0.0, mean - deviation)), _step_up(mean + deviation))


def _step_down(seconds: float) -> int:
    if seconds >= STEPS_SECONDS[-1]:
        return int(seconds // HOUR_SECONDS) * HOUR_SECONDS
    return max((step for step in STEPS_SECONDS if step <= seconds), default=0)


def _step_up(seconds: float) -> int:
    if seconds > STEPS_SECONDS[-1]:
        return math.ceil(seconds / HOUR_SECONDS) * HOUR_SECONDS
    return min(step for step in STEPS_SECONDS if step >= seconds)
