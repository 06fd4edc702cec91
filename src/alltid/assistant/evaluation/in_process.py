"""The real assistant in this process: conversations in PostgreSQL, its worker, its turns.

A message goes the way that it goes in a running desk: the first look in the transaction that
stores it, a claim by the worker, the turn, the answer stored. Each conversation has books and a
clock of its own, so that many can go on side by side, and days can pass in one of them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import psycopg
from psycopg_pool import AsyncConnectionPool

from alltid.assistant.answerer import Answer, Answerer, Question, opening
from alltid.assistant.evaluation.target import Account, Handed, Meeting, Reply
from alltid.assistant.tools.tool import Principal
from alltid.assistant.understanding import wish_for_human
from alltid.assistant.worker import AssistantWorker
from alltid.conversations.aggregate import ConversationAggregate
from alltid.conversations.commands import Say
from alltid.conversations.conversation import Conversation
from alltid.conversations.customers import add_guest, keep_company_customer
from alltid.conversations.events import (
    Author,
    Chosen,
    Fact,
    HumanRequested,
    MessageSent,
    Source,
    Status,
)
from alltid.conversations.store import ConversationStore
from alltid.kernel.clock import Clock
from alltid.kernel.ids import IdSource
from alltid.kernel.tasks import end_tasks
from alltid.storage.group_writer import Committed, GroupWriter
from alltid.storage.queries import load_queries

_SQL: Final = load_queries("alltid.assistant.evaluation")
_NAME: Final = "Alva"
_FINISHED: Final = frozenset({Status.WAITING, Status.AGENT})


class CompanyBooks(Account, Protocol):
    """The company's books, and who its session says that the customer is."""

    @property
    def principal(self) -> Principal | None:
        """Return the principal; None for a guest."""
        ...


@dataclass(slots=True)
class ShiftedClock:
    """A clock that can be set ahead by days."""

    clock: Clock
    days: int = 0

    def now(self) -> datetime:
        """Return the moment."""
        return self.clock.now() + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class House:
    """The company whose assistant is talked to.

    `answerer` builds the assistant of one conversation around its books and clock; `articles`
    holds whole articles by address; `words` is what the company always says.
    """

    name: str
    books: Callable[[Clock, str], CompanyBooks]
    answerer: Callable[[CompanyBooks, Clock], Answerer]
    articles: Mapping[str, str]
    words: str


