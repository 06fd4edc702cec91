"""Kernel ridge regression on unit vectors: each example votes by its likeness to a message.

For likenesses ``c`` (cosines) the kernel is ``exp(-2 w (1 - c))``, the Gaussian of the distance
between unit vectors. Its votes fall to zero far from every example, which is what tells a
message that is none of the intents. Leaving each example out in turn costs no second training:
its prediction is ``y_i - a_i / (K + rI)^-1_ii`` (Cook's identity; Rasmussen and Williams 2006,
section 5.4.2), so calibration stands on predictions for texts that were not learned.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Tick = Callable[[float], None]
"""Told how far a step has come, 0 to 1."""
WIDTH: Final = 1.0
RIDGE: Final = 0.05
_BLOCK: Final = 768


def gaussian(cosines: Array) -> Array:
    """Turn cosines into votes, in place."""
    np.subtract(cosines, np.float32(1), out=cosines)
    np.multiply(cosines, np.float32(2 * WIDTH), out=cosines)
    np.exp(cosines, out=cosines)
    return cosines


def units(rows: Array) -> Array:
    """Return rows of length one; a row of zeros stays."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, np.float32(1e-12)), dtype=np.float32)


def solve(kernel: Array, targets: Array, tick: Tick) -> tuple[Array, Array]:
    """Return the votes' weights and the leave-one-out predictions; overwrites `kernel`.

    `kernel` is examples by examples, `targets` examples by classes.
    """
    size = len(kernel)
    kernel[np.diag_indices(size)] += np.float32(RIDGE)
    _factor(kernel, lambda share: tick(share * 0.45))
    weights = _solved(kernel, targets)
    inverse_diagonal = _inverse_diagonal(kernel, lambda share: tick(0.5 + share * 0.5))
    return weights, targets - weights / inverse_diagonal[:, None]


def _factor(matrix: Array, tick: Tick) -> None:
    """Cholesky in place, by blocks: the lower triangle becomes the factor."""
    size = len(matrix)
    for a in range(0, size, _BLOCK):
        b = min(a + _BLOCK, size)
        if a:
            matrix[a:, a:b] -= matrix[a:, :a] @ matrix[a:b, :a].T
        matrix[a:b, a:b] = np.linalg.cholesky(matrix[a:b, a:b])
        if b < size:
            inverse = _lower_inverse(matrix[a:b, a:b])
            matrix[b:, a:b] = matrix[b:, a:b] @ inverse.T
        tick(b / size)


def _solved(factor: Array, targets: Array) -> Array:
    size = len(factor)
    found = targets.copy()
    spans = [(a, min(a + _BLOCK, size)) for a in range(0, size, _BLOCK)]
    inverses = [_lower_inverse(factor[a:b, a:b]) for a, b in spans]
    for (a, b), inverse in zip(spans, inverses, strict=True):
        found[a:b] = inverse @ (found[a:b] - factor[a:b, :a] @ found[:a])
    for (a, b), inverse in zip(reversed(spans), reversed(inverses), strict=True):
        found[a:b] = inverse.T @ (found[a:b] - factor[b:, a:b].T @ found[b:])
    return found


def _inverse_diagonal(factor: Array, tick: Tick) -> Array:
    """Return the diagonal of the inverse: squared columns of the factor's inverse, summed."""
    size = len(factor)
    spans = [(a, min(a + _BLOCK, size)) for a in range(0, size, _BLOCK)]
    inverses = [_lower_inverse(factor[a:b, a:b]) for a, b in spans]
    found = np.zeros(size, dtype=np.float32)
    for number, (a, b) in enumerate(spans):
        column = np.zeros((size - a, b - a), dtype=np.float32)
        column[: b - a] = inverses[number]
        for (c, d), inverse in zip(spans[number + 1 :], inverses[number + 1 :], strict=True):
            column[c - a : d - a] = -(inverse @ (factor[c:d, a:c] @ column[: c - a]))
        found[a:b] = np.einsum("ij,ij->j", column, column)
        tick(1 - (1 - b / size) ** 3)
    return found


def _lower_inverse(block: Array) -> Array:
    """Return the inverse of the lower triangle of a block."""
    lower = np.tril(block)
    return np.tril(np.linalg.inv(lower)).astype(np.float32)
