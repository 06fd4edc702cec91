"""A rating says how sure it is, says nothing from a few, and never more than the counts do."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.agents.ratings import PRIOR_RATINGS, TELLING_RATINGS, beta_below, rate

counts = st.lists(st.integers(0, 400), min_size=5, max_size=5)
enough = counts.filter(lambda each: sum(each) >= TELLING_RATINGS)


@given(counts, counts)
def test_a_rating_lies_on_the_scale_within_its_interval(own: list[int], desk: list[int]) -> None:
    rating = rate(own, desk)
    assert rating.count == sum(own)
    assert rating.tells == (sum(own) >= TELLING_RATINGS)
    if rating.mean is None or rating.low is None or rating.high is None:
        assert (rating.mean, rating.low, rating.high) == (None, None, None)
        return
    assert 1 <= rating.low < rating.high <= 5
    # A very lopsided Beta can have its mean beyond a 5% quantile of the other side; ours can't.
    assert rating.low <= rating.mean <= rating.high


@given(enough, counts, st.integers(0, 3))
def test_a_better_score_instead_of_a_worse_one_never_lowers_the_rating(
    own: list[int], desk: list[int], score: int
) -> None:
    if own[score] == 0:
        return
    better = list(own)
    better[score] -= 1
    better[score + 1] += 1
    before, after = rate(own, desk).mean, rate(better, desk).mean
    assert before is not None
    assert after is not None
    assert after > before


@given(enough, counts)
def test_the_mean_stands_between_ones_own_and_the_desks(own: list[int], desk: list[int]) -> None:
    mean = rate(own, desk).mean
    assert mean is not None
    raw = sum(score * n for score, n in enumerate(own, 1)) / sum(own)
    prior = sum(score * (n + 1) for score, n in enumerate(desk, 1)) / (sum(desk) + 5)
    assert min(raw, prior) - 1e-9 <= mean <= max(raw, prior) + 1e-9
    # It is the desk's mean worth ten ratings, beside one's own.
    expected = (raw * sum(own) + prior * PRIOR_RATINGS) / (sum(own) + PRIOR_RATINGS)
    assert math.isclose(mean, expected)


@given(enough, counts)
def test_more_of_the_same_makes_it_surer(own: list[int], desk: list[int]) -> None:
    few, many = rate(own, desk), rate([each * 20 for each in own], desk)
    assert few.low is not None
    assert few.high is not None
    assert many.low is not None
    assert many.high is not None
    assert many.high - many.low < few.high - few.low


def test_the_interval_holds_the_mean_of_nine_drawn_posteriors_in_ten() -> None:
    own, desk = [2, 1, 4, 9, 14], [40, 30, 100, 300, 530]
    rating = rate(own, desk)
    assert rating.low is not None
    assert rating.high is not None
    total = sum(each + 1 for each in desk)
    weights = [PRIOR_RATINGS * (d + 1) / total + n for d, n in zip(desk, own, strict=True)]
    source, inside, draws = random.Random(1), 0, 20_000
    for _ in range(draws):
        shares = [source.gammavariate(weight, 1) for weight in weights]
        mean = sum(score * share for score, share in enumerate(shares, 1)) / sum(shares)
        inside += rating.low <= mean <= rating.high
    assert abs(inside / draws - 0.9) < 0.01


@given(st.floats(0.05, 40), st.floats(0.05, 40), st.floats(0, 1))
def test_the_beta_distribution_is_symmetric_and_grows(a: float, b: float, x: float) -> None:
    rest = 1 - x
    x = 1 - rest  # what rounding took from one is taken from the other too: they add up to 1
    below = beta_below(x, a, b)
    assert -1e-12 <= below <= 1 + 1e-12
    assert math.isclose(below + beta_below(rest, b, a), 1, abs_tol=1e-9)
    assert below <= beta_below(min(1.0, x + 0.1), a, b) + 1e-9


@pytest.mark.parametrize(
    ("x", "a", "b", "below"),
    # By hand: the uniform distribution, x squared, and one with a known median.
    [(0.3, 1, 1, 0.3), (0.5, 2, 1, 0.25), (0.5, 7, 7, 0.5), (0.0, 2, 3, 0.0), (1.0, 2, 3, 1.0)],
)
def test_the_beta_distribution_is_the_known_one(x: float, a: float, b: float, below: float) -> None:
    assert math.isclose(beta_below(x, a, b), below, abs_tol=1e-12)


@pytest.mark.parametrize("wrong", [[1, 2, 3, 4], [1, 2, 3, 4, -1], [1] * 6])
def test_counts_that_are_none_are_refused(wrong: list[int]) -> None:
    with pytest.raises(ValueError, match="Five counts"):
        rate(wrong, [0] * 5)
    with pytest.raises(ValueError, match="Five counts"):
        rate([9] * 5, wrong)
