"""Guests: a token of ours, replaced while they keep coming, and nobody else's word."""

from __future__ import annotations

import dataclasses
import os

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from alltid.conversations.customers import company_customer_id
from alltid.kernel.clock import ManualClock
from alltid.kernel.ids import SystemIds
from alltid.web.identity.guest_tokens import GuestTokens
from alltid.web.identity.identity import Identity
from alltid.web.identity.keys import derive_key
from alltid.web.identity.principals import NotSignedIn
from tests.web.identity.people import HMAC_SECRET, SECRET, company_token

pytestmark = pytest.mark.anyio

DAY = 86_400


async def refusal(identity: Identity, token: str | None) -> str:
    with pytest.raises(NotSignedIn) as refused:
        await identity.customer_of(token)
    return refused.value.code


async def test_a_guest_comes_back_as_the_same_customer(identity: Identity) -> None:
    guest, minted = await identity.new_guest()
    again = await identity.customer_of(minted.token)
    assert again == guest
    assert again.kind == "guest"


async def test_thirty_days_and_not_a_second_more(identity: Identity, clock: ManualClock) -> None:
    _, minted = await identity.new_guest()
    clock.advance(30 * DAY - 1)
    await identity.customer_of(minted.token)
    clock.advance(1)
    assert await refusal(identity, minted.token) == "token_expired"


async def test_a_token_is_good_where_the_clock_is_behind(
    identity: Identity, clock: ManualClock
) -> None:
    guest, minted = await identity.new_guest()
    clock.advance(-3600)
    assert (await identity.customer_of(minted.token)).id == guest.id


async def test_a_used_new_token_retires_the_old_one_after_a_grace(
    identity: Identity, clock: ManualClock
) -> None:
    guest, first = await identity.new_guest()
    _, second = await identity.renew_guest(first.token)
    clock.advance(DAY)
    assert (await identity.customer_of(first.token)).id == guest.id, "the new one may be lost"
    assert (await identity.customer_of(second.token)).id == guest.id
    clock.advance(599)
    assert (await identity.customer_of(first.token)).id == guest.id, "other tabs, for a moment"
    clock.advance(1)
    assert await refusal(identity, first.token) == "token_replaced"
    with pytest.raises(NotSignedIn):
        await identity.renew_guest(first.token)
    assert (await identity.customer_of(second.token)).id == guest.id


async def test_a_renewed_token_that_got_lost_locks_nobody_out(
    identity: Identity, clock: ManualClock
) -> None:
    guest, first = await identity.new_guest()
    for _ in range(5):
        await identity.renew_guest(first.token)
        clock.advance(DAY)
    _, second = await identity.renew_guest(first.token)
    assert (await identity.customer_of(second.token)).id == guest.id


async def test_tabs_that_renew_at_the_same_time_stay_the_same_guest(identity: Identity) -> None:
    guest, first = await identity.new_guest()
    _, one = await identity.renew_guest(first.token)
    _, two = await identity.renew_guest(first.token)
    for token in (one.token, two.token, first.token):
        assert (await identity.customer_of(token)).id == guest.id


async def test_generations_cannot_be_skipped_and_old_ones_stay_dead(
    identity: Identity, clock: ManualClock
) -> None:
    guest, first = await identity.new_guest()
    ahead = identity.guest_tokens.mint(guest.id, 3, clock.now())
    assert await refusal(identity, ahead.token) == "token_replaced"
    _, second = await identity.renew_guest(first.token)
    _, third = await identity.renew_guest(second.token)
    await identity.customer_of(third.token)
    assert await refusal(identity, first.token) == "token_replaced"


async def test_a_token_for_a_guest_that_is_not_there(
    identity: Identity, clock: ManualClock
) -> None:
    stray = identity.guest_tokens.mint(identity.ids.new(), 1, clock.now())
    assert await refusal(identity, stray.token) == "token_replaced"


async def test_a_token_of_the_secret_before_still_works_while_it_is_configured(
    identity: Identity, clock: ManualClock
) -> None:
    guest, minted = await identity.new_guest()
    identity.guest_tokens = GuestTokens("another secret, also long enough, yes", SECRET)
    assert (await identity.customer_of(minted.token)).id == guest.id
    _, renewed = await identity.renew_guest(minted.token)
    identity.guest_tokens = GuestTokens("another secret, also long enough, yes")
    assert (await identity.customer_of(renewed.token)).id == guest.id
    assert await refusal(identity, minted.token) == "token_refused"


