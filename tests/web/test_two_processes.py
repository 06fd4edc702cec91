"""Two desks on one database: who is served by which makes no difference."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.wire import CustomerWire, Wire, agent, customer
from tests.support.writers import query
from tests.web.conftest import DeskStarter

pytestmark = pytest.mark.anyio


async def until_shown(wire: Wire, version: int) -> None:
    await wire.next_that(lambda frame: frame["type"] == "items" and frame["version"] >= version)


async def test_a_whole_story_across_two_processes(start_desk: DeskStarter) -> None:
    here, there = start_desk(), start_desk()
    async with customer(here) as her, agent(there) as sara:
        place = await her.ask_human()
        assert place["place"] == 1
        await her.ever(lambda frame: frame["type"] == "queue" and frame["online"] == 1)
        await sara.take(her.conversation)
        joined = await her.next("items", status="agent")
        assert joined["answering"] == {"kind": "agent", "name": "Sara"}
        where = {"conversation": her.conversation}
        for number in range(10):
            await until_shown(sara, await her.say(f"question {number}"))
            await until_shown(her, await sara.acked("send", text=f"answer {number}", **where))
        await her.send("typing")
        await sara.next("typing", who="customer", **where)
        await sara.send("typing", **where)
        await her.next("typing", who="agent")
        newest = max(frame["version"] for frame in sara.of("items"))
        await sara.send("read", version=newest, **where)
        await her.next("marks", party="agent", read=newest)
        await sara.acked("resolve", reason="solved", note="", **where)
        await her.next("items", status="resolved")
        hers = [item["text"] for item in her.items() if item.get("author") in {"customer", "agent"}]
        theirs = [
            item["text"]
            for item in sara.items(her.conversation)
            if item.get("author") in {"customer", "agent"}
        ]
        story = [f"{kind} {n}" for n in range(10) for kind in ("question", "answer")]
        assert hers == theirs == story
        versions = [item["version"] for item in her.items()]
        assert versions == sorted(set(versions))


async def test_both_write_at_once_and_see_the_same_order(start_desk: DeskStarter) -> None:
    here, there = start_desk(), start_desk()
    async with customer(here) as phone, customer(there, phone) as laptop:
        await phone.ask_human()

        async def talk(wire: CustomerWire, name: str) -> list[str]:
            ids = [await wire.command("send", text=f"{name} {n}") for n in range(25)]
            for each in ids:
                await wire.next("ack", client_id=each)
            return ids

        sent = await asyncio.gather(talk(phone, "phone"), talk(laptop, "laptop"))
        everything = {*sent[0], *sent[1]}
        for wire in (phone, laptop):
            await wire.shows(lambda items: everything <= {item.get("client_id") for item in items})
        both = min(phone.items()[-1]["version"], laptop.items()[-1]["version"])
        assert [item for item in phone.items() if item["version"] <= both] == [
            item for item in laptop.items() if item["version"] <= both
        ]
        shown = [
            [item["client_id"] for item in wire.items() if "client_id" in item]
            for wire in (phone, laptop)
        ]
        assert shown[0] == shown[1]
        assert sorted(shown[0]) == sorted([*sent[0], *sent[1]])


async def test_a_customer_moves_from_one_process_to_the_other(start_desk: DeskStarter) -> None:
    here, there = start_desk(), start_desk()
    async with customer(here) as her:
        answered = await her.answered("hello")
    async with customer(there, her, after=answered) as moved:
        assert moved.conversation == her.conversation
        version = await moved.say("on the train now")
    async with customer(here, her, after=version) as back:
        await back.settle()
        assert all(item["version"] > version for item in back.items())


async def test_a_deaf_process_catches_up_and_answers_from_what_is_so(
    start_desk: DeskStarter,
) -> None:
    """One process's ear is cut off; what it remembers is old until it hears again."""
    here, there = start_desk(), start_desk()
    async with customer(here) as her, agent(there) as sara:
        await her.ask_human()
        await sara.take(her.conversation)
        await her.next("items", status="agent")
        deaf = await asyncio.to_thread(
            query,
            here.database_url,
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND query LIKE 'LISTEN%'",
        )
        assert deaf[0][0] >= 1
        where = {"conversation": her.conversation}
        await sara.acked("resolve", reason="solved", note="", **where)
        # As this process remembers it, Sara is there already: the press would do nothing.
        await her.acked("ask_human")
        rows = query(here.database_url, "SELECT status FROM conversations")
        assert rows == [("waiting",)]
        await her.next("items", status="waiting")
