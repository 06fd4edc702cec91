"""Reads the lexicons: one small text file per language beside this module.

A line is ``section: word, two_words, stem*``. ``_`` joins the words of a phrase, a trailing
``*`` lets any ending follow. ``shared.txt`` holds words that customers everywhere use (agent,
support, bot); every language has them too, unless it defines the word itself.
"""

import gc
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from alltid.assistant.understanding import tags
from alltid.assistant.understanding.text import fold, spelled_out, tokens_of

Line = tuple[str, list[str]]
SHARED: Final = "shared"
_MIN_STEM_CHARS: Final = 3
MIN_SUFFIX_CHARS: Final = 4
MAX_SUFFIX_CHARS: Final = 14
MIN_COMPOUND_CHARS: Final = 8


@dataclass(slots=True)
class Lexicon:
    """The words of one language, each with its classes (see `tags`)."""

    code: str
    words: dict[str, int] = field(default_factory=dict)
    stems: dict[str, int] = field(default_factory=dict)
    phrases: dict[str, dict[str, dict[tuple[str, ...], int]]] = field(default_factory=dict)
    """First word to second word to the others, longest first, with the classes of the whole."""
    stem_phrases: dict[str, list[tuple[tuple[str, ...], int]]] = field(default_factory=dict)
    """First word to the others, of which the last may have any ending."""
    parts: set[str] = field(default_factory=set)
    """Words of phrases, which may mean nothing by themselves."""
    stem_bounds: tuple[int, int] = (_MIN_STEM_CHARS, 0)
    """The lengths of the shortest and the longest stem."""
    suffixes: set[str] = field(default_factory=set)
    """What unknown compounds end in that name a person: ``-berater``, ``-ansvarig``."""
    options: frozenset[str] = frozenset()
    borrowed: set[str] = field(default_factory=set)
    """Words that it has only because all have them: no evidence for the language."""

    def add(self, entry: str, tag: int) -> None:
        """Adds one folded entry of a lexicon file under the class *tag*."""
        stem = entry[-1] == "*"
        parts = _words_of(entry[:-1] if stem else entry)
        if not parts:
            raise ValueError(f"{self.code}: empty entry {entry!r}")
        first = parts[0]
        if len(parts) > 1:
            self.parts.update(parts)
            if stem:
                self.stem_phrases.setdefault(first, []).append((parts[1:], tag))
                return
            seconds = self.phrases.get(first)
            if seconds is None:
                seconds = self.phrases[first] = {}
            endings = seconds.get(parts[1])
            if endings is None:
                endings = seconds[parts[1]] = {}
            endings[parts[2:]] = endings.get(parts[2:], 0) | tag
        elif not stem:
            self.words[first] = self.words.get(first, 0) | tag
        elif len(first) >= _MIN_STEM_CHARS:
            self.stems[first] = self.stems.get(first, 0) | tag
        else:
            raise ValueError(f"{self.code}: stem {entry!r} is too short")

    def phrases_of(self, classes: int) -> Iterator[tuple[str, ...]]:
        """Every phrase that has one of *classes*."""
        for first, seconds in self.phrases.items():
            for second, endings in seconds.items():
                for rest, tag in endings.items():
                    if tag & classes:
                        yield (first, second, *rest)
        for first, found in self.stem_phrases.items():
            for rest, tag in found:
                if tag & classes:
                    yield (first, *rest)

    def tag_of(self, word: str) -> int | None:
        """The classes of *word* in this language; None when it is unknown."""
        known = self.words.get(word)
        if known is None:
            known = self.stem_of(word)
        return tags.PERSON if known is None and self.names_person(word) else known

    def names_person(self, word: str) -> bool:
        """Whether *word*, otherwise unknown, is a compound that ends in a person."""
        if not self.suffixes or len(word) <= MIN_COMPOUND_CHARS:
            return False
        lengths = range(MIN_SUFFIX_CHARS, min(len(word) - 2, MAX_SUFFIX_CHARS) + 1)
        return any(word[-length:] in self.suffixes for length in lengths)

    def stem_of(self, word: str) -> int | None:
        """The classes of the longest stem that *word* begins with."""
        shortest, longest = self.stem_bounds
        for end in range(min(len(word), longest), shortest - 1, -1):
            tag = self.stems.get(word[:end])
            if tag is not None:
                return tag
        return None


