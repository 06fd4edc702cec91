"""What stands beside a conversation: notes, questions to a lead, handovers, unmaskings.

Only colleagues see any of it. Each row is written once under an id that its sender makes, so
sending again stores nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, LiteralString

from psycopg_pool import AsyncConnectionPool

from alltid.conversations.masking import mask
from alltid.kernel.refusal import Refused
from alltid.storage.queries import load_queries

SQL: Final = load_queries("alltid.conversations", "beside.sql")
NOTES_MOST: Final = 200
QUESTIONS_MOST: Final = 20
UNMASKINGS_AN_HOUR: Final = 120
SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Note:
    """A colleague's words about a conversation."""

    id: str
    author: str
    name: str | None
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """What an agent asked a lead, with the answer when there is one."""

    id: str
    asked_by: str
    name: str | None
    question: str
    asked_at: datetime
    lead: str | None
    answer: str | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question as leads list it."""

    id: str
    conversation: str
    name: str | None
    question: str
    asked_at: datetime
    lead: str | None
    answer: str | None
    answered_at: datetime | None
    customer: str | None
    language: str


@dataclass(frozen=True, slots=True)
class Handover:
    """Who handed a conversation over, to whom or to which skill, and with what words."""

    by: str
    name: str | None
    to_agent: str | None
    to_skill: str | None
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Unmasking:
    """Who looked at what kind of personal data, where, when and why."""

    id: int
    conversation: str
    version: int
    kind: str
    name: str | None
    as_lead: bool
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Unchecked:
    """An unmasking that the watch over P8 has not looked at yet."""

    id: int
    conversation: str
    version: int
    by: str
    as_lead: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """What the company's token said of the customer; a guest is known by nothing."""

    signed_in: bool
    name: str | None
    entitlements: tuple[str, ...]


