"""A running desk with the example company's own system, one for all tests of a file."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import httpx
import pytest

from alltid.assistant.dialogue.parts import TurnParts
from alltid.assistant.worker import AssistantWorker
from tests.support.client import Customer
from tests.support.databases import Databases
from tests.support.desk import RunningDesk

PATIENCE_SECONDS: Final = 60.0
LONGER_SECONDS: Final = 1.5 * PATIENCE_SECONDS


@pytest.fixture(scope="module")
def patience() -> Iterator[None]:
    """Time for every answer: what a busy machine has none for is an apology."""
    defaults: Any = AssistantWorker.__init__.__kwdefaults__
    longer = functools.partial(TurnParts, turn_seconds=PATIENCE_SECONDS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(defaults, "answer_seconds", PATIENCE_SECONDS)
        patch.setattr("alltid.assistant.worker.LEASE_SECONDS", PATIENCE_SECONDS)
        patch.setattr("alltid.desk.assistant.TurnParts", longer)
        yield


@pytest.fixture(scope="module")
def desk(databases: Databases, migrated_template: str, patience: None) -> Iterator[RunningDesk]:
    """Tests that only add customers share it."""
    with databases.url(migrated_template) as url, RunningDesk(url) as running:
        yield running


@pytest.fixture
async def http(desk: RunningDesk) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the desk's HTTP interface."""
    headers = {"Origin": desk.origin}
    async with httpx.AsyncClient(
        base_url=desk.origin, headers=headers, timeout=30, verify=False
    ) as client:
        yield client


class Talking:
    """A customer of the example shop who writes and presses, one at a time."""

    def __init__(self, customer: Customer) -> None:
        self.customer = customer

    @property
    def last(self) -> dict[str, object]:
        return [item for item in self.customer.items if item["kind"] == "message"][-1]

    async def say(self, text: str, chosen: dict[str, object] | None = None) -> dict[str, object]:
        """Write, and wait for the assistant's answer."""
        fields: dict[str, Any] = {} if chosen is None else {"chosen": chosen}
        sent = self.customer.command("send", text=text, attachments=[], **fields)
        await self.customer.until(lambda: sent in self.customer.acked, LONGER_SECONDS)
        version = self.customer.acked[sent]
        await self.customer.until(
            lambda: any(
                item["version"] > version and item.get("author") == "assistant"
                for item in self.customer.items
            ),
            LONGER_SECONDS,
        )
        return self.last

    async def press(self, message: dict[str, object], at: int) -> dict[str, object]:
        """Press a button of a message's card."""
        card = message["card"]
        assert isinstance(card, dict)
        choice = card["choices"][at]
        return await self.say(choice["label"], {"card": message["version"], "choice": choice["id"]})


@pytest.fixture
async def talks(desk: RunningDesk, http: httpx.AsyncClient) -> AsyncIterator[object]:
    """Begins a conversation: of a demo customer by name, or of a guest."""
    begun: list[Customer] = []

    async def begin(who: str | None, language: str) -> Talking:
        if who is None:
            customer = await Customer.arrive(http, desk.ws, language)
        else:
            answer = await http.post("/demo/customer", json={"who": who})
            token = answer.raise_for_status().json()["token"]
            customer = Customer(f"{desk.ws}/api/customer/socket", token=token, language=language)
        begun.append(customer)
        customer.begin()
        await customer.until(lambda: bool(customer.items))
        return Talking(customer)

    yield begin
    for customer in begun:
        await customer.leave()
