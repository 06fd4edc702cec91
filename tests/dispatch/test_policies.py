"""The policy in force: never one that breaks a promise, and always the same for everybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.dispatch.policies import CHANNEL, FIRST_REASON, PolicyBook, changes
from alltid.dispatch.policy import Policy, PolicyRefused
from alltid.kernel.clock import ManualClock
from alltid.kernel.refusal import Refused
from alltid.storage.database import connect, open_pool
from alltid.storage.notifications import Listener
from tests.support.writers import query

pytestmark = pytest.mark.anyio
SHORTER = {**Policy().content(), "offer_seconds": 30}


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Any]:
    pool = await open_pool(database_url, min_size=1, max_size=4)
    yield pool
    await pool.close()


@pytest.fixture
async def book(pool: Any) -> PolicyBook:
    book = PolicyBook(pool, ManualClock())
    await book.start()
    return book


async def test_a_new_desk_has_a_policy_from_its_first_moment(pool: Any, database_url: str) -> None:
    books = [PolicyBook(pool, ManualClock(), Policy.within(seconds)) for seconds in (180, 60, 90)]
    await asyncio.gather(*(book.start() for book in books))
    assert len({book.current.id for book in books}) == 1
    assert query(database_url, "SELECT policy_id, by, reason FROM policy_choices") == [
        (books[0].current.id, "system:desk", FIRST_REASON)
    ]


async def test_a_choice_is_recorded_with_who_and_why_and_what_changed(book: PolicyBook) -> None:
    first = book.current
    chosen = await book.choose(
        SHORTER, reason=" More time to read ", by="agent:x", replaces=first.id
    )
    assert book.current == chosen == Policy(offer_seconds=30)
    latest, oldest = await book.history(before=None, limit=10)
    assert (latest.by, latest.reason, latest.policy_id) == (
        "agent:x",
        "More time to read",
        chosen.id,
    )
    assert [(each.setting, each.before, each.after) for each in latest.changes] == [
        ("offer_seconds", 20, 30)
    ]
    assert oldest.changes == ()
    assert await book.history(before=latest.id, limit=10) == [oldest]


async def test_a_policy_that_breaks_a_promise_changes_nothing(book: PolicyBook) -> None:
    bad = {**Policy().content(), "offer_seconds": 5, "maximum_age_seconds": 500}
    with pytest.raises(PolicyRefused) as refused:
        await book.choose(bad, reason="quicker", by="agent:x", replaces=book.current.id)
    problems = refused.value.problems
    assert [each.setting for each in problems] == ["offer_seconds", "maximum_age_seconds"]
    assert len(await book.history(before=None, limit=10)) == 1


async def test_who_saw_another_policy_is_asked_to_look_again(book: PolicyBook) -> None:
    first = book.current.id
    await book.choose(SHORTER, reason="first", by="agent:x", replaces=first)
    with pytest.raises(Refused) as refused:
        await book.choose(Policy().content(), reason="late", by="agent:y", replaces=first)
    assert refused.value.code == "policy_changed"
    with pytest.raises(Refused) as refused:
        await book.choose(Policy().content(), reason="  ", by="agent:y", replaces=book.current.id)
    assert refused.value.code == "reason_needed"


async def test_the_same_policy_again_is_no_choice(book: PolicyBook) -> None:
    current = book.current
    await book.choose(current.content(), reason="none", by="agent:x", replaces=current.id)
    assert len(await book.history(before=None, limit=10)) == 1


async def test_other_processes_use_a_new_policy_at_once(
    book: PolicyBook, pool: Any, database_url: str
) -> None:
    other = PolicyBook(pool, ManualClock())
    await other.start()
    listening, told = asyncio.Event(), asyncio.Event()

    def noticed(notice: Any) -> None:
        other.noticed(notice)
        told.set()

    listener = Listener(lambda: connect(database_url), {CHANNEL: noticed}, listening.set)
    task = asyncio.create_task(listener.run())
    await asyncio.wait_for(listening.wait(), 10)
    chosen = await book.choose(SHORTER, reason="read", by="agent:x", replaces=book.current.id)
    await asyncio.wait_for(told.wait(), 10)
    assert await other.refresh() == chosen
    task.cancel()


@given(st.integers(1, 86_400))
def test_any_service_level_has_a_first_policy(seconds: int) -> None:
    policy = Policy.within(seconds)
    assert policy.service_level_seconds == min(max(seconds, 20), 3600)
    assert Policy.within(180) == Policy()


def test_settings_that_came_later_count_as_their_default() -> None:
    assert changes({}, {"offer_seconds": 30})[0].before == 20
    assert changes(None, {}) == ()
