"""Sums over statements: an agent's days and weeks, the aggregate test of the floor, the cost."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, Final

from psycopg_pool import AsyncConnectionPool

from alltid.kernel.money import Rounding, rounded
from alltid.kernel.refusal import Refused
from alltid.pay.statement import Span, Totals
from alltid.pay.statements import QUERIES

SPANS_MOST: Final = 400
AGENTS_MOST: Final = 2_000
LOOK_BACK: Final = timedelta(days=400)
# What a usual day costs is told by the last four weeks.
USUAL: Final = timedelta(days=28)
_FORMS: Final = {
    Span.DAY: "YYYY-MM-DD",
    Span.WEEK: 'IYYY"-W"IW',
    Span.MONTH: "YYYY-MM",
    Span.YEAR: "YYYY",
}


@dataclass(frozen=True, slots=True)
class SpanTotals:
    """The sums of a span in one currency; of one agent, or of `agents` of them."""

    span: str
    currency: str
    sums: Totals
    sessions: int
    agents: int = 1
    agent: str | None = None
    agent_name: str | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """What a month costs, in minor units; `forecast_minor` is for the whole of it."""

    month: date
    spent_minor: int
    forecast_minor: int
    budget_minor: int | None
    usual_day_minor: int


class Figures:
    """Reads sums. Everything is recomputed from the statements at each look."""

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        """Stand on an open pool."""
        self._pool = pool

    async def of_agent(self, agent: str, span: Span, today: date) -> list[SpanTotals]:
        """Return an agent's totals by span, the latest first."""
        rows = await self._rows(
            "totals",
            agent=agent,
            form=_FORMS[span],
            first=today - LOOK_BACK,
            limit=SPANS_MOST,
        )
        return [SpanTotals(row[0], row[1], Totals(*row[2:7]), row[7]) for row in rows]

    async def weeks(self, today: date, weeks: int = 26) -> list[SpanTotals]:
        """Return every week's sums, the latest first: the test of the floor over all."""
        first = today - timedelta(weeks=weeks)
        rows = await self._rows("weeks", first=first, limit=SPANS_MOST)
        return [SpanTotals(row[0], row[1], Totals(*row[2:7]), row[7], row[8]) for row in rows]

    async def below_floor(self, today: date, weeks: int = 26) -> dict[tuple[str, str], int]:
        """Return how many agents were below the floor, for each week and currency with any."""
        first = today - timedelta(weeks=weeks)
        rows = await self._rows("watched_weeks", first=first)
        return {(week, currency): count for week, currency, count in rows}

    async def week(self, week: str) -> list[SpanTotals]:
        """Return a week's sums for each agent, the nearest to the floor first."""
        first = first_of_week(week)
        rows = await self._rows(
            "week_of_agents",
            week=week,
            first=first,
            last=first + timedelta(days=6),
            limit=AGENTS_MOST,
        )
        return [
            SpanTotals(week, row[2], Totals(*row[3:8]), row[8], agent=row[0], agent_name=row[1])
            for row in rows
        ]

    async def cost(self, market: str, currency: str, today: date) -> Cost:
        """Return what this month costs so far, and what it will by the usual days."""
        month = today.replace(day=1)
        first = min(month, today - USUAL)
        days = dict(await self._rows("cost_by_day", market=market, currency=currency, first=first))
        spent = sum(minor for day, minor in days.items() if day >= month)
        usual = [minor for day, minor in days.items() if today - USUAL <= day < today]
        began = min(days, default=today)
        length = max(1, min(USUAL.days, (today - began).days))
        a_day = Fraction(sum(usual), length)
        left = calendar.monthrange(today.year, today.month)[1] - today.day
        rest = max(Fraction(), a_day - days.get(today, 0)) + a_day * left
        budget = await self._rows("budget", market=market, currency=currency, month=month)
        return Cost(
            month,
            spent,
            spent + rounded(rest, Rounding.UP),
            budget[0][0] if budget else None,
            rounded(a_day, Rounding.UP),
        )

    async def set_budget(
        self, market: str, currency: str, month: date, minor: int, by: str, now: datetime
    ) -> None:
        """Set what a month may cost; it is compared with, and stops nothing."""
        if minor < 0:
            raise Refused("bad_budget", "A budget is 0 or more.")
        parameters = {
            "market": market,
            "currency": currency,
            "month": month.replace(day=1),
            "minor": minor,
            "by": by,
            "now": now,
        }
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES["set_budget"], parameters)

    async def _rows(self, query: str, **parameters: object) -> Sequence[Any]:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES[query], parameters)
            rows: Sequence[Any] = await cursor.fetchall()
        return rows


def first_of_week(week: str) -> date:
    """Return the Monday of an ISO week such as `2026-W07`; Refused for anything else."""
    try:
        year, number = week.split("-W")
        return date.fromisocalendar(int(year), int(number), 1)
    except ValueError:
        raise Refused("bad_week", f"{week[:20]!r} is no week such as 2026-W07.") from None
