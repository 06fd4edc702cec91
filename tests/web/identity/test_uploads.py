"""Uploads and downloads over HTTP: whose, how large, how slow, and what browsers may do."""

from __future__ import annotations

import io
import os
from collections.abc import AsyncIterator

import anyio
import httpx
import pytest
from fastapi import FastAPI
from PIL import Image

from alltid.agents.accounts import Agent
from alltid.conversations.attachments import AttachmentLimits, AttachmentTickets, Uploader
from alltid.kernel.clock import ManualClock
from alltid.web import uploads as uploads_routes
from alltid.web.identity.identity import Identity
from alltid.web.uploads import Uploads
from tests.web.identity.people import PASSWORD

pytestmark = pytest.mark.anyio

HERE = "01900000-0000-7000-8000-000000000001"
ELSEWHERE = "01900000-0000-7000-8000-000000000002"
LIMIT = 64 * 1024


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def writers() -> set[tuple[str, Uploader]]:
    """Who may write where, in place of the desk's conversations."""
    return set()


@pytest.fixture
def uploads(app: FastAPI, identity: Identity, writers: set[tuple[str, Uploader]]) -> Uploads:
    async def may_post(conversation_id: str, who: Uploader) -> bool:
        return (conversation_id, who) in writers

    made = Uploads(
        pool=identity.pool,
        identity=identity,
        may_post=may_post,
        tickets=AttachmentTickets(b"k" * 32),
        limits=AttachmentLimits(file_bytes=LIMIT),
    )
    app.state.uploads = made
    app.include_router(uploads_routes.router)
    return made


@pytest.fixture
async def bearer(
    identity: Identity, uploads: Uploads, writers: set[tuple[str, Uploader]]
) -> dict[str, str]:
    """A guest who has the conversation HERE."""
    guest, minted = await identity.new_guest()
    writers.add((HERE, Uploader("customer", guest.id)))
    return {"Authorization": f"Bearer {minted.token}"}


async def upload(
    client: httpx.AsyncClient,
    headers: dict[str, str],
    content: bytes | AsyncIterator[bytes],
    conversation: str = HERE,
) -> httpx.Response:
    return await client.post(
        "/api/customer/attachments",
        params={"conversation": conversation},
        headers=headers,
        content=content,
    )


def code(response: httpx.Response) -> str:
    return str(response.json()["error"]["code"])


async def test_a_picture_there_and_back(
    client: httpx.AsyncClient, uploads: Uploads, bearer: dict[str, str], clock: ManualClock
) -> None:
    headers = {**bearer, "X-File-Name": "kvitto%20%C3%A5.exe", "Content-Type": "text/html"}
    kept = await upload(client, headers, png())
    assert kept.status_code == 201
    body = kept.json()
    assert body == {
        "id": body["id"],
        "name": "kvitto å.exe.png",
        "media_type": "image/png",
        "size_bytes": len(png()),
    }
    url = uploads.tickets.url(body["id"], clock.now())
    shown = await client.get(url)
    assert shown.content == png()
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["content-disposition"] == (
        "inline; filename=\"kvitto _.exe.png\"; filename*=UTF-8''kvitto%20%C3%A5.exe.png"
    )
    assert shown.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["cache-control"].startswith("private")
    clock.advance(6 * 3600)
    assert (await client.get(url)).status_code == 403


async def test_a_page_called_a_picture_is_only_ever_saved_as_text(
    client: httpx.AsyncClient, uploads: Uploads, bearer: dict[str, str], clock: ManualClock
) -> None:
    headers = {**bearer, "X-File-Name": "photo.png", "Content-Type": "image/png"}
    kept = (await upload(client, headers, b"<script>alert(1)</script>")).json()
    assert (kept["name"], kept["media_type"]) == ("photo.png.txt", "text/plain")
    saved = await client.get(uploads.tickets.url(kept["id"], clock.now()))
    assert saved.headers["content-disposition"].startswith("attachment;")
    assert saved.headers["content-type"] == "text/plain; charset=utf-8"


async def test_only_into_ones_own_conversation(
    client: httpx.AsyncClient, identity: Identity, bearer: dict[str, str]
) -> None:
    _, other = await identity.new_guest()
    for headers, conversation in (
        (bearer, ELSEWHERE),
        ({"Authorization": f"Bearer {other.token}"}, HERE),
    ):
        refused = await upload(client, headers, png(), conversation)
        assert (refused.status_code, code(refused)) == (403, "not_yours")
    assert (await upload(client, {}, png())).status_code == 401
    assert (await upload(client, bearer, png(), "not an id")).status_code == 422


