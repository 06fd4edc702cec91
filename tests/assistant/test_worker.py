from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from alltid.assistant.answerer import Answer, Question
from alltid.assistant.wording import wording
from alltid.assistant.worker import ATTEMPTS_MAX, AssistantWorker
from alltid.conversations.commands import AnswerAsAssistant, Command, GiveUpAsAssistant
from alltid.conversations.store import DueTurn
from alltid.kernel.clock import ManualClock

pytestmark = pytest.mark.anyio


def due(name: str, *, text: str = "hej", attempts: int = 1) -> DueTurn:
    return DueTurn(name, 7, text, "sv", False, attempts, True, ())


class Turns:
    """Conversations that owe a word, and what was done to them."""

    def __init__(self, *owed: DueTurn, failures: int = 0) -> None:
        self.owed = list(owed)
        self.failures = failures
        self.claims = 0
        self.done: list[tuple[str, Command]] = []
        self.changed = asyncio.Event()

    async def claim_assistant_turns(
        self, worker: str, now: datetime, *, limit: int, lease_seconds: float
    ) -> Sequence[DueTurn]:
        self.claims += 1
        if self.failures:
            self.failures -= 1
            raise OSError("the database is away")
        claimed, self.owed = self.owed[:limit], self.owed[limit:]
        return claimed

    async def execute(self, conversation_id: str, command: Command, actor: str) -> Any:
        assert actor == "assistant"
        if conversation_id == "unstorable":
            raise OSError("the database is away")
        self.done.append((conversation_id, command))
        self.changed.set()

    async def until(self, count: int) -> None:
        while len(self.done) < count:
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), 30)


class Scripted:
    """Answers, fails or hangs, as the question's text says."""

    def __init__(self) -> None:
        self.at_once = self.most_at_once = 0

    async def answer(self, question: Question) -> Answer:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if question.text == "fail":
                raise ValueError("secret text")
            await asyncio.sleep(3600 if question.text == "hang" else 0.01)
            return Answer("" if question.text == "mute" else "svar", "sv", (), offer_human=False)
        finally:
            self.at_once -= 1


def worker_of(turns: Turns, answerer: Scripted, **limits: float) -> AssistantWorker:
    """A worker that waits for an answer longer than a busy machine needs for one."""
    return AssistantWorker(
        turns,
        answerer,
        ManualClock(),
        worker_id="w",
        company="Klarsund",
        assistant_name="Alva",
        **{"answer_seconds": 60.0, "sweep_seconds": 0.05, **limits},  # type: ignore[arg-type]
    )


async def run_until(turns: Turns, worker: AssistantWorker, count: int) -> None:
    running = asyncio.create_task(worker.run())
    await turns.until(count)
    worker.stop()
    await asyncio.wait_for(running, 30)


async def test_everybody_who_is_owed_a_word_gets_one_and_few_at_once() -> None:
    turns = Turns(*(due(str(n)) for n in range(30)))
    answerer = Scripted()
    await run_until(turns, worker_of(turns, answerer), 30)
    assert sorted(name for name, _ in turns.done) == sorted(str(n) for n in range(30))
    assert all(
        isinstance(command, AnswerAsAssistant)
        and (command.in_reply_to, command.text, command.assistant_name) == (7, "svar", "Alva")
        for _, command in turns.done
    )
    assert answerer.most_at_once <= 8


@pytest.mark.parametrize("text", ["fail", "hang", "mute"])
async def test_a_failed_slow_or_empty_answer_becomes_an_honest_apology(text: str) -> None:
    turns = Turns(due("a", text=text))
    await run_until(turns, worker_of(turns, Scripted(), answer_seconds=0.1), 1)
    command = turns.done[0][1]
    assert isinstance(command, AnswerAsAssistant)
    assert command.text == wording("sv").say("apology", "Klarsund")
    assert command.offers_human


async def test_what_fails_again_and_again_goes_to_a_person() -> None:
    turns = Turns(due("a", attempts=ATTEMPTS_MAX + 1))
    await run_until(turns, worker_of(turns, Scripted()), 1)
    assert turns.done == [("a", GiveUpAsAssistant(7))]


async def test_errors_of_the_store_don_t_stop_the_work() -> None:
    turns = Turns(due("unstorable"), due("b"), failures=2)
    await run_until(turns, worker_of(turns, Scripted()), 1)
    assert [name for name, _ in turns.done] == ["b"]


async def test_a_notice_wakes_it_before_the_sweep() -> None:
    turns = Turns()
    worker = worker_of(turns, Scripted(), sweep_seconds=60)
    running = asyncio.create_task(worker.run())
    await asyncio.sleep(0.05)
    turns.owed.append(due("a"))
    worker.wake()
    await turns.until(1)
    worker.stop()
    await asyncio.wait_for(running, 30)


async def test_an_answer_is_followed_by_no_vain_claim() -> None:
    turns = Turns(*(due(str(n)) for n in range(3)))
    worker = worker_of(turns, Scripted(), sweep_seconds=60)
    running = asyncio.create_task(worker.run())
    await turns.until(3)
    for _ in range(10):
        await asyncio.sleep(0)
    assert turns.claims == 1
    worker.stop()
    await asyncio.wait_for(running, 30)


async def test_cancelled_it_leaves_nothing_running() -> None:
    turns = Turns(due("a", text="hang"))
    answerer = Scripted()
    worker = AssistantWorker(
        turns, answerer, ManualClock(), worker_id="w", company="K", assistant_name="A"
    )
    running = asyncio.create_task(worker.run())
    await asyncio.sleep(0.05)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert answerer.at_once == 0
