"""From votes to probabilities that mean what they say, and the line below which it is none.

The votes ``s`` of an intent become ``exp(s/T) / (exp(n/T) + sum exp(s/T))``: a softmax with a
temperature ``T`` and a fixed rival ``n`` that stands for "none of these". Both are fitted on
votes for texts that were not learned.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
NEGATIVES_SHARE: Final = 0.05
"""How large a part of the messages is taken to be none of the intents."""
_TEMPERATURES: Final = np.geomspace(0.02, 0.4, 22)
_RIVALS: Final = np.linspace(-0.2, 0.6, 17)
_BINS: Final = 15


@dataclass(frozen=True, slots=True)
class Calibration:
    """How votes are read."""

    temperature: float
    none_vote: float
    threshold: float
    """The probability below which no intent is named."""

    def probabilities(self, votes: Array) -> Array:
        """Return the probability of each intent; what is missing to 1 is none of them."""
        scaled = votes / np.float32(self.temperature)
        rival = np.float32(self.none_vote / self.temperature)
        top = np.maximum(scaled.max(axis=-1, keepdims=True), rival)
        raised = np.exp(scaled - top)
        whole = raised.sum(axis=-1, keepdims=True) + np.exp(rival - top)
        return np.asarray(raised / whole, dtype=np.float32)


def fitted(votes: Array, truth: NDArray[np.int64], negatives: Array, give_up: float) -> Calibration:
    """Fit to votes for unlearned texts: `votes` with their true columns, and for `negatives`.

    The threshold lets go of at most the share `give_up` of right answers.
    """
    _, temperature, none_vote = min(
        (_loss(votes, truth, negatives, float(t), float(n)), float(t), float(n))
        for t in _TEMPERATURES
        for n in _RIVALS
    )
    open_line = Calibration(temperature, none_vote, 0.0)
    found = open_line.probabilities(votes)
    right = found.argmax(axis=1) == truth
    sure = np.sort(found.max(axis=1)[right])
    line = float(sure[int(give_up * len(sure))]) if len(sure) else 0.0
    return Calibration(temperature, none_vote, line)


def _loss(
    votes: Array, truth: NDArray[np.int64], negatives: Array, temperature: float, none: float
) -> float:
    """Mean negative logarithm of what was true, negatives counted as NEGATIVES_SHARE."""
    line = Calibration(temperature, none, 0.0)
    true = line.probabilities(votes)[np.arange(len(votes)), truth]
    loss = float(-np.log(true + 1e-7).mean())
    if not len(negatives):
        return loss
    nothing = 1 - line.probabilities(negatives).sum(axis=1)
    missed = float(-np.log(np.maximum(nothing, 0) + 1e-7).mean())
    return (1 - NEGATIVES_SHARE) * loss + NEGATIVES_SHARE * missed


def expected_calibration_error(confidence: Array, right: NDArray[np.bool_]) -> float:
    """Return the mean distance of confidence and share of right answers, over 15 equal bins.

    Naeini, Cooper and Hauskrecht 2015. 0 is perfect.
    """
    if not len(confidence):
        return 0.0
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    error = 0.0
    for number in range(_BINS):
        inside = bins == number
        if inside.any():
            error += float(inside.mean() * abs(confidence[inside].mean() - right[inside].mean()))
    return error
