"""What customers' ratings say about an agent, with how sure one can be. Pure.

A few ratings say little, and a raw average of three says it loudly. So the five scores are
counted against what all agents together get: a Dirichlet prior with the desk's own shares of
each score, worth `PRIOR_RATINGS` ratings, updated by the agent's counts (Gelman et al.,
Bayesian Data Analysis, 3rd ed., section 3.4: the multinomial model with its conjugate prior).

    theta | counts ~ Dirichlet(a_k + n_k),   mean score = sum_k k (a_k + n_k) / (a_0 + n)
    var(sum_k k theta_k) = (sum_k k^2 p_k - mean^2) / (a_0 + n + 1)

The mean score of a Dirichlet has no distribution with a name; the 90% interval is that of the
Beta distribution on [1, 5] with the same mean and variance. With fewer than `TELLING_RATINGS`
no figure is given at all. Nothing reads these figures but people: no offer, no pay, no rank.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SCORES: Final = (1, 2, 3, 4, 5)
PRIOR_RATINGS: Final = 10.0
TELLING_RATINGS: Final = 8
CREDIBLE: Final = 0.9
# Where a desk has no ratings yet, each score is as likely as another.
_FLAT: Final = (1.0, 1.0, 1.0, 1.0, 1.0)
_FRACTION_STEPS: Final = 500
_BISECTIONS: Final = 60
_SMALL: Final = 1e-300
_CLOSE: Final = 1e-14


@dataclass(frozen=True, slots=True)
class Rating:
    """An agent's rating: how many, and with enough of them the mean and its 90% interval."""

    count: int
    mean: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def tells(self) -> bool:
        """Whether there are enough ratings to say anything."""
        return self.mean is not None


def rate(counts: Sequence[int], everybodys: Sequence[int]) -> Rating:
    """Return the rating of an agent with `counts` of the scores 1 to 5.

    `everybodys` are the counts of the whole desk. Raises ValueError for other than five
    counts or a negative one.
    """
    for each in (counts, everybodys):
        if len(each) != len(SCORES) or min(each) < 0:
            raise ValueError("Five counts are needed, none below zero.")
    count = sum(counts)
    if count < TELLING_RATINGS:
        return Rating(count)
    weights = [a + n for a, n in zip(_prior(everybodys), (float(n) for n in counts), strict=True)]
    total = sum(weights)
    shares = [weight / total for weight in weights]
    mean = sum(score * share for score, share in zip(SCORES, shares, strict=True))
    squares = sum(score * score * share for score, share in zip(SCORES, shares, strict=True))
    variance = (squares - mean * mean) / (total + 1)
    low, high = _interval(mean, variance)
    return Rating(count, mean, low, high)


def _prior(everybodys: Sequence[int]) -> list[float]:
    # One of each score more: no score is impossible only because nobody has given it yet.
    seen = [extra + n for extra, n in zip(_FLAT, everybodys, strict=True)]
    total = sum(seen)
    return [PRIOR_RATINGS * each / total for each in seen]


def _interval(mean: float, variance: float) -> tuple[float, float]:
    first, last = SCORES[0], SCORES[-1]
    width = last - first
    share = (mean - first) / width
    # The prior leaves weight on every score, so the mean lies inside and the spread is below
    # that of a coin between the ends: both parameters are above zero.
    spread = share * (1 - share) / (variance / width**2) - 1
    a, b = share * spread, (1 - share) * spread
    tail = (1 - CREDIBLE) / 2
    return (
        first + width * _beta_quantile(tail, a, b),
        first + width * _beta_quantile(1 - tail, a, b),
    )


def _beta_quantile(probability: float, a: float, b: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if beta_below(middle, a, b) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def beta_below(x: float, a: float, b: float) -> float:
    """Return the probability that a Beta(a, b) is below `x`, for 0 <= x <= 1.

    The continued fraction of the incomplete beta function (NIST Digital Library of
    Mathematical Functions, 8.17.22), evaluated by the modified Lentz method.
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_below(1 - x, b, a)
    log_front = (
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    return math.exp(log_front) / a / _fraction(x, a, b)


def _fraction(x: float, a: float, b: float) -> float:
    value, above, below, change, step = 1.0, 1.0, 0.0, 0.0, 0
    while abs(change - 1) >= _CLOSE and step < _FRACTION_STEPS:
        step += 1
        half = step // 2
        if step % 2:
            term = -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1))
        else:
            term = half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half))
        below = 1 / _not_zero(1 + term * below)
        above = _not_zero(1 + term / above)
        change = above * below
        value *= change
    return value


def _not_zero(value: float) -> float:
    return math.copysign(max(abs(value), _SMALL), value)
