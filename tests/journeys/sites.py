"""A company's site on an origin of its own, with one page and styles that mean no good."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

# What careless and hostile sites do to everything on their pages.
HOSTILE_STYLE = """
* { all: revert !important; font-size: 40px !important; color: lime !important;
    background: black !important; transition: all 9s !important; }
div, button, iframe, section { position: static !important; width: 20px !important;
    height: 20px !important; }
div { transform: rotate(7deg) !important; opacity: 0.1 !important; overflow: hidden !important;
    display: block !important; z-index: -1 !important; }
"""


class ForeignSite:
    """Serves `page` at / until left."""

    def __init__(self) -> None:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = site.page.encode() if self.path == "/" else b""
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name there
                pass

        self.page = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def embeds(self, desk: str, *, style: str = "", script: str = "") -> None:
        """Put the loader's one script tag on the page."""
        self.page = (
            f'<!doctype html><html lang="en"><title>Elsewhere</title><style>{style}</style>'
            f'<body><h1>Elsewhere</h1><script src="{desk}/widget.js" async></script>'
            f"<script>{script}</script></body></html>"
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
