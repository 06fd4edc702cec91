"""When a person takes over: one table, read from the top, the first row that fits decides. Pure.

It is asked before anything is done with a message (what the customer said), and again after
(what came of it). No model, provider or setting can lower what it says; a company may raise
an offer to a handover, name its skills, and say how many days it takes to answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

from alltid.assistant.dialogue.commands import Because

VERSION: Final = "handoff-1"
SAME_PROBLEM_MOST: Final = 2
MISSES_MOST: Final = 2
GUARD_REFUSALS_MOST: Final = 2
MODEL_FAILURES_MOST: Final = 2
TOOL_FAILURES_MOST: Final = 2
UNANSWERED_MOST: Final = 3

Act = Literal["none", "clarify", "offer", "hand_over"]

# What goes to a person by itself, gravest first: what is said of more than one is said of the
# gravest.
GRAVEST_FIRST: Final = (
    Because.SELF_HARM,
    Because.COERCION,
    Because.THREAT,
    Because.FRAUD,
    Because.BEREAVEMENT,
    Because.ILLNESS,
    Because.DEBT,
    Because.DISTRESS,
    Because.DISPUTE,
    Because.LEGAL_RIGHT,
    Because.COMPLAINT,
)
VULNERABLE: Final = frozenset(
    {
        Because.COERCION,
        Because.BEREAVEMENT,
        Because.ILLNESS,
        Because.DEBT,
        Because.DISTRESS,
    }
)
# Where the moment at which the customer said it counts.
CLOCKED: Final = frozenset(
    {Because.FRAUD, Because.DISPUTE, Because.LEGAL_RIGHT, Because.COMPLAINT, Because.THREAT}
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the company may say about it: skills by reason, days to answer, what is raised.

    `skills` names the skill of whoever takes over; a reason that isn't there needs none.
    `days` (whole days) are told to the customer with the date that counts; `at_once` are
    reasons for which nothing is offered first.
    """

    skills: Mapping[Because, str] = field(default_factory=lambda: MappingProxyType({}))
    days: Mapping[Because, int] = field(default_factory=lambda: MappingProxyType({}))
    at_once: frozenset[Because] = frozenset()


