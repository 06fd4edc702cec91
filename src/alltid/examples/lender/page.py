"""The example's pages: a small shop that pays with the lender, and the lender's help articles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from html import escape
from importlib.resources import files
from string import Template
from typing import Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict

from alltid.assistant.articles import render
from alltid.assistant.knowledge import HelpArticle, Knowledge
from alltid.examples.lender.customers import DEMO_CUSTOMERS, Who, demo_token
from alltid.examples.lender.words import LANGUAGES, WORDS
from alltid.web.errors import WebError, error_docs

_HERE: Final = files("alltid.examples.lender")
# Pages change with the program, so a browser asks each time, and mostly hears "the same".
_CACHE: Final = {"Cache-Control": "no-cache"}
_CURRENT: Final = ' aria-current="true"'
_FILES: Final = {
    "shop.css": "text/css; charset=utf-8",
    "shop.js": "text/javascript; charset=utf-8",
    "mark.svg": "image/svg+xml",
}


class DemoCustomerChoice(BaseModel):
    """Which of the demo's customers the visitor plays."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    who: Who


class DemoCustomerToken(BaseModel):
    """The token for the widget; none for a guest."""

    name: str | None
    token: str | None


def router(
    *,
    company: str,
    demo: bool,
    knowledge: Knowledge,
    now: Callable[[], datetime],
    secret_key: str,
) -> APIRouter:
    """Return the shop's page, its files, the help pages and (in the demo) its sign-in."""
    pages = APIRouter(include_in_schema=True)

    @pages.get("/", response_class=HTMLResponse, include_in_schema=False)
    async def shop() -> Response:
        return _page(
            "en", f"Norrhem, with {company}", _shop(company, demo=demo), shop=True, demo=demo
        )

    @pages.get("/help", include_in_schema=False)
    async def help_start() -> Response:
        return RedirectResponse("/help/en")

    @pages.get("/help/{language}", response_class=HTMLResponse, include_in_schema=False)
    async def help_index(language: str) -> Response:
        known = language if language in LANGUAGES else "en"
        if known != language:
            return _nothing_here(known)
        titles = await knowledge.titles(known)
        heading = WORDS[known]["help_of"].format(company=company)
        return _page(known, heading, _index(known, heading, titles))

    @pages.get("/help/{language}/{slug}", response_class=HTMLResponse, include_in_schema=False)
    async def help_article(language: str, slug: str) -> Response:
        known = language if language in LANGUAGES else "en"
        article = await knowledge.article(language, slug) if known == language else None
        if article is None:
            return _nothing_here(known)
        return _page(known, f"{article.title} · {company}", _article(article))

    @pages.get("/shop/static/{name}", include_in_schema=False)
    async def static_file(name: str) -> Response:
        if name not in _FILES:
            raise WebError(404, "not_found", "There is nothing here.")
        content = (_HERE / "static" / name).read_bytes()
        return Response(content, media_type=_FILES[name], headers=_CACHE)

    if demo:
        _add_demo(pages, now, secret_key)
    return pages


def _add_demo(pages: APIRouter, now: Callable[[], datetime], secret_key: str) -> None:
    @pages.post("/demo/customer", responses=error_docs(422), tags=["demo"])
    async def demo_customer(choice: DemoCustomerChoice) -> Response:
        """Sign the visitor in at the shop as one of its made-up customers."""
        customer = DEMO_CUSTOMERS.get(choice.who)
        token = None if customer is None else demo_token(customer, secret_key, now())
        body = DemoCustomerToken(name=customer.name if customer else None, token=token)
        return JSONResponse(body.model_dump(), headers={"Cache-Control": "no-store"})


def _nothing_here(language: str) -> Response:
    words = WORDS[language]
    main = (
        f'<div class="wrap"><section><h1>{escape(words["nothing"])}</h1>'
        f'<p><a href="/help/{language}">{escape(words["help"])}</a></p></section></div>'
    )
    return _page(language, words["nothing"], main, status=404)


def _page(
    language: str,
    title: str,
    main: str,
    *,
    shop: bool = False,
    demo: bool = False,
    status: int = 200,
) -> Response:
    words = {name: escape(text) for name, text in WORDS[language].items()}
    html = _template("layout").substitute(
        words,
        language=language,
        title=escape(title),
        # On the shop's page the visitor's browser chooses the language of the chat.
        chat_language="" if shop else f' data-language="{language}"',
        scripts='<script src="/shop/static/shop.js" defer></script>' if demo else "",
        main=main,
    )
    return HTMLResponse(html, status_code=status, headers=_CACHE)


def _shop(company: str, *, demo: bool) -> str:
    customers = "\n".join(
        f'<label><input type="radio" name="who" value="{who}"> {escape(customer.name)}'
        f' <span class="quiet small">({customer.locale})</span></label>'
        for who, customer in DEMO_CUSTOMERS.items()
    )
    block = _template("demo").substitute(customers=customers) if demo else ""
    return _template("shop").substitute(company=escape(company), demo=block)


def _index(language: str, heading: str, titles: list[tuple[str, str, str]]) -> str:
    items = "\n".join(
        f'<li><a href="/help/{language}/{escape(slug)}">{escape(title)}</a><br>'
        f'<span class="quiet small">{escape(summary)}</span></li>'
        for slug, title, summary in titles
    )
    return (
        f'<div class="wrap"><section><h1>{escape(heading)}</h1>'
        f'<ul class="articles">{items}</ul>{_languages(LANGUAGES, language, "")}</section></div>'
    )


def _article(article: HelpArticle) -> str:
    shown = [language for language in LANGUAGES if language in article.languages]
    return (
        f'<div class="wrap"><section><article><h1>{escape(article.title)}</h1>'
        f'<p class="quiet">{escape(article.summary)}</p>{render(article.body)}</article>'
        f"{_languages(shown, article.language, f'/{article.slug}')}</section></div>"
    )


def _languages(shown: tuple[str, ...] | list[str], current: str, rest: str) -> str:
    links = "".join(
        f'<li><a href="/help/{language}{escape(rest)}" lang="{language}" hreflang="{language}"'
        f"{_CURRENT if language == current else ''}>"
        f"{escape(WORDS[language]['own_name'])}</a></li>"
        for language in shown
    )
    label = escape(WORDS[current]["languages"])
    return f'<nav aria-label="{label}"><ul>{links}</ul></nav>'


def _template(name: str) -> Template:
    return Template((_HERE / "templates" / f"{name}.html").read_text(encoding="utf-8"))
