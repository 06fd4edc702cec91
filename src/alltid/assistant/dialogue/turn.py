"""A turn of the assistant: from what the customer wrote to the answer, and its record.

In this order: what is heard goes to the handoff policy; what it asks for is read as commands;
the playbook engine, the tools and the articles do them; the policy looks again; the guard reads
what goes out; the record is written; the answer is said. A turn that is done again (its worker
was killed) comes to the same: the state is that of the last answer that was really said, and an
action is known by its hash and the card that asked for it, so it is done once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import structlog

from alltid.assistant.answerer import Answer, Question
from alltid.assistant.dialogue.answering import is_plain_answer
from alltid.assistant.dialogue.clarifying import clarify
from alltid.assistant.dialogue.closing import close_turn
from alltid.assistant.dialogue.commands import (
    COMMANDS_MAX,
    Affirm,
    AskKnowledge,
    Because,
    Cancel,
    Choose,
    Clarify,
    Deny,
    DialogueCommand,
    FillSlot,
    GoToPerson,
    SmallTalk,
    StartPlaybook,
)
from alltid.assistant.dialogue.going import Going
from alltid.assistant.dialogue.handoff_policy import NOTHING, Situation, decide
from alltid.assistant.dialogue.hearing import hear, heard_in_time, spoken
from alltid.assistant.dialogue.parts import TurnParts
from alltid.assistant.dialogue.procedures import Input
from alltid.assistant.dialogue.understander import (
    Context,
    Heard,
    PlaybookHint,
    Reading,
)
from alltid.assistant.dialogue.work import (
    Message,
    Piece,
    Work,
    command_json,
    messages_of,
    which_question,
)
from alltid.assistant.understanding.answers import read_reply
from alltid.assistant.wording import SmallTalk as Kind
from alltid.assistant.wording import wording
from alltid.conversations.events import Chosen

log = structlog.get_logger(__name__)

__all__ = ["DialogueAnswerer", "TurnParts"]

# What a turn may take beyond its time before it is closed; the worker waits a little longer.
_CLOSING_SECONDS: Final = 0.3
# A procedure that costs money is never begun on less; see `embedded` for its own lines.
_MONEY_LEAST: Final = 0.6
_SURE_WITHOUT: Final = 0.9
# "The wrong one" in a correction is said of what was chosen, not of the company.
_SAID_OF_A_VALUE: Final = frozenset({"dispute"})
# What the record of a reading has of its own.
_READING_KEYS: Final = frozenset({"by", "confidence", "commands", "failed"})


class DialogueAnswerer:
    """Answers customers turn by turn; the `Answerer` of a desk with playbooks."""

    def __init__(self, parts: TurnParts) -> None:
        """Stand on these parts."""
        self._parts = parts

    async def warm_up(self) -> None:
        """Load what the first turn would otherwise wait for, off the event loop."""
        today = self._parts.clock.now().date()
        await asyncio.to_thread(hear, "Where is my refund of 12 euros?", None, today)
        if self._parts.warm is not None:
            await self._parts.warm()

    async def answer(self, question: Question) -> Answer:
        """Do one turn. Raises only where nothing was done yet."""
        parts = self._parts
        deadline = parts.steady() + parts.turn_seconds
        ground = await parts.rows.ground(question.conversation_id, question.trace_id)
        work = self._begin(question, ground, deadline)
        turn = _Turn(parts, work)
        try:
            # Whatever was waited for, there is time left to say what was done.
            async with asyncio.timeout(parts.turn_seconds + _CLOSING_SECONDS):
                await turn.run()
        except Exception as error:
            if not work.acted:
                raise
            # Something was done: to say that nothing went well would be untrue.
            log.exception("turn_failed_after_action", error=type(error).__name__)
            work.pieces.clear()
            work.action_unknown = True
        return await close_turn(parts, work)

    def _begin(self, question: Question, ground: Any, deadline: float) -> Work:
        state = ground.state
        page = wording(question.language).language
        chosen = state.language is not None and state.page_language == page
        language = state.language if chosen else page
        work = Work(
            question,
            ground,
            replace(state, page_language=page, which=()),
            self._parts.procedures.load(state.dialogue),
            language or page,
            self._parts.company,
            self._parts.clock.now().astimezone(self._parts.zone),
            deadline,
            which=state.which,
        )
        if ground.principal is not None and self._parts.tools_of is not None:
            work.tools = self._parts.tools_of(ground.principal, question.conversation_id)
        return work


class _Turn:
    """The steps of one turn, in reading order."""

    def __init__(self, parts: TurnParts, work: Work) -> None:
        self._parts = parts
        self._work = work
        self._procedures = parts.procedures
        self._going = Going(parts.procedures, work, parts.steady)
        # The card of the last answer, until something is done with it.
        self._card_open = work.ground.card
        # What the customer has before them: nothing that was made in this turn can be agreed to.
        self._seen = self._asked()

    async def run(self) -> None:
        work = self._work
        here = self._procedures.here(work.dialogue)
        for message in messages_of(work.question, asked=here.question is not None):
            work.agreed = False
            if message.chosen is not None:
                await self._pressed(message.chosen)
            else:
                await self._written(message)
            if work.verdict is not None or work.rule is not None:
                return
        if not work.asks and work.card is None:
            await self._going.back_to_what_is_open()

    # ------------------------------------------------------------ what the customer did

    async def _pressed(self, chosen: Chosen) -> None:
        work = self._work
        work.note("pressed", card=chosen.card, choice=chosen.choice, open=self._card_open)
        if chosen.card != self._card_open or self._card_open is None:
            if chosen.card != work.ground.card:  # the same button twice is no other wish
                work.own("stale_card")
            return
        if work.which:
            which, work.which = work.which, ()
            self._card_open = None
            if chosen.choice in {each.id for each in which}:
                await self._start(StartPlaybook(chosen.choice), "")
            else:
                work.own("clarify_free")
            return
        if not self._is_seen():
            work.own("stale_card")
            return
        work.agreed = True
        self._card_open = None
        await self._going.advance((Choose(chosen.card, chosen.choice),))

    async def _written(self, message: Message) -> None:
        work = self._work
        today = work.now.date()
        heard = await heard_in_time(message.text, work.language, today, self._parts.vector_of)
        work.note("understanding", **heard.trace)
        work.language = spoken(heard.language, message.text, work.language)
        if Because.SELF_HARM in heard.signals:
            work.verdict = decide(self._heard(heard, frozenset()), self._parts.rules)
            return
        told, context = self._going.told_by_card(message.text), self._context(message, heard)
        read = self._parts.understander.read
        reading = await read(context) if told is None else Reading((), 1.0, "card")
        self._note_reading(reading)
        plain = is_plain_answer(context)
        begun = frozenset(heard.signals) if plain else self._cared_for(reading, heard)
        asked = (heard.wants_human_after_all and not plain) or any(
            isinstance(each, GoToPerson) and each.because is Because.ASKED
            for each in reading.commands
        )
        before = replace(self._heard(heard, begun), asked=asked)
        verdict = decide(before, self._parts.rules)
        if verdict != NOTHING:
            work.verdict = verdict
            return
        if told is not None:
            work.pieces.append(Piece(told, "procedure"))
        await self._do(reading, message)

    def _heard(self, heard: Heard, begun: frozenset[Because]) -> Situation:
        waiting = self._work.question.waiting_for_human
        return Situation(signals=heard.signals, begun=begun, waiting=waiting)

    def _cared_for(self, reading: Reading, heard: Heard) -> frozenset[Because]:
        """Return the signals that an open procedure, or the one to begin, cares for."""
        work = self._work
        books = list(self._path())
        known = {hint.id: hint for hint in self._hints()}
        for command in reading.commands:
            hint = known.get(command.playbook) if isinstance(command, StartPlaybook) else None
            if hint is not None and (work.tools is not None or not hint.signed_in):
                books.append(hint.id)
        cared = frozenset[str]().union(*(self._procedures.cares_for(book) for book in books))
        if any(isinstance(each, FillSlot) and each.corrects for each in reading.commands):
            cared |= _SAID_OF_A_VALUE
        return frozenset(
            because for because in heard.signals if heard.kinds.get(because, {because}) <= cared
        )

    def _context(self, message: Message, heard: Heard) -> Context:
        work = self._work
        here = self._procedures.here(work.dialogue)
        question = which_question(work.which) or here.question
        return Context(
            text=message.text,
            language=work.language,
            today=work.now.date(),
            heard=heard,
            question=question,
            path=here.path,
            slots=here.slots,
            open_slots=self._procedures.open_slots(work.dialogue, work.language),
            playbooks=self._hints(),
            history=work.question.history,
            signed_in=work.ground.principal is not None,
            waiting=work.question.waiting_for_human,
            conversation_id=work.question.conversation_id,
        )

    def _path(self) -> tuple[str, ...]:
        return self._procedures.here(self._work.dialogue).path

    def _hints(self) -> Sequence[PlaybookHint]:
        return self._procedures.hints(self._work.language)

    def _note_reading(self, reading: Reading) -> None:
        self._work.note(
            "readings",
            by=reading.by,
            confidence=round(reading.confidence, 3),
            commands=[command_json(each) for each in reading.commands],
            failed=reading.failed,
            **{key: value for key, value in reading.trace.items() if key not in _READING_KEYS},
        )
        # Where the embedded one is sure of what was meant, nothing is missing.
        if reading.failed is not None and reading.confidence < _SURE_WITHOUT:
            self._work.count("model_failures")

    # ------------------------------------------------------------ doing it

    async def _do(self, reading: Reading, message: Message) -> None:
        work = self._work
        engine: list[Input] = []
        for command in reading.commands[:COMMANDS_MAX]:
            match command:
                case Affirm():
                    await self._flush(engine)
                    work.agreed = self._agrees(reading, message)
                    if work.agreed:
                        engine.append(command)
                case FillSlot() | Deny() | Choose():
                    engine.append(command)
                case Clarify(playbooks=()) if self._path():
                    # The open procedure says itself what it needs.
                    engine.append(command)
                case _:
                    await self._flush(engine)
                    await self._one(command, message, reading)
            if work.verdict is not None or work.rule is not None:
                return
        await self._flush(engine)

    def _agrees(self, reading: Reading, message: Message) -> bool:
        """Tell whether this is the customer's yes to what they have before them, and nothing else.

        A model's yes isn't theirs: the words must say it themselves. An action is agreed to by
        a yes alone, and only while its card is the one that was shown.
        """
        question = self._procedures.here(self._work.dialogue).question
        action = () if question is None else question.action
        if not read_reply(message.text, action).yes or not self._is_seen():
            return False
        return not action or all(isinstance(each, Affirm | SmallTalk) for each in reading.commands)

    def _is_seen(self) -> bool:
        return bool(self._seen) and self._asked() == self._seen

    def _asked(self) -> str:
        return self._procedures.here(self._work.dialogue).asked

    async def _flush(self, engine: list[Input]) -> None:
        if inputs := tuple(engine):
            engine.clear()
            await self._going.advance(inputs)

    async def _one(self, command: DialogueCommand, message: Message, reading: Reading) -> None:
        work = self._work
        match command:
            case StartPlaybook():
                await self._start(command, message.text, reading.confidence)
            case Cancel():
                await self._cancel()
            case AskKnowledge():
                last = command is reading.commands[-1]
                await self._ask_articles(command.query, message.text, last=last)
            case Clarify():
                # After a question it is for when no article answered.
                if not work.sources:
                    await self._which(command, message.text)
            case SmallTalk():
                name = command.kind if command.kind in set(Kind) else Kind.GREETING.value
                waits = work.question.waiting_for_human and name == Kind.GREETING.value
                work.own("stays_in_line" if waits else name)
                work.offers = work.offers or name == Kind.ABOUT_ME.value
                work.went_well()
            case GoToPerson():
                work.rule = (command.because, None)

    async def _start(self, command: StartPlaybook, text: str, confidence: float = 1.0) -> None:
        work = self._work
        hint = next((each for each in self._hints() if each.id == command.playbook), None)
        if hint is None:
            self._clarify(Clarify())
            return
        if hint.money and min(confidence, command.confidence) < _MONEY_LEAST:
            await self._which(Clarify((hint.id,)), text)
            return
        if hint.signed_in and work.tools is None:
            await self._for_a_guest(hint, text)
            return
        here = self._procedures.here(work.dialogue)
        if hint.id not in here.path:
            work.begin_problem(f"playbook:{hint.id}")
        work.went_well()
        await self._going.advance((command,))

    async def _for_a_guest(self, hint: PlaybookHint, text: str) -> None:
        """Answer what is general, and say how to be known; a person is there as well."""
        work = self._work
        work.begin_problem(f"guest:{hint.id}")
        await self._parts.articles.quote(work, text or hint.title, asked=False)
        work.own("sign_in_first")
        work.tried("playbook", hint.id, "not_signed_in")
        work.offers = True

    async def _cancel(self) -> None:
        work = self._work
        here = self._procedures.here(work.dialogue)
        if not here.path:
            work.own("nothing_open")
            return
        await self._going.advance((Cancel(),))

    async def _ask_articles(self, query: str, text: str, *, last: bool) -> None:
        work = self._work
        found = await self._parts.articles.quote(work, query, asked=query == text)
        if found is None and query != text:
            found = await self._parts.articles.quote(work, text)
        if found is not None:
            work.begin_problem(f"article:{found}")
            work.went_well()
            return
        if not last:  # something else is asked instead
            return
        work.count("unanswered")
        work.own("unknown_waiting" if work.question.waiting_for_human else "unknown")
        work.offers = not work.question.waiting_for_human

    async def _which(self, command: Clarify, text: str) -> None:
        """Ask which is meant; a guest, who can begin none of them, is answered in general."""
        work = self._work
        if work.tools is None and await self._parts.articles.quote(work, text, asked=False):
            work.own("sign_in_first")
            work.offers = True
        else:
            self._clarify(command)

    def _clarify(self, command: Clarify) -> None:
        clarify(self._work, self._parts.rules, self._hints(), command)
