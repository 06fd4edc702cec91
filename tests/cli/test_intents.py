from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.assistant.intents.tables import NONE_ROWS, ROWS, write_table
from tests.cli.program import run_here


def test_train_predict_and_evaluate(tmp_path: Path) -> None:
    rows = ROWS + NONE_ROWS
    write_table(tmp_path / "examples.csv", rows[::2] + rows[1::4], ("text", "intent"))
    write_table(tmp_path / "aside.csv", rows[3::4], ("text", "category"))
    done = run_here(
        "intents", "train", "examples.csv", "--out", "model", "--encoder", "none", cwd=tmp_path
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "4 intents from 60 examples in en (words)" in done.stdout

    said = run_here(
        "intents", "predict", "--model", "model", cwd=tmp_path,
        typed="where is my refund\n\ntell me a joke\n",
    )  # fmt: skip
    lines = [json.loads(line) for line in said.stdout.splitlines()]
    assert [line["label"] for line in lines] == ["refund", None, None]
    assert set(lines[0]) == {"label", "confidence", "top"}
    assert lines[0]["top"][0] == {"label": "refund", "probability": lines[0]["confidence"]}

    judged = run_here(
        "intents", "evaluate", "--model", "model", "aside.csv", "--json", "--plot", "plot.svg",
        cwd=tmp_path,
    )  # fmt: skip
    figures = json.loads(judged.stdout)
    assert figures["accuracy"] == 1
    assert figures["out_of_scope_recall"] == 1
    assert figures["calibration_error"] < 0.5
    assert (tmp_path / "plot.svg").read_text().startswith("<svg")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("train", "bad.csv", "--out", "m"), "no column text"),
        (("train", "good.csv", "--out", "m", "--encoder", "bert"), "no encoder bert"),
        (("predict", "--model", "."), "alltid intents train"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_2(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n")
    write_table(tmp_path / "good.csv", ROWS)
    done = run_here("intents", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
