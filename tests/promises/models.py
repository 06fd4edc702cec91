"""What each promise means, said once more and without the desk's own predicates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hypothesis.stateful import invariant

from alltid.conversations.commands import (
    AnswerAsAssistant,
    AskForHuman,
    BookCallback,
    CancelCallback,
    ChooseWrittenAnswer,
    Command,
    GiveUpAsAssistant,
    HandOver,
    Resolve,
    ReturnToQueue,
    Say,
    SayAsAgent,
    StayWithAssistant,
    Take,
)
from alltid.conversations.conversation import Conversation, known_version
from alltid.conversations.events import Event, HumanRequested, MessageSent
from alltid.kernel.refusal import Refused
from tests.promises.machine import AGENTS, CUSTOMER, ConversationMachine

LINE = "in line"


class AlwaysAHuman(ConversationMachine):
    """P1. `human` is None, in line, or the agent who is there."""

    promise = "P1"

    def __init__(self) -> None:
        super().__init__()
        self.human: str | None = None

    def observe(
        self,
        command: Command,
        before: Conversation,
        events: Sequence[Event],
        refusal: Refused | None,
    ) -> None:
        asked = any(isinstance(event, HumanRequested) for event in events)
        match command:
            case AskForHuman():
                assert refusal is None, "nothing refuses the button"
                assert asked == (self.human is None)
                self.human = self.human or LINE
            case Say() if command.wants_human and events:
                assert asked == (self.human is None), "the wish and the queue are one"
                self.human = self.human or LINE
            case Say() if refusal is not None:
                assert not command.text.strip() or len(command.text) > 4_000
            case GiveUpAsAssistant() if events:
                self.human = self.human or LINE
            case AnswerAsAssistant(hands_over=HandOver()) if events:
                self.human = self.human or LINE
            case StayWithAssistant() if self.human == LINE:
                self.human = None
            case Take() if refusal is None:
                assert self.human in {LINE, command.agent_id}
                self.human = command.agent_id
            case ReturnToQueue() if refusal is None:
                self.human = LINE
            case Resolve() if events:
                self.human = None
        asks = isinstance(command, AskForHuman) or (
            isinstance(command, Say) and command.wants_human and bool(events)
        )
        if asks and self.human == LINE:
            # Whoever asks again wants a person now, whatever was arranged before.
            assert (self.state.callback_at, self.state.written) == (None, False)

    @invariant()
    def whoever_asked_is_in_line_or_with_a_human(self) -> None:
        waiting, agent_id = self.state.status == "waiting", self.state.agent_id
        assert waiting == (self.human == LINE)
        assert (agent_id if self.state.status == "agent" else None) == (
            self.human if self.human in AGENTS else None
        )


class NeverLost(ConversationMachine):
    """P2. `owed` are the customer's messages without an answer; `kept` those acknowledged."""

    promise = "P2"

    def __init__(self) -> None:
        super().__init__()
        self.owed: list[int] = []
        self.helped_upto = 0
        self.kept: dict[str, tuple[int, str]] = {}

    def observe(
        self,
        command: Command,
        before: Conversation,
        events: Sequence[Event],
        refusal: Refused | None,
    ) -> None:
        if isinstance(command, Say | SayAsAgent) and refusal is None:
            self._acknowledged(command, before, events)
        match command:
            case Say() if events:
                self.owed.append(self.kept[command.client_id][0])
            case AnswerAsAssistant() if events and before.status == "assistant":
                self.owed = []
            case AnswerAsAssistant() if events:
                self.helped_upto = command.in_reply_to
            case StayWithAssistant() if events and all(
                version <= self.helped_upto for version in self.owed
            ):
                self.owed = []
            case SayAsAgent() | Resolve() if events:
                self.owed = []

    def _acknowledged(
        self, command: Say | SayAsAgent, before: Conversation, events: Sequence[Event]
    ) -> None:
        first = self.kept.get(command.client_id)
        if first is not None:
            assert list(events) == [], "a message sent again is stored once"
            assert known_version(before, command) == first[0]
            return
        at = [n for n, event in enumerate(events, 1) if isinstance(event, MessageSent)]
        assert len(at) == 1, "what is acknowledged is stored, once"
        self.kept[command.client_id] = (before.version + at[0], command.text)

    @invariant()
    def every_unanswered_message_has_an_owner_and_a_deadline(self) -> None:
        if not self.owed:
            return
        owner = {"assistant": "assistant", "waiting": "queue", "agent": "agent"}
        if self.state.callback_at is None:
            assert self.state.turn == owner[self.state.status]
        else:
            assert (self.state.status, self.state.turn) == ("waiting", "callback")
            assert self.state.due_at == self.state.callback_at
        assert self.state.due_at is not None

    @invariant()
    def whoever_waits_or_is_taken_without_a_word_is_owed_one(self) -> None:
        if self.state.status == "waiting":
            assert self.state.due_at is not None

    @invariant()
    def what_was_acknowledged_is_in_the_log_exactly_once(self) -> None:
        stored = [
            (fact.event.client_id, fact.version, fact.event.text)
            for fact in self.log
            if isinstance(fact.event, MessageSent) and fact.event.client_id is not None
        ]
        assert sorted(stored) == sorted((each, *kept) for each, kept in self.kept.items())


