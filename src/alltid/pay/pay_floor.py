"""The floor: every online session pays at least the guaranteed rate (promise P7). Pure.

    top_up = max(0, ceil(floor_per_hour x guaranteed_seconds / 3600) - engaged_earnings)

Guaranteed is every moment online, but for visible pauses and standby, and every moment of work;
several conversations at once are one moment. Amounts stay exact fractions until the session's
end, where earnings are rounded up, once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from alltid.kernel.money import Rounding, rounded
from alltid.pay.intervals import (
    MICROSECONDS_PER_HOUR,
    MICROSECONDS_PER_MINUTE,
    Interval,
    split,
    union,
    without,
)
from alltid.pay.rate_card import WHOLE, RateCard, Terms, Unit, night_points, nights
from alltid.pay.session_facts import Engagement, Presence, SessionFacts, Stretch, Work

_COUNTS: Final = (Presence.ONLINE, Presence.OUTAGE, Presence.GRACE)


@dataclass(frozen=True, slots=True)
class FloorPart:
    """Guaranteed time under one floor; `exact` minor units."""

    interval: Interval
    floor_minor_per_hour: int
    card: str
    evidence: tuple[str, ...]

    @property
    def exact(self) -> Fraction:
        """What the floor is worth for this time."""
        microseconds = self.interval.microseconds
        return Fraction(self.floor_minor_per_hour * microseconds, MICROSECONDS_PER_HOUR)


@dataclass(frozen=True, slots=True)
class Earning:
    """What work earned: a stretch of engaged time, or one conversation; `exact` minor units."""

    interval: Interval
    unit: Unit
    rate_minor: int
    supplements: tuple[tuple[str, int], ...]
    card: str
    evidence: tuple[str, ...]

    @property
    def exact(self) -> Fraction:
        """The amount before the session's one rounding."""
        points = WHOLE + sum(points for _, points in self.supplements)
        amount = Fraction(self.rate_minor * points, WHOLE)
        if self.unit is Unit.CONVERSATION:
            return amount
        return amount * self.interval.microseconds / MICROSECONDS_PER_MINUTE


def guaranteed(facts: SessionFacts) -> tuple[Interval, ...]:
    """Return the guaranteed time: the union of what counts, each moment once.

    A pause counts from the moment it was shown, and work in the middle of it is work.
    """
    present = [s.interval for s in facts.stretches if s.kind in _COUNTS]
    standby = [s.interval for s in facts.stretches if s.kind is Presence.STANDBY]
    paused = [
        Interval(max(pause.interval.begin, pause.shown_at), pause.interval.end)
        for pause in facts.pauses
        if pause.shown_at is not None and pause.shown_at < pause.interval.end
    ]
    worked = [engagement.interval for engagement in facts.engagements]
    return union([*without(present, [*standby, *paused]), *worked])


def floor_parts(facts: SessionFacts, terms: Terms) -> tuple[FloorPart, ...]:
    """Return the guaranteed time under the best floor of each moment, with its evidence."""
    pieces = split(guaranteed(facts), [card.valid_from for card in terms.later])
    sources: list[Stretch | Engagement] = [*facts.stretches, *facts.engagements]
    return tuple(
        FloorPart(
            interval=piece,
            floor_minor_per_hour=best.floor_minor_per_hour,
            card=best.name,
            evidence=_covering(sources, piece),
        )
        for piece in pieces
        for best in [max(terms.at(piece.begin), key=lambda card: card.floor_minor_per_hour)]
    )


def _covering(sources: Sequence[Stretch | Engagement], piece: Interval) -> tuple[str, ...]:
    found = (source.evidence for source in sources if source.interval.overlap(piece))
    return tuple(dict.fromkeys(found))


def floor_minor(parts: Sequence[FloorPart]) -> int:
    """Return the floor of a session in minor units, rounded up once."""
    return rounded(sum((part.exact for part in parts), Fraction()), Rounding.UP)


