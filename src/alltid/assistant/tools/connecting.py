"""From what the settings declare to a company's tools: described once, two ways to reach them.

`connected_tools` reads the OpenAPI document, or asks the MCP server, takes the allowed tools in,
and makes one transport with the credential to read and one with that to write.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import httpx
import orjson
import yaml
from pydantic import SecretStr

from alltid.assistant.tools.actions import ActionLimits, Amount
from alltid.assistant.tools.company import CompanyTools
from alltid.assistant.tools.declared import DeclaredLimits, DeclaredTools, McpTools, OpenApiTools
from alltid.assistant.tools.executor import AmountOf
from alltid.assistant.tools.handover import Handover, NamedHandover, SignedHandover
from alltid.assistant.tools.importing import ToolsRefused
from alltid.assistant.tools.openapi_tools import OpenApiTransport, read_document
from alltid.assistant.tools.tool import (
    Json,
    Principal,
    Reads,
    ToolCall,
    ToolFailed,
    ToolSpec,
)
from alltid.kernel.clock import Clock
from alltid.kernel.ids import IdSource
from alltid.kernel.tasks import end_tasks

if TYPE_CHECKING:
    from mcp import Client

DOCUMENT_BYTES_MAX: Final = 4_194_304
_CALLS_AT_ONCE: Final = 40
_SECONDS_MAX: Final = 10.0
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class ConnectedTools:
    """Tools and the ways to them; `acting` is None where nothing may be changed."""

    specs: tuple[ToolSpec, ...]
    reading: CompanyTools
    acting: CompanyTools | None


class RoutedTools:
    """Several systems of a company as one: each tool's question goes where the tool is."""

    def __init__(self, ways: Mapping[str, CompanyTools]) -> None:
        """`ways` is by the tool's name."""
        self._ways = ways

    async def call(
        self,
        spec: ToolSpec,
        arguments: Mapping[str, Json],
        principal: Principal,
        *,
        key: str | None = None,
    ) -> Json:
        """Ask one tool. Raises CompanyRefused or CompanyUnreachable."""
        return await self._ways[spec.name].call(spec, arguments, principal, key=key)


@asynccontextmanager
async def connected_tools(
    declared: Sequence[DeclaredTools], clock: Clock, ids: IdSource
) -> AsyncIterator[ConnectedTools]:
    """Reach a company's systems for the length of a block.

    Raises ToolsRefused for a document or server whose tools can't be taken in, or two tools of
    one name, and CompanyUnreachable for an MCP server that doesn't answer.
    """
    async with AsyncExitStack() as stack:
        reading: dict[str, CompanyTools] = {}
        acting: dict[str, CompanyTools] = {}
        specs: list[ToolSpec] = []
        for each in declared:
            connect = _over_http if isinstance(each, OpenApiTools) else _over_mcp
            found = await connect(each, clock, ids, stack)  # type: ignore[arg-type]
            for spec in found.specs:
                if spec.name in reading:
                    raise ToolsRefused(f"Two systems have a tool called {spec.name}.")
                reading[spec.name] = found.reading
                if found.acting is not None:
                    acting[spec.name] = found.acting
            specs += found.specs
        yield ConnectedTools(
            tuple(specs), RoutedTools(reading), RoutedTools(acting) if acting else None
        )


def limits_of(declared: DeclaredLimits) -> ActionLimits:
    """Return the limits as the executor takes them."""
    return ActionLimits(
        declared.actions_per_conversation, declared.actions_per_day, declared.money_per_day
    )


def amounts_of(declared: Sequence[DeclaredTools]) -> AmountOf:
    """Return what says how much money an act moves, as the settings declare it."""
    moves = {name: tool.moves for each in declared for name, tool in each.allow.items()}

    async def amount_of(call: ToolCall, reads: Reads) -> Amount | ToolFailed | None:
        del reads
        moved = moves.get(call.tool)
        if moved is None:
            return None
        minor = call.arguments.get(moved.amount)
        currency = call.arguments.get(moved.currency, moved.currency)
        whole = isinstance(minor, int) and not isinstance(minor, bool) and minor >= 0
        if not whole or not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
            return ToolFailed(call, "no_amount", "How much money this moves can't be told.")
        return Amount(cast("int", minor), currency)

    return amount_of


async def _over_http(
    declared: OpenApiTools, clock: Clock, ids: IdSource, stack: AsyncExitStack
) -> ConnectedTools:
    limits = httpx.Limits(max_connections=_CALLS_AT_ONCE)
    client = await stack.enter_async_context(
        httpx.AsyncClient(base_url=declared.url, limits=limits, timeout=_SECONDS_MAX)
    )
    described = read_document(await _document(declared.document, client), declared.allow)

    def way(handover: Handover) -> CompanyTools:
        return OpenApiTransport(client, described.operations, handover)

    reading, acting = _handovers(declared, clock, ids)
    return ConnectedTools(described.specs, way(reading), None if acting is None else way(acting))


async def _over_mcp(
    declared: McpTools, clock: Clock, ids: IdSource, stack: AsyncExitStack
) -> ConnectedTools:
    # Loaded where it is used: it brings much along.
    from alltid.assistant.tools.mcp_tools import McpTransport, read_listing

    async def way(handover: Handover) -> McpTransport:
        transport = McpTransport(lambda: _client(declared), handover)
        task = asyncio.create_task(transport.run(), name="mcp")
        stack.push_async_callback(end_tasks, (task,))
        return transport

    reading, acting = _handovers(declared, clock, ids)
    first = await way(reading)
    specs = read_listing(await first.listed(), declared.allow)
    return ConnectedTools(specs, first, None if acting is None else await way(acting))


def _client(declared: McpTools) -> Client:
    from mcp import Client, StdioServerParameters

    if declared.url is not None:
        return Client(declared.url)
    command, *arguments = declared.command
    return Client(StdioServerParameters(command=command, args=list(arguments)))


def _handovers(
    declared: OpenApiTools | McpTools, clock: Clock, ids: IdSource
) -> tuple[Handover, Handover | None]:
    def made(key_id: str, secret: SecretStr) -> Handover:
        text = secret.get_secret_value()
        if declared.handover == "named":
            return NamedHandover(text)
        return SignedHandover(text.encode(), key_id, declared.audience, clock, ids)

    write = declared.write_credential
    reading = made("read", declared.read_credential)
    return reading, None if write is None else made("write", write)


async def _document(place: str, client: httpx.AsyncClient) -> dict[str, Any]:
    try:
        if place.startswith(("http://", "https://")):
            answer = await client.get(place)
            answer.raise_for_status()
            data = answer.content
        else:
            data = await asyncio.to_thread(Path(place).read_bytes)
    except (httpx.HTTPError, OSError) as error:
        raise ToolsRefused(f"The OpenAPI document {place} can't be read: {error}") from None
    if len(data) > DOCUMENT_BYTES_MAX:
        raise ToolsRefused(f"The OpenAPI document {place} is larger than 4 MiB.")
    try:
        found = orjson.loads(data) if data.lstrip()[:1] == b"{" else yaml.safe_load(data)
    except (orjson.JSONDecodeError, yaml.YAMLError):
        found = None
    if not isinstance(found, dict):
        raise ToolsRefused(f"The OpenAPI document {place} is neither JSON nor YAML.")
    return found
