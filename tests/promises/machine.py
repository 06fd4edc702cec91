"""A conversation under commands in any order: from customer, assistant, agents, and replays.

The machine drives the real decider and folds the real facts. What each promise means it asks
of a model of its own, written in the tests, beside the predicates that the desk itself uses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import ClassVar

import orjson
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from alltid.conversations.codec import decode, encode
from alltid.conversations.commands import (
    AnswerAsAssistant,
    AskForHuman,
    BookCallback,
    CancelCallback,
    ChooseLanguage,
    ChooseWrittenAnswer,
    Command,
    GiveUpAsAssistant,
    HandOver,
    Open,
    Rate,
    Resolve,
    ReturnToQueue,
    Say,
    SayAsAgent,
    StayWithAssistant,
    Take,
)
from alltid.conversations.conversation import TEXT_LIMIT, Conversation, decide, evolve
from alltid.conversations.events import Event, Fact, Reason
from alltid.conversations.promises import PREDICATES, Step, breaches
from alltid.kernel.refusal import Refused

CUSTOMER = "the-customer"
AGENTS = {"agent-1": "Sara", "agent-2": "Jonas", "agent-3": "Mira"}

Decide = Callable[[Conversation, Command], tuple[Event, ...]]
Make = Callable[[Conversation], Command]


# ---------------------------------------------------------------- who asks for what

# Written short, so that a failing example can be read.
_LENGTHS = {"as long as may be": TEXT_LIMIT, "too long": TEXT_LIMIT + 1}


def _written(text: str) -> str:
    return "x" * _LENGTHS[text] if text in _LENGTHS else text


def say(state: Conversation, client: int, text: str, *, wants_human: bool) -> Command:
    return Say(f"c{client}", _written(text), wants_human=wants_human)


def answer(state: Conversation, offset: int, *, lets_go: bool) -> Command:
    owed = (state.assistant_owes or state.version) + offset
    why = HandOver("complaint", "complaints") if lets_go else None
    return AnswerAsAssistant(owed, "answer", "Alva", hands_over=why)


def give_up(state: Conversation, offset: int) -> Command:
    return GiveUpAsAssistant((state.assistant_owes or state.version) + offset)


def take(state: Conversation, agent: str) -> Command:
    return Take(agent, AGENTS[agent])


def say_as_agent(state: Conversation, agent: str, client: int, text: str) -> Command:
    return SayAsAgent(agent, AGENTS[agent], f"a{client}", _written(text))


def return_to_queue(state: Conversation, agent: str, because: str) -> Command:
    return ReturnToQueue(agent, because)


def resolve(state: Conversation, agent: str) -> Command:
    return Resolve(agent, AGENTS[agent], Reason.SOLVED, "done")


def rate(state: Conversation, score: int) -> Command:
    return Rate(solved=True, score=score)


SLOTS = [datetime(2026, 3, day, 9, tzinfo=UTC) for day in (1, 2)]


def plain(state: Conversation, command: Command) -> Command:
    return command


_AGENT = st.sampled_from(sorted(AGENTS))
# Few ids, so that many messages are sent again; few texts, some of them refused.
_CLIENT = st.integers(0, 12)
_TEXT = st.sampled_from(["hello", "  ", "", "as long as may be", "too long"])
# The answer that is owed, one that comes too late, one to a message that never was.
_OFFSET = st.sampled_from([0, 0, 0, -1, -3, 1])

SAY = st.builds(partial, st.just(say), client=_CLIENT, text=_TEXT, wants_human=st.booleans())
ASK = st.just(partial(plain, command=AskForHuman()))
STAY = st.just(partial(plain, command=StayWithAssistant()))
ANSWER = st.builds(partial, st.just(answer), offset=_OFFSET, lets_go=st.booleans())
GIVE_UP = st.builds(partial, st.just(give_up), offset=_OFFSET)
TAKE = st.builds(partial, st.just(take), agent=_AGENT)
SAY_AS_AGENT = st.builds(partial, st.just(say_as_agent), agent=_AGENT, client=_CLIENT, text=_TEXT)
# Ways to wait that are not in line.
_ARRANGING: tuple[Command, ...] = (
    *map(BookCallback, SLOTS),
    CancelCallback(),
    ChooseWrittenAnswer(),
)
ARRANGE = st.sampled_from(_ARRANGING).map(lambda command: partial(plain, command=command))
RETURN = st.builds(
    partial, st.just(return_to_queue), agent=_AGENT, because=st.sampled_from(["agent", "gone"])
)
RESOLVE = st.builds(partial, st.just(resolve), agent=_AGENT)
RATE = st.builds(partial, st.just(rate), score=st.integers(0, 6))
OPEN_AGAIN = st.just(partial(plain, command=Open("somebody-else", "en", "hello", "Alva")))
CHOOSE = st.sampled_from(["sv", "de"]).map(lambda to: partial(plain, command=ChooseLanguage(to)))
SWITCH = st.sampled_from(["sv", "de"]).map(
    lambda each: partial(plain, command=ChooseLanguage(each))
)
ANY = st.one_of(
    *(SWITCH, SAY, ASK, STAY, ARRANGE, CHOOSE, ANSWER),
    *(GIVE_UP, TAKE, SAY_AS_AGENT, RETURN, RESOLVE, RATE),
)


# ---------------------------------------------------------------- the machine


class ConversationMachine(RuleBasedStateMachine):
    """Subclasses watch `observe` (each command) and hold their model against the state."""

    decide: ClassVar[Decide] = staticmethod(decide)
    promise: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.state = Conversation()
        self.log: list[Fact] = []
        self.now = datetime(2026, 3, 1, tzinfo=UTC)

    def observe(
        self,
        command: Command,
        before: Conversation,
        events: Sequence[Event],
        refusal: Refused | None,
    ) -> None:
        """Follow one command in the model."""
        raise NotImplementedError

    def transaction(self, makes: Sequence[Make], seconds: int = 1) -> None:
        """Decide some commands as one group, and hold the promise's predicate against it."""
        self.now += timedelta(seconds=seconds)
        before, facts = self.state, list[Fact]()
        for make in makes:
            command, at_first = make(self.state), self.state
            refusal: Refused | None = None
            events: tuple[Event, ...] = ()
            try:
                events = type(self).decide(self.state, command)
            except Refused as refused:
                refusal = refused
            for event in events:
                fact = Fact(self.state.version + 1, self.now, event)
                assert Fact(fact.version, fact.at, _through_the_log(event)) == fact
                self.state = evolve(self.state, fact)
                facts.append(fact)
            self.observe(command, at_first, events, refusal)
        self.log += facts
        step = Step(before, facts, self.state)
        assert PREDICATES[self.promise](step) is None
        assert list(breaches(step)) == [] or type(self).decide is not decide

    @initialize()
    def open(self) -> None:
        self.transaction([partial(plain, command=Open(CUSTOMER, "sv", "I am an AI.", "Alva"))])

    @rule(make=SAY)
    def customer_says(self, make: Make) -> None:
        self.transaction([make])

    @rule(make=st.one_of(ASK, STAY, CHOOSE, RATE, OPEN_AGAIN))
    def customer_presses(self, make: Make) -> None:
        self.transaction([make])

    @rule(make=ARRANGE)
    def customer_arranges(self, make: Make) -> None:
        self.transaction([make])

    @rule(make=st.one_of(ANSWER, GIVE_UP))
    def assistant_does(self, make: Make) -> None:
        self.transaction([make])

    @rule(make=TAKE)
    def agent_takes(self, make: Make) -> None:
        self.transaction([make])

    @rule(make=st.one_of(SAY_AS_AGENT, RETURN, RESOLVE))
    def agent_does(self, make: Make) -> None:
        self.transaction([make])

    # The clock may jump, either way.
    @rule(makes=st.lists(ANY, min_size=2, max_size=5), seconds=st.integers(-7200, 7200))
    def all_at_once(self, makes: list[Make], seconds: int) -> None:
        self.transaction(makes, seconds)

    def teardown(self) -> None:
        """The log alone leads to the state."""
        state = Conversation()
        for fact in self.log:
            state = evolve(state, fact)
        assert state == self.state
        assert [fact.version for fact in self.log] == list(range(1, len(self.log) + 1))


def _through_the_log(event: Event) -> Event:
    kind, data = encode(event)
    return decode(kind, orjson.loads(data))
