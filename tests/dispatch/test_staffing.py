"""The plan of capacity on a real database: who is guaranteed, and what the console shows."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import orjson
import psycopg
import pytest

from alltid.agents.session_events import Capacity
from alltid.dispatch.capacity import ANY
from alltid.dispatch.policies import PolicyBook
from alltid.dispatch.staffing import KNOWN_REQUESTS, Staffing
from alltid.kernel.clock import ManualClock
from alltid.storage.database import open_pool
from tests.support.writers import query

pytestmark = pytest.mark.anyio
NOW = ManualClock().now()


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Any]:
    pool = await open_pool(database_url, min_size=1, max_size=3)
    yield pool
    await pool.close()


async def staffing(pool: Any, least: int) -> Staffing:
    policies = PolicyBook(pool, ManualClock())
    await policies.start()
    plan = Staffing(pool, ManualClock(), policies, least)
    await plan.refresh()
    return plan


def goes_online(database_url: str, *languages: str, capacity: str = "guaranteed") -> None:
    choices = {"languages": languages, "slots": 2, "no_third_chat": False}
    state = orjson.dumps({"choices": choices, "chats": []}).decode()
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO online_sessions (id, agent_id, started_at, last_seen_at, capacity, state)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (uuid.uuid4(), uuid.uuid4(), NOW, NOW, capacity, state),
        )


def asked(database_url: str, moments: list[datetime], language: str) -> None:
    with psycopg.connect(database_url) as connection, connection.cursor() as cursor:
        for at in moments:
            name = uuid.uuid4()
            cursor.execute(
                "INSERT INTO conversations (id, version, customer_id, language, status, turn,"
                " opened_at) VALUES (%s, 1, %s, %s, 'resolved', 'customer', %s)",
                (name, name, language, at),
            )
            cursor.execute(
                "INSERT INTO human_requests (conversation_id, asked_at, how)"
                " VALUES (%s, %s, 'button')",
                (name, at),
            )


async def test_on_a_new_desk_the_first_are_guaranteed_and_the_next_on_standby(
    pool: Any, database_url: str
) -> None:
    plan = await staffing(pool, least=2)
    assert not plan.known
    for there in range(2):
        now = await plan.capacity({"sv"}, NOW)
        assert (now.capacity, now.code) == (Capacity.GUARANTEED, "beginning")
        assert now.facts == {"needed": 2, "there": there}
        goes_online(database_url, "sv")
    assert (await plan.capacity({"sv"}, NOW)).capacity is Capacity.STANDBY
    shown = await plan.shown()
    assert (shown["places"], shown["filled"], shown["least"]) == (2, 2, 2)


async def test_a_known_desk_guarantees_what_its_forecast_needs(
    pool: Any, database_url: str
) -> None:
    week = [NOW - timedelta(weeks=n) + timedelta(minutes=m) for n in (1, 2) for m in range(110)]
    asked(database_url, week, "sv")
    plan = await staffing(pool, least=50)
    assert plan.known
    assert len(week) >= KNOWN_REQUESTS
    needed = plan.needs.by_language["sv"]
    assert needed > 1
    for _ in range(needed):
        assert (await plan.capacity({"sv", "en"}, NOW)).code == "needed"
        goes_online(database_url, "sv", "en")
    assert (await plan.capacity({"sv"}, NOW)).code == "enough"
    assert (await plan.capacity({"fi"}, NOW)).code == "no_need"
    goes_online(database_url, "sv", capacity="standby")
    await plan.refresh()
    recorded = query(
        database_url,
        "SELECT needed, guaranteed, standby FROM capacity_quarters WHERE language = %s",
        ANY,
    )
    assert [row[1:] for row in recorded] == [(needed, 1)]
    shown = await plan.shown("sv")
    assert shown["languages"] == [
        {"language": "sv", "needed": needed, "guaranteed": needed, "standby": 1}
    ]
    assert shown["quarters"][0]["expected"] > 5
    assert shown["requests"] == len(week)
