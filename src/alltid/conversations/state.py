"""What is known of one conversation: its state, and how facts fold into it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, assert_never

from alltid.conversations.events import (
    AgentJoined,
    Asked,
    AssistantGaveUp,
    Author,
    CallbackBooked,
    CallbackCancelled,
    ConversationOpened,
    Event,
    Fact,
    HumanRequested,
    LanguageChosen,
    MessageSent,
    QueueLeft,
    Rated,
    Reopened,
    Resolved,
    ReturnedToQueue,
    Status,
    Turn,
    WrittenAnswerCancelled,
    WrittenAnswerChosen,
)

ASSISTANT_DUE: Final = timedelta(seconds=30)
QUEUE_DUE: Final = timedelta(minutes=3)
AGENT_DUE: Final = timedelta(minutes=5)
WRITTEN_DUE: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the decider needs to know. `version` is 0 before the conversation is opened."""

    version: int = 0
    customer_id: str = ""
    language: str = "en"
    status: Status = Status.ASSISTANT
    messages: int = 0
    disclosed_ai: bool = False
    # The newest customer message that nobody has answered, and since when it has been owed:
    # since the oldest such came, or since the customer chose the assistant for it.
    unanswered: int | None = None
    unanswered_since: datetime | None = None
    # The customer message that the assistant still has to answer.
    assistant_owes: int | None = None
    assistant_answered: int = 0
    # The human promise with its times: asked, accepted, answered by a human.
    asked_how: Asked | None = None
    asked_at: datetime | None = None
    accepted_at: datetime | None = None
    answered_at: datetime | None = None
    # How the customer chose to wait, if not in line: called back then, or answered in writing.
    callback_at: datetime | None = None
    written: bool = False
    agent_id: str | None = None
    agent_name: str | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    rating: Rated | None = None
    last_message_at: datetime | None = None
    seen: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def turn(self) -> Turn:
        """Who owes the next word."""
        if self.status is Status.WAITING:
            return Turn.QUEUE if self.callback_at is None else Turn.CALLBACK
        if self.status is Status.AGENT:
            owes = self.unanswered is not None or self.answered_at is None
            return Turn.AGENT if owes else Turn.CUSTOMER
        return Turn.ASSISTANT if self.assistant_owes is not None else Turn.CUSTOMER

    @property
    def due_at(self) -> datetime | None:
        """Until when the next word is owed; None when it is the customer's."""
        match self.turn:
            case Turn.QUEUE:
                return _after(self.asked_at, WRITTEN_DUE if self.written else QUEUE_DUE)
            case Turn.CALLBACK:
                return self.callback_at
            case Turn.AGENT:
                # The time that a customer waited in line is not the agent's.
                return _after(_later(self.unanswered_since, self.accepted_at), AGENT_DUE)
            case Turn.ASSISTANT:
                return _after(self.unanswered_since, ASSISTANT_DUE)
            case Turn.CUSTOMER:
                return None
            case _:
                assert_never(self.turn)


def moves_the_line(before: Conversation, after: Conversation) -> bool:
    """Tell whether somebody came into the line, left it, or waits in it in another way."""
    return (before.status, before.asked_at, before.callback_at, before.written) != (
        after.status,
        after.asked_at,
        after.callback_at,
        after.written,
    )


def _after(moment: datetime | None, span: timedelta) -> datetime | None:
    return None if moment is None else moment + span


def _later(first: datetime | None, second: datetime | None) -> datetime | None:
    return max((each for each in (first, second) if each is not None), default=None)


def evolve(state: Conversation, fact: Fact) -> Conversation:
    """Fold one fact into the state."""
    changes = _FOLDS[type(fact.event)](state, fact.event, fact)
    return replace(state, version=fact.version, **changes)


# Each fold returns the fields that change: one copy a fact, however many rules had a say.
Changes = dict[str, Any]


def _opened(_state: Conversation, event: ConversationOpened, _fact: Fact) -> Changes:
    return {"customer_id": event.customer_id, "language": event.language}


def _language_chosen(_state: Conversation, event: LanguageChosen, _fact: Fact) -> Changes:
    return {"language": event.language}


def _seen(state: Conversation, client_id: str | None, fact: Fact) -> Changes:
    return {} if client_id is None else {"seen": {**state.seen, client_id: fact.version}}


def _message(state: Conversation, event: MessageSent, fact: Fact) -> Changes:
    changes: Changes = {"messages": state.messages + 1, "last_message_at": fact.at}
    changes |= _seen(state, event.client_id, fact)
    if event.discloses_ai:
        changes["disclosed_ai"] = True
    match event.author:
        case Author.CUSTOMER:
            return changes | _customer_wrote(state, event, fact)
        case Author.ASSISTANT:
            return changes | _assistant_wrote(state, event)
        case Author.AGENT:
            return changes | _agent_wrote(state, fact)
        case _:
            assert_never(event.author)


