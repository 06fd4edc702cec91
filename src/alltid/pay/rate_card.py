"""What a company pays in one market: a card with versions, frozen when a session starts. Pure.

A session keeps the card that was in force when it started. A later version counts from its own
moment on and only where it pays more: frozen, or better.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from alltid.kernel.money import Rounding, decimals_of, rounded
from alltid.kernel.refusal import Refused
from alltid.pay.intervals import Interval

WHOLE: Final = 10_000
"""Basis points of the whole: 10,000 are 100%."""
_MOST_BASIS_POINTS: Final = 10 * WHOLE
_MOST_MINOR: Final = 10**9


class Unit(StrEnum):
    """What engaged work is paid by."""

    MINUTE = "minute"
    """Each minute with at least one conversation; several at once don't count twice."""
    CONVERSATION = "conversation"
    """Each conversation once, however it ended."""


@dataclass(frozen=True, slots=True)
class Night:
    """A supplement between two times of the market's day; `ends` may be the next morning."""

    begins: time
    ends: time
    basis_points: int


@dataclass(frozen=True, slots=True)
class Surge:
    """A supplement in a rush: at most so much an offer, and so much in all for this version."""

    most_basis_points: int
    budget_minor: int


@dataclass(frozen=True, slots=True)
class RateCard:
    """One version of what is paid. Supplements are basis points of the rate, added together."""

    market: str
    currency: str
    version: int
    valid_from: datetime
    zone: str
    floor_minor_per_hour: int
    unit: Unit
    rate_minor: int
    night: Night | None = None
    languages: tuple[tuple[str, int], ...] = ()
    surge: Surge | None = None

    def __post_init__(self) -> None:
        """Refuse a card that could not be paid by, with a sentence that says why."""
        if not self.market.strip():
            raise _refused("no_market", "names no market")
        if not self.currency:
            raise _refused("no_currency", "names no currency")
        decimals_of(self.currency)
        if self.version < 1:
            raise _refused("bad_version", "has a version below 1")
        if self.valid_from.tzinfo is None:
            raise _refused("no_time_zone", "is valid from a moment without a time zone")
        zone_of(self.zone)
        for what, minor in (("floor", self.floor_minor_per_hour), ("rate", self.rate_minor)):
            if type(minor) is not int or not 0 <= minor <= _MOST_MINOR:
                raise _refused(f"bad_{what}", f"has a {what} of {minor!r}: not 0 or more, whole")
        _check_supplements(self)

    @property
    def name(self) -> str:
        """The card and its version, as statements show it."""
        return f"{self.market}/{self.currency}/{self.version}"

    def supplement_of(self, language: str) -> int:
        """Return the basis points for a conversation in `language`."""
        return dict(self.languages).get(language, 0)


def _check_supplements(card: RateCard) -> None:
    points = [points for _, points in card.languages]
    if card.night is not None:
        points.append(card.night.basis_points)
    if card.surge is not None:
        points.append(card.surge.most_basis_points)
        if card.surge.budget_minor < 0:
            raise _refused("bad_budget", "has a budget for surge below 0")
    if any(not 0 <= each <= _MOST_BASIS_POINTS for each in points):
        raise _refused("bad_supplement", "has a supplement that is not between 0% and 1000%")
    if len(dict(card.languages)) != len(card.languages):
        raise _refused("bad_supplement", "names a language twice")


def _refused(code: str, what: str) -> Refused:
    return Refused(code, f"This rate card {what}.")


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone by its name; Refused when there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused("unknown_zone", f"There is no time zone called {name!r}.") from None


# ---------------------------------------------------------------- which card counts


@dataclass(frozen=True, slots=True)
class Terms:
    """What a session is paid by: the frozen card, and versions that came while it went on."""

    frozen: RateCard
    later: tuple[RateCard, ...] = ()

    def at(self, moment: datetime) -> tuple[RateCard, ...]:
        """Return the cards that may be chosen from at `moment`, the frozen one first."""
        return (self.frozen, *(card for card in self.later if card.valid_from <= moment))


def terms_of(cards: Iterable[RateCard], market: str, currency: str, during: Interval) -> Terms:
    """Find the terms of a session among all versions; Refused when none was in force."""
    own = sorted(
        (card for card in cards if (card.market, card.currency) == (market, currency)),
        key=lambda card: (card.valid_from, card.version),
    )
    before = [card for card in own if card.valid_from <= during.begin]
    if not before:
        raise Refused("no_rate_card", f"No rate card for {market} in {currency} was in force.")
    later = tuple(card for card in own if during.begin < card.valid_from < during.end)
    return Terms(before[-1], later)


