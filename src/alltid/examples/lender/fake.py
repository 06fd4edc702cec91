"""The example lender for tests and evaluation: its real rules, in memory, behind real layers.

    lender = FakeLender(clock)
    principal = Principal(ISSUER, "norrhem-1001")
    reads = lender.reads(principal, conversation_id)
    executor = lender.executor(principal, conversation_id)

Handles, validation, limits and the ledger of actions are the program's own; only the HTTP
connection and the two databases are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from alltid.assistant.tools.action_ledger import MemoryActions
from alltid.assistant.tools.actions import ActionLimits
from alltid.assistant.tools.boundary import Allowed
from alltid.assistant.tools.executor import ActionExecutor, ActionGround, PolicyCheck
from alltid.assistant.tools.handles import Handles
from alltid.assistant.tools.health import Health
from alltid.assistant.tools.tool import Principal
from alltid.assistant.tools.toolbox import Toolbox, ToolGround
from alltid.examples.lender.api.catalogue import SPECS
from alltid.examples.lender.api.memory import MemoryLender
from alltid.examples.lender.customers import ISSUER
from alltid.examples.lender.limits import LENDER_LIMITS, amount_of
from alltid.kernel.clock import Clock
from alltid.kernel.ids import IdSource, SeededIds


@dataclass(slots=True)
class FakeLender:
    """A lender of its own, with the demo's customers as they are when it is made."""

    clock: Clock
    ids: IdSource = field(default_factory=lambda: SeededIds(1))
    limits: ActionLimits = LENDER_LIMITS
    actions: MemoryActions = field(default_factory=MemoryActions)
    system: MemoryLender = field(init=False)
    _reading: ToolGround = field(init=False)
    _acting: ActionGround = field(init=False)

    def __post_init__(self) -> None:
        """Put the layers together."""
        self.system = MemoryLender.seeded(self.clock, ISSUER)
        allowed, handles = _allowed(), Handles(b"a key for tests")
        self._reading = ToolGround(allowed, self.system, handles, Health())
        self._acting = ActionGround(
            allowed,
            self.system,
            handles,
            Health(),
            self.actions,
            self.clock,
            self.ids,
            self.limits,
            amount_of,
            pauses_seconds=(0, 0),
        )

    def reads(self, principal: Principal, conversation_id: str) -> Toolbox:
        """Return the data layer of one customer in one conversation."""
        return self._reading.toolbox(principal, conversation_id)

    def executor(
        self,
        principal: Principal,
        conversation_id: str,
        *,
        policy_check: PolicyCheck | None = None,
    ) -> ActionExecutor:
        """Return what acts for one customer in one conversation."""
        reads = self.reads(principal, conversation_id)
        return self._acting.executor(
            principal, conversation_id, reads=reads, policy_check=policy_check
        )


@cache
def _allowed() -> Allowed:
    # Compiling the schemas takes longer than a conversation.
    return Allowed(SPECS)
