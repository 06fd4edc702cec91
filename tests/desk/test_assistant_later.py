"""The assistant of a desk that serves already."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from alltid.assistant.answerer import Answer, Question
from alltid.desk.assistant import DeskAssistant
from alltid.desk.assistant_later import AssistantLater
from alltid.desk.loops import until_done
from alltid.settings import SettingsError

pytestmark = pytest.mark.anyio

QUESTION = Question("c", "Where is my refund?", "en", waiting_for_human=False, first=True)
ANSWER = Answer("On its way.", "en", (), offer_human=False)


class Made:
    """Stands for the desk's assistant."""

    def __init__(self) -> None:
        self.ran = asyncio.Event()

    async def answer(self, question: Question) -> Answer:
        assert question is QUESTION
        return ANSWER

    async def warm_up(self) -> None:
        """Nothing to load."""

    def loops(self) -> dict[str, Callable[[], Awaitable[None]]]:
        async def run() -> None:
            self.ran.set()
            await asyncio.Event().wait()

        return {"its own": run}


class Later(AssistantLater):
    """Makes what the test gives it, and counts how often."""

    def __init__(self, playbooks_dir: Path | None = None) -> None:
        self.made = Made()
        self.times = 0
        settings = SimpleNamespace(playbooks_dir=playbooks_dir)
        ground: Any = SimpleNamespace(settings=settings)
        knowledge: Any = None
        super().__init__(ground, knowledge, (), assistant_name="Alva")

    def _make(self) -> Any:
        self.times += 1
        return self.made


async def test_a_question_waits_for_an_assistant_and_that_one_for_the_desk_to_serve() -> None:
    later = Later()
    answering = asyncio.create_task(later.answer(QUESTION))
    warming = asyncio.create_task(later.warm_up())
    running = asyncio.ensure_future(later.loops()["beside the assistant"]())
    await asyncio.sleep(0)
    assert later.times == 0
    later.serves.set()
    assert await answering is ANSWER
    await later.made.ran.wait()
    await warming
    assert later.times == 1
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_an_assistant_that_cant_be_loaded_is_told_of_and_tried_again() -> None:
    class Failing(Later):
        def _make(self) -> Any:
            made = super()._make()
            if self.times == 1:
                raise ImportError("half a module")
            return made

    later = Failing()
    later.serves.set()
    with capture_logs() as logs:
        await until_done("warm up", later.warm_up, again_seconds=0)
    assert [(each["event"], each["what"], each["error"]) for each in logs] == [
        ("loading_failed", "warm up", "ImportError")
    ]
    assert await later.answer(QUESTION) is ANSWER


async def test_an_assistant_whose_tools_were_connected_meanwhile_keeps_them() -> None:
    assistant: Any = DeskAssistant.__new__(DeskAssistant)
    connected, nothing = object(), SimpleNamespace(warm_up=Made().warm_up)
    assistant._articles, assistant._company = nothing, object()
    assistant._ready, assistant._answerer = asyncio.Event(), None

    def learned(_company: object) -> None:
        assistant._answerer = connected
        assistant._ready.set()

    assistant._understander = learned
    await assistant.warm_up()
    assert assistant._answerer is connected


async def test_a_companys_own_playbooks_are_read_before_anything_is_served(tmp_path: Path) -> None:
    later = Later(tmp_path)
    assert later.times == 1
    later.serves.set()
    await later.warm_up()
    assert await later.answer(QUESTION) is ANSWER
    assert later.times == 1


async def test_playbooks_that_cant_be_used_stop_the_start(tmp_path: Path) -> None:
    settings = SimpleNamespace(
        playbooks_dir=tmp_path / "none", demo=False, company_name="Klarsund", model=None
    )
    ground: Any = SimpleNamespace(settings=settings)
    knowledge: Any = None
    with pytest.raises(SettingsError, match="no such folder"):
        AssistantLater(ground, knowledge, (), assistant_name="Alva")
