"""Where sentences end, in whatever pieces they come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.assistant.model.sentences import ended, sentences_of

PIECES = (
    "You can pay", " in the app", ".", ". ", " [1]", " [1][2]", " It costs 1", ".249,50", " kr",
    " 1 249,50 kr", " on 30 Nov", " 2026", " 30", " 3.", " Nov", " Mai", " z. B.", " ca.", " e.g.",
    " Dr. Berg", " https://a.example/b.c?d=1.2&e", "!", "?", "\n", " Then", " nothing", "…",
    " avgiften är 0", "手数料はありません。", "نعم؟", " Jan. 1", " Fri. 27",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("The fee is due on 30 Nov. 2026. Pay it in the app.", 2),
        ("Avgiften är 1 249,50 kr. Du kan betala i appen.", 2),
        ("Sie zahlen 1.249,50 Euro bis zum 30. Nov. 2026. Danach kostet es mehr.", 2),
        ("See https://norrhem.example/pay?x=1.2&y=3. It takes a minute.", 2),
        ("Das kostet ca. 3,50 Euro im Monat, z. B. im Mai. Fertig.", 2),
        ("Entro il 5 dic. 2026. Grazie.", 2),
        ("Vence el 5 de dic. 2026. Gracias.", 2),
        ("It is due Fri. 27 November. Jan. 1 is free.", 2),
        ("Ask Dr. Berg. She knows.", 2),
        ("支払いはアプリで。手数料はありません。", 2),
        ("ادفع في التطبيق؟ نعم.", 2),
        ("Not before 3 nov. we have refunded you.", 2),
        ("Bis 3. November. Danach nicht.", 2),
    ],
)
def test_a_stop_in_a_date_an_amount_or_a_short_word_ends_nothing(text: str, count: int) -> None:
    assert len(sentences_of(text)) == count


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.data())
def test_a_text_that_comes_bit_by_bit_has_the_same_sentences(
    pieces: list[str], data: st.DataObject
) -> None:
    text = "".join(pieces)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    came: list[str] = []
    held = ""
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        found, held = ended(held + text[start:end])
        came += found
    assert [*came, *sentences_of(held)] == list(sentences_of(text))
