"""The copilot over a real desk: for the agent who has the conversation, masked as they see it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from alltid.assistant.model.copilot import Copilot
from tests.support.desk import RunningDesk
from tests.web.test_work_tools import EMAIL, PHONE, Scene

pytestmark = pytest.mark.anyio


@pytest.fixture
async def scene(desk: RunningDesk) -> AsyncIterator[Scene]:
    async with httpx.AsyncClient(base_url=desk.origin, timeout=30) as http:
        scene = Scene(desk, http)
        yield scene
        await scene.end()


async def test_the_agent_in_charge_is_offered_replies_and_nobody_else(scene: Scene) -> None:
    await scene.begin(f"I want to extend the due date of my invoice. Call {PHONE} or {EMAIL}.")
    asked: list[str] = []
    original = Copilot.replies

    async def replies(self: Copilot, conversation: str, text: str, *more: Any) -> Any:
        asked.append(text)
        return await original(self, conversation, text, *more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Copilot, "replies", replies)
        found = await scene.get(scene.path("copilot"), scene.sara_is)
    assert found["model"] is False
    assert found["language"] == "en"
    assert found["summary"]
    assert all(set(each) == {"kind", "text", "sources", "canned"} for each in found["replies"])
    assert PHONE not in str(found)
    assert EMAIL not in str(asked)
    for path in ("copilot", "translate"):
        for who in (scene.jonas_is, scene.lead_is):
            body = {} if path == "copilot" else {"language": "sv", "version": 1}
            method = "GET" if path == "copilot" else "POST"
            answer = await scene.http.request(
                method, scene.path(path), headers=who, json=body or None
            )
            assert answer.status_code == 403
    refused = await scene.post(scene.path("translate"), scene.sara_is, language="sv", text="Hi")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "needs_model")
    nowhere = await scene.post(scene.path("translate"), scene.sara_is, language="sv", version=999)
    assert nowhere.json()["error"]["code"] == "no_such_message"
    both = await scene.post(
        scene.path("translate"), scene.sara_is, language="sv", version=3, text="Hi"
    )
    assert both.status_code == 422
