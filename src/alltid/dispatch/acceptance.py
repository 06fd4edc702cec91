"""Accepting an offer: the conversation, the slot and every other offer of it, in one transaction.

Under any number of taps at once exactly one wins, and nobody exceeds their slots: the
conversation's row is locked first, then its offers, then the sessions.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import psycopg
from psycopg_pool import AsyncConnectionPool

from alltid.agents import session_rows
from alltid.agents.session_commands import ReleaseOffer, TakeChat
from alltid.agents.session_events import Outcome
from alltid.agents.session_rows import LockedSession
from alltid.conversations.aggregate import ConversationAggregate, ConversationChange
from alltid.conversations.commands import Take
from alltid.conversations.conversation import Conversation
from alltid.conversations.events import Status
from alltid.dispatch import offer_rows
from alltid.dispatch.offer import (
    Decline,
    Offer,
    Show,
    Stage,
    Withdraw,
    Withdrawal,
    accept_one,
)
from alltid.dispatch.offer_rows import QUERIES, LockedOffer
from alltid.kernel.clock import Clock
from alltid.kernel.refusal import Refused
from alltid.storage.aggregate import Change
from alltid.storage.group_writer import StorageBusy

_SYSTEM: Final = "system:dispatcher"
# Offers to one agent are made a few times a second at most, so the second look nearly always does.
TRIES: Final = 5


class Acceptance:
    """What an agent may do about an offer, and about the line."""

    def __init__(
        self,
        pool: AsyncConnectionPool[Any],
        clock: Clock,
        process_id: str,
    ) -> None:
        """Write conversations under a name of its own.

        So this process hears of them as the others do: by the notice.
        """
        self._pool = pool
        self._clock = clock
        self._aggregate = ConversationAggregate(f"{process_id}/acceptance")

    async def accept(self, agent_id: str, name: str, offer_id: str) -> str:
        """Accept an offer and return its conversation. Accepting again changes nothing.

        Raises:
            Refused: someone was faster, the time is up, or the customer doesn't wait any more.
        """
        async with self._pool.connection() as connection, connection.transaction():
            conversation_id = await offer_rows.whose(connection, offer_id, agent_id)
            taking = await _Taking.begin(
                connection, conversation_id, agent_id, self._clock, offer_id
            )
            if taking.offers[offer_id].state.stage is Stage.ACCEPTED:
                return conversation_id
            taking.accept(offer_id)
            await taking.take(agent_id, name, offer_id)
            await taking.save(self._aggregate)
        return conversation_id

    async def take(self, agent_id: str, name: str, conversation_id: str) -> None:
        """Take a conversation from the line; one that is on offer to this agent is accepted.

        Raises:
            Refused: it is on offer to someone else, taken, or no slot is free.
        """
        for _ in range(TRIES):
            try:
                await self._take(agent_id, name, conversation_id)
            except _OfferedMeanwhile:
                continue
            return
        raise StorageBusy(1.0)

    async def _take(self, agent_id: str, name: str, conversation_id: str) -> None:
        async with self._pool.connection() as connection, connection.transaction():
            taking = await _Taking.begin(connection, conversation_id, agent_id, self._clock)
            own = [each for each in taking.offers.values() if each.made.agent_id == agent_id]
            if own:
                taking.accept(own[0].id)
                await taking.take(agent_id, name, own[0].id)
            else:
                taking.refuse_if_on_offer()
                await taking.take(agent_id, name, None)
            await taking.save(self._aggregate)

    async def show(self, agent_id: str, offer_id: str) -> None:
        """Note that an offer is on the agent's screen."""
        async with self._pool.connection() as connection, connection.transaction():
            await offer_rows.whose(connection, offer_id, agent_id)
            offers = await offer_rows.lock(connection, [offer_id])
            now = self._clock.now()
            for each in offers:
                each.do(Show(), now, f"agent:{agent_id}")
            await offer_rows.save(connection, offers, now)

    async def decline(self, agent_id: str, offer_id: str, reason: str | None) -> None:
        """Decline an offer, which costs nothing and frees the slot at once."""
        now, actor = self._clock.now(), f"agent:{agent_id}"
        async with self._pool.connection() as connection, connection.transaction():
            await offer_rows.whose(connection, offer_id, agent_id)
            offers = await offer_rows.lock(connection, [offer_id])
            sessions = await session_rows.lock(
                connection, [each.made.session_id for each in offers]
            )
            for each in offers:
                if each.do(Decline(reason), now, actor):
                    release = ReleaseOffer(each.id, Outcome.DECLINED)
                    sessions[each.made.session_id].do(release, now, actor)
            await offer_rows.save(connection, offers, now)
            await session_rows.save(connection, list(sessions.values()))


class _OfferedMeanwhile(Exception):  # noqa: N818  a reason to look again
    """An offer was made to the agent between two locks."""


