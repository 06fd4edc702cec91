"""The limit: the same rows into the same PostgreSQL, durably, with no application around."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime

import psycopg
from people import WORDS

from alltid.conversations.aggregate import QUERIES, ConversationAggregate
from alltid.conversations.conversation import Conversation, evolve
from alltid.conversations.events import Author, ConversationOpened, Fact, MessageSent
from alltid.storage.aggregate import Change


def rows_a_second(url: str, group: int, messages: int) -> float:
    """Store `messages` by the desk's own statement, `group` conversations at a time.

    Everything that the application does per message (deciding, encoding, sockets) is done
    beforehand; what is timed is sending the parameters and the durable commit.
    """
    aggregate = ConversationAggregate("raw")
    states = {str(uuid.uuid4()): Conversation() for _ in range(group)}
    prepared = [_group(aggregate, states, first=True)]
    prepared += [_group(aggregate, states, first=False) for _ in range(messages // group)]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(QUERIES["append"], prepared[0], prepare=True)
        started = time.perf_counter()
        for parameters in prepared[1:]:
            connection.execute(QUERIES["append"], parameters, prepare=True)
        seconds = time.perf_counter() - started
    return (len(prepared) - 1) * group / seconds


def _group(
    aggregate: ConversationAggregate, states: dict[str, Conversation], *, first: bool
) -> dict[str, object]:
    changes = []
    for stream_id, before in states.items():
        event = (
            ConversationOpened(str(uuid.uuid4()), "en")
            if first
            else MessageSent(
                Author.CUSTOMER, f"{WORDS} [{uuid.uuid4()}", client_id=str(uuid.uuid4())
            )
        )
        fact = Fact(before.version + 1, datetime.now(UTC), event)
        after = evolve(before, fact)
        states[stream_id] = after
        changes.append(
            Change(stream_id, before, after, before.version, after.version, [(fact, "raw")])
        )
    return aggregate.parameters(changes)
