"""The example lender's assistant, ready to be evaluated: database, articles, playbooks, books."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from alltid.assistant.answerer import Answerer
from alltid.assistant.articles import read_articles
from alltid.assistant.evaluation.in_process import CompanyBooks, House, InProcess
from alltid.assistant.evaluation.target import Target
from alltid.assistant.model.assembling import ModelParts
from alltid.examples.lender.evaluation.assistant import Understanding, Wiring
from alltid.examples.lender.evaluation.books import Books
from alltid.examples.lender.seed import seed
from alltid.kernel.clock import Clock, SystemClock
from alltid.kernel.ids import SystemIds
from alltid.settings import Settings, SettingsError, load_settings
from alltid.storage.database import connect, open_pool
from alltid.storage.embedded_postgres import embedded_postgres
from alltid.storage.migrations import migrate

COMPANY: Final = "Klarsund"
HELP: Final = "/help"
CONNECTIONS: Final = 8
# What the company says of its own accord: whom to call in an emergency.
EMERGENCY: Final = (
    "Call 112, 999, 116 123, 90101, 901 01, 0800 1110111, 0800 1110222, 02 2327 2327, 024."
)


@asynccontextmanager
async def lender_target(
    *, model: bool = False, database_url: str | None = None, encoder: bool = True
) -> AsyncIterator[tuple[str, Target]]:
    """Give the lender's assistant, and by whom it understands; its database is gone after.

    With `model` it is the one that the settings name; raises SettingsError where they don't.

    With `database_url` that (migrated) database is used, and what it gets is left in it.
    Without `encoder` it starts at once and understands by words alone.
    """
    settings = load_settings()
    kept = settings.data_dir
    by = Understanding(encoder=encoder, cache=kept / "intents" if kept.is_dir() else None)
    if model:
        by = replace(by, way=f"model:{settings.model}", model=_model(settings))
    if database_url is not None:
        async with _lender_on(database_url, by) as found:
            yield found
        return
    with tempfile.TemporaryDirectory(prefix="alltid-") as folder:
        database = embedded_postgres(Path(folder) / "data")
        url = await asyncio.to_thread(database.__enter__)
        try:
            await migrate(url)
            async with _lender_on(url, by) as found:
                yield found
        finally:
            await asyncio.to_thread(database.__exit__, None, None, None)


@asynccontextmanager
async def _lender_on(database_url: str, by: Understanding) -> AsyncIterator[tuple[str, Target]]:
    clock, ids = SystemClock(), SystemIds()
    pool = await open_pool(database_url, max_size=CONNECTIONS)
    try:
        await seed(pool, clock, ids, url_prefix=HELP)
        wiring = await Wiring.made(pool, clock, ids, COMPANY, by)
        house = House(
            COMPANY,
            _books_maker(),
            partial(_answerer, wiring),
            _articles(),
            f"{EMERGENCY}\n{wiring.words()}",
        )
        target = InProcess(house, pool, partial(connect, database_url), clock, ids)
        await target.start()
        try:
            yield wiring.way, target
        finally:
            await target.close()
    finally:
        await pool.close()


def _model(settings: Settings) -> ModelParts:
    # Loaded where it is used: the libraries of a model's provider.
    from alltid.desk.model import model_of

    parts = model_of(settings)
    if parts is None:
        raise SettingsError("--model needs a model: set ALLTID_MODEL, see docs/configuration.md.")
    return parts


def _books_maker() -> Any:
    numbers = itertools.count(1)

    def books(clock: Clock, customer: str) -> Books:
        return Books(clock, customer, f"~{next(numbers)}")

    return books


def _answerer(wiring: Wiring, books: CompanyBooks, clock: Clock) -> Answerer:
    assert isinstance(books, Books)  # noqa: S101  these are the books that this house makes
    return wiring.answerer(books, clock)


def _articles() -> Mapping[str, str]:
    folder = files("alltid.examples.lender") / "articles"
    return {
        each.url: f"{each.title}\n{each.summary}\n{each.body}"
        for each in read_articles(folder, HELP)
    }
