"""The wait that is told, against waits that happen in a simulated queue.

The queue (Erlang-A: 3 arrivals a minute, 15 agents at 0.2 a minute, patience rate 0.1) and the
four errors compared with were computed independently of this project. They are root mean squared
errors in minutes: a constant errs by 1.204, which is what is left when nothing is known.
"""

from __future__ import annotations

import heapq
import math
import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from alltid.dispatch.wait_estimate import Pace, mean_and_deviation

ARRIVALS, SERVICE, PATIENCE, AGENTS = 3.0, 0.2, 0.1, 15
PACE = Pace(handle_seconds=60 / SERVICE, patience_seconds=60 / PATIENCE)


@dataclass(slots=True)
class Arrival:
    """A customer who found every agent busy, with what was known then. Times in minutes."""

    at: float
    leaves_at: float
    ahead: int
    head_waited: float
    last_waited: float
    waited: float = math.nan


@dataclass(slots=True)
class Line:
    """First come, first served. Those who lost patience stay as shadows, to learn their wait."""

    chance: random.Random
    ends: list[float] = field(default_factory=list)
    line: deque[Arrival] = field(default_factory=deque)
    last_waited: float = 0.0

    def arrivals(self, count: int) -> Iterator[Arrival]:
        now = 0.0
        for _ in range(count):
            now += self.chance.expovariate(ARRIVALS)
            yield from self._serve_until(now)
            if len(self.ends) < AGENTS:
                heapq.heappush(self.ends, now + self.chance.expovariate(SERVICE))
                continue
            patient = [each for each in self.line if each.leaves_at > now]
            head_waited = now - patient[0].at if patient else 0.0
            leaves_at = now + self.chance.expovariate(PATIENCE)
            self.line.append(Arrival(now, leaves_at, len(patient), head_waited, self.last_waited))

    def _serve_until(self, now: float) -> Iterator[Arrival]:
        while self.ends and self.ends[0] <= now:
            free_at = heapq.heappop(self.ends)
            while self.line:
                first = self.line.popleft()
                first.waited = free_at - first.at
                yield first
                if first.leaves_at > free_at:
                    self.last_waited = first.waited
                    heapq.heappush(self.ends, free_at + self.chance.expovariate(SERVICE))
                    break


def errors(seed: int, count: int) -> dict[str, float]:
    """Return each estimator's root mean squared error in minutes."""
    known = [mean_and_deviation(ahead=q, online=AGENTS, pace=PACE)[0] / 60 for q in range(200)]
    seen = list(Line(random.Random(seed)).arrivals(count))
    mean = math.fsum(each.waited for each in seen) / len(seen)
    guesses = {
        "ours": [known[each.ahead] for each in seen],
        "head of line": [each.head_waited for each in seen],
        "last to enter service": [each.last_waited for each in seen],
        "constant": [mean for _ in seen],
    }
    return {
        name: math.sqrt(
            math.fsum((guess - each.waited) ** 2 for guess, each in zip(row, seen, strict=True))
            / len(seen)
        )
        for name, row in guesses.items()
    }


def test_the_estimate_errs_as_little_as_can_be() -> None:
    found = errors(seed=1, count=120_000)
    assert found["ours"] == pytest.approx(0.690, rel=0.03)
    assert found["head of line"] == pytest.approx(0.979, rel=0.05)
    assert found["last to enter service"] == pytest.approx(1.045, rel=0.05)
    assert found["constant"] == pytest.approx(1.204, rel=0.05)
    assert found["ours"] < 0.8 * found["head of line"]