def _customer_wrote(state: Conversation, event: MessageSent, fact: Fact) -> Changes:
    changes: Changes = {
        "unanswered": fact.version,
        "unanswered_since": state.unanswered_since or fact.at,
    }
    # Words that ask for a person are for a person; the assistant doesn't argue with them.
    if state.status is not Status.AGENT and not event.wants_human:
        changes["assistant_owes"] = fact.version
    return changes


def _assistant_wrote(state: Conversation, event: MessageSent) -> Changes:
    if event.in_reply_to is None or event.in_reply_to != state.assistant_owes:
        return {}
    changes: Changes = {"assistant_owes": None, "assistant_answered": event.in_reply_to}
    if state.status is Status.WAITING:
        # Help beside the queue doesn't answer for the person who was asked for.
        return changes
    return changes | {"unanswered": None, "unanswered_since": None}


def _agent_wrote(state: Conversation, fact: Fact) -> Changes:
    return {
        "unanswered": None,
        "unanswered_since": None,
        "answered_at": state.answered_at or fact.at,
    }


def _human_requested(state: Conversation, event: HumanRequested, fact: Fact) -> Changes:
    return _seen(state, event.client_id, fact) | {
        "status": Status.WAITING,
        "asked_how": event.how,
        "asked_at": fact.at,
        "accepted_at": None,
        "answered_at": None,
    }


# What ends with the wait itself, and is never carried into the next one.
_NOTHING_ARRANGED: Final[Changes] = {"callback_at": None, "written": False}


def _booked(_state: Conversation, event: CallbackBooked, _fact: Fact) -> Changes:
    return {"callback_at": event.at, "written": False}


def _written(_state: Conversation, _event: WrittenAnswerChosen, _fact: Fact) -> Changes:
    return {"callback_at": None, "written": True}


def _in_line(
    _state: Conversation, _event: CallbackCancelled | WrittenAnswerCancelled, _fact: Fact
) -> Changes:
    return _NOTHING_ARRANGED


def _queue_left(state: Conversation, event: QueueLeft, fact: Fact) -> Changes:
    changes: Changes = _seen(state, event.client_id, fact) | {
        "status": Status.ASSISTANT,
        "asked_how": None,
        "asked_at": None,
        **_NOTHING_ARRANGED,
    }
    if state.unanswered is None or state.unanswered <= state.assistant_answered:
        return changes | {"unanswered": None, "unanswered_since": None, "assistant_owes": None}
    # A false alarm: the assistant now owes the answer to the words that caused it, from this
    # moment on. Counted from the words themselves it would be overdue, and so given up, at once.
    return changes | {"assistant_owes": state.unanswered, "unanswered_since": fact.at}


def _gave_up(_state: Conversation, _event: AssistantGaveUp, _fact: Fact) -> Changes:
    return {"assistant_owes": None}


def _agent_joined(_state: Conversation, event: AgentJoined, fact: Fact) -> Changes:
    return {
        "status": Status.AGENT,
        "agent_id": event.agent_id,
        "agent_name": event.name,
        "accepted_at": fact.at,
        "assistant_owes": None,
        **_NOTHING_ARRANGED,
    }


def _returned(_state: Conversation, _event: ReturnedToQueue, _fact: Fact) -> Changes:
    return {"status": Status.WAITING, "agent_id": None, "agent_name": None, "accepted_at": None}


def _resolved(_state: Conversation, event: Resolved, fact: Fact) -> Changes:
    return {
        "status": Status.RESOLVED,
        "resolved_at": fact.at,
        "resolved_by": event.agent_id,
        "agent_id": None,
        "agent_name": None,
        "unanswered": None,
        "unanswered_since": None,
        "assistant_owes": None,
        "rating": None,
    }


def _reopened(_state: Conversation, _event: Reopened, _fact: Fact) -> Changes:
    return {
        "status": Status.ASSISTANT,
        "asked_how": None,
        "asked_at": None,
        "accepted_at": None,
        "answered_at": None,
        "resolved_at": None,
    }


def _rated(_state: Conversation, event: Rated, _fact: Fact) -> Changes:
    return {"rating": event}


# Each takes its own kind of event, which is how it is found.
_FOLDS: Final[Mapping[type[Event], Callable[[Conversation, Any, Fact], Changes]]] = {
    ConversationOpened: _opened,
    LanguageChosen: _language_chosen,
    MessageSent: _message,
    HumanRequested: _human_requested,
    QueueLeft: _queue_left,
    CallbackBooked: _booked,
    CallbackCancelled: _in_line,
    WrittenAnswerChosen: _written,
    WrittenAnswerCancelled: _in_line,
    AssistantGaveUp: _gave_up,
    AgentJoined: _agent_joined,
    ReturnedToQueue: _returned,
    Resolved: _resolved,
    Reopened: _reopened,
    Rated: _rated,
}
