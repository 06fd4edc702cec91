"""A company's tools over the Model Context Protocol: streamable HTTP, or a program on stdio.

The customer, the credential and the idempotency key travel in the metadata of each request,
beside the arguments.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import orjson

from alltid.assistant.tools.company import CompanyRefused, CompanyUnreachable
from alltid.assistant.tools.declared import AllowedTool
from alltid.assistant.tools.handover import Handover
from alltid.assistant.tools.importing import ToolsRefused, take_in
from alltid.assistant.tools.openapi_tools import refusal_in
from alltid.assistant.tools.tool import RESULT_BYTES_MAX, Json, Principal, ToolSpec

if TYPE_CHECKING:
    from mcp import Client

AUTHORIZATION: Final = "com.alltid/authorization"
IDEMPOTENCY_KEY: Final = "com.alltid/idempotency-key"
CONNECT_SECONDS: Final = 10.0
RECONNECT_SECONDS: Final = 1.0
_PAGES_MAX: Final = 20
# JSON-RPC: what the server said before it did anything.
_NOT_DONE: Final = frozenset({-32600, -32601, -32602})

Connect = Callable[[], "Client"]


class McpTransport:
    """A connection to an MCP server, kept open by `run` and made anew when it ends."""

    def __init__(self, connect: Connect, handover: Handover) -> None:
        """`connect` makes a client that isn't entered yet; `handover` holds the credential."""
        self._connect = connect
        self._handover = handover
        self._client: Client | None = None
        self._connected = asyncio.Event()
        self._broken = asyncio.Event()

    async def run(self) -> None:
        """Keep the connection until cancelled. Its task owns it: others only ask."""
        while True:
            self._broken.clear()
            with suppress(Exception):  # whatever ends a connection, the next one is tried
                async with self._connect() as client:
                    self._client = client
                    self._connected.set()
                    await self._broken.wait()
            self._client = None
            self._connected.clear()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def listed(self) -> list[tuple[str, str, Mapping[str, Any]]]:
        """Return name, description and schema of what the server offers, allowed or not."""
        client = await self._ready()
        found: list[tuple[str, str, Mapping[str, Any]]] = []
        cursor: str | None = None
        for _ in range(_PAGES_MAX):
            page = await client.list_tools(cursor=cursor)
            found += [(each.name, each.description or "", each.input_schema) for each in page.tools]
            cursor = page.next_cursor
            if cursor is None:
                return found
        raise ToolsRefused("The MCP server lists tools without end.")

    async def call(
        self,
        spec: ToolSpec,
        arguments: Mapping[str, Json],
        principal: Principal,
        *,
        key: str | None = None,
    ) -> Json:
        """Ask one tool. Raises CompanyRefused or CompanyUnreachable."""
        from mcp import MCPError

        client = await self._ready()
        meta: dict[str, Any] = {AUTHORIZATION: self._handover.headers(principal)["Authorization"]}
        meta |= self._handover.metadata(principal)
        if key is not None:
            meta[IDEMPOTENCY_KEY] = key
        try:
            result = await client.call_tool(spec.name, dict(arguments), meta=meta)  # type: ignore[arg-type]
        except MCPError as error:
            if error.code in _NOT_DONE:
                raise CompanyRefused(f"mcp_{abs(error.code)}", "The server refused it.") from None
            self._lose(client)
            raise CompanyUnreachable(f"MCP error {error.code}", sent=True) from None
        except Exception as error:  # noqa: BLE001  transports raise many kinds
            self._lose(client)
            raise CompanyUnreachable(type(error).__name__, sent=True) from None
        return _answer(result, acts=key is not None)

    def _lose(self, client: Client) -> None:
        if client is not self._client:
            return  # there is a new one already
        # At once: the next question waits for the next connection.
        self._client = None
        self._connected.clear()
        self._broken.set()

    async def _ready(self) -> Client:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._connected.wait()
        except TimeoutError:
            raise CompanyUnreachable("no connection", sent=False) from None
        if self._client is None:
            raise CompanyUnreachable("no connection", sent=False)
        return self._client


def read_listing(
    listed: Sequence[tuple[str, str, Mapping[str, Any]]], allow: Mapping[str, AllowedTool]
) -> tuple[ToolSpec, ...]:
    """Take the allowed tools of a server in. Raises ToolsRefused with the reason."""
    offered = {name: (description, schema) for name, description, schema in listed}
    missing = sorted(set(allow) - set(offered))
    if missing:
        raise ToolsRefused(f"The MCP server offers no tool {missing[0]}.")
    return tuple(
        take_in(name, offered[name][0], offered[name][1], tool, offered[name][1])
        for name, tool in allow.items()
    )


def _answer(result: Any, *, acts: bool) -> Json:
    texts = [each.text for each in result.content if getattr(each, "type", "") == "text"]
    value = result.structured_content
    if value is None:
        value = _as_json("".join(texts))
    elif isinstance(value, dict) and set(value) == {"result"}:
        # An object around what is no object, as earlier versions of the protocol want it.
        value = value["result"]
    if result.is_error:
        raise refusal_in(value, "refused")
    if sum(map(len, texts)) > RESULT_BYTES_MAX * 2:
        if acts:
            return {}  # what was done was done, whatever the answer looks like
        raise CompanyRefused("too_large", "The answer can't be used.")
    answer: Json = value
    return answer


def _as_json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return {"text": text}
