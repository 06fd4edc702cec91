"""Agents sign in and out over HTTP; guessing, planting and foreign pages get nowhere."""

from __future__ import annotations

import dataclasses
import logging

import httpx
import pytest
from fastapi import FastAPI

from alltid.agents.accounts import Agent, Role, disable_agent, set_role
from alltid.agents.passwords import PasswordKeeper
from alltid.kernel.clock import ManualClock
from alltid.web.identity.identity import Identity
from alltid.web.identity.origins import Origins
from alltid.web.identity.principals import NotSignedIn
from tests.web.identity.people import ORIGIN, PASSWORD

pytestmark = pytest.mark.anyio

RIGHT = {"email": "sara@klarsund.example", "password": PASSWORD}
WRONG = {"email": "sara@klarsund.example", "password": "not the password"}


async def sign_in(client: httpx.AsyncClient) -> str:
    response = await client.post("/api/sign-in/password", json=RIGHT)
    assert response.status_code == 200, response.text
    return response.cookies["alltid_session"]


def code(response: httpx.Response) -> str:
    return str(response.json()["error"]["code"])


async def test_signing_in_and_out(client: httpx.AsyncClient, sara: Agent) -> None:
    assert (await client.get("/api/me")).status_code == 401
    response = await client.post(
        "/api/sign-in/password", json={**RIGHT, "email": "  SARA@klarsund.EXAMPLE "}
    )
    assert response.json()["agent"] == {
        "id": sara.id,
        "name": "Sara",
        "email": "sara@klarsund.example",
        "role": "agent",
        "languages": ["sv", "en"],
    }
    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie.replace("samesite", ""), "plain http on this machine"
    me = await client.get("/api/me")
    assert me.json() == {**response.json(), "demo": True}
    token = client.cookies["alltid_session"]
    assert (await client.post("/api/sign-out")).status_code == 204
    assert "alltid_session" not in client.cookies
    client.cookies.set("alltid_session", token)
    assert (await client.get("/api/me")).status_code == 401, "the token itself ended"


async def test_the_cookie_is_secure_when_the_desk_is(
    client: httpx.AsyncClient, identity: Identity, sara: Agent
) -> None:
    identity.origins = Origins.of("https://desk.example")
    headers = {"Origin": "https://desk.example"}
    response = await client.post("/api/sign-in/password", json=RIGHT, headers=headers)
    assert "; secure" in response.headers["set-cookie"].lower()


async def test_wrong_unknown_and_disabled_look_the_same(
    client: httpx.AsyncClient, identity: Identity, sara: Agent
) -> None:
    wrong = await client.post("/api/sign-in/password", json=WRONG)
    unknown = await client.post(
        "/api/sign-in/password", json={**WRONG, "email": "nobody@klarsund.example"}
    )
    await disable_agent(identity.pool, sara.id, identity.clock.now())
    disabled = await client.post("/api/sign-in/password", json=WRONG)
    assert wrong.status_code == unknown.status_code == disabled.status_code == 401
    assert wrong.json() == unknown.json() == disabled.json()


async def test_who_knows_the_password_of_a_disabled_account_is_told_where_the_reason_is(
    client: httpx.AsyncClient, identity: Identity, sara: Agent
) -> None:
    await disable_agent(identity.pool, sara.id, identity.clock.now())
    refused = await client.post("/api/sign-in/password", json=RIGHT)
    assert (refused.status_code, code(refused)) == (403, "deactivated")
    assert "set-cookie" not in refused.headers
    address = identity.links.address("agent", sara.id)
    assert address in refused.json()["error"]["message"]
    assert identity.links.read(address.rpartition("/")[2]) == ("agent", sara.id)


async def test_guessing_is_slowed_down(
    client: httpx.AsyncClient, clock: ManualClock, sara: Agent
) -> None:
    for _ in range(5):
        assert (await client.post("/api/sign-in/password", json=WRONG)).status_code == 401
    refused = await client.post("/api/sign-in/password", json=RIGHT)
    assert (refused.status_code, code(refused)) == (429, "too_often")
    assert refused.headers["retry-after"] == "120"
    clock.advance(120)
    assert (await client.post("/api/sign-in/password", json=RIGHT)).status_code == 200


async def test_guessing_many_accounts_from_one_address_is_slowed_down(
    client: httpx.AsyncClient,
) -> None:
    statuses = []
    for number in range(31):
        body = {**WRONG, "email": f"agent{number}@klarsund.example"}
        statuses.append((await client.post("/api/sign-in/password", json=body)).status_code)
    assert statuses == [401] * 30 + [429]


