"""What browsers are told about our pages, and the bound on bodies."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI, Response
from starlette.types import Message, Receive, Scope, Send

from alltid.web.security import BodyLimit, SecurityHeaders

pytestmark = pytest.mark.anyio


def app_at(public_url: str) -> FastAPI:
    app = FastAPI()

    async def page() -> Response:
        return Response("page")

    for path in ("/", "/widget", "/agent", "/console", "/api/own"):
        app.add_api_route(path, page)

    @app.get("/api/file")
    async def file() -> Response:
        return Response("x", headers={"Content-Security-Policy": "sandbox"})

    @app.post("/api/body")
    async def body(value: dict[str, str]) -> int:
        return len(value)

    app.add_middleware(BodyLimit, bytes_max=1000)
    app.add_middleware(
        SecurityHeaders, public_url=public_url, widget_origins=["https://shop.example"]
    )
    return app


async def headers(path: str, public_url: str = "https://desk.example") -> httpx.Headers:
    transport = httpx.ASGITransport(app=app_at(public_url))
    async with httpx.AsyncClient(transport=transport, base_url=public_url) as client:
        return (await client.get(path)).headers


async def test_only_the_widget_may_be_framed_by_the_companys_sites() -> None:
    ancestors = {
        path: (await headers(path))["content-security-policy"].partition("frame-ancestors ")[2]
        for path in ("/", "/widget", "/agent", "/console", "/api/own", "/nothing")
    }
    assert ancestors == {
        "/": "'self'",
        "/widget": "'self' https://shop.example",
        "/agent": "'none'",
        "/console": "'none'",
        "/api/own": "'none'",
        "/nothing": "'self'",
    }


async def test_pages_run_our_own_scripts_only() -> None:
    policy = (await headers("/agent"))["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "default-src 'none'" in policy
    assert "connect-src 'self' wss://desk.example;" in policy
    assert "unsafe" not in policy
    assert (await headers("/agent"))["x-frame-options"] == "DENY"
    assert "x-frame-options" not in await headers("/widget")


async def test_https_is_kept_where_it_is() -> None:
    assert (await headers("/"))["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" not in await headers("/", "http://127.0.0.1:8000")


async def test_common_headers_are_everywhere_and_a_routes_own_stay() -> None:
    for path in ("/", "/api/own", "/nothing"):
        found = await headers(path)
        assert found["x-content-type-options"] == "nosniff"
        assert found["referrer-policy"] == "strict-origin-when-cross-origin"
        assert "microphone=()" in found["permissions-policy"]
    assert (await headers("/api/file")).get_list("content-security-policy") == ["sandbox"]


async def test_bodies_are_bounded_however_they_come() -> None:
    transport = httpx.ASGITransport(app=app_at("https://desk.example"))
    async with httpx.AsyncClient(transport=transport, base_url="https://desk.example") as client:
        assert (await client.post("/api/body", json={"a": "b"})).status_code == 200
        assert (await client.post("/api/body", json={"a": "b" * 1000})).status_code == 413


async def test_sockets_are_left_alone() -> None:
    seen: list[object] = []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        seen.extend((scope, receive, send))

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        return None

    scope: Scope = {"type": "websocket", "path": "/api/customer/socket"}
    app = SecurityHeaders(BodyLimit(inner), public_url="https://desk.example")
    await app(scope, receive, send)
    assert seen == [scope, receive, send], "the very same, so nothing is in a message's way"
