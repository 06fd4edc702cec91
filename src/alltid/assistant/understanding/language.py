# ruff: noqa: RUF001 - other scripts' letters and marks are this module's subject
"""Which language a short message is written in.

Chat messages are short, where a statistical identifier alone often errs between neighbours
(Danish and Norwegian, Spanish and Portuguese). So three kinds of evidence are weighed: the
script and letters that only some languages use, the words of our own lexicons, and
py3langid's byte statistics, restricted to languages that customers here may write.
"""

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from alltid.assistant.understanding.text import BREAKS, bounded, tokens_of
from alltid.assistant.understanding.wish import LEXICONS, languages_of

UNDETERMINED: Final = "und"
_CANDIDATES: Final = (
    "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fi", "fr", "ga", "gl", "hr",
    "hu", "is", "it", "lt", "lv", "mt", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sq",
    "sr", "sv", "tr", "uk",
)  # fmt: skip
_WITHOUT_LEXICON: Final = -1.5
"""Log penalty for languages that none of our lexicons covers: rarer among the customers."""
_WORDS_WEIGHT: Final = 6.0
_LETTERS_WEIGHT: Final = 1.2
_HINT_WEIGHT: Final = 1.0
_CLEAR_LEAD: Final = 1.2
"""A lead by words and letters that statistics need not confirm."""
_COVERED: Final = frozenset(lexicon.code for lexicon in LEXICONS)
_CYRILLIC: Final = ("bg", "ru", "sr", "uk")
_LATIN: Final = tuple(sorted(_COVERED.difference(_CYRILLIC, ("ar", "el", "ja", "zh"))))
_MAX_CHARS: Final = 600
_SHORT_WORDS: Final = 3
"""Messages of so few words are looked up before they are reckoned with."""
_LESS_LIKELY: Final = 0.05
"""What a word counts less for each language that has it before."""
_WRITTEN: Final[Mapping[str, str]] = {"no": "nb"}
"""py3langid's name for Norwegian, and ours for the form that customers write."""
_SCRIPTS: Final = (
    ("\u3040", "\u30ff", "ja"), ("\u3400", "\u9fff", "zh"), ("\uac00", "\ud7af", "ko"),
    ("\u0370", "\u03ff", "el"), ("\u0590", "\u05ff", "he"), ("\u0600", "\u06ff", "ar"),
    ("\u0e00", "\u0e7f", "th"), ("\u0900", "\u097f", "hi"), ("\u0400", "\u04ff", "cyrillic"),
)  # fmt: skip
_LETTERS: Final[Mapping[str, str]] = {
    "å": "sv nb da", "ä": "sv fi de et sk", "ö": "sv fi de hu tr et is", "ø": "nb da",
    "æ": "nb da is", "ß": "de", "ü": "de hu tr et", "ñ": "es", "ã": "pt", "õ": "pt et",
    "ç": "fr pt tr ca", "ł": "pl", "ą": "pl lt", "ę": "pl lt", "ż": "pl", "ź": "pl", "ś": "pl",
    "ć": "pl hr", "ń": "pl", "ó": "pl es pt hu cs sk is", "è": "fr it ca", "ê": "fr pt",
    "ù": "fr it", "ì": "it", "ò": "it ca", "ő": "hu", "ű": "hu", "ř": "cs", "ě": "cs",
    "ů": "cs", "ľ": "sk", "ô": "sk fr pt", "ă": "ro", "ș": "ro", "ț": "ro", "ş": "tr ro",
    "ţ": "ro", "ğ": "tr", "ı": "tr", "ð": "is", "þ": "is", "đ": "hr", "ė": "lt", "ų": "lt",
    "ļ": "lv", "ņ": "lv", "ķ": "lv", "ģ": "lv", "ā": "lv", "ē": "lv", "¿": "es", "¡": "es",
    "і": "uk", "ї": "uk", "є": "uk", "ґ": "uk", "ы": "ru", "э": "ru", "ё": "ru", "ъ": "bg ru",
    "ј": "sr", "љ": "sr", "њ": "sr", "ђ": "sr", "ћ": "sr",
}  # fmt: skip


