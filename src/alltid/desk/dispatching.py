"""Online sessions and offers as one bundle: what the sockets use, and the loops behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import orjson
import psycopg

from alltid.agents.online_sessions import OnlineSessions
from alltid.agents.session_events import Capacity
from alltid.agents.session_rows import AGENTS
from alltid.assistant.knowledge import Knowledge
from alltid.assistant.understanding.language import language_of
from alltid.desk.part import Commits, Ground, Loop
from alltid.dispatch.acceptance import Acceptance
from alltid.dispatch.capacity import CapacityNow, CapacityPlan
from alltid.dispatch.dispatcher import Dispatcher, OfferMade
from alltid.dispatch.offer_book import OfferBook, forget_rounds
from alltid.dispatch.pay_quotes import Earned, FloorQuotes, PayQuotes, Quote
from alltid.dispatch.policy import Policy
from alltid.dispatch.slots import Slots
from alltid.web.agent_pusher import AgentPusher

# A customer's last words that a topic is looked for in, newest first.
WORDS_READ: Final = 6


class Hooks:
    """What other parts put in: pay, the forecast, the policy, and who tells of offers."""

    def __init__(self) -> None:
        """Begin with what a desk without those parts does."""
        self.quotes: PayQuotes = FloorQuotes()
        self.capacity: CapacityPlan = _Guaranteed()
        self.policy_now: Callable[[], Awaitable[Policy]] | None = None
        self.on_offers: list[Callable[[Sequence[OfferMade]], None]] = []


class Dispatching:
    """Sessions, offers, the dispatcher and what shows them."""

    def __init__(
        self, ground: Ground, knowledge: Knowledge, touch_queue: Callable[[], None]
    ) -> None:
        """Put the parts together; nothing runs yet."""
        self.hooks = Hooks()
        self._knowledge = knowledge
        self._touch_queue = touch_queue
        self._known_policy = ""
        process_id = ground.process_id
        self.online = OnlineSessions(ground.pool, ground.clock, ground.ids, process_id=process_id)
        self.acceptance = Acceptance(ground.pool, ground.clock, process_id)
        self.book = OfferBook(ground.pool, ground.clock)
        self.slots = Slots(ground.pool, self.online)
        self.pusher = AgentPusher(ground.hub, self.online, self.book)
        ground.jobs.add_sweep("old rounds of matching", forget_rounds)
        self.quotes = _Quotes(self.hooks)
        self.capacity = _Capacity(self.hooks)
        self.dispatcher = Dispatcher(
            ground.connect,
            ground.clock,
            ground.ids,
            quotes=self.quotes,
            policy_now=self._policy_now,
            topic_of=self.topic_of,
            on_offers=self._offers_made,
        )

    def loops(self) -> dict[str, Loop]:
        """Return what runs until the desk stops."""
        return {
            "dispatcher": self.dispatcher.run,
            "slots": self.slots.run,
            "agents": self.pusher.run,
        }

    def channels(self) -> dict[str, Callable[[Mapping[str, Any]], None]]:
        """Return the notices that this listens to."""
        return {AGENTS: self._noticed}

    def committed(self, commits: Commits) -> None:
        """Free the slots of conversations that have left an agent's hands."""
        for commit in commits:
            before = commit.before.agent_id
            if before is not None and commit.state.agent_id != before:
                self.slots.free(before, commit.stream_id)

    def line_moved(self) -> None:
        """Someone came into the line, left it, or was taken."""
        self.dispatcher.touch()

    def gap(self) -> None:
        """Notices may have been missed."""
        self.dispatcher.touch()
        self.pusher.mark_all()

    async def topic_of(self, words: Sequence[str], language: str) -> str | None:
        """Return the topic that a customer's last words are about: an article's key."""
        for text in (*words[:WORDS_READ], " ".join(reversed(words[:WORDS_READ]))):
            # As the assistant searches: in the language it is written in, then the page's.
            for each in dict.fromkeys((language_of(text, hint=language), language)):
                found = await self._knowledge.search(text, each, limit=1)
                if found:
                    return found[0].slug
        return None

    async def topic_names(self, language: str) -> Mapping[str, str]:
        """Return every topic's name in a language, by key."""
        titles = await self._knowledge.titles(language) or await self._knowledge.titles("en")
        return {slug: title for slug, title, _summary in titles}

    def _noticed(self, notice: Mapping[str, Any]) -> None:
        self.pusher.noticed(notice)
        self.dispatcher.touch()
        self._touch_queue()

    def _offers_made(self, offers: Sequence[OfferMade]) -> None:
        for tell in self.hooks.on_offers:
            tell(offers)

    async def _policy_now(self, connection: psycopg.AsyncConnection[Any]) -> Policy:
        if self.hooks.policy_now is not None:
            return await self.hooks.policy_now()
        policy = Policy()
        if self._known_policy != policy.id:
            await connection.execute(
                "INSERT INTO dispatch_policies (id, content, at, by) VALUES (%s, %s, now(), %s) "
                "ON CONFLICT (id) DO NOTHING",
                (policy.id, orjson.dumps(policy.content()).decode(), "system:desk"),
            )
            self._known_policy = policy.id
        return policy


class _Guaranteed:
    """Without a forecast everyone is guaranteed."""

    async def capacity(self, languages: Iterable[str], now: datetime) -> CapacityNow:  # noqa: ARG002
        return CapacityNow(Capacity.GUARANTEED, "Everyone online is guaranteed the floor.")

    def needed(self, languages: Iterable[str]) -> Sequence[tuple[datetime, int]]:  # noqa: ARG002
        return ()


class _Quotes:
    """The quotes that are in force when asked."""

    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks

    async def rate_id(self, now: datetime) -> str:
        return await self._hooks.quotes.rate_id(now)

    async def quote(
        self, rate_id: str, expected_minutes: int, language: str, now: datetime
    ) -> Quote:
        return await self._hooks.quotes.quote(rate_id, expected_minutes, language, now)

    async def earnings(
        self, agent_ids: Sequence[str], since: datetime, now: datetime
    ) -> Mapping[str, Earned]:
        return await self._hooks.quotes.earnings(agent_ids, since, now)


class _Capacity:
    """The plan that is in force when asked."""

    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks

    async def capacity(self, languages: Iterable[str], now: datetime) -> CapacityNow:
        return await self._hooks.capacity.capacity(languages, now)

    def needed(self, languages: Iterable[str]) -> Sequence[tuple[datetime, int]]:
        return self._hooks.capacity.needed(languages)
