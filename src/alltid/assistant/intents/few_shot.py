"""Kernel ridge regression for a few hundred examples, measured by leaving out whole groups.

The examples of a procedure come in several languages, often as translations of each other. One
that is left out alone is found by its translations, so an honest figure leaves them all out.
With the inverse of the kernel at hand that costs no second training: the prediction for a block
``B`` that was left out is ``y_B - ((K + rI)^-1_BB)^-1 a_B`` (Cook's identity for blocks).
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from alltid.assistant.intents.kernels import units

Array = NDArray[np.float32]
EXAMPLES_MAX: Final = 3_000
"""The inverse of so many takes two seconds and 70 MB for a moment."""


class Learned(NamedTuple):
    """Votes' weights, and the votes for each example when its group is left out."""

    weights: Array
    left_out: Array


def learned(kernel: Array, targets: Array, groups: Sequence[object], ridge: float) -> Learned:
    """Learn from a kernel (examples by examples) and targets (examples by classes)."""
    if not len(kernel):
        return Learned(targets, targets)
    inverse = np.linalg.inv(kernel.astype(np.float64) + ridge * np.eye(len(kernel)))
    weights = inverse @ targets
    left_out = np.zeros_like(weights)
    members: dict[object, list[int]] = {}
    for number, group in enumerate(groups):
        members.setdefault(group, []).append(number)
    for numbers in members.values():
        block = inverse[np.ix_(numbers, numbers)]
        left_out[numbers] = targets[numbers] - np.linalg.solve(block, weights[numbers])
    return Learned(weights.astype(np.float32), left_out.astype(np.float32))


def targets_of(truth: NDArray[np.int64], classes: int) -> Array:
    """A row for each example: 1 for its class, all 0 for one (-1) that is none of them."""
    targets = np.zeros((len(truth), classes), dtype=np.float32)
    known = np.flatnonzero(truth >= 0)
    targets[known, truth[known]] = 1
    return targets


def centred(raw: Array, centre: Array) -> Array:
    """Unit vectors around a centre: what all messages share tells none of them apart."""
    return units(np.asarray(raw - centre, dtype=np.float32))


def sentences(text: str) -> dict[str, list[str]]:
    """The sentences of a file like ``none_of_these.txt`` by language."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        language, colon, sentence = line.partition(": ")
        if colon and line[0] != "#":
            found.setdefault(language, []).append(sentence)
    return found
