"""A customer of the example lender who goes through its playbooks: no understanding, no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from itertools import count
from typing import Any

from alltid.assistant.dialogue.commands import Choose, FillSlot, StartPlaybook
from alltid.assistant.playbooks.effects import Act, Ask, Effect, HandOff, Read
from alltid.assistant.playbooks.engine import Input, advance
from alltid.assistant.playbooks.known import Scene
from alltid.assistant.playbooks.library import Library
from alltid.assistant.playbooks.policy_check import Allowed, policy_check
from alltid.assistant.playbooks.reading import read_library
from alltid.assistant.playbooks.state import Dialogue
from alltid.assistant.tools.tool import Principal, ToolCall, ToolFailed, ToolResult
from alltid.examples.lender.api.account import Account
from alltid.examples.lender.api.catalogue import SPECS
from alltid.examples.lender.api.memory import MemoryLender
from alltid.kernel.clock import ManualClock
from alltid.kernel.refusal import Refused

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ISSUER = "https://norrhem.example"
LANGUAGES = ("en", "sv", "de", "it", "es")
ROUNDS_MAX = 24
PLAYBOOKS = sorted(
    (
        entry
        for entry in (files("alltid.examples.lender") / "playbooks").iterdir()
        if entry.name.endswith(".yaml")
    ),
    key=lambda entry: entry.name,
)


@cache
def library() -> Library:
    return read_library(PLAYBOOKS, languages=LANGUAGES, tools={each.name: each for each in SPECS})


@dataclass
class Talk:
    """One conversation in one language with a lender of its own."""

    language: str = "en"
    subject: str = "norrhem-1001"
    lender: MemoryLender = field(
        default_factory=lambda: MemoryLender.seeded(ManualClock(NOW), ISSUER)
    )
    dialogue: Dialogue = field(default_factory=Dialogue)
    said: list[str] = field(default_factory=list)
    offers_person: bool = False
    effect: Effect | None = None
    done: list[ToolCall] = field(default_factory=list)
    keys: Any = field(default_factory=count)

    @property
    def account(self) -> Account:
        return self.lender.accounts[self.subject]

    @account.setter
    def account(self, account: Account) -> None:
        self.lender.accounts[self.subject] = account

    def start(self, playbook: str, **slots: Any) -> Effect:
        return self.go(StartPlaybook(playbook, slots))

    def fill(self, slot: str, value: Any) -> Effect:
        return self.go(FillSlot(slot, value))

    def pick(self, slot: str, words: str) -> Effect:
        """Press the button whose label has these words in it."""
        assert isinstance(self.effect, Ask), self.effect
        assert self.effect.question.slot == slot, self.effect.question.slot
        [choice] = [each for each in self.effect.question.offered if words in each.label]
        return self.go(Choose(0, choice.id))

    def agree(self) -> Effect:
        return self._tap("yes")

    def decline(self) -> Effect:
        return self._tap("no")

    @property
    def text(self) -> str:
        return "\n".join(self.said)

    def go(self, *commands: Input) -> Effect:
        self.said, self.offers_person = [], False
        inputs: Sequence[Input] = commands
        for _ in range(ROUNDS_MAX):
            scene = Scene(NOW, self.language, signed_in=True, company="Klarsund")
            gone = advance(library(), self.dialogue, inputs, scene)
            self.dialogue = gone.dialogue
            self.said += [each.text or each.note for each in gone.says]
            self.offers_person |= any(each.offers_person for each in gone.says)
            match gone.effect:
                case Read(call):
                    inputs = [self._answer(call)]
                case Act() as act:
                    inputs = [self._act(act, scene)]
                case HandOff(why=why) as over:
                    # An expression that failed would go to a person too: no such thing here.
                    assert why == "", (why, over)
                    self.effect = over
                    return over
                case effect:
                    self.effect = effect
                    return effect
        raise AssertionError("it never comes to an end")

    def _tap(self, value: str) -> Effect:
        assert isinstance(self.effect, Ask), (self.effect, self.text)
        assert self.effect.question.kind == "confirm", self.effect.question
        [choice] = [each for each in self.effect.question.offered if each.value == value]
        return self.go(Choose(0, choice.id))

    def _act(self, act: Act, scene: Scene) -> ToolResult | ToolFailed:
        """Do it as the executor would: only what the rules allow with facts read again."""
        fresh: list[ToolResult | ToolFailed] = []
        verdict = policy_check(library(), act.check, act.proposal, fresh, scene)
        while isinstance(verdict, ToolCall):
            fresh.append(self._answer(verdict))
            verdict = policy_check(library(), act.check, act.proposal, fresh, scene)
        assert verdict == Allowed(), verdict
        self.done.append(act.proposal.call)
        return self._answer(act.proposal.call, key=f"key-{next(self.keys)}")

    def _answer(self, call: ToolCall, key: str | None = None) -> ToolResult | ToolFailed:
        principal = Principal(ISSUER, self.subject)
        try:
            value = self.lender.ask(call.tool, call.arguments, principal, key)
        except Refused as refused:
            return ToolFailed(call, refused.code, refused.message)
        return ToolResult(call, _with_handles(value))


def _with_handles(value: Any) -> Any:
    """Call the lender's ids handles; that these are opaque is another test's matter."""
    if isinstance(value, list):
        return [_with_handles(each) for each in value]
    if isinstance(value, Mapping):
        return {("handle" if key == "id" else key): each for key, each in value.items()}
    return value
