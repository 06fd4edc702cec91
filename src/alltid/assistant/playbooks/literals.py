"""What a playbook's own words claim that comes from no value: figures, dates, promises. Pure.

Values in a text come from tools, slots and facts, and are as true as those. What its author wrote
around them is checked by nothing, and is said to every customer until somebody mends it. Numbers
that the playbook itself goes by (its limits, its rules) are no such claims: they bind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from alltid.assistant.model.guard_claims import HARMLESS, PROMISE
from alltid.assistant.model.guard_figures import figures_of
from alltid.assistant.model.guard_tokens import Figure
from alltid.assistant.model.guard_units import plain
from alltid.assistant.model.guard_words import fold
from alltid.assistant.playbooks.playbook import Playbook
from alltid.assistant.playbooks.templates import parts_of

# What is counted in words ("the two of them") is left to the author.
KINDS: Final = frozenset(
    {"money", "percent", "span", "date", "year", "weekday", "time", "phone", "mail", "link"}
)
# Minutes in an hour and a day; months in a year.
_SPANS: Final = {"minute": (1, 60, 1_440), "month": (1, 12)}
_HUNDREDTHS: Final = 100
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_VALUE: Final = " \u2026 "


@dataclass(frozen=True, slots=True)
class Literal:
    """A claim in a wording: where it stands, in which language, and what it is."""

    path: str
    language: str
    what: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}.{self.language}: {self.what} comes from no value: {self.text}"


def literals_of(playbook: Playbook) -> Iterator[Literal]:
    """Yield what the wordings of a playbook claim by themselves."""
    numbers = numbers_of([playbook])
    for path, language, text in _wordings(_document(playbook), frozenset(playbook.title), ""):
        own = "".join(part if isinstance(part, str) else _VALUE for part in parts_of(text))
        for what in claims_in(own, numbers):
            yield Literal(path.lstrip("."), language, what, text)


def numbers_of(playbooks: Iterable[Playbook]) -> frozenset[str]:
    """Return the numbers that these playbooks go by, in plain form."""
    return frozenset(
        number
        for playbook in playbooks
        for number in _numbers(_document(playbook), frozenset(playbook.title))
    )


@lru_cache(maxsize=4_096)
def claims_in(own: str, numbers: frozenset[str]) -> tuple[str, ...]:
    """Return what an author's own words claim, beside the numbers that bind anyway."""
    found = [
        f"a figure ({figure.kind})"
        for figure in figures_of(own)
        if figure.kind in KINDS and not _binds(figure, numbers)
    ]
    promise = PROMISE.search(HARMLESS.sub(" ", fold(own)))
    if promise is not None:
        found.append(f"a promise ({promise[0].strip()})")
    return tuple(dict.fromkeys(found))


def own_words(text: str, shown: Iterable[str]) -> str:
    """Return a text as it was said without the values that it shows."""
    for value in sorted(filter(None, shown), key=len, reverse=True):
        text = text.replace(value, _VALUE)
    return text


def _binds(figure: Figure, numbers: frozenset[str]) -> bool:
    if not _NUMBER.fullmatch(figure.value):
        return False
    value = Decimal(figure.value)
    forms = {value}
    if figure.kind == "money":
        forms.add(value * _HUNDREDTHS)
    if figure.kind == "span":
        forms = {value / each for each in _SPANS.get(figure.unit, (1,))}
    return any(plain(each) in numbers for each in forms)


def _document(playbook: Playbook) -> dict[str, Any]:
    document: dict[str, Any] = playbook.model_dump(
        mode="json", by_alias=True, exclude={"triggers", "version"}
    )
    return document


def _is_wording(value: dict[str, Any], languages: frozenset[str]) -> bool:
    return languages <= value.keys() and all(isinstance(each, str) for each in value.values())


def _wordings(value: Any, languages: frozenset[str], path: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, dict) and _is_wording(value, languages):
        for language, text in value.items():
            yield path, language, text
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _wordings(each, languages, f"{path}.{key}")
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from _wordings(each, languages, f"{path}[{at}]")


def _numbers(value: Any, languages: frozenset[str]) -> Iterator[str]:
    """Yield the numbers in limits and expressions; wordings are what is held to them."""
    if isinstance(value, dict):
        if not _is_wording(value, languages):
            for each in value.values():
                yield from _numbers(each, languages)
    elif isinstance(value, list):
        for each in value:
            yield from _numbers(each, languages)
    elif value is not None and not isinstance(value, bool):
        yield from (plain(Decimal(each)) for each in _NUMBER.findall(str(value)))
