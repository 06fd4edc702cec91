"""What the fault tests share: a seed that is told, a folder that is short, a voice."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from alltid.storage.embedded_postgres import EmbeddedPostgres
from tests.support.server import ENTRY, HURRIED_ENTRY, Server

Tell = Callable[[str], None]


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    """Say something that is seen also when the test passes."""

    def say(words: str) -> None:
        with capsys.disabled():
            print(f"\n  {words}", end="")  # noqa: T201  what was shown is the point of the run

    return say


@pytest.fixture
def seed(tell: Tell) -> int:
    """FAULT_SEED, else a new one; what was done with it can be done again."""
    seed = int(os.environ.get("FAULT_SEED") or secrets.randbelow(1_000_000))
    tell(f"seed {seed} (FAULT_SEED={seed} replays this schedule)")
    return seed


@pytest.fixture
def long() -> bool:
    """FAULT_LONG=1: real patience and an absence of 30 s, instead of both scaled down."""
    return os.environ.get("FAULT_LONG") == "1"


@pytest.fixture
def away_seconds(long: bool) -> float:
    return 30.0 if long else 7.0


@pytest.fixture
def entry(long: bool) -> tuple[str, ...]:
    return ENTRY if long else HURRIED_ENTRY


@pytest.fixture
def hurried_server(memory_folder: Path, entry: tuple[str, ...]) -> Iterator[Server]:
    """As `server`, with less patience: see tests/support/hurried.py."""
    with Server(memory_folder / uuid4().hex[:8], entry=entry) as server:
        yield server


@pytest.fixture
def server(short_folder: Path) -> Iterator[Server]:
    """The demo on a data folder of its own, on a real disk, with the embedded PostgreSQL."""
    with Server(short_folder / uuid4().hex[:8]) as server:
        yield server


@pytest.fixture
def own_postgres(memory_folder: Path) -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL that nobody but the test starts again."""
    postgres = EmbeddedPostgres(memory_folder / uuid4().hex[:8])
    postgres.start()
    yield postgres
    postgres.stop()
