"""The desk's own plain pages: what this address is, and the company's help articles to read.

The assistant names an article with each answer; here is where its link leads, unless the
articles were imported with the address of the company's own site.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from importlib.resources import files
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from alltid.assistant.articles import render
from alltid.assistant.knowledge import HelpArticle, Knowledge

LANGUAGES_TRIED_MAX: Final = 5
_DEFAULT: Final = "en"
_CURRENT: Final = ' aria-current="true"'
_STYLE: Final = "help.css"
_ASK_AGAIN: Final = {"Cache-Control": "no-cache"}
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "own_name": "English",
        "dated": "As of {date}",
        "skip": "Go to the content",
        "help": "Help from {company}",
        "languages": "Languages",
        "nothing": "This page doesn't exist",
        "none_yet": "Articles will appear here once they are imported.",
    },
    "sv": {
        "own_name": "Svenska",
        "dated": "Gäller per {date}",
        "skip": "Gå till innehållet",
        "help": "Hjälp från {company}",
        "languages": "Språk",
        "nothing": "Den här sidan finns inte",
        "none_yet": "Artiklar visas här när de har importerats.",
    },
    "de": {
        "own_name": "Deutsch",
        "dated": "Stand: {date}",
        "skip": "Zum Inhalt springen",
        "help": "Hilfe von {company}",
        "languages": "Sprachen",
        "nothing": "Diese Seite gibt es nicht",
        "none_yet": "Artikel erscheinen hier, sobald sie importiert sind.",
    },
    "it": {
        "own_name": "Italiano",
        "dated": "Aggiornato al {date}",
        "skip": "Vai al contenuto",
        "help": "Aiuto di {company}",
        "languages": "Lingue",
        "nothing": "Questa pagina non c'è",
        "none_yet": "Gli articoli appariranno qui dopo l'importazione.",
    },
    "es": {
        "own_name": "Español",
        "dated": "Actualizado el {date}",
        "skip": "Ir al contenido",
        "help": "Ayuda de {company}",
        "languages": "Idiomas",
        "nothing": "Esta página no existe",
        "none_yet": "Los artículos aparecerán aquí cuando se importen.",
    },
}


def own_pages(company: str, knowledge: Knowledge) -> APIRouter:
    """Make the routes of `/` and of the help pages, for a desk that serves no example."""
    pages = APIRouter(include_in_schema=False)
    style = (files("alltid.web") / _STYLE).read_bytes()

    @pages.get("/")
    async def start() -> Response:
        return _page(_DEFAULT, company, _start(company), chat=False)

    @pages.get("/help.css")
    async def stylesheet() -> Response:
        return Response(style, media_type="text/css; charset=utf-8", headers=_ASK_AGAIN)

    @pages.get("/help")
    async def help_start(request: Request) -> Response:
        for language in _preferred(request.headers.get("accept-language", "")):
            if await knowledge.titles(language):
                return RedirectResponse(f"/help/{language}", headers={"Vary": "Accept-Language"})
        return RedirectResponse(f"/help/{_DEFAULT}", headers={"Vary": "Accept-Language"})

    @pages.get("/help/{language}")
    async def help_index(language: str) -> Response:
        titles = await knowledge.titles(language)
        if not titles and language != _DEFAULT:
            return _nothing_here(language, company)
        return _page(language, _say(language, "help", company), _index(language, company, titles))

    @pages.get("/help/{language}/{slug}")
    async def help_article(language: str, slug: str) -> Response:
        article = await knowledge.article(language, slug)
        if article is None:
            return _nothing_here(language, company)
        return _page(article.language, f"{article.title} · {company}", _article(article))

    return pages


def _preferred(accept_language: str) -> list[str]:
    """Return the first languages that a browser asks for, as it orders them."""
    asked = (part.partition(";")[0].strip() for part in accept_language.split(","))
    short = (each.partition("-")[0].lower() for each in asked)
    return [each for each in dict.fromkeys(short) if each.isalpha()][:LANGUAGES_TRIED_MAX]


def _start(company: str) -> str:
    return (
        f"<h1>{escape(company)}</h1>"
        "<p>This is where questions to the company are answered: by an AI assistant first, and "
        "by a person whenever you ask for one. The chat is on the company's own site.</p>"
        '<ul><li><a href="/help">Help articles</a></li>'
        '<li><a href="/agent">For agents: the workspace</a></li>'
        '<li><a href="/console">For leads: the console</a></li></ul>'
    )


def _index(language: str, company: str, titles: Iterable[tuple[str, str, str]]) -> str:
    items = "".join(
        f'<li><a href="/help/{escape(language)}/{escape(slug)}">{escape(title)}</a>'
        f'<br><span class="quiet">{escape(summary)}</span></li>'
        for slug, title, summary in titles
    )
    listed = f"<ul>{items}</ul>" if items else f"<p>{_escaped(language, 'none_yet', company)}</p>"
    return f"<h1>{_escaped(language, 'help', company)}</h1>{listed}"


def _article(article: HelpArticle) -> str:
    links = "".join(
        f'<li><a href="/help/{each}/{escape(article.slug)}" lang="{each}" hreflang="{each}"'
        f"{_CURRENT if each == article.language else ''}>"
        f"{escape(_words(each)['own_name'] if each in _WORDS else each)}</a></li>"
        for each in article.languages
    )
    label = escape(_words(article.language)["languages"])
    dated = ""
    if article.date is not None:
        said = escape(_words(article.language)["dated"]).format(
            date=f'<time datetime="{escape(article.date)}">{escape(article.date)}</time>'
        )
        dated = f'<p class="quiet">{said}</p>'
    return (
        f"<article><h1>{escape(article.title)}</h1>"
        f'<p class="quiet">{escape(article.summary)}</p>{render(article.body)}{dated}</article>'
        f'<nav aria-label="{label}"><ul class="row">{links}</ul></nav>'
    )


def _nothing_here(language: str, company: str) -> Response:
    shown = language if language in _WORDS else _DEFAULT
    main = (
        f"<h1>{_escaped(shown, 'nothing', company)}</h1>"
        f'<p><a href="/help">{_escaped(shown, "help", company)}</a></p>'
    )
    return _page(shown, _say(shown, "nothing", company), main, status=404)


def _page(
    language: str, title: str, main: str, *, status: int = 200, chat: bool = True
) -> Response:
    language = escape(language, quote=True)
    script = f'<script src="/widget.js" data-language="{language}" async></script>' if chat else ""
    html = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><meta name="color-scheme" content="light dark">'
        f'<link rel="stylesheet" href="/help.css">{script}</head>'
        f'<body><a class="skip" href="#main">{_escaped(language, "skip", "")}</a>'
        f'<main id="main" tabindex="-1">{main}</main></body></html>'
    )
    return HTMLResponse(html, status_code=status, headers=_ASK_AGAIN)


def _words(language: str) -> Mapping[str, str]:
    return _WORDS.get(language, _WORDS[_DEFAULT])


def _say(language: str, name: str, company: str) -> str:
    return _words(language)[name].format(company=company)


def _escaped(language: str, name: str, company: str) -> str:
    return escape(_say(language, name, company))
