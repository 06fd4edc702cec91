"""The live watch: it finds every breach that the log shows, once, and nothing else."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from alltid.conversations.codec import encode
from alltid.conversations.commands import (
    AskForHuman,
    Open,
    Resolve,
    ReturnToQueue,
    Say,
    SayAsAgent,
    StayWithAssistant,
    Take,
)
from alltid.conversations.events import (
    Asked,
    Author,
    ConversationOpened,
    Event,
    HumanRequested,
    MessageSent,
    Reason,
    Resolved,
    Source,
)
from alltid.conversations.promises import Breach
from alltid.insights.promise_monitor import PromiseMonitor
from alltid.kernel.clock import ManualClock
from alltid.storage.database import open_pool
from tests.support.writers import new_id, query, running_writer

pytestmark = pytest.mark.anyio

CUSTOMER = new_id()
HELLO = MessageSent(Author.ASSISTANT, "I am an AI.", author_name="Alva", discloses_ai=True)
BEGINNING: tuple[Event, ...] = (ConversationOpened(CUSTOMER, "sv"), HELLO)
WISH = MessageSent(Author.CUSTOMER, "a human, please", CUSTOMER, client_id="1", wants_human=True)
SAID = replace(WISH, wants_human=False)
ANSWER = MessageSent(Author.ASSISTANT, "39 kr.", author_name="Alva", in_reply_to=3)
ASKED = HumanRequested(Asked.BUTTON)
SARA, JONAS = new_id(), new_id()


def write(database_url: str, *transactions: tuple[Event, ...]) -> str:
    """Write events past the deciders, one transaction after another; returns the stream."""
    stream, version = new_id(), 0
    with psycopg.connect(database_url) as connection:
        for events in transactions:
            with connection.transaction():
                for event in events:
                    version += 1
                    kind, data = encode(event)
                    connection.execute(
                        "INSERT INTO events (stream_id, version, type, data, actor, at) "
                        "VALUES (%s, %s, %s, %s, 'nobody', now() + %s * interval '1 second')",
                        (stream, version, kind, json.dumps(json.loads(data)), version),
                    )
    return stream


class Watch:
    def __init__(self, pool: Any) -> None:
        self.told: list[Breach] = []
        self.monitor = PromiseMonitor(pool, ManualClock(), self.told.append)

    async def look(self) -> None:
        while await self.monitor.follower.step():
            pass


@pytest.fixture
async def watch(database_url: str) -> AsyncIterator[Watch]:
    pool = await open_pool(database_url, min_size=1, max_size=3)
    yield Watch(pool)
    await pool.close()


def listed(database_url: str) -> list[tuple[Any, ...]]:
    return query(
        database_url,
        "SELECT promise, conversation_id::text, version FROM promise_breaches ORDER BY id",
    )


@pytest.mark.parametrize(
    ("promise", "transactions"),
    [
        ("P1", (BEGINNING, (WISH,), (ASKED,))),
        ("P2", (BEGINNING, (WISH,))),
        ("P3", (BEGINNING, (ASKED,), (Resolved(SARA, "Sara", Reason.OTHER, ""),))),
        ("P3", (BEGINNING, (ASKED,), (ASKED,))),
        ("P4", ((ConversationOpened(CUSTOMER, "sv"),),)),
        ("P4", (BEGINNING, (ASKED,), (MessageSent(Author.AGENT, "hi", SARA, "Sara"),))),
        ("P4", (BEGINNING, (MessageSent(Author.ASSISTANT, "hi", SARA, "Sara"),))),
        ("P9", (BEGINNING, (SAID,), (replace(ANSWER, trace_id=new_id()),))),
        ("P9", (BEGINNING, (SAID,), (replace(ANSWER, sources=(Source("Fees", "/help/fees"),)),))),
    ],
)
async def test_a_log_that_breaks_a_promise_is_listed_with_its_place_and_once(
    database_url: str, watch: Watch, promise: str, transactions: tuple[tuple[Event, ...], ...]
) -> None:
    stream = write(database_url, *transactions)
    await watch.look()
    version = sum(map(len, transactions)) - (promise == "P1")
    assert (promise, stream, version) in listed(database_url)
    assert promise in {breach.promise for breach in watch.told}
    before = listed(database_url)
    # Somebody starts the log from its beginning: nothing is listed twice.
    query(database_url, "UPDATE log_followers SET transaction_id = '0', position = 0")
    await Watch(watch.monitor._pool).look()
    assert listed(database_url) == before


async def test_a_state_is_folded_from_the_log_where_memory_ends(
    database_url: str, watch: Watch
) -> None:
    """The second half is seen by a monitor that never saw the first."""
    last = MessageSent(Author.AGENT, "hi", JONAS, "Jonas")
    stream = write(database_url, BEGINNING, (ASKED,))
    await watch.look()
    assert listed(database_url) == []
    kind, data = encode(last)
    query(
        database_url,
        "INSERT INTO events (stream_id, version, type, data, actor, at) "
        "VALUES (%s, 4, %s, %s, 'nobody', now()) RETURNING 1",
        *(stream, kind, data),
    )
    fresh = Watch(watch.monitor._pool)
    await fresh.look()
    assert listed(database_url) == [("P4", stream, 4)]


async def test_real_traffic_breaks_nothing(database_url: str, watch: Watch) -> None:
    async with running_writer(database_url) as running:
        for turn in range(12):
            stream = new_id()
            customer = new_id()
            sara, jonas = Take(SARA, "Sara"), Take(JONAS, "Jonas")
            await running.submit(stream, Open(customer, "sv", "I am an AI.", "Alva"))
            for command in (
                Say(new_id(), "hello"),
                Say(new_id(), "a human, please", wants_human=True),
                Say(new_id(), "and quickly"),
                *((StayWithAssistant(), AskForHuman()) if turn % 2 else ()),
                sara,
                SayAsAgent(SARA, "Sara", new_id(), "hi"),
                ReturnToQueue(SARA),
                jonas,
                SayAsAgent(JONAS, "Jonas", new_id(), "hi"),
                Resolve(JONAS, "Jonas", Reason.SOLVED, ""),
                Say(new_id(), "back again", wants_human=bool(turn % 3)),
            ):
                await running.submit(stream, command)
            if turn % 4 == 0:
                await watch.look()
    await watch.look()
    assert listed(database_url) == []
    events = query(database_url, "SELECT max(position) FROM events")
    place = query(database_url, "SELECT position FROM log_followers")
    assert place == events, "all of it was looked at"


async def test_words_that_are_overdue_are_found_by_the_sweep(
    database_url: str, watch: Watch
) -> None:
    async with running_writer(database_url, clock=ManualClock()) as running:
        stream = await running.open()
        await running.submit(stream, Say(new_id(), "hello"))
    clock = watch.monitor._clock
    assert isinstance(clock, ManualClock)
    clock.advance(59)
    await watch.monitor.sweep()
    assert listed(database_url) == []
    clock.advance(2)
    await watch.monitor.sweep()
    await watch.monitor.sweep()
    assert listed(database_url) == [("P2", stream, 3)]


async def test_other_kinds_of_events_are_passed_over(database_url: str, watch: Watch) -> None:
    query(
        database_url,
        "INSERT INTO events (stream_id, version, type, data, actor, at) "
        "VALUES (%s, 1, 'WentOnline', '{}', 'agent', now()) RETURNING 1",
        new_id(),
    )
    await watch.look()
    assert listed(database_url) == []
