"""Pay as an agent sees it: the meter, and a statement whose every line opens to its evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

from psycopg_pool import AsyncConnectionPool

from alltid.insights.session_reader import QUERIES, ReadSession, read_sessions
from alltid.kernel.money import Rounding, rounded
from alltid.pay.intervals import MICROSECONDS_PER_HOUR, MICROSECONDS_PER_MINUTE, Interval
from alltid.pay.pay_floor import Earning, FloorPart, earnings, floor_parts
from alltid.pay.rate_card import WHOLE, RateCard, Unit, card_facts, terms_of
from alltid.pay.rate_cards import RateCards
from alltid.pay.session_facts import stopped_at, whole
from alltid.pay.statement import Statement, statement_of
from alltid.pay.statements import Kept, Statements

# The page counts on between two looks; fractions of the smallest unit go along in millionths.
MILLIONTHS: Final = 1_000_000


class PayView:
    """Reads what an agent's pay pages show."""

    def __init__(
        self, pool: AsyncConnectionPool[Any], cards: RateCards, statements: Statements
    ) -> None:
        """Stand on an open pool."""
        self._pool = pool
        self._cards = cards
        self._statements = statements

    async def now(self, agent: str, now: datetime) -> dict[str, Any] | None:
        """Return the meter of an agent's open session, or None while offline."""
        async with self._pool.connection() as connection:
            rows = await connection.execute(QUERIES["open_session_of"], {"agent": agent})
            row = await rows.fetchone()
        if row is None:
            return None
        read = (await read_sessions(self._pool, [row[0]], now)).get(row[0])
        return None if read is None else _meter(read, await self._cards.all(), now)

    async def detail(self, kept: Kept) -> dict[str, Any]:
        """Return a statement with the cards it was paid by and the evidence of each line."""
        facts, statement = kept.facts, kept.statement
        lines = [
            dict(
                zip(
                    ("kind", "exact", "formula", "evidence", "cards", "interval"), line, strict=True
                )
            )
            for line in statement["lines"]
        ]
        named = {name for line in lines if line["cards"] for name in str(line["cards"]).split(", ")}
        cards = [card_facts(c) for c in await self._cards.all() if c.name in named]
        evidence = await self._evidence(facts, {e for line in lines for e in line["evidence"]})
        versions = await self._statements.versions(kept.row.session)
        return {
            **asdict(kept.row),
            "basis": statement["basis"],
            "earned_minor": statement["earned_minor"],
            "adjusted_minor": statement["adjusted_minor"],
            "extra_minor": statement["extra_minor"],
            "lines": lines,
            "facts": facts,
            "cards": cards,
            "evidence": evidence,
            "versions": [
                {"version": number, "total_minor": total, "settled_at": at}
                for number, total, at in versions
            ],
        }

    async def _evidence(
        self, facts: Mapping[str, Any], names: set[str]
    ) -> dict[str, dict[str, Any]]:
        """Return what is behind each name of evidence, as the log and the rows say it."""
        of: dict[str, list[str]] = {"event": [], "offer": [], "outage": [], "training": []}
        for name in names:
            kind, _, rest = name.partition(":")
            if kind in of and rest:
                of[kind].append(rest)
        streams = [each.rpartition("/") for each in of["event"]]
        found: dict[str, dict[str, Any]] = {}
        queries: Sequence[tuple[str, str, Sequence[str], dict[str, Any]]] = (
            ("offer", "offer_evidence", _OFFER, {"ids": of["offer"]}),
            (
                "event",
                "event_evidence",
                ("id", "type", "at"),
                {
                    "streams": [stream for stream, _, _ in streams],
                    "versions": [int(version) for *_, version in streams],
                },
            ),
            ("outage", "outage_evidence", ("id", "from", "to"), _numbers(of["outage"])),
            (
                "training",
                "training_evidence",
                ("id", "from", "to", "skill"),
                _numbers(of["training"]),
            ),
        )
        async with self._pool.connection() as connection:
            for kind, query, columns, parameters in queries:
                if not of[kind]:
                    continue
                rows = await connection.execute(QUERIES[query], parameters)
                for row in await rows.fetchall():
                    known = dict(zip(columns, row, strict=True))
                    found[f"{kind}:{row[0]}"] = {"kind": kind, **known}
        for each in await self._statements.additions(facts["session"]):
            said = {name: each[name] for name in ("minor", "reason", "at")}
            found[f"addition:{each['id']}"] = {"kind": each["kind"], **said}
        return found


_OFFER: Final = (
    *("id", "language", "topic", "made_at", "seen_at", "ended_at", "stage"),
    *("pay_minor", "currency", "expected_minutes"),
)


def _numbers(ids: Sequence[str]) -> dict[str, list[int]]:
    return {"ids": [int(each) for each in ids]}


def _meter(read: ReadSession, cards: Sequence[RateCard], now: datetime) -> dict[str, Any]:
    """Return the sums so far, and how fast each grows, so that a page can count on by itself."""
    facts = stopped_at(read.facts, now)
    terms = terms_of(cards, read.market, read.currency, whole(facts))
    statement = statement_of(facts, terms)
    parts, earned = floor_parts(facts, terms), earnings(facts, terms)
    floor = sum((part.exact for part in parts), Fraction())
    exact = sum((each.exact for each in earned), Fraction())
    return {
        "session": facts.session,
        "since": facts.began,
        "at": now,
        "market": read.market,
        "currency": read.currency,
        "rate": terms.frozen.name,
        "floor_minor_per_hour": terms.frozen.floor_minor_per_hour,
        "unit": terms.frozen.unit.value,
        "rate_minor": terms.frozen.rate_minor,
        "guaranteed_seconds": statement.guaranteed_microseconds // MILLIONTHS,
        "counting": any(_reaches(part.interval, now) for part in parts),
        "working": any(_reaches(each.interval, now) for each in earned),
        "floor_millionths": rounded(floor * MILLIONTHS, Rounding.UP),
        "earned_millionths": rounded(exact * MILLIONTHS, Rounding.UP),
        "floor_millionths_per_second": rounded(_floor_grows(parts, now), Rounding.HALF_EVEN),
        "earned_millionths_per_second": rounded(_earned_grows(earned, now), Rounding.HALF_EVEN),
        **_sums(statement),
    }


def _sums(statement: Statement) -> dict[str, int]:
    """What there would be if the agent stopped now."""
    return {
        "earned_minor": statement.earned_minor + statement.adjusted_minor,
        "floor_minor": statement.floor_minor,
        "top_up_minor": statement.top_up_minor,
        "extra_minor": statement.extra_minor,
        "total_minor": statement.total_minor,
    }


def _reaches(interval: Interval, now: datetime) -> bool:
    return interval.begin < interval.end and interval.end >= now


def _floor_grows(parts: Sequence[FloorPart], now: datetime) -> Fraction:
    last = [part for part in parts if _reaches(part.interval, now)]
    per_hour = max((part.floor_minor_per_hour for part in last), default=0)
    return Fraction(per_hour * MILLIONTHS * MILLIONTHS, MICROSECONDS_PER_HOUR)


def _earned_grows(earned: Sequence[Earning], now: datetime) -> Fraction:
    last = [e for e in earned if _reaches(e.interval, now) and e.unit is Unit.MINUTE]
    rates = [
        Fraction(each.rate_minor * (WHOLE + sum(p for _, p in each.supplements)), WHOLE)
        for each in last
    ]
    return max(rates, default=Fraction()) * MILLIONTHS * MILLIONTHS / MICROSECONDS_PER_MINUTE