def _words_of(entry: str) -> tuple[str, ...]:
    """The tokens of a folded lexicon entry, without the tokenizer where it changes nothing."""
    if entry.replace("_", "").isalnum():
        return tuple(entry.split("_"))
    return tuple(tokens_of(entry.replace("_", " ")))


def load_lexicons() -> list[Lexicon]:
    """Every lexicon of the package, English first, then by language code.

    The many small tables are made with garbage collection at rest: none of them is garbage,
    and looking for some takes a third of the time.
    """
    folder = Path(__file__).with_name("lexicons")
    texts = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.txt")}
    shared = list(_lines(texts.pop(SHARED)))
    codes = sorted(texts, key=lambda code: (code != "en", code))
    collecting = gc.isenabled()
    gc.disable()
    try:
        return [_compiled(code, _lines(texts[code]), shared) for code in codes]
    finally:
        if collecting:
            gc.enable()


def _compiled(code: str, lines: Iterable[Line], shared: Iterable[Line]) -> Lexicon:
    lexicon = Lexicon(code)
    words = lexicon.words
    for section, entries in lines:
        _add_line(lexicon, section, entries)
    for section, entries in shared:
        for entry in entries:
            if entry not in words:
                lexicon.borrowed.update(set(_words_of(entry)).difference(words, lexicon.parts))
                lexicon.add(entry, tags.SECTIONS[section])
    lexicon.stem_bounds = _bounds(lexicon.stems)
    for part in lexicon.parts - lexicon.words.keys():
        lexicon.words[part] = lexicon.tag_of(part) or 0
    _share_stems(lexicon)
    _share_persons(lexicon)
    for seconds in lexicon.phrases.values():
        for second, endings in seconds.items():
            if len(endings) > 1:
                longest_first = sorted(endings.items(), key=lambda item: (-len(item[0]), item[0]))
                seconds[second] = dict(longest_first)
    return lexicon


def _add_line(lexicon: Lexicon, section: str, entries: list[str]) -> None:
    if section == "option":
        lexicon.options |= frozenset(entries)
        return
    if section == "suffix":
        lexicon.suffixes.update(entries)
        return
    tag = tags.SECTIONS[section]
    words = lexicon.words
    for entry in entries:
        if entry.isalnum():
            words[entry] = words.get(entry, 0) | tag
        else:
            lexicon.add(entry, tag)


def _bounds(stems: dict[str, int]) -> tuple[int, int]:
    lengths = [len(stem) for stem in stems]
    return min(lengths, default=_MIN_STEM_CHARS), max(lengths, default=0)


def _share_stems(lexicon: Lexicon) -> None:
    """Gives words and stems of only auxiliary classes those of the stem they begin with."""
    for stem in sorted(lexicon.stems, key=len):
        if not lexicon.stems[stem] & ~tags.AUXILIARY:
            lexicon.stems[stem] |= lexicon.stem_of(stem[:-1]) or 0
    for word, tag in lexicon.words.items():
        if tag and not tag & ~tags.AUXILIARY:
            lexicon.words[word] = tag | (lexicon.stem_of(word) or 0)


def _share_persons(lexicon: Lexicon) -> None:
    """As in "Can someone", a wishing phrase and somebody: phrases must not swallow people."""
    for first, seconds in lexicon.phrases.items():
        for second, endings in seconds.items():
            for rest, tag in endings.items():
                if tag & tags.WISHING and not tag & ~(tags.WISHING | tags.AUXILIARY):
                    for word in (first, second, *rest):
                        endings[rest] |= (lexicon.tag_of(word) or 0) & tags.SOMEONE


def _lines(text: str) -> Iterator[Line]:
    """The section and folded entries of each line of a lexicon file; ``#`` starts a comment.

    An entry with umlauts comes in each way of typing it: ``möchte`` also as ``moechte``.
    """
    for line in text.splitlines():
        section, colon, listed = line.partition("#")[0].partition(":")
        if not colon:
            continue
        written = listed.replace(",", " ")
        entries = fold(written).split()
        if not written.isascii():
            entries += set(spelled_out(written)).difference(entries)
        yield section.strip(), entries
