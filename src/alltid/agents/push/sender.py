"""One notification on its way: encrypted for one browser (RFC 8291), sent once, in bounds.

The address comes from a browser, so it is believed no further than that: https only, no redirects,
and only to public addresses. Its name is looked up once, and the connection goes to the very
address that was checked.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import orjson
from cryptography.hazmat.primitives.asymmetric import ec

from alltid.agents.push.encryption import SALT_BYTES, encrypt
from alltid.agents.push.subscriptions import Subscription
from alltid.agents.push.vapid import Vapid
from alltid.kernel.clock import Clock
from alltid.kernel.refusal import Refused

TIMEOUT_SECONDS: Final = 5.0
# Push services take at least 4,096 bytes; ours are a tenth of that.
PAYLOAD_BYTES_MAX: Final = 2_000
ENDPOINT_CHARACTERS_MAX: Final = 2_000
_HTTPS_PORT: Final = 443
_GONE: Final = frozenset({404, 410})


class NotDelivered(Exception):  # noqa: N818  tried again, or not
    """The push service did not take it."""


class SubscriptionGone(Exception):  # noqa: N818  what the push service says
    """The browser no longer takes notifications there."""


@dataclass(frozen=True, slots=True)
class Notification:
    """What an agent is told; it names nobody."""

    kind: str
    title: str
    body: str
    tag: str
    url: str
    expires_at: datetime

    def payload(self) -> bytes:
        """Write it as the service worker reads it."""
        shown: Mapping[str, Any] = {
            "kind": self.kind,
            "title": self.title,
            "body": self.body,
            "tag": self.tag,
            "url": self.url,
            "expires_at": self.expires_at.isoformat(),
        }
        content = orjson.dumps(shown)
        assert len(content) <= PAYLOAD_BYTES_MAX  # noqa: S101  our own words are short
        return content


class PushSender:
    """Sends to push services. `private_addresses` lets it reach one in the own network."""

    def __init__(self, vapid: Vapid, clock: Clock, *, private_addresses: bool = False) -> None:
        """Sign as `vapid`."""
        self._vapid = vapid
        self._clock = clock
        self._private_addresses = private_addresses

    def check_endpoint(self, endpoint: str) -> None:
        """Refuse an address that can't be a push service's; the network isn't asked yet.

        Raises:
            Refused: it isn't one.
        """
        parts = _parts(endpoint)
        schemes = {"https", "http"} if self._private_addresses else {"https"}
        if (
            parts is None
            or parts.scheme not in schemes
            or not parts.hostname
            or parts.username is not None
            or len(endpoint) > ENDPOINT_CHARACTERS_MAX
            or not endpoint.isascii()
            or (_is_address(parts.hostname) and not self._allowed(parts.hostname))
        ):
            raise Refused("bad_subscription", "Notifications can't be sent to this address.")

    async def send(
        self, subscription: Subscription, notification: Notification, urgency: str = "high"
    ) -> None:
        """Send one notification, once, for as long as it is of use.

        Raises:
            SubscriptionGone: the browser takes no more.
            NotDelivered: it was not taken, or is of no use any more.
        """
        # Loaded with the first notification: many desks send none.
        import httpx

        now = self._clock.now()
        ttl_seconds = int((notification.expires_at - now).total_seconds())
        if ttl_seconds <= 0:
            raise NotDelivered("too late")
        body = encrypt(
            notification.payload(),
            browser_key=subscription.p256dh,
            auth_secret=subscription.auth,
            own_key=ec.generate_private_key(ec.SECP256R1()),
            salt=os.urandom(SALT_BYTES),
        )
        headers = {
            "Authorization": self._vapid.authorization(subscription.endpoint, now),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(ttl_seconds),
            "Urgency": urgency,
        }
        try:
            self.check_endpoint(subscription.endpoint)
            async with asyncio.timeout(TIMEOUT_SECONDS):
                status = await self._post(subscription.endpoint, body, headers)
        except (httpx.HTTPError, OSError, TimeoutError, Refused) as error:
            raise NotDelivered(type(error).__name__) from None
        if status in _GONE:
            raise SubscriptionGone
        if not httpx.codes.is_success(status):
            raise NotDelivered(str(status))

    async def _post(self, endpoint: str, body: bytes, headers: Mapping[str, str]) -> int:
        import httpx

        parts = urlsplit(endpoint)
        host = parts.hostname or ""
        address = await self._address_of(host, parts.port or _HTTPS_PORT)
        shown = f"[{address}]" if ":" in address else address
        netloc = f"{shown}:{parts.port}" if parts.port else shown
        url = urlunsplit((parts.scheme, netloc, parts.path, parts.query, ""))
        # The certificate is held against the name, though the connection goes to the address.
        async with (
            httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False) as client,
            client.stream(
                "POST",
                url,
                content=body,
                headers={**headers, "Host": parts.netloc},
                extensions={"sni_hostname": host},
            ) as response,
        ):
            return response.status_code

    async def _address_of(self, host: str, port: int) -> str:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(each[4][0]) for each in found]
        if not addresses or not all(self._allowed(each) for each in addresses):
            raise OSError("no public address")
        return addresses[0]

    def _allowed(self, address: str) -> bool:
        if self._private_addresses:
            return True
        found = ipaddress.ip_address(address.partition("%")[0])
        mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
        found = mapped or found
        return found.is_global and not found.is_multicast


def _parts(endpoint: str) -> Any:
    try:
        parts = urlsplit(endpoint)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