def language_of(text: str, *, hint: str | None = None) -> str:
    """The ISO 639-1 code of *text*'s language, ``und`` when nothing speaks for any.

    *hint* (the market's language, or that of earlier messages) decides close calls only.
    """
    looked_at = bounded(text)[:_MAX_CHARS]
    if not any(char.isalpha() for char in looked_at):
        return hint or UNDETERMINED
    words = [word for word in tokens_of(looked_at) if word not in BREAKS]
    short = _language_of_short(words, hint) if len(words) <= _SHORT_WORDS else None
    if short is not None:
        return short
    script = _script_of(looked_at)
    if script is not None and script != "cyrillic":
        return script
    scores = dict.fromkeys(_CYRILLIC if script == "cyrillic" else _LATIN, 0.0)
    _weigh_letters(looked_at, scores)
    heard = _weigh_words(words, scores)
    clear = _clear_winner(scores)
    if clear is not None:
        return clear
    for code, score in _statistics(looked_at, script).items():
        scores[code] = scores.get(code, 0.0) + score
    if hint in scores:
        scores[hint] += _HINT_WEIGHT if heard else 3 * _HINT_WEIGHT
    return max(sorted(scores), key=lambda code: scores[code])


def _clear_winner(scores: dict[str, float]) -> str | None:
    """The language that words and letters alone make certain, before any statistics."""
    best, second = sorted(scores, key=lambda code: -scores[code])[:2]
    return best if scores[best] - scores[second] >= _CLEAR_LEAD else None


def _language_of_short(words: list[str], hint: str | None) -> str | None:
    """The language of a greeting or a few common words; None when longer evidence is needed.

    Byte statistics say nothing about "hej" or "ok"; a list of such words, and the hint, do.
    """
    votes: dict[str, float] = {}
    for word in words:
        for place, code in enumerate(_short_words().get(word, ())):
            votes[code] = votes.get(code, 0.0) + 1.0 - place * _LESS_LIKELY
    if not votes:
        unheard = len(words) == 1 or not any(languages_of(word) for word in words)
        return hint if unheard and all(word.isascii() for word in words) else None
    if hint in votes and votes[hint] >= max(votes.values()) - 0.5:
        return hint
    best = max(sorted(votes), key=lambda code: votes[code])
    return best if votes[best] > len(words) - 1 else None


@cache
def _short_words() -> dict[str, tuple[str, ...]]:
    """The languages of each short word, in the order of the file."""
    found: dict[str, tuple[str, ...]] = {}
    text = Path(__file__).with_name("short_words.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        code, colon, listed = line.partition(":")
        for word in dict.fromkeys(tokens_of(listed)) if colon and line[0] != "#" else ():
            found[word] = (*found.get(word, ()), code)
    return found


def _script_of(text: str) -> str | None:
    """The language or family of the first script, in the order above, with a fair share."""
    letters = sum(char.isalpha() for char in text)
    for first, last, code in _SCRIPTS:
        found = sum(first <= char <= last for char in text)
        if found * 3 >= letters or (code == "ja" and found * 10 >= letters):
            return code
    return None


def _statistics(text: str, script: str | None) -> dict[str, float]:
    """Log probabilities of the candidate languages by byte statistics."""
    found: dict[str, float] = {}
    for name, probability in _identifier().rank(text.lower()):
        code = _WRITTEN.get(name, name)
        if script != "cyrillic" or code in _CYRILLIC:
            rare = 0.0 if code in _COVERED else _WITHOUT_LEXICON
            found[code] = math.log(max(float(probability), 1e-9)) + rare
    return found


def _weigh_letters(text: str, scores: dict[str, float]) -> None:
    for letter in sorted(set(text.lower())):
        for code in _LETTERS.get(letter, "").split():
            if code in scores:
                scores[code] += _LETTERS_WEIGHT


def _weigh_words(words: list[str], scores: dict[str, float]) -> bool:
    """Adds each language's share of the words, rarer words weighing more; says if any did."""
    heard = False
    for word in words:
        places = languages_of(word)
        for place in places:
            code = LEXICONS[place].code
            if code in scores:
                heard = True
                scores[code] += _WORDS_WEIGHT / len(words) / math.sqrt(len(places))
    return heard


@cache
def _identifier() -> Any:
    """py3langid's model, loaded at the first use: it brings numpy along."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(_CANDIDATES)
    # It keeps the figures of all its languages for a later change of mind: 40 MB for nothing.
    identifier._full_model = (identifier.nb_ptc, identifier.nb_pc, identifier.nb_classes)  # noqa: SLF001
    return identifier
