"""What leads steer dispatching by: the policy, the plan of capacity, honest waits, the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from alltid.desk.dispatching import Hooks
from alltid.desk.part import Ground, Part
from alltid.dispatch.offer_log import OfferLog
from alltid.dispatch.policies import CHANNEL, PolicyBook
from alltid.dispatch.policy import Policy
from alltid.dispatch.staffing import Staffing
from alltid.dispatch.wait_honesty import WaitHonesty
from alltid.web.steered import Steering


def steering_part(ground: Ground) -> Part:
    """Put it together; dispatching asks it for the policy and for what an agent is promised."""
    settings, pool, clock = ground.settings, ground.pool, ground.clock
    policies = PolicyBook(pool, clock, Policy.within(settings.answer_target_seconds))
    staffing = Staffing(pool, clock, policies, settings.guaranteed_agents_least)
    honesty = WaitHonesty(pool, clock)

    async def start() -> None:
        await policies.start()
        await staffing.refresh()
        ground.hub.watch_line(honesty.line_changed)

    def hook(hooks: Hooks) -> None:
        hooks.policy_now = policies.refresh
        hooks.capacity = staffing

    notices: Mapping[str, Callable[[Mapping[str, Any]], None]] = {CHANNEL: policies.noticed}
    return Part(
        name="steering",
        service=Steering(policies, staffing, honesty, OfferLog(pool)),
        loops={"staffing": staffing.run, "wait honesty": honesty.run},
        start=start,
        on_notice=notices,
        on_gap=policies.stale,
        on_hooks=hook,
    )
