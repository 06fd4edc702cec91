"""The data layer of one customer in one conversation: what reads tools, and never raises.

It is built with the principal of the signed session and a credential that can only read. What
a caller may choose is a tool's name and its arguments, and in these objects are handles.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Final

import structlog

from alltid.assistant.tools.boundary import Allowed, bounded_failure
from alltid.assistant.tools.company import CompanyRefused, CompanyTools, CompanyUnreachable
from alltid.assistant.tools.handles import Handles
from alltid.assistant.tools.health import Health
from alltid.assistant.tools.tool import Principal, ToolCall, ToolFailed, ToolResult

_log: Final = structlog.get_logger(__name__)
UNAVAILABLE: Final = "The company's system does not answer just now."


@dataclass(frozen=True, slots=True)
class ToolGround:
    """What the toolboxes of all conversations share. `company` has the credential to read."""

    allowed: Allowed
    company: CompanyTools
    handles: Handles
    health: Health

    def toolbox(self, principal: Principal, conversation_id: str) -> Toolbox:
        """Build the data layer of one customer in one conversation."""
        return Toolbox(self, principal, conversation_id)


class Toolbox:
    """Reads as one customer; the `Reads` of a turn."""

    def __init__(self, ground: ToolGround, principal: Principal, conversation_id: str) -> None:
        """Bind to the one whose data may be read."""
        self._ground = ground
        self._principal = principal
        self._handles = ground.handles.of(conversation_id, principal)

    async def read(self, call: ToolCall) -> ToolResult | ToolFailed:
        """Ask a read tool; whatever goes wrong comes back as ToolFailed."""
        inward = self._ground.allowed.inward(call, "read", self._handles)
        if isinstance(inward, ToolFailed):
            return inward
        spec, began = inward.spec, time.monotonic()
        try:
            async with asyncio.timeout(spec.timeout_seconds), self._ground.health.asked():
                value = await self._ground.company.call(spec, inward.arguments, self._principal)
        except CompanyRefused as refused:
            return bounded_failure(call, refused.code, refused.message)
        except (CompanyUnreachable, TimeoutError) as failure:
            if isinstance(failure, TimeoutError):
                self._ground.health.failed_by_time()
            seconds = round(time.monotonic() - began, 3)
            why = "time" if isinstance(failure, TimeoutError) else str(failure)
            _log.warning("tool_unavailable", tool=spec.name, why=why, seconds=seconds)
            return ToolFailed(call, "unavailable", UNAVAILABLE)
        except Exception as error:  # noqa: BLE001  a fault of a transport is an answer too
            _log.error("tool_broken", tool=spec.name, why=type(error).__name__)
            return ToolFailed(call, "unavailable", UNAVAILABLE)
        return self._ground.allowed.outward(spec, call, value, self._handles)
