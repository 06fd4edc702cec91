"""The customer's socket: resuming by version, sending again, several devices."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from alltid.conversations.commands import AskForHuman
from tests.support.desk import RunningDesk, new_id
from tests.support.wire import (
    PATIENCE_SECONDS,
    CustomerWire,
    Frame,
    agent,
    customer,
    everything_said,
    plain,
)

pytestmark = pytest.mark.anyio


async def test_the_first_words_say_that_an_ai_answers(desk: RunningDesk) -> None:
    async with customer(desk) as her:
        assert her.welcome["status"] == "assistant"
        assert her.welcome["answering"] == {"kind": "assistant", "name": "Alva"}
        assert her.welcome["customer"]["id"] == her.customer_id
        await her.next("items")
        (first,) = her.items()
        assert (first["kind"], first["author"]) == ("message", "assistant")


async def test_resuming_after_any_version_shows_the_rest_once(desk: RunningDesk) -> None:
    async with customer(desk) as her:
        for number in range(6):
            await her.say(f"message {number}")
        await her.acked("ask_human")
        await everything_said(desk, her)
        whole = {item["version"]: item for item in her.items()}
        assert len(whole) == len(her.items()), "nothing was shown twice"
        newest = max(frame["version"] for frame in her.of("items"))
        for after in range(newest + 2):
            async with customer(desk, her, after=after) as again:
                await again.settle()
                shown = [item["version"] for item in again.items()]
                # Who claims to know more than there is gets it all.
                seen = after if after <= newest else 0
                assert shown == [version for version in sorted(whole) if version > seen]
                for item in again.items():
                    assert item == whole[item["version"]]


async def test_a_message_sent_again_is_acknowledged_alike_and_shown_once(desk: RunningDesk) -> None:
    async with customer(desk) as her:
        client_id = new_id()
        version = await her.say("hello", client_id)
        assert [await her.say("hello", client_id) for _ in range(3)] == [version] * 3
        async with customer(desk, her) as elsewhere:
            assert await elsewhere.say("hello", client_id) == version
            await elsewhere.settle()
        await her.settle()
        for wire in (her, elsewhere):
            mine = [item for item in wire.items() if item.get("client_id") == client_id]
            assert [item["version"] for item in mine] == [version]


async def test_the_same_message_at_the_same_moment_from_two_devices(desk: RunningDesk) -> None:
    async with customer(desk) as phone, customer(desk, phone) as laptop:
        client_id = new_id()
        versions = await asyncio.gather(*(each.say("x", client_id) for each in (phone, laptop)))
        assert versions[0] == versions[1]


async def test_two_devices_of_one_person_share_the_conversation(desk: RunningDesk) -> None:
    async with customer(desk) as phone, customer(desk, phone) as laptop:
        assert laptop.conversation == phone.conversation
        version = await phone.say("from the phone")
        item = await laptop.next_that(
            lambda frame: (
                frame["type"] == "items"
                and any(each["version"] == version for each in frame["items"])
            )
        )
        assert item["items"][0]["text"] == "from the phone"
        await laptop.acked("ask_human")
        await phone.next("items", status="waiting")
        await phone.next("queue")


async def test_both_devices_opening_at_once_open_one_conversation(desk: RunningDesk) -> None:
    async with customer(desk, after=None) as one, customer(desk, one, after=None) as two:
        welcomes = await asyncio.gather(one.hello(), two.hello())
        assert welcomes[0]["conversation"] == welcomes[1]["conversation"]
        assert welcomes[0]["version"] == welcomes[1]["version"] == 2


async def test_a_long_conversation_is_shown_from_its_end_and_read_back(desk: RunningDesk) -> None:
    async with customer(desk) as her, agent(desk) as sara:
        await her.ask_human()
        await sara.take(her.conversation)
        for number in range(150):
            await her.command("send", text=str(number))
        await her.settle()
        async with customer(desk, her) as again:
            assert again.welcome["has_earlier"]
            first_page = (await again.next("items"))["items"]
            versions = [item["version"] for item in first_page]
            more = True
            while more:
                await again.send("history", before=versions[0], limit=30)
                page = await again.next("history")
                versions = [item["version"] for item in page["items"]] + versions
                more = page["has_earlier"]
        assert versions == sorted(set(versions))
        texts = {item["text"] for item in her.items() if item.get("author") == "customer"}
        assert {str(number) for number in range(150)} <= texts
        assert len(versions) == len({item["version"] for item in her.items()})
        await sara.acked("resolve", conversation=her.conversation, reason="solved", note="")


async def marks_of(desk: RunningDesk, her: CustomerWire) -> Frame:
    """What another device is told of who has seen what."""
    async with customer(desk, her) as again:
        marks: Frame = again.welcome["marks"]
        return marks


async def test_typing_and_marks_pass_both_ways(desk: RunningDesk) -> None:
    async with customer(desk) as her, agent(desk) as sara:
        await her.ask_human()
        await sara.take(her.conversation)
        here = {"conversation": her.conversation}
        await her.send("typing")
        await sara.next("typing", who="customer", **here)
        await sara.send("typing", **here)
        typing = await her.next("typing")
        assert (typing["who"], typing["name"]) == ("agent", "Sara")
        asked = await her.say("are you there?")
        await sara.next_that(lambda frame: frame["type"] == "items" and frame["version"] >= asked)
        await sara.send("read", version=asked, **here)
        await her.next("marks", party="agent", read=asked)
        answered = await sara.acked("send", text="yes", **here)
        await her.next_that(lambda frame: frame["type"] == "items" and frame["version"] == answered)
        await her.send("read", version=answered)
        mark = await sara.next("marks", party="customer", read=answered, **here)
        assert mark["delivered"] == answered
        # Nobody can have read what was never shown to them.
        await her.send("read", version=2**31 - 1)
        await her.settle()
        desk.do(desk.desk.marks.flush())
        async with asyncio.timeout(PATIENCE_SECONDS):
            marks = await marks_of(desk, her)
            while marks["customer"] != {"delivered": answered, "read": answered}:
                marks = await marks_of(desk, her)
        assert marks["agent"]["read"] == asked
        await sara.acked("resolve", reason="solved", note="for colleagues", **here)
        resolved = (await her.next("items", status="resolved"))["items"][0]
        assert resolved["by"] == "Sara"
        assert "note" not in resolved


async def test_the_verdict_comes_after_the_end_and_may_change(desk: RunningDesk) -> None:
    async with customer(desk) as her, agent(desk) as sara:
        assert await her.refused("rate", solved=True, score=5) == "not_resolved"
        await her.ask_human()
        await sara.take(her.conversation)
        await sara.acked("resolve", conversation=her.conversation, reason="customer_left", note="n")
        await her.acked("rate", solved=False, score=2, comment="slow")
        await her.acked("rate", solved=False, score=2, comment="slow")
        await her.acked("rate", solved=True, score=5, comment=None)
        await her.settle()
        rated = [item for item in her.items() if item["kind"] == "rated"]
        assert [(item["score"], item["solved"]) for item in rated] == [(2, False), (5, True)]
        await her.say("one more thing")
        await everything_said(desk, her)
        assert [frame["status"] for frame in her.of("items") if "status" in frame][
            -1
        ] == "assistant"


async def test_who_does_not_say_hello_first_or_in_time_is_sent_away(
    desk: RunningDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with customer(desk, after=None) as her:
        await her.send("ping")
        assert await her.closed() == 4401
    monkeypatch.setattr("alltid.web.connection.HELLO_SECONDS", 0.2)
    async with customer(desk, after=None) as her:
        assert await her.closed() == 4408


@pytest.mark.parametrize("token", ["x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "\u00e5" * 50])
async def test_a_token_that_is_not_ours_opens_nothing(desk: RunningDesk, token: str) -> None:
    async with customer(desk, after=None) as her:
        await her.send("hello", token=token, conversation=None, after=0, language="sv")
        assert await her.closed() == 4401
        assert [frame["type"] for frame in her.frames] == ["error"]


async def test_a_site_that_may_not_embed_the_widget_gets_no_socket(desk: RunningDesk) -> None:
    with pytest.raises(Exception, match="403"):
        async with plain(
            f"{desk.ws}/api/customer/socket",
            additional_headers={"Origin": "https://elsewhere.example"},
        ):
            pass


async def test_what_happens_in_the_middle_of_a_greeting_changes_the_status_too(
    own_desk: RunningDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = own_desk.desk.store
    read = store.facts_after

    async def something_comes_between(*arguments: Any) -> Any:
        monkeypatch.setattr(store, "facts_after", read)
        await store.execute(arguments[0], AskForHuman(), "test")
        return await read(*arguments)

    async with customer(own_desk) as her:
        version = await her.say("hello")
        await her.settle()
        monkeypatch.setattr(store, "facts_after", something_comes_between)
        async with customer(own_desk, her, after=version) as again:
            await again.next("queue")
            # The assistant's answer may come after, and says nothing of the status.
            told = [frame["status"] for frame in again.of("items") if "status" in frame]
            assert told[-1] == "waiting"


async def test_a_pressed_button_asks_for_nobody_whatever_its_label_says(desk: RunningDesk) -> None:
    async with customer(desk) as her:
        await her.say("an operator", chosen={"card": 2, "choice": "yes"})
        await everything_said(desk, her)
        asked = [each for each in her.items() if each["kind"] == "human_requested"]
        assert not asked
        await her.say("an operator")
        await her.next("queue")
