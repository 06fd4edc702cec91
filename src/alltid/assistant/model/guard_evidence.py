"""What an assistant's words may rest on, read into figures, words and states. Pure.

Evidence is what tools answered, what the customer chose, passages that are cited, the company's
own texts, and the record of what was really done. A customer's or an article's words that ask
for something are evidence of nothing: only their figures and their words are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from alltid.assistant.model.guard_figures import figures_of
from alltid.assistant.model.guard_tokens import Figure
from alltid.assistant.model.guard_units import money, plain
from alltid.assistant.model.guard_words import UNITS, fold
from alltid.assistant.model.sentences import sentences_of

TEXT_CHARACTERS_MAX: Final = 8_000
TEXTS_CHARACTERS_MAX: Final = 120_000
_DEPTH_MAX: Final = 8
_ITEMS_MAX: Final = 2_000
_SLOT_LENGTH_MAX: Final = 48
_SLOT_KINDS: Final = frozenset({"date", "mail", "phone", "code", "count", "span"})
_STATE: Final = re.compile(r"[a-z]+(?:_[a-z]+){0,4}")
_KRONOR: Final = frozenset({"KR", "SEK", "NOK", "DKK"})
# Whole numbers under such keys are not money, whatever currency stands beside them.
_NOT_MONEY: Final = re.compile(
    r"(?:^|_)(?:days?|hours?|minutes?|weeks?|months?|years?|count|counts|used|parts?|percent|number"
    r"|version|level|quantity|items|max|least|times|left_times|reminders|index|position|open)$"
)
STEM: Final = 5
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
NEGATIONS: Final = re.compile(
    r"\b(?:not?|never|none|cannot|without|nor|inte|ej|aldrig|ingen|inga|inget|utan|nicht|kein\w*"
    r"|nie|niemals|ohne|non|mai|nessun\w*|senza|nunca|sin|ningun\w*|jamas)\b|n't\b"
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What may be said.

    `results`: JSON that tools answered. `slots`: what the customer chose. `passages`: cited
    passages, rendered templates, the company's facts. `done`: names of the actions that the
    record holds, with "hand_over" where a person takes over. `known_names`: products and the
    like, each said only where evidence names it. `secrets`: texts that are never said. With
    `from_passages` nothing is said but what a passage says in much the same words.
    """

    results: Sequence[Any] = ()
    slots: Mapping[str, Any] = field(default_factory=dict)
    passages: Sequence[str] = ()
    done: Sequence[str] = ()
    known_names: frozenset[str] = frozenset()
    secrets: Sequence[str] = ()
    today: date | None = None
    from_passages: bool = False


