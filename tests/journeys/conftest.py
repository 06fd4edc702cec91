"""One running demo and one browser for all stories; each story gets its own people."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.journeys.desk import tidy
from tests.journeys.people import Agent, Customer, Lead
from tests.journeys.sites import ForeignSite
from tests.journeys.world import PATIENCE_MILLISECONDS, World, chromium_browser
from tests.support.server import PATIENT_ENTRY, Server

_REPORTS = pytest.StashKey[dict[str, pytest.TestReport]]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: pytest.TestReport = yield  # type: ignore[assignment]
    item.stash.setdefault(_REPORTS, {})[report.when] = report
    return report  # type: ignore[return-value]


@pytest.fixture(scope="session")
def listed_site() -> Iterator[ForeignSite]:
    """A shop on another origin that the desk's settings name."""
    with ForeignSite() as site:
        yield site


@pytest.fixture(scope="session")
def unlisted_site() -> Iterator[ForeignSite]:
    """A site that tries to show the widget without being asked to."""
    with ForeignSite() as site:
        yield site


@pytest.fixture(scope="session")
def running_demo(short_folder: Path, listed_site: ForeignSite) -> Iterator[Server]:
    """`alltid up`, once. What a machine has no time for would be another story: an apology."""
    with Server(
        short_folder / "journeys",
        entry=PATIENT_ENTRY,
        ALLTID_WIDGET_ORIGINS=listed_site.origin,
        ALLTID_SIGN_INS_PER_HOUR="3600",
    ) as server:
        yield server


@pytest.fixture
def demo(running_demo: Server) -> Iterator[Server]:
    """The demo with nobody waiting and nobody online."""
    yield running_demo
    tidy(running_demo)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, chromium_browser(playwright) as browser:
        expect.set_options(timeout=PATIENCE_MILLISECONDS)
        yield browser


@pytest.fixture
def world(request: pytest.FixtureRequest, browser: Browser, demo: Server) -> Iterator[World]:
    """Everybody's pages; after the story no page may have complained on its console."""
    world = World(browser, Path(tempfile.gettempdir()) / "alltid-journeys")
    yield world
    report = request.node.stash.get(_REPORTS, {}).get("call")
    complaints = world.unexpected()
    if complaints or (report is not None and report.failed):
        kept = world.keep_evidence(request.node.name)
        print(f"pictures and traces: {kept}")  # noqa: T201  pytest shows it with the failure
    world.close()
    assert not complaints, "a page complained on its console"


@pytest.fixture
def customer(world: World, demo: Server) -> Customer:
    return Customer(world.page(), f"{demo.http}/")


@pytest.fixture
def sara(world: World, demo: Server) -> Agent:
    """The demo's agent, on her phone."""
    return Agent(world.page(phone=True), demo.http)


@pytest.fixture
def lead(world: World, demo: Server) -> Lead:
    return Lead(world.page(), demo.http)
