"""What a message says letter by letter: weighted word and character n-grams (TF-IDF)."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

MAX_CHARS: Final = 2_000
"""What stands behind it in a message is not looked at."""
_TOKEN: Final = re.compile(r"\w+|[^\w\s]")
_CHAR_LENGTHS: Final = range(2, 6)
_BLOCKS: Final = ("w", "c")
"""Words and characters, each of length one, so that neither drowns the other."""
_MAX_SHARE: Final = 0.3
"""An n-gram in more of the examples than this tells nothing, and costs most."""
_RARE_FROM_ROWS: Final = 200
"""With fewer examples, n-grams that occur once are kept."""


def plain(text: str) -> str:
    """Return `text` in the form that is compared: bounded, in lower case, single spaces."""
    return " ".join(text[:MAX_CHARS].lower().split())


def grams(text: str) -> Iterator[str]:
    """Yield the n-grams of a plain text: words and pairs of them, characters within words."""
    tokens = _TOKEN.findall(text)
    for token in tokens:
        yield f"w{token}"
    for first, second in pairwise(tokens):
        yield f"w{first} {second}"
    for word in text.split(" "):
        padded = f" {word} "
        for length in _CHAR_LENGTHS:
            for start in range(max(1, len(padded) - length + 1)):
                yield f"c{padded[start : start + length]}"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The n-grams that count, with the weight of each (inverse document frequency)."""

    index: Mapping[str, int]
    weights: NDArray[np.float32]

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Vocabulary":
        """Learn from plain texts which n-grams tell them apart."""
        seen: Counter[str] = Counter()
        for text in texts:
            seen.update(set(grams(text)))
        least = 2 if len(texts) >= _RARE_FROM_ROWS else 1
        most = max(_MAX_SHARE * len(texts), 10)
        kept = sorted(gram for gram, count in seen.items() if least <= count <= most)
        weights = [math.log((1 + len(texts)) / (1 + seen[gram])) + 1 for gram in kept]
        index = {gram: number for number, gram in enumerate(kept)}
        return cls(index, np.array(weights, dtype=np.float32))

    def row(self, text: str) -> tuple[list[int], list[float]]:
        """Return columns and values of a plain text; squares of values sum to 1 or less."""
        counted: dict[str, dict[int, float]] = {block: {} for block in _BLOCKS}
        for gram, count in Counter(grams(text)).items():
            column = self.index.get(gram)
            if column is not None:
                weight = float(self.weights[column])
                counted[gram[0]][column] = (1 + math.log(count)) * weight
        columns: list[int] = []
        values: list[float] = []
        for block in counted.values():
            length = math.sqrt(sum(value * value for value in block.values()) * len(_BLOCKS))
            columns += block
            values += [value / length for value in block.values()]
        return columns, values


@dataclass(frozen=True, slots=True)
class Postings:
    """For each n-gram the examples that have it: cosines to all examples in one pass."""

    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    values: NDArray[np.float32]
    row_count: int

    @classmethod
    def of(cls, rows: Sequence[tuple[list[int], list[float]]], columns: int) -> "Postings":
        """Turn rows of columns and values around."""
        sizes = [len(each) for each, _ in rows]
        column = np.fromiter((c for each, _ in rows for c in each), np.int64, sum(sizes))
        value = np.fromiter((v for _, each in rows for v in each), np.float32, sum(sizes))
        row = np.repeat(np.arange(len(rows), dtype=np.int32), sizes)
        order = np.argsort(column, kind="stable")
        starts = np.zeros(columns + 1, dtype=np.int64)
        np.cumsum(np.bincount(column, minlength=columns), out=starts[1:])
        return cls(starts, row[order], value[order], len(rows))

    def cosines(self, columns: Sequence[int], values: Sequence[float]) -> NDArray[np.float32]:
        """Return the likeness of one row to each example, 0 to 1."""
        if not columns:
            return np.zeros(self.row_count, dtype=np.float32)
        spans = [(int(self.starts[c]), int(self.starts[c + 1])) for c in columns]
        rows = np.concatenate([self.rows[a:b] for a, b in spans])
        weights = np.concatenate(
            [self.values[a:b] * np.float32(v) for (a, b), v in zip(spans, values, strict=True)]
        )
        summed = np.bincount(rows, weights=weights, minlength=self.row_count)
        return summed.astype(np.float32)
