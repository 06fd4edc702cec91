"""The example company's own system beside the demo: its HTTP API on a port of this machine.

It starts with the first question that is asked of it. What the assistant needs to reach it is
the part's service: `service.reading` and `service.acting` are built like any company's tools,
from its OpenAPI description and with a credential each.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool, PoolTimeout, TooManyRequests
from starlette.types import ASGIApp, Receive, Scope, Send

from alltid.assistant.tools.company import CompanyUnreachable
from alltid.assistant.tools.handover import SignedHandover
from alltid.assistant.tools.tool import Json, Principal, ToolSpec
from alltid.desk.part import Ground, Part
from alltid.examples.lender.api.catalogue import SPECS
from alltid.examples.lender.api.tokens import AUDIENCE, Right, keys_from
from alltid.examples.lender.customers import ISSUER
from alltid.storage.database import configure_connection
from alltid.web.errors import WebError, error_response
from alltid.web.http_server import bind, serve

if TYPE_CHECKING:
    from alltid.assistant.tools.openapi_tools import OpenApiTransport

log = structlog.get_logger(__name__)

CONNECTIONS_MAX: Final = 4
_AWAY: Final = (psycopg.OperationalError, PoolTimeout, TooManyRequests, CompanyUnreachable)
_NOT_NOW: Final = WebError(503, "database_away", "The accounts can't be reached right now.", 5)
_CALLS_AT_ONCE: Final = 40
_SECONDS_MAX: Final = 10.0


@dataclass(slots=True)
class LenderService:
    """The lender of the demo: its specs, and a way to it with each credential."""

    reading: LenderCalls
    acting: LenderCalls
    specs: tuple[ToolSpec, ...] = SPECS
    url: str | None = None

    def move(self, url: str | None) -> None:
        """Say where the API is from now on; None for nowhere."""
        self.url = self.reading.url = self.acting.url = url


class LenderCalls:
    """Asks the lender's API over HTTP; a connection is made with the first question."""

    def __init__(self, ground: Ground, right: Right) -> None:
        """Hold the credential of one right."""
        key = keys_from(ground.key_for)[right]
        self._handover = SignedHandover(key, right, AUDIENCE, ground.clock, ground.ids)
        self._transport: OpenApiTransport | None = None
        self.url: str | None = None

    async def call(
        self,
        spec: ToolSpec,
        arguments: Mapping[str, Json],
        principal: Principal,
        *,
        key: str | None = None,
    ) -> Json:
        """Ask one tool. Raises CompanyRefused or CompanyUnreachable."""
        if self.url is None:
            raise CompanyUnreachable("not started", sent=False)
        if self._transport is None:
            self._transport = self._connected(self.url)
        return await self._transport.call(spec, arguments, principal, key=key)

    async def close(self) -> None:
        """Close the connections; the next question makes new ones."""
        transport, self._transport = self._transport, None
        if transport is not None:
            await transport.client.aclose()

    def _connected(self, url: str) -> OpenApiTransport:
        import httpx

        from alltid.assistant.tools.openapi_tools import OpenApiTransport
        from alltid.examples.lender.api.described import lender_operations

        limits = httpx.Limits(max_connections=_CALLS_AT_ONCE)
        # The machine's proxies are for other machines; the data layer keeps the time.
        client = httpx.AsyncClient(
            base_url=url, limits=limits, timeout=_SECONDS_MAX, trust_env=False
        )
        return OpenApiTransport(client, lender_operations(), self._handover)


@dataclass(slots=True)
class _LazyApp:
    """Makes the API and its database when the first request comes."""

    ground: Ground
    keys: dict[Right, bytes]
    _making: asyncio.Lock = field(default_factory=asyncio.Lock)
    _app: ASGIApp | None = None
    _pool: AsyncConnectionPool[Any] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._making:
            if self._app is None:
                try:
                    self._app = await self._made()
                except _AWAY as error:
                    # The next request tries again.
                    log.warning("lender_away", error=type(error).__name__)
        await (self._app or error_response(_NOT_NOW))(scope, receive, send)

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()

    async def _made(self) -> ASGIApp:
        from alltid.examples.lender.api.app import lender_app
        from alltid.examples.lender.api.database import lender_database
        from alltid.examples.lender.api.store import StoredLender
        from alltid.examples.lender.api.tokens import LenderTokens

        settings = self.ground.settings
        if settings.database_url is None:
            raise CompanyUnreachable("no database", sent=False)
        if self._pool is None:
            own = settings.lender_database_url
            self._pool = AsyncConnectionPool(
                await lender_database(
                    settings.database_url.get_secret_value(),
                    None if own is None else own.get_secret_value(),
                    lambda why: log.warning("lender_beside_the_desk", why=why),
                ),
                min_size=0,
                max_size=CONNECTIONS_MAX,
                timeout=5,
                kwargs={"application_name": "klarsund accounts"},
                configure=configure_connection,
                open=False,
            )
            await self._pool.open()
        lender = StoredLender(self._pool, self.ground.clock, ISSUER)
        await lender.prepare()
        return lender_app(lender, LenderTokens(self.keys), self.ground.clock)


def lender_part(ground: Ground) -> Part:
    """Put the lender together; outside of the demo the part is empty."""
    if not ground.settings.demo:
        return Part("lender", None)
    service = LenderService(LenderCalls(ground, "read"), LenderCalls(ground, "write"))
    keys = keys_from(ground.key_for)

    async def run() -> None:
        app = _LazyApp(ground, keys)
        with bind("127.0.0.1", 0) as listener:
            service.move(f"http://127.0.0.1:{listener.getsockname()[1]}")
            try:
                await serve(app, listener)
            finally:
                service.move(None)
                await service.reading.close()
                await service.acting.close()
                await app.close()

    return Part("lender", service, loops={"lender": run})
