"""What the example brings into a database: its articles and people. Twice is fine."""

from __future__ import annotations

from functools import partial
from importlib.resources import files
from typing import Any

from psycopg_pool import AsyncConnectionPool

from alltid.assistant.articles import ImportReport, import_articles, read_articles
from alltid.assistant.search.stored_vectors import read_vectors
from alltid.examples.lender.skills import seed_skills
from alltid.kernel.clock import Clock
from alltid.kernel.ids import IdSource
from alltid.web.identity.demo import DEMO_PEOPLE, demo_agent


async def seed(
    pool: AsyncConnectionPool[Any], clock: Clock, ids: IdSource, *, url_prefix: str = "/help"
) -> ImportReport:
    """Bring the articles up to date, and make the demo's agents and lead where missing.

    `url_prefix` is where the article pages are; the assistant's sources link there.
    """
    folder = files("alltid.examples.lender") / "articles"
    vectors = partial(read_vectors, files("alltid.examples.lender") / "vectors.bin")
    report = await import_articles(pool, read_articles(folder, url_prefix), vectors)
    for role in DEMO_PEOPLE:
        await demo_agent(pool, ids, role, clock.now())
    await seed_skills(pool, clock)
    return report
