"""What is known in a playbook: values for expressions, words, what a slot may be. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from alltid.assistant.playbooks.expressions import ExpressionFailed, evaluate, holds, names_in
from alltid.assistant.playbooks.matching import Candidate
from alltid.assistant.playbooks.playbook import AskStep, ChoiceSlot, ObjectSlot, Playbook, ReadStep
from alltid.assistant.playbooks.state import Frame
from alltid.assistant.playbooks.templates import (
    NO_WORDINGS,
    Rendered,
    Wordings,
    one_line,
    render,
)
from alltid.assistant.playbooks.values import Asked, objects_of, shown_labels, value_of
from alltid.assistant.tools.tool import Json

CANDIDATES_MAX: Final = 50
_CHOSEN: Final = re.compile(r"(?<![\w.])chosen\s*\.\s*([a-z_][a-z0-9_]*)")
# Filters that show a text of the playbook's.
_BORROWING: Final = re.compile(r"\|\s*(?:label|each|text)\b")


@dataclass(frozen=True, slots=True)
class Scene:
    """What the turn brings along: when, in which language, and whether somebody is signed in."""

    now: datetime
    language: str
    signed_in: bool
    company: str = ""

    @property
    def facts(self) -> dict[str, Any]:
        """The facts that expressions may name."""
        return {
            "today": self.now.date().isoformat(),
            "language": self.language,
            "signed_in": self.signed_in,
            "company": self.company,
        }


@dataclass(frozen=True, slots=True)
class Known:
    """A frame of a playbook, looked at. Its methods raise ExpressionFailed."""

    book: Playbook
    frame: Frame
    scene: Scene

    def words(self, words: str | Mapping[str, str]) -> Rendered:
        """Render words: a wording, or the name of a text."""
        named = self.book.texts[words] if isinstance(words, str) else words
        return self.shown(named)

    def shown(self, shown: str | Mapping[str, str]) -> Rendered:
        """Render a template or a wording."""
        text = shown if isinstance(shown, str) else in_language(shown, self.scene.language)
        return render(text, self.values(text), self.scene.language, self._wordings(text))

    def candidates(self, slot: str) -> tuple[Candidate, ...]:
        """Return what a slot offers now: options, objects, or nothing."""
        described = self.book.slots[slot]
        if isinstance(described, ChoiceSlot):
            return tuple(
                Candidate(name, self.words(words).text, also=_also(described, name))
                for name, words in described.options.items()
            )
        if not isinstance(described, ObjectSlot):
            return ()
        found = objects_of(described, self.values(described.of))[:CANDIDATES_MAX]
        return tuple(
            Candidate(each[described.key], self._label(described, each), each) for each in found
        )

    def _label(self, slot: ObjectSlot, item: Mapping[str, Any]) -> str:
        label = slot.label
        text = label if isinstance(label, str) else in_language(label, self.scene.language)
        values = {**self.values(text), "item": item}
        return one_line(render(text, values, self.scene.language, self._wordings(text)).text)

    def taken(self, slot: str, said: Any) -> Frame | None:
        """Return the frame with what was said as the slot's value; None when it is no value."""
        asked = self.asked(slot)
        value = value_of(said, asked)
        if value is None:
            return None
        frame = self.frame
        before = frame.slots.get(slot)
        if before is not None and before != value:
            frame = forgotten(self.book, frame, {slot})
        label = shown_labels(asked.candidates, value) or one_line(str(value))
        earlier = {**frame.earlier, slot: before} if isinstance(before, str) else frame.earlier
        return replace(
            frame,
            slots={**frame.slots, slot: value},
            labels={**frame.labels, slot: label},
            earlier=earlier,
            misses=0,
        )

    def still_fits(self, slot: str) -> bool:
        """Tell whether the value that a slot was filled with is still one."""
        described, value = self.book.slots[slot], self.frame.slots[slot]
        if isinstance(described, ObjectSlot):
            found = objects_of(described, self.values(described.of))[:CANDIDATES_MAX]
            handles = {each[described.key] for each in found}
            return all(each in handles for each in (value if isinstance(value, list) else [value]))
        if isinstance(described, ChoiceSlot):
            return value in described.options
        return isinstance(value, str | int) and value_of(value, self.asked(slot)) == value

    def asked(self, slot: str) -> Asked:
        """Return what a slot may be now."""
        described = self.book.slots[slot]
        bounds = " ".join(
            part
            for name in ("least", "most", "currency")
            if isinstance(part := getattr(described, name, None), str)
        )
        frame = self.frame
        before = frame.slots.get(slot, frame.earlier.get(slot))
        earlier = before if isinstance(before, str) else None
        values = self.values(bounds)
        return Asked(described, values, self.scene.language, self.candidates(slot), earlier)

    def arguments(self, arguments: Mapping[str, str]) -> dict[str, Json]:
        """Compute the arguments of a call; what is null is left out."""
        found = {
            name: evaluate(expression, self.values(expression))
            for name, expression in arguments.items()
        }
        return {name: value for name, value in found.items() if value is not None}

    def holds(self, expression: str) -> bool:
        """Compute a condition."""
        return holds(expression, self.values(expression))

    def values(self, text: str) -> dict[str, Any]:
        """Return what an expression, or a text with expressions in it, may refer to."""
        frame = self.frame
        values = {name: kept.value for name, kept in frame.results.items()}
        chosen = {
            name: self._chosen(name) for name in set(_CHOSEN.findall(text)) if name in frame.slots
        }
        return {**values, "slots": frame.slots, "chosen": chosen, "facts": self.scene.facts}

    def _chosen(self, name: str) -> Any:
        slot, value = self.book.slots[name], self.frame.slots[name]
        if not isinstance(slot, ObjectSlot):
            return value
        found = objects_of(slot, self.values(slot.of))
        if isinstance(value, list):
            return [each for each in found if each[slot.key] in value]
        one = [each for each in found if each[slot.key] == value]
        if not one:
            raise ExpressionFailed(f"what was chosen for '{name}' isn't there any more")
        return one[0]

    def _wordings(self, text: str) -> Wordings:
        if not _BORROWING.search(text):
            return NO_WORDINGS
        language = self.scene.language
        labels = {
            name: {
                option: in_language(
                    self.book.texts[words] if isinstance(words, str) else words, language
                )
                for option, words in slot.options.items()
            }
            for name, slot in self.book.slots.items()
            if isinstance(slot, ChoiceSlot)
        }
        texts = {name: in_language(each, language) for name, each in self.book.texts.items()}
        return Wordings(labels, texts)