async def test_agents_by_cookie_and_from_our_own_pages(
    client: httpx.AsyncClient,
    uploads: Uploads,
    writers: set[tuple[str, Uploader]],
    sara: Agent,
) -> None:
    where = {"conversation": HERE}
    assert (
        await client.post("/api/agent/attachments", params=where, content=png())
    ).status_code == 401
    sign_in = {"email": sara.email, "password": PASSWORD}
    await client.post("/api/sign-in/password", json=sign_in)
    refused = await client.post("/api/agent/attachments", params=where, content=png())
    assert code(refused) == "not_yours"
    writers.add((HERE, Uploader("agent", sara.id)))
    kept = await client.post("/api/agent/attachments", params=where, content=png())
    assert kept.status_code == 201
    foreign = await client.post(
        "/api/agent/attachments",
        params=where,
        content=png(),
        headers={"Origin": "https://evil.example"},
    )
    assert code(foreign) == "foreign_origin"


async def test_too_large_by_its_own_word_and_in_truth(
    client: httpx.AsyncClient, bearer: dict[str, str]
) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(1000):
            read += 8192
            yield b"a" * 8192

    said = await upload(client, bearer, b"a" * (LIMIT + 1))
    assert (said.status_code, code(said)) == (413, "file_too_large")
    for lie in ({}, {"Content-Length": "5"}, {"Content-Length": "nonsense"}):
        read = 0
        true = await upload(client, {**bearer, **lie}, endless())
        assert (true.status_code, code(true)) == (413, "file_too_large")
        assert read <= 3 * LIMIT, "what is too large is not read to its end"


async def test_a_sender_who_falls_silent(
    client: httpx.AsyncClient, uploads: Uploads, bearer: dict[str, str]
) -> None:
    async def silent() -> AsyncIterator[bytes]:
        yield b"a"
        await anyio.sleep(5)
        yield b"b"

    async def dripping() -> AsyncIterator[bytes]:
        while True:
            yield b"a"
            await anyio.sleep(0.02)

    uploads.silence_seconds, uploads.total_seconds = 0.05, 0.3
    for slow in (silent(), dripping()):
        refused = await upload(client, bearer, slow)
        assert (refused.status_code, code(refused)) == (408, "too_slow")
    assert uploads._under_way == 0


async def test_what_is_not_welcome(client: httpx.AsyncClient, bearer: dict[str, str]) -> None:
    for content, status, why in (
        (b"PK\x03\x04" + os.urandom(40), 415, "file_not_welcome"),
        (b"", 415, "file_empty"),
        (png()[:40], 415, "file_not_welcome"),
    ):
        refused = await upload(client, bearer, content)
        assert (refused.status_code, code(refused)) == (status, why)


async def test_uploads_are_bounded_by_sender_and_at_once(
    client: httpx.AsyncClient, uploads: Uploads, bearer: dict[str, str]
) -> None:
    uploads.at_once = 0
    busy = await upload(client, bearer, png())
    assert (busy.status_code, code(busy)) == (503, "uploads_busy")
    uploads.at_once = 8
    statuses = [(await upload(client, bearer, png())).status_code for _ in range(10)]
    assert statuses == [201] * 9 + [429]


async def test_tickets_can_not_be_guessed_or_moved(
    client: httpx.AsyncClient, uploads: Uploads, bearer: dict[str, str], clock: ManualClock
) -> None:
    mine = (await upload(client, bearer, png())).json()["id"]
    other = (await upload(client, bearer, png())).json()["id"]
    ticket = uploads.tickets.url(other, clock.now()).partition("=")[2]
    for token in (ticket, "", "x", "\x00", "é" * 40, "ffffffff" + "0" * 32):
        refused = await client.get(f"/api/attachments/{mine}", params={"token": token})
        assert refused.status_code == 403, token
    assert (await client.get(f"/api/attachments/{mine}")).status_code == 422
    assert (await client.get("/api/attachments/x?token=x")).status_code == 422
    nowhere = uploads.tickets.url(HERE, clock.now())
    assert (await client.get(nowhere)).status_code == 404


async def test_names_can_not_break_headers(
    client: httpx.AsyncClient, uploads: Uploads, bearer: dict[str, str], clock: ManualClock
) -> None:
    for encoded in ("a%0d%0aSet-Cookie%3a%20x%3dy", "%22;%20x=%22", "%ff%fe", "%ED%A0%80", "%00"):
        kept = (await upload(client, {**bearer, "X-File-Name": encoded}, b"hello")).json()
        saved = await client.get(uploads.tickets.url(kept["id"], clock.now()))
        assert saved.status_code == 200
        assert "set-cookie" not in saved.headers
        assert saved.headers["content-disposition"].count('"') == 2
