"""From an application to a qualified agent, with reasons, reviews and a signed export."""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from cryptography.exceptions import InvalidSignature

from alltid.conversations.codec import encode
from alltid.conversations.events import ConversationOpened, Event, Rated, Reason, Resolved
from tests.support.desk import RunningDesk, call

Headers = dict[str, str]
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "export.md"
PASSWORD = "a long enough password"


@pytest.fixture
def form() -> dict[str, Any]:
    return {
        "name": "Elsa",
        "email": f"elsa.{uuid.uuid4().hex[:8]}@example.org",
        "languages": ["sv", "en"],
        "skills": ["payments", "unheard-of"],
        "motivation": "I study and live far from the city.",
        "country": "SE",
        "consent": "apply-1",
    }


class Api:
    """Calls with the headers of one person."""

    def __init__(self, desk: RunningDesk, headers: Headers) -> None:
        self._desk = desk
        self._headers = {"Origin": desk.origin, **headers}

    def get(self, path: str, status: int = 200) -> Any:
        return self._answer(call("GET", self._desk.origin + path, headers=self._headers), status)

    def post(self, path: str, body: Any, status: int = 200) -> Any:
        url = self._desk.origin + path
        return self._answer(call("POST", url, json=body, headers=self._headers), status)

    @staticmethod
    def _answer(answer: httpx.Response, status: int) -> Any:
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None


@pytest.fixture
def lead(desk: RunningDesk) -> Api:
    return Api(desk, desk.sign_in("lead"))


@pytest.fixture(autouse=True)
def unhurried(desk: RunningDesk) -> Iterator[None]:
    """More applications come from this address in a minute than from a household in a day."""
    people = desk.desk.app.state.people
    yield
    people.applying.forget("127.0.0.1")
    people.following.forget("127.0.0.1")


def applicant(desk: RunningDesk, form: dict[str, Any]) -> Api:
    token = Api(desk, {}).post("/api/apply", form, 201)["token"]
    return Api(desk, {"Authorization": f"Bearer {token}"})


def application_of(lead: Api, email: str, state: str = "open") -> dict[str, Any]:
    found = lead.get(f"/api/console/people/applications?state={state}")["applications"]
    return next(each for each in found if each["email"] == email)


def approved(desk: RunningDesk, lead: Api, form: dict[str, Any]) -> tuple[Api, str]:
    """An agent made from an application, signed in, and the account's id."""
    elsa = applicant(desk, form)
    path = f"/api/console/people/applications/{application_of(lead, form['email'])['id']}/decision"
    body = {"decision": "approved", "reason": "Welcome."}
    agent_id = lead.post(path, body)["agent_id"]
    answer = call(
        "POST",
        f"{desk.origin}/api/apply/mine/sign-in",
        json={"password": PASSWORD},
        headers=elsa._headers,
    ).raise_for_status()
    cookie = answer.headers["set-cookie"].split(";")[0]
    return Api(desk, {"Cookie": cookie}), agent_id


def test_an_applicant_follows_the_way_from_form_to_account(
    desk: RunningDesk, lead: Api, form: dict[str, Any]
) -> None:
    known = Api(desk, {}).get("/api/apply/form")
    assert "payments" in {each["key"] for each in known["skills"]}
    elsa = applicant(desk, form)
    shown = elsa.get("/api/apply/mine")
    assert (shown["decision"], shown["reason"], shown["may_set_password"]) == (None, None, False)
    assert [each["key"] for each in shown["skills"]] == ["payments"]
    application = application_of(lead, form["email"])
    assert not application["address_known"]
    path = f"/api/console/people/applications/{application['id']}/decision"
    lead.post(path, {"decision": "approved", "reason": "Two languages. Welcome."})
    lead.post(path, {"decision": "refused", "reason": "No, after all."}, 409)
    shown = elsa.get("/api/apply/mine")
    assert shown["decision"] == "approved"
    assert shown["reason"] == "Two languages. Welcome."
    assert shown["may_set_password"]
    elsa.post("/api/apply/mine/sign-in", {"password": "short"}, 409)
    agent = elsa.post("/api/apply/mine/sign-in", {"password": PASSWORD})["agent"]
    assert (agent["name"], agent["role"], agent["languages"]) == ("Elsa", "agent", ["sv", "en"])
    elsa.post("/api/apply/mine/sign-in", {"password": PASSWORD + "2"}, 409)
    Api(desk, {}).post("/api/sign-in/password", {"email": form["email"], "password": PASSWORD})


