"""Notifications: read by the browser they are for and nobody else, sent only where they may."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from psycopg_pool import AsyncConnectionPool

from alltid.agents.push.sender import (
    NotDelivered,
    Notification,
    PushSender,
    SubscriptionGone,
)
from alltid.agents.push.service import PushService, call_in_job
from alltid.agents.push.subscriptions import (
    SUBSCRIPTIONS_AN_AGENT,
    Subscription,
    Subscriptions,
    Wishes,
    browser_keys,
)
from alltid.agents.push.vapid import P256_ORDER, Vapid, decoded, encoded, private_value
from alltid.agents.push.words import LANGUAGES, call_in_words, offer_words
from alltid.kernel.clock import ManualClock
from alltid.kernel.ids import SystemIds
from alltid.kernel.refusal import Refused
from alltid.storage.database import open_pool
from alltid.storage.jobs import GiveUp
from tests.agents.push.receiver import PushReceiver

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
IDS = SystemIds()
SARA = IDS.new()
VAPID = Vapid(private_value(b"x" * 32, None), "mailto:desk@example.com")
WISHES = Wishes(True, True, "sv", 21 * 60, 8 * 60, "UTC")
OFFER: dict[str, Any] = {
    "id": IDS.new(),
    "expected_minutes": 8,
    "pay_minor": 5_333,
    "currency": "SEK",
    "expires_at": NOW + timedelta(seconds=20),
}


@pytest.fixture
async def browser() -> AsyncIterator[PushReceiver]:
    async with PushReceiver() as receiver:
        yield receiver


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[AsyncConnectionPool[Any]]:
    opened = await open_pool(database_url, max_size=4)
    async with opened.connection() as connection:
        await connection.execute(
            "INSERT INTO agents (id, email, name, role, languages, created_at) "
            "VALUES (%s, 'sara@example.com', 'Sara', 'agent', '{sv}', %s)",
            (SARA, NOW),
        )
    yield opened
    await opened.close()


def sender(*, private_addresses: bool = True) -> PushSender:
    return PushSender(VAPID, ManualClock(NOW), private_addresses=private_addresses)


def on(browser: PushReceiver) -> Subscription:
    return Subscription(IDS.new(), SARA, browser.endpoint, browser.point, browser.auth, "sv")


def notification(seconds: float = 20) -> Notification:
    until = NOW + timedelta(seconds=seconds)
    return Notification("offer", "Title", "Body", "offer:1", "/agent", until)


async def test_only_the_browser_reads_it_and_the_push_service_knows_who_sent_it(
    browser: PushReceiver,
) -> None:
    await sender().send(on(browser), notification())
    got = await browser.next()
    assert b"Title" not in got.body
    assert browser.payload(got) == {
        "kind": "offer",
        "title": "Title",
        "body": "Body",
        "tag": "offer:1",
        "url": "/agent",
        "expires_at": "2026-03-02T12:00:20+00:00",
    }
    assert (got.headers["ttl"], got.headers["urgency"]) == ("20", "high")
    assert got.headers["content-encoding"] == "aes128gcm"
    token, key = got.headers["authorization"].removeprefix("vapid t=").split(", k=")
    point = decoded(key)
    jwk: Any = {"kty": "EC", "crv": "P-256", "x": encoded(point[1:33]), "y": encoded(point[33:])}
    claims = jwt.decode(token, ECKey.import_key(jwk)).claims
    origin = browser.endpoint.removesuffix("/browser/1")
    assert claims == {
        "aud": origin,
        "exp": int((NOW + timedelta(hours=12)).timestamp()),
        "sub": "mailto:desk@example.com",
    }


async def test_what_comes_too_late_or_is_not_taken_is_said(browser: PushReceiver) -> None:
    with pytest.raises(NotDelivered):
        await sender().send(on(browser), notification(seconds=0.5))
    browser.status = 429
    with pytest.raises(NotDelivered):
        await sender().send(on(browser), notification())
    browser.status = 302
    with pytest.raises(NotDelivered):
        await sender().send(on(browser), notification())
    browser.status = 410
    with pytest.raises(SubscriptionGone):
        await sender().send(on(browser), notification())


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.com/1",
        "https://127.0.0.1/1",
        "https://[::1]/1",
        "https://[::ffff:10.0.0.1]/1",
        "https://169.254.169.254/latest",
        "https://user@push.example.com/1",
        "https://push.example.com:port/1",
        "file:///etc/passwd",
        "https:///1",
        "https://push.example.com/" + "x" * 2000,
    ],
)
async def test_an_address_that_is_no_push_service_is_refused(endpoint: str) -> None:
    with pytest.raises(Refused):
        sender(private_addresses=False).check_endpoint(endpoint)


async def test_a_name_that_leads_to_a_private_address_is_not_followed(
    browser: PushReceiver,
) -> None:
    port = browser.endpoint.split(":")[2]
    inside = Subscription("1", SARA, f"https://localhost:{port}", browser.point, browser.auth, "sv")
    with pytest.raises(NotDelivered):
        await sender(private_addresses=False).send(inside, notification())
    assert browser.received.empty()
    sender(private_addresses=False).check_endpoint("https://push.example.com:8443/1?x=y")


async def test_an_offer_is_told_in_the_agents_language_and_a_gone_browser_is_forgotten(
    browser: PushReceiver, pool: AsyncConnectionPool[Any]
) -> None:
    subscriptions = Subscriptions(pool)
    service = PushService(subscriptions, sender(), VAPID.public_key, lambda _agent: False)
    await subscriptions.keep(on(browser), WISHES, NOW)
    running = asyncio.create_task(service.run())
    service.offer_made(SARA, OFFER)
    got = browser.payload(await browser.next())
    assert got["title"] == "Ett samtal till dig"
    assert "8 minuter, 53.33 SEK" in got["body"]
    assert (got["kind"], got["tag"]) == ("offer", f"offer:{OFFER['id']}")
    browser.status = 404
    service.offer_made(SARA, OFFER)
    await browser.next()
    # The next one is taken up after the last was dealt with, or finds nobody to tell.
    async with asyncio.timeout(30):
        while await subscriptions.for_offers(SARA):  # noqa: ASYNC110  the row is what is awaited
            await asyncio.sleep(0.01)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_an_open_page_that_shows_the_offer_needs_no_push(
    browser: PushReceiver, pool: AsyncConnectionPool[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alltid.agents.push.service.SEEN_WITHIN_SECONDS", 0)
    subscriptions = Subscriptions(pool)
    service = PushService(subscriptions, sender(), VAPID.public_key, lambda _agent: True)
    await subscriptions.keep(on(browser), WISHES, NOW)
    # There is no such offer any more, as when it was accepted at once.
    await service._send_offer(SARA, OFFER)
    assert browser.received.empty()


async def test_a_call_in_goes_out_once_and_only_while_it_is_of_use(
    browser: PushReceiver, pool: AsyncConnectionPool[Any]
) -> None:
    subscriptions = Subscriptions(pool)
    service = PushService(subscriptions, sender(), VAPID.public_key, lambda _agent: False)
    kept = on(browser)
    await subscriptions.keep(kept, WISHES, NOW)
    job = call_in_job(kept.id, NOW + timedelta(minutes=30))
    arguments = json.loads(json.dumps(dict(job.arguments)))
    await service.call_in(**arguments)
    got = await browser.next()
    assert browser.payload(got)["title"] == "Kunder väntar"
    assert got.headers["ttl"] == "1800"
    browser.status = 410
    await service.call_in(**arguments)
    with pytest.raises(GiveUp):
        await service.call_in(**arguments)


async def test_an_agent_keeps_so_many_browsers_and_each_belongs_to_one(
    pool: AsyncConnectionPool[Any], browser: PushReceiver
) -> None:
    subscriptions = Subscriptions(pool)
    for number in range(SUBSCRIPTIONS_AN_AGENT + 2):
        each = Subscription(
            IDS.new(), SARA, f"https://push.example.com/{number}", browser.point, browser.auth, "sv"
        )
        await subscriptions.keep(each, WISHES, NOW + timedelta(seconds=number))
    kept = [each.endpoint for each in await subscriptions.for_offers(SARA)]
    assert len(kept) == SUBSCRIPTIONS_AN_AGENT
    assert kept[0].endswith(f"/{SUBSCRIPTIONS_AN_AGENT + 1}")
    await subscriptions.drop(IDS.new(), kept[0])
    await subscriptions.drop(SARA, kept[0])
    assert len(await subscriptions.for_offers(SARA)) == SUBSCRIPTIONS_AN_AGENT - 1


def test_keys_that_nothing_can_be_encrypted_to_are_refused() -> None:
    point = encoded(b"\4" + b"\1" * 64)
    for p256dh, auth in ((point, encoded(b"x" * 16)), ("", ""), ("%%%", "x"), (VAPID.public_key, "YQ")):  # fmt: skip  # noqa: E501
        with pytest.raises(Refused):
            browser_keys(p256dh, auth)
    assert browser_keys(VAPID.public_key, encoded(b"x" * 16))[1] == b"x" * 16


def test_our_key_follows_from_the_secret_or_is_the_operators_own() -> None:
    assert private_value(b"a" * 32, None) == private_value(b"a" * 32, None)
    assert 0 < private_value(b"\xff" * 32, None) < P256_ORDER
    assert private_value(b"", encoded((5).to_bytes(32, "big"))) == 5
    with pytest.raises(ValueError, match="VAPID"):
        private_value(b"", encoded(b"\xff" * 32))


def test_every_language_says_both() -> None:
    for language in LANGUAGES:
        title, body = offer_words(language, 8, 5_333, "SEK")
        assert title
        assert "53.33 SEK" in body
        assert all(call_in_words(language))
