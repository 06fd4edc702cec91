"""What an offer would pay, by the rate card of its session; and who earned how much."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any, Final

from psycopg_pool import AsyncConnectionPool

from alltid.kernel.clock import Clock
from alltid.kernel.money import Rounding, rounded
from alltid.kernel.refusal import Refused
from alltid.pay.rate_card import WHOLE, RateCard, Unit, granted_surge, night_points
from alltid.pay.rate_cards import RateCards
from alltid.storage.queries import load_queries

QUERIES: Final = load_queries("alltid.pay", "quotes.sql")
DEFAULT_CARD: Final = RateCard(
    market="SE",
    currency="SEK",
    version=1,
    valid_from=datetime(2026, 1, 1, tzinfo=UTC),
    zone="Europe/Stockholm",
    floor_minor_per_hour=40_000,
    unit=Unit.MINUTE,
    # What earns the floor at 70% utilisation.
    rate_minor=952,
)
SURGE_MOST: Final = timedelta(hours=12)
# Other processes look again within this time, and what they quote meanwhile is granted.
FRESH: Final = timedelta(seconds=2)
ENDS_AFTER: Final = timedelta(seconds=5)


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


@dataclass(frozen=True, slots=True)
class Surging:
    """A rush: offers made from `starts_at` up to, and without, `ends_at` carry it."""

    basis_points: int
    starts_at: datetime
    ends_at: datetime


Earnings = Callable[[Sequence[str], datetime, datetime], Awaitable[Mapping[str, Earned]]]
Spent = Callable[[RateCard], Awaitable[int]]


def worth_minor(card: RateCard, expected_minutes: int, language: str, at: datetime) -> int:
    """Return what so many minutes would pay without surge, rounded up."""
    points = WHOLE + night_points(card, at) + card.supplement_of(language)
    units = expected_minutes if card.unit is Unit.MINUTE else 1
    return rounded(Fraction(card.rate_minor * units * points, WHOLE), Rounding.UP)


def market_of(rate_id: str) -> tuple[str, str]:
    """Return the market and currency of a rate; that of the default card for another form."""
    parts = rate_id.split("/")
    if len(parts) != 3:  # noqa: PLR2004  market, currency, version
        return DEFAULT_CARD.market, DEFAULT_CARD.currency
    return parts[0], parts[1]


class PayQuotes:
    """Answers dispatching from the rate cards; it keeps them for two seconds."""

    def __init__(
        self, pool: AsyncConnectionPool[Any], clock: Clock, cards: RateCards, earnings: Earnings
    ) -> None:
        """Take what reads the earnings of sessions that are under way as well."""
        self._pool = pool
        self._clock = clock
        self._cards = cards
        self._earnings = earnings
        self._known: list[RateCard] = []
        self._surges: dict[tuple[str, str], list[Surging]] = {}
        self._fresh_until = datetime.min.replace(tzinfo=UTC)

    async def seed(self) -> None:
        """Make the default card where the company has none yet."""
        if not await self._cards.all():
            try:
                await self._cards.add(DEFAULT_CARD, "default")
            except Refused:
                return

    async def card_now(self, now: datetime) -> RateCard:
        """Return the version of the company's first market that is in force."""
        cards = await self._read(now)
        first = next((c for c in cards if (c.market, c.currency) == _FIRST), None) or cards[0]
        return _in_force(cards, first.market, first.currency, now) or first

    async def rate_id(self, now: datetime) -> str:
        """Return the rate version that a session that begins now is paid by."""
        return (await self.card_now(now)).name

    async def quote(
        self, rate_id: str, expected_minutes: int, language: str, now: datetime
    ) -> Quote:
        """Return what a conversation of so many minutes would pay: the rate's, or better."""
        market, currency = market_of(rate_id)
        cards = await self._read(now)
        frozen = next((card for card in cards if card.name == rate_id), None)
        current = _in_force(cards, market, currency, now)
        choice = [card for card in (frozen, current) if card is not None]
        if not choice:
            raise Refused("no_rate_card", f"No rate card {rate_id} is in force.")
        unit = choice[0].unit
        surge = await self._surge(market, currency, now)
        pay = max(
            worth_minor(card, expected_minutes, language, now)
            + rounded(_surge_worth(card, expected_minutes, surge), Rounding.UP)
            for card in choice
            if card.unit is unit
        )
        floor = max(card.floor_minor_per_hour for card in choice)
        return Quote(pay, currency, floor)

    async def earnings(
        self, agent_ids: Sequence[str], since: datetime, now: datetime
    ) -> Mapping[str, Earned]:
        """Return what agents earned since then; those without a session are left out."""
        return await self._earnings(agent_ids, since, now)

    async def _read(self, now: datetime) -> list[RateCard]:
        if now >= self._fresh_until or not self._known:
            self._known = await self._cards.all() or [DEFAULT_CARD]
            self._surges.clear()
            self._fresh_until = now + FRESH
        return self._known

    async def _surge(self, market: str, currency: str, now: datetime) -> int:
        key = (market, currency)
        if key not in self._surges:
            parameters = {"market": market, "currency": currency, "now": now}
            async with self._pool.connection() as connection:
                rows = await connection.execute(QUERIES["surges_now"], parameters)
                self._surges[key] = [Surging(*row[1:]) for row in await rows.fetchall()]
        running = (s.basis_points for s in self._surges[key] if s.starts_at <= now < s.ends_at)
        return max(running, default=0)


