"""An answer of a model grows before the customer's eyes, and only as far as it is true."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

import pytest
from playwright.sync_api import expect

from alltid.assistant.model.sentences import sentences_of
from tests.hostile.endpoint import Endpoint, endpoint
from tests.journeys.accessibility import violations
from tests.journeys.people import Customer
from tests.journeys.world import World
from tests.support.server import PATIENT_ENTRY, Server

QUESTION = "How can I pay an invoice, and which ways are there?"
ASKS = {"commands": [{"command": "ask_knowledge", "query": QUESTION}], "confidence": 1}
BEGINNING = "You can pay"
LIE = "You still owe 98765 EUR"


class Model:
    """A model's endpoint in a thread of its own, which waits in mid-answer for `goes_on`."""

    def __init__(self) -> None:
        self.told = Endpoint()
        self._loop = asyncio.new_event_loop()
        self._ready, self._over = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(30)

    def goes_on(self) -> None:
        self._loop.call_soon_threadsafe(self.told.go.set)

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        async with endpoint(commands=ASKS) as self.told:
            self._ready.set()
            await self._over.wait()


@pytest.fixture
def model() -> Iterator[Model]:
    with Model() as model:
        yield model


@pytest.fixture
def helped(short_folder: Path, model: Model) -> Iterator[Server]:
    """A demo with a model beside the assistant, and time to look at what it writes."""
    settings = {"ALLTID_MODEL": "openai:ill", "ALLTID_MODEL_BASE_URL": model.told.url}
    with Server(short_folder / "streaming", entry=PATIENT_ENTRY, **settings) as server:
        yield server


def first(passages: Sequence[str]) -> str:
    return sentences_of(passages[0])[0]


def test_an_answer_grows_as_far_as_it_is_true_and_the_message_takes_its_place(
    world: World, helped: Server, model: Model
) -> None:
    visitor = Customer(world.page(phone=True), f"{helped.http}/")
    frames: list[str] = []
    visitor.page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda frame: frames.append(str(frame))),
    )
    visitor.comes()
    draft = visitor.chat.locator(".draft")
    said: list[str] = []

    def writes(passages: list[str]) -> list[str | None]:
        said[:] = sentences_of(passages[0])[:2]
        return [f"{said[0]} [1] {said[1]} [1] You can then", None]

    model.told.writes = writes
    visitor.writes(QUESTION)
    expect(draft).to_contain_text(BEGINNING)
    # It is outside the log: who listens to the page hears the message once, when it is there.
    expect(visitor.log).not_to_contain_text(BEGINNING)
    assert violations(visitor.page) == []
    model.goes_on()
    visitor.sees(f"{said[0]} {said[1]}")
    expect(draft).to_have_count(0)
    expect(visitor.log.get_by_text(said[0])).to_have_count(1)

    # Of a lie nothing arrives; what was seen before it goes, and the article is quoted.
    model.told.writes = lambda passages: [
        f"{first(passages)} [1] {LIE}",
        None,
        ". [1] That is all. [1]",
    ]
    visitor.writes(QUESTION)
    expect(draft).to_contain_text(BEGINNING)
    model.goes_on()
    expect(visitor.log.get_by_text(said[0])).to_have_count(2)
    expect(draft).to_have_count(0)
    drafts = [frame for frame in frames if '"draft"' in frame]
    assert any(BEGINNING in frame for frame in drafts)
    assert not any(LIE in frame for frame in frames)