def test_nobody_learns_from_the_form_whose_address_is_known(
    desk: RunningDesk, lead: Api, form: dict[str, Any]
) -> None:
    elsa = applicant(desk, form | {"email": "SARA@demo.alltid.example"})
    unknown = applicant(desk, form)
    told, of_unknown = elsa.get("/api/apply/mine"), unknown.get("/api/apply/mine")
    differing = {"email", "applied_at"}
    assert {k: v for k, v in told.items() if k not in differing} == {
        k: v for k, v in of_unknown.items() if k not in differing
    }
    application = application_of(lead, "sara@demo.alltid.example")
    assert application["address_known"]
    path = f"/api/console/people/applications/{application['id']}/decision"
    refusal = lead.post(path, {"decision": "approved", "reason": "Yes."}, 409)
    assert refusal["error"]["code"] == "email_taken"
    for token in ("x", "a.b.c", elsa._headers["Authorization"][7:-2] + "AA"):
        broken = Api(desk, {"Authorization": f"Bearer {token}"})
        assert broken.get("/api/apply/mine", 401)["error"]["code"] == "link_refused"


def test_a_refusal_has_a_reason_and_can_be_turned_by_a_review(
    desk: RunningDesk, lead: Api, form: dict[str, Any]
) -> None:
    elsa = applicant(desk, form)
    elsa.post("/api/apply/mine/review", {"words": "Why?"}, 409)
    application = application_of(lead, form["email"])
    path = f"/api/console/people/applications/{application['id']}/decision"
    lead.post(path, {"decision": "refused", "reason": "  "}, 422)
    lead.post(path, {"decision": "refused", "reason": "Nobody asks for sv now."})
    assert elsa.get("/api/apply/mine")["reason"] == "Nobody asks for sv now."
    asked = elsa.post("/api/apply/mine/review", {"words": "I speak English too."}, 201)
    again = elsa.post("/api/apply/mine/review", {"words": "Please?"}, 201)
    assert again["id"] == asked["id"]
    due = datetime.fromisoformat(asked["due_at"]) - datetime.fromisoformat(asked["asked_at"])
    assert due == timedelta(days=14)
    waiting = lead.get("/api/console/people/reviews")["reviews"]
    mine = next(each for each in waiting if each["id"] == asked["id"])
    assert (mine["asker"], mine["decided"]) == ("Elsa", "Nobody asks for sv now.")
    answer = f"/api/console/people/reviews/{asked['id']}/answer"
    lead.post(answer, {"outcome": "changed", "answer": "You are right."}, 204)
    lead.post(answer, {"outcome": "stands", "answer": "No."}, 409)
    lead.post(path, {"decision": "approved", "reason": "English is needed."})
    shown = elsa.get("/api/apply/mine")
    assert (shown["decision"], shown["reviews"][0]["answer"]) == ("approved", "You are right.")


def test_applying_too_often_is_told_when_to_try_again(
    desk: RunningDesk, form: dict[str, Any]
) -> None:
    for _ in range(5):
        applicant(desk, form)
    assert Api(desk, {}).post("/api/apply", form, 429)["error"]["code"] == "too_often"


