"""What only the demo has: the example company, loaded when it is asked for."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from psycopg_pool import AsyncConnectionPool

from alltid.assistant.knowledge import Knowledge
from alltid.kernel.clock import SystemClock
from alltid.kernel.ids import SystemIds
from alltid.settings import Settings
from alltid.web.help import own_pages


def pages(settings: Settings, knowledge: Knowledge, clock: SystemClock) -> list[APIRouter]:
    """Return the routes of `/`: the example's shop in the demo, else the desk's own page."""
    if not settings.demo:
        return [own_pages(settings.company_name, knowledge)]
    from alltid.examples.lender.page import router

    assert settings.secret_key is not None  # noqa: S101  the command line kept one
    key, company = settings.secret_key.get_secret_value(), settings.company_name
    return [router(company=company, demo=True, knowledge=knowledge, now=clock.now, secret_key=key)]


def with_example(settings: Settings) -> Settings:
    """Return the settings with the example's signed-in customers, in the demo."""
    if not settings.demo:
        return settings
    from alltid.examples.lender.customers import with_demo_customers

    return with_demo_customers(settings)


async def seed_example(pool: AsyncConnectionPool[Any], clock: SystemClock, ids: SystemIds) -> None:
    """Put the example company's articles and people into an empty database."""
    from alltid.examples.lender.seed import seed

    await seed(pool, clock, ids)
