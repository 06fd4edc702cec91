"""Distress, rights, fraud and threats: heard in the customers' words, and only there.

``signals/heldout`` was written before the patterns, ``signals/dev`` is there to tune on, and
``signals/chat`` holds conversations' opening lines in the style of a chat, of which another half
is kept out of the repository. A line is the kind (``-`` for none), a tab, the sentence.
"""

import csv
import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alltid.assistant.understanding import Family, SignalKind, understand
from alltid.assistant.understanding.signal_patterns import PatternBook
from alltid.assistant.understanding.signals import FAMILIES, LINE, signals_of
from tests.assistant.understanding.sentences import outside_data

HERE = Path(__file__).with_name("signals")
SETS = [
    (folder, path.stem)
    for folder in ("chat", "dev", "heldout")
    for path in sorted((HERE / folder).glob("*.tsv"))
]
THOROUGH = ("de", "en", "es", "it", "sv")


def _lines(folder: str, code: str) -> list[tuple[str, str]]:
    lines = (HERE / folder / f"{code}.tsv").read_text(encoding="utf-8").splitlines()
    return [(kind, text) for kind, text in (line.split("\t") for line in lines)]


def _kinds(text: str) -> set[str]:
    return {each.kind.value for each in signals_of(text)}


@pytest.mark.parametrize(("folder", "code"), SETS)
def test_signals_are_heard_and_look_alikes_are_not(folder: str, code: str) -> None:
    lines = _lines(folder, code)
    missed = [text for kind, text in lines if kind != "-" and kind not in _kinds(text)]
    false = [text for kind, text in lines if kind == "-" and _kinds(text)]
    quiet = sum(kind == "-" for kind, _ in lines)
    floor = 0.05 if code in THOROUGH else 0.15
    assert len(missed) <= floor * (len(lines) - quiet), missed
    assert len(false) <= 0.05 * quiet, false


@pytest.mark.parametrize("code", THOROUGH)
def test_each_kind_has_heldout_sentences_in_each_language(code: str) -> None:
    kinds = {kind for kind, _ in _lines("heldout", code)}
    assert kinds - {"-"} == {kind.value for kind in SignalKind if kind is not SignalKind.FRAUD}


def test_the_evidence_is_the_customers_own_words() -> None:
    text = "Hej! Min man gick bort i maj. Har ni en adress?"
    (found,) = signals_of(text)
    assert found.kind is SignalKind.BEREAVEMENT
    assert found.family is Family.VULNERABILITY
    assert text[found.start : found.end] == "man gick bort"
    assert found.because == "sv:bereavement"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("my husbnad passsed away", {"bereavement"}),
        ("hej, I never bought this alltså", {"dispute"}),
        ("my dad is not dead", set()),
        ("I am not going to sue you", set()),
        ("jag har inte blivit bestulen", set()),
        ("I dont recgonise this purchase and my wallet was stolen", {"dispute", "stolen_card"}),
    ],
)
def test_typing_errors_mixed_languages_and_negation(text: str, kinds: set[str]) -> None:
    assert _kinds(text) == kinds


def test_every_kind_has_a_family() -> None:
    assert set(FAMILIES) == set(SignalKind)


def test_every_pattern_can_be_read_and_matches_something_said() -> None:
    patterns = list(PatternBook.load(frozenset(SignalKind)).patterns())
    assert len(patterns) > 2_000
    assert all(each.expression.match("") is None for each in patterns)


def test_a_line_of_no_kind_is_refused_with_its_number() -> None:
    with pytest.raises(ValueError, match=r"xx\.txt, line 2: there is no kind 'joy'"):
        PatternBook().add("xx", "debt: broke\njoy: happy\n", frozenset({"debt"}))


def test_a_word_takes_only_some_time_to_be_found_in_a_long_message() -> None:
    story = "The parcel was late and the box was wet. " * 500
    assert _kinds(f"{story} my father died") == {"bereavement"}
    assert _kinds(story) == set()


@settings(max_examples=40)
@given(st.text(max_size=300))
def test_any_text_gives_the_same_bounded_signals_twice(text: str) -> None:
    found = understand(text).signals
    assert found == understand(text).signals
    for each in found:
        assert LINE <= each.confidence <= 1
        assert 0 <= each.start < each.end <= len(text)


@pytest.mark.outside
def test_what_others_wrote_about_other_things_raises_hardly_any() -> None:
    data = outside_data()
    if data is None:
        pytest.skip("outside data is absent: set ALLTID_OUTSIDE_DATA to its folder")
    clinc = json.loads((data / "clinc150" / "train_val.json").read_text(encoding="utf-8"))
    theft = {"report_fraud", "report_lost_card"}
    general = [text for part in clinc.values() for text, label in part if label not in theft][::8]
    assert _share(general, Family.VULNERABILITY) <= 0.002
    assert _share(general, *Family) <= 0.005
    with (data / "banking77" / "train.csv").open(encoding="utf-8", newline="") as file:
        banking = [row["text"] for row in csv.DictReader(file)][::5]
    assert _share(banking, Family.VULNERABILITY) <= 0.003


def _share(texts: Iterable[str], *families: Family) -> float:
    raised = [any(each.family in families for each in signals_of(text)) for text in texts]
    return sum(raised) / len(raised)
