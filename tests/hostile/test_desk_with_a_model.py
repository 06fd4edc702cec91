"""A whole desk with a model by its settings: it is asked, and a human is there without it."""

from __future__ import annotations

import httpx
import psycopg
import pytest
from pydantic import SecretStr

from alltid.settings import Settings, SettingsError, load_settings, masked
from tests.hostile.endpoint import endpoint
from tests.support.client import Customer
from tests.support.desk import RunningDesk

pytestmark = pytest.mark.anyio


async def test_a_desk_asks_the_model_that_its_settings_name(database_url: str) -> None:
    reading = {"commands": [{"command": "small_talk", "talk": "thanks"}], "confidence": 1}
    async with endpoint(commands=reading) as told:
        desk = RunningDesk(
            database_url,
            model="openai:ill",
            model_base_url=told.url,
            model_api_key=SecretStr("sk-of-a-test"),
        )
        with desk:
            async with httpx.AsyncClient(base_url=desk.origin, timeout=30) as http:
                customer = await Customer.arrive(http, desk.ws, "en")
                customer.begin()
                await customer.present.wait()
                customer.say("well that was quite something, wasn't it")
                await customer.until(lambda: answered(customer))
                told.mood = "dripping"
                customer.say("I want to talk to a human")
                await customer.settled()
                await customer.leave()
            with psycopg.connect(database_url) as connection:
                traces = connection.execute("SELECT trace FROM assistant_turns").fetchall()
                waiting = connection.execute("SELECT status FROM conversations").fetchall()
    assert told.requests
    assert "authorization: bearer sk-of-a-test" in told.requests[0]["head"].lower()
    assert "quite something" in str(told.requests[0]["messages"])
    assert traces[0][0]["readings"][0]["by"] == "model"
    assert traces[0][0]["readings"][0]["spent"]["input_tokens"] == 900
    assert "sk-of-a-test" not in str(traces)
    assert waiting == [("waiting",)]


def answered(customer: Customer) -> bool:
    """Whether the assistant has said more than its opening."""
    by = [each.get("author") for each in customer.items]
    return by.count("assistant") > 1


def test_a_key_is_never_shown_and_money_needs_prices() -> None:
    settings = Settings(model="openai:gpt", model_api_key=SecretStr("sk-of-a-test"))
    assert "sk-of-a-test" not in str(masked(settings))
    assert "sk-of-a-test" not in repr(settings)
    with pytest.raises(SettingsError, match="needs model_input_price_minor"):
        load_settings(model="openai:gpt", model_cost_per_conversation_minor=5)
    with pytest.raises(SettingsError, match="model"):
        load_settings(model="just a name")
