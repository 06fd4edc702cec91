"""What a short message says as the answer to the question just asked."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.assistant.understanding import Pick, Reply, read_reply


@pytest.mark.parametrize(
    "text",
    [
        *("yes", "Yes please!", "yesss", "ok", "sure, go ahead", "go ahead", "sounds good", "👍"),
        *("ja", "okej tack", "jodå", "japp", "ja tack", "absolut", "det stämmer", "kör på det"),
        *("ja bitte", "passt", "ja genau", "einverstanden", "alles klar", "na klar", "gerne"),
        *("sì, grazie", "va bene", "certo", "d'accordo", "confermo", "si"),
        *("sí", "vale", "claro que sí", "de acuerdo", "dale", "por supuesto"),
    ],
)
def test_an_unambiguous_yes(text: str) -> None:
    assert read_reply(text) == Reply(yes=True)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "yes but not today",
            "yes?",
            "is it ok",
            "ok?",
            "yes if it is free",
            "maybe",
            "yes and no",
        ),
        *("ja men inte idag", "ja om det är gratis", "kanske", "ja aber später", "vielleicht"),
        *("sì ma non oggi", "sí pero mañana", "yes please cancel", "yes the second one", ""),
        *("I want to pay my invoice", "okay what does it cost", "ja nej", "yes 14 days"),
    ],
)
def test_what_is_no_unambiguous_yes(text: str) -> None:
    assert not read_reply(text).yes


@pytest.mark.parametrize(
    "text",
    [
        *("no", "nope", "no thanks", "nah", "not now", "nej", "nej tack", "nä", "inte nu"),
        *("nein", "nö", "nein danke", "lieber nicht", "no grazie", "meglio di no", "no gracias"),
        *("mejor no", "para nada", "👎", "no no no"),
    ],
)
def test_a_no(text: str) -> None:
    assert read_reply(text) == Reply(no=True)


@pytest.mark.parametrize(
    "text",
    [
        *("cancel", "never mind", "forget it", "stop", "I changed my mind", "avbryt"),
        *("strunta i det", "jag ångrade mig", "glöm det", "abbrechen", "lass gut sein"),
        *("vergiss es", "lascia stare", "annulla", "ho cambiato idea", "cancela", "déjalo"),
    ],
)
def test_leaving_the_procedure(text: str) -> None:
    assert read_reply(text).cancels
    assert not read_reply(text).yes


@pytest.mark.parametrize(
    ("text", "no", "rest"),
    [
        ("no, the other one", True, "the other one"),
        ("nej den andra", True, "den andra"),
        ("nein, die andere", True, "die andere"),
        ("no, l'altra", True, "l'altra"),
        ("no, la otra", True, "la otra"),
        ("I meant 14 days", False, "14 days"),
        ("nej, jag menade 14 dagar", True, "14 dagar"),
        ("doch lieber 14 Tage", False, "14 Tage"),
        ("espera, mejor 20 días", False, "20 días"),
        ("anzi 20 giorni", False, "20 giorni"),
        ("actually make it 14 days", False, "14 days"),
    ],
)
def test_a_correction_says_what_is_meant_instead(text: str, no: bool, rest: str) -> None:
    found = read_reply(text)
    assert found.corrects
    assert not found.yes
    assert (found.no, found.rest) == (no, rest)


@pytest.mark.parametrize(
    ("text", "nth"),
    [
        ("the second one", 2),
        ("den första", 1),
        ("die zweite bitte", 2),
        ("la terza", 3),
        ("el primero", 1),
        ("3", 3),
        ("nummer 2", 2),
        ("option 3 please", 3),
        ("not the first, the second", 2),
        ("I take the second one please", 2),
    ],
)
def test_a_choice_by_number(text: str, nth: int) -> None:
    assert read_reply(text).nth == nth


@pytest.mark.parametrize(
    ("text", "pick"),
    [
        ("the cheapest", Pick.CHEAPEST),
        ("latest", Pick.LATEST),
        ("den senaste", Pick.LATEST),
        ("die teuerste", Pick.DEAREST),
        ("la más antigua", Pick.EARLIEST),
        ("tutte e due", Pick.ALL),
        ("båda", Pick.ALL),
        ("the last one", Pick.LAST),
    ],
)
def test_a_choice_by_order_or_size(text: str, pick: Pick) -> None:
    assert read_reply(text).pick is pick


@pytest.mark.parametrize("text", ["again?", "va?", "come scusa?", "no entiendo", "wie bitte?"])
def test_asking_again(text: str) -> None:
    assert read_reply(text) == Reply(again=True)


@given(st.text(max_size=200))
def test_any_text_is_never_yes_and_no_at_once(text: str) -> None:
    found = read_reply(text)
    assert not (found.yes and (found.no or found.cancels or found.corrects))


AGREEMENTS = [
    line.split("\t")
    for line in Path(__file__).with_name("agreements.tsv").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize(("language", "title", "button", "means", "text"), AGREEMENTS)
def test_a_sentence_to_an_open_card(
    language: str, title: str, button: str, means: str, text: str
) -> None:
    reply = read_reply(text, (button, title))
    assert language
    assert reply.yes == (means == "yes")
    assert (reply.no and not reply.rest) == (means == "no")
    # Without its card nobody knows what would be done.
    assert not (means == "none" and read_reply(text).yes)


@pytest.mark.parametrize("text", ["move it", "flytta den", "verlängern", "la sposti", "aplázala"])
def test_naming_a_doing_is_no_yes_where_nothing_is_asked(text: str) -> None:
    assert not read_reply(text).yes


def test_a_company_may_call_its_doing_anything() -> None:
    card = ("Water the plants", "The garden")
    assert read_reply("ok, water the plants", card).yes
    assert read_reply("Water the plants", card).yes
    assert not read_reply("water the neighbour's plants", card).yes
    assert read_reply("no, don't water the plants", card).no
    assert not read_reply("water the plants " * 5, card).yes
