"""Passkeys end to end with a software authenticator, and what an attacker would try."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

import httpx
import pytest

from alltid.agents.accounts import Agent, disable_agent
from alltid.kernel.clock import ManualClock
from alltid.web.identity.identity import Identity
from tests.web.identity.authenticator import SoftwareAuthenticator
from tests.web.identity.people import ORIGIN, PASSWORD

pytestmark = pytest.mark.anyio


async def registered(client: httpx.AsyncClient) -> SoftwareAuthenticator:
    """Sara with a passkey, signed out again."""
    right = {"email": "sara@klarsund.example", "password": PASSWORD}
    assert (await client.post("/api/sign-in/password", json=right)).status_code == 200
    phone = SoftwareAuthenticator(ORIGIN)
    options = (await client.post("/api/passkeys/options", json={})).json()["publicKey"]
    body = {"credential": phone.create(options), "label": "My phone"}
    made = await client.post("/api/passkeys", json=body)
    assert made.status_code == 201, made.text
    await client.post("/api/sign-out")
    return phone


async def challenge(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.post("/api/sign-in/passkey/options", json={})
    options: dict[str, Any] = answer.json()["publicKey"]
    return options


async def answer(client: httpx.AsyncClient, credential: object) -> int:
    response = await client.post("/api/sign-in/passkey", json={"credential": credential})
    if response.status_code != 200:
        assert response.json()["error"]["code"] == "passkey_not_accepted"
    return response.status_code


async def test_registering_and_signing_in(client: httpx.AsyncClient, sara: Agent) -> None:
    phone = await registered(client)
    options = await challenge(client)
    assert options["rpId"] == "localhost"
    assert options["userVerification"] == "required"
    assert not options.get("allowCredentials"), "no page tells who has an account"
    assert await answer(client, phone.get(options)) == 200
    assert (await client.get("/api/me")).json()["agent"]["id"] == sara.id
    listed = (await client.get("/api/passkeys")).json()["passkeys"]
    assert [(each["label"], each["last_used_at"] is not None) for each in listed] == [
        ("My phone", True)
    ]
    again = (await client.post("/api/passkeys/options")).json()["publicKey"]
    assert len(again["excludeCredentials"]) == 1
    assert again["authenticatorSelection"]["residentKey"] == "required"
    assert (await client.delete(f"/api/passkeys/{listed[0]['id']}")).status_code == 204
    assert (await client.delete(f"/api/passkeys/{listed[0]['id']}")).status_code == 404
    assert (await client.delete("/api/passkeys/nonsense")).status_code == 404
    assert await answer(client, phone.get(await challenge(client))) == 401


async def test_a_challenge_works_once(client: httpx.AsyncClient, sara: Agent) -> None:
    phone = await registered(client)
    credential = phone.get(await challenge(client))
    assert await answer(client, credential) == 200
    assert await answer(client, credential) == 401


async def test_a_challenge_runs_out(
    client: httpx.AsyncClient, clock: ManualClock, sara: Agent
) -> None:
    phone = await registered(client)
    options = await challenge(client)
    clock.advance(300)
    assert await answer(client, phone.get(options)) == 401


async def test_a_challenge_that_is_not_ours(client: httpx.AsyncClient, sara: Agent) -> None:
    phone = await registered(client)
    options = {**await challenge(client), "challenge": "A" * 43}
    assert await answer(client, phone.get(options)) == 401


async def test_a_challenge_for_registering_does_not_sign_in(
    client: httpx.AsyncClient, sara: Agent
) -> None:
    phone = await registered(client)
    assert await answer(client, phone.get(await challenge(client))) == 200
    options = (await client.post("/api/passkeys/options")).json()["publicKey"]
    options["rpId"] = options["rp"]["id"]
    assert await answer(client, phone.get(options)) == 401


async def test_another_page_can_not_use_the_passkey(client: httpx.AsyncClient, sara: Agent) -> None:
    phone = await registered(client)
    phone.origin = "http://localhost.evil.example:8000"
    assert await answer(client, phone.get(await challenge(client))) == 401


async def test_another_domain_can_not_use_the_passkey(
    client: httpx.AsyncClient, sara: Agent
) -> None:
    phone = await registered(client)
    assert await answer(client, phone.get({**await challenge(client), "rpId": "evil"})) == 401


async def test_the_device_must_have_seen_its_owner(client: httpx.AsyncClient, sara: Agent) -> None:
    phone = await registered(client)
    phone.verifies_user = False
    assert await answer(client, phone.get(await challenge(client))) == 401


async def test_a_copied_key_shows_by_its_counter(client: httpx.AsyncClient, sara: Agent) -> None:
    phone = await registered(client)
    for count, status in ((5, 200), (5, 401), (4, 401), (0, 401), (6, 200)):
        phone.sign_count = count
        assert await answer(client, phone.get(await challenge(client))) == status


async def test_someone_elses_key_under_saras_name(client: httpx.AsyncClient, sara: Agent) -> None:
    phone = await registered(client)
    other = SoftwareAuthenticator(
        ORIGIN, credential_id=phone.credential_id, user_handle=phone.user_handle
    )
    assert await answer(client, other.get(await challenge(client))) == 401
    phone.user_handle = bytes(16)
    assert await answer(client, phone.get(await challenge(client))) == 401


async def test_a_disabled_agents_passkey_only_leads_to_the_reason(
    client: httpx.AsyncClient, identity: Identity, sara: Agent
) -> None:
    phone = await registered(client)
    options = await challenge(client)
    await disable_agent(identity.pool, sara.id, identity.clock.now())
    signed = {"credential": phone.get(options)}
    refused = await client.post("/api/sign-in/passkey", json=signed)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "deactivated")
    assert (await client.get("/api/me")).status_code == 401


async def test_odd_credentials_get_words(client: httpx.AsyncClient, sara: Agent) -> None:
    phone = await registered(client)
    good = phone.get(await challenge(client))
    values: tuple[Any, ...] = (None, 7, [], {}, "", "!", "AAAA", "\u0000", "a" * 3000)
    odd: list[Any] = [{}, {"response": 7}, {"response": {"clientDataJSON": 7}}]
    for path in (("rawId",), ("id",), ("type",), *(("response", key) for key in good["response"])):
        for value in values:
            changed = copy.deepcopy(phone.get(await challenge_quietly(client)))
            inner = changed if len(path) == 1 else changed["response"]
            inner[path[-1]] = value
            odd.append(changed)
    for credential in odd:
        response = await client.post("/api/sign-in/passkey", json={"credential": credential})
        assert response.status_code in {200, 401}, credential
        if response.status_code == 200:
            assert credential["response"]["userHandle"] is None, "which is optional"
        identity_limits(client).sign_in_address.forget("127.0.0.1")


def identity_limits(client: httpx.AsyncClient) -> Any:
    transport = client._transport
    assert isinstance(transport, httpx.ASGITransport)
    return transport.app.state.identity.limits  # type: ignore[attr-defined]


async def challenge_quietly(client: httpx.AsyncClient) -> dict[str, Any]:
    identity_limits(client).sign_in_address.forget("127.0.0.1")
    return await challenge(client)


async def test_registering_needs_this_agents_own_challenge(
    client: httpx.AsyncClient, sara: Agent
) -> None:
    await client.post("/api/sign-in/demo", json={"who": "lead"})
    options = (await client.post("/api/passkeys/options")).json()["publicKey"]
    await client.post("/api/sign-in/demo", json={"who": "agent"})
    body = {"credential": SoftwareAuthenticator(ORIGIN).create(options), "label": "Planted"}
    refused = await client.post("/api/passkeys", json=body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "passkey_not_accepted")


async def test_a_known_passkey_is_not_registered_twice(
    client: httpx.AsyncClient, sara: Agent
) -> None:
    phone = await registered(client)
    await client.post("/api/sign-in/demo", json={"who": "lead"})
    options = (await client.post("/api/passkeys/options")).json()["publicKey"]
    body = {"credential": phone.create(options), "label": "Sara's"}
    refused = await client.post("/api/passkeys", json=body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "passkey_not_added")


async def test_nobody_else_sees_or_removes_a_passkey(
    client: httpx.AsyncClient, sara: Agent
) -> None:
    phone = await registered(client)
    assert await answer(client, phone.get(await challenge(client))) == 200
    [passkey] = (await client.get("/api/passkeys")).json()["passkeys"]
    await client.post("/api/sign-in/demo", json={"who": "lead"})
    assert (await client.get("/api/passkeys")).json() == {"passkeys": []}
    assert (await client.delete(f"/api/passkeys/{passkey['id']}")).status_code == 404


async def test_a_desk_at_a_bare_address_has_no_passkeys(
    client: httpx.AsyncClient, identity: Identity
) -> None:
    identity.passkeys = None
    refused = await client.post("/api/sign-in/passkey/options")
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "no_passkeys")
    rules = dataclasses.replace(identity.rules, public_url="http://192.0.2.7")
    made = Identity.of(rules, identity.pool, identity.clock, identity.ids, identity.random_bytes)
    assert made.passkeys is None
