"""The company's side of a tool: what a transport (HTTP, MCP) offers to the data layer.

A transport is made with one credential, to read or to write, and hands over the principal
beside the arguments. Below the data layer objects have the company's own ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from alltid.assistant.tools.tool import Json, Principal, ToolSpec


class CompanyRefused(Exception):  # noqa: N818  an answer, not a fault
    """The company's system said no; nothing was changed. `code` and `message` are its own."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the code beside the words."""
        super().__init__(message)
        self.code = code
        self.message = message


class CompanyUnreachable(Exception):  # noqa: N818  the state of the world
    """No answer that can be read. `sent` is false only where surely nothing was asked."""

    def __init__(self, why: str, *, sent: bool) -> None:
        """Keep whether the question may have arrived."""
        super().__init__(why)
        self.sent = sent


class CompanyTools(Protocol):
    """A way to the company's tools, with one credential."""

    async def call(
        self,
        spec: ToolSpec,
        arguments: Mapping[str, Json],
        principal: Principal,
        *,
        key: str | None = None,
    ) -> Json:
        """Ask one tool as this customer. `key` makes a repeated act the same act.

        Raises CompanyRefused or CompanyUnreachable, and nothing else.
        """
        ...
