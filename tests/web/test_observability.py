"""Logs hold no words of customers and no secrets; figures are there from the start."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from prometheus_client import generate_latest

from alltid.web.observability import WITHHELD, Metrics, configure_logging


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    configure_logging("json", "info")
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_words_and_secrets_are_withheld_at_any_depth(written: io.StringIO) -> None:
    log = structlog.get_logger("test")
    log.info("stored", conversation="c1", text="hello anna", inner={"email": "a@b.example", "n": 1})
    [line] = lines(written)
    assert line["conversation"] == "c1"
    assert line["inner"] == {"n": 1}
    assert line["withheld"] == ["email", "text"]
    assert "anna" not in written.getvalue()


@pytest.mark.parametrize("key", sorted(WITHHELD))
def test_each_withheld_key(written: io.StringIO, key: str) -> None:
    structlog.get_logger("test").warning("something", **{key: "do not show"})
    assert "do not show" not in written.getvalue()


def test_an_exception_shows_its_kind_and_place_but_not_its_words(written: io.StringIO) -> None:
    log = structlog.get_logger("test")
    try:
        try:
            raise KeyError("anna's words")  # noqa: TRY301  it is what is tested
        except KeyError as cause:
            raise ValueError("a row with anna@example.com") from cause
    except ValueError:
        log.exception("failed")
    [line] = lines(written)
    assert "anna" not in written.getvalue()
    assert [kind.split(" at ")[0] for kind in line["exception"]] == [
        "builtins.ValueError",
        "builtins.KeyError",
    ]
    assert "test_observability.py" in line["frames"][-1]


def test_libraries_log_the_same_way(written: io.StringIO) -> None:
    try:
        raise RuntimeError("secret words")  # noqa: TRY301  it is what is tested
    except RuntimeError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    [line] = lines(written)
    assert line["level"] == "error"
    assert "secret words" not in written.getvalue()


def test_two_desks_in_one_process_have_figures_of_their_own() -> None:
    one, two = Metrics(), Metrics()
    one.messages_stored.labels(author="customer").inc()
    assert b'alltid_messages_stored_total{author="customer"} 1.0' in generate_latest(one.registry)
    assert b'author="customer"' not in generate_latest(two.registry)
