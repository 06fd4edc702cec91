"""Whatever anybody says in whatever order, and whatever the tools do."""

import json
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from alltid.assistant.dialogue.commands import (
    Affirm,
    AskKnowledge,
    Because,
    Cancel,
    Choose,
    Clarify,
    Deny,
    FillSlot,
    GoToPerson,
    SmallTalk,
    StartPlaybook,
)
from alltid.assistant.playbooks.effects import Act, Ask, Ended, HandOff, Read, Waiting
from alltid.assistant.playbooks.engine import advance
from alltid.assistant.playbooks.known import Scene
from alltid.assistant.playbooks.state import STATE_BYTES_MAX, Dialogue, from_json, to_json
from alltid.assistant.tools.tool import ToolCall, ToolFailed, ToolResult
from tests.assistant.playbooks.company import MORNING, Company, failing, giving, library

PLAYBOOKS = st.sampled_from(["move_due_date", "change_email", "hardship", "opening_hours", "gone"])
SLOTS = st.sampled_from(
    ["invoice", "invoices", "days", "email", "code", "why", "newsletter", "day"]
)
VALUES = st.one_of(
    st.sampled_from(
        ["i1", "i2", "norrhem", "the other one", "lampor, norrhem", "moved", "a@example.com",
         "123456", "000000", "2026-12-24", "7", 14, 99, 5, True, False, "x" * 3000]
    ),
    st.text(max_size=20),
    st.integers(-(2**70), 2**70),
)  # fmt: skip
COMMANDS = st.one_of(
    st.builds(StartPlaybook, PLAYBOOKS, st.dictionaries(SLOTS, VALUES, max_size=3)),
    st.builds(FillSlot, SLOTS, VALUES, st.booleans()),
    st.just(Affirm()),
    st.just(Affirm()),
    st.just(Deny()),
    st.just(Cancel()),
    st.builds(AskKnowledge, st.just("when?")),
    st.builds(Clarify, st.sampled_from([(), ("hardship",)])),
    st.just(SmallTalk("thanks")),
    st.just(GoToPerson(Because.DEBT)),
    st.builds(Choose, st.integers(0, 9), st.text(max_size=8)),
)
# "tap" stands for a button of the card that is shown, or of one that was shown before.
TAPS = st.tuples(st.integers(0, 3), st.integers(0, 5))
MESSAGES = st.one_of(
    st.lists(COMMANDS, max_size=3),
    st.lists(st.one_of(TAPS, st.builds(FillSlot, SLOTS, VALUES)), min_size=1, max_size=2),
    st.sampled_from([[(0, 0)], [(0, 1)], [(1, 0)], [Affirm()], [Deny()], [Clarify()]]),
    st.sampled_from([[(0, 0), FillSlot("days", 5)], [(0, 0), FillSlot("invoice", "i2")]]),
)
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, 1, "x", [], {}, [{}], [{"handle": 1}], 10**30, ["x" * 5000], [[[[[[[[[[1]]]]]]]]]],
     {"fee": "many", "merchant": None}, float("inf")]
)  # fmt: skip
BREAKING = st.dictionaries(
    st.sampled_from(["list_invoices", "quote", "hours", "move_due_date", "confirm_change"]),
    st.one_of(ODD.map(giving), st.sampled_from(["x", "locked", "not_that_day"]).map(failing)),
    max_size=2,
)
TURNS = st.tuples(
    MESSAGES,
    st.sampled_from([0, 0, 1, 9, 11, 40]),
    st.sampled_from(["en", "en", "sv", "pt"]),
    st.sampled_from([0, 0, 0, 100]),
)


class Watched:
    """A dialogue under watch: what was agreed to, and by what."""

    def __init__(self, company: Company, *, signed_in: bool) -> None:
        self.company = company
        self.signed_in = signed_in
        self.dialogue = Dialogue()
        self.cards: list[Any] = []
        self.shown: tuple[int, int] = (0, 0)
        self.minutes = 0

    def turn(self, message: Any, minutes: int, language: str, dearer: int = 0) -> None:
        self.minutes += minutes
        self.company.fee += dearer
        scene = Scene(MORNING + timedelta(minutes=self.minutes), language, self.signed_in)
        commands = self._commands(message)
        open_card = self._open_card()
        agreed = open_card is not None and self._agrees(open_card, commands)
        gone = advance(library(), self.dialogue, commands, scene)
        for _ in range(24):
            if isinstance(gone.effect, Act):
                assert agreed
                assert open_card is not None
                assert gone.effect.proposal.hash == open_card.action
                # Terms older than ten minutes were looked at again before they were agreed on.
                minute, fee = self.shown
                if gone.effect.proposal.call.tool == "move_due_date" and self.minutes > minute + 10:
                    assert self.company.fee == fee
                agreed = False
                answer = self.company.answer(gone.effect.proposal.call)
            elif isinstance(gone.effect, Read):
                answer = self.company.answer(gone.effect.call)
            else:
                break
            gone = advance(library(), gone.dialogue, [answer], scene)
        assert isinstance(gone.effect, Ask | HandOff | Ended | Waiting)
        if isinstance(gone.effect, Ask):
            self.cards.append(gone.effect.card)
            self.shown = (self.minutes, self.company.fee)
        else:
            self.cards.append(None)
        data = json.dumps(to_json(gone.dialogue), ensure_ascii=False)
        assert len(data.encode()) <= STATE_BYTES_MAX
        self.dialogue = from_json(json.loads(data), library())

    def _commands(self, message: Any) -> list[Any]:
        return [
            command
            for each in message
            for command in ([each] if not isinstance(each, tuple) else self._tap(*each))
        ]

    def _tap(self, back: int, at: int) -> list[Any]:
        shown = [card for card in self.cards if card is not None][-1 - back :]
        choices = shown[0].choices if shown else ()
        return [Choose(1, choices[at % len(choices)].id)] if choices else []

    def _open_card(self) -> Any:
        """The card of the open question; the words of the last answer may be others."""
        question = self.dialogue.question
        shown = [card for card in self.cards if card is not None]
        return shown[-1] if question is not None and question.kind == "confirm" and shown else None

    def _agrees(self, card: Any, commands: list[Any]) -> bool:
        """By the rule as the customer knows it, without a look at the engine."""
        if any(isinstance(each, Choose) and each.choice == card.choices[0].id for each in commands):
            return True
        if self.cards[-1] is not card:
            return False
        words = [each for each in commands if not isinstance(each, SmallTalk)]
        return bool(words) and all(isinstance(each, Affirm) for each in words)


