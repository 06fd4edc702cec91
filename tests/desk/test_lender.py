"""The example company's API while its database is away."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import httpx
import psycopg
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp

from alltid.desk.lender import _LazyApp

pytestmark = pytest.mark.anyio


async def test_it_says_so_and_the_next_request_tries_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outcomes: list[ASGIApp | Exception] = [
        psycopg.errors.TooManyConnections("too many clients"),
        PlainTextResponse("there"),
    ]

    async def made(_app: _LazyApp) -> ASGIApp:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(_LazyApp, "_made", made)
    ground: Any = SimpleNamespace()
    transport = httpx.ASGITransport(_LazyApp(ground, {}))
    async with httpx.AsyncClient(transport=transport, base_url="http://lender") as client:
        away = await client.get("/loans")
        assert (away.status_code, away.headers["Retry-After"]) == (503, "5")
        assert away.json()["error"]["code"] == "database_away"
        assert (await client.get("/loans")).text == "there"
