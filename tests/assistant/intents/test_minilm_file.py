"""MiniLM's file: taking rows first changes no figure, and another file stays what it is."""

import numpy as np
import pytest

from alltid.assistant.intents import encoders, minilm_file
from alltid.assistant.intents.minilm_file import as_used


def test_rows_that_are_taken_first_give_the_same_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Where is my refund of 12 euros?"
    rows_first = encoders.MiniLm().views(text)
    monkeypatch.setattr(minilm_file, "_TABLE", "another")
    whole_table = encoders.MiniLm().views(text)
    assert all(np.array_equal(*pair) for pair in zip(rows_first, whole_table, strict=True))


def test_a_file_that_is_built_in_another_way_only_gets_outputs() -> None:
    assert as_used(b"model", ["x"]) == b"model:\x05b\x03\n\x01x"
