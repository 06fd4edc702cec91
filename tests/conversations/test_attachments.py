"""Files belong to one uploader, one conversation and one message."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg_pool import AsyncConnectionPool

from alltid.conversations.attachments import (
    AttachmentLimits,
    AttachmentTickets,
    FileChecker,
    Uploader,
    add_attachment,
    delete_unused,
    read_attachment,
    use_attachments,
)
from alltid.conversations.events import Attachment
from alltid.kernel.clock import ManualClock
from alltid.kernel.ids import SeededIds
from alltid.kernel.refusal import Refused
from alltid.storage.database import open_pool

NOW = ManualClock().now()
IDS = SeededIds(2)
ASTRID = Uploader("customer", IDS.new())
SARA = Uploader("agent", IDS.new())
TICKETS = AttachmentTickets(b"k" * 32)


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[AsyncConnectionPool[Any]]:
    made = await open_pool(database_url, min_size=1, max_size=4)
    yield made
    await made.close()


async def add(
    pool: AsyncConnectionPool[Any],
    conversation: str,
    *,
    uploader: Uploader = ASTRID,
    content: bytes = b"hello",
    limits: AttachmentLimits | None = None,
) -> Attachment:
    return await add_attachment(
        pool,
        FileChecker(),
        limits or AttachmentLimits(),
        attachment_id=IDS.new(),
        conversation_id=conversation,
        uploader=uploader,
        name="note.txt",
        content=content,
        now=NOW,
    )


async def use(pool: Any, ids: list[str], conversation: str, **changes: Any) -> Any:
    who = {"uploader": ASTRID, "client_id": "message-1", **changes}
    return await use_attachments(pool, ids, conversation_id=conversation, **who)


@pytest.mark.anyio
async def test_a_file_is_shown_in_one_message_of_its_uploader(pool: Any) -> None:
    here, elsewhere = IDS.new(), IDS.new()
    first, second = await add(pool, here), await add(pool, here)
    ids = [second.id, first.id]
    for wrong in ({"uploader": SARA}, {"uploader": Uploader("agent", ASTRID.id)}):
        with pytest.raises(Refused, match="not there"):
            await use(pool, ids, here, **wrong)
    for odd in ([*ids, IDS.new()], [first.id, first.id], ["x"], ["\x00"]):
        with pytest.raises(Refused, match="not there"):
            await use(pool, odd, here)
    with pytest.raises(Refused, match="not there"):
        await use(pool, ids, elsewhere)
    assert await use(pool, ids, here) == (second, first)
    assert await use(pool, ids, here) == (second, first), "the message came again"
    with pytest.raises(Refused, match="not there"):
        await use(pool, [first.id], here, client_id="message-2")
    assert await use(pool, [], here) == ()


@pytest.mark.anyio
async def test_one_unknown_file_binds_none(pool: Any) -> None:
    here = IDS.new()
    mine, saras = await add(pool, here), await add(pool, here, uploader=SARA)
    with pytest.raises(Refused):
        await use(pool, [mine.id, saras.id], here)
    assert await use(pool, [mine.id], here, client_id="message-2") == (mine,)


@pytest.mark.anyio
async def test_a_conversation_holds_so_much_even_under_haste(pool: Any) -> None:
    here, results = IDS.new(), []
    limits = AttachmentLimits(conversation_files=3)

    async def one() -> None:
        try:
            await add(pool, here, limits=limits)
            results.append("kept")
        except Refused as refused:
            results.append(refused.code)

    async with anyio.create_task_group() as group:
        for _ in range(8):
            group.start_soon(one)
    assert sorted(results) == ["conversation_full"] * 5 + ["kept"] * 3
    await add(pool, IDS.new(), limits=limits)
    bytes_limit = AttachmentLimits(conversation_bytes=9)
    other = IDS.new()
    await add(pool, other, limits=bytes_limit)
    with pytest.raises(Refused, match="as many files as it can"):
        await add(pool, other, limits=bytes_limit)


@pytest.mark.anyio
async def test_empty_and_large_files(pool: Any) -> None:
    for content, code in ((b"", "file_empty"), (b"a" * 1025, "file_too_large")):
        with pytest.raises(Refused) as refused:
            await add(pool, IDS.new(), content=content, limits=AttachmentLimits(file_bytes=1024))
        assert refused.value.code == code


@pytest.mark.anyio
async def test_files_that_no_message_showed_go_after_a_day(pool: Any) -> None:
    here = IDS.new()
    shown, forgotten = await add(pool, here), await add(pool, here)
    await use(pool, [shown.id], here)
    assert await delete_unused(pool, NOW + timedelta(hours=24)) == 0
    assert await delete_unused(pool, NOW + timedelta(hours=24, seconds=1)) == 1
    assert await read_attachment(pool, forgotten.id) is None
    kept = await read_attachment(pool, shown.id)
    assert kept is not None
    assert (kept.content, kept.name) == (b"hello", "note.txt")


def test_a_ticket_opens_its_own_file_for_some_hours() -> None:
    one, other = IDS.new(), IDS.new()
    url = TICKETS.url(one, NOW)
    assert url.startswith(f"/api/attachments/{one}?token=")
    ticket = url.partition("=")[2]
    assert TICKETS.url(one, NOW + timedelta(seconds=0)) == url, "so that caches work"
    assert TICKETS.opens(ticket, one, NOW + timedelta(hours=4) - timedelta(seconds=1))
    assert not TICKETS.opens(ticket, one, NOW + timedelta(hours=5))
    assert not TICKETS.opens(ticket, other, NOW)
    assert not AttachmentTickets(b"x" * 32).opens(ticket, one, NOW)
    later = format(int(ticket[:8], 16) + 3600, "08x") + ticket[8:]
    assert not TICKETS.opens(later, one, NOW)


@given(st.text())
def test_no_other_ticket_opens_anything(ticket: str) -> None:
    assert not TICKETS.opens(ticket, "0" * 36, NOW)
