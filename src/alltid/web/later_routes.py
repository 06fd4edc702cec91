"""The routes that no customer waits for: loaded beside a desk that serves already.

They are most of what there is to load: agents' and leads' pages ask by them. Who asks before
they are there waits the half second that is left; who would wait longer is told to come again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from alltid.web.errors import WebError, error_response

WAIT_SECONDS: Final = 20.0
_STARTING: Final = WebError(503, "starting", "The desk is still starting. Try again soon.", 5)
PREFIXES: Final = (
    "/.well-known/",
    "/api/agent/",
    "/api/apply",
    "/api/console",
    "/api/openapi.json",
)
"""Where these routes are, and the description of them all."""


def later_routers() -> Sequence[APIRouter]:
    """Load them; takes some tenths of a second."""
    from alltid.web import (
        agent_pay,
        apply,
        assistant_actions,
        console,
        console_pay,
        console_payouts,
        console_people,
        copilot,
        offers_api,
        own_home,
        push,
        steering,
        unanswered,
        work_tools,
        work_tools_console,
    )

    return (
        console.router,
        assistant_actions.router,
        copilot.router,
        apply.router,
        console_people.router,
        agent_pay.router,
        console_pay.router,
        console_payouts.router,
        own_home.router,
        own_home.wellknown,
        offers_api.router,
        push.router,
        steering.router,
        unanswered.router,
        work_tools.router,
        work_tools_console.router,
    )


class RoutesLater:
    """Lets requests for routes that aren't loaded yet wait until they are."""

    def __init__(
        self, app: ASGIApp, *, there: asyncio.Event, wait_seconds: float = WAIT_SECONDS
    ) -> None:
        """`there` is set once all routes are; until then requests wait for `wait_seconds`."""
        self._app = app
        self._there = there
        self._wait_seconds = wait_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, now or when its route is there."""
        if (
            not self._there.is_set()
            and scope["type"] == "http"
            and scope["path"].startswith(PREFIXES)
        ):
            try:
                await asyncio.wait_for(self._there.wait(), self._wait_seconds)
            except TimeoutError:
                return await error_response(_STARTING)(scope, receive, send)
        return await self._app(scope, receive, send)


async def add_later_routes(app: FastAPI, serves: asyncio.Event, there: asyncio.Event) -> None:
    """Load the routes once the desk serves, off the event loop, and let in who waits for them."""
    await serves.wait()
    for router in await asyncio.to_thread(later_routers):
        app.include_router(router)
    there.set()
