"""Patterns of words for signals: how they are written, found quickly, and taken back.

One file per language in ``signal_words/``. A line is ``kind: pattern; pattern`` or, for what
speaks less surely, ``kind 0.4: ...``. A pattern is words in order; ``a|b_c`` is one of several,
``_`` joins words, ``*`` stands for any letters at a word's end or start, ``word?`` may be
missing, ``..`` and ``...`` let two and five words stand between, ``^`` and ``$`` are the ends
of a clause, ``=name`` is a list of words that a line ``=name: a, b`` gives. ``not:`` lists the
words that take back what follows, ``-kind:`` has patterns whose words are no evidence for that
kind ("sick of waiting"), ``-:`` for any, ``plain:`` words that are no misspelling of others.

No pattern is tried (or compiled) before words of all its places were seen, its rarest first, so
most messages cost a few dictionary reads a word.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from alltid.assistant.understanding.spelling import misspelt, neighbourhood
from alltid.assistant.understanding.text import BREAKS, fold, spelled_out, tokens_of, unstretched
from alltid.assistant.understanding.wish import LEXICONS

_SURE: Final = 0.9
_GAPS: Final = {"..": 2, "...": 5}
_BEFORE: Final = 3
"""So many words before a pattern are looked at for a negation."""
_MIN_REPAIR_CHARS: Final = 6
_MAX_REPAIRS: Final = 24
_MAX_MATCHES: Final = 8
_VETO: Final = "-"
_BREAK: Final = "."
_EDGES: Final = {"^": r"(?:(?<=^ )|(?<=[.] ))", "$": r"(?=[.] |$)"}
_GONE: Final = "_"
_SPOKEN_SHARE: Final = 0.34
_SPOKEN_SHARE_FOR_A_WORD: Final = 0.6
"""A language's pattern counts when it knows this share of the words that the best one knows."""


class Heard(NamedTuple):
    """One kind, how surely it was heard, and from which token to which."""

    kind: str
    confidence: float
    first: int
    last: int
    language: str


class _Need(NamedTuple):
    """What one place of a pattern needs: one of these words, or one that begins so."""

    words: frozenset[str]
    stems: tuple[str, ...]

    def is_met(self, tokens: Iterable[str]) -> bool:
        return not self.words.isdisjoint(tokens) or any(
            token.startswith(self.stems) for token in tokens
        )


@dataclass(frozen=True, slots=True)
class Pattern:
    """One compiled pattern of one language."""

    kind: str
    """With a dash before it when its words are no evidence for that kind."""
    weight: float
    language: str
    source: str
    negation: re.Pattern[str]
    needs: tuple[_Need, ...] = ()

    @property
    def expression(self) -> re.Pattern[str]:
        """Compiled at the first need: thousands of patterns are there, most of them never met."""
        return _expression(self.source)


@dataclass(slots=True)
class _Words:
    """One file's lists while it is read."""

    lists: dict[str, list[str]] = field(default_factory=dict)
    negations: list[str] = field(default_factory=list)
    patterns: list[tuple[str, float, str]] = field(default_factory=list)


