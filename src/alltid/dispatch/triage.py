"""What a request for a person needs: its topic, the skill, how hard and how long it may be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from alltid.dispatch.offer_rows import QUERIES

EXPECTED_MINUTES: Final = 8
# Beyond this a conversation counts as hard, and beyond the second figure as very hard.
_HARD_MINUTES: Final = (12, 20)
# A topic's own minutes are believed as far as conversations were seen: so many count as much
# as what is assumed of all.
_PRIOR_CONVERSATIONS: Final = 5
_MINUTES_MOST: Final = 240

# From a customer's words, newest first, and their language to the topic's key, or None.
TopicOf = Callable[[Sequence[str], str], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class Needs:
    """What a waiting conversation needs of whoever takes it."""

    topic: str | None = None
    skill: str | None = None
    skill_level: int = 0
    difficulty: int = 1
    expected_minutes: int = EXPECTED_MINUTES


async def find_needs(
    connection: psycopg.AsyncConnection[Any], conversation_id: str, language: str, topic_of: TopicOf
) -> Needs:
    """Tell what a conversation needs: the skill it was handed over with, else its topic's."""
    cursor = await connection.execute(QUERIES["last_words"], {"id": conversation_id})
    words = [row[0] for row in await cursor.fetchall() if row[0]]
    topic = await topic_of(words, language) if words else None
    cursor = await connection.execute(QUERIES["handed_over_skill"], {"id": conversation_id})
    named = await cursor.fetchone()
    if named is not None:
        return Needs(topic, named[0], named[1])
    if topic is None:
        return Needs()
    cursor = await connection.execute(QUERIES["skills"])
    for key, topics, level, _name in await cursor.fetchall():
        if topic in topics:
            return Needs(topic, key, level)
    return Needs(topic)


def with_minutes(needs: Needs, median_minutes: float | None, count: int) -> Needs:
    """Say how long it may take, from what conversations of its topic took so far."""
    seen = count if median_minutes is not None else 0
    total = EXPECTED_MINUTES * _PRIOR_CONVERSATIONS + (median_minutes or 0.0) * seen
    minutes = min(_MINUTES_MOST, max(1, round(total / (_PRIOR_CONVERSATIONS + seen))))
    harder = sum(minutes > each for each in _HARD_MINUTES)
    difficulty = min(3, max(1 + harder, needs.skill_level))
    return Needs(needs.topic, needs.skill, needs.skill_level, difficulty, minutes)
