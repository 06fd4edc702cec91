"""What the database says in the end, held against what everyone was told."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from alltid.conversations.codec import TYPES, decode
from alltid.conversations.conversation import Conversation, evolve
from alltid.conversations.events import Fact, MessageSent
from alltid.conversations.promises import Step, breaches
from alltid.conversations.transcript import items
from tests.support.client import AgentLine, Customer, Frame, Line


@dataclass(frozen=True, slots=True)
class Stored:
    """A fact of the log with the transaction that wrote it."""

    transaction: int
    fact: Fact


class Evidence:
    """Everything that is stored, read once."""

    def __init__(self, database_url: str) -> None:
        self.url = database_url
        self.log: dict[str, list[Stored]] = {}
        with psycopg.connect(database_url) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            rows = connection.execute(
                """SELECT stream_id::text, transaction_id::text::bigint, version, type, data, at
                FROM events WHERE type = ANY (%s) ORDER BY stream_id, version""",
                (list(TYPES),),
            ).fetchall()
            self.rows: dict[str, tuple[int, str]] = {
                row[0]: (row[1], row[2])
                for row in connection.execute("SELECT id::text, version, status FROM conversations")
            }
        for stream, transaction, version, kind, data, at in rows:
            stored = Stored(transaction, Fact(version, at, decode(kind, data)))
            self.log.setdefault(stream, []).append(stored)

    def facts(self, conversation: str | None) -> list[Fact]:
        return [stored.fact for stored in self.log.get(conversation or "", [])]

    def where(self) -> Mapping[str, list[tuple[str, int]]]:
        """Each message's client id, with every place where it is stored."""
        places: dict[str, list[tuple[str, int]]] = {}
        for stream, stored in self.log.items():
            for each in stored:
                event = each.fact.event
                if isinstance(event, MessageSent) and event.client_id is not None:
                    places.setdefault(event.client_id, []).append((stream, each.fact.version))
        return places

    # ---------------------------------------------------------------- what must be so

    def check_streams(self) -> None:
        """Versions count 1, 2, 3 without a gap, and the rows say what the log says."""
        assert set(self.rows) == set(self.log)
        for stream, stored in self.log.items():
            versions = [each.fact.version for each in stored]
            assert versions == list(range(1, len(versions) + 1)), stream
            state = Conversation()
            for each in stored:
                state = evolve(state, each.fact)
            assert self.rows[stream] == (state.version, state.status.value), stream

    def check_messages(self, lines: Iterable[Line], *, all_sent: bool = True) -> int:
        """Acknowledged messages are stored once, where they were said to be, in their order.

        Messages without acknowledgement may be stored, but not twice. Returns how many
        acknowledged messages were found.
        """
        where, found = self.where(), 0
        for line in lines:
            assert line.contradicted == []
            last: Counter[str] = Counter()
            for sent in line.messages():
                places = where.get(sent.client_id, [])
                assert len(places) <= 1, f"stored twice: {sent} at {places}"
                if all_sent and sent.client_id not in line.refused:
                    assert sent.client_id in line.acked, f"never acknowledged: {sent}"
                if sent.client_id not in line.acked:
                    continue
                assert places, f"acknowledged and lost: {sent}"
                [(stream, version)] = places
                assert line.acked[sent.client_id] == version, f"acknowledged elsewhere: {sent}"
                assert version > last[stream], f"out of order: {sent}"
                last[stream] = version
                found += 1
        known = {sent.client_id for line in lines for sent in line.messages()}
        assert set(where) <= known, "messages that nobody sent"
        return found

    def check_shown(self, customers: Sequence[Customer], agents: Sequence[AgentLine]) -> int:
        """Whoever came back again and again has seen each item once, in order."""
        for agent in agents:
            assert agent.repeated == []
        shown = 0
        for customer in customers:
            assert customer.repeated == []
            expected = items(self.facts(customer.conversation), "customer", lambda each: each)
            assert comparable(customer.items) == comparable(expected)
            shown += len(expected)
        return shown

    def check_promises(self) -> None:
        """The log, folded again transaction by transaction, breaks none of P1 to P4."""
        found = []
        for stream, stored in self.log.items():
            state = Conversation()
            for _, group in itertools.groupby(stored, key=lambda each: each.transaction):
                facts = [each.fact for each in group]
                before = state
                for fact in facts:
                    state = evolve(state, fact)
                found += [(stream, breach) for breach in breaches(Step(before, facts, state))]
        assert found == []

    def check_monitor(self, *, within_seconds: float = 60.0) -> None:
        """The live monitor has read the whole log and found nothing."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            deadline = time.monotonic() + within_seconds
            while True:
                [behind] = connection.execute(
                    """SELECT count(*) FROM events e, log_followers f
                    WHERE f.name = 'promise_monitor'
                    AND (e.transaction_id, e.position) > (f.transaction_id, f.position)"""
                ).fetchone() or (-1,)
                if behind == 0:
                    break
                assert time.monotonic() < deadline, f"the monitor is {behind} events behind"
                time.sleep(0.1)
            assert connection.execute("SELECT * FROM promise_breaches").fetchall() == []


def quiet(database_url: str) -> bool:
    """Whether the assistant owes nobody a word any more."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        owed = connection.execute(
            "SELECT 1 FROM conversations WHERE assistant_owes IS NOT NULL LIMIT 1"
        )
        return owed.fetchone() is None


@dataclass(frozen=True, slots=True)
class InLine:
    """A waiting conversation: the ticket that gives it its place, and its version."""

    conversation: str
    ticket: int
    version: int


def line_of(database_url: str) -> list[InLine]:
    """The waiting conversations in the order of their tickets, no two with the same."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        rows = connection.execute(
            """SELECT id::text, queue_ticket, version FROM conversations
            WHERE status = 'waiting' ORDER BY queue_ticket"""
        ).fetchall()
    assert len({row[1] for row in rows}) == len(rows), "two customers hold the same ticket"
    return [InLine(*row) for row in rows]


def check_line(database_url: str, before: Sequence[InLine], after: Sequence[InLine]) -> bool:
    """Whoever waited still waits with the same ticket, or was taken, or left by choice.

    Nobody came before them but whom an agent gave back to the place they had. Returns whether
    nobody left or came back; then everyone has the very same place.
    """
    tickets = {each.conversation: each.ticket for each in after}
    gone = [each for each in before if tickets.get(each.conversation) != each.ticket]
    held = {each.ticket for each in before}
    back = [each for each in after if held and each.ticket < max(held) and each.ticket not in held]
    with psycopg.connect(database_url, autocommit=True) as connection:
        for each in gone:
            rows = connection.execute(
                "SELECT type FROM events WHERE stream_id = %s AND version > %s",
                (each.conversation, each.version),
            ).fetchall()
            assert {"QueueLeft", "AgentJoined"} & {row[0] for row in rows}, f"{each} was lost"
        for each in back:
            [last] = connection.execute(
                """SELECT type FROM events WHERE stream_id = %s
                AND type IN ('HumanRequested', 'AgentJoined', 'ReturnedToQueue')
                ORDER BY version DESC LIMIT 1""",
                (each.conversation,),
            ).fetchone() or [None]
            assert last == "ReturnedToQueue", f"{each} pushed in"
    if gone or back:
        return False
    assert [each.ticket for each in after[: len(before)]] == [each.ticket for each in before]
    return True


def comparable(frames: Iterable[Mapping[str, Any]]) -> list[Frame]:
    """Items without what may differ between two looks (signed addresses of files)."""
    return [{key: frame[key] for key in frame if key != "attachments"} for frame in frames]
