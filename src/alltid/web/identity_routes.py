"""Signing in and out, passkeys, guests: HTTP on one side, `Identity` on the other."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from alltid.agents import passkeys as kept_passkeys
from alltid.agents.accounts import Agent as AgentAccount
from alltid.agents.sign_in_sessions import How, SignedInAgent
from alltid.web.errors import WebError, error_docs
from alltid.web.identity import models
from alltid.web.identity.cookies import clear_session_cookie, session_token, set_session_cookie
from alltid.web.identity.guest_tokens import MintedToken
from alltid.web.identity.identity import (
    Identity,
    address_of,
    bearer_token,
    current_agent,
    identity_of,
    own_page,
)
from alltid.web.identity.origins import passkeys_work_at
from alltid.web.identity.principals import CustomerPrincipal

router = APIRouter(tags=["identity"], responses=error_docs(503))

_Identity = Annotated[Identity, Depends(identity_of)]
_SignedIn = Annotated[SignedInAgent, Depends(current_agent)]
_FROM_OWN_PAGE = [Depends(own_page)]
_BODY_ERRORS = (400, 403, 413, 422)


@router.get("/api/config")
async def config(request: Request, identity: _Identity) -> models.DeskConfig:
    """What pages need to know before anyone signs in."""
    sign_ins: list[str] = ["password"]
    if identity.passkeys is not None and passkeys_work_at(request.headers.get("host", "")):
        sign_ins.append("passkey")
    if identity.rules.demo:
        sign_ins.append("demo")
    return models.DeskConfig.model_validate(
        {
            "company": identity.rules.company,
            "demo": identity.rules.demo,
            "sign_ins": sign_ins,
            "upload_limit_bytes": identity.rules.upload_limit_bytes,
            "text_limit": identity.rules.text_limit_characters,
        }
    )


@router.post("/api/customer/guest", responses=error_docs(429))
async def new_guest(request: Request, response: Response, identity: _Identity) -> models.GuestToken:
    """Become a guest: a new customer whom only the returned token knows."""
    identity.limit(identity.limits.guests, address_of(request))
    return _guest_token(response, *await identity.new_guest())


@router.post("/api/customer/refresh", responses=error_docs(401, 429))
async def renew_guest(
    request: Request, response: Response, identity: _Identity
) -> models.GuestToken:
    """Renew a guest's token (sent as bearer). Once the new one was used, the old one ends soon."""
    identity.limit(identity.limits.guests, address_of(request))
    return _guest_token(response, *await identity.renew_guest(bearer_token(request.headers)))


@router.post(
    "/api/sign-in/password",
    dependencies=_FROM_OWN_PAGE,
    responses=error_docs(401, 409, 429, *_BODY_ERRORS),
)
async def sign_in_with_password(
    request: Request, response: Response, identity: _Identity, body: models.PasswordSignIn
) -> models.SignedIn:
    """Sign an agent in with e-mail address and password."""
    agent = await identity.sign_in_with_password(body.email, body.password, address_of(request))
    return await _signed_in(request, response, agent, "password")


@router.post(
    "/api/sign-in/demo",
    dependencies=_FROM_OWN_PAGE,
    responses=error_docs(404, 409, *_BODY_ERRORS),
)
async def sign_in_demo(
    request: Request, response: Response, identity: _Identity, body: models.DemoSignIn
) -> models.SignedIn:
    """Sign in as a made-up agent. Only a demo desk has this."""
    return await _signed_in(request, response, await identity.sign_in_demo(body.who), "demo")


@router.post(
    "/api/sign-in/passkey/options",
    dependencies=_FROM_OWN_PAGE,
    responses=error_docs(403, 404, 409, 429),
)
async def passkey_sign_in_options(request: Request, identity: _Identity) -> models.CeremonyOptions:
    """Begin to sign in with a passkey: options for `navigator.credentials.get()`."""
    identity.limit(identity.limits.sign_in_address, address_of(request))
    options = await identity.need_passkeys().sign_in_options(identity.clock.now())
    return models.CeremonyOptions(publicKey=options)


