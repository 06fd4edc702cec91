"""Who should be called in, and why: people wait, and too few who could help are online. Pure.

Whoever allowed it is called in turn, who was called longest ago first. Nothing here knows who
came after a call and who didn't (P6).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from alltid.dispatch.queue import Line

# Not everyone who is called can come.
CALLS_A_MISSING_AGENT: Final = 2
CALLS_A_ROUND: Final = 10


@dataclass(frozen=True, slots=True)
class Need:
    """People who wait for a language, and too few who speak it."""

    language: str
    because: str
    waiting: int
    able: int

    @property
    def calls(self) -> int:
        """How many agents to call, in bounds."""
        missing = max(1, self.waiting - self.able)
        return min(CALLS_A_ROUND, CALLS_A_MISSING_AGENT * missing)


@dataclass(frozen=True, slots=True)
class Reachable:
    """An offline agent who allows call-ins on one browser."""

    agent_id: str
    subscription_id: str
    languages: frozenset[str]
    called_at: datetime | None
    quiet_from_minute: int
    quiet_to_minute: int
    time_zone: str


def needs(line: Line, able: dict[str, int], due: Sequence[str], promise_seconds: int) -> list[Need]:
    """Return what is missing, by language.

    `able` counts agents online by language, `due` has the language of each callback whose time
    is near. Whoever chose a written answer can wait for whoever comes anyway.
    """
    found = []
    in_line = [each for each in line.waiting if not each.written]
    for language in sorted({each.language for each in in_line} | set(due)):
        places = [each.place for each in in_line if each.language == language]
        there = able.get(language, 0)
        waiting = len(places) + due.count(language)
        if there == 0:
            because = "nobody_online" if places else "callback_due"
            found.append(Need(language, because, waiting, 0))
        elif any(_too_long(line, place, promise_seconds) for place in places):
            found.append(Need(language, "too_few", waiting, there))
    return found


def _too_long(line: Line, place: int, promise_seconds: int) -> bool:
    wait = line.wait_at(place)
    return wait is not None and wait.low_seconds > promise_seconds


def to_call(
    need: Need, reachable: Iterable[Reachable], now: datetime, pause: timedelta
) -> list[Reachable]:
    """Return the browsers to call on: of agents who were let be for long enough, in turn."""
    of_agents: dict[str, list[Reachable]] = {}
    for each in reachable:
        rested = each.called_at is None or now - each.called_at >= pause
        if need.language in each.languages and rested and not is_quiet(each, now):
            of_agents.setdefault(each.agent_id, []).append(each)
    turn = sorted(of_agents, key=lambda agent: (_last_called(of_agents[agent]), agent))
    return [each for agent in turn[: need.calls] for each in of_agents[agent]]


def _last_called(browsers: Sequence[Reachable]) -> float:
    called_at = browsers[0].called_at
    return called_at.timestamp() if called_at is not None else 0.0


def is_quiet(browser: Reachable, now: datetime) -> bool:
    """Tell whether it is a time at which the agent is never called; equal ends mean never quiet."""
    local = now.astimezone(ZoneInfo(browser.time_zone))
    minute = local.hour * 60 + local.minute
    begins, ends = browser.quiet_from_minute, browser.quiet_to_minute
    if begins <= ends:
        return begins <= minute < ends
    return minute >= begins or minute < ends
