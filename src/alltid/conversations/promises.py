"""The promises P1 to P4 as predicates over a conversation's steps.

A step is what one transaction did: the state before, its facts, the state after. The same
predicates serve the property tests, the fault tests and the live monitor. Each returns
None when the promise was kept, else one sentence that says what broke; it never contains a
person's words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from datetime import datetime, timedelta
from typing import Final

from alltid.conversations.events import (
    AgentJoined,
    Author,
    CallbackCancelled,
    Event,
    Fact,
    HumanRequested,
    MessageSent,
    QueueLeft,
    Status,
    Turn,
    WrittenAnswerCancelled,
)
from alltid.conversations.state import Conversation, evolve

NAMES: Final[Mapping[str, str]] = {
    "P1": "Always a human",
    "P2": "Never lost",
    "P3": "Never pulled back",
    "P4": "Told the truth",
}

Move = tuple[Conversation, Fact, Conversation]

WITH_OR_TOWARDS_A_HUMAN: Final = frozenset({Status.WAITING, Status.AGENT})


@dataclass(frozen=True, slots=True)
class Step:
    """What one transaction did to one conversation.

    `after` is the state that was `stored`, or else what the facts fold to. `moves` has each
    fact with the states before and after it.
    """

    before: Conversation
    facts: Sequence[Fact]
    stored: InitVar[Conversation | None] = None
    after: Conversation = field(init=False)
    moves: tuple[Move, ...] = field(init=False)

    def __post_init__(self, stored: Conversation | None) -> None:
        """Fold the facts once, for all predicates."""
        moves = tuple(_walk(self.before, self.facts))
        folded = moves[-1][2] if moves else self.before
        object.__setattr__(self, "moves", moves)
        object.__setattr__(self, "after", folded if stored is None else stored)


@dataclass(frozen=True, slots=True)
class Breach:
    """A broken promise: which one, at which version, and how."""

    promise: str
    version: int
    at: datetime
    detail: str


def breaches(step: Step) -> Iterator[Breach]:
    """Yield every promise that this step broke."""
    if not step.facts:
        return
    last = step.facts[-1]
    for promise, predicate in PREDICATES.items():
        detail = predicate(step)
        if detail is not None:
            yield Breach(promise, last.version, last.at, detail)


def always_a_human(step: Step) -> str | None:
    """P1: words that ask for a person, and the queue, are in one transaction."""
    for position, (_, fact, after) in enumerate(step.moves, start=1):
        if not _asks_for_a_person(fact.event):
            continue
        # A group of commands is one transaction, so the customer may have left again since.
        later = [each.event for each in step.facts[position:]]
        if after.status not in WITH_OR_TOWARDS_A_HUMAN:
            if not any(isinstance(event, HumanRequested) for event in later):
                return "A wish for a human was stored without a place in the queue."
        elif (after.callback_at is not None or after.written) and not any(
            isinstance(event, CallbackCancelled | WrittenAnswerCancelled) for event in later
        ):
            return "A wish for a human was stored and left to wait for what was arranged before."
    return None


def never_lost(step: Step) -> str | None:
    """P2: a message that nobody answered, or a callback, has an owner and a deadline."""
    state = step.after
    if (state.callback_at is not None or state.written) and state.status is not Status.WAITING:
        return "A callback or a written answer is arranged, and nobody is to give it."
    if state.unanswered is None:
        return None
    if state.turn is Turn.CUSTOMER:
        return "A customer's message is unanswered and nobody owes the answer."
    if state.due_at is None:
        return "A customer's message has an owner but no deadline."
    return None


def never_pulled_back(step: Step) -> str | None:
    """P3: who waits goes on waiting, is answered by a person, or leaves by choice."""
    for before, fact, after in step.moves:
        if before.status is not Status.WAITING:
            continue
        if after.status is not Status.WAITING:
            if not isinstance(fact.event, AgentJoined | QueueLeft):
                return f"A waiting customer was moved to '{after.status}' without a person."
        elif isinstance(fact.event, HumanRequested) or after.asked_at != before.asked_at:
            return "A waiting customer's time of asking was changed."
    return None


def told_the_truth(step: Step) -> str | None:
    """P4: the assistant says what it is before all else; everyone signs as themselves."""
    if step.after.version > 0 and not step.after.disclosed_ai:
        return "A conversation began without saying that an AI answers."
    for before, fact, _ in step.moves:
        event = fact.event
        if not isinstance(event, MessageSent):
            continue
        match event.author:
            case Author.AGENT if before.agent_id is None or event.author_id != before.agent_id:
                return "A message was signed by an agent who doesn't have the conversation."
            case Author.ASSISTANT if event.author_id is not None:
                return "A message of the assistant was signed by a person."
            case Author.CUSTOMER if event.author_id != before.customer_id:
                return "A customer's message was signed by somebody else."
            case _:
                pass
    return None


def wait_is_honest(*, online: int, shown: object | None) -> str | None:
    """P4: with nobody online no wait is shown, for there is nothing to estimate from."""
    if online == 0 and shown is not None:
        return "A wait was shown while nobody was online."
    return None


def overdue(state: Conversation, now: datetime, *, grace: timedelta) -> str | None:
    """P2, over time: the owner of the next word let its deadline pass by more than `grace`."""
    due = state.due_at
    if due is None or now <= due + grace:
        return None
    return f"The next word was due from the {state.turn} and did not come."


def _asks_for_a_person(event: Event) -> bool:
    return isinstance(event, MessageSent) and event.author is Author.CUSTOMER and event.wants_human


def _walk(state: Conversation, facts: Sequence[Fact]) -> Iterator[Move]:
    """Yield each fact with the states before and after it."""
    for fact in facts:
        after = evolve(state, fact)
        yield state, fact, after
        state = after


PREDICATES: Final[Mapping[str, Callable[[Step], str | None]]] = {
    "P1": always_a_human,
    "P2": never_lost,
    "P3": never_pulled_back,
    "P4": told_the_truth,
}
