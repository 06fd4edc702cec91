"""The three faces as files: built pages and bundles, read once and served from memory."""

from __future__ import annotations

import gzip
import hashlib
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

_TYPES: Final[Mapping[str, str]] = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
# Pages and the loader are asked for again each time (their answer is mostly "not modified");
# bundles carry their content's hash in the address.
_ASK_AGAIN: Final = "no-cache"
_FOR_GOOD: Final = "public, max-age=31536000, immutable"
_ORIGINS: Final = "__ALLTID_ORIGINS__"
_NEEDED: Final = frozenset(
    {
        "loader.js",
        "widget.html",
        "workspace.html",
        "console.html",
        "freelancer.html",
        "apply.html",
        "agent-sw.js",
    }
)


class NotBuilt(Exception):  # noqa: N818  the state of the installation, in plain words
    """The front end's files are not there; the message says how to get them."""


@dataclass(frozen=True)
class Asset:
    """A file in memory, plain, and compressed from the first time that it is asked for."""

    content: bytes
    etag: str
    media_type: str

    @cached_property
    def compressed(self) -> bytes:
        """The content as gzip."""
        return gzip.compress(self.content, 9, mtime=0)

    def response(self, request: Request, cache: str) -> Response:
        """Answer a request for it."""
        headers = {"Cache-Control": cache, "ETag": self.etag, "Vary": "Accept-Encoding"}
        if request.headers.get("if-none-match") == self.etag:
            return Response(status_code=304, headers=headers)
        content = self.content
        if "gzip" in request.headers.get("accept-encoding", ""):
            content = self.compressed
            headers["Content-Encoding"] = "gzip"
        return Response(content, media_type=self.media_type, headers=headers)


def load_assets(widget_origins: Sequence[str]) -> dict[str, Asset]:
    """Read every built file, with the sites that may embed the widget filled in.

    Raises:
        NotBuilt: the front end was never built.
    """
    folder = files("alltid.web") / "static"
    assets: dict[str, Asset] = {}
    if folder.is_dir():
        for file in folder.iterdir():
            suffix = "." + file.name.rsplit(".", 1)[-1]
            if suffix in _TYPES:
                content = file.read_bytes()
                if file.name == "widget.html":
                    origins = html.escape(" ".join(widget_origins), quote=True)
                    content = content.replace(_ORIGINS.encode(), origins.encode())
                assets[file.name] = _asset(content, _TYPES[suffix])
    missing = _NEEDED - set(assets)
    if missing:
        raise NotBuilt(f"The front end is not built ({', '.join(sorted(missing))}): run ./up.")
    return assets


def page_routes(assets: Mapping[str, Asset]) -> APIRouter:
    """Make the routes of the pages, the loader and the bundles."""
    router = APIRouter(include_in_schema=False)
    pages = {
        "/agent": "workspace.html",
        "/agent/me": "freelancer.html",
        "/apply": "apply.html",
        "/console": "console.html",
        "/widget": "widget.html",
        "/widget.js": "loader.js",
        # Beside the page that it serves, so that it may serve it without a header of its own.
        "/agent-sw.js": "agent-sw.js",
    }
    for path, name in pages.items():
        router.add_api_route(path, _page(assets[name]), methods=["GET", "HEAD"])

    @router.api_route("/static/{name}", methods=["GET", "HEAD"])
    async def static(request: Request, name: str) -> Response:
        asset = assets.get(name)
        if asset is None:
            return Response(status_code=404)
        return asset.response(request, _FOR_GOOD if request.url.query else _ASK_AGAIN)

    return router


def _page(asset: Asset):  # type: ignore[no-untyped-def]  # noqa: ANN202  FastAPI reads the inner one
    async def page(request: Request) -> Response:
        return asset.response(request, _ASK_AGAIN)

    return page


def _asset(content: bytes, media_type: str) -> Asset:
    etag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
    return Asset(content, etag, media_type)
