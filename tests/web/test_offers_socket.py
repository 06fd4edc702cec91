"""Offers on the agents' sockets: shown, accepted, declined, and the same on every device."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.support.desk import RunningDesk, new_id
from tests.support.wire import AgentWire, Frame, agent, customer
from tests.support.writers import query

pytestmark = pytest.mark.anyio


async def offered(wire: AgentWire) -> Frame:
    """The first open offer that this device is shown."""
    shown = await wire.next_that(
        lambda frame: frame["type"] == "session" and bool(frame["offers"]), "an offer"
    )
    offer: Frame = shown["offers"][0]
    return offer


async def test_an_offer_is_shown_accepted_and_becomes_a_conversation(
    own_desk: RunningDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Half a second is for customers; the first look on a busy machine may take longer.
    monkeypatch.setattr("alltid.dispatch.dispatcher.TRIAGE_SECONDS", 30.0)
    headers = own_desk.sign_in("agent")
    async with (
        customer(own_desk) as her,
        agent(own_desk, headers) as phone,
        agent(own_desk, headers, online=False) as laptop,
    ):
        await her.say("How do I pay my invoice?")
        await her.ask_human()
        offer = await offered(phone)
        assert offer["conversation"] == her.conversation
        assert offer["language"] == "sv"
        # Her page is Swedish and her words are English.
        assert offer["topic"] == "pay-an-invoice"
        assert 0 < offer["seconds_left"] <= 20
        assert offer["pay_minor"] > 0
        assert offer["currency"] == "SEK"
        assert offer["why"][0]["sentence"]
        await phone.send("offer_seen", offer=offer["id"])
        client_id = await phone.command("accept_offer", offer=offer["id"])
        over = await phone.next("offer_over", offer=offer["id"])
        assert over["because"] == "accepted"
        ack = await phone.ever(lambda frame: frame.get("client_id") == client_id)
        assert (ack["type"], ack["conversation"]) == ("ack", her.conversation)
        # The words are there before the answer, on every device of the agent.
        items = await phone.ever(lambda frame: frame["type"] == "items")
        assert "invoice" in str(items["items"])
        assert (await laptop.next("items"))["conversation"] == her.conversation
        await laptop.ever(lambda frame: frame.get("chats") == [her.conversation])
        await her.next_that(
            lambda frame: frame["type"] == "items" and frame["items"][-1]["kind"] == "agent_joined"
        )
        # Sent again after a lost answer, it is acknowledged again.
        await phone.acked("accept_offer", offer=offer["id"])
        # Resolving frees the slot.
        await phone.acked("resolve", conversation=her.conversation, reason="solved", note="")
        await phone.next("session", chats=[], load=0)
    assert query(own_desk.database_url, "SELECT stage FROM offers") == [("accepted",)]


async def test_declining_costs_nothing_and_asks_somebody_else(own_desk: RunningDesk) -> None:
    async with (
        customer(own_desk) as her,
        agent(own_desk) as sara,
        agent(own_desk, "second_agent") as jonas,
    ):
        await her.ask_human()
        sees = [asyncio.create_task(offered(each)) for each in (sara, jonas)]
        done, pending = await asyncio.wait(sees, return_when=asyncio.FIRST_COMPLETED)
        first, other = (sara, jonas) if sees[0] in done else (jonas, sara)
        offer = done.pop().result()
        await first.acked("decline_offer", offer=offer["id"], reason="A short break")
        over = await first.next("offer_over", offer=offer["id"])
        assert over["because"] == "declined"
        assert "costs you nothing" in over["message"]
        again = await pending.pop()
        assert again["conversation"] == her.conversation
        assert await first.refused("accept_offer", offer=offer["id"]) == "offer_declined"
        assert await first.refused("accept_offer", offer=again["id"]) == "no_such_offer"
        await other.acked("accept_offer", offer=again["id"])
        audit = own_desk.get("/api/agent/self-audit", dict(first.headers)).json()
        assert (audit["offers"], audit["declined"]) == (1, 1)
        [past] = own_desk.get("/api/agent/offers", dict(first.headers)).json()["offers"]
        assert (past["stage"], past["reason"]) == ("declined", "A short break")
        assert own_desk.get("/api/agent/missed", dict(first.headers)).json() == {"missed": []}


async def test_a_customer_who_stays_takes_the_offer_along(own_desk: RunningDesk) -> None:
    async with customer(own_desk) as her, agent(own_desk) as sara:
        await her.ask_human()
        offer = await offered(sara)
        await her.acked("stay_with_assistant")
        over = await sara.next("offer_over", offer=offer["id"])
        assert over["because"] == "customer_left"
        assert await sara.refused("accept_offer", offer=offer["id"]) == "offer_withdrawn"


async def test_choices_pauses_and_promises(own_desk: RunningDesk) -> None:
    headers = own_desk.sign_in("agent")
    before = own_desk.get("/api/agent/going-online?language=sv", headers).json()
    assert before["capacity"] == "guaranteed"
    assert before["floor_minor_per_hour"] == 40_000
    assert before["because"]
    assert {"sv", "en"} <= set(before["languages"])
    assert before["topics"][0]["name"]
    assert before["hours"] == [], "too little was seen for a forecast"
    async with agent(own_desk, headers, online=False) as sara:
        choices: dict[str, Any] = {
            "languages": ["sv", "en"],
            "slots": 2,
            "quiet_topics": ["returns"],
            "no_third_chat": True,
        }
        await sara.send("go_online", shown="guaranteed", **choices)
        shown = await sara.next("session", online=True)
        assert shown["capacity"] == "guaranteed"
        assert shown["choices"]["quiet_topics"] == ["returns"]
        assert (shown["slots_open"], shown["load"], shown["paused"]) == (2, 0, None)
        await sara.send("choose", **choices | {"slots": 1})
        await sara.next("session", slots_open=1)
        await sara.send("pause")
        await sara.next("session", paused="agent")
        async with customer(own_desk) as her:
            await her.ask_human()
            await sara.quiet()
            assert not any(frame.get("offers") for frame in sara.of("session"))
            await sara.send("resume")
            assert (await offered(sara))["conversation"] == her.conversation
        await sara.send("choose", **choices | {"slots": 9})
        assert (await sara.next("error"))["code"] == "bad_frame"
        assert await sara.refused("accept_offer", offer=new_id()) == "no_such_offer"
        await sara.send("go_offline")
        assert (await sara.next("session", online=False))["offers"] == []
        assert (await sara.next("offer_over"))["because"] == "session_over"
        await sara.send("pause")
        assert (await sara.next("error"))["code"] == "not_online"
    after = own_desk.get("/api/agent/going-online", headers).json()
    assert after["last_choices"]["slots"] == 2


async def test_the_api_is_for_agents(own_desk: RunningDesk) -> None:
    for path in ("going-online", "offers", "missed", "self-audit"):
        assert own_desk.get(f"/api/agent/{path}").status_code == 401
    lead = own_desk.sign_in("lead")
    for path in ("console/capacity", "console/waits", "agent/going-online"):
        assert own_desk.get(f"/api/{path}?language=%00", lead).status_code == 422