def test_a_qualification_is_marked_explained_paid_and_gives_the_skill(
    desk: RunningDesk, lead: Api, form: dict[str, Any]
) -> None:
    elsa, _ = approved(desk, lead, form)
    me = "/api/agent/me"
    skills = {each["key"]: each for each in elsa.get(f"{me}/skills")["skills"]}
    assert skills["complaints"]["level"] is None
    assert skills["complaints"]["qualification"]["paid_minutes_max"] == 30
    attempt = elsa.post(f"{me}/attempts", {"skill": "complaints", "language": "sv"}, 201)
    assert attempt["stage"] == "questions"
    assert "because" not in json.dumps(attempt["questions"])
    other = {"skill": "payments", "language": "sv"}
    assert elsa.post(f"{me}/attempts", other, 409)["error"]["code"] == "other_attempt_open"
    at = f"{me}/attempts/{attempt['id']}"
    answers = {"who-looks": [1], "within-days": " Femton. "}
    attempt = elsa.post(f"{at}/answers", {"answers": answers})
    assert [each["mark"]["right"] for each in attempt["questions"]] == [True, True]
    assert (attempt["stage"], len(attempt["turns"]), attempt["turns_in_all"]) == ("practice", 1, 2)
    elsa.post(f"{at}/replies", {"turn": 1, "text": "Too early"}, 409)
    first = {"turn": 0, "text": "Hej. Jag ser på ditt klagomål. Vilken dag betalade du?"}
    attempt = elsa.post(f"{at}/replies", first)
    assert all(mark["kept"] for mark in attempt["turns"][0]["marks"])
    # Sent twice, it counts once.
    assert elsa.post(f"{at}/replies", first) == attempt
    last = {"turn": 1, "text": "Tack. Du får svar inom 15 arbetsdagar."}
    assert elsa.post(f"{at}/replies", last)["stage"] == "passed"
    skills = {each["key"]: each for each in elsa.get(f"{me}/skills")["skills"]}
    assert skills["complaints"]["level"] == 1
    training = elsa.get(f"{me}/training")["training"]
    assert [each["evidence"] for each in training] == [f"attempt:{attempt['id']}"]
    with psycopg.connect(desk.database_url) as connection:
        row = connection.execute(
            "SELECT sum(ended_at - started_at) > '0 s' FROM training_time WHERE evidence = %s",
            (f"attempt:{attempt['id']}",),
        ).fetchone()
    assert row == (True,)


def test_a_failed_or_left_attempt_costs_nothing_but_the_tries(
    desk: RunningDesk, lead: Api, form: dict[str, Any]
) -> None:
    elsa, _ = approved(desk, lead, form)
    me = "/api/agent/me"
    wanted = {"skill": "fraud", "language": "en"}
    at = ""
    for number in range(5):
        attempt = elsa.post(f"{me}/attempts", wanted, 201)
        at = f"{me}/attempts/{attempt['id']}"
        if number:
            assert elsa.post(f"{at}/answers", {"answers": {}})["stage"] == "failed"
        else:
            assert elsa.post(f"{at}/leave", {})["stage"] == "left"
            assert elsa.post(f"{at}/leave", {})["stage"] == "left"
    assert elsa.post(f"{me}/attempts", wanted, 409)["error"]["code"] == "no_tries_left"
    assert len(elsa.get(f"{me}/attempts")["attempts"]) == 5
    nothing = {"skill": "unheard-of", "language": "en"}
    assert elsa.post(f"{me}/attempts", nothing, 409)["error"]["code"] == "no_qualification"
    stranger = Api(desk, desk.sign_in("agent"))
    assert stranger.get(at, 409)["error"]["code"] == "no_such_attempt"


def test_a_lead_edits_a_qualification_in_versions(desk: RunningDesk, lead: Api) -> None:
    path = "/api/console/people/qualifications/payments"
    newest = lead.get(path)["versions"][0]
    content = newest["content"] | {"questions_percent": 50}
    body = {"based_on": newest["version"], "note": "Less strict.", "content": content}
    assert lead.post(path, body, 201)["version"] == newest["version"] + 1
    assert lead.post(path, body, 409)["error"]["code"] == "changed_meanwhile"
    assert lead.get(path)["versions"][0]["by"] == "lead:Maria"
    lead.post(path, body | {"content": content | {"questions": []}}, 422)
    lead.post("/api/console/people/qualifications/none", body | {"based_on": 0}, 409)
    overview = lead.get("/api/console/people/qualifications")["skills"]
    assert {each["key"]: each["version"] for each in overview}["payments"] > 1
    Api(desk, desk.sign_in("agent")).get(path, 403)


