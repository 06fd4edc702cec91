"""A conversation's budget is one, whoever asks the model and whatever was killed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

import pytest

from alltid.assistant.dialogue.understander import Context, Heard, ReadingError
from alltid.assistant.model.budget import FAILURES_MOST, Budget, Prices, Spent
from alltid.assistant.model.provider import ModelOptions, ModelProvider
from alltid.assistant.model.spending import AGENT_SIDE, StoredSpending
from alltid.assistant.model.understander import ModelUnderstander
from alltid.storage.database import open_pool
from tests.hostile.endpoint import endpoint
from tests.support.writers import new_id

pytestmark = pytest.mark.anyio

THANKS = {"commands": [{"command": "small_talk", "talk": "thanks"}], "confidence": 1}
# What the endpoint says that each request cost.
TOKENS = 990
UNBOUNDED = Budget(10**9)


@asynccontextmanager
async def spending_of(database_url: str) -> AsyncIterator[StoredSpending]:
    """The books as one process has them, between its start and its end."""
    pool = await open_pool(database_url, min_size=1, max_size=4)
    try:
        yield StoredSpending(pool)
    finally:
        await pool.close()


def context(conversation_id: str) -> Context:
    return Context("hm", "en", date(2026, 11, 22), Heard("en"), conversation_id=conversation_id)


def provider(url: str, spending: StoredSpending, **budget: int) -> ModelProvider:
    options = ModelOptions(
        "openai:ill",
        url,
        "sk-of-a-test",
        budget=Budget(**{"tokens": 10**6} | budget),
        prices=Prices(1_000, 1_000),
    )
    return ModelProvider(options, spending=spending)


async def test_a_budget_holds_over_two_processes_and_a_restart(database_url: str) -> None:
    conversation = new_id()
    async with endpoint(commands=THANKS) as told:
        async with spending_of(database_url) as one, spending_of(database_url) as other:
            first = provider(told.url, one, tokens=TOKENS + 1)
            second = provider(told.url, other, tokens=TOKENS + 1)
            await ModelUnderstander(first, seconds=20).read(context(conversation))
            reading = await ModelUnderstander(second, seconds=20).read(context(conversation))
            assert reading.trace["spent_in_all"]["input_tokens"] == 2 * 900
            assert reading.trace["spent_in_all"]["requests"] == 2
            assert reading.trace["spent_in_all"]["cost_minor"] == 2
        async with spending_of(database_url) as again:
            third = provider(told.url, again, tokens=TOKENS + 1)
            for _ in range(5):
                with pytest.raises(ReadingError, match="budget"):
                    await ModelUnderstander(third).read(context(conversation))
            # It is no failure of the model's: others are still answered by it.
            await ModelUnderstander(third, seconds=20).read(context(new_id()))
            # Money ends a budget as tokens do.
            poor = provider(told.url, again, cost_minor=1)
            with pytest.raises(ReadingError, match="budget"):
                await ModelUnderstander(poor).read(context(conversation))
        for each in (first, second, third):
            await each.close()
    assert len(told.requests) == 3


async def test_what_was_broken_off_is_counted_too(database_url: str) -> None:
    conversation = new_id()
    async with endpoint(mood="dripping") as told, spending_of(database_url) as spending:
        asked = provider(told.url, spending)
        with pytest.raises(ReadingError, match="timeout"):
            await ModelUnderstander(asked, seconds=0.5).read(context(conversation))
        total = await asked.total(conversation)
        await asked.close()
    assert total.requests == 1
    assert total.input_tokens > 100


async def test_workers_side_by_side_reserve_no_more_than_there_is(database_url: str) -> None:
    conversation = new_id()
    async with spending_of(database_url) as one, spending_of(database_url) as other:
        booked = await asyncio.gather(
            *(
                spending.reserve(conversation, Spent(40, 0, 0, 1), Budget(100))
                for spending in (one, other) * 5
            )
        )
        assert booked.count(True) == 3
        assert await one.total(conversation) == Spent(120, 0, 0, 3)
        assert await other.settle(conversation, Spent(-20, 5, 7, 0)) == Spent(100, 5, 7, 3)
        # The agent's side has a budget of its own.
        agent = f"{AGENT_SIDE}{conversation}"
        assert await one.total(agent) == Spent()
        assert await one.reserve(agent, Spent(40, 0, 0, 1), Budget(100))


async def test_without_its_books_no_model_is_asked_and_none_is_blamed(database_url: str) -> None:
    async with endpoint(commands=THANKS) as told:
        async with spending_of(database_url) as spending:
            asked = provider(told.url, spending)
        # Nor is the one try of a resting model used up.
        asked.circuit.failures = FAILURES_MOST
        for _ in range(5):
            with pytest.raises(ReadingError, match="books"):
                await ModelUnderstander(asked).read(context(new_id()))
        assert await asked.total(new_id()) == Spent()
        await asked.close()
    assert told.requests == []
