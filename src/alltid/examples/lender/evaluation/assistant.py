"""The lender's assistant as the desk wires it, around the books of one conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self

from psycopg_pool import AsyncConnectionPool

from alltid.assistant.answerer import Answerer
from alltid.assistant.dialogue.articles import Articles
from alltid.assistant.dialogue.commands import Because
from alltid.assistant.dialogue.embedded import EmbeddedUnderstander
from alltid.assistant.dialogue.handoff_policy import Rules
from alltid.assistant.dialogue.playbook_procedures import PlaybookProcedures
from alltid.assistant.dialogue.turn import DialogueAnswerer, TurnParts
from alltid.assistant.dialogue.turn_store import TurnStore
from alltid.assistant.dialogue.work import Tools
from alltid.assistant.intents.reader import IntentReader
from alltid.assistant.knowledge import Knowledge
from alltid.assistant.playbooks.library import Library
from alltid.assistant.playbooks.reading import files_in, read_library
from alltid.assistant.tools.action_ledger import PostgresActions
from alltid.assistant.tools.boundary import Allowed
from alltid.assistant.tools.executor import ActionGround
from alltid.assistant.tools.handles import Handles
from alltid.assistant.tools.health import Health
from alltid.assistant.tools.tool import Principal
from alltid.assistant.tools.toolbox import ToolGround
from alltid.examples.lender.api.catalogue import SPECS
from alltid.examples.lender.evaluation.books import Books
from alltid.examples.lender.limits import LENDER_LIMITS, amount_of
from alltid.kernel.clock import Clock
from alltid.kernel.ids import IdSource

EMBEDDED: Final = "embedded"
READY_SECONDS: Final = 120.0
RULES: Final = Rules(
    skills=MappingProxyType(
        {
            Because.COMPLAINT: "complaints",
            Because.LEGAL_RIGHT: "complaints",
            Because.DISPUTE: "fraud",
            Because.FRAUD: "fraud",
            Because.SELF_HARM: "vulnerable",
            Because.COERCION: "vulnerable",
            Because.BEREAVEMENT: "vulnerable",
            Because.ILLNESS: "vulnerable",
            Because.DEBT: "vulnerable",
        }
    )
)


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the assistants of all conversations share."""

    way: str
    parts: TurnParts
    ids: IdSource
    ledger: PostgresActions
    allowed: Allowed

    @classmethod
    async def made(
        cls,
        pool: AsyncConnectionPool[Any],
        clock: Clock,
        ids: IdSource,
        company: str,
        *,
        model: bool = False,
    ) -> Self:
        """Read the playbooks, learn their examples, and wait until the encoder takes part."""
        del model
        library = _library()
        examples = {
            name: {language: list(texts) for language, texts in book.triggers.items()}
            for name, book in library.playbooks.items()
        }
        reader = await asyncio.to_thread(IntentReader.build, examples)
        await asyncio.to_thread(reader.wait_until_ready, READY_SECONDS)
        parts = TurnParts(
            company,
            clock,
            ids,
            TurnStore(pool),
            PlaybookProcedures(library, company, clock),
            EmbeddedUnderstander(reader),
            Articles(Knowledge(pool)),
            rules=RULES,
        )
        return cls(EMBEDDED, parts, ids, PostgresActions(pool), Allowed(SPECS))

    def answerer(self, books: Books, clock: Clock) -> Answerer:
        """Return the assistant of one conversation."""
        return DialogueAnswerer(
            replace(self.parts, clock=clock, tools_of=self._tools(books, clock))
        )

    def words(self) -> str:
        """Return what the company always says: the fixed words of its playbooks."""
        folder = files("alltid.examples.lender") / "playbooks"
        return "\n".join(each.read_text(encoding="utf-8") for each in folder.iterdir())

    def _tools(self, books: Books, clock: Clock) -> Callable[[Principal, str], Tools]:
        handles = Handles(b"a key for an evaluation")
        reading = ToolGround(self.allowed, books, handles, Health())
        acting = ActionGround(
            self.allowed, books, handles, Health(), self.ledger, clock, self.ids,
            LENDER_LIMITS, amount_of,
        )  # fmt: skip

        def tools_of(principal: Principal, conversation_id: str) -> Tools:
            reads = reading.toolbox(principal, conversation_id)
            return Tools(
                reads, lambda _check: acting.executor(principal, conversation_id, reads=reads)
            )

        return tools_of


def _library() -> Library:
    folder = files("alltid.examples.lender") / "playbooks"
    return read_library(files_in([Path(str(folder))]))