class PatternBook:
    """All patterns of all languages. Made once; safe to share."""

    def __init__(self) -> None:
        self._by_word: dict[str, list[Pattern]] = {}
        self._by_stem: dict[str, list[Pattern]] = {}
        self._always: list[Pattern] = []
        self._known: set[str] = {word for lexicon in LEXICONS for word in lexicon.words}
        self._words_of = {lexicon.code: set(lexicon.words) for lexicon in LEXICONS}
        self._repaired: set[str] = set()
        self._stem_lengths: tuple[int, ...] = ()
        self._neighbours: Mapping[str, list[str]] = {}

    def patterns(self) -> Iterator[Pattern]:
        """All patterns, some more than once."""
        for table in (self._by_word, self._by_stem):
            for listed in table.values():
                yield from listed
        yield from self._always

    @classmethod
    def load(cls, kinds: frozenset[str]) -> "PatternBook":
        """Reads every file of the package; ValueError names what is wrong in one."""
        book = cls()
        for path in sorted(Path(__file__).with_name("signal_words").glob("*.txt")):
            book.add(path.stem, path.read_text(encoding="utf-8"), kinds)
        book.finish()
        return book

    def add(self, language: str, text: str, kinds: frozenset[str]) -> None:
        """Adds the lines of one language's file."""
        words = _read(language, text, kinds, self._known)
        negation = _negation(words.negations)
        for kind, weight, written in words.patterns:
            parts = [_Part.of(each, words.lists) for each in written.split()]
            expression = "".join(part.expression(words.negations) for part in parts)
            needs = tuple(_need(tuple(keys)) for part in parts if (keys := part.keys()))
            pattern = Pattern(kind, weight, language, f"(?<= ){expression}", negation, needs)
            self._file(pattern, parts)
            for part in parts:
                for word in part.words():
                    bare = word.strip("*")
                    if not word.endswith("*"):
                        self._known.add(bare)
                        self._words_of.setdefault(language, set()).add(bare)
                    if len(bare) >= _MIN_REPAIR_CHARS and word[0] != "*":
                        self._repaired.add(bare)

    def finish(self) -> None:
        """Makes the indexes that need all words."""
        self._stem_lengths = tuple(sorted({len(stem) for stem in self._by_stem}, reverse=True))
        self._neighbours = neighbourhood(self._repaired)
        self._mended = lru_cache(maxsize=16_384)(self._mend)

    def heard(self, tokens: list[str]) -> list[Heard]:
        """The kinds that *tokens* speak of, one each, with evidence as places in *tokens*."""
        mended, repairs = [], 0
        for token in tokens:
            word = _BREAK if token in BREAKS else token
            if (
                word not in self._known
                and len(word) >= _MIN_REPAIR_CHARS
                and repairs < _MAX_REPAIRS
            ):
                word = self._mended(word)
                repairs += 1
            mended.append(word)
        candidates = self._candidates(mended)
        if not candidates:
            return []
        lines = _lines(mended, candidates)
        matches = [
            Heard(each.kind, each.weight, first, last, each.language)
            for each in candidates
            if each.kind[0] != _VETO
            for first, last in _matches(each, lines.get(each.kind) or lines[""])
        ]
        spoken = self._spoken(tokens) if matches else {}
        found: dict[str, Heard] = {}
        for heard in matches:
            line = _SPOKEN_SHARE_FOR_A_WORD if heard.first == heard.last else _SPOKEN_SHARE
            if spoken.get(heard.language, 0) >= line:
                found[heard.kind] = _together(found.get(heard.kind), heard)
        return list(found.values())

    def _spoken(self, tokens: list[str]) -> dict[str, float]:
        """How many of *tokens* each language knows, as a share of what the best one knows."""
        counts = {
            code: sum(token in words for token in tokens) for code, words in self._words_of.items()
        }
        most = max(counts.values()) or 1
        return {code: count / most for code, count in counts.items()}

    def _candidates(self, tokens: list[str]) -> list[Pattern]:
        found: dict[int, Pattern] = {id(each): each for each in self._always}
        # In the text's order: of two patterns that are as sure, the evidence is always the same.
        seen = dict.fromkeys(tokens)
        for token in seen:
            for pattern in self._by_word.get(token, ()):
                found[id(pattern)] = pattern
            for length in self._stem_lengths:
                if length <= len(token):
                    for pattern in self._by_stem.get(token[:length], ()):
                        found[id(pattern)] = pattern
        return [each for each in found.values() if all(need.is_met(seen) for need in each.needs)]

    def _file(self, pattern: Pattern, parts: list["_Part"]) -> None:
        """Files *pattern* under the words of that part of it that is rarest in messages."""
        usable = [keys for part in parts if (keys := part.keys())]
        if not usable:
            self._always.append(pattern)
            return
        rarest = max(usable, key=lambda keys: min(len(key) for key in keys))
        for key in rarest:
            table = self._by_stem if key.endswith("*") else self._by_word
            table.setdefault(key.rstrip("*"), []).append(pattern)

    def _mend(self, token: str) -> str:
        for whole in unstretched(token):
            if whole in self._known:
                return whole
        if any(token[: len(stem)] == stem for stem in self._stems_of(token)):
            return token
        near = [word for word in misspelt(token, self._neighbours) if word[0] == token[0]]
        return near[0] if near else token

    def _stems_of(self, token: str) -> Iterator[str]:
        for length in self._stem_lengths:
            if token[:length] in self._by_stem:
                yield token[:length]


@dataclass(frozen=True, slots=True)
class _Part:
    """One place of a pattern: what may stand there."""

    options: tuple[tuple[str, ...], ...]
    optional: bool
    gap: int = 0
    edge: str = ""

    @classmethod
    def of(cls, written: str, lists: Mapping[str, list[str]]) -> "_Part":
        if written in _GAPS:
            return cls((), optional=True, gap=_GAPS[written])
        if written in _EDGES:
            return cls((), optional=True, edge=_EDGES[written])
        optional = written.endswith("?")
        options: list[tuple[str, ...]] = []
        for each in written.rstrip("?").split("|"):
            for entry in lists[each[1:]] if each[0] == "=" else (each,):
                options += _spellings(entry)
        return cls(tuple(dict.fromkeys(options)), optional=optional)

    def expression(self, negations: Iterable[str]) -> str:
        if self.edge:
            return self.edge
        if self.gap:
            stop = "|".join(map(re.escape, negations))
            unless = f"(?!(?:{stop}) )" if stop else ""
            return rf"(?:{unless}\w+ ){{0,{self.gap}}}?"
        written = "|".join(
            " ".join(re.escape(word).replace(r"\*", r"\w*") for word in option)
            for option in self.options
        )
        return f"(?:(?:{written}) ){'?' if self.optional else ''}"

    def words(self) -> Iterator[str]:
        for option in self.options:
            yield from option

    def keys(self) -> list[str]:
        """Words one of which is in every text that fits here; none if that can't be said."""
        if self.optional or not self.options:
            return []
        keys = []
        for option in self.options:
            firm = [word for word in option if word[0] != "*"]
            if not firm:
                return []
            keys.append(max(firm, key=len))
        return keys


