"""A company's tools over HTTP: what a document may describe, and what its system may answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import orjson
import pytest
import yaml
from pydantic import SecretStr, ValidationError

from alltid.assistant.tools.actions import Amount
from alltid.assistant.tools.boundary import Allowed
from alltid.assistant.tools.company import CompanyRefused, CompanyUnreachable
from alltid.assistant.tools.connecting import amounts_of, connected_tools, limits_of
from alltid.assistant.tools.declared import AllowedTool, DeclaredLimits, McpTools, OpenApiTools
from alltid.assistant.tools.handles import Handles
from alltid.assistant.tools.handover import NamedHandover
from alltid.assistant.tools.health import Health
from alltid.assistant.tools.importing import ToolsRefused
from alltid.assistant.tools.openapi_tools import OpenApiTransport, read_document
from alltid.assistant.tools.tool import Principal, ToolCall, ToolFailed
from alltid.assistant.tools.toolbox import ToolGround
from alltid.kernel.clock import ManualClock
from alltid.kernel.ids import SeededIds
from tests.assistant.tools.lender import CONVERSATION, ELIN, code_of, served, told

pytestmark = pytest.mark.anyio

SHOP: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {
        "/orders": {
            "get": {
                "operationId": "listOrders",
                "summary": "Orders of the customer.",
                "parameters": [
                    {"$ref": "#/components/parameters/Limit"},
                    {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
                ],
            }
        },
        "/orders/{order_id}/items": {
            "parameters": [
                {"name": "order_id", "in": "path", "required": True, "schema": {"type": "string"}}
            ],
            "get": {"operationId": "items", "parameters": []},
            "post": {
                "operationId": "change",
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Change"}}
                    }
                },
            },
        },
        "/admin": {"delete": {"operationId": "wipe"}},
    },
    "components": {
        "parameters": {"Limit": {"name": "limit", "in": "query", "schema": {"type": "integer"}}},
        "schemas": {
            "Change": {
                "type": "object",
                "required": ["item_id"],
                "properties": {"item_id": {"type": "integer"}, "colour": {"type": "string"}},
            }
        },
    },
}
ALLOW = {
    "listOrders": AllowedTool(
        effect="read", handles={"id": "order"}, limits={"limit": {"maximum": 20}}
    ),
    "items": AllowedTool(effect="read", handles={"order_id": "order", "id": "item"}),
    "change": AllowedTool(effect="act", handles={"order_id": "order", "item_id": "item"}),
}
Answer = Callable[[httpx.Request], httpx.Response]


def transport(answer: Answer) -> OpenApiTransport:
    client = httpx.AsyncClient(base_url="http://shop/v1", transport=httpx.MockTransport(answer))
    described = read_document(SHOP, ALLOW)
    return OpenApiTransport(client, described.operations, NamedHandover("a credential"))


async def asked(
    answer: Answer, tool: str = "listOrders", key: str | None = None, **arguments: Any
) -> Any:
    spec = next(each for each in read_document(SHOP, ALLOW).specs if each.name == tool)
    return await transport(answer).call(spec, arguments, ELIN, key=key)


async def test_path_query_body_customer_and_key_go_where_they_belong() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=[])

    await asked(answer, limit=5)
    await asked(answer, "change", "a key", order_id="../../admin?x=", item_id=7, colour="blå")
    first, second = seen
    assert str(first.url) == "http://shop/v1/orders?limit=5"
    assert first.headers["alltid-customer"] == "norrhem-1001"
    assert first.headers["authorization"] == "Bearer a credential"
    assert "idempotency-key" not in first.headers
    # Nothing that an id holds leads to another address.
    assert second.url.raw_path == b"/v1/orders/%2E%2E%2F%2E%2E%2Fadmin%3Fx%3D/items"
    assert orjson.loads(second.content) == {"item_id": 7, "colour": "blå"}
    assert second.headers["idempotency-key"] == "a key"


async def test_customers_of_any_name_can_be_handed_over() -> None:
    headers = NamedHandover("c").headers(Principal("https://å.example", "a\r\nX: y, 客"))
    httpx.Request("GET", "http://shop", headers=headers)
    assert headers["Alltid-Customer"] == "a%0D%0AX%3A%20y%2C%20%E5%AE%A2"


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (409, {"error": {"code": "too_late", "message": "No."}}, "too_late"),
        (404, {"code": "gone", "message": "No."}, "gone"),
        (422, {"detail": [{"msg": "bad"}]}, "http_422"),
        (400, "nothing", "http_400"),
        (401, {}, "http_401"),
    ],
)
async def test_what_the_company_refuses_is_said_with_its_code(
    status: int, body: Any, code: str
) -> None:
    with pytest.raises(CompanyRefused) as refused:
        await asked(lambda _: httpx.Response(status, json=body))
    assert refused.value.code == code


@pytest.mark.parametrize("status", [500, 502, 503, 429, 408, 301, 307])
async def test_no_answer_is_no_answer(status: int) -> None:
    headers = {"location": "http://elsewhere.example/"}
    with pytest.raises(CompanyUnreachable) as unreachable:
        await asked(lambda _: httpx.Response(status, headers=headers))
    assert unreachable.value.sent


@pytest.mark.parametrize(
    ("error", "sent"),
    [
        (httpx.ConnectError("no"), False),
        (httpx.PoolTimeout("no"), False),
        (httpx.ReadError("no"), True),
        (httpx.RemoteProtocolError("no"), True),
        (ValueError("no"), True),
    ],
)
async def test_whether_the_question_may_have_arrived_is_kept(error: Exception, sent: bool) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(CompanyUnreachable) as unreachable:
        await asked(answer)
    assert unreachable.value.sent is sent


@pytest.mark.parametrize("content", [b"<html>", b'{"a":', b"x" * 200_000, b"[" * 3_000])
async def test_an_odd_answer_refuses_a_read_and_is_no_failure_of_what_was_done(
    content: bytes,
) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=content)

    with pytest.raises(CompanyRefused):
        await asked(answer)
    assert await asked(answer, "change", "a key", order_id="1", item_id=2) == {}


def changed(**operation: Any) -> dict[str, Any]:
    return {"paths": {"/x": {"get": {"operationId": "x"} | operation}}}


NEEDED: dict[str, Any] = {"name": "tenant-key", "in": "header", "required": True}


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ({"paths": {}}, "no operation"),
        ({}, "no operation"),
        ({"paths": {"/x": {"post": {"operationId": "x"}}}}, "doesn't only read"),
        (changed(parameters=[NEEDED]), "can't be given"),
        (changed(parameters=[{"name": "user_id", "in": "query"}]), "user_id"),
        (changed(parameters=[{"$ref": "#/a"}]) | {"a": {"$ref": "#/a"}}, "circles"),
        (changed(requestBody={"content": {"text/plain": {}}}), "isn't JSON"),
        (
            changed(requestBody={"content": {"application/json": {"schema": {"type": "array"}}}}),
            "isn't an object",
        ),
        ({"paths": {each: {"get": {"operationId": "x"}} for each in ("/a", "/b")}}, "Two"),
    ],
)
def test_documents_that_cannot_be_taken_in_say_why(document: dict[str, Any], why: str) -> None:
    with pytest.raises(ToolsRefused, match=why):
        read_document(document, {"x": AllowedTool(effect="read")})


async def shop(scope: Any, receive: Callable[[], Awaitable[Any]], send: Any) -> None:
    """A system that answers who asked, on a real socket."""
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    body = [
        {
            "id": f"{headers['alltid-customer']}-1",
            "path": scope["path"],
            "credential": headers["authorization"],
        }
    ]
    head = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": orjson.dumps(body)})


async def test_declared_tools_are_reached_over_a_socket_with_a_credential_each(
    tmp_path: Any,
) -> None:
    document = tmp_path / "shop.yaml"
    document.write_text(yaml.safe_dump(SHOP))
    async with served(shop) as url:
        declared = OpenApiTools(
            kind="openapi",
            document=str(document),
            url=f"{url}/v1",
            handover="named",
            read_credential=SecretStr("the right to read"),
            write_credential=SecretStr("the right to write"),
            allow=ALLOW,
        )
        clock, ids = ManualClock(), SeededIds(1)
        async with connected_tools([declared], clock, ids) as company:
            handles = Handles(b"k")
            ground = ToolGround(Allowed(company.specs), company.reading, handles, Health())
            reads = ground.toolbox(ELIN, CONVERSATION)
            (first,) = told(await reads.read(ToolCall("listOrders", {"limit": 20})))
            assert first["credential"] == "Bearer the right to read"
            order = {"order_id": first["handle"]}
            (second,) = told(await reads.read(ToolCall("items", order)))
            assert second["path"] == "/v1/orders/norrhem-1001-1/items"
            assert code_of(await reads.read(ToolCall("listOrders", {"limit": 21}))) == (
                "bad_arguments"
            )
            assert code_of(await reads.read(ToolCall("wipe"))) == "not_allowed"
            assert company.acting is not None
            change = next(each for each in company.specs if each.name == "change")
            done = await company.acting.call(
                change, {"order_id": "1", "item_id": 2}, ELIN, key="a key"
            )
            assert done[0]["credential"] == "Bearer the right to write"  # type: ignore[index, call-overload]
        with pytest.raises(ToolsRefused, match="Two systems"):
            async with connected_tools([declared, declared], clock, ids):
                pass


@pytest.mark.parametrize("content", ["[1]", "{", "a: [", "", "\0"])
async def test_a_document_that_is_none_stops_the_start(tmp_path: Any, content: str) -> None:
    document = tmp_path / "shop.json"
    document.write_text(content)
    for place in (document, tmp_path / "nowhere.json"):
        declared = OpenApiTools(
            kind="openapi",
            document=str(place),
            url="http://127.0.0.1:9",
            read_credential=SecretStr("the right to read"),
            allow={"x": AllowedTool(effect="read")},
        )
        with pytest.raises(ToolsRefused):
            async with connected_tools([declared], ManualClock(), SeededIds(1)):
                pass


def test_declarations_that_make_no_sense_are_refused() -> None:
    act = {"x": {"effect": "act"}}
    key, other = "k" * 16, "l" * 16
    for wrong in (
        {"allow": act, "read_credential": key},
        {"allow": act, "read_credential": key, "write_credential": key},
        {"allow": {}, "read_credential": key},
        {"allow": act, "read_credential": "short", "write_credential": other},
    ):
        with pytest.raises(ValidationError):
            OpenApiTools.model_validate(
                {"kind": "openapi", "document": "d", "url": "http://x"} | wrong
            )
        with pytest.raises(ValidationError):
            McpTools.model_validate({"kind": "mcp", "url": "http://x"} | wrong)
    with pytest.raises(ValidationError, match="either url or command"):
        McpTools.model_validate({"kind": "mcp", "allow": act, "read_credential": key,
            "write_credential": other})  # fmt: skip


async def test_a_system_that_is_away_is_left_alone_for_a_while_and_then_asked_by_one() -> None:
    asked_times, moment, away = [0], [0.0], [True]

    def answer(_: httpx.Request) -> httpx.Response:
        asked_times[0] += 1
        if away[0]:
            raise httpx.ConnectError("no")
        return httpx.Response(200, json=[])

    health = Health(failures_in_row=3, pause_seconds=10, steady=lambda: moment[0])
    specs = read_document(SHOP, ALLOW).specs
    ground = ToolGround(Allowed(specs), transport(answer), Handles(b"k"), health)
    reads = ground.toolbox(ELIN, CONVERSATION)
    answers = [await reads.read(ToolCall("listOrders")) for _ in range(6)]
    assert {code_of(each) for each in answers} == {"unavailable"}
    assert asked_times == [3]
    assert health.resting
    moment[0] = 11.0
    several = await asyncio.gather(*(reads.read(ToolCall("listOrders")) for _ in range(5)))
    assert {code_of(each) for each in several} == {"unavailable"}
    assert asked_times == [4]
    moment[0], away[0] = 22.0, False
    assert told(await reads.read(ToolCall("listOrders"))) == []
    assert not health.resting


async def test_a_system_that_hangs_costs_its_time_only_and_few_at_once() -> None:
    at_once = [0, 0]

    async def hang(request: httpx.Request) -> httpx.Response:
        at_once[0] += 1
        at_once[1] = max(at_once)
        try:
            await asyncio.Event().wait()
        finally:
            at_once[0] -= 1
        raise AssertionError

    client = httpx.AsyncClient(base_url="http://shop", transport=httpx.MockTransport(hang))
    quick = {"listOrders": AllowedTool(effect="read", timeout_seconds=0.3)}
    described = read_document(SHOP, quick)
    way = OpenApiTransport(client, described.operations, NamedHandover("c"))
    ground = ToolGround(Allowed(described.specs), way, Handles(b"k"), Health(at_once=4))
    reads = ground.toolbox(ELIN, CONVERSATION)
    answers = await asyncio.gather(*(reads.read(ToolCall("listOrders")) for _ in range(20)))
    assert {code_of(each) for each in answers} == {"unavailable"}
    assert at_once == [0, 4]


async def test_what_an_act_moves_is_told_by_its_arguments_or_it_is_not_done() -> None:
    allow = {
        "change": AllowedTool.model_validate(
            {"effect": "act", "moves": {"amount": "amount", "currency": "currency"}}
        ),
        "items": AllowedTool(effect="read"),
    }
    declared = OpenApiTools(
        kind="openapi",
        document="d",
        url="http://shop",
        read_credential=SecretStr("the right to read"),
        write_credential=SecretStr("the right to write"),
        allow=allow,
    )
    amount_of = amounts_of([declared])
    reads: Any = None
    told_as: list[tuple[dict[str, Any], Amount | None]] = [
        ({"amount": 500, "currency": "SEK"}, Amount(500, "SEK")),
        ({"amount": True, "currency": "SEK"}, None),
        ({"amount": -5, "currency": "SEK"}, None),
        ({"amount": 500}, None),
        ({"currency": "SEK"}, None),
    ]
    for arguments, amount in told_as:
        found = await amount_of(ToolCall("change", arguments), reads)
        assert found == amount if amount is not None else isinstance(found, ToolFailed)
    assert await amount_of(ToolCall("items"), reads) is None
    limits = limits_of(DeclaredLimits(actions_per_day=3, money_per_day={"SEK": 7}))
    assert (limits.a_conversation, limits.a_day, limits.money_a_day) == (20, 3, {"SEK": 7})
