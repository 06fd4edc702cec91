"""Who is called in: in turn, by need, at most once in a while, never in quiet hours."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg_pool import AsyncConnectionPool

from alltid.agents.push.service import TASK
from alltid.dispatch.call_in_needs import Need, Reachable, is_quiet, needs, to_call
from alltid.dispatch.call_ins import CallIns, forget_call_ins
from alltid.dispatch.queue import Line, Waiting
from alltid.dispatch.wait_estimate import Wait
from alltid.kernel.clock import ManualClock
from alltid.kernel.ids import SystemIds
from alltid.storage.database import open_pool

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SARA = Reachable("sara", "phone", frozenset({"sv"}), None, 1260, 480, "UTC")
NEED = Need("sv", "nobody_online", 1, 0)


def line(*languages: str, low_seconds: int | None = None, written: bool = False) -> Line:
    waiting = tuple(
        Waiting(f"c{place}", place, NOON, "button", language, written)
        for place, language in enumerate(languages, 1)
    )
    waits = () if low_seconds is None else (Wait(low_seconds, 9_000),) * len(waiting)
    by_id = {each.conversation_id: each for each in waiting}
    return Line(waiting, len(waits), 0, by_id=by_id, waits=waits)


def test_whoever_waits_with_nobody_who_speaks_it_needs_someone() -> None:
    assert needs(line("sv", "de", "sv"), {"de": 1}, (), 180) == [Need("sv", "nobody_online", 2, 0)]
    assert needs(line(), {}, (), 180) == []
    assert needs(line("sv", written=True), {}, (), 180) == []


def test_a_wait_above_the_promise_needs_more() -> None:
    assert needs(line("sv", low_seconds=181), {"sv": 1}, (), 180) == [Need("sv", "too_few", 1, 1)]
    assert needs(line("sv", low_seconds=180), {"sv": 1}, (), 180) == []
    assert needs(line("sv"), {"sv": 1}, (), 180) == []


def test_a_callback_whose_time_is_near_needs_someone() -> None:
    assert needs(line(), {}, ["sv"], 180) == [Need("sv", "callback_due", 1, 0)]
    assert needs(line(), {"sv": 1}, ["sv"], 180) == []


def test_calls_are_bounded() -> None:
    assert Need("sv", "too_few", 1, 3).calls == 2
    assert Need("sv", "nobody_online", 3, 0).calls == 6
    assert Need("sv", "nobody_online", 500, 0).calls == 10


def test_agents_are_called_in_turn_and_then_let_be() -> None:
    rested = replace(SARA, agent_id="jonas", called_at=NOON - HOUR)
    long_ago = replace(SARA, agent_id="mira", called_at=NOON - 9 * HOUR)
    just_now = replace(SARA, agent_id="ada", called_at=NOON - timedelta(minutes=59))
    german = replace(SARA, agent_id="uwe", languages=frozenset({"de"}))
    computer = replace(long_ago, subscription_id="computer")
    crowd = [just_now, rested, german, long_ago, computer]
    assert to_call(NEED, crowd, NOON, HOUR) == [long_ago, computer, rested]
    assert to_call(NEED, [*crowd, SARA], NOON, HOUR) == [SARA, long_ago, computer]


@pytest.mark.parametrize(
    ("hour", "zone", "quiet"),
    [(21, "UTC", True), (3, "UTC", True), (8, "UTC", False), (12, "Asia/Tokyo", True)],
)
def test_nobody_is_called_in_their_night(hour: int, zone: str, quiet: bool) -> None:
    now = NOON.replace(hour=hour)
    assert is_quiet(replace(SARA, time_zone=zone), now) == quiet
    assert to_call(NEED, [replace(SARA, time_zone=zone)], now, HOUR) == ([] if quiet else [replace(SARA, time_zone=zone)])  # fmt: skip  # noqa: E501


def test_quiet_hours_may_lie_within_a_day_or_be_none() -> None:
    siesta = replace(SARA, quiet_from_minute=660, quiet_to_minute=780)
    assert is_quiet(siesta, NOON)
    assert not is_quiet(siesta, NOON + HOUR)
    assert not is_quiet(replace(SARA, quiet_from_minute=0, quiet_to_minute=0), NOON)


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[AsyncConnectionPool[Any]]:
    opened = await open_pool(database_url, max_size=4)
    async with opened.connection() as connection:
        await connection.execute(
            "INSERT INTO agents (id, email, name, role, languages, created_at) SELECT "
            "gen_random_uuid(), name || '@example.com', name, 'agent', '{sv}', %(now)s "
            "FROM unnest(ARRAY['sara', 'jonas', 'mira']) AS name",
            {"now": NOON},
        )
        await connection.execute(
            "INSERT INTO push_subscriptions SELECT gen_random_uuid(), id, 'https://x/' || name, "
            "decode(repeat('00', 65), 'hex'), decode(repeat('00', 16), 'hex'), 'sv', true, "
            "name <> 'mira', 1260, 480, 'UTC', %(now)s FROM agents",
            {"now": NOON},
        )
    yield opened
    await opened.close()


async def rows(pool: AsyncConnectionPool[Any], query: str) -> list[Any]:
    async with pool.connection() as connection:
        found: list[Any] = await (await connection.execute(query.encode())).fetchall()
    return found


@pytest.mark.anyio
async def test_offline_agents_who_allow_it_are_called_once_with_the_reason_kept(
    pool: AsyncConnectionPool[Any],
) -> None:
    clock = ManualClock(NOON)
    calls = CallIns(pool, clock, SystemIds(), lambda: line("sv"), pause=HOUR, promise_seconds=180)
    assert await calls.look() == 2
    kept = await rows(
        pool,
        "SELECT a.name, c.language, c.because, c.waiting, c.able "
        "FROM call_ins c JOIN agents a ON a.id = c.agent_id ORDER BY a.name",
    )
    assert kept == [(name, "sv", "nobody_online", 1, 0) for name in ("jonas", "sara")]
    jobs = await rows(pool, f"SELECT count(*) FROM procrastinate_jobs WHERE task_name = '{TASK}'")
    assert jobs == [(2,)]
    assert await calls.look() == 0
    await rows(
        pool,
        "INSERT INTO online_sessions (id, agent_id, started_at, last_seen_at) "
        "SELECT gen_random_uuid(), id, now(), now() FROM agents WHERE name = 'sara' RETURNING 1",
    )
    clock.advance(3_600)
    nobody_speaks = CallIns(
        pool, clock, SystemIds(), lambda: line("de"), pause=HOUR, promise_seconds=180
    )
    assert await nobody_speaks.look() == 0
    clock.advance(91 * 86_400)
    assert await forget_call_ins(pool, clock.now()) == 2


@pytest.mark.anyio
async def test_without_a_line_nobody_is_called(pool: AsyncConnectionPool[Any]) -> None:
    calls = CallIns(
        pool, ManualClock(NOON), SystemIds(), lambda: None, pause=HOUR, promise_seconds=180
    )
    assert await calls.look() == 0
