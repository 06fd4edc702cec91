# ruff: noqa: RUF001 - other scripts' letters and marks are this module's subject
"""From what a customer typed to plain words: bounded, folded, cut into tokens.

Folding makes typing habits equal: case, accents, full-width and "fancy" letters, invisible
characters and curly apostrophes all disappear, so ``Människa``, ``MANNISKA`` and ``m4nniska``
can meet in one lexicon entry. Lexicon entries pass through the same functions.
"""

import re
import unicodedata
from typing import Final

HEAD_CHARS: Final = 2_000
TAIL_CHARS: Final = 2_000
"""How much of a long message is looked at: its first and last characters."""

_EXTRA: Final = {
    "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ł": "l", "ı": "i", "ð": "d", "þ": "th",
    "’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'", "ʹ": "'", "′": "'",
    "ى": "ي", "أ": "ا", "إ": "ا", "آ": "ا", "ة": "ه", "ـ": "",
}  # fmt: skip
_UMLAUTS: Final = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"}
_IDEOGRAPHS: Final = range(0x3400, 0xA000)
"""Letters that fold to themselves."""
_SPELLED_OUT: Final = str.maketrans(_UMLAUTS)
_CACHED_BELOW: Final = 0x20000
"""Code points whose folding is remembered; a bound, so that hostile text cannot fill memory."""


class _Folding(dict[int, str]):
    """What `str.translate` asks for each character; answers are worked out once."""

    def __missing__(self, code: int) -> str:
        if _IDEOGRAPHS.start <= code < _IDEOGRAPHS.stop:
            self[code] = same = chr(code)
            return same
        folded = _fold_char(chr(code))
        if code < _CACHED_BELOW:
            self[code] = folded
        return folded


def _fold_char(char: str) -> str:
    if char in _EXTRA:
        return _EXTRA[char]
    if char in "\n\r\t\u2028\u2029":
        return "\n"
    if unicodedata.category(char) in ("Cf", "Cc"):
        return ""
    if "\u3040" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff":
        return char  # Japanese voicing marks tell words apart
    decomposed = unicodedata.normalize("NFKD", char.casefold())
    return "".join(_EXTRA.get(c, c) for c in decomposed if not unicodedata.combining(c))


_FOLDING: Final = _Folding()
CLITIC: Final = re.compile(r"'(?=[^\W_]{1,2}(?![^\W_]))")
TOKEN: Final = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff]{1,60}|[^\W_\u3040-\u30ff\u3400-\u9fff]+|[.,!?;:\n…–—|()。！？，、؟،؛]"
)
_LEET: Final = str.maketrans("013457", "oleast")
_LONGEST_WORD: Final = 40
_RUN: Final = re.compile(r"(\w)\1{2,}")
BREAKS: Final = frozenset(".,!?;:\n…–—|()。！？，、؟،؛")
"""Tokens that end a clause."""


def bounded(text: str) -> str:
    """The part of *text* that is looked at: all of it, or its head and tail."""
    if len(text) <= HEAD_CHARS + TAIL_CHARS:
        return text
    return f"{text[:HEAD_CHARS]}\n{text[-TAIL_CHARS:]}"


def fold(text: str) -> str:
    """*text* in small plain letters."""
    if text.isascii():
        return text.lower().replace("\t", "\n").replace("\r", "\n").replace("`", "'")
    return text.translate(_FOLDING)


def tokens_of(text: str) -> list[str]:
    """The words and clause breaks of *text*, folded. ``can't`` gives ``cant``, ``l'ami`` two."""
    folded = fold(bounded(text))
    if "'" in folded:
        folded = CLITIC.sub("", folded)
    return TOKEN.findall(folded)


def spelled_out(words: str) -> list[str]:
    """Those of *words* that have umlauts, folded as they are typed without: ``moechte``."""
    written = words.casefold()
    if _UMLAUTS.keys().isdisjoint(written):
        return []
    accented = " ".join(word for word in written.split() if not word.isascii())
    return fold(accented.translate(_SPELLED_OUT)).split()


def unstretched(token: str) -> tuple[str, ...]:
    """*token* with letters repeated three times or more cut to one, and to two."""
    if not _RUN.search(token):
        return ()
    return _RUN.sub(r"\1", token), _RUN.sub(r"\1\1", token)


def shortened(token: str) -> str:
    """*token*, too long for a word, with repeated letters cut to one: ``HUMAAAA...N``."""
    return _RUN.sub(r"\1", token)[:_LONGEST_WORD]


def unleet(token: str) -> str:
    """*token* with the digits that are typed for letters replaced: ``hum4n``; numbers stay."""
    return token if token.isdigit() else token.translate(_LEET)


def is_ideographic(token: str) -> bool:
    """Whether *token* is of a script that writes no spaces between words."""
    return "\u3040" <= token[0] <= "\u9fff"
