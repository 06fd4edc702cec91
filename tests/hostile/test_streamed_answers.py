"""Answers that are seen while a model writes them, through a real endpoint and whole desks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from alltid.assistant.model.sentences import sentences_of
from tests.hostile.endpoint import Endpoint, endpoint
from tests.hostile.world import FALSE_AMOUNT
from tests.support.client import Customer, Frame
from tests.support.desk import RunningDesk

pytestmark = pytest.mark.anyio

QUESTION = "How can I pay an invoice, and which ways are there?"
ASKS = {"commands": [{"command": "ask_knowledge", "query": QUESTION}], "confidence": 1}
LIE = f"You still owe {FALSE_AMOUNT} EUR. [1]"


def first_sentence(passages: Sequence[str]) -> str:
    return sentences_of(passages[0])[0]


def honest(passages: list[str]) -> list[str | None]:
    """The passage's first two sentences, with a pause between."""
    one, two = sentences_of(passages[0])[:2]
    return [f"{one} [1] ", f"{two} [1] You can then", None]


def lying(passages: list[str]) -> list[str | None]:
    return [f"{first_sentence(passages)} [1] You can pay now", None, f". {LIE} And so on and on"]


def broken_off(passages: list[str]) -> list[str | None]:
    return [f"{first_sentence(passages)} [1] You can pay", None, " like"]


@contextmanager
def desks(database_url: str, told: Endpoint) -> Iterator[RunningDesk]:
    """The process that customers reach, of a desk whose assistant works in another one."""
    more: dict[str, Any] = {
        "model": "openai:ill",
        "model_base_url": told.url,
        "model_api_key": SecretStr("sk-of-a-test"),
    }
    with RunningDesk(database_url, **more) as near, RunningDesk(database_url, **more):
        near.later(near.desk.assistant.stop)
        yield near


@asynccontextmanager
async def customer_of(desk: RunningDesk) -> AsyncIterator[tuple[Customer, list[Frame]]]:
    """A customer who has seen the beginning of an answer, and all the frames that came."""
    async with httpx.AsyncClient(base_url=desk.origin) as http:
        customer = await Customer.arrive(http, desk.ws, "en")
        frames: list[Frame] = []
        customer.on_frame = frames.append
        customer.begin()
        await customer.present.wait()
        customer.say(QUESTION)
        await customer.until(lambda: bool(drafts(frames)))
        assert answers(customer) == []
        try:
            yield customer, frames
        finally:
            await customer.leave()


def drafts(frames: list[Frame]) -> list[str]:
    return [each["text"] for each in frames if each["type"] == "draft"]


def taken_back(frames: list[Frame]) -> bool:
    """Whether nothing followed the first draft: at most its end, if that came before the answer."""
    return set(drafts(frames)[1:]) <= {""}


def answers(customer: Customer) -> list[Frame]:
    return [each for each in customer.items if each.get("author") == "assistant"][1:]


async def test_what_is_seen_of_an_answer_is_true_and_what_is_not_stored_is_taken_back(
    database_url: str,
) -> None:
    async with endpoint(commands=ASKS) as told:
        with desks(database_url, told) as near:
            await _grows(near, told)
            await _lies(near, told)
            await _comes_too_late(near, told)
            for mood in ("stalling", "torn", "muddled"):
                await _breaks_off(near, told, mood)


async def _grows(near: RunningDesk, told: Endpoint) -> None:
    """A sentence is seen in another process before the answer is stored."""
    told.writes = honest
    async with customer_of(near) as (customer, frames):
        told.go.set()
        await customer.until(lambda: bool(answers(customer)))
    message = answers(customer)[0]["text"]
    assert all(message.startswith(each) for each in drafts(frames))
    assert len(drafts(frames)[0]) < len(message)


async def _lies(near: RunningDesk, told: Endpoint) -> None:
    """The second sentence is never seen; the first is taken back, and the passage quoted."""
    told.writes = lying
    async with customer_of(near) as (customer, frames):
        told.go.set()
        await customer.until(lambda: bool(answers(customer)))
    assert drafts(frames)[0]
    assert taken_back(frames)
    assert FALSE_AMOUNT not in str(frames)
    assert answers(customer)[0]["text"].startswith(drafts(frames)[0])
    assert answers(customer)[0]["sources"]


async def _comes_too_late(near: RunningDesk, told: Endpoint) -> None:
    """The customer wrote on meanwhile: that is answered, and nothing is left of the draft."""
    told.writes = honest
    async with customer_of(near) as (customer, frames):
        told.commands = {"commands": [{"command": "small_talk", "talk": "thanks"}]}
        second = customer.say("oh well, thank you anyway, I found it")
        await customer.until(lambda: customer.message(second) is not None)
        seen = len(frames)
        told.go.set()
        await customer.until(lambda: bool(answers(customer)))
        told.commands = ASKS
    assert [each for each in drafts(frames[seen:]) if each] == []
    assert len(answers(customer)) == 1


async def _breaks_off(near: RunningDesk, told: Endpoint, mood: str) -> None:
    """In the middle of a sentence: what was seen is taken back, and the passage quoted."""
    told.writes, told.streams = broken_off, mood
    async with customer_of(near) as (customer, frames):
        told.go.set()
        await customer.until(lambda: bool(answers(customer)))
    told.streams = None
    assert drafts(frames)[0]
    assert taken_back(frames), mood
    assert answers(customer)[0]["text"].startswith(drafts(frames)[0])
    assert answers(customer)[0]["sources"]
