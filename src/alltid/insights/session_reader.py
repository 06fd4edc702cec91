"""Reads what pay rests on from the log and the rows beside it, many sessions at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg
from psycopg_pool import AsyncConnectionPool

from alltid.agents.session_codec import decode
from alltid.agents.session_events import ChatTaken, Fact
from alltid.insights.session_pay import Beside, Closing, OfferMade, Span, session_facts
from alltid.pay.intervals import Interval
from alltid.pay.quotes import market_of
from alltid.pay.session_facts import Adjustment, Ending, Extra, ExtraPay, SessionFacts
from alltid.storage.queries import load_queries

QUERIES: Final = load_queries("alltid.insights", "pay.sql")


@dataclass(frozen=True, slots=True)
class ReadSession:
    """A session's facts, and the market and currency that its rate belongs to."""

    facts: SessionFacts
    market: str
    currency: str


async def read_sessions(
    pool: AsyncConnectionPool[Any], ids: Sequence[str], now: datetime
) -> dict[str, ReadSession]:
    """Return the facts of sessions by their ids; those without a log are left out.

    One that is still open is cut at `now`.
    """
    if not ids:
        return {}
    async with pool.connection() as connection:
        sessions = await _rows(connection, "sessions", ids=list(ids), now=now)
        if not sessions:
            return {}
        logs = await _logs(connection, ids)
        beside = await _beside(connection, sessions, logs, now)
    found = {}
    for of, rate_id, *_ in sessions:
        if of in logs:
            market, currency = market_of(rate_id)
            facts = session_facts(of, logs[of], beside[of])
            found[of] = ReadSession(facts, market, currency)
    return found


async def _logs(
    connection: psycopg.AsyncConnection[Any], ids: Sequence[str]
) -> Mapping[str, list[Fact]]:
    logs: dict[str, list[Fact]] = defaultdict(list)
    for of, kind, data, at in await _rows(connection, "logs", ids=list(ids)):
        logs[of].append(Fact(at, decode(kind, data)))
    return dict(logs)


async def _beside(
    connection: psycopg.AsyncConnection[Any],
    sessions: Sequence[Any],
    logs: Mapping[str, Sequence[Fact]],
    now: datetime,
) -> dict[str, Beside]:
    ids = [row[0] for row in sessions]
    since, until = min(row[3] for row in sessions), max(row[4] for row in sessions)
    span = {"since": since, "until": until}
    taken = {
        fact.event.conversation_id
        for log in logs.values()
        for fact in log
        if isinstance(fact.event, ChatTaken)
    }
    offers = await _offers(connection, ids)
    languages = dict(await _rows(connection, "languages", ids=list(taken)))
    closings = await _closings(connection, taken)
    outages = [
        Span(of, Interval(begin, end))
        for of, begin, end in await _rows(connection, "outages", **span)
    ]
    trainings: dict[str, list[Span]] = defaultdict(list)
    agents = [row[5] for row in sessions]
    for of, agent, begin, end in await _rows(connection, "trainings", agents=agents, **span):
        trainings[agent].append(Span(of, Interval(begin, end)))
    adjustments: dict[str, list[Adjustment]] = defaultdict(list)
    extras: dict[str, list[ExtraPay]] = defaultdict(list)
    for session, of, kind, minor, reason in await _rows(connection, "additions", ids=ids):
        evidence = f"addition:{of}"
        if kind == "adjustment":
            adjustments[session].append(Adjustment(minor, reason, evidence))
        else:
            extras[session].append(ExtraPay(Extra(kind), minor, evidence))
    return {
        of: Beside(
            now=now,
            last_seen_at=seen,
            offers=offers.get(of, ()),
            languages=languages,
            closings=closings,
            outages=[o for o in outages if o.interval.begin < ended and o.interval.end > started],
            trainings=trainings.get(agent, ()),
            adjustments=adjustments.get(of, ()),
            extras=extras.get(of, ()),
        )
        for of, _, seen, started, ended, agent in sessions
    }


async def _offers(
    connection: psycopg.AsyncConnection[Any], ids: Sequence[str]
) -> Mapping[str, list[OfferMade]]:
    offers: dict[str, list[OfferMade]] = defaultdict(list)
    for session, of, language, seen, withdrawn, surge in await _rows(
        connection, "offers", ids=list(ids)
    ):
        offers[session].append(OfferMade(of, language, surge, seen, withdrawn))
    return offers


async def _closings(
    connection: psycopg.AsyncConnection[Any], conversations: set[str]
) -> Mapping[str, list[Closing]]:
    closings: dict[str, list[Closing]] = defaultdict(list)
    for of, kind, reason, at in await _rows(connection, "closings", ids=list(conversations)):
        ending = Ending.TRANSFERRED if kind == "ReturnedToQueue" else Ending.DONE
        if reason == "customer_left":
            ending = Ending.CUSTOMER_LEFT
        closings[of].append(Closing(at, ending))
    return closings


async def _rows(
    connection: psycopg.AsyncConnection[Any], query: str, **parameters: object
) -> Sequence[Any]:
    rows: Sequence[Any] = await (await connection.execute(QUERIES[query], parameters)).fetchall()
    return rows