@router.post(
    "/api/sign-in/passkey",
    dependencies=_FROM_OWN_PAGE,
    responses=error_docs(401, 404, 409, 429, *_BODY_ERRORS),
)
async def sign_in_with_passkey(
    request: Request, response: Response, identity: _Identity, body: models.PasskeySignIn
) -> models.SignedIn:
    """Sign an agent in with the passkey that answered the challenge."""
    agent = await identity.sign_in_with_passkey(body.credential, address_of(request))
    return await _signed_in(request, response, agent, "passkey")


@router.post(
    "/api/sign-out", status_code=204, dependencies=_FROM_OWN_PAGE, responses=error_docs(403)
)
async def sign_out(request: Request, response: Response, identity: _Identity) -> None:
    """End this sign-in. Doing it twice is fine."""
    await identity.sign_out(request.cookies)
    clear_session_cookie(response, secure=identity.origins.secure)


@router.get("/api/me", responses=error_docs(401))
async def me(response: Response, identity: _Identity, signed_in: _SignedIn) -> models.Me:
    """Who is signed in."""
    response.headers["Cache-Control"] = "no-store"
    return models.Me(agent=models.Agent.of(signed_in.agent), demo=identity.rules.demo)


@router.post(
    "/api/passkeys/options",
    dependencies=_FROM_OWN_PAGE,
    responses=error_docs(401, 403, 404, 409),
)
async def passkey_options(identity: _Identity, signed_in: _SignedIn) -> models.CeremonyOptions:
    """Begin to register a passkey: options for `navigator.credentials.create()`."""
    ceremonies = identity.need_passkeys()
    options = await ceremonies.registration_options(signed_in.agent, identity.clock.now())
    return models.CeremonyOptions(publicKey=options)


@router.post(
    "/api/passkeys",
    status_code=201,
    dependencies=_FROM_OWN_PAGE,
    responses=error_docs(401, 404, 409, *_BODY_ERRORS),
)
async def add_passkey(
    identity: _Identity, signed_in: _SignedIn, body: models.PasskeyRegistration
) -> models.Passkey:
    """Register the passkey that the browser made."""
    passkey = await identity.need_passkeys().register(
        signed_in.agent,
        body.credential,
        body.label,
        passkey_id=identity.ids.new(),
        now=identity.clock.now(),
    )
    return models.Passkey.of(passkey)


@router.get("/api/passkeys", responses=error_docs(401))
async def list_passkeys(identity: _Identity, signed_in: _SignedIn) -> models.PasskeyList:
    """Return one's own passkeys."""
    found = await kept_passkeys.passkeys_of(identity.pool, signed_in.agent.id)
    return models.PasskeyList(passkeys=[models.Passkey.of(each) for each in found])


@router.delete(
    "/api/passkeys/{passkey_id:uuid}",
    status_code=204,
    dependencies=_FROM_OWN_PAGE,
    responses=error_docs(401, 403, 404, 422),
)
async def remove_passkey(identity: _Identity, signed_in: _SignedIn, passkey_id: UUID) -> None:
    """Forget one of one's own passkeys."""
    agent_id = signed_in.agent.id
    if not await kept_passkeys.remove_passkey(identity.pool, str(passkey_id), agent_id):
        raise WebError(404, "not_found", "You have no such passkey.")


async def _signed_in(
    request: Request, response: Response, agent: AgentAccount, how: How
) -> models.SignedIn:
    identity = identity_of(request)
    token = await identity.start_session(agent, how, replaces=session_token(request.cookies))
    set_session_cookie(
        response,
        token,
        lasts=identity.rules.sessions.absolute,
        secure=identity.origins.secure,
    )
    response.headers["Cache-Control"] = "no-store"
    return models.SignedIn(agent=models.Agent.of(agent))


def _guest_token(
    response: Response, customer: CustomerPrincipal, minted: MintedToken
) -> models.GuestToken:
    response.headers["Cache-Control"] = "no-store"
    return models.GuestToken(
        token=minted.token,
        expires_at=minted.expires_at,
        customer=models.Customer(id=customer.id, name=customer.name),
    )
