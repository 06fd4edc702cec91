"""A conversation with the assistant in process: the same turns, without a desk or a socket.

For suites of scripted conversations and for tests. The rows of turns and the conversation are
kept in memory, and what the conversation core does around the assistant (the first look for a
wish, the queue) is done here in its few words::

    talk = Conversation(answerer, rows, principal, language="sv")
    exchange = await talk.say("kan jag flytta förfallodagen")
    exchange = await talk.press(exchange.answer.card.choices[0].id)
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any, Final

from alltid.assistant.answerer import HISTORY_MAX, Answer, Answerer, Question
from alltid.assistant.dialogue.state import TurnState
from alltid.assistant.dialogue.turn_store import TurnGround, TurnRow
from alltid.assistant.tools.tool import Principal
from alltid.assistant.understanding import wish_for_human
from alltid.conversations.events import Card, Chosen
from alltid.conversations.store import Said

_NAMED: Final = uuid.UUID("6a0c5a0e-6d0c-5b5e-9a5e-0a11ad000121")


@dataclass(slots=True)
class MemoryRows:
    """Turns kept in memory, for any number of conversations."""

    rows: dict[str, TurnRow] = field(default_factory=dict)
    principals: dict[str, Principal | None] = field(default_factory=dict)
    cards: dict[str, int] = field(default_factory=dict)

    async def ground(self, conversation_id: str, trace_id: str | None) -> TurnGround:
        """Return what the turn stands on."""
        principal = self.principals.get(conversation_id)
        row = self.rows.get(trace_id or "")
        if row is None or row.conversation_id != conversation_id or row.id not in self.cards:
            return TurnGround(principal, TurnState(), None)
        # Through JSON, as a database would.
        return TurnGround(principal, TurnState.from_json(row.state.as_json()), self.cards[row.id])

    async def write(self, row: TurnRow) -> None:
        """Keep the record of an answer."""
        self.rows[row.id] = row


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was said and what came back. `answer` is None where the queue answers instead.

    `version` is the answer's; `packet` what a person who takes over is told.
    """

    said: str
    answer: Answer | None
    version: int
    waiting: bool
    trace: dict[str, Any] = field(default_factory=dict)
    packet: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Conversation:
    """One customer's conversation with an assistant. `waiting` is for the queue."""

    answerer: Answerer
    rows: MemoryRows
    principal: Principal | None = None
    language: str | None = None
    name: str = "conversation"
    version: int = 2
    waiting: bool = False
    asked_how: str | None = None
    trace_id: str | None = None
    card: Card | None = None
    card_version: int = 0
    history: list[tuple[str, str]] = field(default_factory=list)
    unanswered: list[Said] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The conversation's id, which follows from its name."""
        return str(uuid.uuid5(_NAMED, self.name))

    def write(self, text: str, chosen: Chosen | None = None) -> None:
        """Write without waiting for an answer."""
        self.version += 1
        self.unanswered.append(Said(self.version, text, chosen))

    async def say(self, text: str, chosen: Chosen | None = None) -> Exchange:
        """Write, and return what comes back."""
        self.write(text, chosen)
        if wish_for_human(text).wanted:
            self._hear()
            self.waiting, self.asked_how = True, self.asked_how or "sentence"
            self.version += 1
            return Exchange(text, None, self.version, self.waiting)
        return await self.answered()

    async def press(self, choice: str, card: int | None = None) -> Exchange:
        """Press a button of the last card (or of the one with that version)."""
        labels = {} if self.card is None else {each.id: each.label for each in self.card.choices}
        version = self.card_version if card is None else card
        return await self.say(labels.get(choice, choice), Chosen(version, choice))

    async def answered(self) -> Exchange:
        """Let the assistant answer what was written."""
        return self.take(await self.answerer.answer(self.question()))

    def question(self) -> Question:
        """Return what the assistant is asked now."""
        said = tuple(self.unanswered)
        self.rows.principals[self.id] = self.principal
        return Question(
            self.id,
            "\n".join(each.text for each in said),
            self.language,
            waiting_for_human=self.waiting,
            first=not self.history,
            history=tuple(self.history[-HISTORY_MAX:]),
            version=self.version,
            said=said,
            trace_id=self.trace_id,
        )

    def take(self, answer: Answer) -> Exchange:
        """Let an answer be said."""
        said = "\n".join(each.text for each in self.unanswered)
        self._hear()
        self.version += 1
        self.history.append(("assistant", answer.text))
        version = self.version
        if answer.card is not None:
            self.card, self.card_version = answer.card, version
        row = None
        if answer.trace_id is not None:
            self.trace_id = answer.trace_id
            self.rows.cards[answer.trace_id] = version
            row = self.rows.rows.get(answer.trace_id)
        if answer.hands_over is not None and not self.waiting:
            self.waiting, self.asked_how = True, "handed_over"
            self.version += 1
        trace = {} if row is None else dict(row.trace)
        packet = {} if row is None or row.packet is None else dict(row.packet)
        return Exchange(said, answer, version, self.waiting, trace, packet)

    def _hear(self) -> None:
        self.history += [("customer", each.text) for each in self.unanswered]
        self.unanswered.clear()
