"""The engine: from where a dialogue stands and what came in, to what is said and done next. Pure.

`advance` is called with the commands of a customer's message, then with what tools answered,
until its effect is one that waits for the customer. It asks no tool itself, and what it wants
done (`Act`) it wants only after a yes to exactly that: see `_agreed` and `_confirming`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from alltid.assistant.dialogue.commands import (
    Affirm,
    Cancel,
    Choose,
    Clarify,
    Deny,
    FillSlot,
    SlotValue,
    SmallTalk,
    StartPlaybook,
)
from alltid.assistant.playbooks.effects import (
    ACTION_UNKNOWN,
    BACK_TO,
    CANCELLED,
    CHANGED,
    NOT_A_VALUE,
    NOT_DONE,
    READ_FAILED,
    SIGN_IN_FIRST,
    STALE_CARD,
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
    DECLINED,
    NOT_UNDERSTOOD,
    Followed,
    Over,
    ToAsk,
    ToConfirm,
    ToPerson,
    ToRead,
    Trouble,
    follow,
)
from alltid.assistant.playbooks.known import Known, Scene, forgotten, in_language
from alltid.assistant.playbooks.library import Library
from alltid.assistant.playbooks.playbook import Playbook
from alltid.assistant.playbooks.policy_check import Check
from alltid.assistant.playbooks.questions import confirmation_of, question_of
from alltid.assistant.playbooks.state import (
    FRAMES_MAX,
    Dialogue,
    Frame,
    Kept,
    OpenQuestion,
    Pending,
)
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
_HEARD_CHARACTERS_MAX: Final = 500
_CODE_CHARACTERS_MAX: Final = 60
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


class _Turn:
    def __init__(self, library: Library, dialogue: Dialogue, scene: Scene) -> None:
        self._library = library
        self._dialogue = dialogue
        self._scene = scene
        self._says: list[Say] = []
        self._ended = ""
        self._missed = False

    # What came in.

    def heard(self, commands: Sequence[Any]) -> None:
        """Take the commands of a message; what was agreed before it counts no more."""
        frames = tuple(
            frame
            for frame in self._dialogue.frames
            if not frame.over and self._library.get(frame.playbook) is not None
        )
        lost = len(frames) != len(self._dialogue.frames)
        self._put(frames=frames, pending=None, agreed=None)
        if lost:
            self._put(question=None)
        for command in commands:
            self._command(command, commands)

    def _command(self, command: Any, commands: Sequence[Any]) -> None:
        match command:
            case StartPlaybook():
                self._start(command)
            case FillSlot():
                self._fill(command)
            case Choose():
                self._choose(command)
            case Affirm():
                self._affirm(commands)
            case Deny():
                self._deny()
            case Cancel():
                self._cancel()
            case Clarify(playbooks=()):
                self._missed = self._dialogue.question is not None
            case _:
                pass  # answered by somebody else; the open question is asked again

    def _start(self, command: StartPlaybook) -> None:
        book = self._library.get(command.playbook)
        if book is None:
            return
        if book.access == "signed_in" and not self._scene.signed_in:
            self._note(SIGN_IN_FIRST, offers_person=True)
            self._ended = SIGN_IN_FIRST
            return
        there = [frame for frame in self._dialogue.frames if frame.playbook == book.playbook]
        frame = there[0] if there else Frame(book.playbook, book.version)
        others = [each for each in self._dialogue.frames if each.playbook != book.playbook]
        self._put(frames=(*others[-(FRAMES_MAX - 1) :], frame), question=None)
        for name, value in command.slots.items():
            if name in book.slots:
                self._take(book, name, value)

    def _fill(self, command: FillSlot) -> None:
        book = self._book()
        if book is None:
            return
        if command.slot not in book.slots:
            self._missed = True
            return
        question = self._dialogue.question
        asked = question is not None and question.slot == command.slot
        if not self._take(book, command.slot, command.value) and asked:
            self._missed = True

    def _take(self, book: Playbook, slot: str, value: SlotValue) -> bool:
        """Take what was said for a slot: now when it can be read, else when it is asked for."""
        frame = self._dialogue.frames[-1]
        filled = slot in frame.slots
        try:
            with_value = Known(book, frame, self._scene).taken(slot, value)
        except ExpressionFailed:
            with_value = None  # what it is compared with isn't known yet
        if with_value is not None:
            self._top(with_value)
            return True
        question = self._dialogue.question
        if question is not None and question.slot == slot and not filled:
            return False
        if filled:  # a correction that names nothing: it is asked for again
            earlier = frame.slots[slot]
            frame = forgotten(book, frame, {slot})
            if isinstance(earlier, str):
                frame = replace(frame, earlier={**frame.earlier, slot: earlier})
        heard = value[:_HEARD_CHARACTERS_MAX] if isinstance(value, str) else value
        self._top(replace(frame, heard={**frame.heard, slot: heard}))
        return False

    def _choose(self, command: Choose) -> None:
        question = self._dialogue.question
        chosen = [
            each
            for each in (question.offered if question is not None else ())
            if each.id == command.choice
        ]
        if question is None or not chosen:
            self._note(STALE_CARD)
        elif question.kind == "confirm":
            self._decide(question, agreed=chosen[0].value == "yes")
        else:
            self._fill(FillSlot(question.slot, chosen[0].value))

    def _affirm(self, commands: Sequence[Any]) -> None:
        """Take a yes: to an action only when nothing else was said with it."""
        question = self._dialogue.question
        alone = all(isinstance(each, Affirm | SmallTalk) for each in commands)
        if question is None:
            return
        if question.kind == "confirm":
            if alone:
                self._decide(question, agreed=True)
        elif question.type == "boolean":
            self._fill(FillSlot(question.slot, value=True))
        elif len(question.offered) == 1:
            self._fill(FillSlot(question.slot, question.offered[0].value))
        else:
            self._missed = True

    def _deny(self) -> None:
        question = self._dialogue.question
        if question is None:
            return
        if question.kind == "confirm":
            self._decide(question, agreed=False)
        elif question.type == "boolean":
            self._fill(FillSlot(question.slot, value=False))
        else:
            self._missed = True

    def _decide(self, question: OpenQuestion, *, agreed: bool) -> None:
        if agreed:
            self._put(agreed=question.digest)
            return
        self._fork(question.step, DECLINED)
        self._put(question=None)

    def _cancel(self) -> None:
        frames = self._dialogue.frames
        if not frames:
            return
        book = self._book()
        self._note(CANCELLED, offers_person=book is not None and book.after is not None)
        self._put(frames=frames[:-1], question=None)
        self._ended = CANCELLED
        self._back()

    # What tools answered.

    def answered(self, given: Any) -> None:
        """Take a tool's answer, if it is the one that was asked for."""
        pending = self._dialogue.pending
        if pending is None or not isinstance(given, ToolResult | ToolFailed):
            return
        if given.call != pending.call or self._dialogue.top is None:
            return
        self._put(pending=None)
        if isinstance(given, ToolFailed):
            self._fork(pending.step, given.code)
            return
        try:
            value = bounded(given.value)
        except ExpressionFailed:
            if pending.kind == "read":
                self._fork(pending.step, UNUSABLE)
                return
            value = {}  # it was done, also where its answer can't be shown
        frame = self._dialogue.frames[-1]
        kept = Kept(value, int(self._scene.now.timestamp()), pending.call)
        start = pending.step + 1 if pending.kind == "act" else frame.start
        results = {**frame.results, pending.keep: kept}
        self._top(replace(frame, results=results, start=start))

    def _fork(self, step: int, code: str) -> None:
        frame = self._dialogue.frames[-1]
        self._put(agreed=None)
        self._top(replace(frame, forks={**frame.forks, str(step): code[:_CODE_CHARACTERS_MAX]}))

    # What comes of it.

    def go_on(self) -> Advance:
        """Follow what is open until the world or the customer is needed."""
        while (frame := self._dialogue.top) is not None:
            book = self._library.get(frame.playbook)
            if book is None:
                self._put(frames=self._dialogue.frames[:-1], question=None)
                continue
            followed = follow(book, frame, self._scene)
            self._top(followed.frame)
            for said in followed.said:
                self._says.append(Say(said.text, said.used, offers_person=said.offers_person))
            effect = self._effect(book, followed)
            if effect is not None:
                return self._advanced(effect)
        self._put(question=None, pending=None, agreed=None)
        return self._advanced(Ended(self._ended) if self._says or self._ended else Waiting())

    def _effect(self, book: Playbook, followed: Followed) -> Effect | None:
        """Return what the place asks for where following stopped; None when it is left."""
        stop = followed.stop
        match stop:
            case ToRead(call, keep, step):
                self._put(pending=Pending("read", call, keep, step))
                return Read(call)
            case ToConfirm():
                return self._confirming(book, stop)
            case ToAsk():
                return self._asking(book, stop)
            case ToPerson():
                return self._to_person(stop)
            case Trouble():
                self._trouble(stop)
            case Over():
                pass
        self._put(frames=self._dialogue.frames[:-1], question=None, agreed=None)
        self._back()
        return None

    def _confirming(self, book: Playbook, stop: ToConfirm) -> Effect:
        """Ask for the yes, unless it was said in this turn, and to all of exactly this."""
        dialogue, frame = self._dialogue, self._dialogue.frames[-1]
        if dialogue.agreed == stop.digest:
            pending = Pending("act", stop.proposal.call, stop.keep, stop.step)
            self._put(pending=pending, agreed=None, question=None)
            return Act(stop.proposal, Check.of(book, frame, stop.step))
        if dialogue.agreed is not None:
            self._note(CHANGED)
        question, card = confirmation_of(stop, dialogue)
        return self._asked(question, stop.card.used, card, None)

    def _asking(self, book: Playbook, stop: ToAsk) -> Effect:
        known = Known(book, self._dialogue.frames[-1], self._scene)
        slot = book.slots[stop.slot]
        try:
            wording = known.words(slot.ask)
            again = known.words(slot.invalid) if slot.invalid is not None else None
        except ExpressionFailed as failure:
            return self._to_person(ToPerson(BY_PLAYBOOK, book.skill, str(failure)))
        question, card = question_of(slot, stop, wording.text, self._dialogue)
        invalid = None if again is None else Say(again.text, again.used)
        return self._asked(question, wording.used, card, invalid)

    def _asked(
        self,
        question: OpenQuestion,
        used: tuple[Used, ...],
        card: Card | None,
        invalid: Say | None,
    ) -> Effect:
        self._put(question=question, serial=question.serial, agreed=None)
        if self._missed and self._miss(invalid):
            book = self._book()
            skill = book.skill if book is not None else None
            return HandOff(NOT_UNDERSTOOD, skill, "missed", stays_open=True)
        return Ask(question, used, card)

    def _miss(self, invalid: Say | None) -> bool:
        """Count an answer that didn't fit; true when it is one too many."""
        frame = self._dialogue.frames[-1]
        self._top(replace(frame, misses=min(frame.misses + 1, _MISSES_COUNTED)))
        self._says.append(invalid or Say(note=NOT_A_VALUE))
        self._missed = False
        return self._dialogue.frames[-1].misses >= MISSES_MAX

    def _to_person(self, stop: ToPerson) -> Effect:
        if stop.trouble is not None:
            self._trouble(stop.trouble)
        self._top(replace(self._dialogue.frames[-1], over=True))
        self._put(question=None, agreed=None)
        return HandOff(stop.because, stop.skill, stop.why)

    def _trouble(self, trouble: Trouble) -> None:
        """Say honestly that it couldn't be read, wasn't done, or may have been."""
        unknown = trouble.code == OUTCOME_UNKNOWN
        self._ended = ACTION_UNKNOWN if unknown else NOT_DONE
        if trouble.kind == "read":
            self._ended = READ_FAILED
        self._note(self._ended, offers_person=True)

    def _back(self) -> None:
        """Say to which procedure the talk returns."""
        book = self._book()
        if book is not None:
            title = in_language(book.title, self._scene.language)
            self._says.append(Say(title, note=BACK_TO))

    def _book(self) -> Playbook | None:
        top = self._dialogue.top
        return None if top is None else self._library.get(top.playbook)

    def _note(self, note: str, *, offers_person: bool = False) -> None:
        self._says.append(Say(note=note, offers_person=offers_person))

    def _put(self, **changes: Any) -> None:
        self._dialogue = replace(self._dialogue, **changes)

    def _top(self, frame: Frame) -> None:
        self._put(frames=(*self._dialogue.frames[:-1], frame))

    def _advanced(self, effect: Effect) -> Advance:
        return Advance(self._dialogue, tuple(self._says), effect)
