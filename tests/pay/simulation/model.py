"""The auditor's own idea of the books: written from the rules, without the program's code.

It knows commands as plain data, predicts the answer to each, and keeps balances of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

Command = list[Any]
"""As plain data, in one of three forms:

post, key, day, lines (account, minor), memo, pending
settle, key, day, key of the pending one, post or void
reverse, key, day, key of the original
"""
Lines = list[list[Any]]

RECORDED, REPEATED = "recorded", "repeated"


@dataclass
class Known:
    """A transfer as the auditor has seen it accepted."""

    position: int
    command: Command
    kind: str
    lines: Lines


@dataclass
class Model:
    """Predicts answers; `guarded` accounts may not be overdrawn and stand in credit."""

    guarded: frozenset[str]
    accounts: frozenset[str]
    known: dict[str, Known] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    reversed: set[str] = field(default_factory=set)
    posted: Counter[str] = field(default_factory=Counter)
    # Held debits and held credits.
    debits: Counter[str] = field(default_factory=Counter)
    credits: Counter[str] = field(default_factory=Counter)
    closed_before: str = ""

    def predict(self, command: Command) -> str:  # noqa: PLR0911  one for each answer
        """Say how a command must be answered now: recorded, repeated, or a refusal's code."""
        what, key, day = command[:3]
        found = self._lines(command)
        if isinstance(found, str):
            return found
        kind, lines = found
        if sum(minor for _, minor in lines) != 0:
            return "unbalanced"
        if any(account not in self.accounts for account, _ in lines):
            return "unknown_account"
        if key in self.known:
            return REPEATED if self.known[key].command == command else "key_reused"
        if day < self.closed_before:
            return "period_closed"
        if what == "settle" and command[3] in self.settled:
            return "already_settled"
        if what == "reverse" and command[3] in self.reversed:
            return "already_reversed"
        if kind in ("posted", "pending") and self._overdraws(lines):
            return "overdrawn"
        return RECORDED

    def _lines(self, command: Command) -> tuple[str, Lines] | str:
        what = command[0]
        if what == "post":
            return ("pending" if command[5] else "posted"), command[3]
        original = self.known.get(command[3])
        if original is None:
            return "unknown_transfer"
        if what == "settle":
            if original.kind != "pending":
                return "not_pending"
            return command[4], original.lines
        if original.kind not in ("posted", "post"):
            return "not_reversible"
        return "posted", [[account, -minor] for account, minor in original.lines]

    def _overdraws(self, lines: Lines) -> bool:
        """Tell whether a guarded account would owe: what is held counts as gone."""
        sums: Counter[str] = Counter()
        touched = set()
        for account, minor in lines:
            sums[account] += minor
            touched.add(account)
        return any(
            self.posted[account] + self.debits[account] + sums[account] > 0
            for account in touched & self.guarded
        )

    def apply(self, command: Command, position: int) -> None:
        """Take a command as accepted."""
        found = self._lines(command)
        assert not isinstance(found, str)
        kind, lines = found
        for account, minor in lines:
            if kind in ("posted", "post"):
                self.posted[account] += minor
            sign = {"pending": 1, "post": -1, "void": -1}.get(kind, 0)
            (self.debits if minor > 0 else self.credits)[account] += sign * abs(minor)
        if command[0] == "settle":
            self.settled.add(command[3])
        if command[0] == "reverse":
            self.reversed.add(command[3])
        self.known[command[1]] = Known(position, command, kind, lines)

    def balance(self, account: str) -> list[int]:
        """Return what an account has: posted, held debits, held credits."""
        return [self.posted[account], self.debits[account], self.credits[account]]


class Surprise(AssertionError):  # noqa: N818  what an auditor has
    """An answer that the auditor did not predict."""


@dataclass
class Answer:
    """What came back for a command."""

    command: Command
    code: str
    position: int | None = None


def audit(model: Model, answers: list[list[Answer]], *, closing: str | None = None) -> None:
    """Hold the answers of requests that ran at once against the model, and move it on.

    What was recorded happened in the order of positions, each when the model allows it. What was
    refused or repeated must be right at some moment between the first and the last of them; for
    a single request, at its own moment.
    """
    if len(answers) == 1 and closing is None:
        _audit_in_order(model, answers[0])
        return
    every = [answer for answers_of in answers for answer in answers_of]
    new = _new(model, every)
    others = [answer for answer in every if answer.position not in new]
    explained = [False] * len(others)
    for position in [None, *sorted(new)]:
        if position is not None:
            _apply(model, new[position], position, closing)
        for number, answer in enumerate(others):
            if not explained[number]:
                explained[number] = _explains(model, answer, closing)
    for answer, is_explained in zip(others, explained, strict=True):
        if not is_explained:
            raise Surprise(f"{answer} was never right: {model.predict(answer.command)}")
    if closing is not None:
        model.closed_before = closing


def _audit_in_order(model: Model, answers: list[Answer]) -> None:
    for answer in answers:
        predicted = model.predict(answer.command)
        key = answer.command[1]
        if predicted == RECORDED and answer.position is not None:
            if answer.position in {known.position for known in _latest(model)}:
                raise Surprise(f"{answer} has the position of another transfer")
            model.apply(answer.command, answer.position)
            # After a worker died, the first answer to what it had recorded is a repetition.
            continue
        position = model.known[key].position if predicted == REPEATED else None
        if (answer.code, answer.position) != (predicted, position):
            raise Surprise(f"{answer}, but {predicted} at {position} was predicted")


def _latest(model: Model) -> Iterator[Known]:
    return iter(list(model.known.values())[-50:])


def _new(model: Model, answers: list[Answer]) -> dict[int, Command]:
    """Return what was recorded in this round, by position; a position stands for one command."""
    found: dict[int, Command] = {}
    for answer in answers:
        if answer.position is None:
            continue
        known = model.known.get(answer.command[1])
        if known is not None and known.position == answer.position:
            continue
        if found.setdefault(answer.position, answer.command) != answer.command:
            raise Surprise(f"{answer} shares its position with {found[answer.position]}")
    firsts = Counter(answer.position for answer in answers if answer.code == RECORDED)
    if twice := [position for position, count in firsts.items() if count > 1]:
        raise Surprise(f"the positions {twice} were given out as new twice")
    return found


def _apply(model: Model, command: Command, position: int, closing: str | None) -> None:
    predicted = model.predict(command)
    if predicted != RECORDED:
        raise Surprise(f"{command} was recorded at {position}, but {predicted} was predicted")
    model.apply(command, position)


def _explains(model: Model, answer: Answer, closing: str | None) -> bool:
    """Tell whether the model, as it stands, would answer like this."""
    predicted = model.predict(answer.command)
    if answer.position is not None:
        return predicted == REPEATED and model.known[answer.command[1]].position == answer.position
    if predicted == answer.code:
        return True
    if closing is None:
        return False
    after = deepcopy(model)
    after.closed_before = closing
    return after.predict(answer.command) == answer.code
