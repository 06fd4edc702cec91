"""The assistant of a desk that serves already: its modules and playbooks are loaded beside it.

A customer's message is stored, and a wish for a human is heard, without any of it. What is for
the assistant waits the second that loading takes.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from alltid.assistant.answerer import Answer, Question
from alltid.assistant.knowledge import Knowledge
from alltid.assistant.understanding import wish_for_human
from alltid.desk.loops import keep_running
from alltid.desk.part import Ground, Loop, Part

if TYPE_CHECKING:
    from alltid.desk.assistant import DeskAssistant

# What is never told that the desk serves begins to load after so long.
SERVING_SECONDS: Final = 2.0


class AssistantLater:
    """The `Answerer` that stands for the desk's assistant until that one is made."""

    def __init__(
        self, ground: Ground, knowledge: Knowledge, parts: Sequence[Part], *, assistant_name: str
    ) -> None:
        """Take what the assistant is made of; a company's own playbooks are read at once.

        Raises SettingsError for playbooks that can't be used: that is told at the start.
        """
        self._of = (ground, knowledge, parts)
        self._name = assistant_name
        self._made: DeskAssistant | None = None
        self._there = asyncio.Event()
        # Set once requests are answered: what is loaded from then on takes no time from it.
        self.serves = asyncio.Event()
        if ground.settings.playbooks_dir is not None:
            self._made = self._make()

    async def answer(self, question: Question) -> Answer:
        """Return the assistant's answer, which waits until there is one."""
        await self._there.wait()
        assert self._made is not None  # noqa: S101  set before it is there
        return await self._made.answer(question)

    async def warm_up(self) -> None:
        """Load off the event loop what the first misspelt wish and answer would wait for."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.serves.wait(), SERVING_SECONDS)
        await asyncio.to_thread(wish_for_human, "hxllo wxrld")
        if self._made is None:
            self._made = await asyncio.to_thread(self._make)
        self._there.set()
        await self._made.warm_up()

    def loops(self) -> dict[str, Loop]:
        """Return what runs until the desk stops."""
        return {"beside the assistant": self._run}

    async def _run(self) -> None:
        await self._there.wait()
        assert self._made is not None  # noqa: S101  set before it is there
        async with asyncio.TaskGroup() as running:
            for name, loop in self._made.loops().items():
                running.create_task(keep_running(name, loop), name=name)
            # Also one without loops of its own is not begun again and again.
            running.create_task(asyncio.Event().wait(), name="beside the assistant")

    def _make(self) -> DeskAssistant:
        from alltid.desk.assistant import DeskAssistant

        return DeskAssistant(*self._of, assistant_name=self._name)
