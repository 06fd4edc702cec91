"""Which of several objects do a customer's words mean? One, or it is asked again. Pure.

What counts: the handle itself, a place in the list, the other one, a superlative or a state,
and what the words share with the object (number, amount, day, name, with typos). Evidence for
two objects is evidence for none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Final

WORDS_MAX: Final = 60
_LIKE: Final = 0.8
_TYPO_CHARACTERS: Final = 4
_WORD: Final = re.compile(r"[^\W_]+")
_FIGURE: Final = re.compile(r"\d+(?:[.,]\d+)*")
_FIGURE_SAID: Final = re.compile(r"[^\d\s]{0,4}\d[\d.,:/-]*[^\d\s]{0,4}")
_THOUSANDS: Final = re.compile(r"(?<=\d)[ \u00a0](?=\d{3}(?!\d))")
_ISO: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_DAY: Final = re.compile(r"\b(\d{1,2})\s*[./]\s*(\d{1,2})\b(?!\s*[.,]?\d)")

_ORDINALS: Final = (
    "first 1st erste ersten erster erstes första forsta prima primo primero primera",
    "second 2nd zweite zweiten zweiter andra seconda secondo segunda segundo",
    "third 3rd dritte dritten dritter tredje terza terzo tercera tercero",
    "fourth 4th vierte vierten vierter fjärde fjarde quarta quarto cuarta cuarto",
    "fifth 5th fünfte funfte fünften femte quinta quinto",
)
_LAST: Final = "last bottom letzte letzten letzter sista ultima ultimo última último"
_OTHER: Final = "other otherone andere anderen anderer andra altra altro otra otro annan"
# Words that every second sentence has: sharing one tells nothing.
_IDLE: Final = (
    "the a an of to for it that this is in on my me i and or not no as with from at by un una uno "
    "il la lo le gli i di del della da per e o che non mi mio mia si con su al alla un' l en ett "
    "den det de som av pa i min mitt mig jag ar och eller inte for till med ej der die das ein "
    "eine einen einem einer von zu fur ich mir mein meine meinen ist und oder nicht es im am mit "
    "auf el los las unos unas del al por para y no me se mi es que lo esta este"
)
_OVERDUE: Final = (
    "overdue late unpaid überfällig uberfallig überfällige verspätet förfallen forfallen förfallna "
    "försenad scaduta scaduto scadute vencida vencido atrasada atrasado"
)
_STATES: Final[Mapping[str, str]] = {
    "overdue": _OVERDUE,
    "paid": "paid bezahlt bezahlte betald betalda pagata pagato pagada pagado",
    "paused": "paused pausiert pausad pausade sospesa sospeso pausada pausado",
}
_NEWEST: Final = (
    "newest latest recent neueste neuesten neuster letzteste nyaste senaste recente nuova "
    "reciente nueva"
)
_OLDEST: Final = "oldest earliest älteste ältesten alteste äldsta aldsta vecchia antigua antiguo"
_DEAREST: Final = (
    "biggest largest expensive highest größte grösste teuerste höchste största dyraste cara caro "
    "grande grossa mayor"
)
_CHEAPEST: Final = (
    "smallest cheapest lowest kleinste billigste günstigste minsta billigaste piccola economica "
    "barata pequeña menor"
)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(mark for mark in plain if not unicodedata.combining(mark))


def _words(text: str) -> frozenset[str]:
    return frozenset(_folded(text).split())


_PLACES: Final = tuple(_words(words) for words in _ORDINALS)
_LAST_WORDS: Final = _words(_LAST)
_OTHER_WORDS: Final = _words(_OTHER)
_IDLE_WORDS: Final = _words(_IDLE)
_STATE_WORDS: Final = {state: _words(words) for state, words in _STATES.items()}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One that may be meant: its handle, how it reads to the customer, and its facts.

    `also` are other words that an option of a closed list is called by.
    """

    handle: str
    label: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    also: tuple[str, ...] = ()


