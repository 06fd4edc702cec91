"""The lender's assistant wired as the desk wires it, around the books of one conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Self

from psycopg_pool import AsyncConnectionPool

from alltid.assistant.answerer import Answerer
from alltid.assistant.dialogue.articles import Articles
from alltid.assistant.dialogue.checking import rules_hold
from alltid.assistant.dialogue.embedded import EmbeddedUnderstander
from alltid.assistant.dialogue.learning import examples_of
from alltid.assistant.dialogue.parts import LetsPass, TurnParts
from alltid.assistant.dialogue.playbook_procedures import PlaybookProcedures
from alltid.assistant.dialogue.turn import DialogueAnswerer
from alltid.assistant.dialogue.turn_store import TurnStore
from alltid.assistant.dialogue.work import Tools
from alltid.assistant.intents.reader import IntentReader
from alltid.assistant.knowledge import Knowledge
from alltid.assistant.model.assembling import ModelParts
from alltid.assistant.playbooks.library import Library
from alltid.assistant.tools.action_ledger import PostgresActions
from alltid.assistant.tools.boundary import Allowed
from alltid.assistant.tools.executor import ActionExecutor, ActionGround
from alltid.assistant.tools.handles import Handles
from alltid.assistant.tools.health import Health
from alltid.assistant.tools.tool import Principal
from alltid.assistant.tools.toolbox import ToolGround
from alltid.examples.lender.api.catalogue import SPECS
from alltid.examples.lender.assistant import (
    LENDER_CARES,
    LENDER_RULES,
    lender_example_vectors,
    lender_library,
    lender_other_matters,
)
from alltid.examples.lender.evaluation.books import Books
from alltid.examples.lender.limits import LENDER_LIMITS, amount_of
from alltid.kernel.clock import Clock
from alltid.kernel.ids import IdSource

EMBEDDED: Final = "embedded"
READY_SECONDS: Final = 180.0


@dataclass(frozen=True, slots=True)
class Understanding:
    """How the assistant understands. Without `encoder` words alone decide, and it starts at once.

    `cache` keeps the encoder's reading of the examples for the next time; `model` is asked
    first, under the name of `way`.
    """

    way: str = EMBEDDED
    model: ModelParts | None = None
    encoder: bool = True
    cache: Path | None = None


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the assistants of all conversations share."""

    way: str
    parts: TurnParts
    library: Library
    ledger: PostgresActions
    allowed: Allowed

    @classmethod
    async def made(
        cls,
        pool: AsyncConnectionPool[Any],
        clock: Clock,
        ids: IdSource,
        company: str,
        by: Understanding,
    ) -> Self:
        """Read the playbooks, learn their examples, and wait until the encoder takes part."""
        library = lender_library()
        reader = await asyncio.to_thread(_reader, library, by)
        embedded, model = EmbeddedUnderstander(reader), by.model
        parts = TurnParts(
            company,
            clock,
            ids,
            TurnStore(pool),
            PlaybookProcedures(library, company, clock, LENDER_CARES),
            embedded if model is None else model.understander(embedded),
            Articles(Knowledge(pool), None if model is None else model.writer),
            rules=LENDER_RULES,
            guard=LetsPass() if model is None else model.gate,
            warm=None if model is None else model.provider.warm_up,
            vector_of=reader.vector_of,
        )
        await DialogueAnswerer(parts).warm_up()
        return cls(by.way, parts, library, PostgresActions(pool), Allowed(SPECS))

    def answerer(self, books: Books, clock: Clock) -> Answerer:
        """Return the assistant of one conversation."""
        return DialogueAnswerer(
            replace(self.parts, clock=clock, tools_of=self._tools(books, clock))
        )

    def words(self) -> str:
        """Return what the company always says: its playbooks' fixed words, its days to answer."""
        folder = files("alltid.examples.lender") / "playbooks"
        words = [each.read_text(encoding="utf-8") for each in folder.iterdir()]
        return "\n".join([*words, *(f"{days} days" for days in LENDER_RULES.days.values())])

    def _tools(self, books: Books, clock: Clock) -> Callable[[Principal, str], Tools]:
        handles = Handles(b"a key for an evaluation")
        reading = ToolGround(self.allowed, books, handles, Health())
        acting = ActionGround(
            self.allowed, books, handles, Health(), self.ledger, clock, self.parts.ids,
            LENDER_LIMITS, amount_of,
        )  # fmt: skip
        company = self.parts.company

        def tools_of(principal: Principal, conversation_id: str) -> Tools:
            reads = reading.toolbox(principal, conversation_id)

            def executor(check: Any) -> ActionExecutor:
                rules = rules_hold(self.library, check, company, clock)
                return acting.executor(principal, conversation_id, reads=reads, policy_check=rules)

            return Tools(reads, executor)

        return tools_of


def _reader(library: Library, by: Understanding) -> IntentReader:
    examples = examples_of(library, lender_other_matters())
    if not by.encoder:
        return IntentReader(examples)
    reader = IntentReader.build(examples, by.cache, lender_example_vectors())
    reader.wait_until_ready(READY_SECONDS)
    return reader
