"""The door of the desk: customers and agents come in here, and nowhere else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import Request
from psycopg_pool import AsyncConnectionPool
from starlette.requests import HTTPConnection

from alltid.agents import sign_in_sessions
from alltid.agents.accounts import Agent, agent_with_password, find_agent
from alltid.agents.passwords import PasswordKeeper, PasswordsBusyError
from alltid.agents.sign_in_sessions import EndedSignIn, How, SignedInAgent
from alltid.conversations.customers import add_guest, find_guest, keep_company_customer
from alltid.kernel.clock import Clock
from alltid.kernel.ids import IdSource
from alltid.web.errors import WebError
from alltid.web.identity.company_jwt import CompanyTokens
from alltid.web.identity.cookies import session_token, token_text
from alltid.web.identity.demo import DemoRole, demo_agent
from alltid.web.identity.guest_tokens import GuestTokens, MintedToken
from alltid.web.identity.jose import key_id_of
from alltid.web.identity.origins import Origins
from alltid.web.identity.principals import CustomerPrincipal, NotSignedIn
from alltid.web.identity.rate_limits import RateLimiter, address_key
from alltid.web.identity.rules import IdentityRules, Limits
from alltid.web.identity.signed_links import SignedLinks

if TYPE_CHECKING:
    from alltid.web.identity.passkeys import Passkeys


async def _nothing_more_ends(_ended: EndedSignIn) -> None:
    """Stand in where no sockets are."""


@dataclass(slots=True)
class Identity:
    """Everything the edges need to know who someone is. One per process."""

    rules: IdentityRules
    pool: AsyncConnectionPool[Any]
    clock: Clock
    ids: IdSource
    random_bytes: Callable[[int], bytes]
    origins: Origins
    guest_tokens: GuestTokens
    company_tokens: CompanyTokens | None
    passwords: PasswordKeeper
    passkeys: Callable[[], Passkeys] | None
    limits: Limits
    links: SignedLinks
    on_sign_out: Callable[[EndedSignIn], Awaitable[None]] = _nothing_more_ends

    @classmethod
    def of(
        cls,
        rules: IdentityRules,
        pool: AsyncConnectionPool[Any],
        clock: Clock,
        ids: IdSource,
        random_bytes: Callable[[int], bytes],
    ) -> Identity:
        """Build it; raises ValueError with a sentence for rules that are unsafe or broken."""
        origins = Origins.of(rules.public_url, rules.widget_origins)
        return cls(
            rules=rules,
            pool=pool,
            clock=clock,
            ids=ids,
            random_bytes=random_bytes,
            origins=origins,
            guest_tokens=GuestTokens(rules.secret_key, *rules.previous_secret_keys),
            company_tokens=_company_tokens(rules),
            passwords=PasswordKeeper(),
            passkeys=_passkeys(rules, origins, pool, random_bytes),
            limits=Limits.of(rules),
            links=SignedLinks(rules.public_url, rules.secret_key, *rules.previous_secret_keys),
        )

    # Customers ---------------------------------------------------------------------------

    async def customer_of(self, token: str | None) -> CustomerPrincipal:
        """Return the customer whom the token stands for, or raise NotSignedIn."""
        if not token:
            raise NotSignedIn
        if self.guest_tokens.knows(key_id_of(token)):
            principal, _ = await self._guest_of(token)
            return principal
        if self.company_tokens is None:
            raise NotSignedIn("token_refused", "This sign-in token is not good here.")
        now = self.clock.now()
        claims = self.company_tokens.read(token, now)
        customer_id = await keep_company_customer(
            self.pool,
            claims.issuer,
            claims.subject,
            claims.name,
            now,
            entitlements=claims.entitlements,
        )
        return CustomerPrincipal(customer_id, "company", claims.name, claims.language)

    async def new_guest(self) -> tuple[CustomerPrincipal, MintedToken]:
        """Add a guest and mint the first token."""
        now, customer_id = self.clock.now(), self.ids.new()
        await add_guest(self.pool, customer_id, now)
        principal = CustomerPrincipal(customer_id, "guest", None, None)
        return principal, self.guest_tokens.mint(customer_id, 1, now)

    async def renew_guest(self, token: str | None) -> tuple[CustomerPrincipal, MintedToken]:
        """Mint the next token for the same guest, or raise NotSignedIn."""
        principal, generation = await self._guest_of(token or "")
        now = self.clock.now()
        return principal, self.guest_tokens.mint(principal.id, generation + 1, now)

    async def _guest_of(self, token: str) -> tuple[CustomerPrincipal, int]:
        if not token:
            raise NotSignedIn
        now = self.clock.now()
        claims = self.guest_tokens.read(token, now)
        guest = await find_guest(self.pool, claims.customer_id, claims.generation, now)
        if guest is None:
            raise NotSignedIn("token_replaced", "This sign-in was replaced by a newer one.")
        return CustomerPrincipal(guest.id, "guest", guest.name, None), claims.generation

    # Agents ------------------------------------------------------------------------------

    async def agent_of(self, cookies: Mapping[str, str]) -> SignedInAgent:
        """Return the agent whom the cookie stands for, or raise NotSignedIn."""
        token = session_token(cookies)
        signed_in = None
        if token is not None:
            signed_in = await sign_in_sessions.find_session(
                self.pool, token, self.rules.sessions, self.clock.now()
            )
        if signed_in is None:
            raise NotSignedIn
        return signed_in

    async def still_signed_in(self, session: str) -> bool:
        """Tell whether an open socket's sign-in still holds, and count it as being here."""
        return await sign_in_sessions.keep_session_alive(self.pool, session, self.clock.now())

    async def sign_in_with_password(self, email: str, password: str, address: str) -> Agent:
        """Return the agent; raises WebError 401, 429 (too often) or 503 (too many at once)."""
        tidy = email.strip().lower()
        self.limit(self.limits.sign_in_address, address)
        self.limit(self.limits.sign_in, (tidy, address))
        self.limit(self.limits.sign_in_email, tidy)
        try:
            agent = await agent_with_password(
                self.pool, self.passwords, email=email, password=password, even_disabled=True
            )
        except PasswordsBusyError as busy:
            message = "Many people sign in right now. Try again in a moment."
            raise WebError(503, "sign_in_busy", message, busy.retry_after_seconds) from None
        if agent is None:
            message = "This e-mail address and password don't belong together."
            raise WebError(401, "wrong_credentials", message)
        self.limits.sign_in.forget((tidy, address))
        return self._active(agent)

    async def sign_in_with_passkey(self, credential: Mapping[str, Any], address: str) -> Agent:
        """Return the agent whose passkey signed the challenge; raises WebError 401, 404, 429."""
        self.limit(self.limits.sign_in_address, address)
        agent_id = await self.need_passkeys().sign_in(credential, self.clock.now())
        agent = await find_agent(self.pool, agent_id)
        if agent is None:
            raise WebError(401, "passkey_not_accepted", "This passkey is not known here.")
        return self._active(agent)

    async def sign_in_demo(self, who: DemoRole) -> Agent:
        """Return a made-up agent; raises WebError 404 outside the demo."""
        if not self.rules.demo:
            raise WebError(404, "not_found", "There is nothing here.")
        return self._active(await demo_agent(self.pool, self.ids, who, self.clock.now()))

    def _active(self, agent: Agent) -> Agent:
        """Return the agent, or tell whoever has proved to be it where the reasons are (403)."""
        if not agent.disabled:
            return agent
        message = (
            "This account is deactivated. The reasons are here, and you can ask for a review: "
            f"{self.links.address('agent', agent.id)}"
        )
        raise WebError(403, "deactivated", message)

    async def start_session(self, agent: Agent, how: How, replaces: str | None) -> str:
        """Sign the agent in and return the token for the cookie; `replaces` ends here."""
        token = token_text(self.random_bytes(sign_in_sessions.TOKEN_BYTES))
        await sign_in_sessions.start_session(
            self.pool,
            session_id=self.ids.new(),
            token=token,
            agent_id=agent.id,
            how=how,
            replaces=replaces,
            limits=self.rules.sessions,
            now=self.clock.now(),
        )
        return token

    async def sign_out(self, cookies: Mapping[str, str]) -> None:
        """End the sign-in of this cookie, if it is one."""
        token = session_token(cookies)
        if token is not None:
            ended = await sign_in_sessions.end_session(self.pool, token, self.clock.now())
            if ended is not None:
                await self.on_sign_out(ended)

    def need_passkeys(self) -> Passkeys:
        """Return the passkey ceremonies; raises WebError 404 where they can't work."""
        if self.passkeys is None:
            message = "Passkeys need the desk to have a host name; this one has only an address."
            raise WebError(404, "no_passkeys", message)
        return self.passkeys()

    # Limits ------------------------------------------------------------------------------

    def limit(self, limiter: RateLimiter, key: object) -> None:
        """Take one from the bucket, or raise WebError 429 with the seconds to wait."""
        wait_seconds = limiter.take(key, self.clock.now())
        if wait_seconds > 0:
            message = "That was too often in a short time. Wait a moment and try again."
            raise WebError(429, "too_often", message, wait_seconds)


