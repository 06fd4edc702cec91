"""The lender's HTTP API: who may ask, once for each key, one shape of errors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from alltid.assistant.tools.boundary import Allowed
from alltid.assistant.tools.handles import Handles
from alltid.assistant.tools.health import Health
from alltid.assistant.tools.tool import Principal, ToolCall
from alltid.assistant.tools.toolbox import ToolGround
from alltid.desk.lender import LenderService
from alltid.examples.lender.api.catalogue import TOOLS
from alltid.examples.lender.api.people import PEOPLE
from alltid.examples.lender.api.store import StoredLender
from alltid.examples.lender.api.tokens import AUDIENCE
from alltid.examples.lender.customers import DEMO_CUSTOMERS, ISSUER
from tests.assistant.tools.lender import (
    CONVERSATION,
    ELIN,
    KEYS,
    LUKAS,
    NOW,
    Bank,
    bank,
    handover,
    told,
)
from tests.support.desk import RunningDesk

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def api(database_url: str) -> AsyncIterator[tuple[Bank, httpx.AsyncClient]]:
    async with (
        bank(database_url, sockets=True) as lender,
        httpx.AsyncClient(base_url=f"{lender.url}/v1", timeout=30, trust_env=False) as client,
    ):
        yield lender, client


def as_(lender: Bank, who: Any, right: Any = "read", key: str | None = None) -> dict[str, str]:
    headers = handover(right, lender.clock).headers(who)
    return headers if key is None else headers | {"Idempotency-Key": key}


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def token(**changes: Any) -> str:
    now = int(NOW.timestamp())
    claims: dict[str, Any] = {
        "iss": "alltid",
        "aud": AUDIENCE,
        "sub": "norrhem-1001",
        "customer_issuer": ISSUER,
        "iat": now,
        "exp": now + 60,
    }
    header = {"alg": "HS256", "kid": changes.pop("kid", "read")}
    key = changes.pop("key", KEYS["read"])
    claims = {name: value for name, value in (claims | changes).items() if value is not None}
    return jwt.encode(header, claims, OctKey.import_key(key))


async def test_only_a_good_token_says_who_asks(database_url: str) -> None:
    async with api(database_url) as (_, client):

        async def asked(authorization: str | None) -> httpx.Response:
            headers = {} if authorization is None else {"Authorization": authorization}
            return await client.get("/account", headers=headers)

        assert (await asked(f"Bearer {token()}")).json()["name"] == "Elin Berg"
        assert code(await asked(None)) == (401, "no_token")
        now = int(NOW.timestamp())
        for wrong in (
            token(aud="another"),
            token(iss="another"),
            token(sub=None),
            token(customer_issuer=None),
            token(exp=now - 31),
            token(iat=now - 91, exp=now + 60),
            token(exp=None),
            token(kid="other"),
            token(kid="write"),
            token(key=KEYS["write"]),
            "a.b.c",
            "nothing",
            "a" * 5_000,
        ):
            assert code(await asked(f"Bearer {wrong}")) == (401, "bad_token")
        assert code(await asked(f"Basic {token()}")) == (401, "no_token")
        # Another issuer's customer of the same name is another, who has no account.
        stranger = token(customer_issuer="https://other.example")
        assert code(await asked(f"Bearer {stranger}")) == (404, "no_account")


async def test_an_act_needs_the_right_to_write_and_a_key_and_is_done_once(
    database_url: str,
) -> None:
    async with api(database_url) as (lender, client):
        body = {"invoice": "inv-1001-01", "days": 5}

        async def act(who: Any, right: Any, key: str | None, body: Any = body) -> httpx.Response:
            headers = as_(lender, who, right, key)
            return await client.post("/extensions", json=body, headers=headers)

        assert code(await act(ELIN, "read", "k" * 8)) == (403, "read_only")
        assert code(await act(ELIN, "write", None)) == (422, "bad_arguments")
        several = await asyncio.gather(*(act(ELIN, "write", "the same key") for _ in range(6)))
        assert all(each.json() == several[0].json() for each in several)
        assert several[0].json()["extensions_used"] == 1
        other = body | {"days": 6}
        assert code(await act(ELIN, "write", "the same key", other)) == (409, "key_used")
        assert code(await act(LUKAS, "write", "the same key")) == (409, "key_used")
        assert code(await act(LUKAS, "write", "another key")) == (404, "not_found")
        # A refusal stays one under its key, also when the rules would say yes later.
        late = {"invoice": "inv-1001-02", "days": 5}
        lender.clock.advance(40 * 86_400)
        assert code(await act(ELIN, "write", "a late one", late)) == (409, "too_late")
        lender.clock.advance(-40 * 86_400)
        assert code(await act(ELIN, "write", "a late one", late)) == (409, "too_late")
        assert len(await lender.done()) == 1
        assert len(await lender.lender.acts_of(ELIN.subject)) == 2


@pytest.mark.parametrize(
    "body",
    [
        {"invoice": "inv-1001-01"},
        {"invoice": "inv-1001-01", "days": 31},
        {"invoice": "inv-1001-01", "days": 5, "subject": "norrhem-1002"},
        {"invoice": ["inv-1001-01"], "days": 5},
        [],
        "x",
    ],
)
async def test_bodies_that_are_not_as_described_are_refused(database_url: str, body: Any) -> None:
    async with api(database_url) as (lender, client):
        headers = as_(lender, ELIN, "write", "a good key")
        answer = await client.post("/extensions", json=body, headers=headers)
        assert code(answer) == (422, "bad_arguments")
        assert await lender.done() == []


async def test_large_bodies_and_other_addresses_have_the_same_shape_of_errors(
    database_url: str,
) -> None:
    async with api(database_url) as (lender, client):
        headers = as_(lender, ELIN, "write", "a good key")
        large = await client.post("/extensions", content=b" " * 20_000, headers=headers)
        assert code(large) == (413, "too_large")

        async def pieces() -> AsyncIterator[bytes]:
            yield b"{}"

        unsaid = await client.post("/extensions", content=pieces(), headers=headers)
        assert code(unsaid) == (411, "length_required")
        assert code(await client.get("/nothing")) == (404, "no_such_address")
        assert code(await client.delete("/account")) == (405, "no_such_address")


async def test_the_description_has_each_tool_and_the_document_needs_no_token(
    database_url: str,
) -> None:
    async with api(database_url) as (lender, client):
        document = (await client.get(f"{lender.url}/openapi.json")).json()
        ids = {each["operationId"] for path in document["paths"].values() for each in path.values()}
        assert ids == {tool.name for tool in TOOLS}


async def test_reset_begins_the_customers_lives_anew(database_url: str) -> None:
    async with bank(database_url) as lender:
        spec = next(tool.spec for tool in TOOLS if tool.name == "request_data_export")
        await lender.acting.call(spec, {}, ELIN, key="a good key")
        later = replace(lender.clock, moment=NOW + timedelta(days=9))
        again = StoredLender(lender.pool, later, ISSUER)
        await again.prepare()
        assert len(await lender.done()) == 1
        await again.reset()
        assert await lender.done() == []
        invoices = await again.ask("list_invoices", {"status": "open"}, ELIN, None)
        assert invoices[0]["due"] == "2026-06-04"


def test_each_demo_customer_of_the_shop_has_an_account() -> None:
    assert {each.subject: each.name for each in DEMO_CUSTOMERS.values()} == {
        subject: name for subject, (name, *_) in PEOPLE.items()
    }


def test_the_demo_brings_the_lender_with_it(database_url: str) -> None:
    with RunningDesk(database_url) as running:
        service = running.desk.app.state.lender
        assert isinstance(service, LenderService)

        async def look() -> Any:
            ground = ToolGround(Allowed(service.specs), service.reading, Handles(b"k"), Health())
            who = Principal(ISSUER, DEMO_CUSTOMERS["emma"].subject)
            return told(await ground.toolbox(who, CONVERSATION).read(ToolCall("account_summary")))

        summary = running.do(look())
        assert (summary["name"], summary["currency"]) == ("Emma Hughes", "GBP")
        assert service.url is not None
        assert httpx.get(f"{service.url}/v1/account", trust_env=False).status_code == 401
