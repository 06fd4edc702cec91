"""The first look at every message: whether this customer wishes for a human.

It runs in the path that stores the message, so it asks nobody: no model, no clock, no I/O.
Most messages leave after one dictionary read per word. The others are judged by the grammar
of each language that their words speak for.
"""

from dataclasses import dataclass
from typing import Final

from alltid.assistant.understanding import tags
from alltid.assistant.understanding.grammar import judge
from alltid.assistant.understanding.lexicon import Lexicon, load_lexicons
from alltid.assistant.understanding.rules import NOTHING, Verdict
from alltid.assistant.understanding.spelling import Speller
from alltid.assistant.understanding.text import tokens_of

LINE: Final = 0.5
"""From this score on a message counts as a wish."""
_MAX_REPAIRS: Final = 48
"""How many unknown words of one message are looked up among typing errors."""
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
    words = read(text)
    if words is None:
        return NO_WISH
    best, code = NOTHING, ""
    for lexicon in _heard(words):
        verdict = judge(words, lexicon)
        if verdict.score > best.score:
            best, code = verdict, lexicon.code
    if best is NOTHING:
        return NO_WISH
    return _wish(best, code)


def _wish(verdict: Verdict, code: str) -> Wish:
    return Wish(verdict.score >= LINE, verdict.score, f"{code}:{verdict.rule}")


def read(text: str) -> list[str] | None:
    """The repaired words of *text*; None when none of them could belong to a wish."""
    triggered = False
    unknown: list[int] = []
    tokens = tokens_of(text)
    for at, token in enumerate(tokens):
        trigger = _TRIGGER_OF.get(token)
        if trigger is None:
            unknown.append(at)
        elif trigger:
            triggered = True
    if len(unknown) > _MAX_REPAIRS:
        half = _MAX_REPAIRS // 2
        unknown = unknown[:half] + unknown[-half:]
    longer = False
    for at in unknown:
        found = _SPELLER.resolve(tokens[at])
        if found:
            triggered = True
            tokens[at] = found[0] if len(found) == 1 else " ".join(found)
            longer = longer or len(found) > 1
    if not triggered:
        return None
    if longer:
        return [word for token in tokens for word in token.split(" ") if word] + ["\n"]
    return tokens


def _heard(words: list[str]) -> list[Lexicon]:
    """The languages that the words speak for, the clearest first."""
    counts = [0] * len(LEXICONS)
    for word in words:
        for alternative in word.split("|"):
            for language in languages_of(alternative):
                counts[language] += 1
    most = max(counts)
    heard = [
        at for at, count in enumerate(counts) if count >= _SPOKEN_SHARE * most and (most or at == 0)
    ]
    heard.sort(key=lambda at: -counts[at])
    limit = max(1, min(_MAX_LANGUAGES, _MAX_JUDGED_WORDS // len(words)))
    return [LEXICONS[at] for at in heard[:limit]]


def languages_of(word: str) -> tuple[int, ...]:
    """The places in `LEXICONS` of the languages that have *word*."""
    exact = _LANGUAGES_OF.get(word)
    if exact is not None:
        return exact
    for end in range(min(len(word), 16), 2, -1):
        stem = _STEM_LANGUAGES.get(word[:end])
        if stem is not None:
            return stem
    return ()


LEXICONS: Final = load_lexicons()
_SPELLER: Final = Speller(LEXICONS)


def _triggers() -> dict[str, bool]:
    """Every word of every lexicon, and whether it may belong to a wish."""
    found: dict[str, bool] = {}
    for lexicon in LEXICONS:
        for word, tag in lexicon.words.items():
            found[word] = found.get(word, False) or bool(tag & tags.TRIGGERS)
        for phrase, tag in lexicon.all_phrases():
            if tag & tags.TRIGGERS:
                found[max(phrase, key=len)] = True
    return found


def _languages() -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for at, lexicon in enumerate(LEXICONS):
        for word in lexicon.words:
            if word in lexicon.own:
                found.setdefault(word, []).append(at)
            else:
                found.setdefault(word, [])
    return {word: tuple(places) for word, places in found.items()}


def _stem_languages() -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for at, lexicon in enumerate(LEXICONS):
        for stem in lexicon.stems:
            found.setdefault(stem, []).append(at)
    return {stem: tuple(places) for stem, places in found.items()}


_TRIGGER_OF: Final = _triggers()
_LANGUAGES_OF: Final = _languages()
_STEM_LANGUAGES: Final = _stem_languages()
