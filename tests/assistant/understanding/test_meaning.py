"""Signals and wishes in words that nobody listed, heard by what the encoder makes of them.

``unlisted/`` was written before any example that was learned from, in other words than those, and
none of its lines was looked at singly while the examples grew.
"""

import io
import logging
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from alltid.assistant.intents.encoders import Encoder, EncoderUnavailable, encoder_named
from alltid.assistant.intents.words import plain
from alltid.assistant.understanding import SignalKind, meaning, understand, wish_for_human
from alltid.assistant.understanding.full import wants_vector
from alltid.assistant.understanding.meaning import (
    ENCODER,
    WISH,
    Likeness,
    Meaning,
    packed,
    unpacked,
)
from alltid.assistant.understanding.signals import signals_of

UNLISTED = Path(__file__).with_name("unlisted")
EACH = 4
"""Every fourth line is enough to see a change; the whole was measured for docs/understanding.md."""
Vector = NDArray[np.float32]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    try:
        return encoder_named(ENCODER)
    except EncoderUnavailable as error:
        pytest.skip(str(error))


def _rows(name: str) -> list[list[str]]:
    lines = (UNLISTED / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines[::EACH]]


def _vector(encoder: Encoder, text: str) -> Vector:
    return encoder.views(plain(text))[0]


def test_signals_are_heard_that_no_list_has(encoder: Encoder) -> None:
    heard = missed = quiet = false = by_words = 0
    for kind, text in _rows("signals"):
        kinds = {str(each.kind) for each in understand(text, vector=_vector(encoder, text)).signals}
        if kind == "-":
            quiet, false = quiet + 1, false + bool(kinds)
        else:
            heard, missed = heard + (kind in kinds), missed + (kind not in kinds)
            by_words += kind in {str(each.kind) for each in understand(text).signals}
    assert heard >= 0.8 * (heard + missed)
    assert heard > by_words + 0.15 * (heard + missed)
    assert false <= 0.25 * quiet


def test_wishes_are_heard_that_no_list_has(encoder: Encoder) -> None:
    wished: list[bool] = []
    others: list[bool] = []
    for _, flag, text in _rows("wish"):
        found = understand(text, vector=_vector(encoder, text)).wants_human
        assert found or not wish_for_human(text).wanted
        (wished if flag == "1" else others).append(found)
    assert sum(wished) >= 0.7 * len(wished)
    assert sum(others) <= 0.05 * len(others)


def test_self_harm_by_meaning_points_at_the_message(encoder: Encoder) -> None:
    text = "  there is nothing left for me here, tonight I go for good "
    found = understand(text, vector=_vector(encoder, text)).signals[0]
    assert found.kind is SignalKind.SELF_HARM
    assert found.because == "meaning"
    assert text[found.start : found.end] == text.strip()


def _small(lines: float, doubts: float) -> Meaning:
    kinds = (*(str(kind) for kind in SignalKind), WISH)
    count = len(kinds)
    rows = np.eye(2, 4, dtype=np.float32)
    weights = np.zeros((2, count), dtype=np.float32)
    weights[0] = 1
    return Meaning(
        kinds,
        np.zeros(4, dtype=np.float32),
        rows,
        weights,
        10.0,
        np.full(count, -8, dtype=np.float32),
        np.full(count, lines, dtype=np.float32),
        np.full(count, doubts, dtype=np.float32),
    )


NEAR = np.array([1, 0, 0, 0], dtype=np.float32)
FAR = np.array([-1, 0, 0, 0], dtype=np.float32)


def test_lines_and_doubts_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    small = _small(0.5, 0.05)
    monkeypatch.setattr(meaning, "learned", lambda: small)
    said = understand("my parcel is wet", vector=NEAR)
    assert {each.kind for each in said.signals} == set(SignalKind) - {SignalKind.FRAUD}
    assert said.wants_human
    assert said.because == "meaning:wish"
    # Words that are listed, in a message that is nothing like it.
    assert [each.kind for each in understand("my father died").signals]
    assert understand("my father died", vector=FAR).signals == ()
    # People are spoken of, and grammar found no wish: meaning has to be surer.
    assert not understand("I talked to a person yesterday", vector=NEAR).wants_human


def test_a_word_alone_is_left_to_the_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "learned", lambda: _small(0.5, 0.05))
    assert not wants_vector("ok")
    assert understand("ok", vector=NEAR) == understand("ok")


def test_the_file_says_when_it_is_not_what_it_was(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data = packed(_small(0.5, 0.1))
    again = unpacked(data)
    assert again.kinds[-1] == WISH
    assert again.read(NEAR)[WISH].heard
    for broken in (b"nothing", data[:100], data[: len(data) // 2]):
        with pytest.raises(ValueError, match=r"array|pickle|zip"):
            unpacked(broken)
    whole = unpacked(meaning.FILE.read_bytes())
    assert whole.rows.nbytes + whole.weights.nbytes < 12_000_000
    monkeypatch.setattr(meaning, "FILE", tmp_path / "none.npz")
    with caplog.at_level(logging.WARNING):
        assert meaning.learned.__wrapped__() is None
    assert "Only listed words" in caplog.text


def test_arrays_that_were_changed_are_refused() -> None:
    with np.load(io.BytesIO(packed(_small(0.5, 0.1))), allow_pickle=False) as file:
        arrays = dict(file)
    arrays["lines"] = arrays["lines"] + np.float32(0.1)
    changed = io.BytesIO()
    np.savez(changed, **arrays)
    with pytest.raises(ValueError, match="digest"):
        unpacked(changed.getvalue())


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("bereavement", "My husband died last week."),
        ("dispute", "I never bought the second one."),
        ("erasure", "Please delete all my data."),
    ],
)
def test_a_listed_signal_is_heard_at_the_end_of_a_long_message(kind: str, text: str) -> None:
    chat = "I ordered a lamp and two chairs for the kitchen, and the table came on Monday. " * 8
    said = chat + text
    like = {kind: Likeness(0.0, heard=False, doubtful=True)}
    assert kind in {str(each.kind) for each in signals_of(said, like)}
    assert kind not in {str(each.kind) for each in signals_of(text, like)}
