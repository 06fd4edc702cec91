"""The watch over P5: it finds an action that was not the customer's own, once, and no other."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from alltid.conversations.codec import encode
from alltid.conversations.events import Author, MessageSent
from alltid.insights.action_watch import ActionWatch
from alltid.kernel.clock import SystemClock
from alltid.storage.database import open_pool
from tests.support.actions import CONFIRMED_BY, action
from tests.support.writers import new_id, query, running_writer

pytestmark = pytest.mark.anyio

BREACHES = "SELECT promise, conversation_id::text, version, detail FROM promise_breaches"


class Wrong(SystemClock):
    """A clock that is a minute ahead (everything has settled) or behind (nothing has)."""

    minutes = 1

    def now(self) -> Any:
        return super().now() + timedelta(minutes=self.minutes)


class Behind(Wrong):
    minutes = -1


async def a_conversation(database_url: str, subject: str) -> str:
    """A signed-in customer's conversation, in which a message says yes."""
    async with running_writer(database_url) as running:
        conversation = await running.open()
    customer = query(
        database_url, f"SELECT customer_id::text FROM conversations WHERE id = '{conversation}'"
    )[0][0]
    kind, data = encode(MessageSent(Author.CUSTOMER, "yes", customer, client_id="1"))
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO customers (id, kind, issuer, subject, created_at, last_seen_at)"
            " VALUES (%s, 'company', 'shop', %s, now(), now())",
            (customer, subject),
        )
        connection.execute(
            "INSERT INTO events (stream_id, version, type, data, actor, at)"
            " VALUES (%s, %s, %s, %s, 'test', now())",
            (conversation, CONFIRMED_BY, kind, json.dumps(json.loads(data))),
        )
    return conversation


async def test_what_the_customer_confirmed_is_right_and_what_another_did_is_listed(
    database_url: str,
) -> None:
    own = await a_conversation(database_url, "customer 1")
    foreign = await a_conversation(database_url, "somebody")
    action(database_url, 1, "executed", conversation=own)
    action(database_url, 2, "unknown", conversation=foreign)
    action(database_url, 3, conversation=new_id())
    pool = await open_pool(database_url, min_size=1, max_size=2)
    try:
        assert await ActionWatch(pool, Behind()).check() == 0
        watch = ActionWatch(pool, Wrong())
        assert await watch.check() == 3
        assert await watch.check() == 0
    finally:
        await pool.close()
    found = {of: detail for _, of, _, detail in query(database_url, BREACHES)}
    assert own not in found
    assert "somebody else" in found[foreign]
    assert len(found) == 2
