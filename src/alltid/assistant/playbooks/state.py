"""Where the open procedures of a dialogue stand, and how that is kept as JSON. Pure.

Nothing says at which step a procedure is: it is followed from its start (or from its last done
action) over what is known, and comes to the same place. So what is dropped is asked or read
again, and nothing is done twice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from alltid.assistant.dialogue.commands import SlotValue
from alltid.assistant.playbooks.library import Library
from alltid.assistant.tools.tool import Json, ToolCall

FORMAT: Final = 1
STATE_BYTES_MAX: Final = 32_768
FRAMES_MAX: Final = 4


@dataclass(frozen=True, slots=True)
class Kept:
    """What a tool answered, when (seconds since 1970), and to which call."""

    value: Json
    at: int
    call: ToolCall


@dataclass(frozen=True, slots=True)
class Frame:
    """One open procedure.

    `heard` is what the customer said for slots before these were asked for, `labels` how the
    filled ones read, `earlier` what was chosen before a correction. Steps before `start` are
    behind a done action. `said` are the steps whose words were said; `forks` tells by step with
    which code a tool failed, or that the customer said no. `agains` counts how often slots were
    cleared, `misses` the answers to the open question that didn't fit. `over` is set when a
    person was asked to take over.
    """

    playbook: str
    version: int
    slots: Mapping[str, Json] = field(default_factory=dict)
    heard: Mapping[str, SlotValue] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    earlier: Mapping[str, str] = field(default_factory=dict)
    results: Mapping[str, Kept] = field(default_factory=dict)
    start: int = 0
    said: tuple[int, ...] = ()
    forks: Mapping[str, str] = field(default_factory=dict)
    agains: int = 0
    misses: int = 0
    over: bool = False


@dataclass(frozen=True, slots=True)
class Offered:
    """One answer that the open question offers: the button's id, the value, how it reads."""

    id: str
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """What was asked last.

    `digest` is of everything that a confirmation shows and does, or of what a slot offers; a
    question that comes again unchanged keeps its `serial`, and so its buttons. Where the last
    answer was about something else (a person was offered), it isn't `shown`: a yes is to that.
    """

    kind: Literal["slot", "confirm"]
    playbook: str
    slot: str
    type: str
    wording: str
    step: int = -1
    offered: tuple[Offered, ...] = ()
    digest: str = ""
    serial: int = 0
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Pending:
    """A call that was asked for and not answered yet; `step` is its index."""

    kind: Literal["read", "act"]
    call: ToolCall
    keep: str
    step: int


@dataclass(frozen=True, slots=True)
class Dialogue:
    """The open procedures from the first to the one on top, and what is waited for.

    `agreed` is the digest that the customer said yes to in this turn; `serial` numbers the
    questions, so that a button of an earlier one is told from one of this.
    """

    frames: tuple[Frame, ...] = ()
    question: OpenQuestion | None = None
    pending: Pending | None = None
    agreed: str | None = None
    serial: int = 0

    @property
    def top(self) -> Frame | None:
        """The procedure that is followed now."""
        return self.frames[-1] if self.frames else None


def to_json(dialogue: Dialogue) -> dict[str, Any]:
    """Return a dialogue as JSON of at most `STATE_BYTES_MAX` bytes.

    What is too much is dropped, first of all what can be read again.
    """
    while True:
        data = _written(dialogue)
        if len(json.dumps(data, ensure_ascii=False).encode()) <= STATE_BYTES_MAX:
            return data
        dialogue = _smaller(dialogue)


def _written(dialogue: Dialogue) -> dict[str, Any]:
    """Write field by field: what tools answered is JSON already, and is not copied."""
    question, pending = dialogue.question, dialogue.pending
    return {
        "format": FORMAT,
        "frames": [_frame_written(each) for each in dialogue.frames],
        "question": None
        if question is None
        else {
            **_fields(question),
            "offered": [_fields(each) for each in question.offered],
        },
        "pending": None if pending is None else {**_fields(pending), "call": _fields(pending.call)},
        "agreed": dialogue.agreed,
        "serial": dialogue.serial,
    }


def _frame_written(frame: Frame) -> dict[str, Any]:
    results = {
        name: {"value": kept.value, "at": kept.at, "call": _fields(kept.call)}
        for name, kept in frame.results.items()
    }
    return {**_fields(frame), "results": results}


def _fields(one: Any) -> dict[str, Any]:
    # Of a dataclass with slots these are its fields.
    return {name: getattr(one, name) for name in one.__slots__}


def from_json(data: Mapping[str, Any] | None, library: Library) -> Dialogue:
    """Return the dialogue that JSON tells of.

    A procedure that has another version by now begins anew with what the customer said; one
    that is gone is left, and so is everything of another format.
    """
    if data is None or data.get("format") != FORMAT:
        return Dialogue()
    frames = tuple(
        frame for row in data["frames"] if (frame := _current(_frame(row), library)) is not None
    )
    whole = len(frames) == len(data["frames"]) and all(
        frame.version == row["version"] for frame, row in zip(frames, data["frames"], strict=True)
    )
    return Dialogue(
        frames=frames,
        question=_question(data["question"]) if whole else None,
        pending=_pending(data["pending"]) if whole else None,
        agreed=data["agreed"] if whole else None,
        serial=data["serial"],
    )


def _current(frame: Frame, library: Library) -> Frame | None:
    book = library.get(frame.playbook)
    if book is None:
        return None
    if book.version == frame.version:
        return frame
    if frame.start > 0:
        return None  # something was done by the old one, and isn't begun again
    slots = {name: value for name, value in frame.slots.items() if name in book.slots}
    labels = {name: label for name, label in frame.labels.items() if name in slots}
    return Frame(frame.playbook, book.version, slots=slots, labels=labels)


def _smaller(dialogue: Dialogue) -> Dialogue:
    """Drop the largest result that can be read again, or else the oldest procedure."""
    largest = max(
        (
            (len(json.dumps(kept.value)), at, name)
            for at, frame in enumerate(dialogue.frames)
            for name, kept in frame.results.items()
        ),
        default=None,
    )
    if largest is None:
        return replace(dialogue, frames=dialogue.frames[1:], question=None, agreed=None)
    _, at, name = largest
    frame = dialogue.frames[at]
    results = {each: kept for each, kept in frame.results.items() if each != name}
    smaller = replace(frame, results=results)
    frames = (*dialogue.frames[:at], smaller, *dialogue.frames[at + 1 :])
    return replace(dialogue, frames=frames)


def _frame(row: Mapping[str, Any]) -> Frame:
    results = {
        name: Kept(kept["value"], kept["at"], _call(kept["call"]))
        for name, kept in row["results"].items()
    }
    return Frame(**{**row, "results": results, "said": tuple(row["said"])})


def _question(row: Mapping[str, Any] | None) -> OpenQuestion | None:
    if row is None:
        return None
    return OpenQuestion(**{**row, "offered": tuple(Offered(**each) for each in row["offered"])})


def _pending(row: Mapping[str, Any] | None) -> Pending | None:
    return None if row is None else Pending(**{**row, "call": _call(row["call"])})


def _call(row: Mapping[str, Any]) -> ToolCall:
    return ToolCall(row["tool"], row["arguments"])