class Beside:
    """Reads and writes it, through the pool."""

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        """Stand on an open pool."""
        self._pool = pool

    # ------------------------------------------------------------ notes

    async def add_note(
        self, note_id: str, conversation_id: str, author: str, text: str, now: datetime
    ) -> None:
        """Keep a note; raises Refused `notes_full` beyond NOTES_MOST."""
        rows = await self.rows(
            "add_note",
            id=note_id, conversation_id=conversation_id, author=author, text=text,
            now=now, most=NOTES_MOST,
        )  # fmt: skip
        if not rows:
            raise Refused("notes_full", f"A conversation has at most {NOTES_MOST} notes.")

    async def notes(self, conversation_id: str, reader_id: str | None) -> list[Note]:
        """Return the newest notes, oldest first, masked for all but their author."""
        rows = await self.rows("notes", conversation_id=conversation_id, limit=SHOWN)
        return [
            Note(row[0], row[1], row[2], _for(reader_id, row[1], row[3]), row[4])
            for row in reversed(rows)
        ]

    # ------------------------------------------------------------ questions to a lead

    async def ask(
        self, question_id: str, conversation_id: str, agent_id: str, text: str, now: datetime
    ) -> None:
        """Keep a question; raises Refused `questions_full` beyond QUESTIONS_MOST."""
        rows = await self.rows(
            "add_question",
            id=question_id, conversation_id=conversation_id, asked_by=agent_id, question=text,
            now=now, most=QUESTIONS_MOST,
        )  # fmt: skip
        if not rows:
            message = f"A conversation has at most {QUESTIONS_MOST} questions."
            raise Refused("questions_full", message)

    async def answer(self, question_id: str, lead_id: str, text: str, now: datetime) -> str:
        """Keep a lead's answer and return the conversation's id; the first answer counts."""
        rows = await self.rows("answer_question", id=question_id, by=lead_id, answer=text, now=now)
        if rows:
            return str(rows[0][0])
        known = await self.rows("question", id=question_id)
        if not known:
            raise Refused("no_such_question", "There is no such question.")
        if known[0][1] == text:
            return str(known[0][0])
        raise Refused("answered_already", "Another lead has answered this a moment ago.")

    async def questions_of(self, conversation_id: str, reader_id: str | None) -> list[Question]:
        """Return a conversation's questions, oldest first, masked but for who asked."""
        rows = await self.rows(
            "questions_of", conversation_id=conversation_id, limit=QUESTIONS_MOST
        )
        return [
            replace(
                each,
                question=_for(reader_id, each.asked_by, each.question),
                answer=_hidden(each.answer),
            )
            for each in (Question(*row) for row in rows)
        ]

    async def questions(
        self, *, open_only: bool, before: datetime | None, limit: int
    ) -> list[OpenQuestion]:
        """Return leads' list: open ones oldest first, or answered ones newest first."""
        rows = await self.rows("questions", open=open_only, before=before, limit=limit)
        return [
            replace(
                each,
                question=mask(each.question).text,
                answer=_hidden(each.answer),
                customer=_hidden(each.customer),
            )
            for each in (OpenQuestion(*row) for row in rows)
        ]

    # ------------------------------------------------------------ handing over

    async def hand_over(
        self,
        handover_id: str,
        conversation_id: str,
        agent_id: str,
        *,
        to_agent: str | None,
        to_skill: str | None,
        note: str,
        now: datetime,
    ) -> None:
        """Note for the dispatcher and the next one where the conversation goes."""
        async with self._pool.connection() as connection, connection.transaction():
            common: dict[str, Any] = {"conversation_id": conversation_id, "now": now}
            await connection.execute(
                SQL["add_handover"],
                common | {
                    "id": handover_id, "by": agent_id, "to_agent": to_agent,
                    "to_skill": to_skill, "note": note,
                },
            )  # fmt: skip
            if to_skill is not None:
                wanted = {"skill": to_skill, "level": 1, "by": f"agent:{agent_id}"}
                await connection.execute(SQL["needs_skill"], common | wanted)

    async def needs_skill(self, conversation_id: str, skill: str, by: str) -> None:
        """Note which skill the conversation's request for a person needs from now on."""
        parameters = {"conversation_id": conversation_id, "skill": skill, "level": 1, "by": by}
        async with self._pool.connection() as connection:
            await connection.execute(SQL["needs_skill"], parameters)

    async def handovers(self, conversation_id: str) -> list[Handover]:
        """Return the latest handovers, newest first, their notes masked."""
        rows = await self.rows("handovers", conversation_id=conversation_id, limit=10)
        return [
            replace(each, note=mask(each.note).text) for each in (Handover(*row) for row in rows)
        ]

    async def skills(self) -> list[tuple[str, dict[str, str], int]]:
        """Return (key, name by language, level) of every skill; at most 200."""
        return [(row[0], row[1], row[2]) for row in await self.rows("skills", limit=200)]

    async def online_colleagues(self, agent_id: str) -> list[tuple[str, str, list[str]]]:
        """Return (id, name, languages) of others who are online and not paused; at most 200."""
        rows = await self.rows("online_colleagues", agent_id=agent_id, limit=200)
        return [(row[0], row[1], row[2]) for row in rows]

    async def is_online(self, agent_id: str) -> bool:
        """Tell whether an agent is online and not paused."""
        return bool(await self.rows("online_colleague", agent_id=agent_id))

    # ------------------------------------------------------------ unmasking

    async def record_unmasking(
        self,
        conversation_id: str,
        version: int,
        index: int,
        kind: str,
        *,
        by: str,
        as_lead: bool,
        reason: str,
        now: datetime,
    ) -> None:
        """Write down who looks; raises Refused `too_often` beyond UNMASKINGS_AN_HOUR."""
        rows = await self.rows(
            "record_unmasking",
            conversation_id=conversation_id, version=version, mask_index=index, kind=kind, by=by,
            as_lead=as_lead, reason=mask(reason).text[:200], now=now, most=UNMASKINGS_AN_HOUR,
        )  # fmt: skip
        if not rows:
            message = "You have shown very much in the last hour. Ask a lead if you need more."
            raise Refused("too_often", message)

    async def unmaskings(
        self, *, conversation_id: str | None, before: int | None, limit: int
    ) -> list[Unmasking]:
        """Return unmaskings, newest first."""
        rows = await self.rows(
            "unmaskings", conversation_id=conversation_id, before=before, limit=limit
        )
        return [Unmasking(*row) for row in rows]

    async def unchecked(self, limit: int) -> list[Unchecked]:
        """Return unmaskings that nobody has held against P8 yet."""
        return [Unchecked(*row) for row in await self.rows("unchecked_unmaskings", limit=limit)]

    async def checked(self, unmasking_id: int, now: datetime) -> None:
        """Note that P8 was looked at."""
        async with self._pool.connection() as connection:
            await connection.execute(SQL["unmasking_checked"], {"id": unmasking_id, "now": now})

    # ------------------------------------------------------------ the customer

    async def customer(self, customer_id: str) -> CustomerFacts:
        """Return what is known of a customer, a name that holds an address masked."""
        rows = await self.rows("customer", id=customer_id)
        if not rows:
            return CustomerFacts(signed_in=False, name=None, entitlements=())
        kind, name, entitlements = rows[0]
        masked = tuple(mask(each).text for each in entitlements)
        return CustomerFacts(kind == "company", _hidden(name), masked)

    async def rows(self, query: str, **parameters: object) -> Sequence[Any]:
        """Ask one of this module's queries."""
        return await _rows(self._pool, SQL[query], parameters)


async def _rows(
    pool: AsyncConnectionPool[Any], query: LiteralString, parameters: dict[str, object]
) -> Sequence[Any]:
    async with pool.connection() as connection:
        rows: Sequence[Any] = await (await connection.execute(query, parameters)).fetchall()
        return rows


def _for(reader_id: str | None, author: str, text: str) -> str:
    return text if author == reader_id else mask(text).text


def _hidden(text: str | None) -> str | None:
    return None if text is None else mask(text).text
