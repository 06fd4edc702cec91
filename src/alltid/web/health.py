"""For operators' probes: is the process alive, may it get traffic, how is it doing."""

from __future__ import annotations

import asyncio
from typing import Any, Final, Literal

import psycopg
from fastapi import APIRouter, Request, Response
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout, TooManyRequests
from pydantic import BaseModel, Field

from alltid.storage.migrations import SchemaRefused, pending_migrations
from alltid.web.observability import Metrics

_READY_SECONDS: Final = 1.0
_TOO_SLOW: Final = f"The database did not answer within {_READY_SECONDS:.0f} s."
_METRICS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Whether this process may get traffic, and if not, why."""

    status: Literal["ready", "not_ready"]
    reason: str | None = Field(default=None, description="Words that help; null when ready.")


def health_routes(pool: AsyncConnectionPool[AsyncConnection[Any]], metrics: Metrics) -> APIRouter:
    """Make /healthz, /readyz and /metrics for the desk that uses `pool`."""
    router = APIRouter(tags=["operations"])
    probe = _Probe(pool)

    @router.get("/healthz")
    async def healthz() -> Alive:
        """Say that the process is alive; it asks nothing else."""
        return Alive()

    @router.get("/readyz", responses={503: {"model": Readiness}})
    async def readyz(response: Response) -> Readiness:
        """Say whether the database answers within a second and its schema is current."""
        reason = await probe.reason()
        if reason is None:
            return Readiness(status="ready")
        response.status_code = 503
        return Readiness(status="not_ready", reason=reason)

    @router.get("/metrics", response_class=Response)
    async def figures(request: Request) -> Response:
        """Show the desk's figures in Prometheus' text format."""
        del request
        from prometheus_client import generate_latest

        return Response(generate_latest(metrics.registry), media_type=_METRICS_TYPE)

    return router


class _Probe:
    """Looks at the database, one look at a time.

    A database that hangs doesn't let go of whoever asks it, not even when cancelled. So the
    look goes on beside, and everyone who asks meanwhile gets their answer in time.
    """

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection[Any]]) -> None:
        self._pool = pool
        self._look: asyncio.Task[str | None] | None = None

    async def reason(self) -> str | None:
        """Return why the desk can't serve, within about a second."""
        if self._look is None or self._look.done():
            self._look = asyncio.create_task(reason_not_ready(self._pool), name="readiness")
        done, _ = await asyncio.wait({self._look}, timeout=_READY_SECONDS)
        return self._look.result() if done else _TOO_SLOW


async def reason_not_ready(pool: AsyncConnectionPool[AsyncConnection[Any]]) -> str | None:
    """Return why the desk can't serve, in words, or None when it can."""
    try:
        async with asyncio.timeout(_READY_SECONDS), pool.connection() as connection:
            pending = await pending_migrations(connection)
    except (TimeoutError, PoolTimeout, TooManyRequests):
        return _TOO_SLOW
    except (psycopg.Error, PoolClosed):
        return "The database does not answer."
    except SchemaRefused as refused:
        return str(refused)
    if pending:
        return f"The database lacks {len(pending)} migrations: run `alltid migrate`."
    return None
