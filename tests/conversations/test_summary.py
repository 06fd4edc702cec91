"""The summary quotes what matters, and nothing that wasn't said."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alltid.conversations.summary import LINE_CHARACTERS, Author, Said, summarise


def told(*messages: tuple[Author, str]) -> list[tuple[str, int, str]]:
    said = [Said(version, author, text) for version, (author, text) in enumerate(messages, 1)]
    lines = summarise(said, lambda sentence: "human" in sentence)
    return [(line.part, line.version, line.text) for line in lines]


def test_a_colleague_reads_what_is_wanted_what_was_told_and_the_numbers() -> None:
    lines = told(
        ("assistant", "I am Alva, an AI assistant."),
        ("customer", "Hello. My order 113542617735902 has not arrived. It is late."),
        (
            "assistant",
            "Parcels take 3 to 5 days. You can follow the order in the app. Is it there?",
        ),
        ("customer", "I want a human"),
        ("agent", "I have asked the carrier about your order."),
        ("customer", "Thanks. It cost 499 kr. When does the carrier answer?"),
        ("customer", "Order 113542617735902 again."),
    )
    assert lines == [
        ("wants", 2, "My order 113542617735902 has not arrived."),
        ("wants", 6, "When does the carrier answer?"),
        ("latest", 7, "Order 113542617735902 again."),
        ("told", 3, "You can follow the order in the app."),
        ("told", 5, "I have asked the carrier about your order."),
        ("numbers", 2, "113542617735902"),
        ("numbers", 6, "499 kr"),
    ]


def test_five_languages_find_what_is_wanted() -> None:
    for text in (
        "Jag undrar en sak. Fakturan 4587345 kom två gånger, varför? Vädret är fint.",
        "Kurze Frage zum Wetter. Warum kam die Rechnung 4587345 zweimal? Schönen Tag noch.",
        "Buongiorno. Perché la fattura 4587345 è arrivata due volte? Che bella giornata.",
        "Hola. ¿Por qué llegó dos veces la factura 4587345? Hace buen tiempo.",
        "Good day to you. Why did invoice 4587345 come twice? The weather is fine.",
    ):
        wants = [line for part, _, line in told(("customer", text)) if part == "wants"]
        assert any("4587345" in each for each in wants), text


def test_nothing_to_tell_is_told_as_nothing() -> None:
    assert told(("assistant", "I am an AI."), ("customer", "hi"), ("customer", "a human!")) == []


def test_a_long_sentence_is_cut_at_a_word() -> None:
    ((_, _, text),) = told(("customer", "invoice " * 200))
    assert len(text) <= LINE_CHARACTERS
    assert text.endswith("invoice…")


AUTHORS: st.SearchStrategy[Author] = st.sampled_from(["customer", "assistant", "agent"])
WORDS = st.text(alphabet="ab 1.?\n", max_size=40)


@given(st.lists(st.tuples(AUTHORS, WORDS), max_size=12))
def test_every_line_was_said_in_the_message_it_names(messages: list[tuple[Author, str]]) -> None:
    for part, version, text in told(*messages):
        _, said = messages[version - 1]
        plain = " ".join(said.split())
        pieces = text.split(" · ") if part == "numbers" else [text]
        assert all(piece in plain or piece in said for piece in pieces)


def test_of_many_answers_the_nearest_two_are_told() -> None:
    answers: list[tuple[Author, str]] = [("agent", f"The invoice is paid {n}.") for n in "abc"]
    lines = told(("customer", "Is the invoice paid?"), *answers)
    assert [version for part, version, _ in lines if part == "told"] == [2, 3]
