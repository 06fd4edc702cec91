"""Who gets in, how, and who does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.cli.program import run_alltid
from tests.journeys.people import Agent, Customer, Lead
from tests.journeys.world import World
from tests.support.server import Server

EMAIL = "nora@klarsund.example"
PASSWORD = "a long walk by the sea"
_SERVE = (
    "-c",
    "import sys; sys.argv[1] = 'serve'; from alltid.cli import main; main()",
)


@pytest.fixture(scope="session")
def nora(running_demo: Server, short_folder: Path) -> str:
    """An agent with a password, made on the command line."""
    made = run_alltid(
        *("agents", "add", EMAIL, "--name", "Nora", "--language", "sv", "--password-stdin"),
        cwd=short_folder,
        typed=f"{PASSWORD}\n",
        DATABASE_URL=running_demo.database_url,
    )
    assert made.returncode == 0, made.stderr
    return EMAIL


@pytest.fixture
def serving(running_demo: Server, short_folder: Path) -> Iterator[Server]:
    """`alltid serve` beside the demo, on the same database."""
    with Server(
        short_folder / "serve",
        database_url=running_demo.database_url,
        entry=_SERVE,
        ALLTID_SECRET_KEY="a secret that stays the same in every process",
    ) as server:
        yield server


def give_authenticator(page: Page) -> None:
    """Put a device with a fingerprint reader beside the page: its owner always agrees."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def fill_in(page: Page, password: str) -> None:
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_an_agent_signs_in_with_a_password_and_then_with_a_passkey(
    world: World, demo: Server, nora: str
) -> None:
    world.expects("401 .*/api/sign-in/password")
    # Passkeys belong to a name; at 127.0.0.1 they are not offered.
    agent = Agent(world.page(phone=True), demo.http.replace("127.0.0.1", "localhost")).visits()
    page = agent.page
    give_authenticator(page)
    fill_in(page, "not the password")
    expect(page.get_by_role("alert")).to_contain_text("not right")
    fill_in(page, PASSWORD)
    expect(agent.switch).to_be_visible()

    page.get_by_role("button", name="Account").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Name of the new passkey").fill("My phone")
    sheet.get_by_role("button", name="Add a passkey").click()
    expect(sheet.get_by_text("The passkey is added.")).to_be_visible()
    expect(sheet.get_by_role("listitem")).to_contain_text("My phone")
    sheet.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(agent.switch).to_be_visible()
    page.get_by_role("button", name="Account").click()
    expect(sheet.get_by_text("last used")).to_be_visible()
    # Taking one away needs a second tap.
    sheet.get_by_role("button", name="Remove the passkey My phone").click()
    sheet.get_by_role("button", name="Remove for good").click()
    expect(sheet.get_by_text("None yet.")).to_be_visible()
    sheet.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_neither_customers_nor_agents_get_at_the_console(
    world: World, customer: Customer, sara: Agent
) -> None:
    world.expects("40[13] .*/api/console/")
    ask = "fetch('/api/console/overview').then(answer => answer.status)"
    assert customer.comes().page.evaluate(ask) == 401
    assert sara.signs_in().page.evaluate(ask) == 403
    sara.page.goto(f"{sara.desk}/console")
    expect(sara.page.get_by_role("heading", name="This page is for leads")).to_be_visible()


def test_a_page_says_so_when_the_sign_in_has_ended_elsewhere(sara: Agent, world: World) -> None:
    sara.signs_in().goes_online()
    other = sara.page.context.new_page()
    Agent(other, sara.desk).visits()
    other.get_by_role("button", name="Account").click()
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(sara.page.get_by_text("You have been signed out")).to_be_visible()


def test_one_click_sign_ins_exist_only_in_the_demo(
    world: World, serving: Server, lead: Lead
) -> None:
    page = world.page()
    for path in ("/agent", "/console"):
        page.goto(f"{serving.http}{path}")
        expect(page.get_by_label("Password")).to_be_visible()
        expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
        expect(page.get_by_text("demo")).to_have_count(0)
    for who in ("agent", "lead"):
        answer = httpx.post(
            f"{serving.http}/api/sign-in/demo",
            json={"who": who},
            headers={"Origin": serving.http},
            timeout=30,
        )
        assert answer.status_code == 404
