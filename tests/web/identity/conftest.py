"""A small app with the identity routes and uploads over a real database."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from alltid.agents.accounts import Agent, Role, create_agent
from alltid.kernel.clock import ManualClock
from alltid.kernel.ids import SystemIds
from alltid.storage.database import open_pool
from alltid.web import identity_routes
from alltid.web.errors import install_error_handlers
from alltid.web.identity.identity import Identity
from alltid.web.identity.rules import IdentityRules
from alltid.web.security import BodyLimit, SecurityHeaders
from tests.web.identity.people import COMPANY_KEYS, ORIGIN, PASSWORD, SECRET


@pytest.fixture
def rules() -> IdentityRules:
    return IdentityRules(
        company="Klarsund",
        public_url=ORIGIN,
        secret_key=SECRET,
        demo=True,
        widget_origins=("https://shop.example",),
        company_issuer="https://id.klarsund.example",
        company_audience="alltid",
        company_keys=COMPANY_KEYS,
    )


@pytest.fixture
async def identity(database_url: str, rules: IdentityRules) -> AsyncIterator[Identity]:
    pool = await open_pool(database_url, min_size=1, max_size=4)
    made = Identity.of(rules, pool, ManualClock(), SystemIds(), os.urandom)
    made.passwords.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield made
    await pool.close()


@pytest.fixture
def clock(identity: Identity) -> ManualClock:
    assert isinstance(identity.clock, ManualClock)
    return identity.clock


@pytest.fixture
async def sara(identity: Identity) -> Agent:
    return await create_agent(
        identity.pool,
        identity.passwords,
        agent_id=identity.ids.new(),
        email="Sara@Klarsund.example",
        name="Sara",
        role=Role.AGENT,
        languages=["sv", "en"],
        password=PASSWORD,
        now=identity.clock.now(),
    )


@pytest.fixture
def app(identity: Identity) -> FastAPI:
    app = FastAPI()
    app.state.identity = identity
    app.include_router(identity_routes.router)
    install_error_handlers(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(SecurityHeaders, public_url=ORIGIN, widget_origins=["https://shop.example"])
    return app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at one of our own pages."""
    transport = httpx.ASGITransport(app=app)
    headers = {"Origin": ORIGIN}
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers) as client:
        yield client
