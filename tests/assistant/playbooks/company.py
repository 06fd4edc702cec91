"""A small made-up company: its playbooks, its tools, and a customer who talks to the engine."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from alltid.assistant.playbooks.effects import Act, Advance, Ask, Effect, HandOff, Read, Say
from alltid.assistant.playbooks.engine import Input, advance
from alltid.assistant.playbooks.known import Scene
from alltid.assistant.playbooks.library import Library
from alltid.assistant.playbooks.policy_check import policy_check
from alltid.assistant.playbooks.reading import files_in, read_library
from alltid.assistant.playbooks.state import STATE_BYTES_MAX, Dialogue, from_json, to_json
from alltid.assistant.tools.tool import Json, ToolCall, ToolFailed, ToolResult

BOOKS = Path(__file__).parent / "books"
MORNING = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@cache
def library() -> Library:
    return read_library(files_in([BOOKS]))


def invoice(handle: str, merchant: str, amount: int, due: str, **more: Json) -> dict[str, Json]:
    return {
        "handle": handle,
        "merchant": merchant,
        "amount": amount,
        "currency": "SEK",
        "due": due,
        "overdue_days": 0,
        "most_days": 30,
        "status": "open",
        **more,
    }


def two_invoices() -> list[dict[str, Json]]:
    return [
        invoice("i1", "Norrhem", 49900, "2026-12-03", number="10432"),
        invoice("i2", "Lampor AB", 120000, "2026-12-10", number="10433"),
    ]


def two_orders() -> list[dict[str, Json]]:
    return [
        {"handle": "o1", "number": "W10", "currency": "SEK"},
        {"handle": "o2", "number": "W20", "currency": "SEK"},
    ]


def their_details() -> dict[str, dict[str, Json]]:
    lamp: Json = {"handle": "lamp", "name": "Lamp"}
    desk: Json = {"handle": "desk", "name": "Desk"}
    return {
        "o1": {"state": "new", "hint": "", "items": [lamp, desk]},
        "o2": {"state": "odd", "hint": "", "items": [lamp]},
    }


@dataclass
class Company:
    """What the tools answer. A function in `broken` answers in a tool's stead."""

    invoices: list[dict[str, Json]] = field(default_factory=two_invoices)
    moved: int = 0
    fee: int = 2900
    code: str = "123456"
    hours: dict[str, Json] = field(
        default_factory=lambda: {"closed": False, "strange": False, "tell": False}
    )
    orders: list[dict[str, Json]] = field(default_factory=two_orders)
    details: dict[str, dict[str, Json]] = field(default_factory=their_details)
    broken: dict[str, Callable[[ToolCall], ToolResult | ToolFailed]] = field(default_factory=dict)
    calls: list[ToolCall] = field(default_factory=list)
    done: list[ToolCall] = field(default_factory=list)

    def answer(self, call: ToolCall) -> ToolResult | ToolFailed:
        self.calls.append(call)
        if call.tool in self.broken:
            return self.broken[call.tool](call)
        return self._answer(call)

    def _answer(self, call: ToolCall) -> ToolResult | ToolFailed:
        if call.tool == "confirm_change" and call.arguments["code"] != self.code:
            return ToolFailed(call, "wrong_code", "")
        read: dict[str, Callable[[], Json]] = {
            "list_invoices": lambda: self.invoices,
            "quote": lambda: {**self._quote(), "merchant": self._merchant(call)},
            "hours": lambda: self.hours,
            "list_orders": lambda: self.orders,
            "order_details": lambda: self.details[str(call.arguments["order"])],
        }
        if call.tool in read:
            return ToolResult(call, read[call.tool]())
        self.done.append(call)
        return ToolResult(call, {"due": "2026-12-20"})

    def _merchant(self, call: ToolCall) -> Json:
        found = [each for each in self.invoices if each["handle"] == call.arguments["invoice"]]
        return found[0]["merchant"]

    def _quote(self) -> dict[str, Json]:
        return {
            "fee": self.fee,
            "currency": "SEK",
            "new_due": "2026-12-20",
            "moved": self.moved,
        }


@dataclass
class Talk:
    """A customer's dialogue: each message goes through JSON, as between two processes."""

    company: Company = field(default_factory=Company)
    language: str = "en"
    signed_in: bool = True
    minutes: int = 0
    dialogue: Dialogue = field(default_factory=Dialogue)
    says: list[Say] = field(default_factory=list)
    effect: Effect | None = None
    books: Library = field(default_factory=library)

    @property
    def scene(self) -> Scene:
        now = MORNING + timedelta(minutes=self.minutes)
        return Scene(now, self.language, self.signed_in, "Norrhem")

    def say(self, *commands: Input) -> Effect:
        self.says = []
        gone = self._gone(advance(self.books, self.dialogue, commands, self.scene))
        rounds = 0
        while isinstance(gone.effect, Read | Act):
            rounds += 1
            assert rounds <= 24
            gone = self._gone(
                advance(self.books, gone.dialogue, [self._tool(gone.effect)], self.scene)
            )
        data = json.dumps(to_json(gone.dialogue), ensure_ascii=False)
        assert len(data.encode()) <= STATE_BYTES_MAX
        self.dialogue = from_json(json.loads(data), self.books)
        self.effect = gone.effect
        return gone.effect

    def _gone(self, gone: Advance) -> Advance:
        self.says.extend(gone.says)
        return gone

    def _tool(self, effect: Read | Act) -> ToolResult | ToolFailed:
        if isinstance(effect, Read):
            return self.company.answer(effect.call)
        fresh: list[ToolResult | ToolFailed] = []
        while True:
            verdict = policy_check(self.books, effect.check, effect.proposal, fresh, self.scene)
            if not isinstance(verdict, ToolCall):
                break
            fresh.append(self.company.answer(verdict))
        if type(verdict).__name__ != "Allowed":
            return ToolFailed(effect.proposal.call, "not_allowed", "")
        return self.company.answer(effect.proposal.call)

    @property
    def ask(self) -> Ask:
        assert isinstance(self.effect, Ask), self.effect
        return self.effect

    @property
    def hand_off(self) -> HandOff:
        assert isinstance(self.effect, HandOff), self.effect
        return self.effect

    @property
    def texts(self) -> list[str]:
        return [said.text or f"<{said.note}>" for said in self.says]

    def buttons(self) -> dict[str, str]:
        card = self.ask.card
        assert card is not None
        return {choice.label: choice.id for choice in card.choices}

    def lines(self) -> Sequence[tuple[str, str]]:
        card = self.ask.card
        assert card is not None
        return card.lines


def failing(code: str) -> Callable[[ToolCall], ToolFailed]:
    return lambda call: ToolFailed(call, code, "")


def giving(value: Any) -> Callable[[ToolCall], ToolResult]:
    return lambda call: ToolResult(call, value)
