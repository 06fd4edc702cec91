"""What leads steer dispatching by, for the routes that show it."""

from __future__ import annotations

from dataclasses import dataclass

from alltid.dispatch.offer_log import OfferLog
from alltid.dispatch.policies import PolicyBook
from alltid.dispatch.staffing import Staffing
from alltid.dispatch.wait_honesty import WaitHonesty


@dataclass(frozen=True, slots=True)
class Steering:
    """What these routes stand on."""

    policies: PolicyBook
    staffing: Staffing
    honesty: WaitHonesty
    log: OfferLog
