"""Runs the conversations of a suite against the assistant, some at once, each on fresh books."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from alltid.assistant.evaluation.facts import NoSuchFact, filled_in, read_fact, says, spoken
from alltid.assistant.evaluation.findings import Class, Evidence, Finding, Judged
from alltid.assistant.evaluation.judge import judge
from alltid.assistant.evaluation.simulated import Move, SimulatedCustomer
from alltid.assistant.evaluation.suite import Conversation, Expect, Line
from alltid.assistant.evaluation.target import Fact, Meeting, NoSuchCustomer, Reply, Target, Turn
from alltid.conversations.events import Card, Chosen

TURN_SECONDS: Final = 60.0
JOBS_MAX: Final = 16
_YES: Final = frozenset({"yes", "confirm", "ok", "do"})
_NO: Final = frozenset({"no", "decline", "cancel", "leave"})


async def run_suite(
    target: Target,
    conversations: Sequence[Conversation],
    *,
    jobs: int = 2,
    on_judged: Callable[[Judged], None] = lambda _judged: None,
) -> list[Judged]:
    """Run all, `jobs` at once, and return them judged in the order of the suite.

    A conversation that fails with an error is told as wrong with the error's name; the others
    go on.
    """
    gate = asyncio.Semaphore(max(1, min(jobs, JOBS_MAX)))

    async def one(conversation: Conversation) -> Judged:
        async with gate:
            judged = await run_conversation(target, conversation)
            on_judged(judged)
            return judged

    return list(await asyncio.gather(*(one(each) for each in conversations)))


async def run_conversation(target: Target, conversation: Conversation) -> Judged:
    """Hold one conversation and judge it."""
    held = _Held(target, conversation)
    try:
        meeting = await target.meet(
            conversation.customer, conversation.page or conversation.language or "en"
        )
        try:
            await held.hold(meeting)
            return judge(held.evidence(meeting), held.expected)
        finally:
            await meeting.close()
    except (NoSuchFact, NoSuchCustomer) as error:
        return held.broken("suite", str(error))
    except Exception as error:  # noqa: BLE001  one broken conversation must not hide the others
        return held.broken("error", f"{type(error).__name__}: {error}")


async def hold_conversation(target: Target, conversation: Conversation) -> Sequence[Turn]:
    """Hold one conversation without judging it, for who only wants to know how long it takes.

    What only a judge needs is left out, so that the time is the assistant's: the books before
    and after, and (but for simulated customers, who look at it) the record of each turn.
    """
    held = _Held(target, conversation, judged=False)
    meeting = await target.meet(
        conversation.customer, conversation.page or conversation.language or "en"
    )
    try:
        await held.hold(meeting)
    finally:
        await meeting.close()
    return held.turns


@dataclass(slots=True)
class _Held:
    target: Target
    conversation: Conversation
    judged: bool = True
    today: str = ""
    turns: list[Turn] = field(default_factory=list)
    facts: list[Mapping[str, Fact]] = field(default_factory=list)
    expected: dict[int, Expect] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)
    done: int = 0

    async def hold(self, meeting: Meeting) -> None:
        self.today = meeting.today
        if self.judged:
            self.before = meeting.account.others()
        if self.conversation.simulated is not None:
            await self._simulate(
                meeting, SimulatedCustomer(self.conversation.simulated, meeting.account.facts())
            )
            return
        for line in self.conversation.lines:
            self.expected[len(self.turns) + 1] = line.expect
            await self._turn(meeting, line)

    async def _simulate(self, meeting: Meeting, customer: SimulatedCustomer) -> None:
        move: Move | None = customer.begin()
        while move is not None:
            line = Line(say=move.say) if move.say is not None else Line(tap=move.tap)
            reply = await self._turn(meeting, line, move.slot)
            move = customer.next(reply)

    async def _turn(self, meeting: Meeting, line: Line, slot: str | None = None) -> Reply:
        if line.later_days:
            await meeting.pass_days(line.later_days)
        names = "$" in f"{line.say}{line.tap}"
        facts = meeting.account.facts() if self.judged or names else {}
        card = self.turns[-1].reply.card if self.turns else None
        version = self.turns[-1].reply.version if self.turns else 0
        chosen, text = None, filled_in(line.say or "", facts)
        if line.tap is not None:
            choice = pressed(card, str(line.tap), facts)
            # Nothing to press: the customer says it instead, and the judge sees what came.
            text = choice.label if choice else spoken(read_fact(str(line.tap), facts))
            chosen = Chosen(version, choice.id) if choice else None
        async with asyncio.timeout(TURN_SECONDS):
            recorded = self.judged or self.conversation.simulated is not None
            reply = await meeting.say(text, chosen, recorded=recorded)
        acted = tuple(meeting.account.acted()) if self.judged else ()
        new, self.done = acted[self.done :], len(acted)
        self.turns.append(
            Turn(
                len(self.turns) + 1, text, line.tap if isinstance(line.tap, str) else None,
                line.agrees or (chosen is not None and _means_yes(card, chosen)),
                line.wants_person, reply, new, line.later_days, slot,
            )
        )  # fmt: skip
        if not self.judged:
            return reply
        # Facts before and after: an answer may tell of either.
        self.facts.append({**facts, **_renamed(facts), **meeting.account.facts()})
        return reply

    def evidence(self, meeting: Meeting) -> Evidence:
        account = meeting.account
        cited = {source.url: source for turn in self.turns for source in turn.reply.sources}
        return Evidence(
            self.conversation,
            tuple(self.turns),
            tuple(account.acted()),
            self.conversation.customer,
            tuple(account.shown()),
            tuple(self.facts),
            tuple(account.secrets()),
            self.before,
            account.others(),
            self.today,
            {url: self.target.articles(source) or "" for url, source in cited.items()},
            self.target.house_words(),
        )

    def broken(self, kind: str, told: str) -> Judged:
        finding = Finding(kind, told)
        return Judged(self.conversation, tuple(self.turns), (), Class.WRONG, (finding,), error=told)


def _renamed(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """Return facts as they were before the turn, under `was.`: `$was.boots.left`."""
    return {f"was.{name}": fact for name, fact in facts.items()}


def pressed(card: Card | None, tap: str, facts: Mapping[str, Fact]) -> Any:
    """Return the choice that a tap means: by yes or no, id, label, or a part of the label."""
    if card is None:
        return None
    if tap.startswith("$"):
        return next((each for each in card.choices if says(each.label, tap, facts)), None)
    wanted = tap.casefold()
    exact = [c for c in card.choices if wanted in {c.id.casefold(), c.label.casefold()}]
    if exact:
        return exact[0]
    if card.kind == "confirm" and wanted in _YES | _NO:
        style = "primary" if wanted in _YES else "plain"
        return next((c for c in card.choices if c.style == style), None)
    return next((c for c in card.choices if wanted in c.label.casefold()), None)


def _means_yes(card: Card | None, chosen: Chosen) -> bool:
    if card is None or card.kind != "confirm":
        return False
    choice = next((each for each in card.choices if each.id == chosen.choice), None)
    return choice is not None and choice.style == "primary" and choice.id.casefold() not in _NO
