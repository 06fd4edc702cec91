"""Whether the company's rules still allow an action, just before it is done. Pure.

The playbook is followed once more with facts that the executor reads itself, and has to come to
the very same action. What the engine believed counts for nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from alltid.assistant.playbooks.following import ToConfirm, ToPerson, ToRead, Trouble, follow
from alltid.assistant.playbooks.known import Scene
from alltid.assistant.playbooks.library import Library
from alltid.assistant.playbooks.playbook import ConfirmStep, Playbook, ReadStep
from alltid.assistant.playbooks.state import Frame, Kept
from alltid.assistant.tools.tool import Json, Proposal, ToolCall, ToolFailed, ToolResult

READS_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class Check:
    """What the check starts from: what the customer chose, and what stands behind an action."""

    playbook: str
    version: int
    step: int
    start: int
    slots: Mapping[str, Json]
    kept: Mapping[str, Kept]
    forks: Mapping[str, str]

    @classmethod
    def of(cls, book: Playbook, frame: Frame, step: int) -> Check:
        """Take from a frame what can't be read again: no fact that a rule looks at."""
        read_again = {each.keep for each in book.steps[frame.start :] if isinstance(each, ReadStep)}
        kept = {name: one for name, one in frame.results.items() if name not in read_again}
        # A card that was declined before, or an action that failed, led to this place.
        forks = {
            at: code
            for at, code in frame.forks.items()
            if isinstance(book.steps[int(at)], ConfirmStep)
        }
        return cls(frame.playbook, frame.version, step, frame.start, frame.slots, kept, forks)


@dataclass(frozen=True, slots=True)
class Allowed:
    """The rules allow exactly this."""


@dataclass(frozen=True, slots=True)
class Refused:
    """They don't; `why` is a word for the trace: `rule`, `changed`, `unreadable`."""

    why: str


@dataclass(frozen=True, slots=True)
class ForPerson:
    """A person has to decide it."""

    because: str
    skill: str | None


Verdict = Allowed | Refused | ForPerson


class _Reads(Protocol):
    async def read(self, call: ToolCall) -> ToolResult | ToolFailed: ...


def policy_check(
    library: Library,
    check: Check,
    proposal: Proposal,
    fresh: Sequence[ToolResult | ToolFailed],
    scene: Scene,
) -> Verdict | ToolCall:
    """Follow the playbook over fresh facts; a ToolCall asks for one that is missing."""
    book = library.get(check.playbook)
    if book is None or book.version != check.version:
        return Refused("changed")
    if book.access == "signed_in" and not scene.signed_in:
        return Refused("rule")
    frame = Frame(
        check.playbook,
        check.version,
        slots=check.slots,
        results=check.kept,
        start=check.start,
        forks=check.forks,
        said=tuple(range(len(book.steps))),
    )
    return _followed(book, frame, check, proposal, fresh, scene)


def _followed(
    book: Playbook,
    frame: Frame,
    check: Check,
    proposal: Proposal,
    fresh: Sequence[ToolResult | ToolFailed],
    scene: Scene,
) -> Verdict | ToolCall:
    at = int(scene.now.timestamp())
    followed = follow(book, frame, scene)
    for _ in range(READS_MAX):
        stop = followed.stop
        if not isinstance(stop, ToRead):
            break
        answers = [each for each in fresh if each.call == stop.call]
        if not answers:
            return stop.call
        frame = _with(followed.frame, stop, answers[-1], at)
        followed = follow(book, frame, scene)
    match followed.stop:
        case ToPerson(because, skill):
            return ForPerson(because, skill)
        case ToConfirm(step=step, proposal=found):
            same = step == check.step and found == proposal
            return Allowed() if same else Refused("changed")
        case ToRead() | Trouble():
            return Refused("unreadable")
        case _:
            return Refused("rule")


def _with(frame: Frame, stop: ToRead, answer: ToolResult | ToolFailed, at: int) -> Frame:
    if isinstance(answer, ToolFailed):
        return replace(frame, forks={**frame.forks, str(stop.step): answer.code})
    kept = Kept(answer.value, at, stop.call)
    return replace(frame, results={**frame.results, stop.keep: kept})


async def checked(
    library: Library, check: Check, proposal: Proposal, reads: _Reads, scene: Scene
) -> Verdict:
    """Read what the check needs, and return its verdict. What can't be read allows nothing."""
    fresh: list[ToolResult | ToolFailed] = []
    while True:
        found = policy_check(library, check, proposal, fresh, scene)
        if not isinstance(found, ToolCall):
            return found
        answer = await reads.read(found)
        fresh.append(answer)
