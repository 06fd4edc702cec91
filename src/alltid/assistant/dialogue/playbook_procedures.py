"""The company's playbooks behind the interface of a turn: its words, its steps, what is open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from alltid.assistant.dialogue import procedures as turn
from alltid.assistant.dialogue.commands import Because
from alltid.assistant.dialogue.packet import Given
from alltid.assistant.dialogue.understander import OpenQuestion, Option, PlaybookHint, SlotHint
from alltid.assistant.playbooks import effects
from alltid.assistant.playbooks.engine import advance
from alltid.assistant.playbooks.expressions import ExpressionFailed
from alltid.assistant.playbooks.following import ToConfirm, follow
from alltid.assistant.playbooks.known import Known, Scene, in_language
from alltid.assistant.playbooks.library import Library
from alltid.assistant.playbooks.playbook import ChoiceSlot, ConfirmStep, ObjectSlot, Playbook
from alltid.assistant.playbooks.state import Dialogue, Frame, from_json, to_json
from alltid.assistant.wording import wording
from alltid.kernel.clock import Clock

EXAMPLES_MOST: Final = 4
DONE: Final = "done"
# What the engine notes in the words of the handoff policy, so that it is said once.
_WORDED: Final = MappingProxyType(
    {
        effects.READ_FAILED: "reason_tool_failed",
        effects.ACTION_UNKNOWN: "reason_action_unknown",
    }
)


class PlaybookProcedures:
    """A library and its engine, for any number of turns. Pure but for the clock of `here`."""

    def __init__(
        self,
        library: Library,
        company: str,
        clock: Clock,
        cares: Mapping[str, frozenset[str]] = MappingProxyType({}),
    ) -> None:
        """`cares`: kinds of signals that a playbook does its safe steps for, by playbook."""
        self._library = library
        self._company = company
        self._clock = clock
        self._cares = cares
        self._hints: dict[str, tuple[PlaybookHint, ...]] = {}

    def hints(self, language: str) -> Sequence[PlaybookHint]:
        """Return what may be started, with titles in the language."""
        if language not in self._hints:
            books = self._library.playbooks.values()
            self._hints[language] = tuple(_hint(book, language) for book in books)
        return self._hints[language]

    def cares_for(self, playbook: str) -> frozenset[str]:
        """Return what the company names, else why it ends with a person if it always does."""
        if playbook in self._cares:
            return self._cares[playbook]
        book = self._library.get(playbook)
        if book is None or book.after is None or book.because not in set(Because):
            return frozenset()
        return frozenset({book.because})

    def skill_of(self, playbook: str) -> str | None:
        """Return the playbook's skill."""
        book = self._library.get(playbook)
        return None if book is None else book.skill

    def load(self, data: Mapping[str, Any] | None) -> Dialogue:
        """Return the engine's state; an empty one for what can't be read."""
        try:
            return from_json(data, self._library)
        except (KeyError, TypeError, ValueError, AttributeError):
            return Dialogue()

    def dump(self, dialogue: Dialogue) -> Mapping[str, Any]:
        """Return the state as JSON."""
        return to_json(dialogue)

    def here(self, dialogue: Dialogue) -> turn.Here:
        """Return what stands open."""
        frames = [frame for frame in dialogue.frames if self._library.get(frame.playbook)]
        given = tuple(
            Given(frame.playbook, slot, frame.labels.get(slot, str(value)))
            for frame in frames
            for slot, value in frame.slots.items()
        )
        path = tuple(frame.playbook for frame in frames if not frame.over)
        if dialogue.top is None or dialogue.top.over:
            return turn.Here(path=path, given=given)
        frame = dialogue.top
        book = self._library.get(frame.playbook)
        if book is None:
            return turn.Here(path=path, given=given)
        slots = {
            name: value
            for name, value in frame.slots.items()
            if isinstance(value, str | int | bool)
        }
        return turn.Here(
            _question(dialogue),
            path,
            slots,
            given,
            _asked(dialogue),
        )

    def open_slots(self, dialogue: Dialogue, language: str) -> tuple[SlotHint, ...]:
        """Return the slots of the procedure on top, with what they offer now."""
        frame = dialogue.top
        book = None if frame is None or frame.over else self._library.get(frame.playbook)
        return () if frame is None or book is None else tuple(self._slots(book, frame, language))

    def lines(self, dialogue: Dialogue, language: str) -> tuple[tuple[str, str], ...]:
        """Return what the open card shows, as label and value; nothing without one."""
        frame, question = dialogue.top, dialogue.question
        book = None if frame is None else self._library.get(frame.playbook)
        if frame is None or book is None or question is None or question.kind != "confirm":
            return ()
        scene = Scene(self._clock.now(), language, signed_in=True, company=self._company)
        stop = follow(book, frame, scene).stop
        return stop.card.lines if isinstance(stop, ToConfirm) else ()

    def advance(
        self, dialogue: Dialogue, inputs: Sequence[turn.Input], scene: turn.Scene
    ) -> turn.Step:
        """Take inputs in, and return what is said and wanted."""
        before = [frame.playbook for frame in dialogue.frames]
        went = advance(
            self._library,
            dialogue,
            inputs,
            Scene(scene.now, scene.language, scene.signed_in, scene.company),
        )
        says = [self._said(each, scene.language) for each in went.says]
        effect = went.effect
        # Words about a value that didn't fit ask for the right one themselves.
        told = _misses(went.dialogue) > _misses(dialogue) and not went.says[-1].note
        if isinstance(effect, effects.Ask) and not told:
            asked = effect.question
            words = asked.wording
            if asked.kind == "confirm":
                # The card has its own title; what is said beside it says what a yes does.
                words = wording(scene.language).say("confirm_first", self._company)
            says.append(turn.Say(words, tuple(effect.used)))
        after = {frame.playbook for frame in went.dialogue.frames}
        how = effect.because if isinstance(effect, effects.Ended) and effect.because else DONE
        ended = tuple((name, how) for name in before if name not in after)
        return turn.Step(went.dialogue, tuple(says), _effect(effect), ended)

    def _said(self, said: effects.Say, language: str) -> turn.Say:
        if not said.note:
            return turn.Say(said.text, tuple(said.used), said.offers_person)
        name = _WORDED.get(said.note, said.note)
        text = wording(language).say(name, self._company, title=said.text)
        return turn.Say(text, (), said.offers_person)

    def _slots(self, book: Playbook, frame: Frame, language: str) -> Iterator[SlotHint]:
        scene = Scene(self._clock.now(), language, signed_in=True, company=self._company)
        known = Known(book, frame, scene)
        for name, slot in book.slots.items():
            options: tuple[Option, ...] = ()
            if isinstance(slot, ChoiceSlot | ObjectSlot):
                try:
                    options = tuple(
                        Option(e.handle, e.label, e.also) for e in known.candidates(name)
                    )
                except ExpressionFailed:
                    options = ()
            yield SlotHint(name, slot.type, options, name in frame.slots)


