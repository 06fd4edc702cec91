"""The text of saved web pages, without their menus, and the addresses of a site map."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from alltid.assistant.search.passages import Section

ENTRIES_MAX: Final = 50_000
_LEFT_OUT: Final = (
    "script, style, noscript, template, svg, nav, header, footer, aside, form, iframe, button, "
    "[hidden], [aria-hidden=true], [role=navigation], [role=banner], [role=contentinfo]"
)
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS: Final = frozenset(
    {"p", "li", "td", "th", "dt", "dd", "pre", "blockquote", "figcaption", "summary", "caption"}
)
_INSIDE: Final = ", ".join(sorted(_BLOCKS | _HEADINGS | {"div", "section", "article"}))
_SPACES: Final = re.compile(r"\s+")
_DATES: Final = (
    'meta[property="article:modified_time"]',
    'meta[name="last-modified"]',
    'meta[property="article:published_time"]',
    'meta[name="date"]',
    'meta[name="dcterms.modified"]',
)


@dataclass(slots=True)
class Page:
    """What a page says of itself, and its text; an empty text for what it doesn't say."""

    title: str = ""
    language: str = ""
    url: str = ""
    date: str = ""
    summary: str = ""
    keywords: str = ""
    sections: list[Section] = field(default_factory=list)


def read_page(html: str) -> Page:
    """Read a page; anything at all is a page, if perhaps one without text."""
    from selectolax.lexbor import LexborHTMLParser

    tree: Any = LexborHTMLParser(html)
    page = Page(
        title=_text(tree.css_first("title")),
        language=_attribute(tree.css_first("html"), "lang"),
        url=_attribute(tree.css_first("link[rel=canonical]"), "href"),
        summary=_attribute(tree.css_first("meta[name=description]"), "content"),
        keywords=_attribute(tree.css_first("meta[name=keywords]"), "content"),
    )
    stated = (_attribute(tree.css_first(each), "content") for each in _DATES)
    page.date = next(filter(None, stated), "")
    page.date = page.date or _attribute(tree.css_first("time[datetime]"), "datetime")
    for node in tree.css(_LEFT_OUT):
        node.decompose()
    main = tree.css_first("main") or tree.css_first("article") or tree.body
    first = _text(tree.css_first("h1"))
    page.title = first or page.title
    page.sections = _sections(main, page.title) if main is not None else []
    return page


def read_site_map(xml: str) -> list[tuple[str, str]]:
    """Return (address, day of the last change or nothing) of each page, in order."""
    from selectolax.lexbor import LexborHTMLParser

    # Not an XML parser: nothing can be declared, included or fetched here.
    tree: Any = LexborHTMLParser(xml)
    entries = [
        (_text(each.css_first("loc")), _text(each.css_first("lastmod")))
        for each in tree.css("url")[:ENTRIES_MAX]
    ]
    return [(address, changed) for address, changed in entries if address]


def _sections(main: Any, title: str) -> list[Section]:
    found: list[tuple[str, list[str]]] = [("", [])]
    for node in main.css(_INSIDE):
        if node.tag in _HEADINGS:
            found.append(("" if _text(node) == title else _text(node), []))
            continue
        # A block that holds others is read when its own are.
        if node.tag not in _BLOCKS and node.css_first(_INSIDE) is not None:
            continue
        if any(each != node for each in node.css(", ".join(sorted(_BLOCKS)))):
            text = _SPACES.sub(" ", node.text(deep=False)).strip()
        else:
            text = _text(node)
        if text:
            found[-1][1].append(text)
    if not any(texts for _, texts in found):
        found.append(("", [_text(main)] if _text(main) else []))
    return [Section(heading, tuple(texts)) for heading, texts in found if texts]


def _text(node: Any) -> str:
    return _SPACES.sub(" ", node.text()).strip() if node is not None else ""


def _attribute(node: Any, name: str) -> str:
    return str(node.attributes.get(name) or "").strip() if node is not None else ""
