"""What was offered to whom and why, and who else was looked at: the log that leads read (P9)."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from psycopg_pool import AsyncConnectionPool

from alltid.dispatch.explanation import Explanations
from alltid.dispatch.explanation_record import unpack
from alltid.dispatch.policy import Policy
from alltid.dispatch.policy_preview import Preview, preview, scene_of
from alltid.kernel.ids import is_id
from alltid.storage.queries import load_queries

QUERIES: Final = load_queries("alltid.dispatch", "offer_log.sql")
# Of a large desk, so many candidates of a conversation are shown; the best first.
CANDIDATES_SHOWN: Final = 200
ROUNDS_REPLAYED: Final = 40
RECORDS_BYTES: Final = 4 * 1024 * 1024

_OFFER: Final = (
    "id",
    "conversation",
    "customer",
    "agent",
    "agent_name",
    "stage",
    "made_at",
    "seen_at",
    "ended_at",
    "doubled",
    "policy",
    "round",
    "language",
    "topic",
    "skill",
    "skill_level",
    "difficulty",
    "expected_minutes",
    "pay_minor",
    "currency",
    "why",
    "withdrawn_because",
    "waited_seconds",
)


class OfferLog:
    """Reads offers and the rounds that made them."""

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        """Read from the desk's database."""
        self._pool = pool

    async def offers(self, *, before: datetime | None, limit: int) -> list[dict[str, Any]]:
        """Return offers, newest first; `before` is the moment to go on from."""
        values = {"before": before, "limit": limit}
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(QUERIES["offers"], values)).fetchall()
        return [dict(zip(_OFFER, row, strict=True)) for row in rows]

    async def round(self, round_id: str, conversation_id: str) -> dict[str, Any] | None:
        """Return everybody whom a round looked at for a conversation; None for no such round."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(QUERIES["round"], {"id": round_id})).fetchone()
            if row is None:
                return None
            at, policy_id, record = row
            told, ids = await asyncio.to_thread(_told, record, conversation_id)
            cursor = await connection.execute(QUERIES["names"], {"ids": ids})
            names = dict(await cursor.fetchall())
        for each in told["candidates"]:
            each["name"] = names.get(each["agent"])
        return {"at": at, "policy": policy_id, **told}

    async def preview(self, policy: Policy, current: Policy) -> dict[str, Any]:
        """Return what another policy would have changed in the last rounds."""
        values = {"limit": ROUNDS_REPLAYED}
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(QUERIES["last_rounds"], values)).fetchall()
            told = await asyncio.to_thread(_preview, [row[0] for row in rows], policy, current)
            ids = {each[side] for each in told.examples for side in ("before", "after")}
            known = sorted(each for each in ids if each and is_id(each))
            cursor = await connection.execute(QUERIES["names"], {"ids": known})
            names = dict(await cursor.fetchall())
        for each in told.examples:
            for side in ("before", "after"):
                each[side] = names.get(each[side], each[side])
        return asdict(told)


def _preview(records: list[bytes], policy: Policy, current: Policy) -> Preview:
    taken, size = [], 0
    for record in records:
        size += len(record)
        if size > RECORDS_BYTES:
            break
        taken.append(scene_of(unpack(record)))
    return preview(taken, policy, current)


def _told(record: bytes, conversation_id: str) -> tuple[dict[str, Any], list[str]]:
    explanations = unpack(record)
    candidates = sorted(
        explanations.candidates(conversation_id),
        key=lambda each: (each.verdict, -(each.score_points or 0.0), each.agent_id),
    )
    shown = candidates[:CANDIDATES_SHOWN]
    offered = {
        each.agent_id: each
        for each in explanations.offers
        if each.conversation_id == conversation_id
    }
    rows = [
        {
            "agent": each.agent_id,
            "verdict": each.verdict.name.lower(),
            "score_points": each.score_points,
            "offered": each.agent_id in offered,
            "reasons": _reasons(explanations, conversation_id, each.agent_id),
        }
        for each in shown
    ]
    told = {"candidates": rows, "looked_at": len(candidates)}
    return told, [each.agent_id for each in shown if is_id(each.agent_id)]


def _reasons(
    explanations: Explanations, conversation_id: str, agent_id: str
) -> list[dict[str, Any]]:
    for offer in explanations.offers:
        if (offer.conversation_id, offer.agent_id) == (conversation_id, agent_id):
            found = explanations.why_me(offer)
            break
    else:
        found = (explanations.why_not_me(conversation_id, agent_id),)
    return [
        {"because": each.because.value, "facts": dict(each.facts), "sentence": each.sentence}
        for each in found
    ]
