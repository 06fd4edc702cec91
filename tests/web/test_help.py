"""The desk's own pages: where it is, and articles to read, in any language they are written in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI

from alltid.assistant.articles import import_articles, parse_article
from alltid.assistant.knowledge import Knowledge
from alltid.storage.database import open_pool
from alltid.web.help import own_pages

pytestmark = pytest.mark.anyio

HEAD = "---\ntitle: {title}\nsummary: What <you> should know\n---\n\n"
ARTICLES = [
    ("en", "refunds", "Refunds", "It takes **five days**.\n\n<script>alert(1)</script>\n"),
    ("sv", "refunds", "Återbetalning", "Det tar fem dagar.\n"),
    ("fi", "refunds", "Palautus", "Viisi päivää.\n"),
]


@asynccontextmanager
async def desk(
    database_url: str, *, company: str = "Bengt & Co"
) -> AsyncIterator[httpx.AsyncClient]:
    async with await open_pool(database_url, min_size=1, max_size=2) as pool:
        articles = [
            parse_article(
                HEAD.format(title=title) + body, language=language, slug=slug, url_prefix="/help"
            )
            for language, slug, title, body in ARTICLES
        ]
        await import_articles(pool, articles)
        app = FastAPI()
        app.include_router(own_pages(company, Knowledge(pool)))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
            yield client


async def test_the_start_page_says_what_this_is_and_where_to_go(database_url: str) -> None:
    async with desk(database_url) as client:
        page = await client.get("/")
        assert page.status_code == 200
        assert "Bengt &amp; Co" in page.text
        for address in ("/agent", "/console", "/help", "/help.css"):
            assert f'href="{address}"' in page.text
        style = await client.get("/help.css")
        assert style.headers["content-type"].startswith("text/css")


async def test_articles_can_be_read_and_bring_the_chat(database_url: str) -> None:
    async with desk(database_url) as client:
        page = await client.get("/help/en/refunds")
        assert "<strong>five days</strong>" in page.text
        assert 'src="/widget.js" data-language="en"' in page.text
        assert 'href="/help/sv/refunds" lang="sv"' in page.text
        index = await client.get("/help/fi")
        assert '<html lang="fi">' in index.text
        assert 'href="/help/fi/refunds"' in index.text


async def test_nothing_in_an_article_is_markup_of_ours(database_url: str) -> None:
    async with desk(database_url) as client:
        page = await client.get("/help/en/refunds")
        assert "<script>alert" not in page.text
        assert "What &lt;you&gt; should know" in page.text


async def test_help_begins_in_the_readers_language(database_url: str) -> None:
    async with desk(database_url) as client:
        for asked, leads_to in (
            ("sv-SE,sv;q=0.9,en;q=0.8", "/help/sv"),
            ("xx, fi", "/help/fi"),
            ("", "/help/en"),
            ("*;q=0.1,\x7f../..", "/help/en"),
        ):
            answer = await client.get("/help", headers={"Accept-Language": asked})
            assert (answer.status_code, answer.headers["location"]) == (307, leads_to)


@pytest.mark.parametrize(
    "address",
    ["/help/sv/nothing", "/help/xx", "/help/xx/refunds", "/help/%22%3E%3Cb%3E/x", "/help/sv/%00"],
)
async def test_what_is_not_there_is_said_kindly(database_url: str, address: str) -> None:
    async with desk(database_url) as client:
        page = await client.get(address)
        assert page.status_code == 404
        assert page.headers["content-type"].startswith("text/html")
        assert '"><b>' not in page.text


async def test_a_desk_without_articles_says_how_they_come(database_url: str) -> None:
    async with await open_pool(database_url, min_size=1, max_size=1) as pool:
        app = FastAPI()
        app.include_router(own_pages("Alltid", Knowledge(pool)))
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://desk"
        ) as client:
            page = await client.get("/help/en")
            assert page.status_code == 200
            assert "once they are imported" in page.text
