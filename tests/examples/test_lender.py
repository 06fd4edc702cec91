from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from importlib.resources import files

import httpx
import pytest
from fastapi import FastAPI

from alltid.assistant.articles import read_articles
from alltid.assistant.knowledge import Knowledge
from alltid.examples.lender.customers import (
    AUDIENCE,
    DEMO_CUSTOMERS,
    ISSUER,
    demo_customer_jwt,
    demo_token,
)
from alltid.examples.lender.page import router
from alltid.examples.lender.seed import seed
from alltid.kernel.clock import ManualClock
from alltid.kernel.ids import SeededIds
from alltid.storage.database import open_pool
from alltid.web.errors import install_error_handlers
from alltid.web.identity.company_jwt import CompanyKey, CompanyTokens

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECRET = "an-example-secret-of-forty-characters-xx"
LANGUAGES = {"en", "sv", "de", "it", "es"}
ARTICLES = read_articles(files("alltid.examples.lender") / "articles", "/help")


@asynccontextmanager
async def shop(database_url: str, *, demo: bool = True) -> AsyncIterator[httpx.AsyncClient]:
    async with await open_pool(database_url) as pool:
        await seed(pool, ManualClock(NOW), SeededIds(1))
        app = FastAPI()
        install_error_handlers(app)
        pages = router(
            company="Klarsund",
            demo=demo,
            knowledge=Knowledge(pool),
            now=lambda: NOW,
            secret_key=SECRET,
        )
        app.include_router(pages)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
            yield client


def test_each_article_is_there_in_each_language_and_of_a_readable_length() -> None:
    languages = defaultdict(set)
    for article in ARTICLES:
        languages[article.slug].add(article.language)
        assert 80 <= len(article.body.split()) <= 200, (article.language, article.slug)
        assert article.summary
        assert article.keywords
    assert len(languages) >= 24
    assert all(there == LANGUAGES for there in languages.values())


def test_figures_are_the_same_in_all_languages() -> None:
    figures: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for article in ARTICLES:
        plain = re.sub(r"(?<=\d)[.,\u00a0 ](?=\d{3}\b)", "", article.body)
        numbers = re.findall(r"\d+(?:[.,]\d+)?", plain)
        figures[article.slug][article.language] = sorted(n.replace(",", ".") for n in numbers)
    for slug, by_language in figures.items():
        assert len({tuple(numbers) for numbers in by_language.values()}) == 1, (slug, by_language)


@pytest.mark.anyio
async def test_seeding_twice_changes_nothing(database_url: str) -> None:
    async with await open_pool(database_url) as pool:
        first = await seed(pool, ManualClock(NOW), SeededIds(1))
        second = await seed(pool, ManualClock(NOW), SeededIds(2))
        async with pool.connection() as connection:
            row = await (
                await connection.execute(
                    "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM agents)"
                )
            ).fetchone()
    assert first.added == len(ARTICLES)
    assert (second.added, second.changed, second.removed) == (0, 0, 0)
    assert row == (len(ARTICLES), 3)


class Tags(HTMLParser):
    """Collects what a page would load or run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.script_text = ""
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._in_script = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.script_text += data


@pytest.mark.anyio
async def test_the_shop_embeds_the_widget_and_runs_nothing_inline(database_url: str) -> None:
    async with shop(database_url) as client:
        for address in ("/", "/help/sv", "/help/de/refunds"):
            page = await client.get(address)
            assert page.status_code == 200
            tags = Tags()
            tags.feed(page.text)
            sources = [each["src"] for tag, each in tags.found if tag == "script"]
            assert "/widget.js" in sources
            assert not tags.script_text.strip()
            for tag, attributes in tags.found:
                assert not any(name.startswith("on") or name == "style" for name in attributes), tag
            for _, attributes in tags.found:
                for name in ("src", "href"):
                    value = attributes.get(name) or ""
                    if value.startswith("/shop/"):
                        assert (await client.get(value)).status_code == 200
        assert (await client.get("/shop/static/page.py")).status_code == 404


@pytest.mark.anyio
async def test_help_pages_link_their_languages_and_miss_politely(database_url: str) -> None:
    async with shop(database_url) as client:
        page = await client.get("/help/sv/refunds")
        assert '<html lang="sv">' in page.text
        assert 'href="/help/de/refunds" lang="de"' in page.text
        for missing in ("/help/sv/nothing", "/help/xx/refunds", "/help/xx", "/help/sv/%00"):
            gone = await client.get(missing)
            assert gone.status_code == 404
            assert gone.headers["content-type"].startswith("text/html")


@pytest.mark.anyio
async def test_the_shops_tokens_are_believed_by_the_desk(database_url: str) -> None:
    settings = demo_customer_jwt(SECRET)
    keys = [
        CompanyKey(key.key_id, key.algorithm, key.key.get_secret_value()) for key in settings.keys
    ]
    tokens = CompanyTokens(
        settings.issuer, settings.audience, keys, timedelta(minutes=settings.max_age_minutes)
    )
    async with shop(database_url) as client:
        for who, customer in DEMO_CUSTOMERS.items():
            answer = (await client.post("/demo/customer", json={"who": who})).json()
            claims = tokens.read(answer["token"], NOW)
            assert (claims.subject, claims.name) == (customer.subject, customer.name)
            assert claims.language == customer.locale
        guest = (await client.post("/demo/customer", json={"who": "guest"})).json()
        assert guest == {"name": None, "token": None}
        wrongs: list[object] = [{"who": "admin"}, {}, {"who": "elin", "sub": "x"}, []]
        for wrong in wrongs:
            assert (await client.post("/demo/customer", json=wrong)).status_code == 422
    assert (settings.issuer, settings.audience) == (ISSUER, AUDIENCE)
    assert demo_token(DEMO_CUSTOMERS["elin"], SECRET, NOW) != demo_token(
        DEMO_CUSTOMERS["elin"], SECRET + "y", NOW
    )


@pytest.mark.anyio
async def test_outside_the_demo_nobody_is_signed_in(database_url: str) -> None:
    async with shop(database_url, demo=False) as client:
        assert (await client.post("/demo/customer", json={"who": "elin"})).status_code == 404
        assert "Who are you" not in (await client.get("/")).text