class _Taking:
    """One transaction in which an agent takes a conversation."""

    def __init__(
        self,
        connection: psycopg.AsyncConnection[Any],
        conversation_id: str,
        state: Conversation,
        offers: dict[str, LockedOffer],
        now: datetime,
    ) -> None:
        self._connection = connection
        self._conversation_id = conversation_id
        self._state = state
        self._now = now
        self._change: ConversationChange | None = None
        self._sessions: dict[str, LockedSession] = {}
        self._agent_id = ""
        self.offers = {
            key: each
            for key, each in offers.items()
            if each.made.conversation_id == conversation_id
        }
        # The agent's offers of other conversations.
        self._elsewhere = {key: each for key, each in offers.items() if key not in self.offers}

    @classmethod
    async def begin(
        cls,
        connection: psycopg.AsyncConnection[Any],
        conversation_id: str,
        agent_id: str,
        clock: Clock,
        offer_id: str | None = None,
    ) -> _Taking:
        """Lock the conversation and its offers. The time is that after the wait for them."""
        cursor = await connection.execute(QUERIES["lock_conversation"], {"id": conversation_id})
        if await cursor.fetchone() is None:
            raise Refused("no_such_conversation", "This conversation doesn't exist.")
        loaded = await ConversationAggregate("").load(connection, [conversation_id])
        offers = await offer_rows.lock_of_conversation(
            connection, conversation_id, agent_id, offer_id
        )
        return cls(connection, conversation_id, loaded[conversation_id], offers, clock.now())

    def accept(self, offer_id: str) -> None:
        """Accept one offer; the others are withdrawn without effect."""
        states: Mapping[str, Offer] = {key: each.state for key, each in self.offers.items()}
        for key, events in accept_one(states, offer_id, self._now).items():
            agent_id = self.offers[offer_id].made.agent_id
            actor = f"agent:{agent_id}" if key == offer_id else _SYSTEM
            self.offers[key].add(events, actor)

    def refuse_if_on_offer(self) -> None:
        """Leave what is on offer to someone else to them, for the seconds that it stands."""
        if self._state.status is Status.WAITING and self.offers:
            raise Refused(
                "on_offer",
                "It is on offer to someone else this moment. If they let it pass, it is offered "
                "again.",
            )

    async def take(self, agent_id: str, name: str, offer_id: str | None) -> None:
        """Decide the conversation's side and the slot's."""
        aggregate = ConversationAggregate("")
        facts = aggregate.decide(self._state, Take(agent_id, name), self._now)
        actor = f"agent:{agent_id}"
        if facts:
            after = self._state
            for fact in facts:
                after = aggregate.evolve(after, fact)
            self._change = Change(
                self._conversation_id,
                self._state,
                after,
                self._state.version,
                after.version,
                [(fact, actor) for fact in facts],
            )
        own = await _session_of(self._connection, agent_id)
        theirs = [each.made.session_id for each in self.offers.values() if each.events]
        self._sessions = await session_rows.lock(self._connection, [own, *theirs])
        if offer_id is None:
            if not self._sessions[own].state.held.keys() <= {*self.offers, *self._elsewhere}:
                raise _OfferedMeanwhile
            self._make_room(self._sessions[own])
        self._sessions[own].do(TakeChat(self._conversation_id, offer_id), self._now, actor)
        self._agent_id = agent_id
        for key, each in self.offers.items():
            if key != offer_id and each.events:
                release = ReleaseOffer(key, Outcome.WITHDRAWN)
                self._sessions[each.made.session_id].do(release, self._now, _SYSTEM)

    def _make_room(self, session: LockedSession) -> None:
        """Let a conversation that the agent chose go before one that is only on offer."""
        state = session.state
        taken = self._conversation_id in state.chats or len(state.chats) >= state.slots_open
        if taken or state.load < state.slots_open:
            return
        latest = max(state.held, key=lambda key: (state.held[key], key))
        self._elsewhere[latest].do(Withdraw(Withdrawal.SLOT_USED), self._now, _SYSTEM)
        session.do(ReleaseOffer(latest, Outcome.WITHDRAWN), self._now, _SYSTEM)

    async def save(self, aggregate: ConversationAggregate) -> None:
        """Write everything that was decided."""
        connection, now = self._connection, self._now
        change = self._change
        if change is not None and not await aggregate.append(connection, [change]):
            raise StorageBusy(1.0)
        helped = {
            "conversation_id": self._conversation_id,
            "agent_id": self._agent_id,
            "now": now,
        }
        offers = [*self.offers.values(), *self._elsewhere.values()]
        # Sent together: nothing below waits for an answer of the one before.
        async with connection.pipeline():
            if change is not None:
                await connection.execute(QUERIES["helped"], helped)
            await offer_rows.save(connection, offers, now)
            await session_rows.save(connection, list(self._sessions.values()))


async def _session_of(connection: psycopg.AsyncConnection[Any], agent_id: str) -> str:
    cursor = await connection.execute(
        session_rows.QUERIES["open_session_id"], {"agent_id": agent_id}
    )
    row = await cursor.fetchone()
    if row is None:
        raise Refused("offline", "Go online first; then you can take conversations.")
    return str(row[0])
