"""Finds the word a customer meant: endings, stretched letters, missing spaces, typing errors.

Only words that matter for the wish for a human are repaired, and only from a neighbourhood
worked out at import (every such word with one letter left out), so that a lookup costs a few
dictionary reads: the classic symmetric-deletion scheme.
"""

import re
from functools import lru_cache
from typing import Final

from alltid.assistant.understanding import tags
from alltid.assistant.understanding.lexicon import Lexicon
from alltid.assistant.understanding.text import is_ideographic, unstretched

REPAIRED: Final = (
    tags.PERSON | tags.SERVICE | tags.SOMEONE | tags.TALK | tags.CONNECT | tags.WANT
    | tags.REAL | tags.CONNECT_ME | tags.CALLBACK | tags.TALKING
)  # fmt: skip
_MIN_REPAIR_CHARS: Final = 4
_FREE_START_CHARS: Final = 7
"""From this length the first letter may be wrong."""
_LONG_CHARS: Final = 9
"""From this length a word may have two errors; below five letters only swapped ones."""
_MAX_REPAIR_CHARS: Final = 18
_MIN_GLUED_CHARS: Final = 7
_MAX_GLUED_CHARS: Final = 40
_MIN_GLUED_TAIL_CHARS: Final = 6
"""What follows a known stem may be other words, not its ending, from this length on."""
_MAX_CANDIDATES: Final = 6
_MAX_ENDING: Final = 3
_MIN_STEM_CHARS: Final = 6
"""What may follow a misspelt stem, and how long that must be to be recognised."""
_MAX_PIECE: Final = 16
_MIN_GLUED_STEM_CHARS: Final = 5
_SINGLE_LETTERS: Final = frozenset("aioyzsuвскуияз")
"""Words of one letter that may be glued to others."""
_LEET: Final = str.maketrans("013457", "oleast")


class Speller:
    """Resolves tokens that no lexicon holds as they stand."""

    def __init__(self, lexicons: list[Lexicon]) -> None:
        self.vocabulary: set[str] = set()
        self.stems: dict[str, int] = {}
        self._neighbours: dict[str, list[str]] = {}
        repaired: set[str] = set()
        for lexicon in lexicons:
            self.vocabulary.update(lexicon.words)
            for stem, tag in lexicon.stems.items():
                self.stems[stem] = self.stems.get(stem, 0) | tag
            repaired.update(w for w, tag in lexicon.words.items() if tag & REPAIRED)
            repaired.update(w for w, tag in lexicon.stems.items() if tag & REPAIRED)
            for phrase, tag in lexicon.all_phrases():
                if tag & REPAIRED:
                    repaired.update(w for w in phrase if len(w) > _MIN_REPAIR_CHARS)
        ideographs = sorted(filter(is_ideographic, self.vocabulary), key=lambda w: (-len(w), w))
        self._ideographs = re.compile(f"({'|'.join(map(re.escape, ideographs)) or '(?!)'})")
        self._glued = _pieces(lexicons)
        self._glued_stems = _stem_pieces(lexicons)
        self._starts = frozenset(w[:_MIN_STEM_CHARS] for w in repaired if w in self.stems)
        self._triggers = frozenset(w for w in repaired if len(w) >= _MIN_REPAIR_CHARS)
        for word in sorted(repaired):
            self._remember(word)
        self.resolve = lru_cache(maxsize=16_384)(self._resolve)

    def _remember(self, word: str) -> None:
        if len(word) >= _MIN_REPAIR_CHARS:
            neighbours = self._neighbours
            for shape in (word, *_shortened(word)):
                known = neighbours.get(shape)
                if known is None:
                    neighbours[shape] = [word]
                else:
                    known.append(word)

    def _resolve(self, token: str) -> tuple[str, ...]:
        """The words *token* stands for: one or more after each other, or none if unknown.

        Alternatives in different languages are joined by ``|`` inside one word.
        """
        if is_ideographic(token):
            return self._cut(token)
        for whole in (*unstretched(token), token, token.translate(_LEET)):
            if whole in self.vocabulary:
                return (whole,)
            stem = self._stem(whole)
            if stem:
                glued = len(whole) - stem >= _MIN_GLUED_TAIL_CHARS and self._unglued(whole)
                return glued or (whole,)
        plain = token if token.isdigit() else token.translate(_LEET)
        for attempt in (*unstretched(plain)[:1], plain):
            near = self._near(attempt) or self._near_stem(attempt)
            if near:
                return ("|".join(near),)
        if _MIN_GLUED_CHARS <= len(plain) <= _MAX_GLUED_CHARS and plain.isalpha():
            return self._unglued(plain)
        return ()

    def _stem(self, token: str) -> int:
        """The length of the longest stem that *token* begins with; 0 without one."""
        for end in range(min(len(token), 16), 2, -1):
            if token[:end] in self.stems:
                return end
        return 0

    def _near(self, token: str) -> list[str]:
        """Known words one typing error away (two for long words), nearest first."""
        length = len(token)
        if not _MIN_REPAIR_CHARS <= length <= _MAX_REPAIR_CHARS or token.isdigit():
            return []
        found: dict[str, int] = {}
        for shape in (token, *sorted(_shortened(token))):
            for word in self._neighbours.get(shape, ()):
                if word not in found and _may_mean(token, word):
                    found[word] = _distance(token, word)
        allowed = {w: d for w, d in found.items() if d <= 1 + (len(w) >= _LONG_CHARS)}
        if not allowed:
            return []
        return sorted(allowed, key=lambda w: (allowed[w], w))[:_MAX_CANDIDATES]

    def _near_stem(self, token: str) -> list[str]:
        """Stems one typing error away from the beginning of *token*, whatever its ending."""
        for cut in range(1, _MAX_ENDING + 1):
            if len(token) - cut < _MIN_STEM_CHARS:
                break
            found = [word for word in self._near(token[:-cut]) if word in self.stems]
            if found:
                return found
        return []

    def _unglued(self, token: str) -> tuple[str, ...]:
        """*token* cut into the fewest words of one language, one of them a word that matters."""
        reach = [0] * (len(token) + 1)
        reach[0] = -1
        steps: list[tuple[int, int, int]] = []
        for start in range(len(token)):
            languages = reach[start]
            for end in range(start + 1, min(start + _MAX_PIECE, len(token)) + 1) if languages else ():
                common = languages & self._glued.get(token[start:end], 0)
                if common:
                    reach[end] |= common
                    steps.append((start, end, common))
                common = languages & self._glued_stems.get(token[start:end], 0)
                for ending in range(_MAX_ENDING + 1) if common else ():
                    if end + ending <= len(token):
                        reach[end + ending] |= common
                        steps.append((start, end + ending, common))
        while reach[-1]:
            language = reach[-1] & -reach[-1]
            words = _fewest(token, [step for step in steps if step[2] & language])
            if any(word in self._triggers or word[:_MIN_STEM_CHARS] in self._starts for word in words):
                return words
            reach[-1] ^= language
        return ()

    def _cut(self, token: str) -> tuple[str, ...]:
        """A run of a script without spaces, cut at its longest known words from the left."""
        return tuple(word for word in self._ideographs.split(token) if word)


