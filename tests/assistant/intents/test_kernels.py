from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alltid.assistant.intents import kernels
from alltid.assistant.intents.calibration import (
    Calibration,
    expected_calibration_error,
    fitted,
)
from alltid.assistant.intents.words import Postings, Vocabulary, plain


@pytest.mark.parametrize("size", [5, 40, 100])
def test_blocks_solve_what_the_whole_would(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "_BLOCK", 16)
    rng = np.random.default_rng(size)
    rows = kernels.units(rng.standard_normal((size, 8)).astype(np.float32))
    targets = rng.standard_normal((size, 3)).astype(np.float32)
    kernel = kernels.gaussian(rows @ rows.T)
    whole = kernel.astype(np.float64) + np.eye(size) * kernels.RIDGE
    weights, left_out = kernels.solve(kernel.copy(), targets, lambda _: None)
    assert np.allclose(weights, np.linalg.solve(whole, targets), atol=1e-3)
    for number in (0, size // 2, size - 1):
        others = np.delete(np.arange(size), number)
        alone = np.linalg.solve(whole[np.ix_(others, others)], targets[others])
        assert np.allclose(left_out[number], kernel[number, others] @ alone, atol=1e-3)


@settings(max_examples=40)
@given(st.lists(st.text(max_size=30), min_size=2, max_size=6), st.text(max_size=40))
def test_likeness_is_between_0_and_1_and_whole_with_itself(texts: list[str], other: str) -> None:
    texts = [plain(each) for each in texts]
    vocabulary = Vocabulary.of(texts)
    rows = [vocabulary.row(text) for text in texts]
    postings = Postings.of(rows, len(vocabulary.index))
    found = postings.cosines(*vocabulary.row(plain(other)))
    assert found.shape == (len(texts),)
    assert found.min() >= 0
    assert found.max() <= 1 + 1e-5
    for number, row in enumerate(rows):
        if row[0]:
            assert postings.cosines(*row).max() <= postings.cosines(*row)[number] + 1e-5


@given(
    st.lists(st.floats(-1, 2, width=32), min_size=2, max_size=9),
    st.floats(1, 6),
    st.floats(0.05, 0.5),
)
def test_probabilities_add_up_with_none_and_keep_the_order_of_votes(
    votes: list[float], exponent: float, none: float
) -> None:
    array = np.array(votes, dtype=np.float32)
    likely = Calibration(exponent, 0.01, none, 0.0).probabilities(array)
    assert likely.min() >= 0
    assert likely.sum() <= 1 + 1e-5
    assert likely[array.argmax()] == likely.max()


def test_the_threshold_withholds_no_more_right_answers_than_allowed() -> None:
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 5, 400)
    votes = rng.normal(0, 0.15, (400, 5)).astype(np.float32)
    votes[np.arange(400), truth] += 0.8
    strange = rng.normal(0, 0.15, (100, 5)).astype(np.float32)
    found = fitted(votes, truth, strange, 0.05)
    likely = found.probabilities(votes)
    right = likely.argmax(axis=1) == truth
    withheld = likely.max(axis=1)[right] < found.threshold
    assert 0 < withheld.mean() <= 0.05
    assert (found.probabilities(strange).max(axis=1) < found.threshold).mean() > 0.9
    assert expected_calibration_error(likely.max(axis=1), right) < 0.05


def test_a_belief_that_is_wrong_by_half_is_off_by_half() -> None:
    belief = np.full(10, 1.0, dtype=np.float32)
    assert expected_calibration_error(belief, np.arange(10) < 5) == pytest.approx(0.5)
