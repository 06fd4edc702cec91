"""`alltid understand`: each line told, for programs and for people."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from typer.testing import CliRunner

from alltid.assistant.understanding.lines import understand_lines
from alltid.cli import app


class _Guess(NamedTuple):
    label: str | None
    confidence: float
    top: Sequence[tuple[str, float]]


class _Listener:
    def vector_of(self, text: str) -> NDArray[np.float32] | None:
        return None

    def read(self, text: str, language: str = "und") -> _Guess:
        label = "pay_now" if "pay" in text else None
        return _Guess(label, 0.75, (("pay_now", 0.75), ("declined", 0.1)))


def test_an_intent_is_told_with_its_rivals_and_none_is_null() -> None:
    paying, other = map(json.loads, understand_lines(["pay it\n", "hello\n"], None, _Listener()))
    assert paying["intent"] == {
        "label": "pay_now",
        "confidence": 0.75,
        "top": [
            {"label": "pay_now", "probability": 0.75},
            {"label": "declined", "probability": 0.1},
        ],
    }
    assert other["intent"]["label"] is None
    assert set(other) >= {"wants_human", "language", "score", "because", "signals", "entities"}


def test_without_a_listener_no_intent_is_claimed() -> None:
    (told,) = map(json.loads, understand_lines(["pay it"]))
    assert "intent" not in told


def test_the_example_lenders_intents_are_told_by_default() -> None:
    said = CliRunner().invoke(app, ["understand"], input="can I pay my bill next month instead\n")
    assert said.exit_code == 0, said.output
    intent = json.loads(said.stdout)["intent"]
    assert intent["label"] == "extend_due_date"
    assert len(intent["top"]) == 5


def test_words_for_people_without_an_encoder() -> None:
    arguments = ["understand", "--words-only", "--text"]
    said = CliRunner().invoke(app, arguments, input="human please, 20 euro\nok\n")
    assert said.exit_code == 0, said.output
    first, second = said.stdout.splitlines()
    assert first.startswith("en; wants a human")
    assert 'money "20 euro"' in first
    assert "wants" not in second


def test_what_is_no_model_and_no_folder_is_refused(tmp_path: Path) -> None:
    for option in ("--model", "--playbooks"):
        missing = str(tmp_path / "none")
        said = CliRunner().invoke(app, ["understand", option, missing], input="hello\n")
        assert said.exit_code == 2
        assert "none" in said.output