def check_successor(cards: Sequence[RateCard], new: RateCard, now: datetime) -> None:
    """Refuse a version that doesn't follow the ones before, or that changes the past.

    A first version may be of any time: nothing was paid by its market before.
    """
    own = [card for card in cards if (card.market, card.currency) == (new.market, new.currency)]
    if new.version != max((card.version for card in own), default=0) + 1:
        raise _refused("bad_version", "does not have the next version's number")
    if any(card.valid_from >= new.valid_from for card in own) or (own and new.valid_from < now):
        raise _refused(
            "changes_the_past", "would be valid before now, or before a version that exists"
        )


# ---------------------------------------------------------------- supplements


def nights(card: RateCard, within: Interval) -> tuple[Interval, ...]:
    """Return the stretches of `within` that are night by the market's clocks.

    Where a clock shows a time twice, the night begins at the first and ends at the second.
    """
    if card.night is None:
        return ()
    zone = zone_of(card.zone)
    day = within.begin.astimezone(zone).date() - timedelta(days=1)
    last = within.end.astimezone(zone).date()
    found: list[Interval] = []
    while day <= last:
        part = _night_of(card.night, day, zone).overlap(within)
        if part is not None:
            found.append(part)
        day += timedelta(days=1)
    return tuple(found)


def night_points(card: RateCard, moment: datetime) -> int:
    """Return the basis points of the night supplement at `moment`, 0 by day."""
    instant = Interval(moment, moment + timedelta(microseconds=1))
    return card.night.basis_points if card.night is not None and nights(card, instant) else 0


def _night_of(night: Night, day: date, zone: ZoneInfo) -> Interval:
    morning = day if night.begins < night.ends else day + timedelta(days=1)
    begin = datetime.combine(day, night.begins, zone).astimezone(UTC)
    end = datetime.combine(morning, night.ends, zone).replace(fold=1).astimezone(UTC)
    return Interval(begin, max(begin, end))


def granted_surge(
    card: RateCard, wanted_basis_points: int, spent_minor: int, expected_minor: int
) -> int:
    """Decide how much surge an offer may carry: all that was wanted, or what the budget bears.

    `spent_minor` is what this version has granted so far, `expected_minor` what the offer is
    expected to pay without surge. What an offer has granted stays granted.
    """
    if card.surge is None or wanted_basis_points <= 0:
        return 0
    wanted = min(wanted_basis_points, card.surge.most_basis_points)
    left = max(0, card.surge.budget_minor - spent_minor)
    if expected_minor <= 0:
        return wanted if left else 0
    return min(wanted, rounded(Fraction(left * WHOLE, expected_minor), Rounding.DOWN))


def break_even_minor_per_minute(floor_minor_per_hour: int, utilisation_basis_points: int) -> int:
    """Return the rate per engaged minute at which an agent so busy earns the floor by work."""
    if not 0 < utilisation_basis_points <= WHOLE:
        raise Refused("bad_utilisation", "Utilisation lies above 0% and is at most 100%.")
    exact = Fraction(floor_minor_per_hour * WHOLE, 60 * utilisation_basis_points)
    return rounded(exact, Rounding.HALF_EVEN)


# ---------------------------------------------------------------- into records and back


def card_facts(card: RateCard) -> dict[str, Any]:
    """Return the card as plain data, for the books and for people who check."""
    night, surge = card.night, card.surge
    return {
        "market": card.market,
        "currency": card.currency,
        "version": card.version,
        "valid_from": card.valid_from.astimezone(UTC).isoformat(),
        "zone": card.zone,
        "floor_minor_per_hour": card.floor_minor_per_hour,
        "unit": card.unit.value,
        "rate_minor": card.rate_minor,
        "night": night and [night.begins.isoformat(), night.ends.isoformat(), night.basis_points],
        "languages": [list(pair) for pair in card.languages],
        "surge": surge and [surge.most_basis_points, surge.budget_minor],
    }


def card_from(facts: Mapping[str, Any]) -> RateCard:
    """Read a card back; Refused as for a new one, KeyError when something is missing."""
    night, surge = facts["night"], facts["surge"]
    return RateCard(
        market=facts["market"],
        currency=facts["currency"],
        version=facts["version"],
        valid_from=datetime.fromisoformat(facts["valid_from"]),
        zone=facts["zone"],
        floor_minor_per_hour=facts["floor_minor_per_hour"],
        unit=Unit(facts["unit"]),
        rate_minor=facts["rate_minor"],
        night=night and Night(time.fromisoformat(night[0]), time.fromisoformat(night[1]), night[2]),
        languages=tuple((language, points) for language, points in facts["languages"]),
        surge=surge and Surge(*surge),
    )
