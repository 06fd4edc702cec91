"""Where agents' browsers take notifications, and of what: the rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from psycopg_pool import AsyncConnectionPool

from alltid.agents.push.vapid import decoded
from alltid.kernel.refusal import Refused
from alltid.storage.queries import load_queries

QUERIES: Final = load_queries("alltid.agents.push", "push.sql")
# A phone, a computer or two, and browsers that were forgotten: the oldest goes.
SUBSCRIPTIONS_AN_AGENT: Final = 10
_AUTH_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Subscription:
    """One browser of an agent: where it is reached, and the keys that only it can read by."""

    id: str
    agent_id: str
    endpoint: str
    p256dh: bytes
    auth: bytes
    language: str


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an agent wants to be told of on one browser, and when never to be called in."""

    offers: bool
    call_ins: bool
    language: str
    quiet_from_minute: int
    quiet_to_minute: int
    time_zone: str


def browser_keys(p256dh: str, auth: str) -> tuple[bytes, bytes]:
    """Read a browser's public key and secret.

    Raises:
        Refused: they are none that could be encrypted to.
    """
    try:
        point, secret = decoded(p256dh), decoded(auth)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        point, secret = b"", b""
    if len(secret) != _AUTH_BYTES:
        raise Refused("bad_subscription", "This browser's keys can't be used for notifications.")
    return point, secret


class Subscriptions:
    """The table of subscriptions."""

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        """Stand on an open pool."""
        self._pool = pool

    async def keep(self, subscription: Subscription, wishes: Wishes, now: datetime) -> None:
        """Store a subscription, or what is wished of it from now on."""
        parameters = {
            "id": subscription.id,
            "agent_id": subscription.agent_id,
            "endpoint": subscription.endpoint,
            "p256dh": subscription.p256dh,
            "auth": subscription.auth,
            "language": wishes.language,
            "offers": wishes.offers,
            "call_ins": wishes.call_ins,
            "quiet_from": wishes.quiet_from_minute,
            "quiet_to": wishes.quiet_to_minute,
            "time_zone": wishes.time_zone,
            "now": now,
            "kept": SUBSCRIPTIONS_AN_AGENT,
        }
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(QUERIES["keep"], parameters)
            await connection.execute(QUERIES["drop_oldest"], parameters)

    async def drop(self, agent_id: str, endpoint: str) -> None:
        """Forget one of an agent's subscriptions."""
        await self._execute("drop", agent_id=agent_id, endpoint=endpoint)

    async def gone(self, subscription_id: str) -> None:
        """Forget a subscription that its push service no longer knows."""
        await self._execute("gone", id=subscription_id)

    async def for_offers(self, agent_id: str) -> list[Subscription]:
        """Return the browsers on which an agent wants to hear of offers."""
        return await self._all("for_offers", agent_id=agent_id)

    async def find(self, subscription_id: str) -> Subscription | None:
        """Return one, or None when it is gone."""
        found = await self._all("find", id=subscription_id)
        return found[0] if found else None

    async def still_unseen(self, offer_id: str) -> bool:
        """Tell whether an offer is open and was on no screen yet."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES["still_unseen"], {"id": offer_id})
            return await cursor.fetchone() is not None

    async def _all(self, query: str, **parameters: object) -> list[Subscription]:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES[query], parameters)
            return [Subscription(*row) for row in await cursor.fetchall()]

    async def _execute(self, query: str, **parameters: object) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES[query], parameters)
