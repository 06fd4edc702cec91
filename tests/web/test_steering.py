"""What leads steer dispatching by, over HTTP: the policy, capacity, honest waits, the log."""

from __future__ import annotations

import uuid
from functools import cache
from typing import Any

import httpx
import pytest

from alltid.dispatch.policy import Policy
from tests.support.desk import RunningDesk, call
from tests.support.wire import agent, customer
from tests.support.writers import query

pytestmark = pytest.mark.anyio
USUAL = Policy().content()


def ask(
    desk: RunningDesk, path: str, method: str = "GET", body: Any = None, who: str = "lead"
) -> httpx.Response:
    address = f"{desk.origin}/api/console{path}"
    return call(method, address, headers=_signed_in(desk, who), json=body)


@cache
def _signed_in(desk: RunningDesk, who: str) -> dict[str, str]:
    return desk.sign_in(who)


def test_steering_is_for_leads(desk: RunningDesk) -> None:
    for path in ("/policy", "/policy/history", "/capacity", "/waits", "/offers"):
        assert ask(desk, path, who="agent").status_code == 403, path
    body = {"content": USUAL, "reason": "x", "replaces": "y"}
    assert ask(desk, "/policy", "PUT", body, who="agent").status_code == 403
    headers = {**desk.sign_in("lead"), "Origin": "https://elsewhere.example"}
    put = call("PUT", f"{desk.origin}/api/console/policy", headers=headers, json=body)
    assert put.json()["error"]["code"] == "foreign_origin"


def test_a_lead_changes_the_policy_and_it_is_written_down(own_desk: RunningDesk) -> None:
    before = ask(own_desk, "/policy").json()
    assert before["content"] == USUAL
    assert before["chosen"]["name"] is None
    wanted = {**USUAL, "offer_seconds": 30, "service_level_seconds": 200}
    body = {"content": wanted, "reason": "Time to read.", "replaces": before["id"]}
    chosen = ask(own_desk, "/policy", "PUT", body).json()
    assert ask(own_desk, "/policy").json()["id"] == chosen["id"] != before["id"]
    latest, first = ask(own_desk, "/policy/history").json()["choices"]
    assert (latest["reason"], bool(latest["name"])) == ("Time to read.", True)
    assert {each["setting"] for each in latest["changes"]} == {
        "offer_seconds",
        "service_level_seconds",
    }
    assert ask(own_desk, f"/policy/history?before={first['id']}").json()["choices"] == []
    # The figure on the overview is the policy's, and so is the plan's.
    assert ask(own_desk, "/overview").json()["service_level"]["target_seconds"] == 200
    assert ask(own_desk, "/capacity").json()["service_level_seconds"] == 200
    assert ask(own_desk, "/policy", "PUT", body).status_code == 409


@pytest.mark.parametrize(
    ("change", "setting"),
    [
        ({"offer_seconds": 3}, "offer_seconds"),
        ({"maximum_age_seconds": 600}, "maximum_age_seconds"),
        ({"load_points": 1}, "load_points"),
        ({"skill_steps": [[30, 1]]}, "skill_steps"),
        ({"offer_seconds": 20.5}, "offer_seconds"),
        ({"decline_penalty": 3}, ""),
    ],
)
def test_a_policy_that_breaks_a_promise_is_refused_at_its_setting(
    desk: RunningDesk, change: dict[str, Any], setting: str
) -> None:
    checked = ask(desk, "/policy/check", "POST", {"content": {**USUAL, **change}}).json()
    assert checked["id"] is None
    assert setting in [each["setting"] for each in checked["problems"]]
    current = ask(desk, "/policy").json()["id"]
    body = {"content": {**USUAL, **change}, "reason": "quicker", "replaces": current}
    refused = ask(desk, "/policy", "PUT", body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "policy_refused")
    assert checked["problems"][0]["sentence"] in refused.json()["error"]["message"]


def test_a_draft_shows_what_it_would_have_changed(desk: RunningDesk) -> None:
    draft = {"content": {**USUAL, "double_offer_after_seconds": 0}}
    checked = ask(desk, "/policy/check", "POST", draft).json()
    assert checked["problems"] == []
    assert checked["preview"]["doubled_after"] > checked["preview"]["doubled_before"]


async def test_the_log_tells_who_was_looked_at_and_why(own_desk: RunningDesk) -> None:
    async with agent(own_desk) as sara, customer(own_desk) as elin:
        await elin.ask_human()
        offer = await sara.next_that(
            lambda frame: frame["type"] == "session" and bool(frame["offers"]), "an offer"
        )
        (shown,) = ask(own_desk, "/offers").json()["offers"]
        assert shown["id"] == offer["offers"][0]["id"]
        assert (shown["agent"], shown["stage"]) == (sara.agent_id, "open")
        assert shown["agent_name"]
        path = f"/rounds/{shown['round']}?conversation={elin.conversation}"
        told = ask(own_desk, path).json()
        assert told["looked_at"] == 1
        (candidate,) = told["candidates"]
        assert candidate["offered"]
        assert candidate["name"] == shown["agent_name"]
        assert candidate["reasons"][0]["because"] == "only_one"
        draft = {"content": {**USUAL, "offer_seconds": 40}}
        preview = ask(own_desk, "/policy/check", "POST", draft).json()["preview"]
        assert (preview["source"], preview["same"]) == ("recorded", 1)
    assert ask(own_desk, f"/rounds/{uuid.uuid4()}?conversation={elin.conversation}").is_error


async def test_a_wait_that_was_told_is_scored_afterwards(own_desk: RunningDesk) -> None:
    steering = own_desk.desk.app.state.steering
    async with agent(own_desk) as sara, customer(own_desk) as elin:
        await elin.ask_human()
        own_desk.do(steering.honesty.write())
        (kept,) = query(own_desk.database_url, "SELECT free, low_seconds FROM waits_shown")
        assert kept[0] > 0
        assert kept[1] == 0
        await sara.take(elin.conversation)
        told = ask(own_desk, "/waits").json()
        assert (told["all"]["told"], told["all"]["coverage"]) == (1, 1.0)
        assert told["languages"] == ["sv"]
    assert ask(own_desk, "/waits?language=fi&days=1").json()["all"]["rmse_seconds"] is None
