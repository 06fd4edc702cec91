"""One conversation: what commands may do to it.

Pure: no clock, no randomness, no I/O. `decide` is the only way to change a conversation,
`evolve` (in `state`) folds what it answers, and the promises P1 to P4 (see `promises`) hold
over both.
"""

from __future__ import annotations

from typing import Final, assert_never

from alltid.conversations.commands import (
    AnswerAsAssistant,
    AskForHuman,
    BookCallback,
    CancelCallback,
    ChooseLanguage,
    ChooseWrittenAnswer,
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
    CallbackBooked,
    CallbackCancelled,
    ConversationOpened,
    Event,
    HumanRequested,
    LanguageChosen,
    MessageSent,
    QueueLeft,
    Rated,
    Reopened,
    Resolved,
    ReturnedToQueue,
    Status,
    WrittenAnswerCancelled,
    WrittenAnswerChosen,
)
from alltid.conversations.state import Conversation, evolve
from alltid.kernel.refusal import Refused

__all__ = [
    "ATTACHMENTS_LIMIT",
    "MESSAGES_LIMIT",
    "NOTE_LIMIT",
    "TEXT_LIMIT",
    "Conversation",
    "decide",
    "evolve",
    "known_version",
]

TEXT_LIMIT: Final = 4_000
ATTACHMENTS_LIMIT: Final = 5
NOTE_LIMIT: Final = 2_000
# A person writes a few hundred messages at most. Asking for a human has no such limit.
MESSAGES_LIMIT: Final = 10_000


def decide(  # noqa: C901, PLR0911, PLR0912  one line a command
    state: Conversation, command: Command
) -> tuple[Event, ...]:
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
        case ChooseLanguage():
            changes = command.language != state.language
            return (LanguageChosen(command.language),) if changes else ()
        case Say():
            return _say(state, command)
        case AskForHuman() | StayWithAssistant() if command.client_id in state.seen:
            return ()
        case AskForHuman():
            return _ask_for_human(state, Asked.BUTTON, command.client_id)
        case StayWithAssistant():
            return (QueueLeft(command.client_id),) if state.status is Status.WAITING else ()
        case BookCallback():
            _check_waits(state)
            return () if state.callback_at == command.at else (CallbackBooked(command.at),)
        case CancelCallback():
            return (CallbackCancelled(),) if state.callback_at is not None else ()
        case ChooseWrittenAnswer():
            _check_waits(state)
            return () if state.written else (WrittenAnswerChosen(),)
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
        case _:
            assert_never(command)


def known_version(state: Conversation, command: Command) -> int | None:
    """Return the version at which this very message was stored before, if it was."""
    if not isinstance(command, Say | SayAsAgent | AskForHuman | StayWithAssistant):
        return None
    return None if command.client_id is None else state.seen.get(command.client_id)


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
            chosen=command.chosen,
        )
    )
    if command.wants_human and state.status is not Status.AGENT:
        waits = state.status is Status.WAITING
        events += _back_in_line(state) if waits else (HumanRequested(Asked.SENTENCE),)
    return tuple(events)


def _ask_for_human(
    state: Conversation, how: Asked, client_id: str | None = None
) -> tuple[Event, ...]:
    if state.status is Status.AGENT:
        return ()
    if state.status is Status.WAITING:
        return _back_in_line(state)
    if state.status is Status.RESOLVED:
        return (Reopened(), HumanRequested(how, client_id))
    return (HumanRequested(how, client_id),)


def _back_in_line(state: Conversation) -> tuple[Event, ...]:
    """Who asks again wants a person now: what was arranged for later is off."""
    if state.callback_at is not None:
        return (CallbackCancelled(),)
    return (WrittenAnswerCancelled(),) if state.written else ()


def _answer_as_assistant(state: Conversation, command: AnswerAsAssistant) -> tuple[Event, ...]:
    # A stale answer (the customer wrote on, or an agent is here) is dropped, not refused:
    # the newer message has a turn of its own.
    if state.assistant_owes is None or command.in_reply_to != state.assistant_owes:
        return ()
    answer = MessageSent(
        Author.ASSISTANT,
        command.text,
        author_name=command.assistant_name,
        sources=command.sources,
        in_reply_to=command.in_reply_to,
        offers_human=command.offers_human,
        card=command.card,
        trace_id=command.trace_id,
    )
    if command.hands_over is None or state.status is not Status.ASSISTANT:
        return (answer,)
    why = command.hands_over
    return (answer, HumanRequested(Asked.HANDED_OVER, because=why.because, skill=why.skill))


def _give_up(state: Conversation, command: GiveUpAsAssistant) -> tuple[Event, ...]:
    if state.assistant_owes is None or state.assistant_owes != command.in_reply_to:
        return ()
    gave_up = AssistantGaveUp(command.in_reply_to)
    if state.status is Status.WAITING:
        # Help beside the queue failed; how the customer waits is the customer's choice.
        return (gave_up,)
    return (gave_up, *_ask_for_human(state, Asked.ASSISTANT_FAILED))


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
    if command.seen is not None and (state.unanswered or 0) > command.seen:
        # Closing over words that nobody has read would lose them (P2).
        raise Refused("unread_message", "The customer has just written again. Read it first.")
    return (Resolved(command.agent_id, command.name, command.reason, command.note),)


def _rate(state: Conversation, command: Rate) -> tuple[Event, ...]:
    if state.status is not Status.RESOLVED:
        raise Refused("not_resolved", "You can rate a conversation once it has been closed.")
    if command.score is not None and not 1 <= command.score <= 5:  # noqa: PLR2004  stars
        raise Refused("bad_score", "A score is a whole number from 1 to 5.")
    if command.comment is not None and len(command.comment) > NOTE_LIMIT:
        raise Refused("comment_too_long", f"A comment has at most {NOTE_LIMIT} characters.")
    # A change of mind is stored as well; the same verdict sent again is not.
    rating = Rated(command.solved, command.score, command.comment)
    return () if rating == state.rating else (rating,)


def _check_waits(state: Conversation) -> None:
    if state.status is not Status.WAITING:
        raise Refused("not_waiting", "This is for when you wait for a person.")


def _check_hands(state: Conversation, agent_id: str) -> None:
    if state.status is not Status.AGENT or state.agent_id != agent_id:
        raise Refused("not_yours", "This conversation isn't with you.")


def _check_message(state: Conversation, text: str, attachments: tuple[Attachment, ...]) -> None:
    if len(text) > TEXT_LIMIT:
        raise Refused("text_too_long", f"A message has at most {TEXT_LIMIT} characters.")
    if not attachments and not any(each.isprintable() and not each.isspace() for each in text):
        raise Refused("empty_message", "There is nothing in this message yet.")
    if len(attachments) > ATTACHMENTS_LIMIT:
        raise Refused("too_many_attachments", f"A message has at most {ATTACHMENTS_LIMIT} files.")
    if state.messages >= MESSAGES_LIMIT:
        raise Refused(
            "conversation_full",
            "This conversation has grown too long. Ask for a person with the button.",
        )