def the_one(words: str, candidates: Sequence[Candidate], earlier: str | None) -> str | None:
    """Return the handle of the one that is meant, or None.

    `earlier` is what had been chosen before: "the other one" of two is not that.
    """
    if any(each.handle == words for each in candidates):
        return words
    said = _WORD.findall(_folded(words))[:WORDS_MAX]
    by_place = _by_place(said, candidates, earlier)
    shared = _by_what_they_share(words, said, candidates)
    if shared is not None and len(shared) == 1:
        return shared[0].handle
    if by_place is not None:
        return by_place.handle
    among = shared if shared is not None else candidates
    superlative = _by_order(said, among)
    return superlative.handle if superlative is not None else None


def the_option(words: str, candidates: Sequence[Candidate]) -> str | None:
    """Return the option of a closed list that is meant, or None.

    Sharing a word is too little here: most of the telling words of the option, or all of its
    name, have to be said. What isn't on the list must not be taken for something that is.
    """
    if any(each.handle == words for each in candidates):
        return words
    tokens = _WORD.findall(_folded(words))[:WORDS_MAX]
    said = frozenset(tokens)
    fitting = [each for each in candidates if _is_said(each, said)]
    if not fitting:
        told = f" {' '.join(tokens)} "
        fitting = [
            each for each in candidates if any(f" {_plain(also)} " in told for also in each.also)
        ]
    if len(fitting) == 1:
        return fitting[0].handle
    return None if fitting else _only_place(sorted(said), candidates)


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(_folded(text)))


def _is_said(option: Candidate, said: frozenset[str]) -> bool:
    name = frozenset(_WORD.findall(option.handle.replace("_", " ")))
    if all(_like(word, said) for word in name):
        return True
    label = _WORD.findall(_folded(option.label))
    telling = [word for word in label if len(word) >= _TYPO_CHARACTERS] or label
    return sum(_like(word, said) for word in telling) * 2 > len(telling)


def _only_place(said: Sequence[str], candidates: Sequence[Candidate]) -> str | None:
    found = _by_place(said, candidates, None)
    return found.handle if found is not None else None


def _by_place(
    said: Sequence[str], candidates: Sequence[Candidate], earlier: str | None
) -> Candidate | None:
    others = [each for each in candidates if each.handle != earlier]
    if earlier is not None and _OTHER_WORDS & set(said):
        # "Den andra" is the other one before it is the second: of several it is none.
        return others[0] if len(others) == 1 else None
    named = {at for at, words in enumerate(_PLACES) if words & set(said)}
    if len(named) == 1 and max(named) < len(candidates):
        return candidates[named.pop()]
    if not named and len(candidates) > 1 and _LAST_WORDS & set(said):
        return candidates[-1]
    if len(said) == 1 and said[0].isdigit() and 1 <= int(said[0][:4]) <= len(candidates):
        return candidates[int(said[0]) - 1]
    return None


def _by_what_they_share(
    words: str, said: Sequence[str], candidates: Sequence[Candidate]
) -> list[Candidate] | None:
    """Return those that fit the words best; None when the words tell nothing apart."""
    scores = [_score(words, said, each) for each in candidates]
    best = max(scores, default=0.0)
    if best == 0 or (min(scores) == best and len(scores) > 1):
        return None
    return [each for each, score in zip(candidates, scores, strict=True) if score == best]


def _score(words: str, said: Sequence[str], candidate: Candidate) -> float:
    own = _own_words(candidate)
    telling = [word for word in set(said) - _IDLE_WORDS if not word.isdigit()]
    score = float(sum(1 for word in telling if _like(word, own)))
    figures = _said_figures(words)
    score += 3 * len(figures & _own_figures(candidate))
    days = {(int(day), int(month)) for day, month in _DAY.findall(words)}
    days |= {(int(day), int(month)) for _, month, day in _ISO.findall(words)}
    score += 3 * len(days & _own_days(candidate))
    for state, names in _STATE_WORDS.items():
        if names & set(said):
            score += 2 * _is_in(state, candidate)
    return score