def identity_of(connection: HTTPConnection) -> Identity:
    """Return the app's Identity, which the desk put at `app.state.identity`."""
    identity = connection.app.state.identity
    assert isinstance(identity, Identity)  # noqa: S101  the desk puts it there at start
    return identity


async def current_agent(connection: HTTPConnection) -> SignedInAgent:
    """Return who is signed in on this request or socket, or raise NotSignedIn (dependency)."""
    return await identity_of(connection).agent_of(connection.cookies)


async def current_customer(connection: HTTPConnection) -> CustomerPrincipal:
    """Return whose token the Authorization header holds, or raise NotSignedIn (dependency)."""
    return await identity_of(connection).customer_of(bearer_token(connection.headers))


async def own_page(request: Request) -> None:
    """Refuse a post that another site's page started (FastAPI dependency)."""
    carries_cookie = session_token(request.cookies) is not None
    identity_of(request).origins.check_post(request.headers, carries_cookie=carries_cookie)


def bearer_token(headers: Mapping[str, str]) -> str | None:
    """Return the token of an `Authorization: Bearer` header, or None."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def address_of(connection: HTTPConnection) -> str:
    """Return what counts as the caller's address for limits."""
    return address_key(connection.client.host if connection.client else "")


def _company_tokens(rules: IdentityRules) -> CompanyTokens | None:
    if not rules.company_keys:
        return None
    return CompanyTokens(
        rules.company_issuer,
        rules.company_audience,
        rules.company_keys,
        rules.company_token_max_age,
    )


def _passkeys(
    rules: IdentityRules,
    origins: Origins,
    pool: AsyncConnectionPool[Any],
    random_bytes: Callable[[int], bytes],
) -> Callable[[], Passkeys] | None:
    domain = origins.passkey_domain
    if domain is None:
        return None

    def ceremonies() -> Passkeys:
        # Loaded where it is used: its library brings all of X.509 along.
        from alltid.web.identity.passkeys import Passkeys, RelyingParty

        party = RelyingParty(domain, rules.company, tuple(sorted(origins.own)))
        return Passkeys(pool, party, random_bytes)

    return ceremonies
