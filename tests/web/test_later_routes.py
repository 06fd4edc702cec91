"""Routes that are loaded beside a desk that serves already."""

import asyncio
from collections.abc import Iterable

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from alltid.web import identity_routes, uploads
from alltid.web.app import describe_app
from alltid.web.later_routes import PREFIXES, RoutesLater, later_routers

pytestmark = pytest.mark.anyio


def paths(routers: Iterable[APIRouter]) -> set[str]:
    return {route.path for router in routers for route in router.routes}  # type: ignore[attr-defined]


def test_every_later_route_is_where_requests_wait() -> None:
    later = paths(later_routers())
    assert len(later) > 50
    assert {path for path in later if not path.startswith(PREFIXES)} == set()


def test_customers_wait_for_no_route() -> None:
    first = paths([identity_routes.router, uploads.router])
    assert first
    assert {path for path in first if path.startswith(PREFIXES)} == {"/api/agent/attachments"}


def test_the_description_has_all_routes() -> None:
    described = set(describe_app().openapi()["paths"])
    assert {path for path in described if path.startswith("/api/console")}
    assert {path for path in described if path.startswith("/api/customer/")}


async def test_a_request_before_its_route_waits_for_it() -> None:
    app, there = FastAPI(), asyncio.Event()
    app.add_middleware(RoutesLater, there=there)

    @app.get("/healthz")
    async def healthz() -> str:
        return "ok"

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        early = asyncio.create_task(client.get("/api/console/overview"))
        # Two rounds through the same way: what needs no other route is answered meanwhile.
        assert (await client.get("/healthz")).json() == "ok"
        assert (await client.get("/healthz")).json() == "ok"
        assert not early.done()

        later = APIRouter(prefix="/api/console")

        @later.get("/overview")
        async def overview() -> str:
            return "seen"

        app.include_router(later)
        there.set()
        assert (await early).json() == "seen"


async def test_a_request_whose_route_doesnt_come_is_told_to_come_again() -> None:
    app = RoutesLater(FastAPI(), there=asyncio.Event(), wait_seconds=0)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        answer = await client.get("/api/console/overview")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json()["error"]["code"] == "starting"
