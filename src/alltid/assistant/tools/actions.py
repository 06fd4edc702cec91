"""The ledger of actions: what the assistant set out to do for whom, and what came of it. Types.

An action is `proposed`, then `executing` from just before the company is asked, and ends as
`executed` or `refused`. It is `unknown` where no answer came that could be read: then it is
asked again with the same key, which the company answers with what it did the first time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, Protocol

from alltid.assistant.tools.tool import Json, Principal, Proposal, ToolCall

# How often an action of unknown outcome is asked for: with growing pauses, most of a day.
ATTEMPTS_MAX: Final = 100
PAUSES_MAX: Final = 20

ActionState = Literal["proposed", "executing", "executed", "refused", "unknown"]


@dataclass(frozen=True, slots=True)
class Amount:
    """Money that an action moves, in whole minor units."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class NewAction:
    """An action as it enters the ledger."""

    id: str
    conversation_id: str
    principal: Principal
    proposal: Proposal
    confirmed_by: int
    at: datetime

    @property
    def key(self) -> str:
        """The idempotency key: one for this action, confirmed by this message, of this customer."""
        parts = (
            self.conversation_id,
            self.principal.issuer,
            self.principal.subject,
            self.proposal.hash,
            str(self.confirmed_by),
        )
        joined = b"".join(b"%d:%s" % (len(each.encode()), each.encode()) for each in parts)
        return hashlib.sha256(joined).hexdigest()


@dataclass(frozen=True, slots=True)
class Action:
    """A line of the ledger. `result` is what the company answered, with its ids as handles."""

    id: str
    conversation_id: str
    principal: Principal
    call: ToolCall
    key: str
    state: ActionState
    result: Json = None
    code: str | None = None
    message: str | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class ActionLimits:
    """How much may be done: by one conversation, and for one customer within 24 hours.

    `money_a_day` is in minor units, by currency; a currency that isn't named has no limit.
    """

    a_conversation: int = 20
    a_day: int = 40
    money_a_day: Mapping[str, int] | None = None
    day: timedelta = timedelta(days=1)


class ActionLedger(Protocol):
    """Where actions are written down, before and after they are done."""

    async def propose(self, action: NewAction) -> Action:
        """Write an action down, or return the one that has its key already."""
        ...

    async def begin(
        self, action: Action, amount: Amount | None, limits: ActionLimits, now: datetime
    ) -> Action:
        """Move to `executing`, or to `refused` with code `limit_reached`. Settled ones stay."""
        ...

    async def finish(
        self,
        action: Action,
        state: ActionState,
        now: datetime,
        *,
        result: Json = None,
        code: str | None = None,
        message: str | None = None,
    ) -> Action:
        """Write down what came of it; an action that is settled already stays as it is."""
        ...

    async def unsettled(self, now: datetime, pause: timedelta, limit: int) -> Sequence[Action]:
        """Return actions that are executing or unknown and due to be asked for, oldest first.

        Due is one after `pause` for each attempt, no more than `PAUSES_MAX` times that, and
        after `ATTEMPTS_MAX` attempts no longer.
        """
        ...


def is_settled(state: ActionState) -> bool:
    """Tell whether nothing can come after this state."""
    return state in {"executed", "refused"}


def limit_reached(
    done: int, done_today: int, spent_today: int, amount: Amount | None, limits: ActionLimits
) -> str | None:
    """Say which limit one action more would break; None where none. Pure."""
    if done >= limits.a_conversation:
        return "This conversation has reached the number of things that can be done in it."
    if done_today >= limits.a_day:
        return "Today's number of things that can be done in the chat is reached."
    most = None if amount is None else (limits.money_a_day or {}).get(amount.currency)
    if amount is not None and most is not None and spent_today + amount.minor > most:
        return "Today's amount of money that can be moved in the chat is reached."
    return None


def as_row(action: NewAction) -> dict[str, Any]:
    """Return a new action as the ledger's columns."""
    return {
        "id": action.id,
        "conversation_id": action.conversation_id,
        "issuer": action.principal.issuer,
        "subject": action.principal.subject,
        "tool": action.proposal.call.tool,
        "arguments": dict(action.proposal.call.arguments),
        "hash": action.proposal.hash,
        "playbook": action.proposal.playbook,
        "step": action.proposal.step,
        "confirmed_by": action.confirmed_by,
        "idempotency_key": action.key,
        "at": action.at,
    }
