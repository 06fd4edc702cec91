"""What a part of the desk is: the desk starts, feeds and stops parts without knowing them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool

from alltid.conversations.conversation import Conversation
from alltid.conversations.events import Fact
from alltid.conversations.store import ConversationStore
from alltid.kernel.clock import Clock
from alltid.kernel.ids import IdSource
from alltid.settings import Settings
from alltid.storage.group_writer import Committed
from alltid.storage.jobs import JobRunner
from alltid.storage.notifications import Signals
from alltid.web.hub import Hub

Commits = Sequence[Committed[Conversation, Fact]]
Loop = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Ground:
    """What every part may stand on."""

    settings: Settings
    process_id: str
    pool: AsyncConnectionPool[Any]
    connect: Callable[[], Awaitable[psycopg.AsyncConnection[Any]]]
    clock: Clock
    ids: IdSource
    store: ConversationStore
    hub: Hub
    signals: Signals
    jobs: JobRunner
    # Keys for a purpose, derived from the secret key.
    key_for: Callable[[str], bytes]


@dataclass(slots=True)
class Part:
    """One part of a running desk.

    `service` is found by routes at `app.state.<name>`; `loops` run until the desk stops, and
    are started again when they fail; `start` runs once before them; `on_commit` hears of what
    this process has just committed; channels of notices lead to `on_notice`; `on_gap` hears
    that notices may have been missed.
    """

    name: str
    service: object
    loops: Mapping[str, Loop] = field(default_factory=dict)
    start: Callable[[], Awaitable[None]] | None = None
    on_commit: Callable[[Commits], None] | None = None
    on_notice: Mapping[str, Callable[[Mapping[str, Any]], None]] = field(default_factory=dict)
    on_gap: Callable[[], None] | None = None
    # Puts what dispatching asks of this part (pay, capacity, the policy) into its hooks.
    on_hooks: Callable[[Any], None] | None = None