class InProcess:
    """The `Target` of an evaluation: an assistant at work in this process."""

    def __init__(
        self,
        house: House,
        pool: AsyncConnectionPool[Any],
        connect: Callable[[], Awaitable[psycopg.AsyncConnection[Any]]],
        clock: Clock,
        ids: IdSource,
    ) -> None:
        """Put it together; nothing runs before `start`."""
        self._house = house
        self._pool = pool
        self._clock = clock
        self._ids = ids
        writer_id = ids.new()
        self._writer = GroupWriter(
            ConversationAggregate(writer_id), connect, clock, on_commit=self._committed
        )
        self.store = ConversationStore(self._writer, pool)
        self._worker = AssistantWorker(
            self.store, self, clock,
            worker_id=writer_id, company=house.name, assistant_name=_NAME, at_once=16,
        )  # fmt: skip
        self._meetings: dict[str, InProcessMeeting] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to write and to answer."""
        self._tasks = [
            asyncio.create_task(self._writer.run(), name="writer"),
            asyncio.create_task(self._worker.run(), name="assistant"),
        ]

    async def close(self) -> None:
        """Stop both."""
        self._worker.stop()
        await self._writer.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*self._tasks), 5.0)
        await end_tasks(tuple(self._tasks))

    async def meet(self, customer: str, page: str) -> Meeting:
        """Open a conversation of a customer who has none yet. Raises NoSuchCustomer."""
        clock = ShiftedClock(self._clock)
        books = self._house.books(clock, customer)
        principal = books.principal
        if principal is None:
            customer_id = self._ids.new()
            await add_guest(self._pool, customer_id, self._clock.now())
        else:
            customer_id = await keep_company_customer(
                self._pool, principal.issuer, principal.subject, None, self._clock.now()
            )
        said = opening(page, self._house.name)
        conversation_id = await self.store.open_for(customer_id, page, said, _NAME)
        meeting = InProcessMeeting(
            self, conversation_id, customer_id, books, clock, self._house.answerer(books, clock)
        )
        self._meetings[conversation_id] = meeting
        return meeting

    def articles(self, source: Source) -> str | None:
        """Return a cited article's text."""
        return self._house.articles.get(source.url)

    def house_words(self) -> str:
        """Return what the company always says."""
        return self._house.words

    def left(self, conversation_id: str) -> None:
        """Forget a conversation."""
        self._meetings.pop(conversation_id, None)

    def new_id(self) -> str:
        """Return a new id."""
        return self._ids.new()

    async def answer(self, question: Question) -> Answer:
        """Answer as the assistant of that conversation; what the worker asks."""
        return await self._meetings[question.conversation_id].answerer.answer(question)

    async def record(self, trace_id: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return the trace and the packet of an answer."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_SQL["turn_record"], {"id": trace_id})
            found = await cursor.fetchone()
        return (found[0] or {}, found[1] or {}) if found else ({}, {})

    def _committed(self, commits: Sequence[Committed[Conversation, Fact]]) -> None:
        for commit in commits:
            before, after = commit.before.assistant_owes, commit.state.assistant_owes
            if after is not None and after != before:
                self._worker.wake()
            meeting = self._meetings.get(commit.stream_id)
            if meeting is not None:
                meeting.happened(commit)


@dataclass(slots=True)
class InProcessMeeting:
    """One customer's conversation with it."""

    target: InProcess
    conversation_id: str
    customer_id: str
    account: CompanyBooks
    clock: ShiftedClock
    answerer: Answerer
    today: str = ""
    _facts: list[Fact] = field(default_factory=list)
    _state: Conversation | None = None
    # What the agent is told is that of the newest answer.
    _packet: Mapping[str, Any] = field(default_factory=dict)
    _settled: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Note the day."""
        self.today = self.clock.now().date().isoformat()

    def happened(self, commit: Committed[Conversation, Fact]) -> None:
        """Note what was stored."""
        self._facts += commit.facts
        self._state = commit.state
        if commit.state.assistant_owes is None:
            self._settled.set()

    async def say(self, text: str, chosen: Chosen | None = None, *, recorded: bool = True) -> Reply:
        """Write or press, and wait until the assistant owes no word."""
        self._facts.clear()
        self._settled.clear()
        command = Say(
            self.target.new_id(), text,
            wants_human=chosen is None and wish_for_human(text).wanted, chosen=chosen,
        )  # fmt: skip
        began = time.perf_counter()
        await self.target.store.execute(
            self.conversation_id, command, f"customer:{self.customer_id}"
        )
        await self._settled.wait()
        return await self._reply(time.perf_counter() - began, recorded=recorded)

    async def pass_days(self, days: int) -> None:
        """Set this conversation's clock ahead."""
        self.clock.days += days

    async def close(self) -> None:
        """Leave."""
        self.target.left(self.conversation_id)

    async def _reply(self, seconds: float, *, recorded: bool) -> Reply:
        said = [
            (fact.version, fact.event)
            for fact in self._facts
            if isinstance(fact.event, MessageSent) and fact.event.author is Author.ASSISTANT
        ]
        asked = [fact.event for fact in self._facts if isinstance(fact.event, HumanRequested)]
        waiting = self._state is not None and self._state.status in _FINISHED
        version, last = said[-1] if said else (0, None)
        trace, packet = await self._record(last) if recorded else ({}, {})
        self._packet = packet or self._packet
        handed = asked[-1] if asked else None
        return Reply(
            "\n".join(event.text for _version, event in said) or None,
            trace.get("language"),
            version,
            last.card if last else None,
            tuple(source for _version, event in said for source in event.sources),
            last is not None and last.offers_human,
            waiting,
            Handed(str(handed.how), handed.because, handed.skill, self._packet) if handed else None,
            _playbooks(trace, packet),
            trace.get("asks"),
            trace.get("slots") or {},
            trace,
            seconds,
            *_spent(trace),
        )

    async def _record(
        self, last: MessageSent | None
    ) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        if last is None or last.trace_id is None:
            return {}, {}
        return await self.target.record(last.trace_id)


def _playbooks(trace: Mapping[str, Any], packet: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the procedures that were open or begun in a turn, also those that ended in it."""
    begun = [
        str(command.get("playbook"))
        for reading in trace.get("readings") or ()
        for command in reading.get("commands") or ()
        if command.get("playbook")
    ]
    tried = [each["name"] for each in packet.get("tried") or () if each.get("kind") == "playbook"]
    return tuple(dict.fromkeys([*(trace.get("playbooks") or ()), *begun, *tried]))


def _spent(trace: Mapping[str, Any]) -> tuple[int, int]:
    """Return tokens and cost (minor units) of a turn's requests, wherever the trace has them."""
    tokens = cost = 0
    waiting: list[Any] = [trace]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Mapping):
            of_request = part.get("spent")
            if isinstance(of_request, Mapping):
                tokens += sum(
                    _whole(of_request.get(f"{way}_tokens")) for way in ("input", "output")
                )
                cost += _whole(of_request.get("cost_minor"))
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    return tokens, cost


def _whole(value: Any) -> int:
    return int(value) if isinstance(value, int | float) else 0
