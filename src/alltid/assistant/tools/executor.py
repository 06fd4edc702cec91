"""The one that acts: it alone holds a credential to write.

An action is written down before the company is asked, under a key that names this action,
confirmed by this message, of this customer. Whoever dies on the way finds the line again and
asks with the same key, and the company answers with what it did: so an action is done once,
and the ledger says what the chat says.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from alltid.assistant.tools.actions import (
    Action,
    ActionLedger,
    ActionLimits,
    Amount,
    NewAction,
    is_settled,
)
from alltid.assistant.tools.boundary import Allowed, Inward, bounded_failure
from alltid.assistant.tools.company import CompanyRefused, CompanyTools, CompanyUnreachable
from alltid.assistant.tools.handles import Handles
from alltid.assistant.tools.health import Health
from alltid.assistant.tools.tool import (
    Json,
    Principal,
    Proposal,
    Reads,
    ToolCall,
    ToolFailed,
    ToolResult,
)
from alltid.kernel.clock import Clock
from alltid.kernel.ids import IdSource

_log: Final = structlog.get_logger(__name__)
# How long to wait before asking again with the same key, where an answer didn't come.
PAUSES_SECONDS: Final = (0.2, 0.8)
SETTLE_AFTER: Final = timedelta(seconds=30)
SETTLE_AT_ONCE: Final = 50

UNKNOWN: Final = (
    "It isn't known yet whether this was done. It is asked for again, and will not be done twice."
)
NOT_DONE: Final = "The company's system does not answer just now. Nothing was changed."


@dataclass(frozen=True, slots=True)
class PolicyRefusal:
    """Why the company's limits don't allow an action."""

    code: str
    message: str


# Looks just before acting, with fresh reads, whether the company's limits still allow it.
PolicyCheck = Callable[[Proposal, Reads], Awaitable[PolicyRefusal | None]]
# Says how much money an action moves; None where it moves none. What can't be said isn't done.
AmountOf = Callable[[ToolCall, Reads], Awaitable[Amount | ToolFailed | None]]


async def moves_no_money(call: ToolCall, reads: Reads) -> Amount | None:
    """Say of every action that it moves no money."""
    del call, reads
    return None


@dataclass(frozen=True, slots=True)
class ActionGround:
    """What the executors of all conversations share. `company` has the credential to write."""

    allowed: Allowed
    company: CompanyTools
    handles: Handles
    health: Health
    ledger: ActionLedger
    clock: Clock
    ids: IdSource
    limits: ActionLimits = field(default_factory=ActionLimits)
    amount_of: AmountOf = moves_no_money
    pauses_seconds: Sequence[float] = PAUSES_SECONDS

    def executor(
        self,
        principal: Principal,
        conversation_id: str,
        *,
        reads: Reads,
        policy_check: PolicyCheck | None = None,
    ) -> ActionExecutor:
        """Build the executor of one customer in one conversation."""
        return ActionExecutor(self, principal, conversation_id, reads, policy_check)

    async def settle(self, *, limit: int = SETTLE_AT_ONCE) -> int:
        """Ask again for actions whose outcome nobody learned, each with its own key.

        Returns how many are settled now. Called by a loop of the desk; any process may.
        """
        now, settled = self.clock.now(), 0
        for action in await self.ledger.unsettled(now, SETTLE_AFTER, limit):
            again = await self.ledger.begin(action, None, self.limits, self.clock.now())
            if not is_settled(again.state):
                again = await self._asked_again(again)
            settled += is_settled(again.state)
        return settled

    async def _asked_again(self, action: Action) -> Action:
        handles = self.handles.of(action.conversation_id, action.principal)
        inward = self.allowed.inward(action.call, "act", handles)
        if isinstance(inward, ToolFailed):
            # The tool or the key of its handles is gone: in the end a person has to look.
            return await self.ledger.finish(action, "unknown", self.clock.now())
        return await self.ask(action, inward)

    async def ask(self, action: Action, inward: Inward) -> Action:
        """Ask the company for a begun action until it answers; write down what came of it.

        All attempts together take the tool's own time, one of them at most half of it: whoever
        waits for the outcome has to hear before its turn is over.
        """
        may_have_arrived = action.attempts > 1
        seconds = inward.spec.timeout_seconds
        until = time.monotonic() + seconds
        for pause in (*self.pauses_seconds, None):
            left = min(seconds / 2, until - time.monotonic())
            if left <= 0:
                break
            try:
                answer = await self._once(action, inward, left)
            except CompanyUnreachable as failure:
                may_have_arrived |= failure.sent
                _log.warning("action_unanswered", tool=inward.spec.name, why=str(failure))
                if pause is not None:
                    await asyncio.sleep(pause)
                continue
            except CompanyRefused as refused:
                said = bounded_failure(action.call, refused.code, refused.message)
                return await self.ledger.finish(
                    action, "refused", self.clock.now(), code=said.code, message=said.message
                )
            return await self._executed(action, inward, answer)
        if may_have_arrived:
            return await self.ledger.finish(action, "unknown", self.clock.now())
        return await self.ledger.finish(
            action, "refused", self.clock.now(), code="unavailable", message=NOT_DONE
        )

    async def _once(self, action: Action, inward: Inward, seconds: float) -> Json:
        try:
            async with asyncio.timeout(seconds), self.health.asked():
                return await self.company.call(
                    inward.spec, inward.arguments, action.principal, key=action.key
                )
        except TimeoutError:
            self.health.failed_by_time()
            raise CompanyUnreachable(f"no answer in {seconds:.1f} s", sent=True) from None
        except (CompanyRefused, CompanyUnreachable):
            raise
        except Exception as error:  # noqa: BLE001  a fault of a transport, after it may have asked
            raise CompanyUnreachable(type(error).__name__, sent=True) from None

    async def _executed(self, action: Action, inward: Inward, answer: Json) -> Action:
        handles = self.handles.of(action.conversation_id, action.principal)
        shown = self.allowed.outward(inward.spec, action.call, answer, handles)
        # It was done, also where its answer is too large or odd to be shown.
        result = shown.value if isinstance(shown, ToolResult) else {}
        return await self.ledger.finish(action, "executed", self.clock.now(), result=result)


class ActionExecutor:
    """Acts for one customer in one conversation; the `Executor` of a turn."""

    def __init__(
        self,
        ground: ActionGround,
        principal: Principal,
        conversation_id: str,
        reads: Reads,
        policy_check: PolicyCheck | None,
    ) -> None:
        """Bind to the one for whom anything may be done."""
        self._ground = ground
        self._principal = principal
        self._conversation_id = conversation_id
        self._reads = reads
        self._policy_check = policy_check
        self._handles = ground.handles.of(conversation_id, principal)

    async def act(self, proposal: Proposal, *, confirmed_by: int) -> ToolResult | ToolFailed:
        """Do the action once; the same action confirmed by the same message has one outcome."""
        ground, call = self._ground, proposal.call
        inward = ground.allowed.inward(call, "act", self._handles)
        if isinstance(inward, ToolFailed):
            return inward
        now = ground.clock.now()
        action = await ground.ledger.propose(self._new(proposal, confirmed_by, now))
        if action.state == "proposed":
            action = await self._checked(action, proposal)
        if not is_settled(action.state):
            action = await self._begun(action, call)
        if not is_settled(action.state):
            action = await ground.ask(action, inward)
        return _told(action, call)

    def _new(self, proposal: Proposal, confirmed_by: int, now: datetime) -> NewAction:
        id_ = self._ground.ids.new()
        return NewAction(id_, self._conversation_id, self._principal, proposal, confirmed_by, now)

    async def _checked(self, action: Action, proposal: Proposal) -> Action:
        refusal = None
        if self._policy_check is not None:
            refusal = await self._policy_check(proposal, self._reads)
        if refusal is None:
            return action
        said = bounded_failure(action.call, refusal.code, refusal.message)
        return await self._ground.ledger.finish(
            action, "refused", self._ground.clock.now(), code=said.code, message=said.message
        )

    async def _begun(self, action: Action, call: ToolCall) -> Action:
        ground = self._ground
        amount = None
        if action.state == "proposed":
            amount = await ground.amount_of(call, self._reads)
        now = ground.clock.now()
        if isinstance(amount, ToolFailed):
            return await ground.ledger.finish(
                action, "refused", now, code=amount.code, message=NOT_DONE
            )
        return await ground.ledger.begin(action, amount, ground.limits, now)


def _told(action: Action, call: ToolCall) -> ToolResult | ToolFailed:
    if action.state == "executed":
        return ToolResult(call, action.result)
    if action.state == "refused":
        return ToolFailed(call, action.code or "refused", action.message or "")
    return ToolFailed(call, "outcome_unknown", UNKNOWN)
