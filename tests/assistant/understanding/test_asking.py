"""Short questions about what is open: a card's figures, and what may be answered."""

from pathlib import Path

import pytest

from alltid.assistant.dialogue.parting import two_parts
from alltid.assistant.understanding.asking import asked_of, asks, asks_what_is_possible

CARDS = {
    "en": (
        ("Move it", "Move the due date"),
        (("Invoice", "Skoboden"), ("New due date", "6 December 2026"), ("Fee", "£3.50")),
    ),
    "sv": (
        ("Flytta", "Flytta förfallodagen"),
        (("Faktura", "Skoboden"), ("Ny förfallodag", "6 december 2026"), ("Avgift", "49,00 kr")),
    ),
    "de": (
        ("Verlängern", "Frist verlängern"),
        (("Rechnung", "Skoboden"), ("Neue Frist", "6. Dezember 2026"), ("Gebühr", "3,90 €")),
    ),
    "it": (
        ("Sposta", "Spostare la scadenza"),
        (
            ("Fattura", "Skoboden"),
            ("Nuova scadenza", "6 dicembre 2026"),
            ("Commissione", "3,90 €"),
        ),
    ),
    "es": (
        ("Aplazar", "Aplazar el vencimiento"),
        (
            ("Factura", "Skoboden"),
            ("Nuevo vencimiento", "6 de diciembre de 2026"),
            ("Comisión", "3,90 €"),
        ),
    ),
}
ASKED = [
    line.split("\t")
    for line in Path(__file__)
    .with_name("asked_of_a_card.tsv")
    .read_text(encoding="utf-8")
    .splitlines()
]


@pytest.mark.parametrize(("language", "about", "text"), ASKED)
def test_a_card_answers_what_is_asked_of_it_and_nothing_else(
    language: str, about: str, text: str
) -> None:
    action, lines = CARDS[language]
    assert bool(asked_of(text, lines, action)) == (about == "card")


def test_the_line_that_is_asked_for_is_told() -> None:
    action, lines = CARDS["en"]
    assert asked_of("what is the fee?", lines, action) == (("Fee", "£3.50"),)
    assert asked_of("when is it due", lines, action) == (("New due date", "6 December 2026"),)
    assert asked_of("what is the fee " * 6, lines, action) == ()
    assert asked_of("what is the fee?", (), ()) == ()
    assert not asks("move it by ten days")


@pytest.mark.parametrize(
    ("text", "wording", "title", "possible"),
    [
        ("which ones can i split?", "Which invoice would you like to split?", "Split", True),
        ("what's the maximum", "Into how many parts: two, three or four?", "Split", True),
        ("vilka går att flytta", "Vilken faktura gäller det?", "Flytta en förfallodag", True),
        ("wie viele tage sind möglich?", "Um wie viele Tage?", "Frist verlängern", True),
        ("quali sono le opzioni?", "Che cosa vuole cambiare?", "Cambiare i dati", True),
        ("¿cuántos días como máximo?", "¿Cuántos días?", "Aplazar un vencimiento", True),
        ("which shops do you work with?", "Which invoice is it about?", "Move", False),
        ("how many reminders do you send?", "By how many days?", "Move a due date", False),
        ("the Skoboden one", "Which invoice is it about?", "Move a due date", False),
    ],
)
def test_an_open_question_may_be_asked_back(
    text: str, wording: str, title: str, *, possible: bool
) -> None:
    assert asks_what_is_possible(text, wording, (title,)) == possible


def test_a_message_falls_into_two_at_its_joints() -> None:
    assert list(two_parts("what do I owe and move the chair, please do")) == [
        ("what do I owe", "move the chair, please do"),
        ("what do I owe and move the chair", "please do"),
    ]
    assert list(two_parts("jag är skyldig vad, och flytta den")) == [
        ("jag är skyldig vad", "flytta den")
    ]
    assert list(two_parts("salt and pepper")) == []
    assert len(list(two_parts("one two. " * 9))) == 3
