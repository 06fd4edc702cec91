"""An agent's time online: from the switch on to the switch off. Pure.

The guarantee, slots and heartbeats of later rules build on these facts, so they are in the
log from the first day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

GRACE: Final = timedelta(seconds=60)


class Ended(StrEnum):
    """Why a session ended."""

    SWITCHED_OFF = "switched_off"
    CONNECTION_LOST = "connection_lost"
    SIGNED_OUT = "signed_out"


@dataclass(frozen=True, slots=True)
class WentOnline:
    """The agent went online."""

    agent_id: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WentOffline:
    """The agent's session ended."""

    agent_id: str
    because: Ended


@dataclass(frozen=True, slots=True)
class OnlineSession:
    """A session as stored; `last_seen_at` is the latest sign of life."""

    id: str
    agent_id: str
    started_at: datetime
    last_seen_at: datetime


def is_lost(session: OnlineSession, now: datetime) -> bool:
    """Tell whether the connection has been gone for longer than the grace."""
    return now - session.last_seen_at > GRACE
