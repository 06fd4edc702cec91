"""Tools over MCP: the official client talks to our server, and our data layer to any server."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

import mcp
import mcp_types as types
import pytest
from mcp import Client, StdioServerParameters
from pydantic import SecretStr

from alltid.assistant.tools import mcp_tools
from alltid.assistant.tools.action_ledger import MemoryActions
from alltid.assistant.tools.boundary import Allowed
from alltid.assistant.tools.company import CompanyRefused, CompanyUnreachable
from alltid.assistant.tools.connecting import connected_tools
from alltid.assistant.tools.declared import AllowedTool, McpTools
from alltid.assistant.tools.executor import ActionGround
from alltid.assistant.tools.handles import Handles
from alltid.assistant.tools.health import Health
from alltid.assistant.tools.importing import ToolsRefused
from alltid.assistant.tools.mcp_tools import AUTHORIZATION, IDEMPOTENCY_KEY, McpTransport
from alltid.assistant.tools.tool import ToolCall, ToolSpec
from alltid.assistant.tools.toolbox import ToolGround
from alltid.examples.lender.api.catalogue import TOOLS
from alltid.examples.lender.api.described import lender_allow_list
from alltid.examples.lender.api.mcp_server import lender_mcp
from alltid.examples.lender.api.tokens import AUDIENCE, LenderTokens
from alltid.kernel.clock import ManualClock
from alltid.kernel.ids import SeededIds
from alltid.kernel.tasks import end_tasks
from tests.assistant.tools.lender import (
    CONVERSATION,
    ELIN,
    KEYS,
    LUKAS,
    Bank,
    bank,
    code_of,
    handover,
    proposal,
    served,
    told,
)

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def mcp_served(lender: Bank) -> AsyncIterator[str]:
    server = lender_mcp(lender.lender, LenderTokens(KEYS), lender.clock)
    app = server.streamable_http_app(stateless_http=True, json_response=True)
    async with server.session_manager.run(), served(app) as url:
        yield f"{url}/mcp"


def meta(lender: Bank, who: Any, right: Any = "read", key: str | None = None) -> Any:
    token = handover(right, lender.clock).headers(who)["Authorization"]
    return {AUTHORIZATION: token} | ({} if key is None else {IDEMPOTENCY_KEY: key})


def declared(url: str, **changes: Any) -> McpTools:
    given: dict[str, Any] = {
        "kind": "mcp",
        "url": url,
        "audience": AUDIENCE,
        "read_credential": SecretStr(KEYS["read"].decode()),
        "write_credential": SecretStr(KEYS["write"].decode()),
        "allow": lender_allow_list(),
    }
    return McpTools(**given | changes)


async def test_the_official_client_lists_reads_and_acts(database_url: str) -> None:
    async with (
        bank(database_url) as lender,
        mcp_served(lender) as url,
        Client(url) as client,
    ):
        listed = await client.list_tools()
        assert [each.name for each in listed.tools] == [each.name for each in TOOLS]
        hints = {each.name: each.annotations for each in listed.tools}
        assert hints["list_invoices"] is not None
        assert hints["list_invoices"].read_only_hint
        answer = await client.call_tool("account_summary", {}, meta=meta(lender, LUKAS))
        assert answer.structured_content["name"] == "Lukas Brandt"
        act = {"invoice": "inv-1001-01", "days": 5}
        first, again = [
            await client.call_tool(
                "extend_due_date", act, meta=meta(lender, ELIN, "write", "a key of mine")
            )
            for _ in range(2)
        ]
        assert first.structured_content == again.structured_content
        assert first.structured_content["extensions_used"] == 1
        assert await lender.done() == [("a key of mine", "extend_due_date")]


async def test_without_a_good_token_or_with_anothers_object_the_server_refuses(
    database_url: str,
) -> None:
    async with (
        bank(database_url) as lender,
        mcp_served(lender) as url,
        Client(url) as client,
    ):

        async def code(tool: str, arguments: Any, given: Any) -> str:
            answer = await client.call_tool(tool, arguments, meta=given)
            assert answer.is_error
            found: str = answer.structured_content["error"]["code"]
            return found

        extend = {"invoice": "inv-1001-01", "days": 5}
        assert await code("account_summary", {}, None) == "no_token"
        assert await code("account_summary", {}, {AUTHORIZATION: "Bearer a.b.c"}) == "bad_token"
        assert await code("extend_due_date", extend, meta(lender, ELIN)) == "read_only"
        assert await code("extend_due_date", extend, meta(lender, ELIN, "write")) == "no_key"
        others = meta(lender, LUKAS, "write", "a key of mine")
        assert await code("extend_due_date", extend, others) == "not_found"
        asking = {"customer_id": "norrhem-1002"}
        assert await code("account_summary", asking, meta(lender, ELIN)) == "bad_arguments"
        assert await code("no_such", {}, meta(lender, ELIN)) == "no_such_tool"
        assert await lender.done() == []


async def test_the_data_layer_reads_and_acts_over_mcp(database_url: str) -> None:
    async with bank(database_url) as lender, mcp_served(lender) as url:
        clock = lender.clock
        async with connected_tools([declared(url)], clock, SeededIds(2)) as company:
            allowed, handles = Allowed(company.specs), Handles(b"k")
            ground = ToolGround(allowed, company.reading, handles, Health())
            reads = ground.toolbox(ELIN, CONVERSATION)
            invoices = told(await reads.read(ToolCall("list_invoices", {"status": "open"})))
            assert all("id" not in each for each in invoices)
            extra = {"status": "open", "customer_id": "norrhem-1002"}
            assert code_of(await reads.read(ToolCall("list_invoices", extra))) == "bad_arguments"
            assert company.acting is not None
            acting = ActionGround(
                allowed, company.acting, handles, Health(), MemoryActions(), clock, lender.ids
            )
            movable = next(
                each
                for each in invoices
                if each["status"] == "open" and not each["extensions_used"]
            )
            what = proposal("extend_due_date", invoice=movable["handle"], days=4)
            executor = acting.executor(ELIN, CONVERSATION, reads=reads)
            done = told(await executor.act(what, confirmed_by=1))
            assert done["extensions_used"] == 1
            assert told(await executor.act(what, confirmed_by=1)) == done
            others = ground.toolbox(LUKAS, CONVERSATION)
            call = ToolCall("quote_extension", dict(what.call.arguments))
            assert code_of(await others.read(call)) == "no_such_object"
        assert len(await lender.done()) == 1


async def test_a_server_that_offers_less_or_is_not_there_is_said(database_url: str) -> None:
    more = lender_allow_list() | {"wipe": AllowedTool(effect="read")}
    async with bank(database_url) as lender, mcp_served(lender) as url:
        with pytest.raises(ToolsRefused, match="no tool wipe"):
            async with connected_tools([declared(url, allow=more)], lender.clock, SeededIds(1)):
                pass


SERVER = """
import os, anyio, mcp_types as types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