def test_a_deactivation_tells_its_reason_to_who_proves_to_be_it_and_can_be_contested(
    desk: RunningDesk, lead: Api, form: dict[str, Any]
) -> None:
    elsa, agent_id = approved(desk, lead, form)
    account = f"/api/console/people/agents/{agent_id}"
    lead.post(f"{account}/deactivate", {"reason": ""}, 422)
    address = lead.post(f"{account}/deactivate", {"reason": "A customer's data."})["address"]
    lead.post(f"{account}/deactivate", {"reason": "Again."}, 409)
    elsa.get("/api/agent/me/skills", 401)
    nobody = Api(desk, {})
    wrong = {"email": form["email"], "password": "not the password"}
    assert nobody.post("/api/sign-in/password", wrong, 401)["error"]["code"] == "wrong_credentials"
    told = nobody.post("/api/sign-in/password", wrong | {"password": PASSWORD}, 403)["error"]
    assert told["code"] == "deactivated"
    assert address in told["message"]
    follower = Api(desk, {"Authorization": f"Bearer {address.rpartition('/')[2]}"})
    assert follower.get("/api/apply/mine")["reason"] == "A customer's data."
    review = follower.post("/api/apply/mine/review", {"words": "It was not me."}, 201)
    answer = {"outcome": "changed", "answer": "It was someone else."}
    lead.post(f"/api/console/people/reviews/{review['id']}/answer", answer, 204)
    lead.post(f"{account}/reactivate", {"reason": "It was someone else."}, 204)
    lead.post(f"{account}/reactivate", {"reason": "Again."}, 409)
    nobody.post("/api/sign-in/password", wrong | {"password": PASSWORD})
    assert follower.get("/api/apply/mine")["decision"] is None


def test_decisions_about_an_agent_are_listed_and_reviewed_within_two_weeks(
    desk: RunningDesk, lead: Api, form: dict[str, Any]
) -> None:
    elsa, agent_id = approved(desk, lead, form)
    given = {"skill": "fraud", "level": 2, "reason": "Years at a bank."}
    skills = f"/api/console/people/agents/{agent_id}/skills"
    lead.post(skills, given, 204)
    lead.post(skills, given | {"skill": "unheard-of"}, 409)
    lead.post(skills, given | {"level": 0, "reason": "Refresh first."}, 204)
    decisions = elsa.get("/api/agent/me/decisions")["decisions"]
    assert [each["kind"] for each in decisions] == ["skill_taken", "skill_given", "approved"]
    assert decisions[0]["reason"] == "Refresh first."
    before = decisions[0]["at"].replace("+00:00", "Z")
    assert len(elsa.get(f"/api/agent/me/decisions?before={before}")["decisions"]) == 2
    elsa.get("/api/agent/me/decisions?before=2026-01-01T00:00:00", 422)
    wanted = {"about": "decision", "about_id": decisions[0]["id"], "words": "I did refresh."}
    review = elsa.post("/api/agent/me/reviews", wanted, 201)
    counts = lead.get("/api/console/people/waiting")
    assert counts["reviews_open"] >= 1
    with psycopg.connect(desk.database_url) as connection:
        connection.execute(
            "UPDATE review_requests SET due_at = now() - interval '1 day' WHERE id = %s",
            (review["id"],),
        )
    assert lead.get("/api/console/people/waiting")["reviews_overdue"] == 1
    first = lead.get("/api/console/people/reviews")["reviews"][0]
    assert (first["id"], first["decided"]) == (review["id"], "Refresh first.")
    answer = {"outcome": "stands", "answer": "Please do it once more."}
    lead.post(f"/api/console/people/reviews/{review['id']}/answer", answer, 204)
    assert lead.get("/api/console/people/reviews?state=answered")["reviews"][0]["outcome"]
    mine = elsa.get("/api/agent/me/reviews")["reviews"]
    assert [each["answer"] for each in mine] == ["Please do it once more."]
    assert elsa.get("/api/agent/me/decisions")["decisions"][0]["kind"] == "review_stands"
    assert lead.get("/api/console/people/agents?limit=1")["people"]


