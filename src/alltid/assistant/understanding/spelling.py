"""Finds the word a customer meant: endings, stretched letters, missing spaces, typing errors.

Only words that matter for the wish for a human are repaired, and only from a neighbourhood
worked out at import (every such word with one letter left out), so that a lookup costs a few
dictionary reads: the classic symmetric-deletion scheme.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
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
_MIN_GLUED_CHARS: Final = 8
_MAX_GLUED_CHARS: Final = 40
_MIN_GLUED_TAIL_CHARS: Final = 6
"""What follows a known stem may be other words, not its ending, from this length on."""
_MAX_CANDIDATES: Final = 6
_MAX_ENDING: Final = 3
_MIN_STEM_CHARS: Final = 6
"""What may follow a misspelt stem, and how long that must be to be recognised."""
_MAX_PIECE: Final = 16
_MIN_GLUED_STEM_CHARS: Final = 5
_SINGLE_LETTERS: Final = frozenset("aioyzsuвскуияз")  # noqa: RUF001 - Cyrillic ones too
"""Words of one letter that may be glued to others."""
_START_CHARS: Final = 3
_REMEMBERED: Final = 16_384


class Speller:
    """Resolves tokens that no lexicon holds as they stand; its index is built at first need."""

    def __init__(self, lexicons: list[Lexicon]) -> None:
        self._lexicons = lexicons
        self.vocabulary: set[str] = set()
        self.stems: dict[str, int] = {}
        for lexicon in lexicons:
            self.vocabulary.update(lexicon.words)
            for stem, tag in lexicon.stems.items():
                self.stems[stem] = self.stems.get(stem, 0) | tag
        self.longest_stem = max(map(len, self.stems))
        self.resolve = lru_cache(maxsize=_REMEMBERED)(self._resolve)
        self.unglued = lru_cache(maxsize=_REMEMBERED)(self._unglued)

    @cached_property
    def _repaired(self) -> set[str]:
        """The words and stems that matter for a wish, to which misspelt ones are brought back."""
        found: set[str] = set()
        for lexicon in self._lexicons:
            found.update(w for w, tag in lexicon.words.items() if tag & REPAIRED)
            found.update(w for w, tag in lexicon.stems.items() if tag & REPAIRED)
            for phrase in lexicon.phrases_of(REPAIRED):
                found.update(w for w in phrase if len(w) > _MIN_REPAIR_CHARS)
        return {word for word in found if len(word) >= _MIN_REPAIR_CHARS}

    @cached_property
    def _neighbours(self) -> dict[str, list[str]]:
        """Every such word by itself and with one letter left out."""
        neighbours: dict[str, list[str]] = {}
        for word in sorted(self._repaired):
            for shape in (word, *_shortened(word)):
                known = neighbours.get(shape)
                if known is None:
                    neighbours[shape] = [word]
                else:
                    known.append(word)
        return neighbours

    @cached_property
    def _starts(self) -> frozenset[str]:
        """How stems begin, in any order: what else a misspelt stem hardly begins with."""
        stems = self._repaired & self.stems.keys()
        return frozenset("".join(sorted(stem[:_START_CHARS])) for stem in stems)

    @cached_property
    def _glued(self) -> dict[str, int]:
        return _pieces(self._lexicons)

    @cached_property
    def _glued_stems(self) -> dict[str, int]:
        return _stem_pieces(self._lexicons)

    @cached_property
    def _ideographs(self) -> re.Pattern[str]:
        words = sorted(filter(is_ideographic, self.vocabulary), key=lambda w: (-len(w), w))
        return re.compile(f"({'|'.join(map(re.escape, words)) or '(?!)'})")

    def _resolve(self, token: str) -> tuple[str, ...]:
        """The words *token* stands for: one or more after each other, or none if unknown.

        Alternatives in different languages are joined by ``|`` inside one word. Glued words
        are cut by `unglued`, which costs more.
        """
        if is_ideographic(token):
            return self._cut(token)
        attempts = (*unstretched(token), token)
        for whole in attempts:
            if whole in self.vocabulary:
                return (whole,)
            if self.stem_length(whole):
                return ("|".join((whole, *self._near(whole))),)
        for attempt in (attempts[0], token):
            near = self._near(attempt) or self._near_stem(attempt)
            if near:
                return ("|".join(near),)
        return ()

    def stem_length(self, token: str) -> int:
        """The length of the longest stem that *token* begins with; 0 without one."""
        for end in range(min(len(token), self.longest_stem), 2, -1):
            if token[:end] in self.stems:
                return end
        return 0

    def _near(self, token: str) -> list[str]:
        """Known words one typing error away (two for long words), nearest first."""
        if not _MIN_REPAIR_CHARS <= len(token) <= _MAX_REPAIR_CHARS:
            return []
        found: dict[str, int] = {}
        for shape in (token, *_shortened(token)):
            for word in self._neighbours.get(shape, ()):
                if word not in found and _may_mean(token, word):
                    errors = _errors(token, word)
                    if errors == 1 or len(word) >= _LONG_CHARS:
                        found[word] = errors
        return sorted(found, key=lambda w: (found[w], w))[:_MAX_CANDIDATES]

    def _near_stem(self, token: str) -> list[str]:
        """Stems one typing error away from the beginning of *token*, whatever its ending."""
        if "".join(sorted(token[:_START_CHARS])) not in self._starts:
            return []
        for cut in range(1, _MAX_ENDING + 1):
            if len(token) - cut < _MIN_STEM_CHARS:
                break
            found = [word for word in self._near(token[:-cut]) if word in self.stems]
            if found:
                return found
        return []

    def _unglued(self, token: str) -> tuple[str, ...]:
        """*token* cut into the fewest words of one language, one of them a word that matters."""
        if not _MIN_GLUED_CHARS <= len(token) <= _MAX_GLUED_CHARS or not token.isalpha():
            return ()
        reach = [0] * (len(token) + 1)
        reach[0] = -1
        steps: list[tuple[int, int, int]] = []
        for start in range(len(token)):
            languages = reach[start]
            if not languages:
                continue
            for end in range(start + 1, min(start + _MAX_PIECE, len(token)) + 1):
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
            if any(map(self._matters, words)):
                return words
            reach[-1] ^= language
        return ()

    def _matters(self, word: str) -> bool:
        return word in self._repaired or word[: self.stem_length(word)] in self._repaired

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


def neighbourhood(words: Iterable[str]) -> dict[str, list[str]]:
    """Every one of *words* by itself and with one letter left out, for `misspelt`."""
    found: dict[str, list[str]] = {}
    for word in sorted(words):
        for shape in (word, *_shortened(word)):
            found.setdefault(shape, []).append(word)
    return found


def misspelt(token: str, neighbours: Mapping[str, list[str]]) -> list[str]:
    """The words that *token* is one typing error away from, in alphabetical order."""
    if not _MIN_REPAIR_CHARS <= len(token) <= _MAX_REPAIR_CHARS:
        return []
    shapes = (token, *sorted(_shortened(token)))
    near = {word for shape in shapes for word in neighbours.get(shape, ())}
    return sorted(w for w in near if _may_mean(token, w) and _errors(token, w) == 1)


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


def _errors(one: str, two: str) -> int:
    """1 for one letter more, less or other, or two neighbours swapped; else 2.

    Both are known to differ by at most two: they share a shape with a letter left out.
    """
    start = 0
    shorter = min(len(one), len(two))
    while start < shorter and one[start] == two[start]:
        start += 1
    end = 0
    while end < shorter - start and one[-1 - end] == two[-1 - end]:
        end += 1
    rest, other = one[start : len(one) - end], two[start : len(two) - end]
    swapped = len(rest) == len("ab") and rest == other[::-1]
    return 1 if swapped or max(len(rest), len(other)) <= 1 else 2
