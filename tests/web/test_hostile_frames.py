"""Frames that nobody should send: answered or turned away, and no one else notices."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest

from tests.support.desk import RunningDesk, new_id
from tests.support.wire import Wire, agent, customer

pytestmark = pytest.mark.anyio

ID = new_id()
DEEP = "[" * 30_000
BAD: dict[str, str | bytes] = {
    "empty": "",
    "no JSON": "hello",
    "cut short": '{"type":"send","text":"',
    "a list": "[]",
    "a number": "1e999",
    "null": "null",
    "no type": "{}",
    "an unknown type": '{"type":"drop_tables"}',
    "a type of the wrong type": '{"type":{"type":"send"}}',
    "deep": DEEP,
    "deep in a field": json.dumps({"type": "send", "client_id": ID, "x": 1})[:-1] + ',"y":' + DEEP,
    "no client id": '{"type":"send","text":"hi"}',
    "a client id that is none": '{"type":"send","client_id":"1 or 1=1","text":"hi"}',
    "text of the wrong type": f'{{"type":"send","client_id":"{ID}","text":{{"a":1}}}}',
    "text too long": json.dumps({"type": "send", "client_id": ID, "text": "x" * 4_001}),
    "a lone surrogate": f'{{"type":"send","client_id":"{ID}","text":"\\ud83d"}}',
    "many files": json.dumps({"type": "send", "client_id": ID, "attachments": [ID] * 6}),
    "a file that is none": json.dumps({"type": "send", "client_id": ID, "attachments": ["../x"]}),
    "a huge version": '{"type":"read","version":' + "9" * 400 + "}",
    "a negative version": '{"type":"read","version":-1}',
    "a version in words": '{"type":"read","version":"one"}',
    "a huge history": '{"type":"history","before":5,"limit":100000}',
    "a score beyond": json.dumps({"type": "rate", "client_id": ID, "solved": True, "score": 2**70}),
    "binary noise": bytes(range(256)),
    "binary that is no UTF-8": b'{"type":"ping","x":"\xff\xfe"}',
}


@pytest.mark.parametrize("frame", BAD.values(), ids=BAD.keys())
async def test_a_frame_that_can_t_be_read_is_answered_in_words(
    desk: RunningDesk, frame: str | bytes
) -> None:
    async with customer(desk) as her, agent(desk, online=False) as sara:
        wires: list[Wire] = [her, sara]
        for wire in wires:
            await wire.socket.send(frame)
            error = await wire.next("error")
            assert (error["code"], error["fatal"]) == ("bad_frame", False)
            assert len(error["message"]) <= 300
            await wire.settle()
        assert await her.say("and on") > 2
        assert len(her.of("error")) == 1


async def test_whose_message_was_refused_is_said_with_its_id(desk: RunningDesk) -> None:
    async with customer(desk) as her:
        await her.socket.send(BAD["text too long"])
        assert (await her.next("error"))["client_id"] == ID


@pytest.mark.parametrize("text", ["", "   ", "\x00", "\x00\x00 \n"])
async def test_a_message_of_nothing_is_refused(desk: RunningDesk, text: str) -> None:
    async with customer(desk) as her:
        assert await her.refused("send", text=text) == "empty_message"


async def test_unusual_text_comes_back_as_it_was(desk: RunningDesk) -> None:
    texts = [
        "x" * 4_000,
        "😀" * 1_000,
        "<script>alert(1)</script>&amp;",
        "\u202eright to left\u2066",
        "'; DROP TABLE events; --",
        '{"type":"send"}',
        "\ufeff\u200b\u0301",
        "line\nline\r\ttab\x07",
    ]
    async with customer(desk) as her:
        ids = [new_id() for _ in texts]
        for client_id, text in zip(ids, texts, strict=True):
            await her.say(text, client_id)
        with_nul = new_id()
        assert await her.say("a\x00b", with_nul)
        await her.shows(lambda items: with_nul in {item.get("client_id") for item in items})
        shown = {item["client_id"]: item["text"] for item in her.items() if "client_id" in item}
        assert [shown[each] for each in ids] == texts
        assert shown[with_nul] == "ab"


@pytest.mark.parametrize("size", [65_537, 200_000])
async def test_a_frame_beyond_the_limit_closes_its_socket_alone(
    desk: RunningDesk, size: int
) -> None:
    async with customer(desk) as her, customer(desk) as other:
        await her.socket.send(json.dumps({"type": "ping", "pad": "x" * size}))
        assert await her.closed() in {4413, 1009}
        await other.say("still here")
        async with customer(desk, her) as again:
            await again.say("and back")


async def test_a_frame_at_the_limit_is_read(desk: RunningDesk) -> None:
    async with customer(desk) as her:
        frame = json.dumps({"type": "ping", "pad": ""})
        await her.socket.send(frame[:-2] + "x" * (65_536 - len(frame)) + '"}')
        await her.next("pong")


async def test_frames_out_of_order_change_nothing(desk: RunningDesk) -> None:
    async with customer(desk) as her:
        await her.send("hello", token=her.token, conversation=None, after=0, language="sv")
        await her.next("error", code="hello_again")
        await her.acked("stay_with_assistant")
        assert await her.refused("rate", solved=True) == "not_resolved"
        await her.send("history", before=0, limit=1)
        assert (await her.next("history"))["items"] == []
    async with customer(desk, after=None) as early:
        await early.send("send", client_id=new_id(), text="before hello", attachments=[])
        assert await early.closed() == 4401


async def test_a_whole_session_replayed_stores_nothing_new(desk: RunningDesk) -> None:
    async with customer(desk) as her:
        session: list[dict[str, Any]] = [
            {"type": "send", "client_id": new_id(), "text": "one", "attachments": []},
            {"type": "ask_human", "client_id": new_id()},
            {"type": "send", "client_id": new_id(), "text": "two", "attachments": []},
        ]
        for frame in session:
            await her.socket.send(json.dumps(frame))
        kept = {
            frame["client_id"]: (await her.next("ack", client_id=frame["client_id"]))["version"]
            for frame in session
        }
        async with customer(desk, her, after=1) as thief:
            for frame in session * 3:
                await thief.socket.send(json.dumps(frame))
            await thief.settle()
            for ack in thief.of("ack"):
                if ack["client_id"] != session[1]["client_id"]:
                    assert ack["version"] == kept[ack["client_id"]]
            assert len(thief.of("ack")) == 9
        async with customer(desk, her) as again:
            await again.settle()
            mine = [item["client_id"] for item in again.items() if "client_id" in item]
            assert mine == [session[0]["client_id"], session[2]["client_id"]]
            assert [item["kind"] for item in again.items()].count("human_requested") == 1


async def test_noise_without_end_closes_the_socket(desk: RunningDesk) -> None:
    async with customer(desk) as her:
        for _ in range(60):
            await her.socket.send("noise")
        assert await her.closed() == 4429


async def test_a_flood_is_slowed_and_slows_nobody_else(desk: RunningDesk) -> None:
    async with customer(desk) as flooder, customer(desk) as other:
        flood = [json.dumps({"type": "typing"})] * 2_000

        async def pour() -> None:
            for frame in flood:
                await flooder.socket.send(frame)

        async def count() -> None:
            async for _ in flooder.socket:
                pass

        pouring = asyncio.gather(pour(), count(), return_exceptions=True)
        waits = []
        for _ in range(20):
            began = time.perf_counter()
            await other.say("hello")
            waits.append(time.perf_counter() - began)
        # Behind two thousand frames it would be minutes.
        assert sorted(waits)[10] < 5
        pouring.cancel()


async def test_too_many_messages_are_told_to_come_later(start_desk: Any) -> None:
    desk = start_desk(messages_per_minute=60)
    async with customer(desk) as her:
        began = time.perf_counter()
        ids = [await her.command("send", text=str(number)) for number in range(40)]
        await her.settle()
        seconds = time.perf_counter() - began
        errors = her.of("error")
        assert {each["code"] for each in errors} <= {"too_often", "in_order"}
        assert all(each["retry_after_seconds"] > 0 for each in errors)
        assert len(errors) + len(her.of("ack")) == len(ids)
        # A burst of twenty, and one more in each second that it took.
        assert 15 <= len(her.of("ack")) <= 21 + seconds


async def test_who_never_reads_is_cut_off_and_loses_nothing(
    start_desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alltid.web.connection.OUTBOX_BYTES", 200_000)
    own_desk = start_desk(send_buffer_bytes=8_192)
    async with (
        customer(own_desk) as her,
        customer(own_desk, her, receive_buffer_bytes=8_192) as deaf,
    ):
        deaf.socket.transport.pause_reading()
        said = 0
        while own_desk.do(_sockets(own_desk)) == 2 and said < 1_000:
            await asyncio.gather(*(her.command("send", text="x" * 4_000) for _ in range(50)))
            await her.settle()
            said += 50
        assert own_desk.do(_sockets(own_desk)) == 1, "it was still held after so many messages"
        await her.quiet()
        newest = max(frame["version"] for frame in her.of("items"))
        deaf.socket.transport.resume_reading()
        assert await deaf.closed() in {4430, 1006}
        seen = max((frame["version"] for frame in deaf.of("items")), default=0)
        assert seen < newest
        monkeypatch.undo()
        async with customer(own_desk, her, after=max(seen, 1)) as again:
            await again.next_that(
                lambda frame: frame["type"] == "items" and frame["version"] >= newest
            )
            resumed = [item["version"] for item in again.items()]
        # What is said meanwhile (by the assistant) may have come to one of them only.
        whole = [item["version"] for item in her.items() if item["version"] <= newest]
        kept = [item["version"] for item in deaf.items()]
        assert kept + [version for version in resumed if version <= newest] == whole
        assert resumed[-1] >= newest


async def test_the_largest_messages_can_be_resumed(desk: RunningDesk) -> None:
    """In JSON each of these characters takes six, and the page that shows them 4.5 MB."""
    async with customer(desk) as her:
        await asyncio.gather(*(her.command("send", text="a" + "\x07" * 3_999) for _ in range(190)))
        await her.settle()
        newest = max(frame["version"] for frame in her.of("ack"))
        async with customer(desk, her, after=1) as again:
            await again.next_that(
                lambda frame: frame["type"] == "items" and frame["version"] >= newest
            )


async def _sockets(desk: RunningDesk) -> int:
    return int(desk.desk.metrics.sockets_now)


async def test_a_socket_that_is_cut_in_mid_frame_harms_nobody(desk: RunningDesk) -> None:
    async with customer(desk) as her, customer(desk) as other:
        # The head of a masked text frame of 1,000 bytes, and none of them.
        her.socket.transport.write(b"\x81\xfe\x03\xe8abcd{")
        her.socket.transport.abort()
        await other.say("still here")
