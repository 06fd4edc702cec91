"""The assistant at work: whoever is owed a word by the assistant gets one.

Conversations in which the assistant owes a word are leased in batches, answered side by
side, and answered under the version of the message they reply to. A lease that is lost on
the way is harmless: an answer to a message that was answered meanwhile changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

import structlog

from alltid.assistant.answerer import Answer, Answerer, Question, apology
from alltid.conversations.commands import AnswerAsAssistant, Command, GiveUpAsAssistant
from alltid.conversations.conversation import TEXT_LIMIT
from alltid.conversations.store import DueTurn
from alltid.kernel.clock import Clock

log = structlog.get_logger(__name__)

SWEEP_SECONDS: Final = 1.0
ANSWER_SECONDS: Final = 8.0
# Longer than an answer and its storing may take, so that no two workers meet by design.
LEASE_SECONDS: Final = 20.0
AT_ONCE: Final = 8
# After so many claims that came to nothing, a person takes over.
ATTEMPTS_MAX: Final = 3
STOP_SECONDS: Final = 10.0
ACTOR: Final = "assistant"


class Turns(Protocol):
    """What the worker needs of the conversations; `ConversationStore` has it."""

    async def claim_assistant_turns(
        self, worker: str, now: datetime, *, limit: int, lease_seconds: float
    ) -> Sequence[DueTurn]:
        """Lease up to `limit` conversations in which the assistant owes a word."""
        ...

    async def execute(self, conversation_id: str, command: Command, actor: str) -> Any:
        """Do one command durably."""
        ...


class AssistantWorker:
    """Answers in the assistant's name until told to stop. Any number may run side by side."""

    def __init__(  # noqa: PLR0913  its parts and its limits, each by name
        self,
        turns: Turns,
        answerer: Answerer,
        clock: Clock,
        *,
        worker_id: str,
        company: str,
        assistant_name: str,
        at_once: int = AT_ONCE,
        answer_seconds: float = ANSWER_SECONDS,
        sweep_seconds: float = SWEEP_SECONDS,
        on_writing: Callable[[str], None] = lambda _conversation_id: None,
    ) -> None:
        """Claim from `turns` as `worker_id`, and answer with `answerer`.

        `on_writing` is told of each conversation in which an answer is being written.
        """
        self._on_writing = on_writing
        self._turns = turns
        self._answerer = answerer
        self._clock = clock
        self._worker_id = worker_id
        self._company = company
        self._assistant_name = assistant_name
        self._at_once = at_once
        self._answer_seconds = answer_seconds
        self._sweep_seconds = sweep_seconds
        self._notice = asyncio.Event()
        self._stopping = asyncio.Event()
        self._at_work: set[asyncio.Task[None]] = set()
        # Whether the last claim left some to others, or to the next free hand.
        self._more_due = False

    def wake(self) -> None:
        """Look at once: somebody may be owed a word."""
        self._notice.set()

    def stop(self) -> None:
        """Claim nothing more; `run` ends when what is under way is answered."""
        self._stopping.set()
        self._notice.set()

    async def run(self) -> None:
        """Work until `stop`, or until cancelled (then leases run out and others go on)."""
        try:
            while not self._stopping.is_set():
                self._notice.clear()
                claimed = await self._claim()
                if claimed < self._at_once:
                    await self._rest()
            if self._at_work:
                await asyncio.wait(self._at_work, timeout=STOP_SECONDS)
        finally:
            for task in self._at_work:
                task.cancel()
            await asyncio.gather(*self._at_work, return_exceptions=True)

    async def _rest(self) -> None:
        """Wait for a notice (or a free hand), or until the next sweep is due."""
        try:
            await asyncio.wait_for(self._notice.wait(), self._sweep_seconds)
        except TimeoutError:
            return

    async def _claim(self) -> int:
        free = self._at_once - len(self._at_work)
        self._more_due = True
        if free <= 0:
            return 0
        try:
            due = await self._turns.claim_assistant_turns(
                self._worker_id, self._clock.now(), limit=free, lease_seconds=LEASE_SECONDS
            )
        except Exception as error:  # noqa: BLE001  the loop outlives any error; the sweep retries
            log.warning("assistant_claim_failed", error=type(error).__name__)
            return 0
        self._more_due = len(due) == free
        for turn in due:
            task = asyncio.create_task(self._serve(turn))
            self._at_work.add(task)
            task.add_done_callback(self._served)
        return len(due)

    def _served(self, task: asyncio.Task[None]) -> None:
        self._at_work.discard(task)
        # A free hand; without more that is due, each answer would be followed by a vain claim.
        if self._more_due or self._stopping.is_set():
            self._notice.set()

    async def _serve(self, turn: DueTurn) -> None:
        try:
            self._on_writing(turn.conversation_id)
            command = await self._command_for(turn)
            await self._turns.execute(turn.conversation_id, command, ACTOR)
        except Exception as error:  # noqa: BLE001  the lease runs out, and it is tried again
            log.warning(
                "assistant_turn_failed",
                conversation=turn.conversation_id,
                error=type(error).__name__,
            )

    async def _command_for(self, turn: DueTurn) -> Command:
        if turn.attempts > ATTEMPTS_MAX:
            return GiveUpAsAssistant(turn.version)
        answer = await self._answer(turn)
        return AnswerAsAssistant(
            in_reply_to=turn.version,
            text=answer.text[:TEXT_LIMIT],
            assistant_name=self._assistant_name,
            sources=answer.sources,
            offers_human=answer.offer_human,
            card=answer.card,
            trace_id=answer.trace_id,
            hands_over=answer.hands_over,
        )

    async def _answer(self, turn: DueTurn) -> Answer:
        question = Question(
            turn.conversation_id,
            turn.text,
            turn.language,
            waiting_for_human=turn.waiting,
            first=turn.first,
            history=turn.history,
            has_attachments=turn.has_attachments,
            version=turn.version,
            said=turn.said,
            trace_id=turn.trace_id,
        )
        try:
            answer = await asyncio.wait_for(self._answerer.answer(question), self._answer_seconds)
        except Exception as error:  # noqa: BLE001  whatever an answerer does, an answer follows
            log.warning(
                "assistant_answer_failed",
                conversation=turn.conversation_id,
                error=type(error).__name__,
            )
            return apology(turn.language, self._company, turn.text)
        return answer if answer.text.strip() else apology(turn.language, self._company)
