"""Probes: alive always, ready only with a database that answers and a current schema."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from alltid.storage.database import open_pool
from alltid.storage.jobs import Pool
from alltid.web.health import health_routes
from alltid.web.observability import Metrics

pytestmark = pytest.mark.anyio


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    pool = await open_pool(database_url, min_size=1, max_size=1)
    yield pool
    await pool.close()


@pytest.fixture
async def client(pool: Pool) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(health_routes(pool, Metrics()))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        yield client


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time for the database to answer in, also on a busy machine."""
    monkeypatch.setattr("alltid.web.health._READY_SECONDS", 30.0)


@pytest.mark.usefixtures("patience")
async def test_alive_and_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "reason": None})
    assert "alltid_waiting" in (await client.get("/metrics")).text


async def test_a_database_without_a_free_connection_is_not_ready_but_alive(
    client: httpx.AsyncClient, pool: Pool
) -> None:
    async with pool.connection():
        refused = await client.get("/readyz")
        assert refused.status_code == 503
        assert "within 1 s" in refused.json()["reason"]
        assert (await client.get("/healthz")).status_code == 200


@pytest.mark.usefixtures("patience")
async def test_a_newer_schema_is_not_ready(client: httpx.AsyncClient, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("INSERT INTO schema_migrations VALUES (9999, 'tomorrow', 'x')")
    refused = await client.get("/readyz")
    assert refused.status_code == 503
    assert "newer than this program" in refused.json()["reason"]


@pytest.mark.usefixtures("patience")
async def test_a_missing_migration_is_not_ready(
    client: httpx.AsyncClient, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DELETE FROM schema_migrations WHERE version = 1")
    assert "alltid migrate" in (await client.get("/readyz")).json()["reason"]
