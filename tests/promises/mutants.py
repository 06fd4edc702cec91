"""Deciders with one defect each. A check that lets one of them pass checks nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from alltid.conversations.commands import (
    AnswerAsAssistant,
    AskForHuman,
    BookCallback,
    Command,
    GiveUpAsAssistant,
    Resolve,
    ReturnToQueue,
    Say,
    SayAsAgent,
)
from alltid.conversations.conversation import Conversation, decide
from alltid.conversations.events import (
    Asked,
    Author,
    CallbackBooked,
    CallbackCancelled,
    Event,
    HumanRequested,
    MessageSent,
    QueueLeft,
    Resolved,
    WrittenAnswerChosen,
)
from alltid.kernel.refusal import Refused
from tests.promises.machine import ConversationMachine, Decide
from tests.promises.models import AlwaysAHuman, NeverLost, NeverPulledBack, ToldTheTruth

Events = tuple[Event, ...]


@dataclass(frozen=True)
class Mutant:
    name: str
    machine: type[ConversationMachine]
    decide: Decide


def _without(kind: type, on: type) -> Decide:
    def broken(state: Conversation, command: Command) -> Events:
        events = decide(state, command)
        if isinstance(command, on):
            return tuple(event for event in events if not isinstance(event, kind))
        return events

    return broken


def _instead(on: type, then: Callable[[Conversation, Command], Events | None]) -> Decide:
    def broken(state: Conversation, command: Command) -> Events:
        if isinstance(command, on) and state.version > 0:
            events = then(state, command)
            if events is not None:
                return events
        return decide(state, command)

    return broken


def _assistant_takes_over(state: Conversation, command: Command) -> Events | None:
    events = decide(state, command)
    return (*events, QueueLeft()) if events and state.status == "waiting" else None


def _asks_anew(state: Conversation, command: Command) -> Events | None:
    return (HumanRequested(Asked.BUTTON),) if state.status == "waiting" else None


def _closes_whoever_waits(state: Conversation, command: Command) -> Events | None:
    if not isinstance(command, Resolve) or state.status != "waiting":
        return None
    return (Resolved(command.agent_id, command.name, command.reason, command.note),)


def _returns_to_the_end(state: Conversation, command: Command) -> Events | None:
    events = decide(state, command)
    return (*events, HumanRequested(Asked.BUTTON)) if events else None


def _books_for_nobody(state: Conversation, command: Command) -> Events | None:
    return (CallbackBooked(command.at),) if isinstance(command, BookCallback) else None


def _written_by_itself(state: Conversation, command: Command) -> Events | None:
    events = decide(state, command)
    waits = state.status == "waiting" and not state.written
    return (*events, WrittenAnswerChosen()) if events and waits else None


def _anybody_signs(state: Conversation, command: Command) -> Events | None:
    if not isinstance(command, SayAsAgent) or command.client_id in state.seen:
        return None
    signed = MessageSent(
        Author.AGENT, "hi", command.agent_id, command.name, client_id=command.client_id
    )
    return (signed,)


def _assistant_signs_as_a_person(state: Conversation, command: Command) -> Events | None:
    return tuple(
        replace(event, author_id="agent-1", author_name="Sara")
        if isinstance(event, MessageSent)
        else event
        for event in decide(state, command)
    )


def _stored_again(state: Conversation, command: Command) -> Events | None:
    if not isinstance(command, Say) or command.client_id not in state.seen:
        return None
    return decide(replace(state, seen={}), command)


def _button_refused_when_resolved(state: Conversation, command: Command) -> Events | None:
    if state.status == "resolved":
        raise Refused("closed", "This conversation is closed.")
    return None


def _says_nothing_of_ai(state: Conversation, command: Command) -> Events:
    return tuple(
        replace(event, discloses_ai=False) if isinstance(event, MessageSent) else event
        for event in decide(state, command)
    )


MUTANTS = [
    Mutant("wish_without_queue", AlwaysAHuman, _without(HumanRequested, Say)),
    Mutant("dead_button", AlwaysAHuman, _without(HumanRequested, AskForHuman)),
    Mutant("closed_door", AlwaysAHuman, _instead(AskForHuman, _button_refused_when_resolved)),
    Mutant("given_up_to_nobody", NeverLost, _without(HumanRequested, GiveUpAsAssistant)),
    Mutant("stored_again", NeverLost, _instead(Say, _stored_again)),
    Mutant("acknowledged_not_stored", NeverLost, _without(MessageSent, SayAsAgent)),
    Mutant("takes_over", NeverPulledBack, _instead(AnswerAsAssistant, _assistant_takes_over)),
    Mutant("second_press_loses_place", NeverPulledBack, _instead(AskForHuman, _asks_anew)),
    Mutant("closes_whoever_waits", NeverPulledBack, _instead(Resolve, _closes_whoever_waits)),
    Mutant("returned_to_the_end", NeverPulledBack, _instead(ReturnToQueue, _returns_to_the_end)),
    Mutant("callback_kept_against_the_wish", AlwaysAHuman, _without(CallbackCancelled, Say)),
    Mutant("callback_for_nobody", NeverLost, _instead(BookCallback, _books_for_nobody)),
    Mutant("put_off", NeverPulledBack, _instead(Say, _written_by_itself)),
    Mutant("anybody_signs", ToldTheTruth, _instead(SayAsAgent, _anybody_signs)),
    Mutant("poses", ToldTheTruth, _instead(AnswerAsAssistant, _assistant_signs_as_a_person)),
    Mutant("silent_ai", ToldTheTruth, _says_nothing_of_ai),
]  # fmt: skip