AT_A_CARD = st.sampled_from(
    [
        [],
        [([StartPlaybook("move_due_date", {"invoice": "i1", "days": 3})], 0, "en")],
        [([StartPlaybook("change_email", {"email": "a@example.com", "why": "moved"})], 0, "en")],
        [([StartPlaybook("hardship", {"invoices": "norrhem"})], 0, "sv")],
        [
            ([StartPlaybook("move_due_date", {"invoice": "i1", "days": 3})], 0, "en"),
            ([Clarify()], 0, "en"),
            ([Clarify()], 0, "en"),
        ],
    ]
)


@settings(max_examples=250, deadline=None)
@given(
    st.builds(list.__add__, AT_A_CARD, st.lists(TURNS, max_size=12)),
    BREAKING,
    st.booleans(),
    st.integers(0, 2),
)
def test_nothing_is_done_without_a_yes_to_exactly_that_and_nothing_ever_breaks(
    turns: list[Any], breaking: dict[str, Any], signed_in: bool, moved: int
) -> None:
    watched = Watched(Company(moved=moved, broken=breaking), signed_in=signed_in)
    for turn in turns:
        watched.turn(*turn)


@settings(max_examples=60, deadline=None)
@given(st.builds(list.__add__, AT_A_CARD, st.lists(TURNS, max_size=6)), st.lists(TURNS, max_size=4))
def test_after_leaving_everything_nothing_acts(before: list[Any], after: list[Any]) -> None:
    watched = Watched(Company(), signed_in=True)
    for turn in before:
        watched.turn(*turn)
    for _ in range(4):
        watched.turn([Cancel()], 0, "en")
    done = len(watched.company.done)
    for message, *circumstances in after:
        said = [each for each in message if not isinstance(each, StartPlaybook)]
        watched.turn(said, *circumstances)
    assert len(watched.company.done) == done


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from([[Affirm()], [Deny()], [FillSlot("invoices", "norrhem")], [Clarify()], []]),
        max_size=8,
    ),
    BREAKING,
)
def test_what_always_ends_with_a_person_ends_in_no_other_way(
    messages: list[list[Any]], breaking: dict[str, Any]
) -> None:
    watched = Watched(Company(broken=breaking), signed_in=True)
    scene = Scene(MORNING, "en", signed_in=True)
    inputs: list[Any] = [StartPlaybook("hardship")]
    gone = advance(library(), Dialogue(), inputs, scene)
    for message in [[], *messages]:
        while isinstance(gone.effect, Read | Act):
            call = gone.effect.call if isinstance(gone.effect, Read) else gone.effect.proposal.call
            gone = advance(library(), gone.dialogue, [watched.company.answer(call)], scene)
        if isinstance(gone.effect, HandOff) and not gone.effect.stays_open:
            return
        assert isinstance(gone.effect, Ask | HandOff)
        gone = advance(library(), gone.dialogue, message, scene)


@settings(max_examples=100, deadline=None)
@given(ODD, st.sampled_from(["list_invoices", "quote", "x"]), st.booleans())
def test_answers_of_any_shape_are_survived(value: Any, tool: str, fails: bool) -> None:
    scene = Scene(MORNING, "en", signed_in=True)
    start = StartPlaybook("move_due_date", {"invoice": "i1", "days": 3})
    gone = advance(library(), Dialogue(), [start], scene)
    company = Company(broken={tool: failing("x") if fails else giving(value)})
    for _ in range(24):
        if not isinstance(gone.effect, Read):
            break
        answer: ToolResult | ToolFailed = company.answer(gone.effect.call)
        gone = advance(library(), gone.dialogue, [answer], scene)
    assert not isinstance(gone.effect, Act | Read)
    assert ToolCall("move_due_date", {}) not in company.done