def _pieces(lexicons: list[Lexicon]) -> dict[str, int]:
    """The words that glued text may be cut into, each with the set of its languages as bits."""
    found: dict[str, int] = {}
    for at, lexicon in enumerate(lexicons):
        for word, tag in lexicon.words.items():
            if not tag & tags.OTHER and (len(word) > 1 or word in _SINGLE_LETTERS):
                found[word] = found.get(word, 0) | 1 << at
    return found


def _stem_pieces(lexicons: list[Lexicon]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, lexicon in enumerate(lexicons):
        for stem, tag in lexicon.stems.items():
            if tag & REPAIRED and not tag & tags.OTHER and len(stem) >= _MIN_GLUED_STEM_CHARS:
                found[stem] = found.get(stem, 0) | 1 << at
    return found


def _fewest(token: str, steps: list[tuple[int, int, int]]) -> tuple[str, ...]:
    """The fewest words that *steps*, ordered by start, cut *token* into."""
    best: list[tuple[str, ...] | None] = [(), *([None] * len(token))]
    for start, end, _ in steps:
        before, known = best[start], best[end]
        if before is not None and (known is None or len(before) + 1 < len(known)):
            best[end] = (*before, token[start:end])
    return best[-1] or ()


def _shortened(word: str) -> set[str]:
    return {word[:at] + word[at + 1 :] for at in range(len(word))}


def _may_mean(token: str, word: str) -> bool:
    """Short words keep their first letter (or swap the first two), and their length if of four."""
    if len(word) < _FREE_START_CHARS and token[0] != word[0] and token[:2] != word[1::-1]:
        return False
    return len(word) > _MIN_REPAIR_CHARS or sorted(token) == sorted(word)


def _distance(one: str, two: str) -> int:
    """Optimal string alignment: insertions, deletions, substitutions, neighbours swapped."""
    before_last: list[int] = []
    last = list(range(len(two) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(two, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == two[j - 2] and one[i - 2] == b:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        before_last, last = last, row
    return last[-1]