@dataclass(frozen=True, slots=True)
class Thing:
    """An object that a tool showed: its states as words, and what names it."""

    states: frozenset[str]
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence of a passage, as far as agreement with it is measured."""

    stems: frozenset[str]
    negations: int
    folded: str


@dataclass(frozen=True, slots=True)
class Held:
    """Evidence that is read: what `read_evidence` returns."""

    figures: frozenset[Figure]
    words: frozenset[str]
    text: str
    things: tuple[Thing, ...]
    sentences: tuple[Passage, ...]
    handles: frozenset[str]
    done: frozenset[str]
    today: date | None

    def holds(self, figure: Figure) -> bool:
        """Whether a figure stands in the evidence, in any form of the same meaning."""
        if figure.kind == "unreadable":
            return False
        if figure in self.figures:
            return True
        return _HOLDS[figure.kind](self, figure) if figure.kind in _HOLDS else False


def read_evidence(evidence: Evidence) -> Held:
    """Read evidence once, for any number of sentences."""
    figures: set[Figure] = set()
    texts: list[str] = []
    things: list[Thing] = []
    handles: set[str] = set()
    for key, value, currency in _leaves(evidence.results, things, handles):
        figures.update(_of_value(key, value, currency, texts))
    for name, value in evidence.slots.items():
        figures.update(_of_slot(name, value))
    # The passages first: what is past the bound is no evidence.
    texts = _bounded([*evidence.passages, *texts])
    for text in texts:
        figures.update(each for each in figures_of(text) if each.kind != "unreadable")
    folded = fold(" \n ".join(texts))
    return Held(
        frozenset(figures),
        frozenset(_WORD.findall(folded)),
        folded,
        tuple(things),
        tuple(_passages(_bounded(evidence.passages))),
        frozenset(handles),
        frozenset(word for name in evidence.done for word in (name, *name.split("_"))),
        evidence.today,
    )


# ------------------------------------------------------------ reading


def _bounded(texts: Iterable[str]) -> list[str]:
    left, found = TEXTS_CHARACTERS_MAX, []
    for text in texts:
        kept = text[: min(TEXT_CHARACTERS_MAX, left)]
        left -= len(kept)
        found.append(kept)
    return found


def _leaves(
    results: Sequence[Any], things: list[Thing], handles: set[str]
) -> Iterator[tuple[str, Any, str]]:
    """Yield (key, value, currency) of every value in JSON; objects and handles are collected."""
    waiting: list[tuple[str, Any, str, int]] = [("", result, "", 0) for result in results]
    for _ in range(_ITEMS_MAX):
        if not waiting:
            return
        key, value, currency, depth = waiting.pop()
        if isinstance(value, Mapping) and depth < _DEPTH_MAX:
            currency = str(value.get("currency") or currency)
            things.append(_thing(value))
            waiting += [(str(name), each, currency, depth + 1) for name, each in value.items()]
        elif isinstance(value, (list, tuple)) and depth < _DEPTH_MAX:
            yield "count", len(value), ""
            waiting += [(key, each, currency, depth + 1) for each in value]
        elif key == "handle" or key.endswith("_handle"):
            handles.add(str(value).lower())
        else:
            yield key, value, currency


def _thing(value: Mapping[str, Any]) -> Thing:
    states: set[str] = set()
    names: set[str] = set()
    for key, each in value.items():
        if isinstance(each, str) and key != "handle":
            states.update({each, *each.split("_")} if _STATE.fullmatch(each) else ())
            names.add(fold(each))
        if each and (each is True or str(key).endswith("_at")):
            states.update(str(key).split("_"))
    return Thing(frozenset(states), frozenset(names))


def _of_value(key: str, value: Any, currency: str, texts: list[str]) -> Iterable[Figure]:
    if value is None or isinstance(value, bool):
        return ()
    if isinstance(value, str):
        texts.append(value)
        return ()
    if not isinstance(value, int | float):
        return ()
    number = Decimal(str(value))
    not_money = _NOT_MONEY.search(key)
    if currency and not_money is None:
        return (money(abs(number), f"{currency}/100"),)
    return _of_number(key, number)


def _of_number(key: str, number: Decimal) -> tuple[Figure, ...]:
    unit = key.rpartition("_")[2]
    shown = plain(abs(number))
    counted = Figure("count", shown)
    if unit == "percent":
        return (Figure("percent", shown),)
    if unit in UNITS:
        return (*figures_of(f"{shown} {unit}"), counted)
    return (counted, Figure("code", shown))


def _of_slot(name: str, value: Any) -> Iterable[Figure]:
    """Read a slot; free words of a customer prove nothing, however figures stand in them."""
    if isinstance(value, bool) or value is None:
        return ()
    if not isinstance(value, str):
        return _of_number(name, Decimal(str(value)))
    found = figures_of(value) if len(value) <= _SLOT_LENGTH_MAX else ()
    alone = len(found) == 1 and found[0].kind in _SLOT_KINDS and len(value.split()) <= len("dmy")
    return found if alone else ()


def _passages(passages: Iterable[str]) -> Iterator[Passage]:
    for passage in passages:
        for sentence in sentences_of(passage):
            folded = fold(sentence)
            yield Passage(stems_of(folded), len(NEGATIONS.findall(folded)), folded)


def stems_of(folded: str) -> frozenset[str]:
    """Return the beginnings of a text's words of three letters and more."""
    return frozenset(word[:STEM] for word in _WORD.findall(folded))


# ------------------------------------------------------------ equal in meaning


def _money(held: Held, figure: Figure) -> bool:
    if figure.unit not in _KRONOR:
        return False
    return any(
        Figure("money", figure.value, unit) in held.figures
        for unit in (_KRONOR if figure.unit == "KR" else {"KR"})
    )


def _date(held: Held, figure: Figure) -> bool:
    if not figure.value.startswith("--"):
        return False
    return any(
        each.kind == "date" and each.value.endswith(figure.value[1:]) for each in held.figures
    )


def _month(held: Held, figure: Figure) -> bool:
    return any(
        each.kind == "date"
        and each.value[-5:-3] == figure.value
        and (not figure.unit or each.value.startswith(figure.unit))
        for each in held.figures
    )


def _weekday(held: Held, figure: Figure) -> bool:
    return any(
        each.kind == "date"
        and not each.value.startswith("--")
        and str(date.fromisoformat(each.value).weekday()) == figure.value
        for each in held.figures
    )


def _count(held: Held, figure: Figure) -> bool:
    return any(
        each.kind == "date" and each.value.startswith(f"{figure.value}-") for each in held.figures
    )


def _code(held: Held, figure: Figure) -> bool:
    return Figure("count", figure.value) in held.figures


def _relative(held: Held, figure: Figure) -> bool:
    step = _STEPS.get(figure.value)
    if step is None or held.today is None:
        return False
    day = held.today + timedelta(days=step)
    return Figure("date", day.isoformat()) in held.figures


def _free(held: Held, _figure: Figure) -> bool:
    return any(each.kind == "money" and each.value == "0" for each in held.figures)


_STEPS: Final = {
    **dict.fromkeys(("tomorrow", "imorgon", "morgen", "domani", "manana"), 1),
    **dict.fromkeys(("yesterday", "igar", "gestern", "ieri", "ayer"), -1),
}
_HOLDS: Final = {
    "money": _money,
    "date": _date,
    "month": _month,
    "weekday": _weekday,
    "count": _count,
    "code": _code,
    "relative": _relative,
    "free": _free,
}
