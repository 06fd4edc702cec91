"""Files coming in (raw bytes, bounded while they are read) and going out (by ticket)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, Any, Final
from urllib.parse import quote, unquote
from uuid import UUID

import anyio
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel
from starlette.requests import ClientDisconnect

from alltid.conversations.attachments import (
    AttachmentLimits,
    AttachmentTickets,
    FileChecker,
    MayPost,
    Uploader,
    add_attachment,
    check_size,
    read_attachment,
)
from alltid.conversations.events import Attachment
from alltid.conversations.file_check import PICTURE_TYPES
from alltid.kernel.refusal import Refused
from alltid.web.errors import WebError, error_docs
from alltid.web.identity.identity import (
    Identity,
    current_agent,
    current_customer,
    identity_of,
    own_page,
)

router = APIRouter(tags=["attachments"], responses=error_docs(503))

_STATUS_OF: Final = {
    "file_too_large": 413,
    "picture_too_large": 413,
    "file_not_welcome": 415,
    "file_empty": 415,
    "conversation_full": 409,
}
_UPLOAD_DOCS: Final = error_docs(401, 403, 408, 409, 413, 415, 422, 429)
_RAW_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "The file's bytes. What it is is told by them, not by Content-Type.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
    "parameters": [
        {
            "name": "X-File-Name",
            "in": "header",
            "required": False,
            "description": "The file's name, percent-encoded UTF-8.",
            "schema": {"type": "string"},
        }
    ],
}
_HEADER_CHARACTERS_MAX: Final = 1000


class StoredAttachment(BaseModel):
    """A file that is kept and can be shown in one message."""

    id: str
    name: str
    media_type: str
    size_bytes: int


@dataclass(slots=True)
class Uploads:
    """What the routes need. One per process; the desk puts it at `app.state.uploads`.

    `at_once` uploads are read at a time and hold their bytes in memory; more are turned
    away with 503, to come again in a moment.
    """

    pool: AsyncConnectionPool[Any]
    identity: Identity
    may_post: MayPost
    tickets: AttachmentTickets
    limits: AttachmentLimits
    at_once: int = 8
    silence_seconds: float = 10.0
    total_seconds: float = 120.0
    checker: FileChecker = field(default_factory=FileChecker)
    _under_way: int = field(init=False, default=0)

    async def receive(
        self, request: Request, conversation_id: str, uploader: Uploader
    ) -> Attachment:
        """Read, check and keep the file in the body; raises WebError."""
        try:
            return await self._receive(request, conversation_id, uploader)
        except WebError as error:
            # A browser that is still sending reads no answer and reports a broken line.
            if error.status != HTTPStatus.REQUEST_TIMEOUT:
                await self._discard(request)
            raise

    async def _receive(
        self, request: Request, conversation_id: str, uploader: Uploader
    ) -> Attachment:
        self.identity.limit(self.identity.limits.uploads, (uploader.kind, uploader.id))
        if not await self.may_post(conversation_id, uploader):
            raise WebError(403, "not_yours", "You can't add files to this conversation.")
        async with self._slot():
            try:
                content = await self._body(request)
                return await add_attachment(
                    self.pool,
                    self.checker,
                    self.limits,
                    attachment_id=self.identity.ids.new(),
                    conversation_id=conversation_id,
                    uploader=uploader,
                    name=_file_name(request),
                    content=content,
                    now=self.identity.clock.now(),
                )
            except Refused as refused:
                status = _STATUS_OF.get(refused.code, 409)
                raise WebError(status, refused.code, refused.message) from None

    async def _discard(self, request: Request) -> None:
        discarded = 0
        with anyio.move_on_after(self.silence_seconds), suppress(ClientDisconnect, RuntimeError):
            async for chunk in request.stream():
                discarded += len(chunk)
                if discarded > self.limits.file_bytes:
                    return

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        if self._under_way >= self.at_once:
            message = "Many files arrive right now. Send this one again in a moment."
            raise WebError(503, "uploads_busy", message, 3)
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    async def _body(self, request: Request) -> bytes:
        # The declared length only spares work; what counts is what arrives.
        declared = request.headers.get("content-length", "")
        if declared.isascii() and declared.isdigit() and len(declared) < 20:  # noqa: PLR2004
            check_size(int(declared), self.limits)
        body = bytearray()
        chunks = request.stream()
        try:
            with anyio.fail_after(self.total_seconds):
                while True:
                    with anyio.fail_after(self.silence_seconds):
                        chunk = await anext(chunks, None)
                    if chunk is None:
                        return bytes(body)
                    body += chunk
                    check_size(len(body), self.limits)
        except TimeoutError:
            message = "The file came too slowly. Send it again when the connection is better."
            raise WebError(408, "too_slow", message) from None
        except ClientDisconnect:
            raise WebError(408, "left", "The connection ended before the file was here.") from None


def uploads_of(request: Request) -> Uploads:
    """Return the app's Uploads, which the desk put at `app.state.uploads`."""
    uploads = request.app.state.uploads
    assert isinstance(uploads, Uploads)  # noqa: S101  the desk puts it there at start
    return uploads


