"""The assistant dies over an answer: another process answers, or a person takes over."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from alltid.conversations.events import Author, MessageSent
from alltid.storage.embedded_postgres import EmbeddedPostgres
from tests.faults.conftest import Tell
from tests.faults.crowd import Crowd
from tests.faults.evidence import Evidence
from tests.support.client import Customer
from tests.support.server import HURRIED_ENTRY, Server

pytestmark = [pytest.mark.anyio, pytest.mark.fault, pytest.mark.timeout(600)]

CUSTOMERS = 6
SECRET = "one secret for both processes of this desk, long enough"


async def test_another_process_answers(
    own_postgres: EmbeddedPostgres, memory_folder: Path, seed: int, tell: Tell
) -> None:
    def desk(**environment: str) -> Server:
        return Server(
            memory_folder / uuid4().hex[:8],
            database_url=own_postgres.url_of("alltid"),
            entry=HURRIED_ENTRY,
            ALLTID_SECRET_KEY=SECRET,
            **environment,
        )

    crowd = Crowd(seed)
    with desk(TEST_ASSISTANT="stuck") as first:
        await crowd.arrive(first, CUSTOMERS)
        await crowd.rest()
        try:
            for customer in crowd.customers:
                customer.say("När förfaller min faktura?")
            await crowd.all_settled()
            await asyncio.to_thread(_until_leased, first)
            first.kill()
            with desk() as second:
                began = time.monotonic()
                for line in crowd.lines:
                    line.url = line.url.replace(first.ws, second.ws)
                    if "Origin" in line.headers:
                        line.headers = {**line.headers, "Origin": second.http}
                await crowd.all_present()
                await crowd.all_quiet(second)
                tell(f"{CUSTOMERS} answered by another {time.monotonic() - began:.1f} s later")
                evidence = Evidence(second.database_url)
                evidence.check_streams()
                evidence.check_messages(crowd.lines)
                evidence.check_shown(crowd.customers, crowd.agents)
                evidence.check_promises()
                for customer in crowd.customers:
                    assert _answers(evidence, customer) == 1
                await crowd.leave()
        finally:
            await crowd.leave()


async def test_overdue_words_go_to_a_person(memory_folder: Path, seed: int, tell: Tell) -> None:
    crowd = Crowd(seed)
    server = Server(memory_folder / uuid4().hex[:8], entry=HURRIED_ENTRY, TEST_ASSISTANT="absent")
    with server:
        await crowd.arrive(server, CUSTOMERS)
        await crowd.rest()
        try:
            began = time.monotonic()
            for customer in crowd.customers:
                customer.say("När förfaller min faktura?")
            for customer in crowd.customers:
                await customer.until(lambda c=customer: c.place is not None, 60)  # type: ignore[misc]
                assert customer.status == "waiting"
                [asked] = [each for each in customer.items if each["kind"] == "human_requested"]
                assert asked["how"] == "assistant_failed"
            tell(f"{CUSTOMERS} in the human queue {time.monotonic() - began:.1f} s after asking")
            agent = crowd.agents[0]
            agent.go_online()
            await agent.until(lambda: len(agent.waiting) == CUSTOMERS)
            agent.take(agent.waiting[0]["conversation"])
            await agent.settled()
            evidence = Evidence(server.database_url)
            evidence.check_streams()
            evidence.check_promises()
            await asyncio.to_thread(evidence.check_monitor)
        finally:
            await crowd.leave()


def _until_leased(server: Server) -> None:
    """Wait until the assistant has been at work on every answer, however long ago."""
    deadline = time.monotonic() + 60
    with psycopg.connect(server.database_url, autocommit=True) as connection:
        while True:
            row = connection.execute(
                "SELECT count(*) FROM conversations WHERE lease_attempts > 0"
            ).fetchone()
            if row == (CUSTOMERS,):
                return
            assert time.monotonic() < deadline, row
            time.sleep(0.05)


def _answers(evidence: Evidence, customer: Customer) -> int:
    return sum(
        isinstance(fact.event, MessageSent)
        and fact.event.author is Author.ASSISTANT
        and fact.event.in_reply_to is not None
        for fact in evidence.facts(customer.conversation)
    )
