"""Notifications to agents: offers at once, call-ins while too few are online."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta

from alltid.agents.push.sender import PushSender
from alltid.agents.push.service import CALL_IN_PAUSES, TASK, PushService
from alltid.agents.push.subscriptions import Subscriptions
from alltid.agents.push.vapid import Vapid, private_value
from alltid.desk.dispatching import Hooks
from alltid.desk.part import Ground, Part
from alltid.dispatch.call_ins import CallIns, forget_call_ins
from alltid.dispatch.dispatcher import OfferMade
from alltid.dispatch.queue import Line


def push_part(ground: Ground) -> Part:
    """Put keys, sender and loops together."""
    settings = ground.settings
    own_key = settings.push_private_key
    value = private_value(
        ground.key_for("web push"), own_key.get_secret_value() if own_key else None
    )
    vapid = Vapid(value, settings.push_contact or settings.own_url)
    sender = PushSender(vapid, ground.clock, private_addresses=settings.push_private_addresses)
    service = PushService(
        Subscriptions(ground.pool),
        sender,
        vapid.public_key,
        lambda agent_id: bool(ground.hub.sessions_of(agent_id)),
        time_zone=settings.time_zone,
    )
    ground.jobs.add_task(TASK, service.call_in, CALL_IN_PAUSES)
    ground.jobs.add_sweep("call-ins", forget_call_ins)
    lines: list[Line] = []

    def keep(line: Line) -> None:
        lines[:] = [line]

    async def start() -> None:
        ground.hub.watch_line(keep)

    calls = CallIns(
        ground.pool,
        ground.clock,
        ground.ids,
        lambda: lines[0] if lines else None,
        pause=timedelta(minutes=settings.call_in_pause_minutes),
        promise_seconds=settings.answer_target_seconds,
    )

    def hook(hooks: Hooks) -> None:
        def tell(offers: Sequence[OfferMade]) -> None:
            for each in offers:
                service.offer_made(each.agent_id, asdict(each))

        hooks.on_offers.append(tell)

    return Part(
        "push",
        service,
        loops={"push": service.run, "call-ins": calls.run},
        start=start,
        on_hooks=hook,
    )
