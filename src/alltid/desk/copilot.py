"""The agents' copilot as a part of the desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from alltid.assistant.knowledge import Knowledge
from alltid.assistant.model.copilot import Copilot
from alltid.assistant.model.spending import StoredSpending
from alltid.desk.model import model_of
from alltid.desk.part import Ground, Part


def copilot_part(ground: Ground) -> Part:
    """Build it over the articles, with the settings' model if there is one."""
    knowledge = Knowledge(ground.pool)
    model = model_of(ground.settings, spending=StoredSpending(ground.pool))

    async def search(question: str, language: str) -> Sequence[Any]:
        return await knowledge.search(question, language, limit=2)

    return Part("copilot", Copilot(search, None if model is None else model.provider))
