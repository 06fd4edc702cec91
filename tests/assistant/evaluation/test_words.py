"""What texts hold: figures, claims, facts, languages, and what simulated customers type."""

from __future__ import annotations

import pytest

from alltid.assistant.evaluation.claims import claim_of
from alltid.assistant.evaluation.facts import NoSuchFact, filled_in, read_fact, says, spoken
from alltid.assistant.evaluation.figures import figures, values_of
from alltid.assistant.evaluation.languages import surely_not
from alltid.assistant.evaluation.simulated import SimulatedCustomer, mistyped
from alltid.assistant.evaluation.suite import Simulated
from alltid.assistant.evaluation.target import Fact, Reply
from alltid.conversations.events import Card, Choice

FACTS = {"left": Fact("money", 95_900, "SEK"), "due": Fact("date", "2026-12-01")}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1 249,00 kr by 1 december 2026", [("date", "2026-12-01"), ("money", "124900")]),
        ("112,45 € bis 1. Dezember, 14 Tage",
         [("date", "12-01"), ("money", "11245"), ("span", "14")]),
        ("€1,249.00 due Dec 1, 2026 at 9.9 percent",
         [("date", "2026-12-01"), ("money", "124900"), ("share", "990")]),
        ("1.249,50 EUR el 1 de diciembre de 2026", [("date", "2026-12-01"), ("money", "124950")]),
        ("entro il 1º dicembre, 30 giorni", [("date", "12-01"), ("span", "30")]),
        ("£99.95, 24/12/2026, invoice 014107",
         [("date", "2026-12-24"), ("money", "9995"), ("number", "014107")]),
        ("99/99/2026 and no figure of a kind: 3 shoes", []),
    ],
)  # fmt: skip
def test_figures_are_read_as_people_write_them(text: str, found: list[tuple[str, str]]) -> None:
    assert [(each.kind, each.value) for each in figures(text)] == found


def test_all_values_of_an_answer_are_seen() -> None:
    assert list(values_of({"a": [1, "x", {"b": 2.5}], "c": True, "d": None})) == ["1", "x", "2.5"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("It is 959.00 kr.", "$left"),
        ("Due on 1 December", "$due"),
        ("Due on 15 December 2026", "$due+14"),
        ("It costs 12,50 kr", "12.50 SEK"),
        ("by 2026-12-24", "2026-12-24"),
        ("in 14 days", "14"),
        ("please Sign In first", "log in | sign in"),
    ],
)
def test_a_fact_is_said_however_it_is_put(text: str, written: str) -> None:
    assert says(text, written, FACTS)
    assert not says("Nothing of it, but 140 days.", written, FACTS)


def test_a_fact_that_is_not_there_is_refused_and_others_can_be_typed() -> None:
    with pytest.raises(NoSuchFact):
        read_fact("$right", FACTS)
    assert filled_in("pay {$left} by {$due}", FACTS) == "pay 959 by 2026-12-01"
    assert spoken(Fact("money", 1_250, "EUR")) == "12.50"


@pytest.mark.parametrize(
    "text",
    [
        "I have moved the due date.", "Done. It is due later.", "Your invoice has now been paid.",
        "Jag har flyttat förfallodagen.", "Klart. Den är flyttad.",
        "Ich habe die Rechnung um 14 Tage verschoben.", "Die Rechnung wurde soeben storniert.",
        "Ho spostato la scadenza.", "Fatto. È spostata.",
        "He aplazado la factura.", "Hecho. Queda aplazada.",
    ],
)  # fmt: skip
def test_claims_are_heard(text: str) -> None:
    assert claim_of(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "You can move the due date.", "Shall I move it?", "Have I moved it?",
        "Du kan flytta den.", "Ich kann sie verschieben.", "Posso spostarla.", "Puedo aplazarla.",
        "When you have paid, it is shown in the app.", "I have not moved it.",
        "Die Frist wurde schon zweimal verlängert.", "Non è stato pagato nulla.",
    ],
)  # fmt: skip
def test_offers_are_no_claims(text: str) -> None:
    assert claim_of(text) is None


def test_a_text_in_another_language_is_seen_and_a_short_one_is_left_alone() -> None:
    assert surely_not("Das ist nicht für die Rechnung, und ich kann es hier nicht", "en") == "de"
    assert surely_not("You can pay it when you have your next salary", "en") is None
    assert surely_not("OK", "sv") is None
    assert surely_not("Das ist nicht für die Rechnung", "fi") is None


def simulated(**told: object) -> SimulatedCustomer:
    base = {"goal": "pay", "opening": "I want to pay the bill"}
    return SimulatedCustomer(Simulated.model_validate(base | told), FACTS)


def test_a_simulated_customer_answers_what_is_asked() -> None:
    customer = simulated(facts={"invoice": "$left", "days": 14, "why": "too big"})
    assert customer.begin().say == "I want to pay the bill"
    card = Card("choose", "Which?", (Choice("a", "Other, 1 kr"), Choice("b", "Boots, 959,00 kr")))
    assert (move := customer.next(Reply("?", card=card, asks="invoice"))) is not None
    assert (move.tap, move.slot) == ("b", "invoice")
    assert (move := customer.next(Reply("?", asks="days"))) is not None
    assert (move.say, move.slot) == ("14", "days")
    confirm = Card("confirm", "Pay", (Choice("yes", "Pay", "primary"), Choice("no", "Don't")))
    assert (move := customer.next(Reply("?", card=confirm))) is not None
    assert move.tap == "yes"
    assert customer.next(Reply("Done", playbooks=("pay_now",))) is None


def test_a_simulated_customer_says_it_in_other_words_and_then_gives_up() -> None:
    customer = simulated(rephrased=["pay my bill"], patience=5, mixed={"bill": "faktura"})
    assert customer.begin().say == "I want to pay the faktura"
    assert (move := customer.next(Reply("What?"))) is not None
    assert move.say == "pay my faktura"
    assert customer.next(Reply("What?")) is None
    assert customer.next(Reply("Wait", waiting=True)) is None


def test_typing_errors_are_the_same_for_the_same_seed() -> None:
    text = "please move the due date of my invoice by two weeks"
    assert mistyped(text, 0.2, "1:1") == mistyped(text, 0.2, "1:1") != text
    assert mistyped(text, 0.2, "1:1") != mistyped(text, 0.2, "2:1")
    assert mistyped(text, 0, "1:1") == text
