"""Following a playbook from its start over what is known, to where something is missing. Pure.

The engine follows it to talk, and the policy check follows it again with fresh facts just
before an action is done: the same steps, the same rules, the same function.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, Literal

from alltid.assistant.playbooks.expressions import ExpressionFailed
from alltid.assistant.playbooks.known import Known, Scene, forgotten
from alltid.assistant.playbooks.matching import Candidate
from alltid.assistant.playbooks.playbook import (
    AskStep,
    ConfirmStep,
    DecideStep,
    GoStep,
    HandOffStep,
    HandOffTo,
    LabelStep,
    ObjectSlot,
    Outcome,
    Playbook,
    ReadStep,
    Require,
    RulesStep,
    SayStep,
)
from alltid.assistant.playbooks.state import Frame
from alltid.assistant.playbooks.templates import Used
from alltid.assistant.tools.tool import Proposal, ToolCall

FRESH: Final = timedelta(minutes=10)
AGAINS_MAX: Final = 5
NOT_UNDERSTOOD: Final = "not_understood"
BY_PLAYBOOK: Final = "playbook"
DECLINED: Final = "declined"


@dataclass(frozen=True, slots=True)
class Said:
    """Words of a playbook as the customer reads them, and the values in them."""

    text: str
    used: tuple[Used, ...] = ()
    offers_person: bool = False


@dataclass(frozen=True, slots=True)
class CardToShow:
    """What a confirmation shows, and the values in it."""

    title: str
    lines: tuple[tuple[str, str], ...]
    yes: str
    no: str
    used: tuple[Used, ...]


@dataclass(frozen=True, slots=True)
class ToRead:
    """A read is needed."""

    call: ToolCall
    keep: str
    step: int


@dataclass(frozen=True, slots=True)
class ToAsk:
    """A slot is needed."""

    slot: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """A yes is needed, to this. `digest` names all that is shown and done."""

    proposal: Proposal
    card: CardToShow
    step: int
    keep: str
    digest: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """A tool failed, and the playbook says nothing about that."""

    kind: Literal["read", "act"]
    code: str


@dataclass(frozen=True, slots=True)
class ToPerson:
    """A person is needed; `why` is for the trace."""

    because: str
    skill: str | None
    why: str = ""
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Over:
    """The playbook has ended."""


Stop = ToRead | ToAsk | ToConfirm | ToPerson | Trouble | Over


@dataclass(frozen=True, slots=True)
class Followed:
    """Where following came to: the frame then, what was said on the way, why it stopped."""

    frame: Frame
    said: tuple[Said, ...]
    stop: Stop


def follow(book: Playbook, frame: Frame, scene: Scene) -> Followed:
    """Follow a playbook as far as what is known allows. Never raises.

    An expression that fails is no permission: it goes to a person.
    """
    return _Follower(book, frame, scene).follow()


class _Stopped(Exception):  # noqa: N818  not an error: where following ends
    def __init__(self, stop: Stop) -> None:
        self.stop = stop


class _Follower:
    def __init__(self, book: Playbook, frame: Frame, scene: Scene) -> None:
        self._book = book
        self._frame = frame
        self._scene = scene
        self._said: list[Said] = []
        self._labels = {
            step.label: at for at, step in enumerate(book.steps) if isinstance(step, LabelStep)
        }

    @property
    def _known(self) -> Known:
        return Known(self._book, self._frame, self._scene)

    def follow(self) -> Followed:
        stop: Stop = Over()
        try:
            at = self._frame.start
            while at < len(self._book.steps):
                at = self._step(at)
        except _Stopped as stopped:
            stop = stopped.stop
        except ExpressionFailed as failure:
            stop = ToPerson(BY_PLAYBOOK, self._book.skill, str(failure))
        if isinstance(stop, Over | Trouble) and self._book.after == "always_person":
            trouble = stop if isinstance(stop, Trouble) else None
            stop = ToPerson(self._book.because, self._book.skill, trouble=trouble)
        return Followed(self._frame, tuple(self._said), stop)

    def _step(self, at: int) -> int:
        """Do one step; return where to go on. Raises _Stopped where it can't."""
        step = self._book.steps[at]
        then = at + 1
        match step:
            case ReadStep():
                then = self._read(at, step)
            case DecideStep():
                then = self._decide(at, step)
            case AskStep():
                then = self._ask(at, step)
            case RulesStep():
                then = self._rules(at, step)
            case ConfirmStep():
                then = self._confirm(at, step)
            case SayStep():
                self._say(at, step.say, offers_person=step.offer_person)
            case HandOffStep():
                self._hand_off(at, step.hand_off)
            case GoStep():
                then = self._labels[step.go]
            case LabelStep():
                pass
            case _:
                raise _Stopped(Over())
        return then

    def _read(self, at: int, step: ReadStep) -> int:
        failed = self._frame.forks.get(str(at))
        if failed is not None:
            return self._failed(at, step, "read", failed)
        call = ToolCall(step.read, self._known.arguments(step.arguments))
        kept = self._frame.results.get(step.keep)
        if kept is None or kept.call != call:
            raise _Stopped(ToRead(call, step.keep, at))
        return at + 1

    def _decide(self, at: int, step: DecideStep) -> int:
        for branch in step.decide:
            if self._known.holds(branch.when):
                return self._outcome(at, branch, ends=False)
        return at + 1

    def _ask(self, at: int, step: AskStep) -> int:
        slot = step.ask
        frame = self._frame
        if slot in frame.slots:
            if self._known.still_fits(slot):
                return at + 1
            self._frame = frame = forgotten(self._book, frame, {slot})
        if slot in frame.heard:
            said = frame.heard[slot]
            heard = {name: value for name, value in frame.heard.items() if name != slot}
            self._frame = frame = replace(frame, heard=heard)
            filled = self._known.taken(slot, said)
            if filled is not None:
                self._frame = filled
                return at + 1
        candidates = self._known.candidates(slot)
        if isinstance(self._book.slots[slot], ObjectSlot):
            if not candidates:
                raise _Stopped(ToPerson(BY_PLAYBOOK, self._book.skill, f"nothing for '{slot}'"))
            only = self._known.taken(slot, candidates[0].handle) if len(candidates) == 1 else None
            if only is not None and not step.always:
                self._frame = only
                return at + 1
        raise _Stopped(ToAsk(slot, candidates))

    def _rules(self, at: int, step: RulesStep) -> int:
        for rule in step.rules:
            if isinstance(rule, Require):
                if not self._known.holds(rule.require):
                    return self._then(at, rule.otherwise)
            elif self._known.holds(rule.person_when):
                self._hand_off(at, HandOffTo(because=rule.because, skill=rule.skill, say=rule.say))
        return at + 1

    def _confirm(self, at: int, step: ConfirmStep) -> int:
        fork = self._frame.forks.get(str(at))
        if fork == DECLINED:
            return self._then(at, step.declined)
        if fork is not None:
            return self._failed(at, step, "act", fork)
        if self._drop_stale():
            return self._frame.start
        call = ToolCall(step.confirm, self._known.arguments(step.arguments))
        proposal = Proposal(call, self._book.playbook, str(at))
        card = self._card(step)
        digest = _digest(proposal, card)
        raise _Stopped(ToConfirm(proposal, card, at, step.keep, digest))

    def _drop_stale(self) -> bool:
        """Forget what was read too long ago to agree on; true when there was any."""
        frame = self._frame
        oldest = (self._scene.now - FRESH).timestamp()
        again = {
            step.keep
            for step in self._book.steps[frame.start :]
            if isinstance(step, ReadStep)
            and (kept := frame.results.get(step.keep)) is not None
            and kept.at < oldest
        }
        results = {name: kept for name, kept in frame.results.items() if name not in again}
        self._frame = replace(frame, results=results)
        return bool(again)

    def _card(self, step: ConfirmStep) -> CardToShow:
        title = self._known.words(step.card.title)
        lines = [
            (self._known.words(label), self._known.shown(value)) for label, value in step.card.lines
        ]
        yes, no = self._known.words(step.card.yes), self._known.words(step.card.no)
        rendered = (title, *(part for line in lines for part in line), yes, no)
        return CardToShow(
            title.text,
            tuple((label.text, value.text) for label, value in lines),
            yes.text,
            no.text,
            tuple(used for part in rendered for used in part.used),
        )

    def _failed(
        self, at: int, step: ReadStep | ConfirmStep, kind: Literal["read", "act"], code: str
    ) -> int:
        then = step.failed.get(code, step.failed.get("any"))
        if then is None:
            raise _Stopped(Trouble(kind, code))
        return self._then(at, then)

    def _then(self, at: int, then: str | Outcome) -> int:
        outcome = Outcome(say=then) if isinstance(then, str) else then
        return self._outcome(at, outcome, ends=True)

    def _outcome(self, at: int, outcome: Outcome, *, ends: bool) -> int:
        if outcome.say is not None:
            self._say(at, outcome.say, offers_person=outcome.offer_person)
        if outcome.clear:
            return self._again(at, outcome.clear)
        if outcome.go is not None:
            return self._labels[outcome.go]
        if outcome.hand_off is not None:
            self._hand_off(at, outcome.hand_off)
        if outcome.end or ends:
            raise _Stopped(Over())
        return at + 1

    def _again(self, at: int, slots: tuple[str, ...]) -> int:
        frame = forgotten(self._book, self._frame, set(slots))
        forks = {step: code for step, code in frame.forks.items() if step != str(at)}
        self._frame = replace(frame, forks=forks, agains=frame.agains + 1)
        if self._frame.agains > AGAINS_MAX:
            raise _Stopped(ToPerson(NOT_UNDERSTOOD, self._book.skill, "asked again too often"))
        return self._frame.start

    def _hand_off(self, at: int, to: HandOffTo) -> None:
        if to.say is not None:
            self._say(at, to.say, offers_person=False)
        raise _Stopped(ToPerson(to.because, to.skill or self._book.skill))

    def _say(self, at: int, words: Any, *, offers_person: bool) -> None:
        if at in self._frame.said:
            return
        rendered = self._known.words(words)
        self._said.append(Said(rendered.text, rendered.used, offers_person))
        self._frame = replace(self._frame, said=(*self._frame.said, at))


def _digest(proposal: Proposal, card: CardToShow) -> str:
    shown = json.dumps([proposal.hash, proposal.step, card.title, card.lines])
    return hashlib.sha256(shown.encode()).hexdigest()[:32]
