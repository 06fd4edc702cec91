"""What the lender's playbooks say, and what they listen to, in five languages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from alltid.assistant.playbooks.playbook import Playbook
from alltid.assistant.playbooks.templates import places_of
from alltid.examples.lender.skills import SKILLS
from tests.examples.lender_talk import LANGUAGES, library

NAMES = {
    "what_do_i_owe", "pay_now", "extend_due_date", "split_payment", "report_return",
    "refund_status", "unrecognised_purchase", "goods_dispute", "change_contact_details",
    "hardship_plan", "reminder_fee", "account_and_data", "declined",
}  # fmt: skip
BOOKS = [library().playbooks[name] for name in sorted(NAMES)]
each_book = pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.playbook)
# Of the form of something said; what a rule or a price is comes out of a tool's answer.
FORMS = {
    "extend_due_date": {"1", "30"},
    "split_payment": {"30"},
    "goods_dispute": {"900"},
    "change_contact_details": {"3", "12"},
}
NEVER_SAID = re.compile(
    r"!|¡|unfortunately|regrettably|\bsorry\b|i understand|we understand|tyvärr|beklag|ledsen"
    r"|jag förstår|leider|tut mir leid|ich verstehe|entschuldig|purtroppo|mi dispiace|capisco"
    r"|lamentablemente|desgraciadamente|por desgracia|lo siento|entiendo|comprendo",
    re.IGNORECASE,
)


def wordings(value: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield every wording of a playbook with where it stands."""
    if isinstance(value, Mapping):
        if set(value) == set(LANGUAGES) and all(isinstance(each, str) for each in value.values()):
            yield path, value
        else:
            for key, part in value.items():
                yield from wordings(part, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for at, part in enumerate(value):
            yield from wordings(part, f"{path}.{at}")


def plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def test_all_procedures_are_there_and_nothing_else() -> None:
    assert set(library().playbooks) == NAMES


@each_book
def test_customers_words_are_many_varied_and_there_in_each_language(book: Playbook) -> None:
    for language in LANGUAGES:
        said = book.triggers[language]
        assert len(said) >= 12, language
        assert any(len(each.split()) <= 6 for each in said)
        assert any(len(each.split()) >= 8 for each in said)
        assert len({plain(each).split()[0] for each in said}) >= 6


def test_no_trigger_is_of_two_procedures() -> None:
    found = Counter(
        (language, plain(said))
        for book in BOOKS
        for language, triggers in book.triggers.items()
        for said in triggers
    )
    assert [each for each, times in found.items() if times > 1] == []


@each_book
def test_each_language_shows_the_same_values(book: Playbook) -> None:
    for path, wording in wordings(book.model_dump(exclude={"triggers"})):
        shown = {
            language: sorted((place.expression, *place.filters) for place in _values(text))
            for language, text in wording.items()
        }
        assert all(values == shown["en"] for values in shown.values()), (path, shown)


def _values(text: str) -> list[Any]:
    """The places that show a value; a word that depends on one is each language's own."""
    return [place for place in places_of(text) if "?" not in place.expression]


@each_book
def test_words_are_calm_and_claim_no_feelings(book: Playbook) -> None:
    for path, wording in wordings(book.model_dump(exclude={"triggers"})):
        for language, text in wording.items():
            words = re.sub(r"\{[^}]*\}", "", text)
            assert NEVER_SAID.search(words) is None, (path, language, words)


@each_book
def test_figures_come_from_the_tools(book: Playbook) -> None:
    for path, wording in wordings(book.model_dump(exclude={"triggers"})):
        for language, text in wording.items():
            figures = set(re.findall(r"\d+", re.sub(r"\{[^}]*\}", "", text)))
            assert figures <= FORMS.get(book.playbook, set()), (path, language)


@each_book
def test_whoever_takes_over_has_a_skill_that_the_company_has(book: Playbook) -> None:
    skills = re.findall(r"'skill': '(\w+)'", str(book.model_dump()))
    assert skills
    assert set(skills) <= set(SKILLS)
