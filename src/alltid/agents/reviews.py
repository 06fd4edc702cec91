"""Requests for a human review of a decision about someone, each with a due date (P6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from alltid.kernel.refusal import Refused
from alltid.storage.queries import load_queries

Pool = AsyncConnectionPool[AsyncConnection[Any]]
About = Literal[
    "application",
    "deactivation",
    "qualification",
    "decision",
    "block",
    "pay_line",
    "offer",
    "rating",
    "other",
]
Outcome = Literal["stands", "changed"]

# The Platform Work Directive (2024/2831, article 11) asks for an answer within two weeks.
DUE: Final = timedelta(days=14)
OPEN_MAX: Final = 50
_SQL: Final = load_queries("alltid.agents", "reviews.sql")


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: an agent, or an applicant by their application."""

    agent_id: str | None = None
    application_id: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """A request as it stands. `decided` is the reason of what it is about, for the lead."""

    id: str
    about: About
    about_id: str
    words: str
    asked_at: datetime
    due_at: datetime
    answered_at: datetime | None
    answered_by: str | None
    outcome: Outcome | None
    answer: str | None
    asker: str
    agent_id: str | None
    application_id: str | None
    decided: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """What waits for leads."""

    applications_open: int
    reviews_open: int
    reviews_overdue: int


async def ask_review(
    pool: Pool,
    asker: Asker,
    about: About,
    about_id: str,
    words: str,
    *,
    review_id: str,
    now: datetime,
) -> Review:
    """Ask for a review; asking again while one is open gives the open one.

    Refused with `reviews_full` while 50 of the asker's wait for an answer.
    """
    parameters = {
        "id": review_id,
        "agent_id": asker.agent_id,
        "application_id": asker.application_id,
        "about": about,
        "about_id": about_id,
        "words": words,
        "now": now,
        "due_at": now + DUE,
        "open_max": OPEN_MAX,
    }
    async with pool.connection() as connection:
        await connection.execute(_SQL["ask"], parameters)
        row = await (await connection.execute(_SQL["open_one"], parameters)).fetchone()
    if row is None:
        message = f"You have {OPEN_MAX} open requests. Each is answered; then you can ask more."
        raise Refused("reviews_full", message)
    return Review(*row)


async def reviews_of(
    pool: Pool, asker: Asker, *, before: datetime | None = None, limit: int
) -> list[Review]:
    """Return someone's own requests, the latest first."""
    parameters = {
        "agent_id": asker.agent_id,
        "application_id": asker.application_id,
        "before": before,
        "limit": limit,
    }
    return [Review(*row) for row in await _rows(pool, "reviews_of", parameters)]


async def list_reviews(
    pool: Pool, *, is_open: bool, after: datetime | None, limit: int
) -> list[Review]:
    """Return open requests by due date, or answered ones with the latest answer first.

    `after` is the due date, or the time of the answer, of the last one known.
    """
    query = "open_reviews" if is_open else "answered_reviews"
    return [Review(*row) for row in await _rows(pool, query, {"after": after, "limit": limit})]


async def answer_review(
    pool: Pool,
    review_id: str,
    outcome: Outcome,
    answer: str,
    *,
    lead: tuple[str, str],
    decision_id: str,
    now: datetime,
) -> None:
    """Answer a request with a reason; `lead` is id and name. Refused with `no_open_review`."""
    parameters = {
        "id": review_id,
        "outcome": outcome,
        "answer": answer,
        "by": lead[0],
        "by_name": f"lead:{lead[1]}",
        "decision_id": decision_id,
        "now": now,
    }
    if not await _rows(pool, "answer", parameters):
        raise Refused("no_open_review", "There is no open request with this id.")


async def count_waiting(pool: Pool, now: datetime) -> Counts:
    """Return how many applications and requests wait, and how many are overdue."""
    return Counts(*(await _rows(pool, "counts", {"now": now}))[0])


async def _rows(pool: Pool, query: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    async with pool.connection() as connection:
        return await (await connection.execute(_SQL[query], parameters)).fetchall()
