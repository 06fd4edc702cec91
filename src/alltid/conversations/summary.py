"""A summary that quotes: the sentences of a conversation that a colleague has to know. Pure.

Nothing is written that wasn't said: each line is a sentence of a message and names its version.
It says what the customer wants, what they were told, and the numbers they named; the language
is the conversation's own, since the sentences are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Part = Literal["wants", "told", "numbers", "latest"]
Author = Literal["customer", "assistant", "agent"]

LINE_CHARACTERS: Final = 220
WANTS_LINES: Final = 2
TOLD_LINES: Final = 2
MESSAGES_READ: Final = 400

_SENTENCE: Final = re.compile(r"(?<=[.!?…])\s+|\n+")
_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_NUMBER: Final = re.compile(
    r"(?<![\w•])#?[A-Z]{0,3}-?\d[\d .,:/\-]{0,30}\d(?:\s?(?:kr|€|\$|£|SEK|EUR))?"
    r"|\d\s?(?:kr|€|SEK|EUR)"
)
_LONG_NUMBER: Final = re.compile(r"\d{4}")
_WANTING: Final = re.compile(
    r"\b(?:want|need|would like|can(?:'t|not)|could|how|why|when|where|problem|wrong|not|still|"
    r"vill|behöver|kan|hur|varför|när|inte|problem|fel|fortfarande|"
    r"möchte|brauche|kann|wie|warum|wann|nicht|kein\w*|problem|falsch|immer noch|"
    r"vorrei|voglio|posso|come|perché|quando|non|problema|ancora|"
    r"quiero|necesito|puedo|cómo|por qué|cuándo|no|problema|todavía)\b",
    re.IGNORECASE,
)  # fmt: skip
_GREETING: Final = re.compile(
    r"(?:hi|hello|hey|hej|hejsan|hallo|guten tag|ciao|buongiorno|hola|buenos días|thanks|thank you|"
    r"tack|danke|grazie|gracias|ok|okay|yes|no|ja|nej|nein|sì|sí)\b[\w\s,]{0,20}[.!,]*",
    re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A message as the summary reads it."""

    version: int
    author: Author
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of the summary, and the message it stands in."""

    part: Part
    version: int
    text: str


def summarise(
    messages: Sequence[Said], is_wish: Callable[[str], bool] = lambda _sentence: False
) -> tuple[Line, ...]:
    """Choose the few lines; none where the customer hasn't said anything of substance.

    `is_wish` tells a sentence that only asks for a person: that is known already.
    """
    messages = messages[-MESSAGES_READ:]
    by_customer = [
        (said.version, sentence)
        for said in messages
        if said.author == "customer"
        for sentence in _sentences(said.text)
        if not is_wish(sentence)
    ]
    if not by_customer:
        return ()
    weights = _weights(sentence for _, sentence in by_customer)
    wants = _best(by_customer, weights, WANTS_LINES)
    lines = [Line("wants", version, text) for version, text in wants]
    latest = by_customer[-1]
    if latest not in wants:
        lines.append(Line("latest", *latest))
    lines += _told(messages, weights)
    lines += _numbers(messages)
    return tuple(lines)


def _sentences(text: str) -> list[str]:
    found = (" ".join(part.split()) for part in _SENTENCE.split(text))
    return [_short(each) for each in found if each and not _GREETING.fullmatch(each)]


def _short(sentence: str) -> str:
    if len(sentence) <= LINE_CHARACTERS:
        return sentence
    return sentence[: LINE_CHARACTERS - 1].rsplit(" ", 1)[0] + "…"


def _weights(sentences: Iterable[str]) -> Counter[str]:
    """What is spoken of more than once is what it is about."""
    return Counter(word for sentence in sentences for word in set(_words(sentence)))


def _words(sentence: str) -> list[str]:
    # Stems by length: a word's endings say little about its matter.
    return [word.lower()[:6] for word in _WORD.findall(sentence)]


def _best(
    sentences: Sequence[tuple[int, str]], weights: Counter[str], most: int
) -> list[tuple[int, str]]:
    def worth(place: int) -> float:
        text = sentences[place][1]
        words = set(_words(text))
        about = sum(min(weights[word], 3) for word in words) / (4 + len(words))
        asks = 0.6 if text.endswith("?") else 0.0
        wanting = 0.6 if _WANTING.search(text) else 0.0
        names = 0.6 if _LONG_NUMBER.search(text) else 0.0
        substance = min(len(words), 6) / 4
        return about + asks + wanting + names + substance + 1.0 / (1 + place)

    chosen = sorted(range(len(sentences)), key=lambda place: (-worth(place), place))[:most]
    return [sentences[place] for place in sorted(chosen)]


def _told(messages: Sequence[Said], weights: Counter[str]) -> list[Line]:
    """The answers nearest to the customer's matter, in the order they were given."""
    answers = [
        (said.version, sentence)
        for place, said in enumerate(messages)
        if said.author != "customer" and any(m.author == "customer" for m in messages[:place])
        for sentence in _sentences(said.text)[:4]
        if not sentence.endswith("?")
    ]
    near = [
        (sum(weights[word] for word in set(_words(text))), version, text)
        for version, text in answers
    ]
    best = sorted((each for each in near if each[0] > 0), key=lambda each: (-each[0], each[1]))
    chosen: dict[int, str] = {}
    for _, version, text in best:
        if len(chosen) < TOLD_LINES:
            chosen.setdefault(version, text)
    return [Line("told", version, text) for version, text in sorted(chosen.items())]


def _numbers(messages: Sequence[Said]) -> list[Line]:
    """What the customer named by number, each once: a line a message, three at most."""
    lines: list[Line] = []
    known: set[str] = set()
    for said in messages:
        if said.author != "customer":
            continue
        new = dict.fromkeys(found.strip() for found in _NUMBER.findall(said.text))
        new = {number: None for number in new if number not in known}
        known |= set(new)
        if new:
            lines.append(Line("numbers", said.version, _short(" · ".join(new))))
    return lines[-3:]
