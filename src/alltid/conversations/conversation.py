"""One conversation: its state, how events fold into it, what commands may do.

Pure: no clock, no randomness, no I/O. `decide` is the only way to change a conversation,
and the promises P1 to P4 (see `promises`) hold over whatever it answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from alltid.conversations.commands import (
    AnswerAsAssistant,
    AskForHuman,
    Command,
    GiveUpAsAssistant,
    Open,
    Rate,
    Resolve,
    ReturnToQueue,
    Say,
    SayAsAgent,
    StayWithAssistant,
    Take,
)
from alltid.conversations.events import (
    AgentJoined,
    Asked,
    AssistantGaveUp,
    Attachment,
    Author,
    ConversationOpened,
    Event,
    Fact,
    HumanRequested,
    MessageSent,
    QueueLeft,
    Rated,
    Reopened,
    Resolved,
    ReturnedToQueue,
    Status,
    Turn,
)
from alltid.kernel.refusal import Refused

TEXT_LIMIT: Final = 4_000
ATTACHMENTS_LIMIT: Final = 5
NOTE_LIMIT: Final = 2_000
# A person writes a few hundred messages at most. Asking for a human has no such limit.
MESSAGES_LIMIT: Final = 10_000

ASSISTANT_DUE: Final = timedelta(seconds=30)
QUEUE_DUE: Final = timedelta(minutes=3)
AGENT_DUE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the decider needs to know. `version` is 0 before the conversation is opened."""

    version: int = 0
    customer_id: str = ""
    language: str = "en"
    status: Status = Status.ASSISTANT
    messages: int = 0
    disclosed_ai: bool = False
    # The newest customer message that nobody has answered, and when the oldest such came.
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
    agent_id: str | None = None
    agent_name: str | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    rated: bool = False
    last_message_at: datetime | None = None
    seen: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def turn(self) -> Turn:
        """Who owes the next word."""
        if self.status is Status.WAITING:
            return Turn.QUEUE
        if self.status is Status.AGENT:
            owes = self.unanswered is not None or self.answered_at is None
            return Turn.AGENT if owes else Turn.CUSTOMER
        return Turn.ASSISTANT if self.assistant_owes is not None else Turn.CUSTOMER

    @property
    def due_at(self) -> datetime | None:
        """Until when the next word is owed; None when it is the customer's."""
        match self.turn:
            case Turn.QUEUE:
                return _after(self.asked_at, QUEUE_DUE)
            case Turn.AGENT:
                return _after(self.unanswered_since or self.accepted_at, AGENT_DUE)
            case Turn.ASSISTANT:
                return _after(self.unanswered_since, ASSISTANT_DUE)
            case Turn.CUSTOMER:
                return None


def _after(moment: datetime | None, span: timedelta) -> datetime | None:
    return None if moment is None else moment + span


def evolve(state: Conversation, fact: Fact) -> Conversation:
    """Fold one fact into the state."""
    folded = _FOLDS[type(fact.event)](state, fact)
    return replace(folded, version=fact.version)


def _opened(state: Conversation, fact: Fact) -> Conversation:
    event = fact.event
    assert isinstance(event, ConversationOpened)
    return replace(state, customer_id=event.customer_id, language=event.language)


def _message(state: Conversation, fact: Fact) -> Conversation:
    event = fact.event
    assert isinstance(event, MessageSent)
    seen = state.seen
    if event.client_id is not None:
        seen = {**seen, event.client_id: fact.version}
    state = replace(
        state,
        seen=seen,
        messages=state.messages + 1,
        last_message_at=fact.at,
        disclosed_ai=state.disclosed_ai or event.discloses_ai,
    )
    match event.author:
        case Author.CUSTOMER:
            return _customer_wrote(state, fact, wants_human=event.wants_human)
        case Author.ASSISTANT:
            return _assistant_wrote(state, event)
        case Author.AGENT:
            return replace(
                state,
                unanswered=None,
                unanswered_since=None,
                answered_at=state.answered_at or fact.at,
            )


def _customer_wrote(state: Conversation, fact: Fact, *, wants_human: bool) -> Conversation:
    # Words that ask for a person are for a person; the assistant doesn't argue with them.
    owes = state.status is not Status.AGENT and not wants_human
    return replace(
        state,
        unanswered=fact.version,
        unanswered_since=state.unanswered_since or fact.at,
        assistant_owes=fact.version if owes else state.assistant_owes,
    )


def _assistant_wrote(state: Conversation, event: MessageSent) -> Conversation:
    if event.in_reply_to is None or event.in_reply_to != state.assistant_owes:
        return state
    state = replace(state, assistant_owes=None, assistant_answered=event.in_reply_to)
    if state.status is Status.WAITING:
        # Help beside the queue doesn't answer for the person who was asked for.
        return state
    return replace(state, unanswered=None, unanswered_since=None)


