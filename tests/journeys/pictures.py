"""Makes the README's pictures: plays a story on a fresh demo and photographs the three pages.

Run by `scripts/pictures`; the pictures go to docs/pictures/.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from tests.journeys.people import Agent, Customer, Lead
from tests.journeys.world import World, chromium_browser
from tests.support.server import Server

FOLDER: Final = Path(__file__).parents[2] / "docs" / "pictures"
BYTES_MOST: Final = 300_000
_SIZE: Final = {"width": 1280, "height": 800}
_COLOURS: Final = 256
_LONGEST_WAIT_MILLISECONDS: Final = 60_000


def main() -> None:
    """Play the story and write the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="alltid-")))
        demo = stack.enter_context(Server(folder))
        browser = stack.enter_context(chromium_browser(stack.enter_context(sync_playwright())))
        world = World(browser, folder)
        stack.callback(world.close)
        play(world, demo)


def play(world: World, demo: Server) -> None:
    """Some customers, two agents and a lead on an ordinary day."""

    def person(who: str, locale: str = "en-GB") -> Customer:
        visitor = Customer(_page(world, locale), f"{demo.http}/").visits()
        (visitor.plays(who) if who else visitor).button.click()
        expect(visitor.chat.get_by_role("textbox")).to_be_visible()
        return visitor

    jonas = Agent(_page(world), demo.http).signs_in("Jonas").goes_online()
    for who, question, answer in (
        ("", "Can I pay a week later?", "Done: the new due date is the 14th, free of charge."),
        ("", "How do I change my address?", "It is changed, also for the parcel on its way."),
    ):
        customer = person(who)
        customer.writes(question)
        customer.asks_for_human()
        jonas.takes()
        jonas.writes(answer)
        customer.sees(answer)
        jonas.finishes(note="Done while we spoke")

    # Offers go to Sara from here on.
    jonas.page.get_by_role("button", name="Pause").click()
    sara = Agent(_page(world), demo.http).signs_in("Sara").goes_online()
    lukas = person("Lukas Brandt")
    lukas.writes("My cup arrived damaged. What do I do?")
    expect(lukas.log.locator(".row:not(.own)")).to_have_count(2)
    lukas.writes("I would like to talk to someone about it")
    lukas.sees_line("I understood that you want a human")
    sara.takes()
    sara.writes("Hello Lukas, I am Sara. I have paused the invoice while we sort this out.")
    lukas.sees("I have paused the invoice")
    lukas.writes("Thank you. Shall I send you a picture of it?")
    sara.sees("Shall I send you a picture of it?")

    emma = person("Emma Hughes")
    emma.writes("Can I move the due date of the Skoboden invoice by 7 days?")
    expect(emma.log.get_by_role("button", name="Move it")).to_be_visible()
    _photograph(emma.page, "shop-and-widget")
    emma.asks_for_human()
    emma.sees_place("You are next in line", re.compile("minute"))

    for who, locale, wish in (
        ("Giulia Conti", "it-IT", "Vorrei parlare con una persona"),
        ("", "sv-SE", "kan jag få prata med en människa"),
    ):
        another = person(who, locale)
        field = another.chat.get_by_role("textbox")
        field.fill(wish)
        field.press("Enter")
        expect(another.place_card).to_be_visible()
    expect(sara.waiting).to_have_count(3)
    # Notices go after a moment, and a wait of some seconds is no wait.
    expect(sara.waiting.first).to_contain_text("0:3", timeout=_LONGEST_WAIT_MILLISECONDS)
    expect(sara.page.locator(".notice")).to_have_count(0)
    sara.field.fill("Yes please, one picture of the cup and one of the box is enough.")
    _photograph(sara.page, "workspace")

    lead = Lead(_page(world), demo.http).signs_in()
    expect(lead.figure("Waiting")).to_have_text("3")
    expect(lead.page.locator(".sparkline").first).to_be_visible()
    _photograph(lead.page, "console")


def _page(world: World, locale: str = "en-GB") -> Page:
    return world.page(locale=locale, viewport=_SIZE, device_scale_factor=2, color_scheme="light")


def _photograph(page: Page, name: str) -> None:
    """Write the page as a small PNG; the caret and what still moves stay out of it."""
    page.mouse.move(0, 0)
    shot = page.screenshot(animations="disabled", caret="hide")
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    path = FOLDER / f"{name}.png"
    picture.quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.relative_to(FOLDER.parents[1])}  {size / 1000:.0f} kB")  # noqa: T201  its report
    if size > BYTES_MOST:
        sys.exit(f"{path.name} is larger than {BYTES_MOST / 1000:.0f} kB.")


if __name__ == "__main__":
    main()