async def test_a_flood_of_sign_ins_waits_for_a_bounded_time(
    client: httpx.AsyncClient, identity: Identity, sara: Agent
) -> None:
    identity.passwords = PasswordKeeper(at_once=0, waiting_max=0)
    refused = await client.post("/api/sign-in/password", json=RIGHT)
    assert (refused.status_code, code(refused)) == (503, "sign_in_busy")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": ORIGIN + ".evil.example"},
        {"Origin": ORIGIN.replace("http:", "https:")},
        {"Origin": "http://localhost:8001"},
    ],
)
async def test_foreign_pages_can_neither_sign_in_nor_out(
    client: httpx.AsyncClient, sara: Agent, headers: dict[str, str]
) -> None:
    await sign_in(client)
    for path, body in (
        ("/api/sign-in/password", RIGHT),
        ("/api/sign-in/demo", {"who": "agent"}),
        ("/api/sign-in/passkey", {"credential": {}}),
        ("/api/sign-in/passkey/options", {}),
        ("/api/sign-out", {}),
        ("/api/passkeys/options", {}),
        ("/api/passkeys", {"credential": {}, "label": "x"}),
    ):
        refused = await client.post(path, json=body, headers=headers)
        assert (refused.status_code, code(refused)) == (403, "foreign_origin"), path
    assert (await client.get("/api/me")).status_code == 200


async def test_a_cookie_without_an_origin_needs_the_browsers_word(
    app: FastAPI, client: httpx.AsyncClient, sara: Agent
) -> None:
    token = await sign_in(client)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as other:
        assert (await other.post("/api/sign-in/password", json=RIGHT)).status_code == 200
        other.cookies.set("alltid_session", token)
        assert (await other.post("/api/passkeys/options")).status_code == 403
        for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 200)):
            response = await other.post("/api/passkeys/options", headers={"Sec-Fetch-Site": site})
            assert response.status_code == status


async def test_a_planted_session_is_worth_nothing_after_the_sign_in(
    client: httpx.AsyncClient, identity: Identity, sara: Agent
) -> None:
    planted = await sign_in(client)
    fresh = await sign_in(client)
    assert planted != fresh
    with pytest.raises(NotSignedIn):
        await identity.agent_of({"alltid_session": planted})
    assert (await identity.agent_of({"alltid_session": fresh})).agent.id == sara.id
    client.cookies.set("alltid_session", "A" * 43)
    assert await sign_in(client) != "A" * 43, "an invented token is never taken over"


async def test_a_disabled_agents_cookie_ends_at_once(
    client: httpx.AsyncClient, identity: Identity, sara: Agent
) -> None:
    token = await sign_in(client)
    session = (await identity.agent_of({"alltid_session": token})).session
    assert await identity.still_signed_in(session)
    await disable_agent(identity.pool, sara.id, identity.clock.now())
    assert (await client.get("/api/me")).status_code == 401
    assert not await identity.still_signed_in(session)


async def test_a_new_role_holds_from_the_next_request_on(
    client: httpx.AsyncClient, identity: Identity, sara: Agent
) -> None:
    await sign_in(client)
    await set_role(identity.pool, sara.id, Role.LEAD)
    assert (await client.get("/api/me")).json()["agent"]["role"] == "lead"


async def test_sign_ins_end_when_idle_and_in_any_case(
    client: httpx.AsyncClient, identity: Identity, clock: ManualClock, sara: Agent
) -> None:
    token = await sign_in(client)
    session = (await identity.agent_of({"alltid_session": token})).session
    clock.advance(12 * 3600 - 1)
    assert (await client.get("/api/me")).status_code == 200
    clock.advance(12 * 3600 - 1)
    assert await identity.still_signed_in(session), "an open socket counts as being here"
    clock.advance(12 * 3600 - 1)
    assert (await client.get("/api/me")).status_code == 200
    clock.advance(12 * 3600)
    assert (await client.get("/api/me")).status_code == 401
    client.cookies.clear()
    fresh = {"alltid_session": await sign_in(client)}
    for _ in range(14):
        await identity.agent_of(fresh)
        clock.advance(12 * 3600 - 1)
    await identity.agent_of(fresh)
    clock.advance(60)
    with pytest.raises(NotSignedIn):
        await identity.agent_of(fresh)