def _human_requested(state: Conversation, fact: Fact) -> Conversation:
    event = fact.event
    assert isinstance(event, HumanRequested)
    return replace(
        state,
        status=Status.WAITING,
        asked_how=event.how,
        asked_at=fact.at,
        accepted_at=None,
        answered_at=None,
    )


def _queue_left(state: Conversation, _fact: Fact) -> Conversation:
    state = replace(state, status=Status.ASSISTANT, asked_how=None, asked_at=None)
    if state.unanswered is None or state.unanswered <= state.assistant_answered:
        return replace(state, unanswered=None, unanswered_since=None, assistant_owes=None)
    # A false alarm: the assistant now owes the answer to the words that caused it.
    return replace(state, assistant_owes=state.unanswered)


def _gave_up(state: Conversation, _fact: Fact) -> Conversation:
    return replace(state, assistant_owes=None)


def _agent_joined(state: Conversation, fact: Fact) -> Conversation:
    event = fact.event
    assert isinstance(event, AgentJoined)
    return replace(
        state,
        status=Status.AGENT,
        agent_id=event.agent_id,
        agent_name=event.name,
        accepted_at=fact.at,
        assistant_owes=None,
    )


def _returned(state: Conversation, _fact: Fact) -> Conversation:
    return replace(state, status=Status.WAITING, agent_id=None, agent_name=None, accepted_at=None)


def _resolved(state: Conversation, fact: Fact) -> Conversation:
    event = fact.event
    assert isinstance(event, Resolved)
    return replace(
        state,
        status=Status.RESOLVED,
        resolved_at=fact.at,
        resolved_by=event.agent_id,
        agent_id=None,
        agent_name=None,
        unanswered=None,
        unanswered_since=None,
        assistant_owes=None,
        rated=False,
    )


def _reopened(state: Conversation, _fact: Fact) -> Conversation:
    return replace(
        state,
        status=Status.ASSISTANT,
        asked_how=None,
        asked_at=None,
        accepted_at=None,
        answered_at=None,
        resolved_at=None,
    )


def _rated(state: Conversation, _fact: Fact) -> Conversation:
    return replace(state, rated=True)


_FOLDS: Final[Mapping[type[Event], Callable[[Conversation, Fact], Conversation]]] = {
    ConversationOpened: _opened,
    MessageSent: _message,
    HumanRequested: _human_requested,
    QueueLeft: _queue_left,
    AssistantGaveUp: _gave_up,
    AgentJoined: _agent_joined,
    ReturnedToQueue: _returned,
    Resolved: _resolved,
    Reopened: _reopened,
    Rated: _rated,
}


def decide(state: Conversation, command: Command) -> tuple[Event, ...]:
    """Accept a command as events, or refuse it.

    No events means that what was asked for is so already: a message sent again, a second
    press on the button, an answer that came too late.

    Raises:
        Refused: the state doesn't allow it; nothing changes.
    """
    if isinstance(command, Open):
        return _open(state, command)
    if state.version == 0:
        raise Refused("no_such_conversation", "This conversation doesn't exist.")
    match command:
        case Say():
            return _say(state, command)
        case AskForHuman():
            return _ask_for_human(state, Asked.BUTTON)
        case StayWithAssistant():
            return (QueueLeft(),) if state.status is Status.WAITING else ()
        case AnswerAsAssistant():
            return _answer_as_assistant(state, command)
        case GiveUpAsAssistant():
            return _give_up(state, command)
        case Take():
            return _take(state, command)
        case SayAsAgent():
            return _say_as_agent(state, command)
        case ReturnToQueue():
            return _return_to_queue(state, command)
        case Resolve():
            return _resolve(state, command)
        case Rate():
            return _rate(state, command)


def known_version(state: Conversation, command: Command) -> int | None:
    """Return the version at which this very message was stored before, if it was."""
    if isinstance(command, Say | SayAsAgent):
        return state.seen.get(command.client_id)
    return None


def _open(state: Conversation, command: Open) -> tuple[Event, ...]:
    if state.version > 0:
        return ()
    return (
        ConversationOpened(command.customer_id, command.language),
        MessageSent(
            Author.ASSISTANT,
            command.opening,
            author_name=command.assistant_name,
            discloses_ai=True,
        ),
    )


