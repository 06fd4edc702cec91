"""What no schema can say about a playbook: names exist, expressions compile, no wording is missing.

Every problem is a path into the document and a sentence that says what to mend.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from alltid.assistant.playbooks.expressions import ExpressionFailed, names_in
from alltid.assistant.playbooks.playbook import (
    AskStep,
    Branch,
    ChoiceSlot,
    ConfirmStep,
    DateSlot,
    DecideStep,
    GoStep,
    HandOffStep,
    HandOffTo,
    IntegerSlot,
    LabelStep,
    MoneySlot,
    ObjectSlot,
    Outcome,
    Playbook,
    ReadStep,
    Require,
    RulesStep,
    SayStep,
)
from alltid.assistant.playbooks.templates import places_of
from alltid.assistant.tools.tool import ToolSpec

FACTS: Final = frozenset({"today", "language", "signed_in", "company"})
_ROOTS: Final = frozenset({"slots", "chosen", "facts"})

_AGAIN: Final = "to ask for something again, use 'clear: [slot]'"

Path = tuple[str | int, ...]
Problem = tuple[Path, str]


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be referred to at a place: the step's index, and whether there is an `item`."""

    step: int
    item: bool = False


class Checker:
    """Goes through one playbook once."""

    def __init__(
        self,
        playbook: Playbook,
        languages: Sequence[str],
        tools: Mapping[str, ToolSpec] | None,
    ) -> None:
        self._book = playbook
        self._languages = languages
        self._tools = tools
        self._labels: dict[str, int] = {}
        self._results: dict[str, int] = {}
        self._asked: dict[str, int] = {}

    def problems(self) -> Iterator[Problem]:
        """Yield every problem of the playbook."""
        yield from self._places()
        yield from self._wording(("title",), self._book.title, Scope(0))
        for language in self._languages:
            if language not in self._book.triggers:
                yield ("triggers",), f"there are no triggers in '{language}'"
        for name, wording in self._book.texts.items():
            yield from self._complete(("texts", name), wording)
        for name in self._book.slots:
            yield from self._slot(name)
        for at in range(len(self._book.steps)):
            yield from self._step(at)

    def _places(self) -> Iterator[Problem]:
        for at, step in enumerate(self._book.steps):
            if isinstance(step, LabelStep):
                if step.label in self._labels:
                    yield ("steps", at), f"the label '{step.label}' stands here a second time"
                self._labels.setdefault(step.label, at)
            if isinstance(step, ReadStep | ConfirmStep):
                if step.keep in _ROOTS | {"item"}:
                    yield ("steps", at, "as"), f"a result can't be called '{step.keep}'"
                if step.keep in self._results and not self._are_actions(step.keep):
                    yield ("steps", at, "as"), f"there is a result '{step.keep}' already"
                self._results.setdefault(step.keep, at)
            if isinstance(step, AskStep):
                self._asked.setdefault(step.ask, at)

    def _are_actions(self, keep: str) -> bool:
        keeping = [each for each in self._book.steps if getattr(each, "keep", None) == keep]
        return all(isinstance(each, ConfirmStep) for each in keeping)

    def _step(self, at: int) -> Iterator[Problem]:
        path: Path = ("steps", at)
        step = self._book.steps[at]
        scope = Scope(at)
        match step:
            case ReadStep():
                yield from self._call(path, step.read, "read", step)
            case ConfirmStep():
                yield from self._call(path, step.confirm, "act", step)
                yield from self._card(path, step, scope)
            case AskStep() if step.ask not in self._book.slots:
                yield path, f"there is no slot '{step.ask}'; there are {_names(self._book.slots)}"
            case DecideStep():
                for place, branch in enumerate(step.decide):
                    yield from self._outcome((*path, "decide", place), branch, scope)
            case RulesStep():
                yield from self._rules(path, step, scope)
            case SayStep():
                yield from self._words((*path, "say"), step.say, scope)
            case HandOffStep():
                yield from self._hand_off((*path, "hand_off"), step.hand_off, scope)
            case GoStep():
                yield from self._go(path, step.go, at)
            case _:
                pass

    def _rules(self, path: Path, step: RulesStep, scope: Scope) -> Iterator[Problem]:
        for place, rule in enumerate(step.rules):
            here = (*path, "rules", place)
            if isinstance(rule, Require):
                yield from self._expression((*here, "require"), rule.require, scope)
                yield from self._then((*here, "otherwise"), rule.otherwise, scope)
            else:
                yield from self._expression((*here, "person_when"), rule.person_when, scope)
                if rule.say is not None:
                    yield from self._words((*here, "say"), rule.say, scope)

    def _call(
        self, path: Path, tool: str, effect: str, step: ReadStep | ConfirmStep
    ) -> Iterator[Problem]:
        scope = Scope(step_at(path))
        for name, expression in step.arguments.items():
            yield from self._expression((*path, "with", name), expression, scope)
        # What follows an action's failure may speak of nothing that it returned.
        for code, then in step.failed.items():
            yield from self._then((*path, "failed", code), then, scope)
        if self._tools is None:
            return
        spec = self._tools.get(tool)
        if spec is None:
            yield path, f"there is no tool '{tool}'; there are {_names(self._tools)}"
            return
        if spec.effect != effect:
            wanted = "read" if spec.effect == "read" else "confirm"
            yield path, f"'{tool}' is a tool to {spec.effect} with: use '{wanted}'"
        known = spec.arguments.get("properties", {})
        for name in step.arguments:
            if name not in known:
                yield (*path, "with", name), f"'{tool}' takes no '{name}'; it takes {_names(known)}"
        for name in spec.arguments.get("required", ()):
            if name not in step.arguments:
                yield path, f"'{tool}' needs '{name}' under 'with'"

    def _card(self, path: Path, step: ConfirmStep, scope: Scope) -> Iterator[Problem]:
        card = step.card
        here = (*path, "card")
        yield from self._words((*here, "title"), card.title, scope)
        yield from self._words((*here, "yes"), card.yes, scope)
        yield from self._words((*here, "no"), card.no, scope)
        for place, (label, value) in enumerate(card.lines):
            yield from self._words((*here, "lines", place, 0), label, scope)
            yield from self._shown((*here, "lines", place, 1), value, scope)
        yield from self._then((*path, "declined"), step.declined, scope)

    def _slot(self, name: str) -> Iterator[Problem]:
        path: Path = ("slots", name)
        slot = self._book.slots[name]
        if name not in self._asked:
            yield path, f"no step asks for '{name}': add '- ask: {name}', or leave the slot out"
            return
        scope = Scope(self._asked[name])
        yield from self._words((*path, "ask"), slot.ask, scope)
        if slot.invalid is not None:
            yield from self._words((*path, "invalid"), slot.invalid, scope)
        if isinstance(slot, IntegerSlot | MoneySlot | DateSlot):
            for key, bound in (("from", slot.least), ("to", slot.most)):
                if isinstance(bound, str):
                    yield from self._expression((*path, key), bound, scope)
        if isinstance(slot, MoneySlot):
            yield from self._expression((*path, "currency"), slot.currency, scope)
        if isinstance(slot, ChoiceSlot):
            for option, words in slot.options.items():
                yield from self._words((*path, "options", option), words, scope)
        if isinstance(slot, ObjectSlot):
            yield from self._expression((*path, "of"), slot.of, scope)
            yield from self._asked_before(path, slot.of, scope)
            yield from self._shown((*path, "label"), slot.label, Scope(scope.step, item=True))

    def _asked_before(self, path: Path, expression: str, scope: Scope) -> Iterator[Problem]:
        try:
            names = names_in(expression).slots
        except ExpressionFailed:
            return  # said already
        for name in sorted(names):
            if self._asked.get(name, scope.step) >= scope.step:
                yield (*path, "of"), f"'of' speaks of '{name}', which is not asked for before"

    def _then(self, path: Path, then: str | Outcome, scope: Scope) -> Iterator[Problem]:
        if isinstance(then, str):
            yield from self._words(path, then, scope)
        else:
            yield from self._outcome(path, then, scope)

    def _outcome(self, path: Path, outcome: Outcome, scope: Scope) -> Iterator[Problem]:
        if isinstance(outcome, Branch):
            yield from self._expression((*path, "when"), outcome.when, scope)
        ways = [outcome.go, outcome.hand_off, outcome.end, outcome.clear or None]
        if sum(way is not None for way in ways) > 1:
            yield path, "choose one of 'go', 'hand_off', 'end' and 'clear'"
        if outcome.say is not None:
            yield from self._words((*path, "say"), outcome.say, scope)
        if outcome.go is not None:
            yield from self._go(path, outcome.go, scope.step)
        if outcome.hand_off is not None:
            yield from self._hand_off((*path, "hand_off"), outcome.hand_off, scope)
        for name in outcome.clear:
            if self._asked.get(name, scope.step) >= scope.step:
                yield (
                    (*path, "clear"),
                    f"'{name}' can't be cleared: no step before this one asks for it",
                )

    def _hand_off(self, path: Path, to: HandOffTo, scope: Scope) -> Iterator[Problem]:
        if to.say is not None:
            yield from self._words((*path, "say"), to.say, scope)

    def _go(self, path: Path, label: str, at: int) -> Iterator[Problem]:
        if label not in self._labels:
            yield (*path, "go"), f"there is no label '{label}'; there are {_names(self._labels)}"
        elif self._labels[label] <= at:
            yield (*path, "go"), f"'{label}' stands above, and 'go' only goes down: {_AGAIN}"

    def _words(self, path: Path, words: str | Mapping[str, str], scope: Scope) -> Iterator[Problem]:
        if not isinstance(words, str):
            yield from self._wording(path, words, scope)
        elif words not in self._book.texts:
            yield path, f"there is no text '{words}' under 'texts'"
        else:
            for text in self._book.texts[words].values():
                yield from self._template(path, text, scope)

    def _shown(self, path: Path, shown: str | Mapping[str, str], scope: Scope) -> Iterator[Problem]:
        if isinstance(shown, str):
            yield from self._template(path, shown, scope)
        else:
            yield from self._wording(path, shown, scope)

    def _wording(self, path: Path, wording: Mapping[str, str], scope: Scope) -> Iterator[Problem]:
        yield from self._complete(path, wording)
        for language, text in wording.items():
            yield from self._template((*path, language), text, scope)

    def _complete(self, path: Path, wording: Mapping[str, str]) -> Iterator[Problem]:
        for language in self._languages:
            if language not in wording:
                yield path, f"the wording in '{language}' is missing"

    def _template(self, path: Path, text: str, scope: Scope) -> Iterator[Problem]:
        try:
            places = places_of(text)
        except ExpressionFailed as error:
            yield path, str(error)
            return
        for place in places:
            yield from self._expression(path, place.expression, scope)
            for step in place.filters:
                if step.name == "each":
                    yield from self._each(path, step.argument or "", scope)
                elif step.name == "text":
                    if f"{step.argument}_other" not in self._book.texts:
                        yield path, f"'text({step.argument})' needs a text '{step.argument}_other'"
                elif step.name == "label":
                    slot = self._book.slots.get(place.expression.removeprefix("slots."))
                    if not isinstance(slot, ChoiceSlot):
                        yield path, "'label' shows a choice slot: {slots.name|label}"
                elif step.argument is not None:
                    yield from self._expression(path, step.argument, scope)

    def _each(self, path: Path, name: str, scope: Scope) -> Iterator[Problem]:
        if scope.item:
            yield path, "'each' can't stand inside a label or another 'each'"
        elif name not in self._book.texts:
            yield path, f"there is no text '{name}' under 'texts' for 'each({name})'"
        else:
            for text in self._book.texts[name].values():
                yield from self._template(path, text, Scope(scope.step, item=True))

    def _expression(self, path: Path, expression: str, scope: Scope) -> Iterator[Problem]:
        try:
            names = names_in(expression)
        except ExpressionFailed as error:
            yield path, str(error)
            return
        for name in sorted(names.slots - self._book.slots.keys()):
            yield path, f"there is no slot '{name}'; there are {_names(self._book.slots)}"
        for name in sorted(names.facts - FACTS):
            yield path, f"there is no fact '{name}'; there are {_names(FACTS)}"
        for name in sorted(names.variables - _ROOTS):
            if name == "item" and scope.item:
                continue
            if name not in self._results:
                yield path, f"nothing is called '{name}': a step must keep it with 'as: {name}'"
            elif self._results[name] >= scope.step:
                yield path, f"'{name}' is only known further down"


def step_at(path: Path) -> int:
    """Return the index of the step that a path is in."""
    return next((part for part in path if isinstance(part, int)), 0)


def _names(names: Mapping[str, object] | frozenset[str]) -> str:
    return ", ".join(sorted(names)) or "none"