_Uploads = Annotated[Uploads, Depends(uploads_of)]
_Conversation = Annotated[UUID, Query(description="The conversation that the file belongs to.")]


@router.post(
    "/api/customer/attachments",
    status_code=201,
    responses=_UPLOAD_DOCS,
    openapi_extra=_RAW_BODY,
)
async def customer_upload(
    request: Request, uploads: _Uploads, conversation: _Conversation
) -> StoredAttachment:
    """Add a file to one's own conversation (bearer token)."""
    customer = await current_customer(request)
    uploader = Uploader("customer", customer.id)
    return _shown(await uploads.receive(request, str(conversation), uploader))


@router.post(
    "/api/agent/attachments",
    status_code=201,
    dependencies=[Depends(own_page)],
    responses=_UPLOAD_DOCS,
    openapi_extra=_RAW_BODY,
)
async def agent_upload(
    request: Request, uploads: _Uploads, conversation: _Conversation
) -> StoredAttachment:
    """Add a file to a conversation that one has (agent's cookie)."""
    signed_in = await current_agent(request)
    uploader = Uploader("agent", signed_in.agent.id)
    return _shown(await uploads.receive(request, str(conversation), uploader))


@router.get(
    "/api/attachments/{attachment_id}",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {}}, "description": "The file."},
        **error_docs(403, 404, 422),
    },
)
async def download(
    request: Request,
    uploads: _Uploads,
    attachment_id: UUID,
    token: Annotated[str, Query(max_length=100, description="The ticket from the transcript.")],
) -> Response:
    """Return a file to whoever holds its ticket; only proven pictures are shown in place."""
    now = identity_of(request).clock.now()
    if not uploads.tickets.opens(token, str(attachment_id), now):
        message = "This address has run out. Open the conversation again for a new one."
        raise WebError(403, "ticket_refused", message)
    found = await read_attachment(uploads.pool, str(attachment_id))
    if found is None:
        raise WebError(404, "not_found", "This file is not there.")
    picture = found.media_type in PICTURE_TYPES
    return Response(
        found.content,
        media_type=f"{found.media_type}; charset=utf-8"
        if found.media_type == "text/plain"
        else found.media_type,
        headers={
            "Content-Disposition": _disposition(found.name, inline=picture),
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "private, max-age=3600, immutable",
            "ETag": f'"{found.sha256.hex()}"',
        },
    )


def _shown(kept: Attachment) -> StoredAttachment:
    return StoredAttachment(
        id=kept.id, name=kept.name, media_type=kept.media_type, size_bytes=kept.size
    )


def _file_name(request: Request) -> str:
    encoded = request.headers.get("x-file-name", "")[:_HEADER_CHARACTERS_MAX]
    return unquote(encoded, errors="replace")


def _disposition(name: str, *, inline: bool) -> str:
    kind = "inline" if inline else "attachment"
    plain = "".join(c if c.isascii() and (c.isalnum() or c in " ._-") else "_" for c in name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