def _say(state: Conversation, command: Say) -> tuple[Event, ...]:
    if command.client_id in state.seen:
        return ()
    _check_message(state, command.text, command.attachments)
    events: list[Event] = []
    if state.status is Status.RESOLVED:
        events.append(Reopened())
    events.append(
        MessageSent(
            Author.CUSTOMER,
            command.text,
            author_id=state.customer_id,
            client_id=command.client_id,
            attachments=command.attachments,
            wants_human=command.wants_human,
        )
    )
    if command.wants_human and state.status not in {Status.WAITING, Status.AGENT}:
        events.append(HumanRequested(Asked.SENTENCE))
    return tuple(events)


def _ask_for_human(state: Conversation, how: Asked) -> tuple[Event, ...]:
    if state.status in {Status.WAITING, Status.AGENT}:
        return ()
    if state.status is Status.RESOLVED:
        return (Reopened(), HumanRequested(how))
    return (HumanRequested(how),)


def _answer_as_assistant(state: Conversation, command: AnswerAsAssistant) -> tuple[Event, ...]:
    # A stale answer (the customer wrote on, or an agent is here) is dropped, not refused:
    # the newer message has a turn of its own.
    if state.assistant_owes is None or command.in_reply_to != state.assistant_owes:
        return ()
    return (
        MessageSent(
            Author.ASSISTANT,
            command.text,
            author_name=command.assistant_name,
            sources=command.sources,
            in_reply_to=command.in_reply_to,
            offers_human=command.offers_human,
        ),
    )


def _give_up(state: Conversation, command: GiveUpAsAssistant) -> tuple[Event, ...]:
    if state.assistant_owes is None or state.assistant_owes != command.in_reply_to:
        return ()
    return (
        AssistantGaveUp(command.in_reply_to),
        *_ask_for_human(state, Asked.ASSISTANT_FAILED),
    )


def _take(state: Conversation, command: Take) -> tuple[Event, ...]:
    if state.status is Status.AGENT:
        if state.agent_id == command.agent_id:
            return ()
        raise Refused("already_taken", "Someone else was a moment faster. It is in good hands.")
    if state.status is not Status.WAITING:
        raise Refused("not_waiting", "The customer isn't waiting for a person any more.")
    return (AgentJoined(command.agent_id, command.name),)


def _say_as_agent(state: Conversation, command: SayAsAgent) -> tuple[Event, ...]:
    if command.client_id in state.seen:
        return ()
    _check_hands(state, command.agent_id)
    _check_message(state, command.text, command.attachments)
    return (
        MessageSent(
            Author.AGENT,
            command.text,
            author_id=command.agent_id,
            author_name=command.name,
            client_id=command.client_id,
            attachments=command.attachments,
        ),
    )


def _return_to_queue(state: Conversation, command: ReturnToQueue) -> tuple[Event, ...]:
    if state.status is Status.WAITING:
        return ()
    _check_hands(state, command.agent_id)
    return (ReturnedToQueue(command.agent_id, command.because),)


def _resolve(state: Conversation, command: Resolve) -> tuple[Event, ...]:
    if state.status is Status.RESOLVED and state.resolved_by == command.agent_id:
        return ()
    _check_hands(state, command.agent_id)
    if len(command.note) > NOTE_LIMIT:
        raise Refused("note_too_long", f"A note has at most {NOTE_LIMIT} characters.")
    return (Resolved(command.agent_id, command.name, command.reason, command.note),)


def _rate(state: Conversation, command: Rate) -> tuple[Event, ...]:
    if state.status is not Status.RESOLVED:
        raise Refused("not_resolved", "You can rate a conversation once it has been closed.")
    if state.rated:
        return ()
    if command.score is not None and not 1 <= command.score <= 5:  # noqa: PLR2004  stars
        raise Refused("bad_score", "A score is a whole number from 1 to 5.")
    if command.comment is not None and len(command.comment) > NOTE_LIMIT:
        raise Refused("comment_too_long", f"A comment has at most {NOTE_LIMIT} characters.")
    return (Rated(command.solved, command.score, command.comment),)


def _check_hands(state: Conversation, agent_id: str) -> None:
    if state.status is not Status.AGENT or state.agent_id != agent_id:
        raise Refused("not_yours", "This conversation isn't with you.")


def _check_message(state: Conversation, text: str, attachments: tuple[Attachment, ...]) -> None:
    if len(text) > TEXT_LIMIT:
        raise Refused("text_too_long", f"A message has at most {TEXT_LIMIT} characters.")
    if not text.strip() and not attachments:
        raise Refused("empty_message", "There is nothing in this message yet.")
    if len(attachments) > ATTACHMENTS_LIMIT:
        raise Refused("too_many_attachments", f"A message has at most {ATTACHMENTS_LIMIT} files.")
    if state.messages >= MESSAGES_LIMIT:
        raise Refused(
            "conversation_full",
            "This conversation has grown too long. Ask for a person with the button.",
        )
