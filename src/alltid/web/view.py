"""One reader's view of one conversation: every fact once, in order, with no gap."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import psycopg
import psycopg_pool
import structlog

from alltid.conversations.events import Fact
from alltid.conversations.store import ConversationStore
from alltid.web.hub import Hub

log = structlog.get_logger(__name__)

# Of the longest messages a few megabytes, which is what may wait for one reader.
CHUNK: Final = 200
RETRY_SECONDS: Final = 1.0


class View:
    """Follows a conversation from a version on.

    Facts that follow on directly are passed through; whenever something is missing (another
    process wrote it, a notice was lost) the rest is read from the log.
    """

    def __init__(
        self,
        conversation_id: str,
        store: ConversationStore,
        hub: Hub,
        *,
        on_facts: Callable[[Sequence[Fact]], None],
        on_signal: Callable[[Mapping[str, Any]], None],
    ) -> None:
        """Follow nothing yet; see `start`."""
        self.conversation_id = conversation_id
        self.cursor = 0
        self._store = store
        self._hub = hub
        self._on_facts = on_facts
        self._on_signal = on_signal
        self._news = 0
        self._catching_up: asyncio.Task[None] | None = None
        self._started = False

    def listen(self) -> None:
        """Begin to remember what comes, before the past is read, so that nothing falls between."""
        self._hub.follow(self.conversation_id, self)

    def start(self, cursor: int) -> None:
        """Pass on everything after version `cursor`."""
        self.cursor = max(self.cursor, cursor)
        self._started = True
        if self._news:
            self._catch_up()

    def rewind(self, cursor: int) -> None:
        """Pass on everything after `cursor`, even if it was passed on before."""
        self.cursor = cursor
        self._started = True
        self._news += 1
        if self._catching_up is None:
            self._catch_up()

    def stop(self) -> None:
        """Follow no more."""
        self._hub.unfollow(self.conversation_id, self)
        self._started = False
        if self._catching_up is not None:
            self._catching_up.cancel()

    def committed(self, version: int, facts: Sequence[Fact]) -> None:
        """Take in what was committed, from here or elsewhere."""
        if version <= self.cursor:
            return
        if not self._started or self._catching_up is not None:
            self._news += 1
            return
        if facts and facts[0].version == self.cursor + 1:
            self.cursor = version
            self._on_facts(facts)
        else:
            self._catch_up()

    def signalled(self, signal: Mapping[str, Any]) -> None:
        """Take in a word that doesn't last."""
        if self._started:
            self._on_signal(signal)

    def _catch_up(self) -> None:
        self._catching_up = asyncio.create_task(self._read_on())

    async def _read_on(self) -> None:
        try:
            while self._started:
                news, after = self._news, self.cursor
                try:
                    facts = await self._store.facts_after(self.conversation_id, after, CHUNK)
                except (psycopg.Error, psycopg_pool.PoolTimeout, OSError) as error:
                    log.warning("view_waits", error=type(error).__name__)
                    await asyncio.sleep(RETRY_SECONDS)
                    continue
                if self.cursor != after:
                    # A page was shown meanwhile, and moved the place from which to go on.
                    continue
                if facts:
                    self.cursor = facts[-1].version
                    self._on_facts(facts)
                elif self._news == news:
                    # Nothing came while the log was read to its end: this is all there is.
                    return
        finally:
            self._catching_up = None
