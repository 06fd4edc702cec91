"""Tells the company's own systems what happened, without a word of what was written.

Each delivery is a POST of JSON with three headers: `Alltid-Event-Id` (the same in every
try: a receiver that has seen it may drop it), `Alltid-Event-Type`, and
`Alltid-Signature: t=<unix seconds>,v1=<hex>`, the HMAC-SHA256 of "<t>.<body>" under the
shared secret. A receiver checks the signature and that `t` is recent.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from alltid.kernel.clock import Clock
from alltid.storage.jobs import GiveUp, NewJob

TASK: Final = "deliver_webhook"
_TIMEOUT_SECONDS: Final = 10.0
_GONE: Final = 410
_OK: Final = 200
_REDIRECTED: Final = 300


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """What happened, in facts that name nobody: `data` holds ids, times and codes only."""

    id: str
    type: str
    at: datetime
    data: Mapping[str, Any]


class DeliveryFailed(Exception):  # noqa: N818  retried by the job queue
    """The receiver did not answer with a 2xx in time."""


def webhook_job(event: WebhookEvent) -> NewJob:
    """Return the job that delivers `event`; store it with `enqueue_in` beside the event."""
    return NewJob(
        TASK,
        {
            "event_id": event.id,
            "event_type": event.type,
            "at": event.at.isoformat(),
            "data": dict(event.data),
        },
    )


def sign(secret: str, unix_seconds: int, body: bytes) -> str:
    """Return the value of the signature header for `body`."""
    signed = f"{unix_seconds}.".encode() + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={unix_seconds},v1={digest}"


@dataclass(frozen=True, slots=True)
class WebhookSender:
    """Delivers to one address; its `deliver` is the task of the job queue."""

    url: str
    secret: str
    clock: Clock
    timeout_seconds: float = _TIMEOUT_SECONDS

    async def deliver(
        self, *, event_id: str, event_type: str, at: str, data: dict[str, Any]
    ) -> None:
        """Send one event, once.

        Raises DeliveryFailed when it should be tried again, GiveUp when the receiver says
        that it is gone for good (410).
        """
        body = orjson.dumps({"id": event_id, "type": event_type, "at": at, "data": data})
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Alltid-Webhook/1",
            "Alltid-Event-Id": event_id,
            "Alltid-Event-Type": event_type,
            "Alltid-Signature": sign(self.secret, int(self.clock.now().timestamp()), body),
        }
        status = await self._post(body, headers)
        if status == _GONE:
            raise GiveUp("the receiver is gone")
        if not _OK <= status < _REDIRECTED:
            raise DeliveryFailed(f"the receiver answered {status}")

    async def _post(self, body: bytes, headers: Mapping[str, str]) -> int:
        # Loaded with the first delivery: most desks deliver to nobody.
        import httpx

        # Redirects are not followed, and the answer's body is not read: only its status counts.
        try:
            async with (
                httpx.AsyncClient(timeout=self.timeout_seconds) as client,
                client.stream("POST", self.url, content=body, headers=headers) as response,
            ):
                return response.status_code
        except httpx.HTTPError as error:
            raise DeliveryFailed(type(error).__name__) from None