def _like(word: str, own: frozenset[str]) -> bool:
    if word in own:
        return True
    if len(word) < _TYPO_CHARACTERS:
        return False
    letters = SequenceMatcher(b=word)
    return any(
        len(each) >= _TYPO_CHARACTERS
        and _may_be_like(letters, each)
        and SequenceMatcher(None, word, each).ratio() >= _LIKE
        for each in own
    )


def _may_be_like(letters: SequenceMatcher[str], other: str) -> bool:
    """Tell from lengths and letters alone: both give at least the ratio, for a tenth of it."""
    letters.set_seq1(other)
    return letters.real_quick_ratio() >= _LIKE and letters.quick_ratio() >= _LIKE


def _own_words(candidate: Candidate) -> frozenset[str]:
    texts = [candidate.label, *(v for v in candidate.facts.values() if isinstance(v, str))]
    return frozenset(
        word for text in texts for word in _WORD.findall(_folded(text)) if not word.isdigit()
    )


def _own_figures(candidate: Candidate) -> frozenset[str]:
    """What an object has of figures: those of its number and other words, and its amounts."""
    texts = [v for v in candidate.facts.values() if isinstance(v, str) and not _ISO.match(v)]
    found = {each for text in (texts or [candidate.label]) for each in _figures(text)}
    for value in candidate.facts.values():
        if isinstance(value, int) and not isinstance(value, bool) and value >= 100:  # noqa: PLR2004
            found.add(_figure(f"{value // 100}.{value % 100:02}"))
    return frozenset(found)


def _said_figures(words: str) -> set[str]:
    """Find what a customer says as a figure: "499 kr", "kr499", "#W1023"; no part of a code."""
    joined = _THOUSANDS.sub("", words)
    tokens = [each.strip(".,;:!?()") for each in joined.split()]
    return {each for token in tokens if _FIGURE_SAID.fullmatch(token) for each in _figures(token)}


def _figures(text: str) -> set[str]:
    """Find the figures of a text; one of a single digit is rather a place in a list."""
    joined = _THOUSANDS.sub("", text)
    return {_figure(each) for each in _FIGURE.findall(joined) if len(each) > 1}


def _figure(text: str) -> str:
    """Write a figure without its marks and without hundredths that are zero."""
    whole = re.sub(r"[.,]00$", "", text)
    return re.sub(r"[.,]", "", whole).lstrip("0") or "0"


def _own_days(candidate: Candidate) -> frozenset[tuple[int, int]]:
    texts = [v for v in candidate.facts.values() if isinstance(v, str)]
    return frozenset(
        (int(day), int(month)) for text in texts for _, month, day in _ISO.findall(text)
    )


def _is_in(state: str, candidate: Candidate) -> bool:
    overdue_days = candidate.facts.get("overdue_days", 0)
    if state == "overdue" and type(overdue_days) is int and overdue_days > 0:
        return True
    return candidate.facts.get("status") == state


def _by_order(said: Sequence[str], candidates: Sequence[Candidate]) -> Candidate | None:
    for names, key, last in _ORDERS:
        if names & set(said):
            keyed = [(value, each) for each in candidates if (value := key(each)) is not None]
            if len(keyed) < 2:  # noqa: PLR2004  there is no order of one
                return None
            values = sorted(value for value, _ in keyed)
            wanted = values[-1] if last else values[0]
            fitting = [each for value, each in keyed if value == wanted]
            return fitting[0] if len(fitting) == 1 else None
    return None


def _moment(candidate: Candidate) -> str | None:
    for name in ("ordered_at", "at", "due", "reported_at", "date"):
        value = candidate.facts.get(name)
        if isinstance(value, str):
            return value
    return None


def _size(candidate: Candidate) -> str | None:
    value = candidate.facts.get("amount")
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:020}"
    return None


_ORDERS: Final[tuple[tuple[frozenset[str], Callable[[Candidate], str | None], bool], ...]] = (
    (_words(_NEWEST), _moment, True),
    (_words(_OLDEST), _moment, False),
    (_words(_DEAREST), _size, True),
    (_words(_CHEAPEST), _size, False),
)
