"""What a session paid, and why: every amount with its formula and its evidence (P7, P9). Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from alltid.kernel.money import written
from alltid.kernel.refusal import Refused
from alltid.pay.intervals import Interval, total_microseconds
from alltid.pay.pay_floor import (
    Earning,
    FloorPart,
    earned_minor,
    earnings,
    floor_minor,
    floor_parts,
    guaranteed,
    top_up_minor,
)
from alltid.pay.rate_card import WHOLE, RateCard, Terms, Unit, terms_of, zone_of
from alltid.pay.session_facts import SessionFacts, stopped_at, whole

_MICROSECONDS: Final = 1_000_000


class LineKind(StrEnum):
    """What a line of a statement is for."""

    EARNING = "earning"
    ROUNDING = "rounding"
    ADJUSTMENT = "adjustment"
    TOP_UP = "top_up"
    EXTRA = "extra"


class Basis(StrEnum):
    """What the amounts of a document are; every document says it."""

    INVOICE = "invoice amount excluding VAT"
    SALARY = "gross salary"


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One amount. `exact` is in minor units and may be a fraction; the sum never is."""

    kind: LineKind
    exact: Fraction
    formula: str
    evidence: tuple[str, ...]
    card: str | None = None
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """The statement of one session. All amounts in minor units of `currency`.

    `pay_minor` is earnings, adjustments and top-up: what the floor is held against. Extras
    come on top and make up `total_minor`.
    """

    session: str
    agent: str
    market: str
    currency: str
    basis: Basis
    booked_on: date
    guaranteed_microseconds: int
    floor_minor: int
    earned_minor: int
    adjusted_minor: int
    top_up_minor: int
    extra_minor: int
    lines: tuple[StatementLine, ...]

    @property
    def pay_minor(self) -> int:
        """Pay for the session, never below the floor."""
        return self.earned_minor + self.adjusted_minor + self.top_up_minor

    @property
    def total_minor(self) -> int:
        """Pay with tips, expenses and corrections of other sessions."""
        return self.pay_minor + self.extra_minor


def statement_of(facts: SessionFacts, terms: Terms, basis: Basis = Basis.INVOICE) -> Statement:
    """Compute the statement of a closed session; Refused while it is open."""
    during = whole(facts)
    card = terms.frozen
    parts = floor_parts(facts, terms)
    earned = earnings(facts, terms)
    floor, engaged = floor_minor(parts), earned_minor(earned)
    adjusted = sum(adjustment.minor for adjustment in facts.adjustments)
    top_up = top_up_minor(floor, engaged + adjusted)
    exact = sum((earning.exact for earning in earned), Fraction())
    lines = [_earning_line(earning, card.currency) for earning in earned]
    if engaged != exact:
        formula = f"rounded up from {_shown(exact)} to {engaged}, once for the session"
        lines.append(StatementLine(LineKind.ROUNDING, engaged - exact, formula, ()))
    lines += [
        StatementLine(LineKind.ADJUSTMENT, Fraction(each.minor), each.reason, (each.evidence,))
        for each in facts.adjustments
    ]
    lines.append(_top_up_line(parts, floor, engaged + adjusted, top_up))
    lines += [
        StatementLine(LineKind.EXTRA, Fraction(each.minor), each.kind.value, (each.evidence,))
        for each in facts.extras
    ]
    return Statement(
        session=facts.session,
        agent=facts.agent,
        market=card.market,
        currency=card.currency,
        basis=basis,
        booked_on=during.end.astimezone(zone_of(card.zone)).date(),
        guaranteed_microseconds=total_microseconds(guaranteed(facts)),
        floor_minor=floor,
        earned_minor=engaged,
        adjusted_minor=adjusted,
        top_up_minor=top_up,
        extra_minor=sum(each.minor for each in facts.extras),
        lines=tuple(lines),
    )


def preview(
    facts: SessionFacts, cards: Iterable[RateCard], market: str, currency: str, now: datetime
) -> Statement:
    """Return the statement there would be if the agent stopped now."""
    stopped = stopped_at(facts, now)
    return statement_of(stopped, terms_of(cards, market, currency, whole(stopped)))


def _earning_line(earning: Earning, currency: str) -> StatementLine:
    per = "min" if earning.unit is Unit.MINUTE else "conversation"
    rate = f"{written(earning.rate_minor, currency)} {currency}/{per}"
    amount = f"{_seconds(earning.interval)} s / 60 * {rate}"
    if earning.unit is Unit.CONVERSATION:
        amount = f"1 * {rate}"
    for name, points in earning.supplements:
        amount += f" + {Fraction(points * 100, WHOLE)}% {name}"
    return StatementLine(
        LineKind.EARNING, earning.exact, amount, earning.evidence, earning.card, earning.interval
    )


