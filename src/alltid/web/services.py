"""What the edges need of the rest: one object, put together by the desk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg_pool import AsyncConnectionPool
from starlette.requests import HTTPConnection

from alltid.agents.online_sessions import OnlineSessions
from alltid.conversations.attachments import AttachmentTickets
from alltid.conversations.marks import Marks
from alltid.conversations.store import ConversationStore
from alltid.dispatch.acceptance import Acceptance
from alltid.dispatch.capacity import CapacityPlan
from alltid.dispatch.offer_book import OfferBook
from alltid.dispatch.pay_quotes import PayQuotes
from alltid.dispatch.queue import Queue
from alltid.insights.overview import Overview
from alltid.kernel.clock import Clock
from alltid.storage.notifications import Signals
from alltid.web.agent_line import LineBoard
from alltid.web.hub import Hub
from alltid.web.identity.identity import Identity
from alltid.web.observability import Metrics


@dataclass(slots=True)
class Services:
    """The running parts, as sockets and routes use them."""

    company: str
    assistant_name: str
    sockets_limit: int
    pool: AsyncConnectionPool[Any]
    clock: Clock
    identity: Identity
    store: ConversationStore
    marks: Marks
    signals: Signals
    hub: Hub
    queue: Queue
    line_board: LineBoard
    online: OnlineSessions
    acceptance: Acceptance
    offers: OfferBook
    quotes: PayQuotes
    capacity: CapacityPlan
    tickets: AttachmentTickets
    overview: Overview
    metrics: Metrics
    # The assistant's part, handed in: what it says first, and how it hears a wish for a human.
    opening: Callable[[str], str]
    wants_human: Callable[[str], bool]
    # The topics of conversations by key, named in a language.
    topic_names: Callable[[str], Awaitable[Mapping[str, str]]]

    def url_of(self, now: datetime) -> Callable[[str], str]:
        """Return the function that signs file addresses as of `now`."""
        return lambda attachment_id: self.tickets.url(attachment_id, now)

    def signal(self, conversation_id: str, signal: Mapping[str, Any]) -> None:
        """Tell everyone who follows the conversation something that doesn't last."""
        self.signals.send(conversation_id, signal)


def services_of(connection: HTTPConnection) -> Services:
    """Return what the desk put at `app.state.services`."""
    services = connection.app.state.services
    assert isinstance(services, Services)  # noqa: S101  the desk puts it there at start
    return services


def known_languages(preferred: Sequence[str], known: Sequence[str], default: str) -> str:
    """Return the first preferred language (its first part) that is known, else the default."""
    for each in preferred:
        short = each.split("-", 1)[0].lower()
        if short in known:
            return short
    return default
