"""Nobody is online: the other ways are offered, taken, given up, and never shared by two."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.agents.push.receiver import PushReceiver
from tests.support.desk import RunningDesk
from tests.support.wire import CustomerWire, Frame, agent, customer
from tests.support.writers import query

pytestmark = pytest.mark.anyio


@pytest.fixture
def open_desk(database_url: str) -> Iterator[RunningDesk]:
    """A desk that is expected to have one agent at any time."""
    with RunningDesk(
        database_url, opening_hours="mon-sun 00:00-24:00", push_private_addresses=True
    ) as desk:
        yield desk


async def offered(wire: CustomerWire) -> list[str]:
    frame = await wire.ask_human()
    assert frame["options"]["written"] is True
    slots: list[str] = frame["options"]["callback"]
    return slots


async def arranged(wire: CustomerWire) -> Frame:
    return await wire.next("arranged")


async def test_a_callback_is_booked_kept_shown_and_given_up(open_desk: RunningDesk) -> None:
    async with customer(open_desk) as anna, customer(open_desk) as bo:
        slots = await offered(anna)
        assert slots == sorted(slots)
        assert (await bo.ask_human())["place"] == 2
        await anna.acked("book_callback", at=slots[3])
        assert (await arranged(anna))["callback_at"] == slots[3]
        # Whoever is called back later isn't in line.
        await bo.next("queue", place=1)
        async with customer(open_desk, anna) as other_device:
            assert (await arranged(other_device))["callback_at"] == slots[3]
        row = query(
            open_desk.database_url,
            f"SELECT status, turn, turn_due_at = callback_at FROM conversations "
            f"WHERE id = '{anna.conversation}'",
        )
        assert row == [("waiting", "callback", True)]
        # Asking again, by the button or a sentence, is the line, at the old place.
        await anna.acked("ask_human")
        assert await arranged(anna) == {"type": "arranged", "callback_at": None, "written": False}
        assert (await anna.next("queue"))["place"] == 1


async def test_a_quarter_is_for_one_customer(open_desk: RunningDesk) -> None:
    async with customer(open_desk) as anna, customer(open_desk) as bo:
        # Not the first: it may be too soon a moment later.
        slot = (await offered(anna))[3]
        await offered(bo)
        frames = await asyncio.gather(
            *(wire._answer("book_callback", {"at": slot}) for wire in (anna, bo))
        )
        assert sorted(frame["type"] for frame in frames) == ["ack", "error"]
        refused = next(frame for frame in frames if frame["type"] == "error")
        assert refused["code"] == "slot_taken"
        loser = anna if frames[0]["type"] == "error" else bo
        await loser.next_that(
            lambda frame: frame["type"] == "queue" and slot not in frame["options"]["callback"],
            "other times",
        )
        held = query(open_desk.database_url, "SELECT count(*) FROM callback_holds")
        assert held == [(0,)]


async def test_only_quarters_that_were_offered_can_be_booked(open_desk: RunningDesk) -> None:
    async with customer(open_desk) as anna:
        await offered(anna)
        for at in ("2026-01-01T09:00:00Z", "2190-01-01T09:00:00+02:00"):
            assert await anna.refused("book_callback", at=at) == "slot_taken"


async def test_a_written_answer_keeps_the_place_until_the_customer_is_back(
    open_desk: RunningDesk,
) -> None:
    async with customer(open_desk) as anna:
        await offered(anna)
        await anna.acked("choose_written")
        assert (await arranged(anna))["written"] is True
        assert (await anna.next("queue"))["place"] == 1
        await anna.say("Jag vill prata med en människa")
        assert (await arranged(anna))["written"] is False
    async with customer(open_desk) as bo:
        assert await bo.refused("choose_written") == "not_waiting"


async def test_with_someone_there_in_time_nothing_else_is_offered(open_desk: RunningDesk) -> None:
    async with agent(open_desk), customer(open_desk) as anna:
        frame = await anna.ask_human()
        assert frame["online"] == 1
        assert "options" not in frame


async def test_an_agent_switches_notifications_on_and_off(open_desk: RunningDesk) -> None:
    headers = dict(open_desk.sign_in("agent")) | {"Origin": open_desk.origin}
    async with (
        PushReceiver() as browser,
        httpx.AsyncClient(base_url=open_desk.origin, headers=headers, timeout=30) as client,
    ):
        key = (await client.get("/api/agent/push-key")).json()["key"]
        assert len(key) == 87
        body: dict[str, Any] = {
            "subscription": browser.subscription(),
            "offers": True,
            "call_ins": False,
        }
        assert (await client.post("/api/agent/push-subscriptions", json=body)).status_code == 200
        quiet = {"time_zone": "Europe/Nowhere"}
        bad = await client.post("/api/agent/push-subscriptions", json=body | {"quiet": quiet})
        assert bad.json()["error"]["code"] == "bad_time_zone"
        body["subscription"]["keys"]["auth"] = "abc"
        bad = await client.post("/api/agent/push-subscriptions", json=body)
        assert bad.json()["error"]["code"] == "bad_subscription"
        kept = query(open_desk.database_url, "SELECT offers, call_ins FROM push_subscriptions")
        assert kept == [(True, False)]
        async with agent(open_desk), customer(open_desk) as anna:
            await anna.ask_human()
            told = browser.payload(await browser.next())
            assert told["kind"] == "offer"
        gone = await client.request(
            "DELETE", "/api/agent/push-subscriptions", json={"endpoint": browser.endpoint}
        )
        assert gone.status_code == 200
        assert query(open_desk.database_url, "SELECT count(*) FROM push_subscriptions") == [(0,)]