class Surges:
    """Rushes that leads declare; each ends by itself when its time or its budget is up."""

    def __init__(self, pool: AsyncConnectionPool[Any], clock: Clock, spent: Spent) -> None:
        """Take what counts how much surge a card's offers have granted so far."""
        self._pool = pool
        self._clock = clock
        self._spent = spent

    async def begin(
        self, card: RateCard, surge_id: str, basis_points: int, minutes: int, by: str
    ) -> Surging:
        """Begin a rush on a card; Refused when the card has no surge, or no budget is left."""
        now = self._clock.now()
        length = timedelta(minutes=minutes)
        if card.surge is None:
            raise Refused("no_surge", "This rate card has no surge: add a version that has one.")
        if not timedelta() < length <= SURGE_MOST:
            raise Refused("bad_length", "A surge lasts between a minute and 12 hours.")
        granted = granted_surge(card, basis_points, await self._spent(card), 0)
        if granted <= 0:
            raise Refused("no_budget", "The budget for surge of this rate card is used up.")
        parameters = {
            "id": surge_id,
            "market": card.market,
            "currency": card.currency,
            "basis_points": granted,
            "now": now,
            "ends_at": now + length,
            "by": by,
        }
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES["add_surge"], parameters)
        return Surging(granted, now, now + length)

    async def spent(self, card: RateCard) -> int:
        """Return how much of a card's budget its offers have granted, in minor units."""
        return await self._spent(card)

    async def end(self, surge_id: str) -> None:
        """End a rush now; what was offered stays offered."""
        async with self._pool.connection() as connection:
            parameters = {"id": surge_id, "now": self._clock.now() + ENDS_AFTER}
            await connection.execute(QUERIES["end_surge"], parameters)

    async def stop_when_spent(self, card: RateCard) -> bool:
        """End a card's rushes when its budget is used up; tell whether it was."""
        if card.surge is None or await self._spent(card) < card.surge.budget_minor:
            return False
        parameters = {
            "market": card.market,
            "currency": card.currency,
            "ends_at": self._clock.now() + ENDS_AFTER,
        }
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES["end_surges"], parameters)
        return True

    async def latest(self, card: RateCard, limit: int = 20) -> Sequence[dict[str, Any]]:
        """Return a card's rushes, the latest first."""
        parameters = {"market": card.market, "currency": card.currency, "limit": limit}
        async with self._pool.connection() as connection:
            rows = await connection.execute(QUERIES["surges"], parameters)
            names = ("id", "basis_points", "starts_at", "ends_at", "by")
            return [dict(zip(names, row, strict=True)) for row in await rows.fetchall()]


_FIRST: Final = (DEFAULT_CARD.market, DEFAULT_CARD.currency)


def in_force(cards: Sequence[RateCard], now: datetime) -> list[RateCard]:
    """Return the version in force of every market and currency."""
    keys = dict.fromkeys((card.market, card.currency) for card in cards)
    found = (_in_force(cards, market, currency, now) for market, currency in keys)
    return [card for card in found if card is not None]


def next_version(cards: Sequence[RateCard], new: RateCard, now: datetime) -> RateCard:
    """Number a new version; one that follows another begins in five seconds at the earliest.

    By then every process quotes by it: no session begins under a card that had just ended.
    """
    own = [card for card in cards if (card.market, card.currency) == (new.market, new.currency)]
    version = max((card.version for card in own), default=0) + 1
    begins = now + ENDS_AFTER if own else new.valid_from
    return replace(new, version=version, valid_from=max(new.valid_from, begins))


def _in_force(
    cards: Sequence[RateCard], market: str, currency: str, now: datetime
) -> RateCard | None:
    own = [
        card
        for card in cards
        if (card.market, card.currency) == (market, currency) and card.valid_from <= now
    ]
    return max(own, key=lambda card: (card.valid_from, card.version), default=None)


def _surge_worth(card: RateCard, expected_minutes: int, basis_points: int) -> Fraction:
    units = expected_minutes if card.unit is Unit.MINUTE else 1
    return Fraction(card.rate_minor * units * basis_points, WHOLE)
