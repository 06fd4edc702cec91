"""Shows agents their session and offers anew when something about them has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

import psycopg
import psycopg_pool
import structlog

from alltid.agents.online_sessions import OnlineSessions, OpenSession
from alltid.dispatch.offer_book import OfferBook, ShownOffer
from alltid.web.hub import Hub

log = structlog.get_logger(__name__)

AGENTS_AT_ONCE: Final = 500
RETRY_SECONDS: Final = 0.5


class _Socket(Protocol):
    def show_session(self, session: OpenSession | None, offers: Sequence[ShownOffer]) -> None: ...


class AgentPusher:
    """Gathers who has news, reads it for all of them at once, and hands it to their sockets."""

    def __init__(self, hub: Hub, online: OnlineSessions, offers: OfferBook) -> None:
        """Stand on the running parts."""
        self._hub = hub
        self._online = online
        self._offers = offers
        self._dirty: set[str] = set()
        self._wake = asyncio.Event()

    def noticed(self, notice: Mapping[str, Any]) -> None:
        """Take in a notice that names agents."""
        self.mark(notice.get("a", ()))

    def mark(self, agent_ids: Iterable[str]) -> None:
        """Say whose session or offers have changed."""
        here = [each for each in agent_ids if self._hub.sessions_of(each)]
        if here:
            self._dirty.update(here)
            self._wake.set()

    def mark_all(self) -> None:
        """After a gap in the notices: everyone here may have missed something."""
        self.mark(self._hub.connected_agents())

    async def run(self) -> None:
        """Show news until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._dirty:
                agents = [self._dirty.pop() for _ in range(min(AGENTS_AT_ONCE, len(self._dirty)))]
                try:
                    await self._show(agents)
                except (psycopg.Error, psycopg_pool.PoolTimeout, OSError) as error:
                    log.warning("agents_unshown", error=type(error).__name__)
                    self._dirty.update(agents)
                    await asyncio.sleep(RETRY_SECONDS)

    async def _show(self, agents: Sequence[str]) -> None:
        sessions = await self._online.of_all(agents)
        offers = await self._offers.shown(agents)
        for agent_id in agents:
            sockets: tuple[_Socket, ...] = self._hub.sessions_of(agent_id)
            for socket in sockets:
                socket.show_session(sessions.get(agent_id), offers.get(agent_id, ()))
