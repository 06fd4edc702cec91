"""Who uses Alltid in these stories, and what they can do on their pages.

Each class is one person at one page. Its methods are what that person does, found by the role
and the name by which they would find it; `sees` waits until something is there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import FrameLocator, Locator, Page, expect

Files = Path | Sequence[Path]


class Customer:
    """Somebody at the shop, or at any site with the loader's script on it."""

    def __init__(self, page: Page, site: str) -> None:
        self.page = page
        self.site = site

    # The one iframe of the page; it lies in the loader's open shadow root.
    @property
    def chat(self) -> FrameLocator:
        return self.page.frame_locator("iframe")

    @property
    def button(self) -> Locator:
        """The round button."""
        return self.page.locator("button[aria-controls=panel]")

    @property
    def field(self) -> Locator:
        return self.chat.get_by_role("textbox", name="Write a message")

    @property
    def log(self) -> Locator:
        return self.chat.get_by_role("log")

    @property
    def human_button(self) -> Locator:
        """The header's way to a human, whatever it says."""
        return self.chat.locator("header button.human")

    @property
    def place_card(self) -> Locator:
        """The card that stays above the input while waiting."""
        return self.chat.locator("#queue-card")

    def visits(self) -> Customer:
        self.page.goto(self.site)
        return self

    def opens_chat(self) -> Customer:
        self.button.click()
        expect(self.field).to_be_visible()
        return self

    def comes(self) -> Customer:
        return self.visits().opens_chat()

    def plays(self, name: str) -> Customer:
        """Chooses on the demo's shop page who they are."""
        self.page.get_by_role("radio", name=re.compile(name)).check()
        expect(self.page.get_by_text(f"You are {name}")).to_be_visible()
        return self

    def writes(self, text: str) -> None:
        self.field.fill(text)
        self.field.press("Enter")
        expect(self.field).to_have_value("")

    def asks_for_human(self) -> None:
        self.chat.locator("header").get_by_role("button", name="Talk to a human").click()
        expect(self.place_card).to_be_visible()

    def attaches(self, files: Files) -> None:
        self.chat.locator("input[type=file]").set_input_files(files)

    def sends(self) -> None:
        self.chat.get_by_role("button", name="Send", exact=True).click()

    def said(self, text: str) -> Locator:
        """The messages with exactly this text, stored or on their way."""
        return self.log.locator(".bubble", has_text=re.compile(f"^{re.escape(text)}$"))

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.log.get_by_text(text).last).to_be_visible()

    def sees_line(self, text: str | re.Pattern[str]) -> None:
        """One of the quiet lines between messages."""
        expect(self.log.locator(".line", has_text=text).last).to_be_visible()

    def sees_place(self, place: str | re.Pattern[str], wait: str | re.Pattern[str]) -> None:
        expect(self.place_card.get_by_role("heading")).to_have_text(place)
        expect(self.place_card.get_by_role("status")).to_contain_text(wait)

    def mark(self) -> Locator:
        """How far the newest own message has come."""
        return self.log.locator(".mark").last


class Agent:
    """A human who answers, on the workspace."""

    def __init__(self, page: Page, desk: str) -> None:
        self.page = page
        self.desk = desk

    @property
    def switch(self) -> Locator:
        return self.page.get_by_role("switch")

    @property
    def waiting(self) -> Locator:
        """The rows of those who wait."""
        return self.page.locator("section.waiting li")

    @property
    def field(self) -> Locator:
        return self.page.get_by_role("textbox", name="Your answer")

    @property
    def conversation(self) -> Locator:
        return self.page.locator("section.conversation")

    def visits(self) -> Agent:
        self.page.goto(f"{self.desk}/agent")
        return self

    def signs_in(self, who: str = "Sara") -> Agent:
        """With the demo's one click."""
        self.visits()
        self.page.get_by_role("button", name=f"Sign in as {who}").click()
        expect(self.switch).to_be_visible()
        return self

    @property
    def sheet(self) -> Locator:
        """The question that lies over the page; offers are no question."""
        return self.page.locator("dialog.sheet")

    @property
    def offers(self) -> Locator:
        return self.page.locator("dialog.offers").get_by_role("article")

    def goes_online(self) -> Agent:
        expect(self.switch).to_have_attribute("aria-disabled", "false")
        if self.switch.get_attribute("aria-checked") != "true":
            self.switch.click()
            self.sheet.get_by_role("button", name="Go online").click()
        expect(self.switch).to_have_attribute("aria-checked", "true")
        return self

    def takes(self, place: int = 1) -> None:
        self.page.get_by_role("button", name=f"Take the conversation at place {place}").click()
        expect(self.field).to_be_visible()

    def writes(self, text: str) -> None:
        self.field.fill(text)
        self.field.press("Enter")
        expect(self.field).to_have_value("")

    def attaches(self, files: Files) -> None:
        self.page.locator("input[type=file]").set_input_files(files)

    def sends(self) -> None:
        self.page.get_by_role("button", name="Send", exact=True).click()

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.conversation.get_by_text(text).last).to_be_visible()

    def mark(self) -> Locator:
        """Under the newest own message: when, and how far it has come."""
        return self.conversation.locator(".group.own .group-time").last

    def finishes(self, reason: str = "Solved", note: str = "") -> None:
        self.page.get_by_role("button", name="Finish").click()
        sheet = self.sheet
        sheet.get_by_role("radio", name=reason, exact=True).check()
        if note:
            sheet.get_by_role("textbox").fill(note)
        sheet.get_by_role("button", name="Finish").click()
        expect(sheet).to_be_hidden()


class Lead:
    """Somebody who looks after the desk, on the console."""

    def __init__(self, page: Page, desk: str) -> None:
        self.page = page
        self.desk = desk

    def signs_in(self) -> Lead:
        self.page.goto(f"{self.desk}/console")
        self.page.get_by_role("button", name="Sign in as lead").click()
        expect(self.page.get_by_role("heading", name="Now")).to_be_visible()
        return self

    def light(self, promise: str) -> Locator:
        return self.page.locator("section.lights a", has_text=promise)

    def figure(self, name: str) -> Locator:
        return self.page.locator("section.figure", has_text=name).locator(".figure-value")