def _spellings(entry: str) -> list[tuple[str, ...]]:
    """The words of *entry*, folded, in each way of typing its umlauts."""
    typed = "_".join(_typed(word) for word in entry.split("_"))
    return [_folded(each) for each in dict.fromkeys((entry, typed))]


def _typed(word: str) -> str:
    bare = spelled_out(word.strip("*"))
    return word.replace(word.strip("*"), bare[0]) if bare else word


def _folded(entry: str) -> tuple[str, ...]:
    words = []
    for written in entry.split("_"):
        before, after = "*" * written.startswith("*"), "*" * written.endswith("*")
        tokens = tokens_of(written.strip("*"))
        if not tokens:
            raise ValueError(f"empty word in {entry!r}")
        tokens[0], tokens[-1] = before + tokens[0], tokens[-1] + after
        words += tokens
    return tuple(words)


def _read(language: str, text: str, kinds: frozenset[str], plain: set[str]) -> _Words:
    words = _Words()
    for number, line in enumerate(text.splitlines(), 1):
        head, colon, rest = line.partition("#")[0].partition(":")
        name, _, weight = head.strip().partition(" ")
        if not colon:
            continue
        if name[0] == "=":
            words.lists.setdefault(name[1:], []).extend(_listed(rest))
        elif name == "not":
            words.negations += [fold(each) for each in _listed(rest)]
        elif name == "plain":
            plain.update(fold(each) for each in _listed(rest))
        elif name.removeprefix(_VETO) in kinds or name == _VETO:
            words.patterns += [
                (name, float(weight or _SURE), each.strip())
                for each in rest.split(";")
                if each.strip()
            ]
        else:
            raise ValueError(f"{language}.txt, line {number}: there is no kind {name!r}")
    return words


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


@cache
def _need(keys: tuple[str, ...]) -> _Need:
    stems = tuple(key.rstrip("*") for key in keys if key.endswith("*"))
    return _Need(frozenset(key for key in keys if not key.endswith("*")), stems)


@cache
def _expression(source: str) -> re.Pattern[str]:
    return re.compile(source)


def _negation(words: Iterable[str]) -> re.Pattern[str]:
    stop = "|".join(map(re.escape, words)) or "(?!)"
    return re.compile(rf" (?:{stop}) (?:\w+ ){{0,{_BEFORE - 1}}}$")


def _lines(tokens: list[str], candidates: Iterable[Pattern]) -> dict[str, str]:
    """The text that each kind is looked for in; under "" that of kinds without vetoes."""
    kept = tokens
    vetoes = [each for each in candidates if each.kind[0] == _VETO]
    for veto in vetoes:
        if veto.kind == _VETO:
            kept = _without(kept, veto.expression)
    found = {"": kept}
    for veto in vetoes:
        kind = veto.kind[1:]
        if kind:
            found[kind] = _without(found.get(kind, kept), veto.expression)
    return {kind: _line(left) for kind, left in found.items()}


def _line(tokens: list[str]) -> str:
    return f" {' '.join(tokens)} "


def _without(tokens: list[str], expression: re.Pattern[str]) -> list[str]:
    """*tokens* with those that *expression* matches gone, so that they are no evidence."""
    line = _line(tokens)
    kept = list(tokens)
    for match in expression.finditer(line):
        first = line.count(" ", 0, match.start()) - 1
        for at in range(first, first + match[0].count(" ")):
            kept[at] = _GONE
    return kept


def _matches(pattern: Pattern, line: str) -> Iterator[tuple[int, int]]:
    """From which token to which *pattern* stands in *line*, unless it is taken back."""
    for number, match in enumerate(pattern.expression.finditer(line)):
        if number >= _MAX_MATCHES:
            return
        # "No veo ninguna razón": a negation that begins the pattern only agrees with one before.
        agrees = pattern.negation.search(f" {match[0].split(' ', 1)[0]} ")
        if agrees or not pattern.negation.search(line[: match.start()]):
            first = line.count(" ", 0, match.start()) - 1
            yield first, first + max(match[0].count(" "), 1) - 1


def _together(one: Heard | None, two: Heard) -> Heard:
    """Both: the surer one's evidence, and as sure as two independent witnesses are."""
    if one is None:
        return two
    best = one if one.confidence >= two.confidence else two
    if (one.first, one.last) == (two.first, two.last) or max(one.first, two.first) <= min(
        one.last, two.last
    ):
        return best
    both = 1 - (1 - one.confidence) * (1 - two.confidence)
    return best._replace(confidence=round(min(both, 0.99), 4))