async def test_attacks_on_guest_tokens(identity: Identity, clock: ManualClock) -> None:
    guest, minted = await identity.new_guest()
    key = derive_key(SECRET, "guest-token")
    key_id = jwt.decode(minted.token, OctKey.import_key(key)).header["kid"]
    header = {"alg": "HS256", "kid": key_id}
    now = int(clock.now().timestamp())
    good = {
        "iss": "alltid",
        "aud": "alltid/guest",
        "sub": guest.id,
        "gen": 1,
        "iat": now,
        "exp": now + 60,
    }
    ours, theirs = OctKey.import_key(key), OctKey.import_key(os.urandom(32))
    await identity.customer_of(jwt.encode(header, good, ours))
    assert await refusal(identity, jwt.encode(header, good, theirs)) == "token_refused"
    for change in (
        {"gen": "1"},
        {"gen": True},
        {"gen": 0},
        {"gen": 2**40},
        {"sub": "me"},
        {"sub": "x' OR true --"},
        {"aud": "alltid"},
        {"iss": "other"},
        {"exp": None},
    ):
        claims = {name: value for name, value in {**good, **change}.items() if value is not None}
        assert await refusal(identity, jwt.encode(header, claims, ours)) == "token_refused"
    assert await refusal(identity, None) == "not_signed_in"
    assert await refusal(identity, "") == "not_signed_in"


async def test_the_company_cannot_speak_for_a_guest(identity: Identity) -> None:
    guest, _ = await identity.new_guest()
    named_like_the_guest = await identity.customer_of(company_token(sub=guest.id))
    assert named_like_the_guest.id != guest.id
    header = {"alg": "HS256", "kid": "hmac-1"}
    claims = {"iss": "alltid", "aud": "alltid/guest", "sub": guest.id, "gen": 1, "exp": 2**40}
    forged = jwt.encode(header, claims, OctKey.import_key(HMAC_SECRET))
    assert await refusal(identity, forged) == "token_refused"


async def test_the_companys_customer_is_the_same_everywhere(
    identity: Identity, clock: ManualClock
) -> None:
    first = await identity.customer_of(company_token("ed-1"))
    clock.advance(120)
    second = await identity.customer_of(company_token("rsa-1", name="Astrid Berg"))
    assert first.id == second.id == company_customer_id("https://id.klarsund.example", "customer-7")
    async with identity.pool.connection() as connection:
        rows = await connection.execute("SELECT display_name FROM customers")
        assert await rows.fetchall() == [("Astrid Berg",)]


async def test_the_companys_tokens_mean_nothing_where_none_are_configured(
    identity: Identity,
) -> None:
    without = dataclasses.replace(identity.rules, company_keys=())
    other = Identity.of(without, identity.pool, identity.clock, SystemIds(), os.urandom)
    assert await refusal(other, company_token()) == "token_refused"


def test_issuer_and_subject_cannot_be_cut_differently() -> None:
    assert company_customer_id("ab", "c") != company_customer_id("a", "bc")


async def test_guests_over_http(client: httpx.AsyncClient) -> None:
    made = (await client.post("/api/customer/guest")).json()
    assert made["customer"]["name"] is None
    bearer = {"Authorization": f"Bearer {made['token']}"}
    renewed = await client.post("/api/customer/refresh", headers=bearer)
    assert renewed.status_code == 200
    assert renewed.json()["customer"] == made["customer"]
    assert renewed.json()["token"] != made["token"]
    assert renewed.headers["cache-control"] == "no-store"
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Basic eDp5"}):
        refused = await client.post("/api/customer/refresh", headers=headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "not_signed_in")


async def test_guests_are_bounded_by_address(client: httpx.AsyncClient) -> None:
    answers = [await client.post("/api/customer/guest") for _ in range(61)]
    assert {answer.status_code for answer in answers[:60]} == {200}
    assert answers[60].status_code == 429
    assert int(answers[60].headers["retry-after"]) >= 1
