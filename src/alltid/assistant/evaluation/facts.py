"""Whether a text says a fact: by its value, however it is put. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from alltid.assistant.evaluation.figures import amount_minor, figures
from alltid.assistant.evaluation.target import Fact

_NAMED: Final = re.compile(r"^\$([a-z][\w.]*?)(?:\+(\d+))?$")
_MONEY: Final = re.compile(r"^([\d.,]+) ([A-Z]{3})$")
_DATE: Final = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_CODE: Final = re.compile(r"\{(\$[\w.+]+)\}")


class NoSuchFact(LookupError):  # noqa: N818  it reads as what it says
    """An expectation names a fact that the company's data doesn't have."""


def read_fact(written: str, facts: Mapping[str, Fact]) -> Fact:
    """Return what an expectation's words stand for. Raises NoSuchFact."""
    if named := _NAMED.match(written):
        name, days = named.groups()
        if name not in facts:
            raise NoSuchFact(f"there is no fact ${name}")
        fact = facts[name]
        if days is None:
            return fact
        moved = date.fromisoformat(str(fact.value)) + timedelta(days=int(days))
        return Fact("date", moved.isoformat())
    if money := _MONEY.match(written):
        return Fact("money", amount_minor(money.group(1)), money.group(2))
    if _DATE.match(written):
        return Fact("date", written)
    return Fact("number", written) if written.isdigit() else Fact("text", written)


def says(text: str, written: str, facts: Mapping[str, Fact]) -> bool:
    """Tell whether `text` has one of the alternatives (` | `) that `written` names."""
    return any(_has(text, read_fact(each.strip(), facts)) for each in written.split(" | "))


def filled_in(text: str, facts: Mapping[str, Fact]) -> str:
    """Put facts into what a customer says: `{$code}` becomes the value."""
    return _CODE.sub(lambda match: spoken(read_fact(match.group(1), facts)), text)


def spoken(fact: Fact) -> str:
    """Return a value as a customer would type it."""
    if fact.kind == "money":
        whole, rest = divmod(int(fact.value), 100)
        return f"{whole}.{rest:02}" if rest else str(whole)
    return str(fact.value)


def _has(text: str, fact: Fact) -> bool:
    if fact.kind == "money":
        return any(
            each.kind == "money"
            and each.value == str(fact.value)
            and fact.currency in {None, each.currency}
            for each in figures(text)
        )
    if fact.kind == "date":
        iso = str(fact.value)
        return any(each.kind == "date" and each.value in {iso, iso[5:]} for each in figures(text))
    if fact.kind == "number":
        return re.search(rf"(?<!\d){re.escape(str(fact.value))}(?!\d)", text) is not None
    return str(fact.value).casefold() in text.casefold()
