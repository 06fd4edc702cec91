"""What the example lender tells its assistant: playbooks, tools, and who takes over what."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Final

from alltid.assistant.dialogue.commands import Because
from alltid.assistant.dialogue.handoff_policy import Rules
from alltid.assistant.intents.few_shot import sentences
from alltid.assistant.playbooks.library import Library
from alltid.assistant.playbooks.reading import read_library
from alltid.examples.lender.api.catalogue import SPECS

LANGUAGES: Final = ("en", "sv", "de", "it", "es")
LENDER_RULES: Final = Rules(
    skills=MappingProxyType(
        {
            Because.SELF_HARM: "vulnerable",
            Because.COERCION: "vulnerable",
            Because.BEREAVEMENT: "vulnerable",
            Because.ILLNESS: "vulnerable",
            Because.DEBT: "vulnerable",
            Because.DISTRESS: "vulnerable",
            Because.FRAUD: "fraud",
            Because.DISPUTE: "fraud",
            Because.THREAT: "complaints",
            Because.LEGAL_RIGHT: "complaints",
            Because.COMPLAINT: "complaints",
            Because.UNSURE_ABOUT_MONEY: "payments",
            Because.TOOL_FAILED: "payments",
        }
    ),
    # As the articles say; a legal right within a month.
    days=MappingProxyType(
        {Because.FRAUD: 10, Because.DISPUTE: 10, Because.LEGAL_RIGHT: 30, Because.COMPLAINT: 21}
    ),
)
# What these procedures do before a person takes over: stop the clock, freeze, open the case.
LENDER_CARES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "unrecognised_purchase": frozenset({"dispute"}),
        "goods_dispute": frozenset({"dispute", "complaint"}),
        "report_return": frozenset({"dispute", "withdrawal"}),
        "account_and_data": frozenset({"data_request", "erasure"}),
        "declined": frozenset({"human_review", "complaint"}),
        "hardship_plan": frozenset({"debt"}),
    }
)
# Articles whose matter one of the procedures takes up; the others are for reading.
_TAKEN_UP: Final = frozenset(
    {
        "change-contact-details", "close-account", "damaged-goods", "extend-due-date", "late-fees",
        "partial-delivery", "pay-an-invoice", "payment-plan", "personal-data", "refunds", "returns",
        "split-payments", "unrecognised-purchase", "why-declined", "due-dates",
    }
)  # fmt: skip


@cache
def lender_other_matters() -> Mapping[str, list[str]]:
    """Return what is for the articles or nobody here, and no procedure, by language."""
    lines = files("alltid.examples.lender") / "other_matters.txt"
    found = sentences(lines.read_text(encoding="utf-8"))
    for language in LANGUAGES:
        folder = files("alltid.examples.lender") / "articles" / language
        names = sorted(each.name for each in folder.iterdir())
        for name in names:
            slug = name.removesuffix(".md")
            if slug not in _TAKEN_UP and not any(slug.startswith(e) for e in _TAKEN_UP):
                text = (folder / name).read_text(encoding="utf-8")
                found.setdefault(language, []).append(_title(text))
    return found


def lender_example_vectors() -> Traversable:
    """Return the file of vectors of what the assistant learns; see scripts/lender-vectors."""
    return files("alltid.examples.lender") / "example-vectors.bin"


def _title(article: str) -> str:
    line = next(each for each in article.splitlines() if each.startswith("title:"))
    return line.removeprefix("title:").strip()


@cache
def lender_library() -> Library:
    """Return the lender's playbooks, held against its tools and complete in its languages."""
    folder = files("alltid.examples.lender") / "playbooks"
    books = sorted(
        (each for each in folder.iterdir() if each.name.endswith(".yaml")),
        key=lambda each: each.name,
    )
    return read_library(books, languages=LANGUAGES, tools={spec.name: spec for spec in SPECS})