async def listed(context, params):
    schema = {"type": "object", "properties": {"text": {"type": "string"}}}
    return types.ListToolsResult(tools=[types.Tool(name="say", input_schema=schema)])

async def called(context, params):
    if params.arguments.get("text") == "die":
        os._exit(1)
    who = dict(context.meta or {}).get("com.alltid/customer")
    return types.CallToolResult(content=[types.TextContent(text=f'{{"who": "{who}"}}')])

async def main():
    server = Server("odd", on_list_tools=listed, on_call_tool=called)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())

anyio.run(main)
"""


async def test_a_program_on_stdio_is_asked_for_the_customer_and_started_again_when_it_dies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mcp_tools, "RECONNECT_SECONDS", 0.01)
    odd = McpTools(
        kind="mcp",
        command=(sys.executable, "-c", SERVER),
        handover="named",
        read_credential=SecretStr("a credential of 24 chars"),
        allow={"say": AllowedTool(effect="read")},
    )
    async with connected_tools([odd], ManualClock(), SeededIds(1)) as company:
        ground = ToolGround(Allowed(company.specs), company.reading, Handles(b"k"), Health())
        reads = ground.toolbox(ELIN, CONVERSATION)
        for _ in range(2):
            answer = await reads.read(ToolCall("say", {"text": "hello"}))
            assert told(answer) == {"who": "norrhem-1001"}
            dead = await reads.read(ToolCall("say", {"text": "die"}))
            assert code_of(dead) == "unavailable"


async def test_the_lenders_server_on_stdio_serves_one_customer(database_url: str) -> None:
    command = [sys.executable, "-c", "from alltid.cli import main; main()", "lender", "mcp"]
    server = StdioServerParameters(
        command=command[0],
        args=[*command[1:], "--as", "giulia"],
        env={"DATABASE_URL": database_url, "ALLTID_SECRET_KEY": "s" * 40},
    )
    async with Client(server) as client:
        answer = await client.call_tool("account_summary", {})
        assert answer.structured_content["name"] == "Giulia Conti"


def result(value: Any = None, text: str = "", *, is_error: bool = False) -> types.CallToolResult:
    content: Any = [types.TextContent(text=text)] if text else []
    return types.CallToolResult(content=content, structured_content=value, is_error=is_error)


class Scripted:
    """A client that answers, or raises, what it is told to."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def call_tool(self, *_: Any, **__: Any) -> Any:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def list_tools(self, *, cursor: str | None) -> Any:
        return types.ListToolsResult(tools=[], next_cursor=f"{cursor}+")


async def test_each_kind_of_answer_is_read_and_each_failure_has_its_meaning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mcp_tools, "RECONNECT_SECONDS", 0)
    large = "x" * 200_000
    client = Scripted(
        result({"result": [1]}),
        result(None, '{"a": 1}'),
        result(None, "plain words"),
        result(None, large),
        result(None, large),
        result(None, "words", is_error=True),
        mcp.MCPError(-32602, "no"),
        mcp.MCPError(-32603, "broken"),
        OSError("gone"),
        result({"b": 2}),
    )
    clock = ManualClock()
    transport = McpTransport(lambda: client, handover("read", clock))  # type: ignore[arg-type, return-value]
    running = asyncio.create_task(transport.run())
    spec = ToolSpec("t", "", "read", {"type": "object"})

    async def ask(key: str | None = None) -> Any:
        return await transport.call(spec, {}, ELIN, key=key)

    assert [await ask(), await ask(), await ask()] == [[1], {"a": 1}, {"text": "plain words"}]
    assert await ask("a key") == {}
    for refused in ("too_large", "refused", "mcp_32602"):
        with pytest.raises(CompanyRefused) as said:
            await ask()
        assert said.value.code == refused
    for _ in range(2):
        with pytest.raises(CompanyUnreachable) as unreachable:
            await ask()
        assert unreachable.value.sent
    assert await ask() == {"b": 2}
    with pytest.raises(ToolsRefused, match="without end"):
        await transport.listed()
    await end_tasks([running])


async def test_a_server_that_is_not_there_was_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mcp_tools, "CONNECT_SECONDS", 0.01)
    transport = McpTransport(Scripted, handover("read", ManualClock()))  # type: ignore[arg-type]
    with pytest.raises(CompanyUnreachable) as unreachable:
        await transport.call(ToolSpec("t", "", "read", {}), {}, ELIN)
    assert not unreachable.value.sent
