"""What the group writer asks of the streams that it writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

import psycopg

S = TypeVar("S")
F = TypeVar("F")
C_contra = TypeVar("C_contra", contravariant=True)


@dataclass(slots=True)
class Change(Generic[S, F]):
    """What a group does to one stream."""

    stream_id: str
    before: S
    after: S
    expected_version: int
    version: int
    facts: list[tuple[F, str]]  # each with the actor who caused it


class Aggregate(Protocol[S, C_contra, F]):
    """The decider that a writer serves, and how its streams are kept."""

    def initial(self) -> S:
        """Return the state of a stream without facts."""
        ...

    def version_of(self, state: S) -> int:
        """Return the version of the last fact folded into `state`; 0 for none."""
        ...

    def decide(self, state: S, command: C_contra, now: datetime) -> Sequence[F]:
        """Return the facts that `command` leads to; raises `Refused`."""
        ...

    def known_version(self, state: S, command: C_contra) -> int | None:
        """Return the version under which this very command was stored before, if it was."""
        ...

    def evolve(self, state: S, fact: F) -> S:
        """Fold one fact."""
        ...

    async def load(
        self, connection: psycopg.AsyncConnection[Any], stream_ids: Sequence[str]
    ) -> Mapping[str, S]:
        """Read the states of streams; those without facts are left out."""
        ...

    async def moved(
        self, connection: psycopg.AsyncConnection[Any], versions: Mapping[str, int]
    ) -> set[str]:
        """Return those streams whose last fact isn't (any more) of the version given."""
        ...

    async def append(
        self, connection: psycopg.AsyncConnection[Any], changes: Sequence[Change[S, F]]
    ) -> set[str]:
        """Store changes in one transaction; return the streams whose version still fitted."""
        ...
