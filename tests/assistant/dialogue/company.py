"""The example lender's assistant in memory: its playbooks and rules, no database, no sockets."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from alltid.assistant.dialogue.articles import Articles
from alltid.assistant.dialogue.checking import rules_hold
from alltid.assistant.dialogue.embedded import EmbeddedUnderstander
from alltid.assistant.dialogue.harness import Conversation, MemoryRows
from alltid.assistant.dialogue.learning import examples_of
from alltid.assistant.dialogue.parts import TurnParts
from alltid.assistant.dialogue.playbook_procedures import PlaybookProcedures
from alltid.assistant.dialogue.turn import DialogueAnswerer
from alltid.assistant.dialogue.work import Tools
from alltid.assistant.intents.reader import IntentReader
from alltid.assistant.knowledge import Found
from alltid.assistant.tools.tool import Principal
from alltid.examples.lender.assistant import (
    LENDER_CARES,
    LENDER_RULES,
    lender_library,
    lender_other_matters,
)
from alltid.examples.lender.customers import ISSUER
from alltid.examples.lender.fake import FakeLender
from alltid.kernel.clock import ManualClock
from alltid.kernel.ids import SeededIds

COMPANY = "Klarsund"
ELIN = Principal(ISSUER, "norrhem-1001")
GIFT_CARDS = Found(
    "en", "gift-cards", "Gift cards", "", "/help/en/gift-cards", "A gift card lasts two years.", 1.0
)


class OneArticle:
    """Knows one thing."""

    async def search(self, question: str, language: str, *, limit: int = 3) -> list[Found]:
        return [GIFT_CARDS] if "gift card" in question and language == "en" else []


@cache
def reader() -> IntentReader:
    """Words only, learned once."""
    return IntentReader(examples_of(lender_library(), lender_other_matters()))


@dataclass
class Assistant:
    """One lender with one assistant; `talk` begins conversations with it."""

    clock: ManualClock = field(
        default_factory=lambda: ManualClock(datetime(2026, 11, 22, 9, tzinfo=UTC))
    )
    rows: MemoryRows = field(default_factory=MemoryRows)
    lender: FakeLender = field(init=False)
    parts: TurnParts = field(init=False)

    def __post_init__(self) -> None:
        library = lender_library()
        self.lender = FakeLender(self.clock)
        self.parts = TurnParts(
            COMPANY,
            self.clock,
            SeededIds(7),
            self.rows,
            PlaybookProcedures(library, COMPANY, self.clock, LENDER_CARES),
            EmbeddedUnderstander(reader()),
            Articles(OneArticle()),
            self.tools_of,
            LENDER_RULES,
        )

    def tools_of(self, principal: Principal, conversation_id: str) -> Tools:
        def executor(check: Any) -> Any:
            rules = rules_hold(lender_library(), check, COMPANY, self.clock)
            return self.lender.executor(principal, conversation_id, policy_check=rules)

        return Tools(self.lender.reads(principal, conversation_id), executor)

    def talk(
        self, language: str = "en", principal: Principal | None = ELIN, **changes: Any
    ) -> Conversation:
        answerer = DialogueAnswerer(replace(self.parts, **changes))
        return Conversation(answerer, self.rows, principal, language)

    @property
    def done(self) -> list[tuple[str, str]]:
        """What the ledger of actions holds: tool and state."""
        return [(each.call.tool, each.state) for each in self.lender.actions.actions]
