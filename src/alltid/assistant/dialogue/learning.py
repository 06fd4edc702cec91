"""What the reading of intents learns from: the playbooks' triggers, and what is none of them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from alltid.assistant.intents.reader import NONE, Examples
from alltid.assistant.playbooks.library import Library


def examples_of(library: Library, others: Mapping[str, Sequence[str]] | None = None) -> Examples:
    """Return sentences by playbook and language; `others` are the company's own of no playbook."""
    found: dict[str, dict[str, list[str]]] = {
        name: {language: list(texts) for language, texts in book.triggers.items()}
        for name, book in library.playbooks.items()
    }
    languages = {language for book in library.playbooks.values() for language in book.triggers}
    none = {language: list(texts) for language, texts in other_matters().items()}
    for language, texts in (others or {}).items():
        none.setdefault(language, []).extend(texts)
    found[NONE] = {language: texts for language, texts in none.items() if language in languages}
    return found


@cache
def other_matters() -> Mapping[str, Sequence[str]]:
    """Return what customers of any company write about nothing that it does, by language."""
    file = files("alltid.assistant.dialogue") / "other_matters.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
