"""A running desk, one for all tests of a file, on a database of its own."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest

from alltid.storage.embedded_postgres import EmbeddedPostgres
from tests.support.desk import RunningDesk

DeskStarter = Callable[..., RunningDesk]


@pytest.fixture(scope="module")
def desk(postgres: EmbeddedPostgres, migrated_template: str) -> Iterator[RunningDesk]:
    """Tests that only add customers share it."""
    name = f"desk_{uuid.uuid4().hex}"
    with psycopg.connect(postgres.url_of("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {migrated_template}".encode())
        with RunningDesk(postgres.url_of(name)) as running:
            yield running
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def start_desk(database_url: str) -> Iterator[DeskStarter]:
    """Starts desks that share this test's own database."""
    with ExitStack() as stack:

        def start(**settings: Any) -> RunningDesk:
            return stack.enter_context(RunningDesk(database_url, **settings))

        yield start


@pytest.fixture
def own_desk(start_desk: DeskStarter) -> RunningDesk:
    """A desk for this test alone: an empty line, nobody online."""
    return start_desk()
