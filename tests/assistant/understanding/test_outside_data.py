"""Measured on what others wrote: nothing of it is in the project, and nothing was copied."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from alltid.assistant.understanding import wish_for_human
from tests.assistant.understanding.sentences import outside_data

pytestmark = pytest.mark.outside


@pytest.fixture
def data() -> Path:
    folder = outside_data()
    if folder is None:
        pytest.skip("outside data is absent: set ALLTID_OUTSIDE_DATA to its folder")
    return folder


def _share(texts: Iterator[str]) -> float:
    heard = [wish_for_human(text).wanted for text in texts]
    return sum(heard) / len(heard)


def _rows(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        if delimiter == "\t":
            return list(csv.DictReader(file, delimiter=delimiter, quoting=csv.QUOTE_NONE))
        return list(csv.DictReader(file))


def test_nlupp_bank_and_hotel(data: Path) -> None:
    rows = _rows(data / "nlupp_handoff" / "open.tsv", "\t")
    assert _share(row["text"] for row in rows if row["wants_human"] == "1") >= 0.95
    assert _share(row["text"] for row in rows if row["wants_human"] == "0") <= 0.015


def test_bitext(data: Path) -> None:
    rows = _rows(data / "bitext" / "train.csv")
    wishes = (row["utterance"] for row in rows if row["intent"] == "contact_human_agent")
    others = (
        row["utterance"]
        for row in rows
        if row["intent"] not in ("contact_human_agent", "contact_customer_service")
    )
    assert _share(wishes) >= 0.95
    assert _share(others) <= 0.01


def test_banking77_and_clinc150_hold_hardly_any_wishes(data: Path) -> None:
    banking = _rows(data / "banking77" / "train.csv")
    assert _share(row["text"] for row in banking) <= 0.01
    clinc = json.loads((data / "clinc150" / "train_val.json").read_text(encoding="utf-8"))
    assert _share(text for part in clinc.values() for text, _ in part) <= 0.01
