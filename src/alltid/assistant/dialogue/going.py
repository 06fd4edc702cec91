"""The playbook engine and the tools in a turn: what the engine wants is read and done, in time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import structlog

from alltid.assistant.dialogue.commands import Because
from alltid.assistant.dialogue.procedures import (
    Act,
    Ask,
    Input,
    Procedures,
    Read,
    Scene,
    ToPerson,
)
from alltid.assistant.dialogue.work import Piece, Work
from alltid.assistant.tools.tool import Proposal, ToolCall, ToolFailed, ToolResult
from alltid.assistant.understanding.answers import read_reply
from alltid.assistant.understanding.asking import asked_of, asks

log = structlog.get_logger(__name__)

ROUNDS_MAX: Final = 24
OUTCOME_UNKNOWN: Final = "outcome_unknown"
UNAVAILABLE: Final = "unavailable"


class Going:
    """Lets the engine go on in a turn until it waits for the customer."""

    def __init__(self, procedures: Procedures, work: Work, steady: Callable[[], float]) -> None:
        """`steady` counts seconds as the work's deadline does."""
        self._procedures = procedures
        self._work = work
        self._steady = steady

    def told_by_card(self, text: str) -> str | None:
        """Say again what the open card shows, where that is all that a text asks for."""
        work = self._work
        question = None if work.which else self._procedures.here(work.dialogue).question
        if question is None or not question.action or not asks(text):
            return None
        reply = read_reply(text, question.action)
        if reply.yes or reply.no or reply.corrects:
            return None
        lines = self._procedures.lines(work.dialogue, work.language)
        found = asked_of(text, lines, question.action)
        return "\n".join(f"{label}: {value}" for label, value in found) or None

    async def back_to_what_is_open(self) -> None:
        """Ask the open question again after something else was answered."""
        work = self._work
        here = self._procedures.here(work.dialogue)
        # Who waits for a person is not asked again for what they turned from.
        if not here.path:
            return
        if work.question.waiting_for_human:
            if not work.pieces:
                work.own("stays_in_line")
            return
        if work.pieces:
            titles = {hint.id: hint.title for hint in self._procedures.hints(work.language)}
            work.own("back_to", title=titles.get(here.path[-1], here.path[-1]))
        await self.advance(())

    async def advance(self, inputs: Sequence[Input]) -> None:
        """Let the engine go on until it waits for the customer, ends, or asks for a person."""
        work = self._work
        signed_in = work.tools is not None
        while work.rounds < ROUNDS_MAX:
            work.rounds += 1
            scene = Scene(work.now, work.language, signed_in, work.company)
            step = self._procedures.advance(work.dialogue, inputs, scene)
            work.dialogue = step.dialogue
            for said in step.says:
                work.pieces.append(Piece(said.text, "procedure", said.values))
                work.offers = work.offers or said.offers_person
            for name, how in step.ended:
                work.tried("playbook", name, how)
                work.note("ended", playbook=name, how=how)
            match step.effect:
                case Read(call):
                    inputs = (await self._read(call),)
                case Act(proposal, check):
                    inputs = (await self._act(proposal, check),)
                case ToPerson(stays_open=True):
                    # The question stays: asked again it is no further on, so a person is offered.
                    work.missed_for_good()
                    return
                case ToPerson(because, skill, why):
                    work.rule = (because, skill)
                    work.note("playbook_ends_with_person", because=str(because), why=why)
                    return
                case Ask(card):
                    work.card, work.asks = card, True
                    return
                case _:
                    return
        work.note("stopped", because="rounds", most=ROUNDS_MAX)
        log.warning("turn_too_long", conversation=work.question.conversation_id)
        work.rule = (Because.TOOL_FAILED, None)

    async def _read(self, call: ToolCall) -> ToolResult | ToolFailed:
        work = self._work
        if work.tools is None:
            return ToolFailed(call, "sign_in", "Nobody is signed in.")
        result = await self._in_time(work.tools.reads.read(call), call, UNAVAILABLE)
        self._note_tool("tool", result)
        return result

    async def _act(self, proposal: Proposal, check: Any) -> ToolResult | ToolFailed:
        """Do what the customer said yes to, once: known by its hash and the card that asked."""
        work, call = self._work, proposal.call
        card = work.ground.card
        if work.tools is None or card is None or not work.agreed:
            log.error("action_without_yes", tool=call.tool)
            return ToolFailed(call, "not_confirmed", "Nobody has said yes to this.")
        work.agreed = False
        # What is done is no question any more.
        work.card, work.asks = None, False
        work.acted.append(call.tool)
        executor = work.tools.executor(check)
        doing = asyncio.ensure_future(executor.act(proposal, confirmed_by=card))
        # Out of time or not: what was begun is finished, and its end is in the ledger.
        result = await self._in_time(asyncio.shield(doing), call, OUTCOME_UNKNOWN)
        doing.add_done_callback(_retrieved)
        if isinstance(result, ToolFailed) and result.code == OUTCOME_UNKNOWN:
            work.action_unknown = True
        self._note_tool("action", result)
        return result

    async def _in_time(
        self, asked: Awaitable[ToolResult | ToolFailed], call: ToolCall, late: str
    ) -> ToolResult | ToolFailed:
        left = self._work.deadline - self._steady()
        try:
            async with asyncio.timeout(max(0.05, left)):
                return await asked
        except TimeoutError:
            return ToolFailed(call, late, "There was no answer in time.")

    def _note_tool(self, kind: str, result: ToolResult | ToolFailed) -> None:
        work, failed = self._work, isinstance(result, ToolFailed)
        outcome = result.code if isinstance(result, ToolFailed) else "done"
        work.note(
            "tools",
            effect=kind,
            tool=result.call.tool,
            arguments=result.call.arguments,
            outcome=outcome,
        )
        work.tried(kind, result.call.tool, outcome)
        if isinstance(result, ToolResult):
            work.results.append(result.value)
        if failed and outcome == UNAVAILABLE:
            work.count("tool_failures")


def _retrieved(doing: asyncio.Future[ToolResult | ToolFailed]) -> None:
    if not doing.cancelled() and doing.exception() is not None:
        log.warning("late_action_failed", error=type(doing.exception()).__name__)
