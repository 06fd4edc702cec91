"""A lost connection has a grace before the session ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from alltid.agents.online_session import GRACE, OnlineSession, is_lost

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_session_is_lost_after_the_grace_and_not_before() -> None:
    session = OnlineSession("session", "sara", NOON - timedelta(hours=1), NOON)
    assert not is_lost(session, NOON)
    assert not is_lost(session, NOON + GRACE)
    assert is_lost(session, NOON + GRACE + timedelta(microseconds=1))
    # A clock that was set back ends nobody's session.
    assert not is_lost(session, NOON - timedelta(days=1))
