"""Many commands, one transaction; and what becomes of them when things go wrong."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest

from alltid.conversations.aggregate import ConversationAggregate, ConversationChange
from alltid.conversations.commands import (
    AskForHuman,
    Command,
    Open,
    Resolve,
    Say,
    SayAsAgent,
    StayWithAssistant,
    Take,
)
from alltid.conversations.events import Reason
from alltid.kernel.refusal import Refused
from alltid.storage.group_writer import StorageBusy
from tests.support.writers import OPENED, Running, new_id, query, running_writer

pytestmark = pytest.mark.anyio


def stored_messages(database_url: str) -> list[tuple[str, str, int]]:
    """Every message with an id, as (conversation, client id, version)."""
    rows = query(
        database_url,
        "SELECT stream_id::text, data ->> 'client_id', version FROM events "
        "WHERE data ->> 'client_id' IS NOT NULL ORDER BY 1, 3",
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def submit_as_clients_do(running: Running, stream: str, command: Command) -> int:
    """Who is told that the storage is busy sends the same again."""
    for _ in range(100):
        try:
            return await running.submit(stream, command)
        except StorageBusy:
            await asyncio.sleep(0.01)
    raise AssertionError("busy for good")


async def test_commands_of_a_moment_share_one_transaction(database_url: str) -> None:
    async with running_writer(database_url) as running:
        streams = await asyncio.gather(*(running.open() for _ in range(40)))
        running.groups.clear()
        versions = await asyncio.gather(
            *(running.submit(each, Say(new_id(), "hello")) for each in streams)
        )
    assert versions == [OPENED + 1] * 40
    assert running.groups == [40]
    transactions = query(
        database_url,
        "SELECT DISTINCT transaction_id::text FROM events WHERE version = %s",
        OPENED + 1,
    )
    assert len(transactions) == 1


async def test_commands_for_one_conversation_build_on_each_other(database_url: str) -> None:
    async with running_writer(database_url) as running:
        stream = await running.open()
        numbered = [Say(new_id(), str(number)) for number in range(100)]
        versions = await asyncio.gather(*(running.submit(stream, each) for each in numbered))
    assert versions == list(range(OPENED + 1, OPENED + 101))
    assert max(running.groups) > 50
    texts = query(
        database_url, "SELECT data ->> 'text' FROM events WHERE version > 2 ORDER BY version"
    )
    assert [row[0] for row in texts] == [str(number) for number in range(100)]


async def test_the_row_says_what_the_log_says(database_url: str) -> None:
    agent = new_id()
    async with running_writer(database_url) as running:
        stream = await running.open()
        await running.submit(stream, Say(new_id(), "a person please", wants_human=True))
        await running.submit(stream, Take(agent, "Sara"))
        await running.submit(stream, SayAsAgent(agent, "Sara", new_id(), "hi"))
        await running.submit(stream, Resolve(agent, "Sara", Reason.SOLVED, "done"))
    state = running.commits[-1].state
    row = query(
        database_url,
        "SELECT version, status, turn, turn_due_at, queue_ticket, asked_how, asked_at, "
        "accepted_at, answered_at, agent_id::text, assistant_owes, resolved_by::text, resolved_at "
        "FROM conversations",
    )[0]
    assert row == (
        *(state.version, "resolved", "customer", None, None, "sentence", state.asked_at),
        *(state.accepted_at, state.answered_at, None, None, agent, state.resolved_at),
    )


async def test_a_refusal_stores_nothing_and_leaves_its_group_alone(database_url: str) -> None:
    async with running_writer(database_url) as running:
        stream, other = await running.open(), await running.open()
        results = await asyncio.gather(
            running.submit(stream, Say(new_id(), "before")),
            running.submit(stream, Take(new_id(), "Sara")),
            running.submit(stream, Say(new_id(), "after")),
            running.submit(other, Say(new_id(), "")),
            return_exceptions=True,
        )
    assert [results[0], results[2]] == [3, 4]
    assert isinstance(results[1], Refused)
    assert results[1].code == "not_waiting"
    assert isinstance(results[3], Refused)


async def test_the_same_message_again_is_the_same_version(database_url: str) -> None:
    async with running_writer(database_url) as running, running_writer(database_url) as elsewhere:
        stream = await running.open()
        say = Say(new_id(), "hello")
        # At once, later, and through a process that has never seen it.
        versions = await asyncio.gather(*(running.submit(stream, say) for _ in range(5)))
        await running.submit(stream, Say(new_id(), "more"))
        assert {*versions, await running.submit(stream, say)} == {3}
        assert await elsewhere.submit(stream, say) == 3
    assert [row[2] for row in stored_messages(database_url)] == [3, 4]


async def test_a_conflict_takes_out_its_own_command_alone(database_url: str) -> None:
    async with running_writer(database_url) as running, running_writer(database_url) as elsewhere:
        shared = await running.open()
        others = [await running.open() for _ in range(5)]
        await elsewhere.submit(shared, Say(new_id(), "from elsewhere"))
        running.commits.clear()
        running.groups.clear()
        # This writer's memory of `shared` is old now.
        results = await asyncio.gather(
            running.submit(shared, Say(new_id(), "from here")),
            *(running.submit(each, Say(new_id(), "hello")) for each in others),
        )
    assert results == [4, 3, 3, 3, 3, 3]
    assert running.groups == [6, 1]
    assert [each.stream_id for each in running.commits] == [*others, shared]


async def test_two_writers_on_one_conversation_lose_and_double_nothing(database_url: str) -> None:
    async with running_writer(database_url) as one, running_writer(database_url) as two:
        stream = await one.open()

        async def talk(running: Running, name: str) -> list[int]:
            return [
                await submit_as_clients_do(running, stream, Say(f"{name}-{number}", "x"))
                for number in range(60)
            ]

        versions = await asyncio.gather(talk(one, "one"), talk(two, "two"))
    assert sorted(itertools.chain(*versions)) == list(range(OPENED + 1, OPENED + 121))
    assert all(each == sorted(each) for each in versions)


async def test_who_opens_first_opens_for_both(database_url: str) -> None:
    async with running_writer(database_url) as one, running_writer(database_url) as two:
        stream = new_id()
        opened = Open(new_id(), "sv", "I am an AI.", "Alva")
        versions = await asyncio.gather(
            *(each.submit(stream, opened) for each in (one, two, one, two))
        )
    assert versions == [OPENED] * 4
    assert query(database_url, "SELECT count(*) FROM events") == [(OPENED,)]


@pytest.mark.parametrize("command", [AskForHuman(), Take("sara", "Sara"), StayWithAssistant()])
async def test_an_answer_without_facts_does_not_rest_on_old_memory(
    database_url: str, command: Command
) -> None:
    """Here the customer still has an agent; elsewhere the conversation has gone on."""
    agent = new_id()
    async with running_writer(database_url) as here, running_writer(database_url) as elsewhere:
        stream = await here.open()
        await here.submit(stream, AskForHuman())
        await here.submit(stream, Take(agent, "Sara"))
        await elsewhere.submit(stream, Resolve(agent, "Sara", Reason.SOLVED, ""))
        match command:
            case AskForHuman():
                # From memory it would be "you have someone already", and nobody would come.
                await here.submit(stream, command)
                status = "waiting"
            case Take():
                await elsewhere.submit(stream, AskForHuman())
                jonas = new_id()
                await here.submit(stream, Take(jonas, "Jonas"))
                status = "agent"
            case _:
                await elsewhere.submit(stream, AskForHuman())
                await here.submit(stream, command)
                status = "assistant"
    assert query(database_url, "SELECT status FROM conversations") == [(status,)]


async def test_a_notice_during_a_read_spoils_no_group(database_url: str) -> None:
    class Slow(ConversationAggregate):
        async def load(self, *arguments: Any) -> Any:
            found = await super().load(*arguments)
            # A notice from another process: the state that was remembered is dropped.
            running.writer.forget([known])
            return found

    known, fresh = new_id(), new_id()
    async with running_writer(database_url, Slow(new_id())) as running:
        await running.open(known)
        version, opened = await asyncio.gather(
            running.submit(known, Say(new_id(), "hello")), running.open(fresh)
        )
    assert (version, opened) == (3, fresh)
    assert running.groups == [1, 2]


async def test_a_poisoned_command_is_refused_and_the_rest_is_stored(database_url: str) -> None:
    async with running_writer(database_url) as running:
        streams = [await running.open() for _ in range(6)]
        poison = Say(new_id(), "half a sign: \ud83d")
        results = await asyncio.gather(
            *(running.submit(each, Say(new_id(), "hello")) for each in streams[:3]),
            running.submit(streams[3], poison),
            running.submit(streams[3], Say(new_id(), "hello")),
            *(running.submit(each, Say(new_id(), "hello")) for each in streams[4:]),
            return_exceptions=True,
        )
    refused = results.pop(3)
    assert isinstance(refused, Refused)
    assert refused.code == "cannot_store"
    assert results == [3] * 6
    assert len(stored_messages(database_url)) == 6


async def test_jobs_are_in_the_transaction_of_their_facts(database_url: str) -> None:
    failing = True

    async def enqueue(
        connection: psycopg.AsyncConnection[Any], changes: Sequence[ConversationChange]
    ) -> None:
        for change in changes:
            sql = "INSERT INTO log_followers (name) VALUES (%s)"
            await connection.execute(sql, (f"job of {change.stream_id}",))
        if failing:
            raise RuntimeError("the job can't be written")

    def wants(change: ConversationChange) -> bool:
        return change.after.status == "waiting"

    aggregate = ConversationAggregate(new_id(), wants_job=wants, enqueue=enqueue)
    async with running_writer(database_url, aggregate) as running:
        stream = await running.open()
        with pytest.raises(Refused):
            await running.submit(stream, AskForHuman())
        assert query(database_url, "SELECT name FROM log_followers") == []
        assert query(database_url, "SELECT status FROM conversations") == [("assistant",)]
        failing = False
        await running.submit(stream, AskForHuman())
    assert query(database_url, "SELECT name FROM log_followers") == [(f"job of {stream}",)]
    assert query(database_url, "SELECT status FROM conversations") == [("waiting",)]


async def test_what_was_acknowledged_survives_connections_that_die(database_url: str) -> None:
    chance = random.Random(20260301)
    acknowledged: list[tuple[str, str, int]] = []
    async with running_writer(database_url) as running:
        streams = [await running.open() for _ in range(10)]

        async def customer(stream: str, number: int) -> None:
            for turn in range(40):
                say = Say(f"{number}-{turn}", "hello")
                version = await running.submit(stream, say)
                acknowledged.append((stream, say.client_id, version))
                await asyncio.sleep(chance.random() * 0.01)

        async def killer() -> None:
            while True:
                await asyncio.sleep(0.01 + chance.random() * 0.04)
                for backend in running.backends():
                    await asyncio.to_thread(
                        query, database_url, "SELECT pg_terminate_backend(%s)", backend
                    )

        killing = asyncio.create_task(killer())
        await asyncio.gather(*(customer(streams[n % 10], n) for n in range(20)))
        killing.cancel()
        await asyncio.gather(killing, return_exceptions=True)
    assert len(acknowledged) == 800
    assert len(running.connections) > 5, "the connection was to die again and again"
    assert stored_messages(database_url) == sorted(
        acknowledged, key=lambda each: (each[0], each[2])
    )


async def test_a_full_queue_says_so_at_once(database_url: str) -> None:
    async with running_writer(database_url, capacity=3) as running:
        stream = await running.open()
        waiting = [
            asyncio.create_task(running.submit(stream, Say(new_id(), "x"))) for _ in range(8)
        ]
        results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(each) for each in results] == [int] * 3 + [StorageBusy] * 5
    assert len(stored_messages(database_url)) == 3


async def test_patience_ends_when_the_database_stays_away(database_url: str) -> None:
    async with running_writer(database_url, patience_seconds=2.0) as running:
        stream = await running.open()
        away = True
        reconnect = running.writer._connect

        async def connection() -> psycopg.AsyncConnection[Any]:
            if away:
                raise psycopg.OperationalError("away")
            return await reconnect()

        running.writer._connect = connection
        await running.connections[0].close()
        say = Say(new_id(), "hello")
        with pytest.raises(StorageBusy) as busy:
            await running.submit(stream, say)
        assert busy.value.retry_after_seconds > 0
        away = False
        assert await submit_as_clients_do(running, stream, say) == 3
    assert len(stored_messages(database_url)) == 1


async def test_closing_writes_what_is_queued_and_refuses_what_comes_later(
    database_url: str,
) -> None:
    async with running_writer(database_url) as running:
        stream = await running.open()
        queued = [
            asyncio.create_task(running.submit(stream, Say(new_id(), "x"))) for _ in range(300)
        ]
        await asyncio.sleep(0)
        await running.writer.close()
        assert await asyncio.gather(*queued) == list(range(3, 303))
        with pytest.raises(StorageBusy):
            await running.submit(stream, Say(new_id(), "late"))


async def test_memory_is_bounded(database_url: str) -> None:
    async with running_writer(database_url, cache_limit=5) as running:
        streams = [await running.open() for _ in range(20)]
        assert len(running.writer._states) == 5
        for stream in streams:
            assert await running.submit(stream, Say(new_id(), "still known")) == 3
        running.writer.forget_all()
        assert await running.submit(streams[0], Say(new_id(), "and read again")) == 4


async def test_a_caller_who_left_is_not_written_for(database_url: str) -> None:
    async with running_writer(database_url) as running:
        stream = await running.open()
        leaving = asyncio.create_task(running.submit(stream, Say(new_id(), "never mind")))
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        assert await running.submit(stream, Say(new_id(), "this one")) in {3, 4}
