"""A view of the examples: unit vectors in which alike messages lie near each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alltid.assistant.intents.kernels import units

Array = NDArray[np.float32]
_PART: Final = 384
"""The encoders' width: a view is made of parts of it, each brought to length one."""
_KEPT: Final = 384
"""As many principal axes of a wider view are kept."""


@dataclass(frozen=True, slots=True)
class View:
    """How raw vectors become unit vectors of this view."""

    centre: Array
    axes: Array
    """Raw width by kept width; empty where the view is as wide as it stays."""

    @classmethod
    def of(cls, raw: Array) -> "View":
        """Learn centre and axes from the raw vectors of the examples."""
        centre = raw.mean(axis=0, dtype=np.float64).astype(np.float32)
        if raw.shape[1] <= _KEPT:
            return cls(centre, np.zeros((0, 0), dtype=np.float32))
        rows = _parts(raw - centre)
        if len(rows) < rows.shape[1]:
            axes = np.linalg.svd(rows, full_matrices=False)[2][:_KEPT].T
        else:
            values, vectors = np.linalg.eigh((rows.T @ rows).astype(np.float64))
            axes = vectors[:, np.argsort(values)[::-1][:_KEPT]]
        return cls(centre, np.ascontiguousarray(axes, dtype=np.float32))

    def unit(self, raw: Array) -> Array:
        """Return the unit vectors of raw ones, a row each."""
        rows = _parts(raw - self.centre)
        return units(rows @ self.axes if self.axes.size else rows)


def _parts(rows: Array) -> Array:
    width = rows.shape[1]
    return np.concatenate(
        [units(rows[:, start : start + _PART]) for start in range(0, width, _PART)], axis=1
    )


def stacked(rows: Sequence[Sequence[Array]]) -> list[Array]:
    """Turn views a text into one matrix a view."""
    return [np.stack(each).astype(np.float32) for each in zip(*rows, strict=True)]
