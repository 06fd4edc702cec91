"""Offers inside a transaction: lock, decide, write; their events and rows as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson
import psycopg

from alltid.dispatch.offer import (
    Command,
    Declined,
    Event,
    Offer,
    Offered,
    Stage,
    Terms,
    Withdrawal,
    Withdrawn,
    decide,
    evolve,
)
from alltid.kernel.refusal import Refused
from alltid.storage.queries import load_queries

QUERIES: Final = load_queries("alltid.dispatch", "offers.sql")
PREFIX: Final = "offer."
Connection = psycopg.AsyncConnection[Any]


@dataclass(slots=True)
class LockedOffer:
    """An offer that this transaction holds, with the events decided so far."""

    id: str
    state: Offer
    events: list[tuple[Event, str]] = field(default_factory=list)

    @property
    def made(self) -> Offered:
        """What was offered."""
        assert self.state.made is not None  # noqa: S101  every row has been made
        return self.state.made

    def do(self, command: Command, now: datetime, actor: str) -> tuple[Event, ...]:
        """Decide a command on it; `save` stores what follows.

        Raises:
            Refused: it is over.
        """
        events = decide(self.state, command, now)
        self.add(events, actor)
        return events

    def add(self, events: Iterable[Event], actor: str) -> None:
        """Fold events that were decided together with others."""
        for event in events:
            self.state = evolve(self.state, event)
            self.events.append((event, actor))


async def lock(connection: Connection, offer_ids: Iterable[str]) -> list[LockedOffer]:
    """Lock offers by id."""
    parameters = {"ids": sorted(set(offer_ids))}
    cursor = await connection.execute(QUERIES["lock_offers"], parameters)
    return [_locked(row) for row in await cursor.fetchall()]


async def lock_of_conversation(
    connection: Connection, conversation_id: str, agent_id: str, offer_id: str | None = None
) -> dict[str, LockedOffer]:
    """Lock the open offers of a conversation and of an agent, and the one named in any stage."""
    parameters = {"conversation_id": conversation_id, "agent_id": agent_id, "id": offer_id}
    cursor = await connection.execute(QUERIES["lock_of_conversation"], parameters)
    return {row[0]: _locked(row) for row in await cursor.fetchall()}


async def insert(connection: Connection, offers: Sequence[LockedOffer], now: datetime) -> None:
    """Store offers that were just made."""
    rows = [_new_row(each) for each in offers]
    parameters = {"rows": orjson.dumps(rows).decode(), "now": now}
    await connection.execute(QUERIES["insert_offers"], parameters)
    await _record(connection, offers, now)


async def save(connection: Connection, offers: Iterable[LockedOffer], now: datetime) -> None:
    """Store what was decided since the lock."""
    changed = [each for each in offers if each.events]
    if not changed:
        return
    parameters = {"rows": orjson.dumps([_row(each) for each in changed]).decode(), "now": now}
    await connection.execute(QUERIES["save_offers"], parameters)
    await _record(connection, changed, now)


async def whose(connection: Connection, offer_id: str, agent_id: str) -> str:
    """Return the conversation of an agent's offer.

    Raises:
        Refused: the agent has no such offer.
    """
    cursor = await connection.execute(QUERIES["whose_offer"], {"id": offer_id})
    row = await cursor.fetchone()
    if row is None or row[1] != agent_id:
        raise Refused("no_such_offer", "This offer doesn't exist.")
    return str(row[0])


async def _record(connection: Connection, offers: Sequence[LockedOffer], now: datetime) -> None:
    events = []
    for each in offers:
        first = each.state.version - len(each.events) + 1
        events += [
            {
                "stream_id": each.id,
                "version": version,
                "type": PREFIX + type(event).__name__,
                "data": event,
                "actor": actor,
            }
            for version, (event, actor) in enumerate(each.events, start=first)
        ]
        each.events.clear()
    text = orjson.dumps(events, default=dict).decode()
    await connection.execute(QUERIES["record"], {"events": text, "now": now})


def _new_row(offer: LockedOffer) -> Mapping[str, Any]:
    made, terms = offer.made, offer.made.terms
    return {
        "id": offer.id,
        "conversation_id": made.conversation_id,
        "asked_at": made.asked_at,
        "agent_id": made.agent_id,
        "session_id": made.session_id,
        "expires_at": made.expires_at,
        "doubled": made.doubled,
        "policy_id": made.policy_id,
        "round_id": made.round_id,
        "language": terms.language,
        "topic": terms.topic,
        "skill": terms.skill,
        "skill_level": terms.skill_level,
        "difficulty": terms.difficulty,
        "expected_minutes": terms.expected_minutes,
        "pay_minor": terms.pay_minor,
        "currency": terms.currency,
        "why": [dict(each) for each in terms.why],
    }


def _row(offer: LockedOffer) -> Mapping[str, Any]:
    declined = [event.reason for event, _ in offer.events if isinstance(event, Declined)]
    withdrawn = [event.because for event, _ in offer.events if isinstance(event, Withdrawn)]
    return {
        "id": offer.id,
        "version": offer.state.version,
        "stage": offer.state.stage,
        "seen": offer.state.seen,
        "reason": declined[-1] if declined else None,
        "withdrawn_because": withdrawn[-1] if withdrawn else None,
    }


def _locked(row: Sequence[Any]) -> LockedOffer:
    offer_id, version, conversation_id, agent_id, session_id, policy_id = row[:6]
    stage, expires_at, seen, withdrawn, doubled, asked_at, round_id = row[6:13]
    language, topic, difficulty, minutes, pay_minor, currency, why, skill, skill_level = row[13:]
    terms = Terms(
        language, topic, difficulty, minutes, pay_minor, currency, tuple(why), skill, skill_level
    )
    made = Offered(
        conversation_id,
        agent_id,
        session_id,
        policy_id,
        terms,
        expires_at,
        doubled,
        asked_at,
        round_id,
    )
    because = None if withdrawn is None else Withdrawal(withdrawn)
    return LockedOffer(offer_id, Offer(version, Stage(stage), made, seen, because))
