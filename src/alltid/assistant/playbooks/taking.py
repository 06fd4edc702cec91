"""Taking in what a customer said: commands become slots, a yes, or nothing. Pure."""

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
    BACK_TO,
    CANCELLED,
    SIGN_IN_FIRST,
    STALE_CARD,
    Say,
)
from alltid.assistant.playbooks.expressions import ExpressionFailed
from alltid.assistant.playbooks.following import DECLINED
from alltid.assistant.playbooks.known import Known, Scene, forgotten, in_language
from alltid.assistant.playbooks.library import Library
from alltid.assistant.playbooks.playbook import Playbook
from alltid.assistant.playbooks.questions import YES
from alltid.assistant.playbooks.state import FRAMES_MAX, Dialogue, Frame, OpenQuestion
from alltid.assistant.playbooks.values import WHOLE_MAX

_HEARD_CHARACTERS_MAX: Final = 500
_CODE_CHARACTERS_MAX: Final = 60


class Taking:
    """One call of `advance`: where the dialogue stands, and what is said so far."""

    def __init__(self, library: Library, dialogue: Dialogue, scene: Scene) -> None:
        self.library = library
        self.dialogue = dialogue
        self.scene = scene
        self.says: list[Say] = []
        self.ended = ""
        self.missed = False

    def heard(self, commands: Sequence[Any]) -> None:
        """Take the commands of a message; what was agreed before it counts no more."""
        frames = tuple(
            frame
            for frame in self.dialogue.frames
            if not frame.over and self.library.get(frame.playbook) is not None
        )
        lost = len(frames) != len(self.dialogue.frames)
        self.put(frames=frames, pending=None, agreed=None)
        if lost:
            self.put(question=None)
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
                self.missed = self.dialogue.question is not None
            case _:
                pass  # answered by somebody else; the open question is asked again

    def _start(self, command: StartPlaybook) -> None:
        book = self.library.get(command.playbook)
        if book is None:
            return
        if book.access == "signed_in" and not self.scene.signed_in:
            self.note(SIGN_IN_FIRST, offers_person=True)
            self.ended = SIGN_IN_FIRST
            return
        there = [frame for frame in self.dialogue.frames if frame.playbook == book.playbook]
        frame = there[0] if there else Frame(book.playbook, book.version)
        others = [each for each in self.dialogue.frames if each.playbook != book.playbook]
        self.put(frames=(*others[-(FRAMES_MAX - 1) :], frame), question=None)
        for name, value in command.slots.items():
            if name in book.slots:
                self._take(book, name, value)

    def _fill(self, command: FillSlot) -> None:
        book = self.book()
        if book is None:
            return
        if command.slot not in book.slots:
            self.missed = True
            return
        question = self.dialogue.question
        asked = question is not None and question.slot == command.slot
        if not self._take(book, command.slot, command.value) and asked:
            self.missed = True

    def _take(self, book: Playbook, slot: str, value: SlotValue) -> bool:
        """Take what was said for a slot: now when it can be read, else when it is asked for."""
        frame = self.dialogue.frames[-1]
        filled = slot in frame.slots
        try:
            with_value = Known(book, frame, self.scene).taken(slot, value)
        except ExpressionFailed:
            with_value = None  # what it is compared with isn't known yet
        if with_value is not None:
            self.top(with_value)
            return True
        question = self.dialogue.question
        if question is not None and question.slot == slot and not filled:
            return False
        if filled:  # a correction that names nothing: it is asked for again
            earlier = frame.slots[slot]
            frame = forgotten(book, frame, {slot})
            if isinstance(earlier, str):
                frame = replace(frame, earlier={**frame.earlier, slot: earlier})
        if not isinstance(value, str) and abs(value) > WHOLE_MAX:
            return False
        heard = value[:_HEARD_CHARACTERS_MAX] if isinstance(value, str) else value
        self.top(replace(frame, heard={**frame.heard, slot: heard}))
        return False

    def _choose(self, command: Choose) -> None:
        question = self.dialogue.question
        chosen = [
            each
            for each in (question.offered if question is not None else ())
            if each.id == command.choice
        ]
        if question is None or not chosen:
            self.note(STALE_CARD)
        elif question.kind == "confirm":
            self._decide(question, agreed=chosen[0].value == YES)
        else:
            self._fill(FillSlot(question.slot, chosen[0].value))

    def _affirm(self, commands: Sequence[Any]) -> None:
        """Take a yes: to an action only when nothing else was said with it."""
        question = self.dialogue.question
        alone = all(isinstance(each, Affirm | SmallTalk) for each in commands)
        if question is None or not question.shown:
            return
        if question.kind == "confirm":
            if alone:
                self._decide(question, agreed=True)
        elif question.type == "boolean":
            self._fill(FillSlot(question.slot, value=True))
        elif len(question.offered) == 1:
            self._fill(FillSlot(question.slot, question.offered[0].value))
        else:
            self.missed = True

    def _deny(self) -> None:
        question = self.dialogue.question
        if question is None or not question.shown:
            return
        if question.kind == "confirm":
            self._decide(question, agreed=False)
        elif question.type == "boolean":
            self._fill(FillSlot(question.slot, value=False))
        else:
            self.missed = True

    def _decide(self, question: OpenQuestion, *, agreed: bool) -> None:
        if agreed:
            self.put(agreed=question.digest)
            return
        self.fork(question.step, DECLINED)
        self.put(question=None)

    def _cancel(self) -> None:
        frames = self.dialogue.frames
        if not frames:
            return
        book = self.book()
        self.note(CANCELLED, offers_person=book is not None and book.after is not None)
        self.put(frames=frames[:-1], question=None)
        self.ended = CANCELLED
        self.back()

    def back(self) -> None:
        """Say to which procedure the talk returns."""
        book = self.book()
        if book is not None:
            title = in_language(book.title, self.scene.language)
            self.says.append(Say(title, note=BACK_TO))

    def book(self) -> Playbook | None:
        """Return the playbook on top."""
        top = self.dialogue.top
        return None if top is None else self.library.get(top.playbook)

    def note(self, note: str, *, offers_person: bool = False) -> None:
        """Say something for which the runner has the words."""
        self.says.append(Say(note=note, offers_person=offers_person))

    def put(self, **changes: Any) -> None:
        """Change the dialogue."""
        self.dialogue = replace(self.dialogue, **changes)

    def top(self, frame: Frame) -> None:
        """Change the procedure on top."""
        self.put(frames=(*self.dialogue.frames[:-1], frame))

    def fork(self, step: int, code: str) -> None:
        """Keep that a step failed, or was declined."""
        frame = self.dialogue.frames[-1]
        self.put(agreed=None)
        self.top(replace(frame, forks={**frame.forks, str(step): code[:_CODE_CHARACTERS_MAX]}))
