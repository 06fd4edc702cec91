"""What dispatching asks of pay: the rate of now, what an offer is worth, who earned how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Quote:
    """What an offer pays by the rate named, in the currency's smallest unit."""

    pay_minor: int
    currency: str
    floor_minor_per_hour: int


@dataclass(frozen=True, slots=True)
class Earned:
    """What an agent earned by work, and for how long they were guaranteed the floor."""

    earned_minor: int
    guaranteed_seconds: int


class PayQuotes(Protocol):
    """Pay, as far as dispatching needs it."""

    async def rate_id(self, now: datetime) -> str:
        """Return the rate version that a session that begins now is paid by."""
        ...

    async def quote(
        self, rate_id: str, expected_minutes: int, language: str, now: datetime
    ) -> Quote:
        """Return what a conversation of so many minutes would pay."""
        ...

    async def earnings(
        self, agent_ids: Sequence[str], since: datetime, now: datetime
    ) -> Mapping[str, Earned]:
        """Return what agents earned since then; those without a session are left out."""
        ...


class FloorQuotes:
    """Quotes from one floor alone, for a desk without rate cards.

    A minute of work is worth a minute of the floor at the utilisation given, so that whoever is
    busy for that share of an hour earns the floor by work.
    """

    def __init__(
        self, *, floor_minor_per_hour: int = 40_000, currency: str = "SEK", utilisation: float = 0.7
    ) -> None:
        """Know the floor, in the smallest unit for each hour."""
        self._floor = floor_minor_per_hour
        self._currency = currency
        self._a_minute = floor_minor_per_hour / 60 / utilisation

    async def rate_id(self, now: datetime) -> str:  # noqa: ARG002  the floor is always the same
        """Name the only rate."""
        return f"floor-{self._currency}-{self._floor}"

    async def quote(
        self,
        rate_id: str,  # noqa: ARG002
        expected_minutes: int,
        language: str,  # noqa: ARG002
        now: datetime,  # noqa: ARG002
    ) -> Quote:
        """Return the minutes' worth, whole units of the smallest."""
        return Quote(round(self._a_minute * expected_minutes), self._currency, self._floor)

    async def earnings(
        self,
        agent_ids: Sequence[str],  # noqa: ARG002
        since: datetime,  # noqa: ARG002
        now: datetime,  # noqa: ARG002
    ) -> Mapping[str, Earned]:
        """Return nothing: without a ledger nobody has earned more than another."""
        return {}
