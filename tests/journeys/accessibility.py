"""axe-core on a page and its frames, and the measures that axe doesn't take."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Frame, Page

_AXE: Final = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
_TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

# Colours in the middle of a transition are nobody's colours. A dialog that was just asked for may
# begin its animation a frame later, so two frames are awaited before anything counts as settled.
_SETTLED: Final = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const moving = () => document.getAnimations()
    .filter(each => each.effect.getComputedTiming().endTime < Infinity)
    .filter(each => each.playState !== "finished");
  for (let round = 0; round < 20; round += 1) {
    await frame();
    await frame();
    const now = moving();
    if (now.length === 0) return;
    await Promise.allSettled(now.map(each => each.finished));
  }
}"""
# Elements that reach over the right edge, and how far the page scrolls sideways.
_SIDEWAYS: Final = """() => {
  const page = document.scrollingElement;
  const out = [...document.querySelectorAll("body *")]
    .filter(each => each.getClientRects().length)
    .filter(each => each.getBoundingClientRect().right > innerWidth + 1)
    .map(each => `${each.tagName.toLowerCase()}.${each.className}`);
  return page.scrollWidth > innerWidth + 1 ? [`${page.scrollWidth} > ${innerWidth}`, ...out] : [];
}"""


@cache
def _axe() -> str:
    assert _AXE.exists(), "axe-core is not installed: run `npm ci` in frontend/."
    return _AXE.read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA in every frame of ours, one line each.

    Only colours differ between light and dark, so in the dark only they are looked at.
    """
    all_rules = {"type": "tag", "values": _TAGS}
    colours = {"type": "rule", "values": ["color-contrast"]}
    found = [f"light: {each}" for each in _run(page, all_rules)]
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {each}" for each in _run(page, colours)]
    page.emulate_media(color_scheme="light")
    return found


def _run(page: Page, only: dict[str, Any]) -> list[str]:
    found = []
    options = {"runOnly": only, "iframes": False, "resultTypes": ["violations"]}
    for frame in _frames(page):
        frame.evaluate(_SETTLED)
        if not frame.evaluate("'axe' in window"):
            # Evaluated by the browser's debugger, so no page has to allow foreign scripts.
            frame.evaluate(_axe())
        result: dict[str, Any] = frame.evaluate("options => axe.run(document, options)", options)
        for violation in result["violations"]:
            for node in violation["nodes"]:
                found.append(f"{frame.url}: {violation['id']}: {node['html'][:160]}")
                found.extend(f"    {check['message']}" for check in node["any"][:2])
    return found


def sideways(page: Page) -> list[str]:
    """What makes the page or one of its frames scroll sideways; nothing when it doesn't."""
    return [each for frame in _frames(page) for each in frame.evaluate(_SIDEWAYS)]


def enlarge_text(page: Page) -> None:
    """Show text at twice its size, as a reader's own setting does."""
    for frame in _frames(page):
        frame.evaluate("document.documentElement.style.fontSize = '200%'")


def _frames(page: Page) -> list[Frame]:
    return [frame for frame in page.frames if frame.url.startswith("http")]
