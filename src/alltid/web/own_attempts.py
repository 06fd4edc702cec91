"""A qualification as the one who tries it sees it: never the right answers before the marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel

from alltid.agents.people import skills_of
from alltid.agents.qualification import AnswerMark, RuleMark, said
from alltid.agents.qualifications import (
    TRIES_MAX,
    Attempt,
    Stage,
    newest_versions,
    open_attempt,
    tries_left,
)


class QuestionShown(BaseModel):
    """A question; `options` only where one chooses. `given` is what was answered."""

    id: str
    text: str
    options: list[str]
    several: bool
    given: Sequence[int] | str | None
    mark: AnswerMark | None


class TurnShown(BaseModel):
    """What the customer said, what was replied, how quickly, and each rule's mark.

    `reply_within` is the time in seconds that a rule asks for, if one does.
    """

    says: str
    reply_within: int | None
    reply: str | None
    seconds: int | None
    marks: list[RuleMark]


class AttemptShown(BaseModel):
    """An attempt at its stage: the questions, then the practice turn by turn, then the result."""

    id: str
    skill: str
    version: int
    language: str
    stage: Stage
    started_at: datetime
    ended_at: datetime | None
    introduction: str
    questions: list[QuestionShown]
    questions_percent: int
    customer: str
    scene: str
    turns: list[TurnShown]
    turns_in_all: int
    practice_percent: int

    @classmethod
    def of(cls, attempt: Attempt) -> AttemptShown:
        """Show an attempt, with the turns that the conversation has come to."""
        content, language = attempt.content, attempt.language
        return cls(
            id=attempt.id,
            skill=attempt.skill,
            version=attempt.version,
            language=language,
            stage=attempt.stage,
            started_at=attempt.started_at,
            ended_at=attempt.ended_at,
            introduction=said(content.introduction, language),
            questions=_questions(attempt),
            questions_percent=content.questions_percent,
            customer=content.customer,
            scene=said(content.scene, language),
            turns=_turns(attempt),
            turns_in_all=len(content.turns),
            practice_percent=content.practice_percent,
        )


class QualificationShown(BaseModel):
    """What it takes to qualify, before one begins."""

    version: int
    level: int
    introduction: Mapping[str, str]
    questions: int
    turns: int
    paid_minutes_max: int
    tries_left: int


class SkillShown(BaseModel):
    """A skill, my level in it (none without), and how to qualify for it."""

    key: str
    name: Mapping[str, str]
    level: int | None
    open_attempt: str | None
    qualification: QualificationShown | None


async def skills_shown(
    pool: AsyncConnectionPool[AsyncConnection[Any]], agent_id: str, now: datetime
) -> list[SkillShown]:
    """Return every skill as the agent's page shows it."""
    left, at = await tries_left(pool, agent_id, now), await open_attempt(pool, agent_id)
    shown = []
    for skill in await skills_of(pool, agent_id):
        newest = None
        if skill.version is not None:
            version = (await newest_versions(pool, skill.key, 1))[0]
            content = version.content
            newest = QualificationShown(
                version=version.version,
                level=content.level,
                introduction=content.introduction,
                questions=len(content.questions),
                turns=len(content.turns),
                paid_minutes_max=content.paid_minutes_max,
                tries_left=left.get(skill.key, TRIES_MAX),
            )
        shown.append(
            SkillShown(
                key=skill.key,
                name=skill.name,
                level=skill.level,
                open_attempt=at[0] if at is not None and at[1] == skill.key else None,
                qualification=newest,
            )
        )
    return shown


def _questions(attempt: Attempt) -> list[QuestionShown]:
    marks = {mark.question: mark for mark in attempt.marks or ()}
    shown = []
    for question in attempt.content.questions:
        choice = question if question.kind == "choice" else None
        shown.append(
            QuestionShown(
                id=question.id,
                text=said(question.text, attempt.language),
                options=[said(each, attempt.language) for each in choice.options] if choice else [],
                several=choice is not None and len(choice.right) > 1,
                given=attempt.given.get(question.id),
                mark=marks.get(question.id),
            )
        )
    return shown


def _turns(attempt: Attempt) -> list[TurnShown]:
    come_to = len(attempt.replies) + (attempt.stage == "practice")
    shown = []
    for turn, reply in zip(attempt.content.turns[:come_to], [*attempt.replies, None], strict=False):
        shown.append(
            TurnShown(
                says=said(turn.says, attempt.language),
                reply_within=next((rule.seconds for rule in turn.rules if rule.seconds), None),
                reply=reply.text if reply else None,
                seconds=reply.seconds if reply else None,
                marks=list(reply.marks) if reply else [],
            )
        )
    return shown
