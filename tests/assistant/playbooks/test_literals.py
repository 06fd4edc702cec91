"""What an author's words claim by themselves is named; what values show is not."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from alltid.assistant.dialogue.parts import LetsPass
from alltid.assistant.dialogue.wording_watch import WordingWatch
from alltid.assistant.dialogue.work import Piece
from alltid.assistant.model.guard_tokens import Figure
from alltid.assistant.playbooks.literals import (
    _binds,
    claims_in,
    literals_of,
    numbers_of,
    own_words,
)
from alltid.assistant.playbooks.playbook import Playbook
from alltid.assistant.playbooks.reading import read_playbook
from alltid.assistant.playbooks.templates import Used
from alltid.cli import app
from tests.assistant.playbooks.company import BOOKS

MOVE = (BOOKS / "move_due_date.yaml").read_text(encoding="utf-8")
UNCHANGED = "{en: Left as it was., sv: Lämnat som det var.}"


def book(english: str, swedish: str = "Lämnat som det var.") -> Playbook:
    """The playbook with other words for one of its texts."""
    words = f'{{en: "{english}", sv: "{swedish}"}}'
    return read_playbook(MOVE.replace(UNCHANGED, words), "move.yaml")


def told(english: str, swedish: str = "Lämnat som det var.") -> list[str]:
    return [f"{each.language}: {each.what}" for each in literals_of(book(english, swedish))]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("The fee is 49 kr.", "a figure (money)"),
        ("It costs 12 %.", "a figure (percent)"),
        ("It is due on 30 Nov. 2026.", "a figure (date)"),
        ("You have fourteen days.", "a figure (span)"),
        ("Call +46 8 123 456 78.", "a figure (phone)"),
        ("We are open until 17:30.", "a figure (time)"),
        ("We will pay it back.", "a promise (will)"),
        ("It costs {quote.fee|money}, and 3 kr more.", "a figure (money)"),
    ],
)
def test_a_figure_or_a_promise_that_comes_from_no_value_is_named(text: str, what: str) -> None:
    assert told(text) == [f"en: {what}"]


def test_it_is_named_in_each_language() -> None:
    assert told("The fee is 49 kr.", "Avgiften är 49 kr.") == [
        "en: a figure (money)",
        "sv: a figure (money)",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "It costs {quote.fee|money} until {quote.new_due|date}.",
        # Limits that the playbook goes by: 30 days overdue, a fee of 5000 minor units.
        "More than 30 days overdue.",
        "More than 720 hours.",
        "A fee above 50 kr is for a person.",
        "Both of the two ways are fine.",
    ],
)
def test_values_and_the_limits_that_bind_are_not(text: str) -> None:
    assert told(text) == []


@given(st.decimals(0, 10**6, places=2))
def test_what_binds_is_the_number_whatever_its_unit(number: Decimal) -> None:
    numbers = frozenset({format(number.normalize(), "f")})
    assert _binds(Figure("money", format(number.normalize(), "f"), "sek"), numbers)
    assert _binds(Figure("percent", format(number.normalize(), "f")), numbers)
    assert not _binds(Figure("mail", "a@b.se"), numbers)


def work() -> Any:
    noted: list[dict[str, Any]] = []
    return SimpleNamespace(noted=noted, note=lambda kind, **what: noted.append({kind: what}))


def test_a_turns_record_says_it_of_what_was_said() -> None:
    watch = WordingWatch(LetsPass(), [book("Left as it was.")])
    used = (Used("quote.fee", 4900, "49 kr"), Used("quote.note", "", ""))
    pieces = [
        Piece("It costs 49 kr.", "procedure", used),
        Piece("It costs 49 kr and 3 kr more.", "procedure", used),
        Piece("I will get a person.", "own"),
    ]
    turn = work()
    assert watch.reasons_against(pieces, turn) == [None] * 3
    assert turn.noted == [{"wording": {"says": "a figure (money)", "text": pieces[1].text}}]


def test_words_without_what_they_show() -> None:
    assert own_words("a 49 kr b 4 c", ["4", "49 kr", ""]).split() == ["a", "…", "b", "…", "c"]
    assert claims_in("… kr", frozenset()) == ()
    assert {"30", "2", "5000", "1"} <= numbers_of([book("x")])


def test_the_command_line_warns_and_ends_well(tmp_path: Path) -> None:
    file = tmp_path / "move.yaml"
    file.write_text(MOVE.replace(UNCHANGED, '{en: "It costs 49 kr.", sv: Lämnat.}'))
    done = CliRunner().invoke(app, ["playbooks", "check", str(file)])
    assert done.exit_code == 0
    warned = "warning: move_due_date.texts.unchanged.en: a figure (money) comes from no value"
    assert warned in done.output
