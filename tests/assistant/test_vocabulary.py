from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alltid.assistant.vocabulary import Vocabulary, fold, slips

WORDS = Vocabulary([("ruckerstatt", 1.0), ("faktur", 20.0), ("invoice", 20.0), ("devolu", 2.0)], 28)


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("invocie", "invoice"),  # two letters swapped
        ("invoce", "invoice"),  # one left out
        ("ruckerstattungsdauer", "ruckerstatt"),  # a compound
        ("Rückerstatt", "ruckerstatt"),  # an umlaut
        ("devolucion", "devolu"),  # a missing accent leaves a longer stem
    ],
)
def test_a_word_is_found_again(said: str, known: str) -> None:
    assert known in WORDS.meanings(said)


@pytest.mark.parametrize("said", ["x", "voice", "weather", "", "60", "in"])
def test_another_word_stays_unknown(said: str) -> None:
    assert "invoice" not in WORDS.meanings(said) or said == "voice"


def test_a_rare_word_tells_more_than_a_common_one() -> None:
    assert WORDS.rarity("unheard") == 1
    assert WORDS.rarity("ruckerstatt") > WORDS.rarity("faktur") > 0


@given(st.text(max_size=12), st.text(max_size=12), st.integers(0, 3))
def test_slips_are_symmetric_and_bounded(one: str, other: str, most: int) -> None:
    assert slips(one, other, most) == slips(other, one, most) <= most + 1
    assert (slips(one, other, most) == 0) == (one == other)


@given(st.text(max_size=40))
@example("㎐ ™")
def test_any_text_can_be_looked_up(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert all(0 < trust <= 1 for trust in WORDS.meanings(text).values())
