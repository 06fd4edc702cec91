"""Leads read what the assistant did, and say what came of it where no system did."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.actions import action
from tests.support.desk import RunningDesk, call
from tests.support.writers import new_id, query


def listed(desk: RunningDesk, who: dict[str, str], query_: str = "") -> list[dict[str, Any]]:
    answer = call("GET", f"{desk.origin}/api/console/actions{query_}", headers=who)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["actions"]
    return found


def test_leads_read_what_was_done_newest_first(own_desk: RunningDesk) -> None:
    done, unknown = (
        action(own_desk.database_url, 1, "executed"),
        action(own_desk.database_url, 2, "unknown"),
    )
    lead = own_desk.sign_in("lead")
    newest, oldest = listed(own_desk, lead)
    assert (newest["id"], newest["state"], newest["amount_minor"]) == (unknown, "unknown", 12500)
    assert (oldest["id"], oldest["state"], oldest["confirmed_by"]) == (done, "executed", 7)
    assert not {"issuer", "subject", "arguments"} & set(newest)  # whose it was is not told here
    assert [each["id"] for each in listed(own_desk, lead, "?which=open")] == [unknown]
    assert [each["id"] for each in listed(own_desk, lead, f"?before={unknown}")] == [done]
    address = f"{own_desk.origin}/api/console/actions"
    assert call("GET", address, headers=own_desk.sign_in("agent")).status_code == 403


@pytest.mark.parametrize(
    ("outcome", "state", "code"), [("done", "executed", None), ("not_done", "refused", "not_done")]
)
def test_a_lead_settles_what_no_system_told(
    own_desk: RunningDesk, outcome: str, state: str, code: str | None
) -> None:
    key, lead = action(own_desk.database_url, 1, "unknown"), own_desk.sign_in("lead")
    address = f"{own_desk.origin}/api/console/actions/{key}/settle"
    said = {"outcome": outcome, "why": "Seen in the books."}
    assert call("POST", address, headers=own_desk.sign_in("agent"), json=said).status_code == 403
    assert call("POST", address, headers=lead, json=said | {"why": " "}).status_code == 422
    assert call("POST", address, headers=lead, json=said).status_code == 200
    (shown,) = listed(own_desk, lead)
    assert (shown["state"], shown["code"], shown["settled_why"]) == (state, code, said["why"])
    assert shown["settled_by"]
    again = call("POST", address, headers=lead, json=said)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "settled_before")
    history = "SELECT state FROM assistant_action_states ORDER BY number"
    assert query(own_desk.database_url, history)[-1] == (state,)


def test_only_an_unknown_outcome_is_settled_by_hand(own_desk: RunningDesk) -> None:
    lead, said = own_desk.sign_in("lead"), {"outcome": "done", "why": "Seen in the books."}
    asked, known = action(own_desk.database_url, 1), action(own_desk.database_url, 2, "executed")
    address = f"{own_desk.origin}/api/console/actions"
    for key, code in ((asked, "being_asked"), (known, "settled_before")):
        answer = call("POST", f"{address}/{key}/settle", headers=lead, json=said)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, code)
    missing = call("POST", f"{address}/{new_id()}/settle", headers=lead, json=said)
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "no_such_action")
