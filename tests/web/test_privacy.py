"""A customer sees nobody else's conversation, an agent only what is theirs. Everything is tried."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from PIL import Image

from tests.support.desk import RunningDesk, new_id
from tests.support.wire import AgentWire, CustomerWire, agent, customer, everything_said, plain
from tests.support.writers import query

pytestmark = pytest.mark.anyio


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(file, "PNG")
    return file.getvalue()


SECRET = "my number is 19121212"
PICTURE = picture()
# Every frame that names a conversation, a file or a version, as a stranger would send it.
CUSTOMER_FRAMES: list[dict[str, Any]] = [
    {"type": "send", "text": "hi", "attachments": []},
    {"type": "ask_human"},
    {"type": "stay_with_assistant"},
    {"type": "rate", "solved": True, "score": 5, "comment": None},
    {"type": "typing"},
    {"type": "read", "version": 2},
    {"type": "history", "before": 2**31 - 1, "limit": 200},
    {"type": "take"},
    {"type": "open", "after": 0},
    {"type": "resolve", "reason": "solved", "note": ""},
]
AGENT_FRAMES: list[dict[str, Any]] = [
    {"type": "open", "after": 0},
    {"type": "send", "text": "hi", "attachments": []},
    {"type": "return_to_queue"},
    {"type": "resolve", "reason": "solved", "note": "hi"},
    {"type": "history", "before": 2**31 - 1, "limit": 200},
    {"type": "read", "version": 1},
    {"type": "typing"},
    {"type": "close"},
]


def everything_said_to(wire: CustomerWire | AgentWire) -> str:
    return json.dumps(wire.frames, ensure_ascii=False)


def state_of(desk: RunningDesk, conversation: str) -> object:
    return query(
        desk.database_url,
        "SELECT version, status, agent_id, (SELECT count(*) FROM events WHERE stream_id = c.id) "
        "FROM conversations c WHERE id = %s",
        conversation,
    )


async def test_no_frame_of_a_customer_reaches_anothers_conversation(desk: RunningDesk) -> None:
    async with customer(desk) as anna, customer(desk) as bo:
        await bo.answered(SECRET)
        before = state_of(desk, bo.conversation)
        # With B's conversation in the greeting, A gets A's own.
        async with customer(desk, anna, after=None) as probe:
            probe.conversation = bo.conversation
            welcome = await probe.hello(after=1)
            assert welcome["conversation"] == anna.conversation
            for frame in CUSTOMER_FRAMES:
                named = {"client_id": new_id(), "conversation": bo.conversation, **frame}
                await probe.socket.send(json.dumps(named))
            await probe.settle()
        assert SECRET not in everything_said_to(probe)
        assert bo.conversation not in everything_said_to(probe)
        await bo.quiet()
        assert state_of(desk, bo.conversation) == before
        assert all(frame["who"] == "assistant" for frame in bo.of("typing"))
        assert not bo.of("marks")


async def test_no_message_may_show_anothers_file(desk: RunningDesk) -> None:
    async with customer(desk) as anna, customer(desk) as bo:
        url, here = "/api/customer/attachments", {"conversation": bo.conversation}
        own = {"Authorization": f"Bearer {bo.token}", "X-File-Name": "card.png"}
        kept = desk.post(url, own, here, PICTURE)
        assert kept.status_code == 201, kept.text
        attachment = kept.json()["id"]
        # Into A's own conversation, and A into B's.
        code = await anna.refused("send", text="look", attachments=[attachment])
        assert code == "attachment_unknown"
        foreign = desk.post(url, {"Authorization": f"Bearer {anna.token}"}, here, PICTURE)
        assert foreign.status_code == 403
        # Nor does its address open without the ticket, or with another file's.
        await bo.say("here", attachments=[attachment])
        await bo.shows(lambda items: any(item.get("attachments") for item in items))
        (shown,) = [item for item in bo.items() if item.get("attachments")]
        address = shown["attachments"][0]["url"]
        assert desk.get(address).content == PICTURE
        assert desk.get(address.split("?")[0]).status_code == 422
        assert desk.get(address[:-1] + ("0" if address[-1] != "0" else "1")).status_code == 403
        assert desk.get(address.replace(attachment, new_id())).status_code == 403


async def test_an_agent_reads_and_does_nothing_in_what_is_not_theirs(own_desk: RunningDesk) -> None:
    desk = own_desk
    async with customer(desk) as bo, agent(desk) as sara, agent(desk, "second_agent") as jonas:
        await bo.answered(SECRET)
        here = {"conversation": bo.conversation}

        async def jonas_tries() -> None:
            before = state_of(desk, bo.conversation)
            for frame in AGENT_FRAMES:
                await jonas.socket.send(json.dumps({"client_id": new_id(), **here, **frame}))
            await jonas.settle()
            upload = desk.post("/api/agent/attachments", jonas.headers, here, PICTURE)
            assert upload.status_code == 403
            assert SECRET not in everything_said_to(jonas)
            assert not jonas.of("items")
            assert not jonas.of("marks")
            assert state_of(desk, bo.conversation) == before

        # Offers go to Sara alone, so that she can take it at any moment.
        await jonas.send("pause")
        await jonas.next("session", paused="agent")
        await jonas_tries()  # it is the assistant's
        await bo.ask_human()
        await everything_said(desk, bo)
        await jonas_tries()  # it is in line: shown, without its words
        await sara.take(bo.conversation)
        await jonas_tries()  # it is Sara's
        assert await jonas.refused("take", **here) == "already_taken"
        await sara.acked("resolve", reason="solved", note="a note", **here)
        await jonas_tries()  # it was Sara's
        await sara.send("open", after=0, **here)
        page = await sara.next("items", **here)
        # Who closed it may look once more, at words whose personal data is masked.
        (shown,) = (item for item in page["items"] if item.get("masked"))
        assert shown["text"] == "my number is ••••1212"
        assert SECRET not in everything_said_to(sara)
        # It goes on with the assistant: Sara has no business there any more.
        await bo.answered("and something for the assistant alone")
        await sara.settle()
        assert "for the assistant alone" not in everything_said_to(sara)
        await sara.next("gone", because="resolved", **here)
        await sara.send("open", after=0, **here)
        await sara.next("error", code="not_yours")


async def test_offline_agents_take_nothing_and_see_no_line(own_desk: RunningDesk) -> None:
    async with customer(own_desk) as bo, agent(own_desk, online=False) as sara:
        place = await bo.ask_human()
        assert (place["online"], place["wait"]) == (0, None)
        await sara.settle()
        assert not sara.of("queue")
        assert await sara.refused("take", conversation=bo.conversation) == "offline"


async def test_without_signing_in_there_is_no_workspace(desk: RunningDesk) -> None:
    stolen = {"Cookie": "alltid_session=0123456789abcdef", "Origin": desk.origin}
    async with customer(desk) as anna:
        for headers in ({"Origin": desk.origin}, stolen):
            url = f"{desk.ws}/api/agent/socket"

            async with plain(url, additional_headers=headers) as socket:
                assert await AgentWire(socket).closed() == 4401
        assert anna.token


async def test_another_site_can_t_open_the_workspace_with_an_agents_cookie(
    desk: RunningDesk,
) -> None:

    cookie = {"Cookie": desk.sign_in()["Cookie"]}
    for origin in ({"Origin": "https://evil.example"}, {}):
        with pytest.raises(Exception, match="403"):
            async with plain(f"{desk.ws}/api/agent/socket", additional_headers=cookie | origin):
                pass


async def test_signing_out_ends_the_socket(
    own_desk: RunningDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alltid.web.agent_socket.SIGN_IN_CHECK_SECONDS", 0.0)
    async with agent(own_desk) as sara:
        own_desk.post("/api/sign-out", sara.headers).raise_for_status()
        await sara.send("ping")
        assert await sara.closed() == 4401


# Always the same: workers that share the tests must call each by the same name.
NOBODYS = "00000000-0000-4000-8000-000000000000"
CONSOLE = ["overview", "breaches", "conversations", f"conversations/{NOBODYS}"]


@pytest.mark.parametrize("path", CONSOLE)
async def test_the_console_is_for_leads(desk: RunningDesk, path: str) -> None:
    address = f"/api/console/{path}"
    token, _ = desk.guest()
    assert desk.get(address).status_code == 401
    assert desk.get(address, {"Authorization": f"Bearer {token}"}).status_code == 401
    assert desk.get(address, desk.sign_in("agent")).status_code == 403
    allowed = desk.get(address, desk.sign_in("lead")).status_code
    assert allowed == (404 if path.startswith("conversations/") else 200)


async def test_a_lead_reads_a_story_and_leaves_a_trace(desk: RunningDesk) -> None:
    async with customer(desk) as bo:
        await bo.answered(SECRET)
        story = desk.get(f"/api/console/conversations/{bo.conversation}", desk.sign_in("lead"))
        assert SECRET not in story.text
        assert "my number is ••••1212" in story.text
        reads = query(
            desk.database_url,
            "SELECT a.name FROM conversation_reads r JOIN agents a ON a.id = r.reader_id "
            "WHERE conversation_id = %s",
            bo.conversation,
        )
        assert reads == [("Maria",)]