def _hint(book: Playbook, language: str) -> PlaybookHint:
    slots = tuple(SlotHint(name, slot.type) for name, slot in book.slots.items())
    examples = book.triggers.get(language) or next(iter(book.triggers.values()))
    return PlaybookHint(
        book.playbook,
        in_language(book.title, language),
        book.money,
        book.access == "signed_in",
        slots,
        tuple(examples[:EXAMPLES_MOST]),
        any(isinstance(step, ConfirmStep) for step in book.steps),
    )


def _misses(dialogue: Dialogue) -> int:
    return sum(frame.misses for frame in dialogue.frames)


def _question(dialogue: Dialogue) -> OpenQuestion | None:
    question = dialogue.question
    if question is None:
        return None
    return OpenQuestion(
        question.kind,
        question.playbook,
        question.slot,
        question.type,
        question.wording,
        tuple(Option(each.value, each.label) for each in question.offered),
    )


def _asked(dialogue: Dialogue) -> str:
    """Name the open question by what it shows and does."""
    question = dialogue.question
    if question is None:
        return ""
    parts = (question.kind, question.playbook, question.slot, str(question.step), question.digest)
    return "/".join(parts)


def _effect(effect: effects.Effect) -> turn.Effect:
    match effect:
        case effects.Ask(card=card):
            return turn.Ask(card)
        case effects.Read(call):
            return turn.Read(call)
        case effects.Act(proposal, check):
            return turn.Act(proposal, check)
        case effects.HandOff(because, skill, why, stays_open):
            known = because in set(Because)
            reason = Because(because) if known else Because.PLAYBOOK
            return turn.ToPerson(reason, skill, why or because, stays_open)
        case _:
            return turn.Nothing()
