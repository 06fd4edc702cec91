"""Passages, sentences, and the order of documents: without a database."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.assistant.search.passages import (
    PASSAGE_CHARACTERS,
    PASSAGES_MAX,
    passages_of,
    sections_of,
)
from alltid.assistant.search.ranking import SENTENCES_MAX, Asked, Ranking, Words, sentences_of

WIDTH = 8


def vector(*hot: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    made = np.zeros(WIDTH, dtype=np.float32)
    made[list(hot)] = 1
    return made / np.linalg.norm(made)


def words(document: int, title: str, text: str) -> Words:
    said = {word: (title.split().count(word), text.split().count(word)) for word in title.split()}
    said |= {word: (title.split().count(word), text.split().count(word)) for word in text.split()}
    return Words(document, said)


PASSAGES = [
    words(0, "refund", "money back after a return to the shop"),
    words(1, "fees", "a reminder costs money and a refund of it is rare"),
    words(2, "parcel", "the shop sends it and the shop tracks it"),
    words(2, "parcel", "a return parcel is free"),
]


def test_a_title_counts_for_more_than_a_mention() -> None:
    order = Ranking(3, PASSAGES).order([Asked({"refund": 1}, None)], 3)
    assert [document for document, _, _ in order] == [0, 1]
    assert order[0][1] > order[1][1] > 0


def test_the_best_passage_is_the_one_that_says_it() -> None:
    ((document, _, passage),) = Ranking(3, PASSAGES).order(
        [Asked({"free": 1, "parcel": 1}, None)], 1
    )
    assert (document, passage) == (2, 3)


def test_meaning_finds_what_no_word_does() -> None:
    gists = np.stack([vector(0), vector(1), vector(2)])
    passages = np.stack([vector(0), vector(1), vector(2), vector(2, 3)])
    ranking = Ranking(3, PASSAGES, "minilm", passages, gists)
    asked = Asked({"reimbursement": 1}, vector(0, 5))
    assert ranking.order([asked], 3)[0][0] == 0
    assert ranking.order([Asked({"nothing": 1}, None)], 3) == []


def test_sentences_that_find_something_are_added_up() -> None:
    ranking = Ranking(3, PASSAGES)
    one, other = Asked({"refund": 1}, None), Asked({"parcel": 1, "free": 1}, None)
    alone = {document: score for document, score, _ in ranking.order([one], 3)}
    both = {document: score for document, score, _ in ranking.order([one, other, one], 3)}
    assert both[0] == pytest.approx(2 * alone[0], rel=0.01)
    assert 2 in both
    assert Ranking(0, []).order([one], 3) == []


@given(st.text(max_size=3_000))
def test_any_text_is_cut_into_bounded_sentences_and_passages(text: str) -> None:
    assert 1 <= len(sentences_of(text)) <= SENTENCES_MAX
    passages = passages_of(sections_of(text))
    assert len(passages) <= PASSAGES_MAX
    assert all(0 < len(each.text) <= 2 * PASSAGE_CHARACTERS for each in passages)


def test_a_long_text_is_asked_in_sentences_and_a_list_in_its_points() -> None:
    text = "I lost my card. What now?\n\n- call the bank today\n- block the card\n1. Hi"
    assert sentences_of(text) == ["I lost my card.", "call the bank today", "block the card"]
    assert sentences_of("card lost") == ["card lost"]


def test_short_sections_share_a_passage_and_long_ones_are_cut() -> None:
    text = "Intro.\n\n# One\n\nFirst.\n\n# Two\n\n" + "A sentence of some length. " * 60
    first, *rest = passages_of(sections_of(text))
    assert first.text.startswith("Intro. One. First.")
    assert len(rest) >= 2
    assert rest[0].heading == "Two"
    assert sum(each.text.count("A sentence") for each in (first, *rest)) == 60
    assert len(passages_of(sections_of("x" * 5_000))) > 3
