"""The first look at every message: whether this customer wishes for a human.

It runs in the path that stores the message, so it asks nobody: no model, no clock, no I/O.
Most messages leave after one dictionary read per word. The others are judged by the grammar
of each language that their words speak for.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple, cast

from alltid.assistant.understanding import tags
from alltid.assistant.understanding.clause import NOTHING
from alltid.assistant.understanding.grammar import judge
from alltid.assistant.understanding.lexicon import (
    MAX_SUFFIX_CHARS,
    MIN_COMPOUND_CHARS,
    MIN_SUFFIX_CHARS,
    Lexicon,
    load_lexicons,
)
from alltid.assistant.understanding.spelling import Speller
from alltid.assistant.understanding.text import (
    BREAKS,
    is_ideographic,
    shortened,
    tokens_of,
    unleet,
)

LINE: Final = 0.5
"""From this score on a message counts as a wish."""
_MAX_REPAIRS: Final = 24
"""How many unknown words of one message are looked up among typing errors."""
_MAX_CUTS: Final = 12
"""How many of them are tried as several words without spaces."""
_MIN_GLUED_TAIL_CHARS: Final = 6
"""What follows a known stem may be other words, not its ending, from this length on."""
_MIN_TELLING_CHARS: Final = 4
_MAX_WORD_CHARS: Final = 40
_MAX_REMEMBERED: Final = 32_768
_MAX_LANGUAGES: Final = 5
_MAX_JUDGED_WORDS: Final = 700
"""Words times languages judged in one message: a bound on the time taken."""
_SPOKEN_SHARE: Final = 0.8
"""A language is heard when it knows this share of what the best one knows."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A customer's wish for a human, as the first look sees it."""

    wanted: bool
    score: float
    """0 to 1; 0.5 is the line."""
    because: str
    """The language and rule that decided (``en:request+person``), never the text itself."""


NO_WISH: Final = Wish(wanted=False, score=0.0, because="none")


def wish_for_human(text: str) -> Wish:
    """Whether *text*, a customer's message in any covered language, asks for a human being."""
    tokens = tokens_of(text)
    meanings = _meanings(tokens)
    triggered = 0
    for meaning in meanings:
        triggered |= meaning.triggered
    if not triggered:
        return NO_WISH
    words = [word for meaning in meanings for word in meaning.words]
    best, code = NOTHING, ""
    for lexicon in _heard(meanings, triggered, len(words)):
        verdict = judge(words, lexicon)
        if verdict.score > best.score:
            best, code = verdict, lexicon.code
    if best is NOTHING:
        return NO_WISH
    return Wish(best.score >= LINE, best.score, f"{code}:{best.rule}")


def speaks_of_people(text: str) -> bool:
    """Whether *text* has words that may belong to a wish, whatever their grammar says."""
    return any(meaning.triggered for meaning in _meanings(tokens_of(text)))


def names_people(text: str) -> bool:
    """Whether *text* has a noun for a human being or for one of those who work here."""
    return any(
        (LEXICONS[language].tag_of(alternative) or 0) & tags.PERSON
        for meaning in _meanings(tokens_of(text))
        for word in meaning.words
        for alternative in word.split("|")
        for language in languages_of(alternative)
    )


class Meaning(NamedTuple):
    """What one token may say, in any language."""

    words: tuple[str, ...]
    """The token itself, or what it was repaired to."""
    triggered: int
    """The languages, as bits, in which it may belong to a wish."""
    languages: tuple[int, ...]
    """The places in `LEXICONS` of the languages that it speaks for."""


def _meanings(tokens: list[str]) -> list[Meaning]:
    """The meaning of each token; only so many new ones are repaired, from both ends."""
    found = [_MEANINGS.get(token) for token in tokens]
    if None not in found:
        return cast("list[Meaning]", found)
    new = [at for at, meaning in enumerate(found) if meaning is None]
    unknown = []
    for at in new:
        token = tokens[at]
        if token in _SPELLER.vocabulary or token in BREAKS:
            found[at] = _learn(token, (token,))
        elif len(token) > _MAX_WORD_CHARS and not is_ideographic(token):
            found[at] = _spoken((shortened(token),))
        elif token.isdigit() or not token.isalpha():
            found[at] = _spoken((unleet(token),))
        else:
            unknown.append(at)
    for turn, at in enumerate(_from_both_ends(unknown)):
        if turn < _MAX_REPAIRS:
            token = tokens[at]
            words = (token,) if _compound(token) else _SPELLER.resolve(token)
            if turn < _MAX_CUTS and _may_be_glued(token, words):
                words = _SPELLER.unglued(token) or words
            found[at] = _learn(token, words or (token,))
        else:
            found[at] = Meaning((tokens[at],), 0, ())
    return cast("list[Meaning]", found)


def _compound(token: str) -> int:
    """The languages, as bits, in which *token* is a compound that names a person."""
    if len(token) <= MIN_COMPOUND_CHARS or _SPELLER.stem_length(token):
        return 0
    found = 0
    for length in range(MIN_SUFFIX_CHARS, min(len(token) - 2, MAX_SUFFIX_CHARS) + 1):
        found |= _SUFFIXES.get(token[-length:], 0)
    return found


