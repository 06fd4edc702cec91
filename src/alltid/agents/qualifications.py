"""Qualifications in versions, and agents' attempts at them, with the time that is paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool
from pydantic import TypeAdapter

from alltid.agents.qualification import (
    REPLY_CHARACTERS_MAX,
    AnswerMark,
    Qualification,
    RuleMark,
    mark_answers,
    mark_reply,
    practice_passed,
    questions_passed,
)
from alltid.agents.training_time import Interval, interval_until
from alltid.kernel.refusal import Refused
from alltid.storage.queries import load_queries

Pool = AsyncConnectionPool[AsyncConnection[Any]]
Stage = Literal["questions", "practice", "passed", "failed", "left"]
Answers = Mapping[str, Sequence[int] | str]

TRIES_MAX: Final = 5
TRIES_DAYS: Final = 30
VERSIONS_SHOWN: Final = 20
_SQL: Final = load_queries("alltid.agents", "qualifications.sql")
CONTENT: Final = TypeAdapter(Qualification)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of what qualifies for a skill: who wrote it, when and why."""

    version: int
    content: Qualification
    at: datetime
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What the agent answered to one turn, how quickly, and how it was marked."""

    text: str
    seconds: int
    marks: tuple[RuleMark, ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """An agent's attempt. `answers` are kept with their marks once they are given."""

    id: str
    agent_id: str
    skill: str
    version: int
    language: str
    stage: Stage
    started_at: datetime
    last_at: datetime
    spoke_at: datetime | None
    ended_at: datetime | None
    marks: tuple[AnswerMark, ...] | None
    given: Answers
    replies: tuple[Reply, ...]
    content: Qualification


async def newest_versions(pool: Pool, skill: str, limit: int = VERSIONS_SHOWN) -> list[Version]:
    """Return a skill's versions, the newest first."""
    rows = await _rows(pool, "newest", {"skill": skill, "limit": limit})
    return [Version(row[0], CONTENT.validate_python(row[1]), *row[2:]) for row in rows]


async def save_version(
    pool: Pool,
    skill: str,
    content: Qualification,
    *,
    based_on: int,
    by: str,
    note: str,
    now: datetime,
) -> int:
    """Store the next version and return its number; attempts under way keep theirs.

    Refused with `no_skill`, or with `changed_meanwhile` when `based_on` is not the newest.
    """
    parameters = {
        "skill": skill,
        "based_on": based_on,
        "content": Jsonb(CONTENT.dump_python(content, mode="json")),
        "by": by,
        "note": note,
        "now": now,
    }
    rows = await _rows(pool, "save", parameters)
    if rows:
        return int(rows[0][0])
    if not (await _rows(pool, "skill_exists", {"skill": skill}))[0][0]:
        raise Refused("no_skill", "There is no such skill.")
    message = "Someone has saved a newer version meanwhile. Load it, and change that one."
    raise Refused("changed_meanwhile", message)


async def tries_left(pool: Pool, agent_id: str, now: datetime) -> dict[str, int]:
    """Return how often the agent may still try each skill tried in the last 30 days."""
    parameters = {"agent_id": agent_id, "since": now - timedelta(days=TRIES_DAYS)}
    rows = await _rows(pool, "tries", parameters)
    return {skill: max(0, TRIES_MAX - count) for skill, count in rows}


async def open_attempt(pool: Pool, agent_id: str) -> tuple[str, str] | None:
    """Return the id and skill of the attempt that the agent is at, or None."""
    rows = await _rows(pool, "open_attempt", {"agent_id": agent_id})
    return (rows[0][0], rows[0][1]) if rows else None


async def start_attempt(
    pool: Pool, agent_id: str, skill: str, language: str, *, attempt_id: str, now: datetime
) -> Attempt:
    """Begin with the newest version. Going on with an open attempt at the skill is the same.

    Refused with `other_attempt_open`, `no_tries_left` or `no_qualification`.
    """
    at = await open_attempt(pool, agent_id)
    if at is None:
        if (await tries_left(pool, agent_id, now)).get(skill, TRIES_MAX) == 0:
            message = (
                f"That were {TRIES_MAX} tries in {TRIES_DAYS} days. Ask for a review, or wait."
            )
            raise Refused("no_tries_left", message)
        parameters = {
            "id": attempt_id,
            "agent_id": agent_id,
            "skill": skill,
            "language": language,
            "now": now,
        }
        await _rows(pool, "start", parameters)
        at = await open_attempt(pool, agent_id)
    if at is None:
        raise Refused("no_qualification", "There is no qualification for this skill yet.")
    if at[1] != skill:
        raise Refused("other_attempt_open", "Finish or leave the qualification you are at first.")
    return await find_attempt(pool, agent_id, at[0])


async def find_attempt(pool: Pool, agent_id: str, attempt_id: str) -> Attempt:
    """Return one of the agent's own attempts. Refused with `no_such_attempt`."""
    async with pool.connection() as connection:
        return await _read(connection, agent_id, attempt_id)


async def give_answers(
    pool: Pool, agent_id: str, attempt_id: str, answers: Answers, now: datetime
) -> Attempt:
    """Mark the answers; enough right ones lead to the practice. Twice is as once."""
    async with pool.connection() as connection, connection.transaction():
        attempt = await _read(connection, agent_id, attempt_id)
        if attempt.stage != "questions":
            return attempt
        known = {each.id for each in attempt.content.questions}
        given = {key: value for key, value in answers.items() if key in known}
        marks = tuple(mark_answers(attempt.content, given, attempt.language))
        passed = questions_passed(attempt.content, marks)
        after = replace(
            attempt,
            marks=marks,
            given=given,
            stage="practice" if passed else "failed",
            spoke_at=now if passed else None,
            ended_at=None if passed else now,
        )
        await _write(connection, attempt, after, now)
        return after


