"""The engine: from where a dialogue stands and what came in, to what is said and done next. Pure.

`advance` is called with the commands of a customer's message, then with what tools answered,
until its effect is one that waits for the customer. It asks no tool itself, and what it wants
done (`Act`) it wants only after a yes to exactly that: see `_confirming`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from alltid.assistant.playbooks.effects import (
    ACTION_UNKNOWN,
    CHANGED,
    NOT_A_VALUE,
    NOT_DONE,
    READ_FAILED,
    Act,
    Advance,
    Ask,
    Effect,
    Ended,
    HandOff,
    Input,
    Read,
    Say,
    Waiting,
)
from alltid.assistant.playbooks.expressions import ExpressionFailed, bounded
from alltid.assistant.playbooks.following import (
    BY_PLAYBOOK,
    NOT_UNDERSTOOD,
    Followed,
    ToAsk,
    ToConfirm,
    ToPerson,
    ToRead,
    Trouble,
    follow,
)
from alltid.assistant.playbooks.known import Known, Scene
from alltid.assistant.playbooks.library import Library
from alltid.assistant.playbooks.playbook import Playbook
from alltid.assistant.playbooks.policy_check import Check
from alltid.assistant.playbooks.questions import confirmation_of, question_of
from alltid.assistant.playbooks.state import (
    Dialogue,
    Kept,
    OpenQuestion,
    Pending,
)
from alltid.assistant.playbooks.taking import Taking
from alltid.assistant.playbooks.templates import Used
from alltid.assistant.tools.tool import ToolFailed, ToolResult
from alltid.conversations.events import Card

__all__ = [
    "Act",
    "Advance",
    "Ask",
    "Effect",
    "Ended",
    "HandOff",
    "Input",
    "Read",
    "Say",
    "Waiting",
    "advance",
]

MISSES_MAX: Final = 2
_MISSES_COUNTED: Final = 9
OUTCOME_UNKNOWN: Final = "outcome_unknown"
UNUSABLE: Final = "unusable"


def advance(library: Library, dialogue: Dialogue, inputs: Sequence[Input], scene: Scene) -> Advance:
    """Go on. Never raises, whatever comes in.

    The inputs are the commands of one message, none at all to ask the open question again, or
    the one answer of the tool that the last effect asked for.
    """
    turn = _Turn(library, dialogue, scene)
    if any(isinstance(given, ToolResult | ToolFailed) for given in inputs):
        for given in inputs:
            turn.answered(given)
    else:
        turn.heard(inputs)
    return turn.go_on()


class _Turn(Taking):
    # What tools answered.

    def answered(self, given: Any) -> None:
        """Take a tool's answer, if it is the one that was asked for."""
        pending = self.dialogue.pending
        if pending is None or not isinstance(given, ToolResult | ToolFailed):
            return
        if given.call != pending.call or self.dialogue.top is None:
            return
        self.put(pending=None)
        if isinstance(given, ToolFailed):
            self.fork(pending.step, given.code)
            return
        try:
            value = bounded(given.value)
        except ExpressionFailed:
            if pending.kind == "read":
                self.fork(pending.step, UNUSABLE)
                return
            value = {}  # it was done, also where its answer can't be shown
        frame = self.dialogue.frames[-1]
        kept = Kept(value, int(self.scene.now.timestamp()), pending.call)
        start = pending.step + 1 if pending.kind == "act" else frame.start
        results = {**frame.results, pending.keep: kept}
        self.top(replace(frame, results=results, start=start))

    # What comes of it.

    def go_on(self) -> Advance:
        """Follow what is open until the world or the customer is needed."""
        while (frame := self.dialogue.top) is not None:
            book = self.library.get(frame.playbook)
            if book is None:
                self.put(frames=self.dialogue.frames[:-1], question=None)
                continue
            followed = follow(book, frame, self.scene)
            self.top(followed.frame)
            for said in followed.said:
                self.says.append(Say(said.text, said.used, offers_person=said.offers_person))
            effect = self._effect(book, followed)
            if effect is not None:
                return self._advanced(effect)
        self.put(question=None, pending=None, agreed=None)
        return self._advanced(Ended(self.ended) if self.says or self.ended else Waiting())

    def _effect(self, book: Playbook, followed: Followed) -> Effect | None:
        """Return what the place asks for where following stopped; None when it is left."""
        stop = followed.stop
        match stop:
            case ToRead(call, keep, step):
                self.put(pending=Pending("read", call, keep, step))
                return Read(call)
            case ToConfirm():
                return self._confirming(book, stop)
            case ToAsk():
                return self._asking(book, stop)
            case ToPerson():
                return self._to_person(stop)
            case Trouble():
                self._trouble(stop)
            case _:
                pass  # it is over
        self.put(frames=self.dialogue.frames[:-1], question=None, agreed=None)
        self.back()
        return None

    def _confirming(self, book: Playbook, stop: ToConfirm) -> Effect:
        """Ask for the yes, unless it was said in this turn, and to all of exactly this."""
        dialogue, frame = self.dialogue, self.dialogue.frames[-1]
        if dialogue.agreed == stop.digest:
            pending = Pending("act", stop.proposal.call, stop.keep, stop.step)
            self.put(pending=pending, agreed=None, question=None)
            return Act(stop.proposal, Check.of(book, frame, stop.step))
        if dialogue.agreed is not None:
            self.note(CHANGED)
        question, card = confirmation_of(stop, dialogue)
        return self._asked(question, stop.card.used, card, None)

    def _asking(self, book: Playbook, stop: ToAsk) -> Effect:
        known = Known(book, self.dialogue.frames[-1], self.scene)
        slot = book.slots[stop.slot]
        try:
            wording = known.words(slot.ask)
            again = known.words(slot.invalid) if slot.invalid is not None else None
        except ExpressionFailed as failure:
            return self._to_person(ToPerson(BY_PLAYBOOK, book.skill, str(failure)))
        question, card = question_of(slot, stop, wording.text, self.dialogue)
        invalid = None if again is None else Say(again.text, again.used)
        return self._asked(question, wording.used, card, invalid)

    def _asked(
        self,
        question: OpenQuestion,
        used: tuple[Used, ...],
        card: Card | None,
        invalid: Say | None,
    ) -> Effect:
        self.put(question=question, serial=question.serial, agreed=None)
        if self.missed and self._miss(invalid):
            book = self.book()
            skill = book.skill if book is not None else None
            self.put(question=replace(question, shown=False))
            return HandOff(NOT_UNDERSTOOD, skill, "missed", stays_open=True)
        return Ask(question, used, card)

    def _miss(self, invalid: Say | None) -> bool:
        """Count an answer that didn't fit; true when it is one too many."""
        frame = self.dialogue.frames[-1]
        self.top(replace(frame, misses=min(frame.misses + 1, _MISSES_COUNTED)))
        self.says.append(invalid or Say(note=NOT_A_VALUE))
        self.missed = False
        return self.dialogue.frames[-1].misses >= MISSES_MAX

    def _to_person(self, stop: ToPerson) -> Effect:
        if stop.trouble is not None:
            self._trouble(stop.trouble)
        self.top(replace(self.dialogue.frames[-1], over=True))
        self.put(question=None, agreed=None)
        return HandOff(stop.because, stop.skill, stop.why)

    def _trouble(self, trouble: Trouble) -> None:
        """Say honestly that it couldn't be read, wasn't done, or may have been."""
        unknown = trouble.code == OUTCOME_UNKNOWN
        self.ended = ACTION_UNKNOWN if unknown else NOT_DONE
        if trouble.kind == "read":
            self.ended = READ_FAILED
        self.note(self.ended, offers_person=True)

    def _advanced(self, effect: Effect) -> Advance:
        return Advance(self.dialogue, tuple(self.says), effect)
