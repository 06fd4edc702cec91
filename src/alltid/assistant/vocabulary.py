"""The words of a language's articles, found again from words that are spelled or glued otherwise.

PostgreSQL's dictionaries reduce a word to its stem; they don't mend a slip of the finger,
a missing accent, or the compounds of German and Swedish (Rückerstattungsdauer). This does,
with trigrams to find candidates and an edit distance to judge them.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

_ARTICLES_MIN: Final = 10
_PART_MIN: Final = 5
_CANDIDATES_MAX: Final = 40
_EXPANSIONS_MAX: Final = 6
# How far a word may be off: not at all when short, once from 5 letters, twice from 8.
_ONE_SLIP_FROM: Final = 5
_TWO_SLIPS_FROM: Final = 8


class Vocabulary:
    """Words with the number of articles that use each."""

    def __init__(self, words: Iterable[tuple[str, float]], articles: int) -> None:
        """Index the words; `articles` is how many there are in all."""
        # Among two or three articles no word could be rare, and nothing would ever be found.
        self._articles = max(articles, _ARTICLES_MIN)
        self._counts = dict(words)
        self._folded: dict[str, list[str]] = defaultdict(list)
        self._trigrams: dict[str, list[str]] = defaultdict(list)
        for word in self._counts:
            folded = fold(word)
            self._folded[folded].append(word)
            # Parts of addresses and numbers are not words that anyone misspells.
            if folded.isalpha():
                for trigram in trigrams(folded):
                    self._trigrams[trigram].append(word)

    def rarity(self, word: str) -> float:
        """Return how much a word tells, from 0 (in every article) to 1 (in none).

        The inverse document frequency of BM25, scaled by that of an unknown word.
        """
        return self._idf(self._counts.get(word, 0.0)) / self._idf(0.0)

    def meanings(self, word: str) -> Mapping[str, float]:
        """Return the known words that `word` may stand for, with a trust from 0 to 1."""
        if word in self._counts:
            return {word: 1.0}
        folded = fold(word)
        if folded in self._folded:
            return dict.fromkeys(self._folded[folded], 0.95)
        if not folded.isalpha() or len(folded) < _ONE_SLIP_FROM:
            return {}
        shared = Counter(
            known for trigram in trigrams(folded) for known in self._trigrams.get(trigram, ())
        )
        # Most trigrams in common first; ties by the word itself, so that answers repeat.
        near = sorted(shared, key=lambda known: (-shared[known], known))[:_CANDIDATES_MAX]
        trusts = {known: _trust(folded, fold(known)) for known in near}
        best = sorted(trusts.items(), key=lambda pair: (-pair[1], pair[0]))[:_EXPANSIONS_MAX]
        return {known: trust for known, trust in best if trust > 0}

    def _idf(self, count: float) -> float:
        return math.log(1 + (self._articles - count + 0.5) / (count + 0.5))


def fold(word: str) -> str:
    """Return the word in lower case without accents (ä becomes a, ß becomes ss)."""
    # Taken apart before as well: some signs, such as ㎐, have letters of either case in them.
    lower = unicodedata.normalize("NFKD", word).casefold()
    decomposed = unicodedata.normalize("NFKD", lower)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def trigrams(word: str) -> set[str]:
    """Return the runs of three letters, counting two blanks before the word and one after."""
    padded = f"  {word} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}


def slips(one: str, other: str, most: int) -> int:
    """Return how many letters were changed, left out, added or swapped; `most` + 1 if more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _trust(word: str, known: str) -> float:
    short, long = sorted((word, known), key=len)
    if len(short) >= _PART_MIN and short in long:
        # Part of a compound, or the same stem cut off elsewhere: the longer the part, and
        # the nearer to the front, the surer.
        share = len(short) / len(long)
        return 0.5 + 0.4 * share if long.startswith(short) else 0.35 + 0.4 * share
    allowed = 2 if len(word) >= _TWO_SLIPS_FROM else 1
    if word[0] != known[0] or len(known) < _ONE_SLIP_FROM - 1:
        return 0.0
    made = slips(word, known, allowed)
    return 0.0 if made > allowed else 0.9 - 0.2 * made