async def give_reply(
    pool: Pool, agent_id: str, attempt_id: str, turn: int, text: str, now: datetime
) -> Attempt:
    """Mark the reply to a turn (from 0); after the last, the attempt is passed or not.

    A turn that was answered already is not answered again. Refused with `not_now`.
    """
    async with pool.connection() as connection, connection.transaction():
        attempt = await _read(connection, agent_id, attempt_id)
        if turn < len(attempt.replies):
            return attempt
        if attempt.stage != "practice" or turn != len(attempt.replies):
            raise Refused("not_now", "The customer has not come to this yet.")
        spoke_at = attempt.spoke_at or now
        seconds = max(0.0, (now - spoke_at).total_seconds())
        marks = mark_reply(
            attempt.content.turns[turn], text[:REPLY_CHARACTERS_MAX], attempt.language, seconds
        )
        replies = (*attempt.replies, Reply(text, round(seconds), tuple(marks)))
        after = replace(attempt, replies=replies, spoke_at=now)
        if len(replies) == len(attempt.content.turns):
            every = [mark for reply in replies for mark in reply.marks]
            passed = practice_passed(attempt.content, every)
            after = replace(after, stage="passed" if passed else "failed", ended_at=now)
        await _write(connection, attempt, after, now)
        return after


async def leave_attempt(pool: Pool, agent_id: str, attempt_id: str, now: datetime) -> Attempt:
    """End an attempt without a result; the time until now is paid."""
    async with pool.connection() as connection, connection.transaction():
        attempt = await _read(connection, agent_id, attempt_id)
        if attempt.ended_at is not None:
            return attempt
        after = replace(attempt, stage="left", ended_at=now)
        await _write(connection, attempt, after, now)
        return after


async def _read(connection: AsyncConnection[Any], agent_id: str, attempt_id: str) -> Attempt:
    parameters = {"id": attempt_id, "agent_id": agent_id}
    row = await (await connection.execute(_SQL["attempt"], parameters)).fetchone()
    if row is None:
        raise Refused("no_such_attempt", "You have no such attempt.")
    kept, replies, content = row[10:]
    marks = None if kept is None else tuple(AnswerMark(**each) for each in kept["marks"])
    given: Answers = {} if kept is None else kept["given"]
    values = [*row[:10], marks, given, _replies(replies), CONTENT.validate_python(content)]
    return Attempt(*values)


def _replies(rows: list[dict[str, Any]]) -> tuple[Reply, ...]:
    return tuple(
        Reply(row["text"], row["seconds"], tuple(RuleMark(**mark) for mark in row["marks"]))
        for row in rows
    )


async def _write(
    connection: AsyncConnection[Any], before: Attempt, after: Attempt, now: datetime
) -> None:
    """Store the step, the time it took, and the skill where it was passed: one transaction."""
    answers = None
    if after.marks is not None:
        answers = Jsonb({"marks": [asdict(mark) for mark in after.marks], "given": after.given})
    parameters = {
        "id": after.id,
        "agent_id": after.agent_id,
        "skill": after.skill,
        "level": after.content.level,
        "stage": after.stage,
        "spoke_at": after.spoke_at,
        "ended_at": after.ended_at,
        "answers": answers,
        "replies": Jsonb([asdict(reply) for reply in after.replies]),
        "evidence": f"attempt:{after.id}",
        "now": now,
    }
    await connection.execute(_SQL["step"], parameters)
    rows = await (await connection.execute(_SQL["counted"], parameters)).fetchall()
    counted = [Interval(*row) for row in rows]
    more = interval_until(before.last_at, now, counted, before.content.paid_minutes_max)
    if more is not None:
        span = {"started_at": more.started_at, "ended_at": more.ended_at}
        await connection.execute(_SQL["count_time"], parameters | span)
    if after.stage == "passed":
        await connection.execute(_SQL["qualify"], parameters)


async def _rows(pool: Pool, query: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    async with pool.connection() as connection:
        return await (await connection.execute(_SQL[query], parameters)).fetchall()


@dataclass(frozen=True, slots=True)
class Training:
    """The paid time of one attempt: the skill, what shows it, from when to when, seconds."""

    skill: str
    evidence: str
    started_at: datetime
    ended_at: datetime
    seconds: int


async def training_of(pool: Pool, agent_id: str, limit: int) -> list[Training]:
    """Return the agent's paid training, the latest first."""
    rows = await _rows(pool, "training_of", {"agent_id": agent_id, "limit": limit})
    return [Training(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """An attempt in a list."""

    id: str
    skill: str
    version: int
    stage: Stage
    started_at: datetime
    ended_at: datetime | None


async def attempts_of(
    pool: Pool, agent_id: str, *, before: datetime | None, limit: int
) -> list[PastAttempt]:
    """Return the agent's attempts, the latest first."""
    parameters = {"agent_id": agent_id, "before": before, "limit": limit}
    return [PastAttempt(*row) for row in await _rows(pool, "attempts_of", parameters)]


@dataclass(frozen=True, slots=True)
class SkillOverview:
    """A skill with the newest version of what qualifies for it, if there is one."""

    key: str
    name: Mapping[str, str]
    version: int | None
    at: datetime | None
    by: str | None
    note: str | None


async def qualification_overview(pool: Pool, limit: int) -> list[SkillOverview]:
    """Return every skill."""
    return [SkillOverview(*row) for row in await _rows(pool, "overview", {"limit": limit})]