def earnings(facts: SessionFacts, terms: Terms) -> tuple[Earning, ...]:
    """Return what the session's work earned, each piece under the best card of its moment."""
    if terms.frozen.unit is Unit.CONVERSATION:
        return tuple(_per_conversation(facts, terms))
    return tuple(_per_minute(facts, terms))


def earned_minor(earned: Sequence[Earning]) -> int:
    """Return the earnings of a session in minor units, rounded up once."""
    return rounded(sum((each.exact for each in earned), Fraction()), Rounding.UP)


def top_up_minor(floor: int, engaged: int) -> int:
    """Return what is missing to the floor; `engaged` counts what belongs to the session."""
    return max(0, floor - engaged)


# ---------------------------------------------------------------- by the conversation


def _per_conversation(facts: SessionFacts, terms: Terms) -> Iterator[Earning]:
    for work in sorted(facts.engagements, key=lambda each: each.interval):
        if work.kind is Work.CONVERSATION:
            yield max(
                (_earning(card, [work], work.interval) for card in _cards(terms, work.interval)),
                key=lambda earning: earning.exact,
            )


def _cards(terms: Terms, piece: Interval) -> tuple[RateCard, ...]:
    # A version that pays by something else has nothing to be compared by: the frozen one stays.
    return tuple(card for card in terms.at(piece.begin) if card.unit is terms.frozen.unit)


# ---------------------------------------------------------------- by the minute


def _per_minute(facts: SessionFacts, terms: Terms) -> Iterator[Earning]:
    """Cut engaged time wherever something changes and pay each piece by its best work."""
    engaged = union([work.interval for work in facts.engagements])
    pieces = _pieces(facts, terms, engaged)
    yield from _merged(_best(facts.engagements, piece, terms) for piece in pieces)


def _pieces(facts: SessionFacts, terms: Terms, engaged: Sequence[Interval]) -> tuple[Interval, ...]:
    cuts = [card.valid_from for card in terms.later]
    for work in facts.engagements:
        cuts += [work.interval.begin, work.interval.end]
    for card in (terms.frozen, *terms.later):
        for stretch in engaged:
            for night in nights(card, stretch):
                cuts += [night.begin, night.end]
    return split(engaged, cuts)


def _best(engagements: Sequence[Engagement], piece: Interval, terms: Terms) -> Earning:
    works = [work for work in engagements if work.interval.overlap(piece)]
    return max(
        (
            _earning(card, [work, *(other for other in works if other is not work)], piece)
            for card in _cards(terms, piece)
            for work in works
        ),
        key=lambda earning: earning.exact,
    )


def _earning(card: RateCard, works: Sequence[Engagement], interval: Interval) -> Earning:
    """Pay `interval` by the first of `works`; it is night when it begins at night."""
    first = works[0]
    named = (
        ("night", night_points(card, interval.begin)),
        (f"language {first.language}", card.supplement_of(first.language)),
        ("surge", first.surge_basis_points),
    )
    return Earning(
        interval=interval,
        unit=card.unit,
        rate_minor=card.rate_minor,
        supplements=tuple((name, points) for name, points in named if points),
        card=card.name,
        evidence=tuple(dict.fromkeys(work.evidence for work in works)),
    )


def _merged(pieces: Iterator[Earning]) -> Iterator[Earning]:
    """Join neighbours that were cut for nothing."""
    held: Earning | None = None
    for piece in pieces:
        if held is not None and _alike(held, piece):
            joined = Interval(held.interval.begin, piece.interval.end)
            held = Earning(
                joined, piece.unit, piece.rate_minor, piece.supplements, piece.card, piece.evidence
            )
            continue
        if held is not None:
            yield held
        held = piece
    if held is not None:
        yield held


def _alike(one: Earning, other: Earning) -> bool:
    return one.interval.end == other.interval.begin and (
        (one.rate_minor, one.supplements, one.card, one.evidence)
        == (other.rate_minor, other.supplements, other.card, other.evidence)
    )
