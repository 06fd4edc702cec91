"""A running desk, one for all tests of a file, on a database of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.support.databases import Databases
from tests.support.desk import RunningDesk

DeskStarter = Callable[..., RunningDesk]


@pytest.fixture(scope="module")
def desk(databases: Databases, migrated_template: str) -> Iterator[RunningDesk]:
    """Tests that only add customers share it."""
    with databases.url(migrated_template) as url, RunningDesk(url) as running:
        yield running


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