async def test_the_database_holds_no_token(
    client: httpx.AsyncClient, identity: Identity, sara: Agent
) -> None:
    token = await sign_in(client)
    async with identity.pool.connection() as connection:
        rows = await connection.execute("SELECT s::text, a::text FROM sign_in_sessions s, agents a")
        text = str(await rows.fetchall())
    assert token not in text
    assert token.encode().hex() not in text
    assert PASSWORD not in text
    assert "$argon2id$" in text


async def test_the_demo_only_in_the_demo(client: httpx.AsyncClient, identity: Identity) -> None:
    names = []
    for who in ("agent", "second_agent", "lead", "lead"):
        response = await client.post("/api/sign-in/demo", json={"who": who})
        agent = response.json()["agent"]
        names.append((agent["name"], agent["role"]))
    assert names == [("Sara", "agent"), ("Jonas", "agent"), ("Maria", "lead"), ("Maria", "lead")]
    assert (await client.get("/api/config")).json()["sign_ins"] == ["password", "passkey", "demo"]
    identity.rules = dataclasses.replace(identity.rules, demo=False)
    refused = await client.post("/api/sign-in/demo", json={"who": "lead"})
    assert refused.status_code == 404
    assert (await client.get("/api/config")).json() == {
        "company": "Klarsund",
        "demo": False,
        "sign_ins": ["password", "passkey"],
        "upload_limit_bytes": 10_485_760,
        "text_limit": 4000,
    }
    by_address = await client.get("/api/config", headers={"Host": "127.0.0.1:8000"})
    assert by_address.json()["sign_ins"] == ["password"]


async def test_the_demos_accounts_have_no_password(
    client: httpx.AsyncClient,
) -> None:
    await client.post("/api/sign-in/demo", json={"who": "lead"})
    body = {
        "email": "maria@demo.alltid.example",
        "password": "this is the password of nobody at all",
    }
    assert (await client.post("/api/sign-in/password", json=body)).status_code == 401


@pytest.mark.parametrize(
    ("body", "statuses"),
    [
        (b"", {422}),
        (b"{", {422}),
        (b"\xff\xfe", {400, 422}),
        (b"[" * 60_000, {400, 422}),
        (b'{"email": 1e999, "password": NaN}', {422}),
        (b'{"email": "a@b", "password": ' + b"9" * 5000 + b"}", {400, 422}),
        (b'{"email": "a\\u0000@b.c", "password": "x"}', {422}),
        (b'{"email": "a\\ud800@b.c", "password": "x"}', {422}),
        (b'{"email": "a@b.c", "password": "\\udfff"}', {422}),
        (b'{"email": "a@b.c", "password": "x", "more": 1}', {422}),
        (b'{"email": "' + b"a" * 300 + b'@b.c", "password": "x"}', {422}),
        (b'{"email": "a\\u001f\\u200b@b.c", "password": "x"}', {401}),
        (b'{"email": "a@b.c", "password": "' + b"x" * 70_000 + b'"}', {413}),
        (b'"' + b"\\u0000" * 100 + b'"', {422}),
    ],
)
async def test_odd_bodies_get_words(
    client: httpx.AsyncClient, body: bytes, statuses: set[int]
) -> None:
    headers = {"Content-Type": "application/json"}
    response = await client.post("/api/sign-in/password", content=body, headers=headers)
    assert response.status_code in statuses
    assert response.json()["error"]["message"]


async def test_an_error_never_repeats_a_password(client: httpx.AsyncClient) -> None:
    body = {"email": "a@b.c", "password": ["my secret word"]}
    response = await client.post("/api/sign-in/password", json=body)
    assert "my secret word" not in response.text
    assert (
        response.json()["error"]["message"] == "Some of what was sent doesn't fit: body.password."
    )


async def test_no_secret_and_no_address_in_the_logs(
    client: httpx.AsyncClient, sara: Agent, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = await sign_in(client)
    await client.post("/api/sign-in/password", json=WRONG)
    for secret in (token, PASSWORD, WRONG["password"], sara.email):
        assert secret not in caplog.text


async def test_unknown_addresses_and_methods_speak_the_same_language(
    client: httpx.AsyncClient,
) -> None:
    assert code(await client.get("/api/nothing")) == "not_found"
    refused = await client.get("/api/sign-out")
    assert (refused.status_code, code(refused)) == (405, "method_not_allowed")
    assert refused.headers["allow"] == "POST"
    assert (await client.put("/api/passkeys")).headers["allow"] == "GET, POST"
