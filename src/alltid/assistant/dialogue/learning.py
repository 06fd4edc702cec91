"""What the reading of intents learns from: the playbooks' triggers, and what is none of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from alltid.assistant.intents.reader import NONE, Examples
from alltid.assistant.playbooks.library import Library


def examples_of(library: Library, others: Mapping[str, Sequence[str]] | None = None) -> Examples:
    """Return sentences by playbook and language; `others` are the company's own of no playbook.

    What customers of any company write about nothing that it does, the reader knows itself.
    """
    found: dict[str, Mapping[str, Sequence[str]]] = {
        name: {language: list(texts) for language, texts in book.triggers.items()}
        for name, book in library.playbooks.items()
    }
    if others:
        found[NONE] = {language: list(texts) for language, texts in others.items()}
    return found
