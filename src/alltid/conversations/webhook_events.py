"""What the company's own systems are told of a conversation: ids, times and codes, no words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import psycopg

from alltid.conversations.aggregate import ConversationChange
from alltid.conversations.events import Fact, HumanRequested, Rated, Resolved
from alltid.storage.jobs import enqueue_in
from alltid.storage.webhooks import WebhookEvent, webhook_job

WEBHOOK_EVENTS: Final[Mapping[type, str]] = {
    HumanRequested: "conversation.human_requested",
    Resolved: "conversation.resolved",
    Rated: "conversation.rated",
}


def wants_webhook(change: ConversationChange) -> bool:
    """Tell whether something in this change is to be told."""
    return any(type(fact.event) in WEBHOOK_EVENTS for fact, _ in change.facts)


async def enqueue_webhooks(
    connection: psycopg.AsyncConnection[Any], changes: Sequence[ConversationChange]
) -> None:
    """Store a delivery for each such fact, in the transaction of the facts themselves."""
    events = [
        WebhookEvent(
            f"{change.stream_id}:{fact.version}",
            WEBHOOK_EVENTS[type(fact.event)],
            fact.at,
            {"conversation": change.stream_id, "version": fact.version, **_codes(fact)},
        )
        for change in changes
        for fact, _ in change.facts
        if type(fact.event) in WEBHOOK_EVENTS
    ]
    await enqueue_in(connection, [webhook_job(event) for event in events])


def _codes(fact: Fact) -> dict[str, Any]:
    match fact.event:
        case HumanRequested():
            return {"how": fact.event.how.value}
        case Resolved():
            return {"reason": fact.event.reason.value}
        case Rated():
            return {"solved": fact.event.solved, "score": fact.event.score}
        case _:
            return {}