class NeverPulledBack(ConversationMachine):
    """P3. `since` is when the one who waits began to; only they or an agent end it.

    `arranged` is how they chose to wait: in line, until a time, or for words in writing.
    """

    promise = "P3"

    def __init__(self) -> None:
        super().__init__()
        self.since: datetime | None = None
        self.asked_at: datetime | None = None
        self.arranged: datetime | str = LINE

    def observe(
        self,
        command: Command,
        before: Conversation,
        events: Sequence[Event],
        refusal: Refused | None,
    ) -> None:
        self._follow_choice(command, before, events)
        waited = self.since is not None
        waits = self.state.status == "waiting"
        if waited and not waits:
            assert isinstance(command, StayWithAssistant | Take), "nobody else may end the wait"
            self.since = None
            return
        if waits and not waited:
            returned = isinstance(command, ReturnToQueue)
            # Who comes back from an agent stands where they stood before.
            self.asked_at = self.asked_at if returned else self.now
            self.since = self.asked_at

    def _follow_choice(
        self, command: Command, before: Conversation, events: Sequence[Event]
    ) -> None:
        match command:
            case BookCallback() if before.status == "waiting":
                self.arranged = command.at
            case ChooseWrittenAnswer() if before.status == "waiting":
                self.arranged = "in writing"
            case CancelCallback() if self.arranged != "in writing":
                self.arranged = LINE
            case AskForHuman() | StayWithAssistant():
                self.arranged = LINE
            case Say() if command.wants_human and events:
                self.arranged = LINE
            case Take() if events:
                self.arranged = LINE

    @invariant()
    def nobody_else_changes_how_they_wait(self) -> None:
        in_writing = "in writing" if self.state.written else LINE
        assert (self.state.callback_at or in_writing) == self.arranged

    @invariant()
    def the_time_of_asking_stays(self) -> None:
        if self.since is not None:
            assert self.state.status == "waiting"
            assert self.state.asked_at == self.since
            assert self.state.agent_id is None


class ToldTheTruth(ConversationMachine):
    """P4. `holder` is the one agent who may sign."""

    promise = "P4"

    def __init__(self) -> None:
        super().__init__()
        self.holder: str | None = None

    def observe(
        self,
        command: Command,
        before: Conversation,
        events: Sequence[Event],
        refusal: Refused | None,
    ) -> None:
        for event in events:
            if isinstance(event, MessageSent):
                self._check_signature(event)
        match command:
            case SayAsAgent() if refusal is None and events:
                assert command.agent_id == self.holder
            case Take() if refusal is None:
                assert self.holder in {None, command.agent_id}
                self.holder = command.agent_id
            case ReturnToQueue() if events:
                assert self.holder == command.agent_id
                self.holder = None
            case Resolve() if events:
                assert self.holder == command.agent_id
                self.holder = None

    def _check_signature(self, event: MessageSent) -> None:
        match event.author:
            case "customer":
                assert (event.author_id, event.author_name) == (CUSTOMER, None)
            case "assistant":
                assert (event.author_id, event.author_name) == (None, "Alva")
            case "agent":
                assert event.author_id == self.holder
                assert event.author_name == AGENTS[self.holder or ""]

    @invariant()
    def the_first_words_say_that_an_ai_answers(self) -> None:
        messages = [fact.event for fact in self.log if isinstance(fact.event, MessageSent)]
        if messages:
            assert messages[0].discloses_ai
            assert messages[0].author == "assistant"
        assert self.state.agent_id == self.holder
