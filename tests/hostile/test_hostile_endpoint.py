"""A real endpoint that speaks OpenAI's protocol, badly: every turn ends, in the same state."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest

from alltid.assistant.dialogue.commands import StartPlaybook
from alltid.assistant.dialogue.understander import (
    Context,
    Heard,
    PlaybookHint,
    Reading,
    ReadingError,
)
from alltid.assistant.model.budget import Budget, Prices
from alltid.assistant.model.guard import Evidence
from alltid.assistant.model.provider import ModelError, ModelOptions, ModelProvider
from alltid.assistant.model.understander import ModelUnderstander
from alltid.assistant.model.writer import ModelWriter, RefusedError
from tests.hostile.endpoint import MOODS, Endpoint, endpoint
from tests.hostile.world import FALSE_AMOUNT, World

pytestmark = pytest.mark.anyio

KEY = "sk-very-secret-key"
SECONDS = 0.3
# What a turn has in all.
TURN_SECONDS = 7
WHY = {
    "slow": {"timeout"},
    "dripping": {"timeout"},
    "limited": {"rate_limited"},
    "broken": {"unavailable"},
    "locked": {"refused"},
    "garbage": {"garbage", "failed", "unavailable"},
    "wordy": {"garbage"},
    "endless": {"garbage", "failed", "unavailable"},
    "huge": {"garbage", "failed", "unavailable"},
    "halfclosed": {"garbage", "failed", "unavailable"},
    "mute": {"unavailable", "failed"},
}
START = {"commands": [{"command": "start_playbook", "playbook": "pay"}], "confidence": 0.9}
CONTEXT = Context(
    text="pay",
    language="en",
    today=date(2026, 11, 22),
    heard=Heard("en"),
    playbooks=(PlaybookHint("pay", "Pay", money=True, signed_in=True),),
    conversation_id="c",
)


class Plain:
    """Stands for the embedded understander, which is tried elsewhere."""

    async def read(self, context: Context) -> Reading:
        return Reading((StartPlaybook("extend_due_date"),), 0.9, "embedded")


@pytest.fixture(scope="module", autouse=True)
def libraries() -> None:
    """Load what the first request would wait for."""
    asyncio.run(ModelProvider(ModelOptions("openai:ill", "http://127.0.0.1:9/v1")).warm_up())


def provider(told: Endpoint, **more: Any) -> ModelProvider:
    options = ModelOptions(
        "openai:ill", told.url, KEY, timeout_seconds=more.pop("seconds", SECONDS), **more
    )
    return ModelProvider(options)


async def test_an_endpoint_that_is_well_is_asked_once_and_counted() -> None:
    async with endpoint(commands=START) as told:
        asked = provider(told, seconds=30, prices=Prices(200_000, 1_000_000))
        reading = await ModelUnderstander(asked, seconds=30).read(CONTEXT)
        await asked.close()
    assert [type(each).__name__ for each in reading.commands] == ["StartPlaybook"]
    assert reading.trace["spent"] == {
        "input_tokens": 900,
        "output_tokens": 90,
        "cost_minor": 270,
        "requests": 1,
    }
    assert len(told.requests) == 1
    assert [tool["function"]["name"] for tool in told.requests[0]["tools"]] == ["final_result"]
    assert KEY not in str(reading)
    assert KEY not in repr(asked.options)


@pytest.mark.parametrize("mood", MOODS)
async def test_whatever_it_does_a_reading_fails_in_time_with_a_word(
    mood: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with endpoint(mood=mood) as told:
        asked = provider(told)
        async with asyncio.timeout(TURN_SECONDS):
            with pytest.raises(ReadingError) as failed:
                await ModelUnderstander(asked, seconds=SECONDS).read(CONTEXT)
        await asked.close()
    # On a busy machine anything may be slow.
    assert str(failed.value) in WHY[mood] | {"timeout"}
    printed = capsys.readouterr()
    assert "sk-" not in printed.out + printed.err


@pytest.mark.parametrize("mood", ["slow", "endless", "halfclosed", "limited", "huge"])
async def test_whatever_its_stream_does_nothing_unread_comes_of_it(mood: str) -> None:
    async with endpoint(mood=mood) as told:
        asked = provider(told)
        writer = ModelWriter(asked, seconds=SECONDS)
        evidence = Evidence(passages=("You can pay in the app.",))
        with pytest.raises((ModelError, RefusedError)):
            await writer.answer("c", "where?", ("You can pay.",), "en", evidence)
        await asked.close()


async def test_a_stream_is_let_out_sentence_by_sentence() -> None:
    words = ["You can ", "pay in the app. [", "1] You owe ", f"{FALSE_AMOUNT} EUR. [1]"]
    async with endpoint(words=words) as told:
        asked = provider(told, seconds=30)
        writer = ModelWriter(asked, seconds=30)
        evidence = Evidence(passages=("You can pay in the app.",))
        came = writer.sentences("c", "where?", ("You can pay in the app.",), "en", evidence)
        assert await anext(came) == ("You can pay in the app.", (1,))
        with pytest.raises(RefusedError, match="figure:money"):
            await anext(came)
        await asked.close()


@pytest.mark.parametrize("mood", ["dripping", "limited", "garbage"])
async def test_the_same_turn_goes_on_without_it(mood: str) -> None:
    async with endpoint(mood=mood) as told:
        world = World(provider(told), SECONDS, Plain())
        exchange = await world.say("I want to pay my invoice later, can you move the due date?")
        await world.provider.close()
    assert exchange.answer is not None
    assert exchange.trace["readings"][0]["by"] == "embedded"
    assert exchange.trace["readings"][0]["failed"] in WHY[mood] | {"timeout"}
    human = await world.say("give me a human please")
    assert human.waiting
    assert world.nothing_happened()


async def test_who_fails_again_and_again_is_left_alone_for_a_while() -> None:
    now = 100.0
    async with endpoint(mood="locked") as told:
        options = ModelOptions("openai:ill", told.url, KEY, timeout_seconds=30)
        asked = ModelProvider(options, steady=lambda: now)
        whys = []
        for _ in range(6):
            with pytest.raises(ReadingError) as failed:
                await ModelUnderstander(asked, seconds=30).read(CONTEXT)
            whys.append(str(failed.value))
        assert whys == ["refused"] * 4 + ["resting"] * 2
        assert len(told.requests) == 4
        now += 31
        told.mood, told.commands = "well", START
        assert (await ModelUnderstander(asked, seconds=30).read(CONTEXT)).by == "model"
        await asked.close()


async def test_a_limit_is_respected_as_long_as_it_asks() -> None:
    now = 100.0
    async with endpoint(mood="limited") as told:
        options = ModelOptions("openai:ill", told.url, KEY, timeout_seconds=30)
        asked = ModelProvider(options, steady=lambda: now)
        for why, later in (("rate_limited", 19), ("resting", 2), ("rate_limited", 0)):
            with pytest.raises(ReadingError, match=why):
                await ModelUnderstander(asked, seconds=30).read(CONTEXT)
            now += later
        await asked.close()
    assert len(told.requests) == 2


async def test_a_conversation_has_a_budget_of_its_own() -> None:
    async with endpoint(commands=START) as told:
        asked = provider(told, seconds=30, budget=Budget(1_000))
        understander = ModelUnderstander(asked, seconds=30)
        await understander.read(CONTEXT)
        await understander.read(CONTEXT)
        with pytest.raises(ReadingError, match="budget"):
            await understander.read(CONTEXT)
        await asked.close()
    assert len(told.requests) == 2


async def test_a_model_that_nobody_knows_is_unusable_and_no_crash() -> None:
    asked = ModelProvider(ModelOptions("nobody:knows"))
    with pytest.raises(ReadingError, match="unusable"):
        await ModelUnderstander(asked, seconds=30).read(CONTEXT)
