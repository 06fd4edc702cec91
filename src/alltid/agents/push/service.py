"""Tells agents whose page is closed: offers at once, call-ins through the jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import psycopg
import psycopg_pool
import structlog

from alltid.agents.push.sender import NotDelivered, Notification, PushSender, SubscriptionGone
from alltid.agents.push.subscriptions import Subscriptions
from alltid.agents.push.words import call_in_words, offer_words
from alltid.storage.jobs import GiveUp, NewJob

log = structlog.get_logger(__name__)

TASK: Final = "push_call_in"
# An offer lives for seconds: what doesn't fit is of no use a moment later.
OFFERS_WAITING: Final = 2_000
SENDING_AT_ONCE: Final = 20
# An open page shows the offer itself; a page in the background may not.
SEEN_WITHIN_SECONDS: Final = 3.0
# Pauses between tries of a call-in, in seconds; it is of use for half an hour.
CALL_IN_PAUSES: Final = (5, 30, 120)
PAGE: Final = "/agent"


class PushService:
    """Sends what is to be told, in bounds."""

    def __init__(
        self,
        subscriptions: Subscriptions,
        sender: PushSender,
        public_key: str,
        is_connected: Callable[[str], bool],
        *,
        time_zone: str = "UTC",
    ) -> None:
        """`is_connected` tells whether an agent has a page open here; the zone is the desk's."""
        self.subscriptions = subscriptions
        self.sender = sender
        self.public_key = public_key
        self.time_zone = time_zone
        self._is_connected = is_connected
        self._offers: asyncio.Queue[tuple[str, Mapping[str, Any]]] = asyncio.Queue(OFFERS_WAITING)

    def offer_made(self, agent_id: str, offer: Mapping[str, Any]) -> None:
        """Tell of an offer (id, expected_minutes, pay_minor, currency, expires_at), soon."""
        try:
            self._offers.put_nowait((agent_id, offer))
        except asyncio.QueueFull:
            log.warning("push_dropped", offer=offer["id"])

    async def run(self) -> None:
        """Send, a few at once, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(SENDING_AT_ONCE):
                group.create_task(self._send_offers())

    async def call_in(self, *, subscription_id: str, expires_at: str) -> None:
        """Send one call-in: the task of the job queue.

        Raises:
            NotDelivered: it should be tried again.
            GiveUp: it is of no use any more.
        """
        subscription = await self.subscriptions.find(subscription_id)
        if subscription is None:
            raise GiveUp("the subscription is gone")
        title, body = call_in_words(subscription.language)
        until = datetime.fromisoformat(expires_at)
        notification = Notification("call_in", title, body, "call_in", PAGE, until)
        try:
            await self.sender.send(subscription, notification, urgency="normal")
        except SubscriptionGone:
            await self.subscriptions.gone(subscription_id)

    async def _send_offers(self) -> None:
        while True:
            agent_id, offer = await self._offers.get()
            try:
                await self._send_offer(agent_id, offer)
            except (psycopg.Error, psycopg_pool.PoolTimeout, OSError) as error:
                log.warning("push_failed", offer=offer["id"], error=type(error).__name__)

    async def _send_offer(self, agent_id: str, offer: Mapping[str, Any]) -> None:
        if self._is_connected(agent_id):
            await asyncio.sleep(SEEN_WITHIN_SECONDS)
            if not await self.subscriptions.still_unseen(offer["id"]):
                return
        for subscription in await self.subscriptions.for_offers(agent_id):
            title, body = offer_words(
                subscription.language,
                offer["expected_minutes"],
                offer["pay_minor"],
                offer["currency"],
            )
            notification = Notification(
                "offer", title, body, f"offer:{offer['id']}", PAGE, offer["expires_at"]
            )
            try:
                await self.sender.send(subscription, notification)
            except SubscriptionGone:
                await self.subscriptions.gone(subscription.id)
            except NotDelivered as failed:
                log.info("push_not_delivered", offer=offer["id"], why=str(failed))


def call_in_job(subscription_id: str, expires_at: datetime) -> NewJob:
    """Return the job that calls an agent in on one browser."""
    arguments = {"subscription_id": subscription_id, "expires_at": expires_at.isoformat()}
    return NewJob(TASK, arguments)
