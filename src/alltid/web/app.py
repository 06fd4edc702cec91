"""The web application: every route and socket, over the services that the desk put together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from fastapi import APIRouter, FastAPI

from alltid.web import identity_routes, uploads
from alltid.web.agent_socket import agent_socket
from alltid.web.customer_socket import customer_socket
from alltid.web.errors import DescribedApp, install_error_handlers
from alltid.web.health import health_routes
from alltid.web.later_routes import RoutesLater, add_later_routes, later_routers
from alltid.web.pages import Asset, page_routes
from alltid.web.security import BodyLimit, SecurityHeaders
from alltid.web.services import Services
from alltid.web.sign_out import sign_out_everywhere
from alltid.web.sockets import Endpoint, Sockets
from alltid.web.uploads import Uploads

DESCRIPTION = (
    "A customer-service desk where an AI assistant answers first and a human is always one "
    "sentence away. Messages travel over the two sockets; `alltid frames` prints their schema."
)

ENDPOINTS: Final[Mapping[str, Endpoint]] = {
    "/api/customer/socket": customer_socket,
    "/api/agent/socket": agent_socket,
}


def create_app(
    services: Services,
    files: Uploads,
    assets: Mapping[str, Asset],
    *,
    extra_routers: Sequence[APIRouter] = (),
) -> FastAPI:
    """Put together what customers and sockets need; `load_the_rest` brings the other routes."""
    app = _app()
    app.state.services = services
    app.state.identity = services.identity
    services.identity.on_sign_out = sign_out_everywhere(services)
    app.state.uploads = files
    app.include_router(health_routes(services.pool, services.metrics))
    app.include_router(page_routes(assets))
    for router in extra_routers:
        app.include_router(router)
    rules = services.identity.rules
    app.state.all_routes = asyncio.Event()
    app.add_middleware(RoutesLater, there=app.state.all_routes)
    app.add_middleware(BodyLimit)
    app.add_middleware(
        SecurityHeaders, public_url=rules.public_url, widget_origins=rules.widget_origins
    )
    app.add_middleware(Sockets, endpoints=ENDPOINTS)
    return app


async def load_the_rest(app: FastAPI, serves: asyncio.Event) -> None:
    """Bring the routes of agents' and leads' pages, once `serves` is set; until then they wait."""
    await add_later_routes(app, serves, app.state.all_routes)


def describe_app() -> FastAPI:
    """Return the application's interface without anything behind it, for its description."""
    app = _app()
    for router in later_routers():
        app.include_router(router)
    return app


def _app() -> FastAPI:
    from alltid import __version__

    app = DescribedApp(
        title="Alltid",
        version=__version__,
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        # The usual pages load scripts from elsewhere, which our policy doesn't let in.
        docs_url=None,
        redoc_url=None,
    )
    install_error_handlers(app)
    for router in (identity_routes.router, uploads.router):
        app.include_router(router)
    return app
