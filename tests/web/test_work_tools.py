"""Agents' work tools over a real desk: masked for agents, never seen by customers, recorded."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import psycopg
import pytest

from alltid.conversations.least_privilege import shown_masked
from alltid.dispatch.snapshot import look_at_line
from alltid.kernel.clock import SystemClock
from tests.support.client import AgentLine, Customer, Frame
from tests.support.desk import RunningDesk

pytestmark = pytest.mark.anyio

CARD, PHONE, EMAIL = "4111 1111 1111 1111", "070-123 45 67", "anna.berg@example.com"
SAID = f"My invoice 4587345 is wrong. Call {PHONE} or {EMAIL}, card {CARD}."


class Scene:
    """A customer with Sara, her colleague Jonas, a lead, and their ways to the desk."""

    def __init__(self, desk: RunningDesk, http: httpx.AsyncClient) -> None:
        self.desk, self.http = desk, http
        self.sara_is, self.jonas_is = desk.sign_in("agent"), desk.sign_in("second_agent")
        self.lead_is = desk.sign_in("lead")
        self.frames: list[Frame] = []
        self.seen_by_customer: list[Frame] = []
        self.lines: list[Customer | AgentLine] = []

    async def begin(self, text: str = SAID) -> str:
        """A guest writes, asks for a person, and Sara takes it."""
        self.customer = await Customer.arrive(self.http, self.desk.ws, "en")
        self.customer.on_frame = self.seen_by_customer.append
        self.customer.begin()
        await self.customer.present.wait()
        self.customer.say(text)
        self.customer.ask_human()
        await self.customer.settled()
        self.sara = await self.comes("agent")
        self.sara.on_frame = self.frames.append
        self.id = str(self.customer.conversation)
        await self.takes(self.sara)
        self.lines += [self.customer, self.sara]
        return self.id

    async def comes(self, who: str) -> AgentLine:
        line = await AgentLine.sign_in(self.http, self.desk.ws, who)
        line.begin()
        await line.present.wait()
        line.go_online()
        await line.until(lambda: line.online)
        self.lines.append(line)
        return line

    async def takes(self, agent: AgentLine) -> None:
        agent.take(self.id)
        await agent.settled()
        assert not agent.refused, agent.refused
        await agent.until(lambda: self.id in agent.items)

    def path(self, rest: str) -> str:
        return f"/api/agent/conversations/{self.id}/{rest}"

    async def get(self, path: str, who: dict[str, str]) -> Any:
        answer = await self.http.get(path, headers=who)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, who: dict[str, str], **body: Any) -> httpx.Response:
        return await self.http.post(path, headers=who, json=body)

    async def did(self, path: str, who: dict[str, str], **body: Any) -> Any:
        answer = await self.post(path, who, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def beside(self, who: dict[str, str] | None = None) -> Any:
        return await self.get(self.path("beside"), who or self.sara_is)

    async def nudged(self, after: int) -> None:
        """Sara's page is told to look beside the conversation again."""
        await self.sara.until(lambda: any(f["type"] == "beside" for f in self.frames[after:]))

    def rows(self, query: str) -> list[Any]:
        """What is found, with %(id)s for this conversation's id."""
        with psycopg.connect(self.desk.database_url) as connection:
            return connection.execute(query.encode(), {"id": self.id}).fetchall()

    def own(self, listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Those of a list that belong to this conversation."""
        return [each for each in listed if each["conversation"] == self.id]

    async def end(self) -> None:
        """Leave an empty line and nobody online to the next scene."""
        for agent in (line for line in self.lines if isinstance(line, AgentLine)):
            agent.send_now({"type": "go_offline", "hand_back": True})
            await agent.until(lambda agent=agent: not agent.online)  # type: ignore[misc]
        for customer in (line for line in self.lines if isinstance(line, Customer)):
            customer.command("stay_with_assistant")
            await customer.settled()
        for line in self.lines:
            await line.leave()


@pytest.fixture
async def scene(desk: RunningDesk) -> AsyncIterator[Scene]:
    async with httpx.AsyncClient(base_url=desk.origin, timeout=30) as http:
        scene = Scene(desk, http)
        yield scene
        await scene.end()


def new_id() -> str:
    return str(uuid.uuid4())


async def test_agents_see_masks_and_unmask_one_with_a_recorded_reason(scene: Scene) -> None:
    await scene.begin()
    (message,) = (i for i in scene.sara.items[scene.id] if i.get("author") == "customer")
    assert (
        message["text"] == "My invoice 4587345 is wrong. Call ••••4567 or ••••@••••, card ••••1111."
    )
    assert [mask["kind"] for mask in message["masked"]] == ["phone", "email", "card"]
    assert shown_masked(scene.sara.items[scene.id]) is None
    for value in (CARD, PHONE, EMAIL):
        assert value not in json.dumps(scene.frames)

    lift = {
        "version": message["version"],
        "index": 2,
        "reason": "to compare it with 4111111111111111",
    }
    assert await scene.did(scene.path("unmask"), scene.sara_is, **lift) == {
        "kind": "card",
        "value": CARD,
    }
    for wrong in ({"index": 3}, {"version": 9_999}):
        assert (
            await scene.post(scene.path("unmask"), scene.sara_is, **lift | wrong)
        ).status_code == 409
    assert (await scene.post(scene.path("unmask"), scene.jonas_is, **lift)).status_code == 403
    assert (
        await scene.post(scene.path("unmask"), scene.sara_is, **lift | {"reason": " "})
    ).status_code == 422
    elsewhere = scene.sara_is | {"Origin": "https://evil.example"}
    assert (await scene.post(scene.path("unmask"), elsewhere, **lift)).status_code == 403

    listed = (await scene.get("/api/console/unmaskings", scene.lead_is))["unmaskings"]
    (kept,) = scene.own(listed)
    assert (kept["name"], kept["kind"], kept["as_lead"]) == ("Sara", "card", False)
    assert kept["reason"] == "to compare it with ••••1111"
    assert CARD.replace(" ", "") not in json.dumps(
        scene.rows("SELECT row_to_json(u) FROM unmaskings u")
    )
    told = await scene.get(f"/api/console/conversations/{scene.id}/beside", scene.lead_is)
    assert told["unmaskings"] == [kept]

    story = await scene.get(f"/api/console/conversations/{scene.id}", scene.lead_is)
    assert shown_masked(story["items"]) is None
    lead_lifts = f"/api/console/conversations/{scene.id}/unmask"
    assert (await scene.did(lead_lifts, scene.lead_is, **lift))["value"] == CARD
    assert (await scene.post(lead_lifts, scene.sara_is, **lift)).status_code == 403


async def test_p8_watches_every_unmasking(scene: Scene) -> None:
    await scene.begin()
    lift = {"version": 3, "index": 0, "reason": "to call back"}
    await scene.did(scene.path("unmask"), scene.sara_is, **lift)
    watch = scene.desk.desk
    unmasked = (
        "INSERT INTO unmaskings (conversation_id, version, mask_index, kind, by, as_lead, reason,"
        " at)"
    )
    with psycopg.connect(scene.desk.database_url) as connection:
        values = (scene.id, str(uuid.uuid4()))
        connection.execute(
            f"{unmasked} VALUES (%s, 3, 0, 'phone', %s, false, 'by hand', now())", values
        )
    part = next(each for each in watch.parts if each.name == "tool_box")
    check = part.loops["least privilege"].__self__.check  # type: ignore[attr-defined]
    scene.desk.do(check())
    found = scene.rows("SELECT promise, detail FROM promise_breaches")
    assert found == [
        ("P8", "An agent unmasked personal data of a conversation that was not in their hands.")
    ]
    assert scene.rows("SELECT count(*) FROM unmaskings WHERE checked_at IS NULL") == [(0,)]


async def test_notes_and_answers_of_leads_reach_colleagues_and_never_the_customer(
    scene: Scene,
) -> None:
    await scene.begin()
    seen = len(scene.frames)
    note = {"id": new_id(), "text": f"secret-note: she says {PHONE}"}
    await scene.did(scene.path("notes"), scene.sara_is, **note)
    await scene.did(scene.path("notes"), scene.sara_is, **note)
    await scene.nudged(seen)
    beside = await scene.beside()
    assert [each["text"] for each in beside["notes"]] == [note["text"]]
    assert beside["customer"] == {"signed_in": False, "name": None, "entitlements": []}
    assert beside["summary"][0]["text"] == "My invoice 4587345 is wrong."

    question = {"id": new_id(), "text": "secret-question: may I waive the fee?"}
    await scene.did(scene.path("questions"), scene.sara_is, **question)
    (asked,) = (await scene.get("/api/console/questions", scene.lead_is))["questions"]
    assert (asked["name"], asked["question"]) == ("Sara", question["text"])
    seen = len(scene.frames)
    answer = f"/api/console/questions/{question['id']}/answer"
    await scene.did(answer, scene.lead_is, text="secret-answer: yes, once")
    assert (await scene.post(answer, scene.lead_is, text="another")).status_code == 409
    await scene.nudged(seen)
    assert (await scene.beside())["questions"][0]["answer"] == "secret-answer: yes, once"
    assert (await scene.get("/api/console/questions", scene.lead_is))["questions"] == []

    # The customer looks everywhere a customer can look.
    scene.customer.send_now({"type": "history", "before": 99, "limit": 200})
    scene.customer.drop()
    await scene.customer.gone()
    scene.customer.version = 0
    await scene.customer.present.wait()
    await scene.customer.until(lambda: len(scene.customer.items) > 3)
    assert "secret-" not in json.dumps(scene.seen_by_customer)
    token = {"Authorization": f"Bearer {scene.customer.token}"}
    assert (await scene.http.get(scene.path("beside"), headers=token)).status_code == 401
    assert (await scene.http.get(scene.path("beside"), headers=scene.jonas_is)).status_code == 403


async def test_handing_over_keeps_the_place_and_asks_the_named_colleague_first(
    scene: Scene,
) -> None:
    await scene.begin()
    jonas = await scene.comes("second_agent")
    targets = await scene.get(scene.path("handover-targets"), scene.sara_is)
    assert [each["name"] for each in targets["agents"]] == ["Jonas"]
    assert "lead" in [each["key"] for each in targets["skills"]]
    order = {
        "id": new_id(),
        "to_agent": jonas.agent_id,
        "note": f"Call {PHONE}",
        "message": "Jonas knows this.",
    }
    both = order | {"to_skill": "lead"}
    assert (await scene.post(scene.path("handover"), scene.sara_is, **both)).status_code == 422
    await scene.did(scene.path("handover"), scene.sara_is, **order)
    await scene.sara.until(lambda: scene.id not in scene.sara.hands)
    await scene.customer.until(lambda: scene.customer.items[-1]["kind"] == "returned_to_queue")
    assert scene.customer.items[-2]["text"] == "Jonas knows this."
    # Who is named is asked first, and is no helper for that: what is theirs stays theirs.
    assert scene.rows(
        "SELECT agent_id::text FROM conversation_helpers WHERE conversation_id = %(id)s"
    ) == [(scene.sara.agent_id,)]
    async with await psycopg.AsyncConnection.connect(scene.desk.database_url) as connection:
        (row,) = await look_at_line(connection, SystemClock().now())
    assert row.customer.named == jonas.agent_id
    assert row.customer.gave == scene.sara.agent_id
    assert row.customer.in_line_since > row.customer.asked_at
    back = (
        "SELECT data->>'because' FROM events WHERE type = 'ReturnedToQueue' AND stream_id = %(id)s"
    )
    assert scene.rows(back) == [("handed_over",)]
    assert (await scene.post(scene.path("handover"), scene.sara_is, **order)).status_code == 403


async def test_a_skill_and_its_note_wait_for_the_next_one(scene: Scene) -> None:
    await scene.begin()
    for wrong in ({"to_skill": "nothing"}, {"to_agent": new_id()}):
        order = {"id": new_id(), **wrong}
        assert (await scene.post(scene.path("handover"), scene.sara_is, **order)).status_code == 409
    await scene.did(scene.path("handover"), scene.sara_is, id=new_id(), to_skill="lead", note="Fee")
    needed = "SELECT skill, split_part(by, ':', 1) FROM triage WHERE conversation_id = %(id)s"
    assert scene.rows(needed) == [("lead", "agent")]
    told = await scene.get(f"/api/console/conversations/{scene.id}/beside", scene.lead_is)
    assert [(each["name"], each["to_skill"], each["note"]) for each in told["handovers"]] == [
        ("Sara", "lead", "Fee")
    ]


async def test_a_mute_hides_words_until_a_lead_decides_and_the_customer_reaches_a_lead(
    scene: Scene,
) -> None:
    await scene.begin()
    block = {"id": new_id(), "reason": "threatens me"}
    await scene.did(scene.path("block"), scene.sara_is, **block)
    scene.customer.say("vile words")
    await scene.customer.settled()
    await scene.sara.until(lambda: scene.sara.items[scene.id][-1].get("muted", False))
    assert "vile words" not in json.dumps(scene.frames)
    listed = (await scene.get("/api/console/blocks", scene.lead_is))["blocks"]
    (open_block,) = scene.own(listed)
    assert (open_block["asked_by"], open_block["reason"]) == ("Sara", "threatens me")

    decide = f"/api/console/blocks/{block['id']}"
    assert (
        await scene.post(decide, scene.sara_is, decision="lifted", why="mine")
    ).status_code == 403
    await scene.did(decide, scene.lead_is, decision="confirmed", why="Threats", days=1)
    assert (
        await scene.post(decide, scene.lead_is, decision="lifted", why="Not so")
    ).status_code == 409
    await scene.customer.until(lambda: scene.customer.status == "waiting")
    assert scene.rows(
        "SELECT skill, by FROM triage WHERE conversation_id = %(id)s AND skill = 'lead'"
    ) == [("lead", "system:blocks")]
    lead = await scene.comes("lead")
    await scene.takes(lead)
    await scene.did(f"{decide}/lift", scene.lead_is, why="Apologised")
    listed = (await scene.get("/api/console/blocks?open=false", scene.lead_is))["blocks"]
    assert [(each["decision"], each["why"]) for each in scene.own(listed)] == [
        ("confirmed", "Apologised")
    ]


async def test_a_mute_that_nobody_reviews_ends_by_itself(scene: Scene) -> None:
    await scene.begin()
    await scene.did(scene.path("block"), scene.sara_is, id=new_id(), reason="rude")
    with psycopg.connect(scene.desk.database_url) as connection:
        connection.execute("UPDATE blocks SET due_at = now() - interval '1 second'")
    part = next(each for each in scene.desk.desk.parts if each.name == "tool_box")
    scene.desk.do(part.loops["blocks"].__self__.sweep_blocks())  # type: ignore[attr-defined]
    assert (await scene.beside())["block"]["decision"] == "lapsed"
    scene.customer.say("and now?")
    await scene.sara.until(lambda: scene.sara.items[scene.id][-1].get("text") == "and now?")


async def test_canned_replies_are_filled_and_holes_are_named(scene: Scene) -> None:
    await scene.begin()
    reply = {"language": "en", "shortcut": "hi", "title": "Hello"}
    text = "Hello {customer_name}, I am {agent_name} at {company}. {hours} {order_number}"
    mine, ours = new_id(), new_id()
    put = scene.http.put
    path = f"/api/console/canned-replies/{ours}"
    assert (await put(path, headers=scene.sara_is, json=reply | {"text": text})).status_code == 403
    assert (await put(path, headers=scene.lead_is, json=reply | {"text": text})).status_code == 200
    field = "/api/console/canned-fields/hours"
    assert (
        await put(field, headers=scene.lead_is, json={"value": "We answer day and night."})
    ).status_code == 200
    named = await put(
        "/api/console/canned-fields/company", headers=scene.lead_is, json={"value": "x"}
    )
    assert named.status_code == 409
    (shown,) = (await scene.get("/api/agent/canned-replies?language=en", scene.sara_is))["replies"]
    assert (shown["shortcut"], shown["company"]) == ("hi", True)
    filled = await scene.get(scene.path(f"canned-replies/{ours}"), scene.sara_is)
    assert filled["text"] == (
        "Hello {customer_name}, I am Sara at Klarsund. We answer day and night. {order_number}"
    )
    assert filled["unknown"] == ["customer_name", "order_number"]

    own = f"/api/agent/canned-replies/{mine}"
    assert (
        await put(own, headers=scene.sara_is, json=reply | {"text": "Hi there"})
    ).status_code == 200
    again = await put(
        f"/api/agent/canned-replies/{new_id()}", headers=scene.sara_is, json=reply | {"text": "x"}
    )
    assert again.json()["error"]["code"] == "shortcut_taken"
    (shown,) = (await scene.get("/api/agent/canned-replies?language=en", scene.sara_is))["replies"]
    assert shown["text"] == "Hi there"  # one's own comes first
    for other in (scene.jonas_is, scene.lead_is):
        assert (
            await scene.http.get(scene.path(f"canned-replies/{mine}"), headers=other)
        ).status_code == 403
    assert (await scene.http.delete(own, headers=scene.sara_is)).status_code == 200
    found = await scene.get(
        "/api/agent/knowledge?q=How do I return an item&language=en", scene.sara_is
    )
    assert found["found"][0]["url"].startswith("/help/en/")


async def test_what_the_company_says_of_a_customer_is_shown(scene: Scene) -> None:
    from alltid.examples.lender.customers import DEMO_CUSTOMERS, demo_token
    from tests.support.desk import SECRET

    await scene.begin()
    token = demo_token(DEMO_CUSTOMERS["elin"], SECRET, scene.desk.desk._clock.now())
    elin = Customer(f"{scene.desk.ws}/api/customer/socket", token=token, language="sv")
    scene.lines.append(elin)
    elin.begin()
    await elin.present.wait()
    elin.ask_human()
    await elin.settled()
    scene.id = str(elin.conversation)
    await scene.takes(scene.sara)
    assert (await scene.beside())["customer"] == {
        "signed_in": True,
        "name": "Elin Berg",
        "entitlements": list(DEMO_CUSTOMERS["elin"].entitlements),
    }