def _from_both_ends(places: list[int]) -> list[int]:
    """*places* in the order first, last, second, last but one, ..."""
    if len(places) <= _MAX_CUTS:
        return places
    half = (len(places) + 1) // 2
    back = places[half:][::-1]
    pairs = zip(places[:half], back, strict=False)
    return [at for pair in pairs for at in pair] + places[len(back) : half]


def _may_be_glued(token: str, words: tuple[str, ...]) -> bool:
    """Whether *token* is unknown, or so much longer than its stem that words may follow it."""
    if not words:
        return True
    stem = _SPELLER.stem_length(token) if words[0].split("|")[0] == token else 0
    return 0 < stem <= len(token) - _MIN_GLUED_TAIL_CHARS


def _learn(token: str, words: tuple[str, ...]) -> Meaning:
    """The meaning of *words*, remembered for *token*."""
    meaning = _spoken(words)
    if len(token) <= _MAX_WORD_CHARS:
        if len(_MEANINGS) >= _MAX_REMEMBERED:
            _MEANINGS.clear()
        _MEANINGS[token] = meaning
    return meaning


def _spoken(words: tuple[str, ...]) -> Meaning:
    triggered = 0
    languages: list[int] = []
    for word in words:
        spoken: set[int] = set()
        for alternative in word.split("|"):
            triggered |= _triggered(alternative)
            spoken.update(languages_of(alternative))
        languages += sorted(spoken)
    return Meaning(words, triggered, tuple(languages))


def _triggered(word: str) -> int:
    """The languages, as bits, in which *word* may belong to a wish."""
    triggered = _triggers().get(word, 0)
    known = _KNOWN.get(word, 0)
    for end in range(3, min(len(word), _SPELLER.longest_stem) + 1):
        triggered |= _STEM_TRIGGERED.get(word[:end], 0) & ~known
    return triggered or (0 if known else _compound(word))


def _heard(meanings: list[Meaning], triggered: int, length: int) -> list[Lexicon]:
    """Of the languages that the words speak for, those of a possible wish, the clearest first."""
    counts = [0] * len(LEXICONS)
    for meaning in meanings:
        for language in meaning.languages:
            counts[language] += 1
    most = max(counts)
    heard = [
        at for at, count in enumerate(counts) if count >= _SPOKEN_SHARE * most and (most or at == 0)
    ]
    heard = [at for at in heard if triggered >> at & 1]
    heard.sort(key=lambda at: -counts[at])
    limit = max(1, min(_MAX_LANGUAGES, _MAX_JUDGED_WORDS // length))
    return [LEXICONS[at] for at in heard[:limit]]


def languages_of(word: str) -> tuple[int, ...]:
    """The places in `LEXICONS` of the languages that have *word*."""
    known = _KNOWN.get(word)
    if known is not None:
        return _places(known & ~_BORROWED.get(word, 0))
    for end in range(min(len(word), _SPELLER.longest_stem), 2, -1):
        stem = _STEMS.get(word[:end])
        if stem is not None:
            return _places(stem)
    return _places(_compound(word))


@cache
def _places(bits: int) -> tuple[int, ...]:
    return tuple(at for at in range(len(LEXICONS)) if bits >> at & 1)


def _bits(words_of: Callable[[Lexicon], Iterable[str]]) -> dict[str, int]:
    """The languages, as bits, of each word that *words_of* finds in their lexicons."""
    found: dict[str, int] = {}
    for at, lexicon in enumerate(LEXICONS):
        bit = 1 << at
        for word in words_of(lexicon):
            found[word] = found.get(word, 0) | bit
    return found


@cache
def _triggers() -> dict[str, int]:
    """The languages, as bits, of each word that may belong to a wish; made at first need."""
    return _bits(_trigger_words)


def _trigger_words(lexicon: Lexicon) -> Iterator[str]:
    """The words of *lexicon* that may belong to a wish; of each phrase, its telling word."""
    triggers = tags.TRIGGERS
    alone = {word for word, tag in lexicon.words.items() if tag & triggers}
    yield from alone
    phrases = [phrase for phrase in lexicon.phrases_of(triggers) if alone.isdisjoint(phrase)]
    uses = Counter(word for phrase in phrases for word in phrase)
    light = tags.FILLER | tags.WISHING | tags.NOT | tags.AND
    for phrase in phrases:
        telling = [
            word
            for word in phrase
            if len(word) >= _MIN_TELLING_CHARS and not lexicon.words.get(word, 0) & light
        ]
        yield max(telling, key=lambda word: uses[word]) if telling else max(phrase, key=len)


def _trigger_stems(lexicon: Lexicon) -> list[str]:
    return [stem for stem, tag in lexicon.stems.items() if tag & tags.TRIGGERS]


LEXICONS: Final = load_lexicons()
_SPELLER: Final = Speller(LEXICONS)
_KNOWN: Final = _bits(lambda lexicon: lexicon.words)
_BORROWED: Final = _bits(lambda lexicon: lexicon.borrowed)
_STEMS: Final = _bits(lambda lexicon: lexicon.stems)
_STEM_TRIGGERED: Final = _bits(_trigger_stems)
_SUFFIXES: Final = _bits(lambda lexicon: lexicon.suffixes)
_MEANINGS: Final[dict[str, Meaning]] = {}
"""What was learnt of tokens met before; bounded, emptied when full."""
