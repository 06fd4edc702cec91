"""Agents as people: their skills, the decisions about them, how customers rated them.

Whatever is decided about an agent is written down with who decided and why (P6): the agent
reads it, and may ask for a review.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from alltid.agents.ratings import Rating, rate
from alltid.kernel.refusal import Refused
from alltid.storage.queries import load_queries

Pool = AsyncConnectionPool[AsyncConnection[Any]]

SKILLS_MAX: Final = 200
# Which ratings count: of a year, the latest so many for one agent, and of the whole desk.
RATED_SINCE: Final = timedelta(days=365)
RATED_OF_ONE_MAX: Final = 2_000
RATED_OF_ALL_MAX: Final = 10_000
_SQL: Final = load_queries("alltid.agents", "people.sql")


@dataclass(frozen=True, slots=True)
class Person:
    """An account as leads see it in the list of people; `skills` with their levels."""

    id: str
    name: str
    email: str
    role: str
    languages: Sequence[str]
    deactivated_at: datetime | None
    since: datetime
    skills: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class AgentDecision:
    """Something that was decided about an agent: what, about what, when, by whom and why."""

    id: str
    kind: str
    about: str | None
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class SkillHeld:
    """A skill, the agent's level in it (None without), and the version that qualifies for it."""

    key: str
    name: Mapping[str, str]
    level: int | None
    version: int | None


async def list_people(pool: Pool, *, after: str | None, limit: int) -> list[Person]:
    """Return accounts by e-mail address; `after` is the last address known."""
    rows = await _rows(pool, "people", {"after": after, "limit": limit})
    return [Person(*row) for row in rows]


async def skill_names(pool: Pool) -> dict[str, Mapping[str, str]]:
    """Return every skill's name by language."""
    return dict(await _rows(pool, "skills", {"limit": SKILLS_MAX}))


async def skills_of(pool: Pool, agent_id: str) -> list[SkillHeld]:
    """Return every skill, held or not."""
    rows = await _rows(pool, "skills_of", {"agent_id": agent_id, "limit": SKILLS_MAX})
    return [SkillHeld(*row) for row in rows]


async def decisions_of(
    pool: Pool, agent_id: str, *, before: datetime | None, limit: int
) -> list[AgentDecision]:
    """Return what was decided about the agent, the latest first."""
    parameters = {"agent_id": agent_id, "before": before, "limit": limit}
    return [AgentDecision(*row) for row in await _rows(pool, "decisions_of", parameters)]


async def why_deactivated(pool: Pool, agent_id: str) -> AgentDecision | None:
    """Return the latest decision to deactivate the account, if a lead ever made one."""
    parameters = {"agent_id": agent_id, "kind": "deactivated"}
    rows = await _rows(pool, "latest_decision", parameters)
    return AgentDecision(*rows[0]) if rows else None


async def deactivate(
    pool: Pool, agent_id: str, reason: str, *, by: str, decision_id: str, now: datetime
) -> None:
    """Lock an agent's account and end its sign-ins, with a reason that the agent is shown.

    Refused with `not_active`. Leads' accounts are a matter of the command line.
    """
    parameters = {
        "agent_id": agent_id,
        "id": decision_id,
        "reason": reason,
        "by": f"lead:{by}",
        "now": now,
    }
    if not await _rows(pool, "deactivate", parameters):
        raise Refused("not_active", "There is no active agent's account with this id.")


async def reactivate(
    pool: Pool, agent_id: str, reason: str, *, by: str, decision_id: str, now: datetime
) -> None:
    """Unlock an agent's account. Refused with `not_deactivated`."""
    parameters = {
        "agent_id": agent_id,
        "id": decision_id,
        "reason": reason,
        "by": f"lead:{by}",
        "now": now,
    }
    if not await _rows(pool, "reactivate", parameters):
        raise Refused("not_deactivated", "There is no deactivated agent's account with this id.")


async def set_skill(
    pool: Pool,
    agent_id: str,
    skill: str,
    level: int,
    reason: str,
    *,
    by: str,
    decision_id: str,
    now: datetime,
) -> None:
    """Give an agent a skill at a level, or take it away with level 0. Refused with `no_skill`."""
    parameters = {
        "agent_id": agent_id,
        "skill": skill,
        "level": level,
        "reason": reason,
        "by": f"lead:{by}",
        "id": decision_id,
        "now": now,
    }
    if not await _rows(pool, "give_skill" if level else "take_skill", parameters):
        raise Refused("no_skill", "There is no such agent, or no such skill.")


async def rating_of(pool: Pool, agent_id: str, now: datetime) -> Rating:
    """Return the agent's rating by the customers whose conversations they resolved."""
    since = now - RATED_SINCE
    own = {"agent_id": agent_id, "since": since, "limit": RATED_OF_ONE_MAX}
    everybodys = {"agent_id": None, "since": since, "limit": RATED_OF_ALL_MAX}
    counts = (await _rows(pool, "score_counts", own))[0]
    return rate(counts, (await _rows(pool, "score_counts", everybodys))[0])


async def _rows(pool: Pool, query: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    async with pool.connection() as connection:
        return await (await connection.execute(_SQL[query], parameters)).fetchall()
