"""Waiting for a person: the place, the honest wait, and that nothing takes them away."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest

from alltid.conversations.promises import wait_is_honest
from alltid.kernel.clock import ManualClock
from tests.support.desk import RunningDesk
from tests.support.wire import CustomerWire, Frame, agent, customer
from tests.support.writers import query, until

pytestmark = pytest.mark.anyio


async def place(wire: CustomerWire, number: int) -> Frame:
    return await wire.next("queue", place=number)


def line(desk: RunningDesk) -> list[str]:
    rows = query(
        desk.database_url,
        "SELECT id::text FROM conversations WHERE status = 'waiting' ORDER BY queue_ticket",
    )
    return [row[0] for row in rows]


async def test_places_go_up_when_others_leave_and_never_down(own_desk: RunningDesk) -> None:
    async with AsyncExitStack() as stack:
        waiting = [await stack.enter_async_context(customer(own_desk)) for _ in range(5)]
        for number, wire in enumerate(waiting, 1):
            shown = await wire.ask_human()
            assert (shown["place"], shown["ahead"]) == (number, number - 1)
            assert (shown["online"], shown["wait"]) == (0, None)
        await waiting[1].acked("stay_with_assistant")
        for wire, number in zip(waiting[2:], (2, 3, 4), strict=True):
            await place(wire, number)
        sara = await stack.enter_async_context(agent(own_desk))
        for wire in (waiting[0], *waiting[2:]):
            shown = await wire.next_that(
                lambda frame: frame["type"] == "queue" and frame["online"] == 1
            )
            assert shown["wait"]["high_seconds"] > shown["wait"]["low_seconds"] >= 0
        # Who is taken out of the middle moves those behind, and nobody else.
        await sara.take(waiting[2].conversation)
        await place(waiting[4], 3)
        # Who left and asks again stands at the end.
        assert (await waiting[1].ask_human())["place"] == 4
        assert line(own_desk) == [waiting[n].conversation for n in (0, 3, 4, 1)]
        for wire in waiting:
            for frame in wire.of("queue"):
                assert wait_is_honest(online=frame["online"], shown=frame["wait"]) is None
        for wire in (waiting[0], waiting[3], waiting[4]):
            places = [frame["place"] for frame in wire.of("queue")]
            assert places == sorted(places, reverse=True)


async def test_one_sentence_is_enough(own_desk: RunningDesk) -> None:
    async with customer(own_desk) as her:
        version = await her.say("jag vill prata med en människa")
        frame = await her.next("items", status="waiting")
        kinds = [item["kind"] for item in frame["items"]]
        assert kinds == ["message", "human_requested"]
        assert frame["items"][0]["version"] == version
        assert frame["items"][1]["how"] == "sentence"
        await place(her, 1)
        transactions = query(
            own_desk.database_url,
            "SELECT count(DISTINCT transaction_id) FROM events WHERE version IN (%s, %s)",
            version,
            version + 1,
        )
        assert transactions == [(1,)]


async def test_answers_beside_the_queue_keep_the_place(own_desk: RunningDesk) -> None:
    async with customer(own_desk) as first, customer(own_desk) as second:
        await first.ask_human()
        await second.ask_human()
        for text in ("hello?", "when is my invoice due?", "and how do I pay it?"):
            await first.answered(text)
            assert [f for f in first.of("items") if "status" in f][-1]["status"] == "waiting"
            # The button again, and a sentence again, change nothing.
            await first.acked("ask_human")
            await first.say("a human, please")
        await first.quiet()
        assert {frame["place"] for frame in first.of("queue")} == {1}
        assert line(own_desk) == [first.conversation, second.conversation]


async def test_an_agent_who_gives_back_or_is_gone_leaves_the_old_place(
    own_desk: RunningDesk,
) -> None:
    async with customer(own_desk) as first, customer(own_desk) as second:
        await first.ask_human()
        await second.ask_human()
        async with agent(own_desk) as sara:
            await sara.take(first.conversation)
            await place(second, 1)
            await sara.acked("return_to_queue", conversation=first.conversation)
            await sara.next("gone", conversation=first.conversation, because="returned")
            await place(first, 1)
            await place(second, 2)
            await sara.take(first.conversation)
            await place(second, 1)
        # Now she is gone without a word.
        await until(lambda: not own_desk.desk.hub.connected_agents())
        # Her session ends, and the customer's word is overdue.
        query(
            own_desk.database_url,
            "UPDATE online_sessions SET last_seen_at = last_seen_at - interval '2 minutes'",
        )
        query(
            own_desk.database_url,
            "UPDATE conversations SET turn_due_at = turn_due_at - interval '10 minutes' "
            "WHERE status = 'agent'",
        )
        own_desk.do(own_desk.desk.housekeeping.sweep())
        await first.next_that(
            lambda frame: (
                frame["type"] == "items" and frame["items"][-1]["kind"] == "returned_to_queue"
            )
        )
        await place(first, 1)
        await place(second, 2)
        assert line(own_desk) == [first.conversation, second.conversation]


async def test_an_agent_with_customers_in_hand_goes_offline_by_choice_only(
    own_desk: RunningDesk,
) -> None:
    async with customer(own_desk) as her, agent(own_desk) as sara:
        await her.ask_human()
        await sara.take(her.conversation)
        await sara.send("go_offline")
        assert (await sara.next("error"))["code"] == "chats_in_hand"
        await sara.send("pause")
        await sara.next("session", paused="agent", chats=[her.conversation])
        await sara.acked("send", conversation=her.conversation, text="I am still here")
        await sara.send("go_offline", hand_back=True)
        await sara.next("online", online=False)
        await her.next_that(
            lambda frame: (
                frame["type"] == "items" and frame["items"][-1]["kind"] == "returned_to_queue"
            )
        )
        await place(her, 1)
        assert line(own_desk) == [her.conversation]


async def test_choosing_the_assistant_after_a_long_wait_lasts(own_desk: RunningDesk) -> None:
    async with customer(own_desk) as her:
        await her.say("a human, please")
        await her.next("queue")
        own_desk.do(_answer_nothing(own_desk))
        await her.acked("stay_with_assistant")
        own_desk.do(own_desk.desk.housekeeping.sweep())
        assert line(own_desk) == []


async def _answer_nothing(desk: RunningDesk) -> None:
    desk.desk.assistant.stop()


async def test_two_agents_who_tap_at_once_get_one_conversation(own_desk: RunningDesk) -> None:
    async with (
        customer(own_desk) as her,
        agent(own_desk) as sara,
        agent(own_desk, "second_agent") as jonas,
    ):
        await her.ask_human()
        await asyncio.gather(sara.settle(), jonas.settle())
        for each in (sara, jonas):
            await each.command("take", conversation=her.conversation)
        answers = [
            await each.next_that(lambda frame: bool(frame.get("client_id")), "answer to take")
            for each in (sara, jonas)
        ]
        assert sorted(answer["type"] for answer in answers) == ["ack", "error"]
        (refused,) = [answer for answer in answers if answer["type"] == "error"]
        # Too late, or it was on offer to the other in that moment.
        assert refused["code"] in {"already_taken", "on_offer"}
        await her.shows(lambda items: "agent_joined" in {item["kind"] for item in items})
        await her.quiet()
        joined = [item["name"] for item in her.items() if item["kind"] == "agent_joined"]
        assert len(joined) == 1


async def test_a_clock_that_jumps_changes_nobodys_place(
    start_desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = ManualClock()
    monkeypatch.setattr("alltid.desk.SystemClock", lambda: clock)
    desk = start_desk()
    async with AsyncExitStack() as stack:
        waiting = [await stack.enter_async_context(customer(desk)) for _ in range(4)]
        for wire, jump in zip(waiting, (0, -7200, 3600, -86_400), strict=True):
            clock.advance(jump)
            await wire.ask_human()
        assert line(desk) == [wire.conversation for wire in waiting]
        asked = query(desk.database_url, "SELECT asked_at FROM conversations ORDER BY queue_ticket")
        assert [row[0] for row in asked] != sorted(row[0] for row in asked), "the clock did jump"
        for number, wire in enumerate(waiting, 1):
            assert wire.of("queue")[-1]["place"] == number
        async with agent(desk) as sara:
            shown = await sara.next_that(
                lambda frame: frame["type"] == "queue" and len(frame["waiting"]) == 4
            )
            assert [each["place"] for each in shown["waiting"]] == [1, 2, 3, 4]
            assert all(each["waiting_seconds"] >= 0 for each in shown["waiting"])
        clock.moment += timedelta(days=1)
        await waiting[0].say("still there?")
        assert line(desk) == [wire.conversation for wire in waiting]


async def test_a_restart_keeps_the_line(start_desk: Any) -> None:
    first_life = start_desk()
    async with customer(first_life) as one, customer(first_life) as two:
        await one.ask_human()
        await two.ask_human()
        before = line(first_life)
    first_life.stop()
    second_life = start_desk()
    assert line(second_life) == before
    async with customer(second_life, two, after=1) as again:
        assert again.welcome["status"] == "waiting"
        await place(again, 2)