def _also(slot: ChoiceSlot, option: str) -> tuple[str, ...]:
    """What an option is called beside its name, in all languages: customers mix them."""
    return tuple(each for words in slot.also.get(option, {}).values() for each in words)


def in_language(wording: Mapping[str, str], language: str) -> str:
    """Return a wording in a language, or else in English or the first that there is."""
    return wording.get(language) or wording.get("en") or next(iter(wording.values()))


def forgotten(book: Playbook, frame: Frame, slots: set[str]) -> Frame:
    """Forget slots, what was read by them, and the slots that hang on that."""
    gone, results = set(slots), set[str]()
    before = -1
    while len(gone) + len(results) != before:
        before = len(gone) + len(results)
        for step in book.steps[frame.start :]:
            if isinstance(step, ReadStep) and any(
                _refers(text, gone, results) for text in step.arguments.values()
            ):
                results.add(step.keep)
        for name, slot in book.slots.items():
            if isinstance(slot, ObjectSlot) and _refers(slot.of, gone, results):
                gone.add(name)
    asked = [
        at for at, step in enumerate(book.steps) if isinstance(step, AskStep) and step.ask in gone
    ]
    first = min(asked, default=frame.start)
    return replace(
        frame,
        slots={name: value for name, value in frame.slots.items() if name not in gone},
        labels={name: label for name, label in frame.labels.items() if name not in gone},
        results={name: kept for name, kept in frame.results.items() if name not in results},
        forks={step: code for step, code in frame.forks.items() if int(step) < first},
        said=tuple(at for at in frame.said if at < first),
    )


def _refers(expression: str, slots: set[str], results: set[str]) -> bool:
    names = names_in(expression)
    return bool(names.slots & slots or names.variables & results)
