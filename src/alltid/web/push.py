"""Agents switch notifications on and off: our key, and where their browser takes them."""

from __future__ import annotations

from typing import Annotated, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from alltid.agents.push.sender import ENDPOINT_CHARACTERS_MAX
from alltid.agents.push.service import PushService
from alltid.agents.push.subscriptions import Subscription, Wishes, browser_keys
from alltid.agents.push.words import LANGUAGES
from alltid.agents.sign_in_sessions import SignedInAgent
from alltid.kernel.refusal import Refused
from alltid.web.errors import WebError, error_docs
from alltid.web.identity.identity import current_agent, own_page
from alltid.web.services import known_languages, services_of

# Nobody is called in at night unless they say otherwise.
QUIET_FROM: Final = "21:00"
QUIET_TO: Final = "08:00"

router = APIRouter(prefix="/api/agent", tags=["notifications"], responses=error_docs(401, 503))
_Agent = Annotated[SignedInAgent, Depends(current_agent)]
_Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
_Endpoint = Annotated[
    str,
    StringConstraints(min_length=1, max_length=ENDPOINT_CHARACTERS_MAX, pattern=r"^[!-~]+$"),
]
_KeyText = Annotated[str, StringConstraints(max_length=200, pattern=r"^[A-Za-z0-9_=-]*$")]


class PushKey(BaseModel):
    """Our public key, which a browser subscribes with."""

    key: str


class BrowserKeys(BaseModel):
    """What to encrypt with for this browser."""

    p256dh: _KeyText
    auth: _KeyText


class BrowserSubscription(BaseModel):
    """What `PushManager.subscribe` gave, as JSON."""

    model_config = ConfigDict(extra="ignore")

    endpoint: _Endpoint
    keys: BrowserKeys


class Quiet(BaseModel):
    """Between which times of the day, in which zone, nobody is called in."""

    begins: _Clock = QUIET_FROM
    ends: _Clock = QUIET_TO
    time_zone: Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9_+/-]+$")]


class NewSubscription(BaseModel):
    """A browser that takes notifications, and of what."""

    subscription: BrowserSubscription
    offers: bool
    call_ins: bool
    language: Annotated[str, StringConstraints(pattern=r"^[a-zA-Z]{2,3}(-.{1,20})?$")] | None = None
    quiet: Quiet | None = None


class OldSubscription(BaseModel):
    """A browser that takes no more."""

    endpoint: _Endpoint


class Kept(BaseModel):
    """It is stored."""

    ok: bool = Field(default=True)


@router.get("/push-key")
async def push_key(request: Request, _agent: _Agent) -> PushKey:
    """Our public key for Web Push."""
    return PushKey(key=_service(request).public_key)


@router.post(
    "/push-subscriptions",
    dependencies=[Depends(own_page)],
    responses=error_docs(400, 403, 413, 422),
)
async def subscribe(request: Request, agent: _Agent, body: NewSubscription) -> Kept:
    """Take notifications on this browser, or change of what."""
    services, push = services_of(request), _service(request)
    endpoint = body.subscription.endpoint
    try:
        push.sender.check_endpoint(endpoint)
        p256dh, auth = browser_keys(body.subscription.keys.p256dh, body.subscription.keys.auth)
    except Refused as refused:
        raise WebError(400, refused.code, refused.message) from None
    zone = body.quiet.time_zone if body.quiet else push.time_zone
    if not _is_zone(zone):
        raise WebError(400, "bad_time_zone", "This time zone isn't known here.")
    wanted = [body.language] if body.language else _accepted(request)
    wishes = Wishes(
        offers=body.offers,
        call_ins=body.call_ins,
        language=known_languages([*wanted, *agent.agent.languages], LANGUAGES, "en"),
        quiet_from_minute=_minute(body.quiet.begins if body.quiet else QUIET_FROM),
        quiet_to_minute=_minute(body.quiet.ends if body.quiet else QUIET_TO),
        time_zone=zone,
    )
    new_id = services.identity.ids.new()
    subscription = Subscription(new_id, agent.agent.id, endpoint, p256dh, auth, wishes.language)
    await push.subscriptions.keep(subscription, wishes, services.clock.now())
    return Kept()


@router.delete(
    "/push-subscriptions",
    dependencies=[Depends(own_page)],
    responses=error_docs(403, 413, 422),
)
async def unsubscribe(request: Request, agent: _Agent, body: OldSubscription) -> Kept:
    """Take no more notifications on this browser."""
    await _service(request).subscriptions.drop(agent.agent.id, body.endpoint)
    return Kept()


def _service(request: Request) -> PushService:
    service = request.app.state.push
    assert isinstance(service, PushService)  # noqa: S101  the desk puts it there at start
    return service


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return False
    return True


def _accepted(request: Request) -> list[str]:
    header = request.headers.get("accept-language", "")[:200]
    return [part.split(";", 1)[0].strip() for part in header.split(",") if part.strip()]


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