@dataclass(frozen=True, slots=True)
class Situation:
    """How a conversation stands, before or after a message was dealt with.

    `signals` are what was heard. `begun` are those that an open procedure cares for: it does
    its safe steps first (it stops the clock, freezes) and ends with a person itself.
    Counters are of the problem in hand and begin anew with another one. `offered` tells that
    a person was offered for it before.
    """

    asked: bool = False
    signals: tuple[Because, ...] = ()
    begun: frozenset[Because] = frozenset()
    rule: tuple[Because, str | None] | None = None
    same_problem: int = 0
    misses: int = 0
    unsure_about_money: bool = False
    guard_refusals: int = 0
    model_failures: int = 0
    tool_failures: int = 0
    action_unknown: bool = False
    unanswered: int = 0
    waiting: bool = False
    offered: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is done: `row` decided, `wording` and `follows` name the sentences that say it.

    `starts_clock` tells that today's date is said to the customer as the one that counts, and
    `days` in how many days there is an answer, where the company says so.
    """

    row: str
    act: Act
    because: Because | None = None
    skill: str | None = None
    wording: str | None = None
    follows: str | None = None
    starts_clock: bool = False
    days: int | None = None


_FOLLOWS: Final[Mapping[Act, str]] = MappingProxyType(
    {"offer": "offers_person", "hand_over": "takes_over"}
)
NOTHING: Final = Verdict("nothing", "none")
_Row = tuple[str, Callable[[Situation], Because | None], Act]


def _signal(*those: Because) -> Callable[[Situation], Because | None]:
    def fits(now: Situation) -> Because | None:
        heard = [each for each in those if each in now.signals and each not in now.begun]
        return heard[0] if heard else None

    return fits


def _when(true: Callable[[Situation], bool], because: Because) -> Callable[..., Because | None]:
    return lambda now: because if true(now) else None


def _vulnerable(now: Situation) -> Because | None:
    return _signal(*(each for each in GRAVEST_FIRST if each in VULNERABLE))(now)


# In reading order. "offer" is made once for a problem; the next time it is a handover.
TABLE: Final[tuple[_Row, ...]] = (
    # Nothing stands before this, not even a procedure that would care for it.
    ("self_harm", _when(lambda s: Because.SELF_HARM in s.signals, Because.SELF_HARM), "hand_over"),
    ("asked_for_person", _when(lambda s: s.asked, Because.ASKED), "hand_over"),
    # Before fraud: who is made to buy is a person in need before it is a case.
    ("coercion", _signal(Because.COERCION), "hand_over"),
    ("threat", _signal(Because.THREAT), "hand_over"),
    ("fraud", _signal(Because.FRAUD), "hand_over"),
    ("vulnerability", _vulnerable, "hand_over"),
    ("dispute", _signal(Because.DISPUTE), "hand_over"),
    ("legal_right", _signal(Because.LEGAL_RIGHT), "hand_over"),
    ("complaint", _signal(Because.COMPLAINT), "hand_over"),
    ("playbook_rule", lambda s: s.rule[0] if s.rule else None, "hand_over"),
    # Whether it was done isn't known, and nobody guesses about that.
    (
        "action_unknown",
        _when(lambda s: s.action_unknown, Because.TOOL_FAILED),
        "hand_over",
    ),
    (
        "tool_failed_twice",
        _when(lambda s: s.tool_failures >= TOOL_FAILURES_MOST, Because.TOOL_FAILED),
        "hand_over",
    ),
    ("tool_failed", _when(lambda s: s.tool_failures > 0, Because.TOOL_FAILED), "offer"),
    (
        "guard_refused_twice",
        _when(lambda s: s.guard_refusals >= GUARD_REFUSALS_MOST, Because.GUARD_REFUSED),
        "offer",
    ),
    (
        "model_failed_twice",
        _when(lambda s: s.model_failures >= MODEL_FAILURES_MOST, Because.MODEL_FAILED),
        "offer",
    ),
    (
        "same_problem_twice",
        _when(lambda s: s.same_problem >= SAME_PROBLEM_MOST, Because.SAME_PROBLEM),
        "offer",
    ),
    (
        "unsure_about_money_again",
        _when(lambda s: s.unsure_about_money and s.misses > 0, Because.UNSURE_ABOUT_MONEY),
        "offer",
    ),
    (
        "two_failed_clarifications",
        _when(lambda s: s.misses >= MISSES_MOST, Because.NOT_UNDERSTOOD),
        "offer",
    ),
    (
        "low_confidence_money",
        _when(lambda s: s.unsure_about_money, Because.UNSURE_ABOUT_MONEY),
        "clarify",
    ),
    (
        "unanswered_in_row",
        _when(lambda s: s.unanswered >= UNANSWERED_MOST, Because.UNANSWERED),
        "offer",
    ),
)


def decide(now: Situation, rules: Rules | None = None) -> Verdict:
    """Return what the first row that fits says, raised where the company or an offer before asks.

    A customer who waits already is not handed over again: the words stay, the act is none.
    """
    rules = rules or Rules()
    for row, fits, act in TABLE:
        because = fits(now)
        if because is not None:
            raised = act == "offer" and (now.offered or because in rules.at_once)
            return _verdict(row, "hand_over" if raised else act, because, now, rules)
    return NOTHING


def _verdict(row: str, act: Act, because: Because, now: Situation, rules: Rules) -> Verdict:
    skill = now.rule[1] if row == "playbook_rule" and now.rule else None
    starts_clock = because in CLOCKED and row != "playbook_rule"
    follows = _FOLLOWS.get(act)
    if now.waiting and act in _FOLLOWS:
        act, follows = "none", "stays_in_line"
    return Verdict(
        row,
        act,
        because,
        skill or rules.skills.get(because),
        _reason(row, because) if follows else None,
        follows,
        starts_clock,
        rules.days.get(because) if starts_clock else None,
    )


def _reason(row: str, because: Because) -> str | None:
    """Name the sentence that says why; who asked for a person knows."""
    if because is Because.ASKED:
        return None
    return "reason_action_unknown" if row == "action_unknown" else f"reason_{because}"
