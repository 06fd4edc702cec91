"""Pay over HTTP: whose it is, what is refused with which words, and what comes back."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.support.desk import RunningDesk, call

CARD: dict[str, Any] = {
    "market": "NO",
    "currency": "NOK",
    "zone": "Europe/Oslo",
    "floor_minor_per_hour": 40000,
    "unit": "minute",
    "rate_minor": 1000,
}
DAY = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()


def post(desk: RunningDesk, who: str, path: str, body: Any) -> httpx.Response:
    address = f"{desk.origin}/api/{path}"
    return call("POST", address, headers=desk.sign_in(who), json=body)


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_an_agent_sees_only_their_own_pay_and_no_console(desk: RunningDesk) -> None:
    agent = desk.sign_in("agent")
    now = desk.get("/api/agent/pay/now", agent).json()
    assert (now["meter"], now["currency"]) == (None, "SEK")
    assert desk.get("/api/agent/pay/statements", agent).json() == {"statements": []}
    nobody = f"/api/agent/pay/statements/{uuid.uuid4()}"
    assert code(desk.get(nobody, agent)) == (404, "no_statement")
    assert code(desk.get(nobody + "/pdf", agent)) == (404, "no_statement")
    for path in ("pay/overview", "pay/cards", "payouts", "pay/disputes"):
        assert code(desk.get(f"/api/console/{path}", agent)) == (403, "not_a_lead")
    assert desk.get("/api/agent/pay/now").status_code == 401


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"floor_minor_per_hour": -1}, "bad_floor"),
        ({"currency": ""}, "no_currency"),
        ({"currency": "XXX"}, "unknown_currency"),
        ({"zone": "Mars/Olympus"}, "unknown_zone"),
        ({"rate_minor": -5}, "bad_rate"),
    ],
)
def test_a_rate_card_that_cannot_be_paid_by_is_refused(
    desk: RunningDesk, change: dict[str, Any], refusal: str
) -> None:
    answer = post(desk, "lead", "console/pay/cards", CARD | change)
    assert code(answer) == (409, refusal)


def test_versions_follow_each_other_and_the_history_stays(desk: RunningDesk) -> None:
    surging = {"most_basis_points": 5000, "budget_minor": 10000}
    first = post(desk, "lead", "console/pay/cards", CARD | {"surge": surging}).json()
    assert {"NO/NOK/1", "SE/SEK/1"} <= set(first["in_force"])
    better = CARD | {
        "floor_minor_per_hour": 42000,
        "night": {"begins": "22:00", "ends": "06:00", "basis_points": 2500},
        "languages": {"fi": 1000},
        "surge": surging,
    }
    cards = post(desk, "lead", "console/pay/cards", better).json()
    assert "NO/NOK/1" in cards["in_force"]
    assert {"NO/NOK/1", "NO/NOK/2"} <= {card["name"] for card in cards["cards"]}
    surge = {"id": str(uuid.uuid4()), "market": "NO", "currency": "NOK"}
    begun = post(
        desk, "lead", "console/pay/surges", surge | {"basis_points": 9000, "minutes": 30}
    ).json()
    assert begun["basis_points"] == 5000
    assert post(desk, "lead", f"console/pay/surges/{surge['id']}/end", {}).status_code == 200
    # A month ends where the market is, hours before it ends in UTC.
    month = datetime.now(ZoneInfo(str(CARD["zone"]))).date().replace(day=1).isoformat()
    budget = {"market": "NO", "currency": "NOK", "month": month, "minor": 500000}
    assert post(desk, "lead", "console/pay/budget", budget).json()["budget_minor"] == 500000
    overview = desk.get("/api/console/pay/overview", desk.sign_in("lead")).json()
    assert {each["market"] for each in overview["markets"]} == {"NO", "SE"}
    assert code(desk.get("/api/console/pay/weeks/2026-W77", desk.sign_in("lead"))) == (
        409,
        "bad_week",
    )


def test_bank_accounts_are_checked_kept_and_shown_by_their_end(desk: RunningDesk) -> None:
    path = "agent/pay/account"
    wrong = post(desk, "agent", path, {"iban": "DE00370400440532013000", "holder": "Sara"})
    assert code(wrong) == (409, "bad_iban")
    swedish = {"clearing": "9029", "number": "5735212", "holder": "Sara"}
    assert code(post(desk, "agent", path, swedish)) == (409, "bad_account")
    assert code(post(desk, "agent", path, {"holder": "Sara"})) == (422, "no_account")
    kept = post(desk, "agent", path, swedish | {"number": "573 52 11"}).json()
    assert kept["account"] == "Länsförsäkringar Bank ·· 5211"
    assert kept["owed"] == []
    basis = {"basis": "gross salary"}
    me = desk.get("/api/me", desk.sign_in("agent")).json()["agent"]["id"]
    assert post(desk, "lead", f"console/pay/agents/{me}/basis", basis).status_code == 200
    shown = desk.get("/api/agent/pay/account", desk.sign_in("agent")).json()
    assert shown["basis"] == "gross salary"


def test_payouts_that_cannot_be_are_refused_with_words(desk: RunningDesk) -> None:
    body = {"id": str(uuid.uuid4()), "market": "SE", "currency": "SEK", "pay_on": DAY}
    assert code(post(desk, "lead", "console/payouts", body)) == (409, "nothing_owed")
    payouts = desk.get("/api/console/payouts", desk.sign_in("lead")).json()["payouts"]
    assert payouts == []  # one that held nothing is not listed
    nothing = f"/api/console/payouts/{uuid.uuid4()}"
    assert code(desk.get(nothing, desk.sign_in("lead"))) == (409, "no_payout")
    assert code(desk.get(f"{nothing}/files/sie", desk.sign_in("lead"))) == (409, "no_file")
    owed = desk.get("/api/console/payouts/owed?currency=SEK", desk.sign_in("lead")).json()
    assert owed["total_minor"] == 0


def test_another_site_cannot_post_with_a_leads_cookie(desk: RunningDesk) -> None:
    headers = desk.sign_in("lead") | {"Origin": "https://elsewhere.example"}
    for path in ("pay/cards", "pay/surges", "payouts", f"payouts/{uuid.uuid4()}/run"):
        answer = call("POST", f"{desk.origin}/api/console/{path}", headers=headers, json=CARD)
        assert answer.status_code == 403
