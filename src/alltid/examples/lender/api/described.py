"""How the desk's settings would declare the lender's tools, and where its API has them."""

from __future__ import annotations

from alltid.assistant.tools.declared import AllowedTool
from alltid.assistant.tools.openapi_tools import Operation
from alltid.examples.lender.api.catalogue import TOOLS

PREFIX = "/v1"


def lender_operations() -> dict[str, Operation]:
    """Return where each tool is, as reading the API's own OpenAPI document gives it."""
    return {
        tool.name: Operation(
            tool.method,
            PREFIX + tool.path,
            in_query=frozenset(tool.arguments.model_fields)
            if tool.effect == "read"
            else frozenset(),
        )
        for tool in TOOLS
    }


def lender_allow_list() -> dict[str, AllowedTool]:
    """Return the allow-list; the new e-mail address alone is a contact detail among arguments."""
    return {
        tool.name: AllowedTool(
            effect=tool.effect,
            handles=tool.handles,
            identity=("email",) if tool.name == "request_email_change" else (),
        )
        for tool in TOOLS
    }