def _top_up_line(
    parts: tuple[FloorPart, ...], floor: int, engaged: int, top_up: int
) -> StatementLine:
    sums = " + ".join(
        f"{part.floor_minor_per_hour} * {_seconds(part.interval)} s" for part in parts
    )
    formula = f"max(0, ceil(({sums or 0}) / 3600) - {engaged}) = max(0, {floor} - {engaged})"
    evidence = tuple(dict.fromkeys(each for part in parts for each in part.evidence))
    cards = ", ".join(dict.fromkeys(part.card for part in parts))
    return StatementLine(LineKind.TOP_UP, Fraction(top_up), formula, evidence, cards or None)


def _seconds(interval: Interval) -> str:
    whole_seconds, rest = divmod(interval.microseconds, _MICROSECONDS)
    return f"{whole_seconds}.{rest:06d}".rstrip("0") if rest else str(whole_seconds)


def _shown(exact: Fraction) -> str:
    units, rest = divmod(exact.numerator, exact.denominator)
    return f"{units} {rest}/{exact.denominator}"


# ---------------------------------------------------------------- corrections and totals


@dataclass(frozen=True, slots=True)
class Correction:
    """What changes when late facts come in: the old statement is reversed, the new one booked."""

    before: Statement
    after: Statement

    @property
    def difference_minor(self) -> int:
        """What the agent is paid besides, negative when it was too much."""
        return self.after.total_minor - self.before.total_minor


def corrected(before: Statement, facts: SessionFacts, terms: Terms) -> Correction:
    """Compute a correction; its pay is never below the floor of the corrected facts.

    Refused when the facts are of another session or currency.
    """
    after = statement_of(facts, terms, before.basis)
    if (after.session, after.agent, after.currency) != (
        (before.session, before.agent, before.currency)
    ):
        raise Refused("another_session", "A correction belongs to the session that it corrects.")
    return Correction(before, after)


class Span(StrEnum):
    """What totals are shown by."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


def span_of(day: date, span: Span) -> str:
    """Name the day, ISO week, month or year that `day` lies in: `2026-W53`."""
    if span is Span.WEEK:
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    return day.isoformat()[: {Span.DAY: 10, Span.MONTH: 7, Span.YEAR: 4}[span]]


@dataclass(slots=True)
class Totals:
    """Sums over statements, in minor units; and the aggregate test of promise P7."""

    total_minor: int = 0
    pay_minor: int = 0
    floor_minor: int = 0
    top_up_minor: int = 0
    guaranteed_microseconds: int = 0

    @property
    def floor_held(self) -> bool:
        """Whether pay is at least the floor for the guaranteed time."""
        return self.pay_minor >= self.floor_minor


def totals(
    statements: Iterable[Statement], span: Span, *, by_agent: bool = False
) -> dict[tuple[str, str, str | None], Totals]:
    """Add up statements by span and currency, and for each agent where asked.

    A session belongs to the day on which it ended by the market's clocks.
    """
    found: dict[tuple[str, str, str | None], Totals] = defaultdict(Totals)
    for each in statements:
        agent = each.agent if by_agent else None
        sums = found[span_of(each.booked_on, span), each.currency, agent]
        sums.total_minor += each.total_minor
        sums.pay_minor += each.pay_minor
        sums.floor_minor += each.floor_minor
        sums.top_up_minor += each.top_up_minor
        sums.guaranteed_microseconds += each.guaranteed_microseconds
    return dict(found)


def statement_record(statement: Statement) -> dict[str, Any]:
    """Return the statement as plain data, as the books keep it beside the facts."""
    return {
        "session": statement.session,
        "agent": statement.agent,
        "market": statement.market,
        "currency": statement.currency,
        "basis": statement.basis.value,
        "booked_on": statement.booked_on.isoformat(),
        "guaranteed_microseconds": statement.guaranteed_microseconds,
        "floor_minor": statement.floor_minor,
        "earned_minor": statement.earned_minor,
        "adjusted_minor": statement.adjusted_minor,
        "top_up_minor": statement.top_up_minor,
        "extra_minor": statement.extra_minor,
        "lines": [
            [
                *(line.kind.value, str(line.exact), line.formula, list(line.evidence)),
                *(line.card, line.interval and str(line.interval)),
            ]
            for line in statement.lines
        ],
    }
