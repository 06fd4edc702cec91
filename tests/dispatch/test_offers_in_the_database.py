"""Offers between their tables: made, accepted once, declined for nothing, tidied away."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alltid.agents.session_commands import Pause, Resume
from alltid.conversations.commands import ReturnToQueue, Say, StayWithAssistant
from alltid.dispatch.policy import Policy
from alltid.kernel.clock import ManualClock
from alltid.kernel.refusal import Refused
from tests.support.dispatching import Room, a_room

pytestmark = pytest.mark.anyio
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
_AFTER_ALL = "ffffffff-ffff-ffff-ffff-ffffffffffff"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
async def room(database_url: str, clock: ManualClock) -> AsyncIterator[Room]:
    async with a_room(database_url, clock) as opened:
        yield opened


def one_truth(room: Room) -> None:
    """What every row says of slots and offers, held against the others."""
    for state, held, chats in room.rows(
        "SELECT s.state, (SELECT count(*) FROM offers o WHERE o.session_id = s.id "
        "AND o.stage = 'open'), (SELECT count(*) FROM conversations c "
        "WHERE c.agent_id = s.agent_id) FROM online_sessions s WHERE s.ended_at IS NULL"
    ):
        assert len(state["held"]) == held
        assert len(state["chats"]) == chats
        assert held + chats <= state["choices"]["slots"]


async def paused(room: Room, agent: str) -> str | None:
    session = await room.online.of(agent)
    assert session is not None
    return session.state.paused


async def test_an_offer_says_everything_and_holds_a_slot(room: Room) -> None:
    agent = await room.agent_online()
    conversation = await room.customer_asks()
    assert await room.round()
    [offer] = await room.open_offers(agent)
    assert offer.conversation_id == conversation
    assert offer.expires_at - offer.made_at == timedelta(seconds=20)
    assert (offer.pay_minor, offer.currency) == (7_619, "SEK")
    assert [each["because"] for each in offer.why] == ["only_one"]
    assert room.made[0].id == offer.id
    one_truth(room)
    assert not await room.round(), "nothing is left to do"
    [(policy, why)] = room.rows("SELECT policy_id, why FROM offers")
    assert policy == room.policy.id
    assert why[0]["sentence"] == "You were the only one free who could help."


async def test_words_that_break_the_search_for_a_topic_hold_nobody_up(room: Room) -> None:
    async def breaks(_words: Sequence[str], _language: str) -> str | None:
        raise RuntimeError("words that nobody foresaw")

    room.topic_of = breaks
    agent = await room.agent_online()
    conversation = await room.customer_asks()
    await room.writer.submit(conversation, Say("c1", "words that nobody foresaw"))
    await room.round()
    [offer] = await room.open_offers(agent)
    assert (offer.conversation_id, offer.topic) == (conversation, None)


async def test_a_long_line_is_read_in_pieces_the_oldest_first(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alltid.dispatch.dispatcher.TRIAGE_ROUND_SECONDS", 0.0)
    agent = await room.agent_online(slots=3)
    waiting = [await room.customer_asks() for _ in range(3)]
    for count in (1, 2, 3):
        assert await room.round(), "there is more to do"
        offered = [offer.conversation_id for offer in await room.open_offers(agent)]
        assert sorted(offered) == sorted(waiting[:count])
    assert not await room.round()


async def test_of_two_hundred_taps_at_once_one_wins(room: Room) -> None:
    room.policy = Policy(double_offer_after_seconds=0)
    agents = [await room.agent_online() for _ in range(2)]
    conversation = await room.customer_asks()
    await room.round()
    offers = {agent: (await room.open_offers(agent))[0].id for agent in agents}

    async def tap(number: int) -> str:
        agent = agents[number % 2]
        try:
            await room.acceptance.accept(agent, f"Agent {number % 2}", offers[agent])
        except Refused as refused:
            return f"{refused.code}: {refused.message}"
        return agent

    outcomes = Counter(await asyncio.gather(*(tap(number) for number in range(200))))
    winner, loser = sorted(agents, key=lambda agent: outcomes[agent], reverse=True)
    # The winner's own taps again change nothing and are no error.
    [said] = set(outcomes) - {winner}
    assert said.startswith("offer_withdrawn: Someone else was a moment faster.")
    assert outcomes == {winner: 100, said: 100}
    assert room.rows("SELECT agent_id::text, status FROM conversations") == [(winner, "agent")]
    stages = dict(room.rows("SELECT agent_id::text, stage FROM offers"))
    assert stages == {winner: "accepted", loser: "withdrawn"}
    joined = room.rows("SELECT count(*) FROM events WHERE type = 'AgentJoined'")
    assert joined == [(1,)]
    one_truth(room)
    assert conversation in {row[0] for row in room.rows("SELECT id::text FROM conversations")}


async def test_many_at_the_line_never_exceed_their_slots(room: Room) -> None:
    agent = await room.agent_online(slots=2)
    conversations = [await room.customer_asks() for _ in range(12)]

    async def take(conversation: str) -> str:
        try:
            await room.acceptance.take(agent, "Sara", conversation)
        except Refused as refused:
            return refused.code
        return "taken"

    taken = Counter(await asyncio.gather(*(take(each) for each in conversations)))
    assert taken == {"taken": 2, "no_free_slot": 10}
    one_truth(room)


async def test_declining_frees_the_slot_and_asks_another(room: Room, clock: ManualClock) -> None:
    first, second = await room.agent_online(), await room.agent_online()
    await room.customer_asks()
    await room.round()
    asked, other = (first, second) if await room.open_offers(first) else (second, first)
    [offer] = await room.open_offers(asked)
    await room.acceptance.decline(asked, offer.id, "A short break")
    one_truth(room)
    await room.round()
    assert len(await room.open_offers(other)) == 1
    assert not await room.open_offers(asked)
    [past] = await room.book.past(asked)
    assert (past.stage, past.reason) == ("declined", "A short break")
    with pytest.raises(Refused, match="costs you nothing"):
        await room.acceptance.accept(asked, "Sara", offer.id)
    clock.advance(1)
    audit = await room.book.self_audit(asked)
    assert (audit.offers, audit.declined, audit.share_before) == (1, 1, 0.5)


async def test_three_unseen_in_a_row_pause_and_one_tap_ends_it(
    room: Room, clock: ManualClock
) -> None:
    room.policy = Policy(passed_points=0)
    agent = await room.agent_online()
    await room.customer_asks()
    for missed in range(3):
        await room.round()
        assert len(await room.open_offers(agent)) == 1, missed
        assert (await paused(room, agent)) is None
        clock.advance(22)
    await room.round()
    assert (await paused(room, agent)) == "unseen_offers"
    await room.round()
    assert not await room.open_offers(agent)
    await room.online.change(agent, Resume())
    await room.round()
    assert len(await room.open_offers(agent)) == 1
    one_truth(room)


async def test_offers_end_with_what_they_were_for(room: Room, clock: ManualClock) -> None:
    staying, leaving = await room.agent_online(), await room.agent_online()
    conversations = [await room.customer_asks(), await room.customer_asks()]
    await room.round()
    of_leaving = (await room.open_offers(leaving))[0]
    await room.online.go_offline(leaving)
    of_staying = (await room.open_offers(staying))[0]
    await room.writer.submit(of_staying.conversation_id, StayWithAssistant())
    assert await room.round()
    because = dict(
        room.rows("SELECT id::text, withdrawn_because FROM offers WHERE made_at = %s", clock.now())
    )
    assert because[of_leaving.id] == "session_over"
    assert because[of_staying.id] == "customer_left"
    await room.round()
    # Whoever still waits is offered to whoever is still there.
    [offer] = await room.open_offers(staying)
    assert {offer.conversation_id} == set(conversations) - {of_staying.conversation_id}
    one_truth(room)


async def test_who_helped_before_is_asked_first(room: Room, clock: ManualClock) -> None:
    helper, other = await room.agent_online(), await room.agent_online()
    conversation = await room.customer_asks()
    await room.acceptance.take(helper, "Sara", conversation)
    await room.writer.submit(conversation, ReturnToQueue(helper))
    await room.online.end_chats(helper, [conversation])
    clock.advance(5)
    await room.round()
    [offer] = await room.open_offers(helper)
    assert "helped_before" in [each["because"] for each in offer.why]
    assert not await room.open_offers(other)


async def test_the_line_may_be_taken_from_but_not_what_is_on_offer(room: Room) -> None:
    asked = await room.agent_online()
    conversation = await room.customer_asks()
    await room.round()
    other = await room.agent_online()
    with pytest.raises(Refused) as refused:
        await room.acceptance.take(other, "Jonas", conversation)
    assert refused.value.code == "on_offer"
    with pytest.raises(Refused) as refused:
        await room.acceptance.accept(other, "Jonas", (await room.open_offers(asked))[0].id)
    assert refused.value.code == "no_such_offer"
    await room.acceptance.take(asked, "Sara", conversation)
    assert room.rows("SELECT stage FROM offers") == [("accepted",)]
    one_truth(room)


async def test_why_not_me_is_told_of_what_others_got(room: Room, clock: ManualClock) -> None:
    winner = await room.agent_online()
    paused = await room.agent_online()
    busy = await room.agent_online()
    await room.online.change(paused, Pause())
    await room.acceptance.take(busy, "Busy", await room.customer_asks())
    conversation = await room.customer_asks()
    clock.advance(1)
    await room.round()
    [offer] = await room.open_offers(winner)
    await room.acceptance.accept(winner, "Sara", offer.id)
    clock.advance(1)

    async def why(agent: str) -> Any:
        [missed] = await room.book.missed(agent)
        assert missed.conversation_id == conversation
        return missed.why_not.because.value

    assert await why(busy) == "full"
    assert await why(paused) == "not_online"
    assert await room.book.missed(winner) == []
    [known] = await room.book.missed(busy)
    assert await room.book.missed(busy, before=known.at, before_id=known.conversation_id) == []
    [older] = await room.book.missed(busy, before=known.at, before_id=_AFTER_ALL)
    assert older == known
    made = (await room.book.past(winner))[0]
    assert await room.book.past(winner, before=made.made_at, before_id=made.id) == []
    assert await room.book.past(winner, before=made.made_at, before_id=_AFTER_ALL) == [made]
    assert await room.book.past(winner, before=made.made_at) == []


async def test_the_desks_own_absence_ends_nobodys_session(room: Room, clock: ManualClock) -> None:
    agent = await room.agent_online()
    await room.online.seen([agent])
    clock.advance(30 * 60)
    # The desk was away for half an hour and says so before it judges anybody's silence.
    await room.online.seen([])
    assert await room.online.end_lost() == []
    assert room.rows("SELECT ended_at - started_at FROM outages") == [(timedelta(minutes=30),)]
    clock.advance(15)
    await room.online.seen([])
    clock.advance(15)
    await room.online.seen([])
    clock.advance(15)
    await room.online.seen([])
    clock.advance(16)
    [ending] = await room.online.end_lost()
    assert ending.agent_id == agent
