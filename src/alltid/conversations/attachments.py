"""Files and pictures of a conversation: kept in the database, used in one message each."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, Protocol

from anyio import CapacityLimiter, to_thread
from psycopg_pool import AsyncConnectionPool

from alltid.conversations.events import Attachment
from alltid.conversations.file_check import CheckedFile, checked, safe_file_name
from alltid.kernel.ids import is_id
from alltid.kernel.refusal import Refused
from alltid.storage.queries import load_queries

UNUSED_KEPT: Final = timedelta(hours=24)
_SQL: Final = load_queries("alltid.conversations", "attachments.sql")
_TICKET_LIFE: Final = timedelta(hours=4)
_TICKET_STEP_SECONDS: Final = 3600
_EXPIRY_CHARACTERS: Final = 8
_MAC_CHARACTERS: Final = 32
_DELETED_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Uploader:
    """Who brings or shows a file."""

    kind: Literal["customer", "agent"]
    id: str


class MayPost(Protocol):
    """Tells whether someone may write in a conversation right now."""

    async def __call__(self, conversation_id: str, who: Uploader) -> bool:
        """Return True for its customer and for the agent who has it, else False."""
        ...


@dataclass(frozen=True, slots=True)
class AttachmentLimits:
    """What a file and all files of a conversation may take."""

    file_bytes: int = 10 * 1024 * 1024
    conversation_bytes: int = 100 * 1024 * 1024
    conversation_files: int = 100


@dataclass(frozen=True, slots=True)
class AttachmentContent:
    """A stored file, ready to be sent."""

    name: str
    media_type: str
    sha256: bytes
    content: bytes


@dataclass(slots=True)
class FileChecker:
    """Checks contents one after another, off the event loop: a large picture unpacks to 160 MB."""

    _limiter: CapacityLimiter | None = None

    async def check(self, content: bytes) -> CheckedFile:
        """Return what the content proves to be and may be kept. Refused as `checked` does."""
        if self._limiter is None:  # made here because it belongs to the running event loop
            self._limiter = CapacityLimiter(1)
        return await to_thread.run_sync(checked, content, limiter=self._limiter)


async def add_attachment(  # noqa: PLR0913  a file has this many facts
    pool: AsyncConnectionPool[Any],
    checker: FileChecker,
    limits: AttachmentLimits,
    *,
    attachment_id: str,
    conversation_id: str,
    uploader: Uploader,
    name: str,
    content: bytes,
    now: datetime,
) -> Attachment:
    """Check and keep a file. Whether the uploader may write there is the caller's question.

    Refused with `file_empty`, `file_too_large`, `file_not_welcome`, `picture_too_large` or
    `conversation_full`.
    """
    check_size(len(content), limits)
    if not content:
        raise Refused("file_empty", "This file is empty.")
    file = await checker.check(content)
    parameters = {
        "id": attachment_id,
        "conversation": conversation_id,
        "uploader_kind": uploader.kind,
        "uploader": uploader.id,
        "name": safe_file_name(name, file.media_type),
        "media_type": file.media_type,
        "size_bytes": len(file.content),
        "sha256": hashlib.sha256(file.content).digest(),
        "content": file.content,
        "count_max": limits.conversation_files,
        "total_bytes_max": limits.conversation_bytes,
        "now": now,
    }
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(_SQL["one_upload_at_a_time"], {"conversation": conversation_id})
        cursor = await connection.execute(_SQL["add_attachment"], parameters)
        if await cursor.fetchone() is None:
            message = "This conversation holds as many files as it can. Describe it in words."
            raise Refused("conversation_full", message)
    return Attachment(attachment_id, str(parameters["name"]), file.media_type, len(file.content))


async def use_attachments(
    pool: AsyncConnectionPool[Any],
    ids: Sequence[str],
    *,
    conversation_id: str,
    uploader: Uploader,
    client_id: str,
) -> tuple[Attachment, ...]:
    """Bind files to the one message that shows them, and return them in its order.

    Doing it again for the same message (`client_id`) changes nothing, so it may come
    before the message is stored and be repeated with it. Refused with
    `attachment_unknown` for any that is someone else's, of another conversation or used
    already; none is bound then.
    """
    unknown = Refused("attachment_unknown", "A file of this message is not there. Add it again.")
    if not ids:
        return ()
    if len(set(ids)) != len(ids) or not all(map(is_id, ids)):
        raise unknown
    parameters = {
        "ids": list(ids),
        "conversation": conversation_id,
        "uploader_kind": uploader.kind,
        "uploader": uploader.id,
        "client_id": client_id,
    }
    async with pool.connection() as connection, connection.transaction():
        cursor = await connection.execute(_SQL["use_attachments"], parameters)
        found = {row[0]: Attachment(*row) for row in await cursor.fetchall()}
        if len(found) != len(ids):
            raise unknown
    return tuple(found[each] for each in ids)


async def read_attachment(
    pool: AsyncConnectionPool[Any], attachment_id: str
) -> AttachmentContent | None:
    """Return a file with its content, or None."""
    async with pool.connection() as connection:
        cursor = await connection.execute(_SQL["attachment_content"], {"id": attachment_id})
        row = await cursor.fetchone()
    return None if row is None else AttachmentContent(*row)


async def delete_unused(pool: AsyncConnectionPool[Any], now: datetime) -> int:
    """Delete some files that no message has shown for a day; return how many (100 at most)."""
    parameters = {"before": now - UNUSED_KEPT, "limit": _DELETED_AT_ONCE}
    async with pool.connection() as connection:
        cursor = await connection.execute(_SQL["delete_unused"], parameters)
    return int(cursor.rowcount)


@dataclass(frozen=True, slots=True)
class AttachmentTickets:
    """Signed tickets that open one file for a few hours, for whoever holds the address.

    Pictures are shown by `<img>`, which carries no token; so the address is the key. It
    is handed out only with the transcript, to those who may read it.
    """

    key: bytes

    def url(self, attachment_id: str, now: datetime) -> str:
        """Return the address of a file, good for four to five hours.

        The expiry is on the hour, so that the address stays the same for a while and the
        browser's cache works.
        """
        until = int((now + _TICKET_LIFE).timestamp())
        expiry = format(-(-until // _TICKET_STEP_SECONDS) * _TICKET_STEP_SECONDS, "08x")
        ticket = expiry + self._mac(attachment_id, expiry)
        return f"/api/attachments/{attachment_id}?token={ticket}"

    def opens(self, ticket: str, attachment_id: str, now: datetime) -> bool:
        """Tell whether the ticket is ours, for this file, and still good."""
        expiry, mac = ticket[:_EXPIRY_CHARACTERS], ticket[_EXPIRY_CHARACTERS:]
        right = self._mac(attachment_id, expiry)
        # Bytes, because compare_digest takes text only if it is ASCII.
        if not hmac.compare_digest(mac.encode("utf-8", "replace"), right.encode()):
            return False
        return now < datetime.fromtimestamp(int(expiry, 16), UTC)

    def _mac(self, attachment_id: str, expiry: str) -> str:
        text = f"{attachment_id}/{expiry}".encode("utf-8", "replace")
        return hmac.new(self.key, text, hashlib.sha256).hexdigest()[:_MAC_CHARACTERS]


def check_size(size_bytes: int, limits: AttachmentLimits) -> None:
    """Refuse with `file_too_large` what is over the limit for one file."""
    if size_bytes > limits.file_bytes:
        limit = limits.file_bytes / (1024 * 1024)
        message = f"This file is larger than {limit:g} MB, which is the limit."
        raise Refused("file_too_large", message)
