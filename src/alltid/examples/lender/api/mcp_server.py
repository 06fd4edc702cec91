"""The lender's tools as an MCP server, over streamable HTTP or stdio.

For whom is asked comes from a token beside the arguments: the Authorization header, or the
metadata of the request. On stdio one customer may be fixed when the server is started.
"""

from __future__ import annotations

from typing import Any

import mcp_types as types
import orjson
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server

from alltid.assistant.tools.mcp_tools import AUTHORIZATION, IDEMPOTENCY_KEY
from alltid.assistant.tools.tool import Principal
from alltid.examples.lender.api.app import Lender
from alltid.examples.lender.api.catalogue import BY_NAME, TOOLS, LenderTool, schema_of
from alltid.examples.lender.api.tokens import LenderTokens, NotAuthorised, Right
from alltid.kernel.clock import Clock
from alltid.kernel.refusal import Refused


def lender_mcp(
    lender: Lender, tokens: LenderTokens, clock: Clock, *, only_for: Principal | None = None
) -> Server[Any]:
    """Return the server. With `only_for` all questions are this customer's, without a token."""

    async def list_tools(
        context: ServerRequestContext[Any, Any], params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        del context, params
        return types.ListToolsResult(tools=[_described(tool) for tool in TOOLS])

    async def call_tool(
        context: ServerRequestContext[Any, Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        tool = BY_NAME.get(params.name)
        if tool is None:
            return _failed("no_such_tool", "There is no such tool.")
        right: Right = "read" if tool.effect == "read" else "write"
        meta: dict[str, Any] = dict(context.meta or {})
        try:
            principal = only_for or tokens.read(_token(context, meta), clock.now(), right=right)
            key = meta.get(IDEMPOTENCY_KEY)
            answer = await lender.ask(
                tool.name, params.arguments or {}, principal, key if isinstance(key, str) else None
            )
        except (Refused, NotAuthorised) as refused:
            return _failed(refused.code, refused.message)
        text = orjson.dumps(answer).decode()
        # The structured form has to be an object for clients of earlier versions.
        structured = answer if isinstance(answer, dict) else {"result": answer}
        return types.CallToolResult(
            content=[types.TextContent(text=text)], structured_content=structured
        )

    return Server("klarsund", version="1", on_list_tools=list_tools, on_call_tool=call_tool)


def _described(tool: LenderTool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        description=tool.description,
        input_schema=schema_of(tool.arguments),
        annotations=types.ToolAnnotations(
            read_only_hint=tool.effect == "read", idempotent_hint=True, open_world_hint=False
        ),
    )


def _token(context: ServerRequestContext[Any, Any], meta: dict[str, Any]) -> str | None:
    given = meta.get(AUTHORIZATION)
    if isinstance(given, str):
        return given
    headers = getattr(context.request, "headers", None)
    found = None if headers is None else headers.get("authorization")
    return found if isinstance(found, str) else None


def _failed(code: str, message: str) -> types.CallToolResult:
    error = {"error": {"code": code, "message": message}}
    return types.CallToolResult(
        content=[types.TextContent(text=orjson.dumps(error).decode())],
        structured_content=error,
        is_error=True,
    )
