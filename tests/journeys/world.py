"""The browser that the stories share: each person gets a context of their own in it.

What a page complains about on its console (errors, broken content security policy, failed
loading) is collected, and fails the story unless it said that it expects it.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    ViewportSize,
)

PHONE: Final = ViewportSize(width=360, height=740)
DESKTOP: Final = ViewportSize(width=1280, height=800)
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The sandbox needs rights that containers and root lack; the rest keeps Chromium from
# talking to anybody but the server under test.
_FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# How long a slow machine may take for what a quick one does at once; nothing waits for its end.
PATIENCE_MILLISECONDS: Final = 30_000
# Asking who is signed in is answered with 401 where nobody is; browsers note every such answer.
_ALWAYS_EXPECTED: Final = (re.compile(r"401 .*/api/me\)$"),)


def chromium() -> str:
    """The browser's program: ALLTID_CHROMIUM, else what the system has."""
    for name in (os.environ.get("ALLTID_CHROMIUM"), *_NAMES):
        found = name and shutil.which(name)
        if found:
            return found
    raise AssertionError("These tests need Chromium: install it, or name it in ALLTID_CHROMIUM.")


@contextmanager
def chromium_browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium(), args=list(_FLAGS))
    try:
        yield browser
    finally:
        browser.close()


class World:
    """Makes people's browser contexts, watches them, and keeps evidence of a failure."""

    def __init__(self, browser: Browser, evidence: Path) -> None:
        self._browser = browser
        self._evidence = evidence
        self._contexts: list[BrowserContext] = []
        self._expected = list(_ALWAYS_EXPECTED)
        self.complaints: list[str] = []

    def page(self, *, phone: bool = False, locale: str = "en-GB", **options: Any) -> Page:
        """Open a page in a context of its own: another person, or another device."""
        options.setdefault("viewport", PHONE if phone else DESKTOP)
        context = self._browser.new_context(
            locale=locale, has_touch=phone, timezone_id="Europe/Stockholm", **options
        )
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        context.tracing.start(snapshots=True)
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.complaints.append(f"uncaught: {error.error}"))
        self._contexts.append(context)
        return context.new_page()

    def expects(self, complaint: str) -> None:
        """Let a complaint pass whose text matches, as where a refusal is the story."""
        self._expected.append(re.compile(complaint))

    def unexpected(self) -> list[str]:
        return [
            complaint
            for complaint in self.complaints
            if not any(pattern.search(complaint) for pattern in self._expected)
        ]

    def keep_evidence(self, name: str) -> Path:
        """Write a trace of each context and a picture of each page, for a failed story."""
        folder = self._evidence / re.sub(r"[^\w.-]+", "-", name)
        folder.mkdir(parents=True, exist_ok=True)
        for number, context in enumerate(self._contexts):
            for page_number, page in enumerate(context.pages):
                page.screenshot(path=folder / f"{number}-{page_number}.png")
            context.tracing.stop(path=folder / f"{number}-trace.zip")
        return folder

    def close(self) -> None:
        for context in self._contexts:
            context.close()
        self._contexts.clear()

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            where = message.location.get("url", "")
            self.complaints.append(f"{message.type}: {message.text} ({where})")
