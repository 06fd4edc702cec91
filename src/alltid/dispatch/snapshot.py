"""What one round of matching looks at: who waits, who is there, and what was offered already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg

from alltid.agents import session_rows
from alltid.agents.session_state import Session
from alltid.dispatch.candidates import AvailableAgent, WaitingCustomer, available
from alltid.dispatch.offer import Stage
from alltid.dispatch.offer_rows import QUERIES
from alltid.dispatch.pay_quotes import Earned, PayQuotes
from alltid.dispatch.triage import Needs

WAITING_LIMIT: Final = 4_000
SESSIONS_LIMIT: Final = 20_000
# For so long the agent who helped is asked first when a customer comes back.
HELPED_FOR: Final = timedelta(days=7)
EARNINGS_OF: Final = timedelta(days=1)
EARNINGS_REFRESHED: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class InLine:
    """A waiting customer, what they need, and whether that was told already."""

    customer: WaitingCustomer
    needs: Needs
    triaged: bool


class Sessions:
    """Every open session's state, read again only when its version has moved on."""

    def __init__(self, quotes: PayQuotes) -> None:
        """Ask `quotes` for earnings now and then."""
        self._quotes = quotes
        self._known: dict[str, tuple[int, Session, AvailableAgent | None]] = {}
        self._earned: Mapping[str, Earned] = {}
        self._earned_at: datetime | None = None

    async def look(self, connection: psycopg.AsyncConnection[Any], now: datetime) -> None:
        """Bring what is known up to date."""
        cursor = await connection.execute(
            session_rows.QUERIES["open_versions"], {"limit": SESSIONS_LIMIT}
        )
        versions = dict(await cursor.fetchall())
        known = {key: each for key, each in self._known.items() if key in versions}
        moved = [
            key for key, version in versions.items() if key not in known or known[key][0] != version
        ]
        if moved:
            cursor = await connection.execute(session_rows.QUERIES["states"], {"ids": moved})
            for key, version, state in await cursor.fetchall():
                session = session_rows.revive(state)
                known[key] = (version, session, self._available(session))
        self._known = known
        await self._refresh_earnings(now)

    def agents(self) -> list[AvailableAgent]:
        """Return who takes offers."""
        return [agent for _, _, agent in self._known.values() if agent is not None]

    def by_agent(self) -> dict[str, tuple[str, Session]]:
        """Return all sessions by agent."""
        return {session.agent_id: (key, session) for key, (_, session, _) in self._known.items()}

    def _available(self, session: Session) -> AvailableAgent | None:
        earned = self._earned.get(session.agent_id, Earned(0, 0))
        return available(
            session,
            earned_minor=earned.earned_minor,
            guaranteed_seconds=earned.guaranteed_seconds,
        )

    async def _refresh_earnings(self, now: datetime) -> None:
        if self._earned_at is not None and now - self._earned_at < EARNINGS_REFRESHED:
            return
        agents = [session.agent_id for _, session, _ in self._known.values()]
        self._earned = await self._quotes.earnings(agents, now - EARNINGS_OF, now)
        self._earned_at = now
        self._known = {
            key: (version, session, self._available(session))
            for key, (version, session, _) in self._known.items()
        }


async def look_at_line(connection: psycopg.AsyncConnection[Any], now: datetime) -> list[InLine]:
    """Return who waits, the oldest place first."""
    parameters = {"limit": WAITING_LIMIT, "now": now, "since": now - HELPED_FOR}
    cursor = await connection.execute(QUERIES["waiting"], parameters)
    line = [_in_line(row) for row in await cursor.fetchall()]
    if not line:
        return line
    ids = [each.customer.conversation_id for each in line]
    cursor = await connection.execute(QUERIES["offers_of_waiting"], {"ids": ids})
    declined: defaultdict[str, dict[str, datetime]] = defaultdict(dict)
    passed: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    offered: defaultdict[str, list[str]] = defaultdict(list)
    for conversation_id, agent_id, stage, ended_at in await cursor.fetchall():
        match Stage(stage):
            case Stage.OPEN:
                offered[conversation_id].append(agent_id)
            case Stage.DECLINED:
                declined[conversation_id][agent_id] = ended_at
            case _:
                passed[conversation_id][agent_id] += 1
    touched = {*declined, *passed, *offered}
    return [
        replace(each, customer=_with_offers(each.customer, declined, passed, offered))
        if each.customer.conversation_id in touched
        else each
        for each in line
    ]


def with_needs(each: InLine, needs: Needs) -> InLine:
    """Return the waiting customer with what was found out about their needs."""
    customer = replace(
        each.customer, topic=needs.topic, skill=needs.skill, skill_level=needs.skill_level
    )
    return InLine(customer, needs, triaged=True)


def _in_line(row: Sequence[Any]) -> InLine:
    conversation_id, asked_at, language, topic, skill, level, difficulty, minutes = row[:8]
    customer = WaitingCustomer(
        conversation_id=conversation_id,
        asked_at=asked_at,
        language=language,
        topic=topic,
        skill=skill,
        skill_level=level,
        helped_before=row[9],
        callback_due=row[10],
        handed_over=row[11],
        gave=row[12],
        named=row[13],
    )
    return InLine(customer, Needs(topic, skill, level, difficulty, minutes), triaged=not row[8])


def _with_offers(
    customer: WaitingCustomer,
    declined: Mapping[str, Mapping[str, datetime]],
    passed: Mapping[str, Mapping[str, int]],
    offered: Mapping[str, Sequence[str]],
) -> WaitingCustomer:
    key = customer.conversation_id
    return replace(
        customer,
        declined=dict(declined.get(key, {})),
        passed=dict(passed.get(key, {})),
        offered_to=tuple(offered.get(key, ())),
    )