def test_few_ratings_tell_nothing_and_say_so(
    desk: RunningDesk, lead: Api, form: dict[str, Any]
) -> None:
    elsa, agent_id = approved(desk, lead, form)
    nothing = {"count": 0, "needed": 8, "mean": None, "low": None, "high": None}
    assert elsa.get("/api/agent/me/rating") == nothing
    write_ratings(desk, agent_id, [5, 5, 5])
    assert elsa.get("/api/agent/me/rating") == nothing | {"count": 3}
    write_ratings(desk, agent_id, [5] * 6 + [4])
    rating = elsa.get("/api/agent/me/rating")
    assert rating["count"] == 10
    assert 1 <= rating["low"] < rating["mean"] < rating["high"] <= 5
    assert rating["mean"] < 4.9


def write_ratings(desk: RunningDesk, agent_id: str, scores: list[int]) -> None:
    with psycopg.connect(desk.database_url) as connection:
        for score in scores:
            conversation = str(uuid.uuid4())
            connection.execute(
                "INSERT INTO conversations (id, version, customer_id, language, status, turn,"
                " opened_at, resolved_at, resolved_by)"
                " VALUES (%s, 3, %s, 'sv', 'resolved', 'customer', now(), now(), %s)",
                (conversation, conversation, agent_id),
            )
            facts: tuple[tuple[int, Event, str], ...] = (
                (1, ConversationOpened(conversation, "sv"), "system"),
                (2, Resolved(agent_id, "Elsa", Reason.OTHER, ""), f"agent:{agent_id}"),
                (3, Rated(solved=True, score=score, comment=None), f"customer:{conversation}"),
            )
            for version, event, actor in facts:
                kind, data = encode(event)
                connection.execute(
                    "INSERT INTO events (stream_id, version, type, data, actor, at)"
                    " VALUES (%s, %s, %s, %s, %s, now())",
                    (conversation, version, kind, data, actor),
                )


def test_the_export_holds_everything_and_verifies_without_us(
    desk: RunningDesk, lead: Api, form: dict[str, Any], tmp_path: Path
) -> None:
    elsa, agent_id = approved(desk, lead, form)
    elsa.post("/api/agent/me/attempts", {"skill": "fraud", "language": "en"}, 201)
    answer = call("GET", f"{desk.origin}/api/agent/me/export", headers=elsa._headers)
    assert answer.status_code == 200
    records = answer.json()
    assert records[0]["about"] == agent_id
    kinds = {each["kind"] for each in records[1:-1]}
    assert {"account", "sign_ins", "applications", "qualification_attempts", "decisions"} <= kinds
    account = next(each["is"] for each in records[1:-1] if each["kind"] == "account")
    assert account["email"] == form["email"]
    assert "argon2" not in answer.text
    file = tmp_path / "export.json"
    file.write_bytes(answer.content)
    keys = Api(desk, {}).get("/.well-known/alltid-export-keys.json")["keys"]
    verify = snippet()
    assert verify(file, keys)["records"] == len(records) - 2
    file.write_bytes(answer.content.replace(b"far from", b"near to "))
    with pytest.raises(ValueError, match="changed"):
        verify(file, keys)
    file.write_bytes(answer.content)
    with pytest.raises(InvalidSignature):
        verify(file, [keys[0] | {"x": base64.urlsafe_b64encode(bytes(32)).decode().rstrip("=")}])


def snippet() -> Any:
    """The function that the document gives to its readers."""
    found = re.findall(r"^```python\n(.*?)^```", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(found[0], "export.md", "exec"), names)
    return names["verified"]
