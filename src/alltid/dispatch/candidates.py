"""Who waits and who is there: the facts that matching sees, and nothing else. Pure.

What an agent declined or missed elsewhere is not among them, so it cannot count (P6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Final

from alltid.agents.session_state import Session

SECONDS_AN_HOUR: Final = 3_600
# Before a quarter of an hour, one good conversation would look like a fortune.
GUARANTEED_SECONDS_LEAST: Final = 900


class Verdict(IntEnum):
    """Whether an agent may be offered a conversation, and why or why not."""

    FITS = 0
    FITS_RELAXED = 1  # by a step of skill relaxation
    FITS_BY_AGE = 2  # only since the customer has waited for the maximum age
    KEPT = 10  # for the agent who helped before, for a bounded time
    QUIET = 11  # a topic that the agent would rather not take
    SKILL = 12
    DECLINED = 13  # this very conversation
    OFFERED = 14  # has an open offer of it already
    FULL = 15
    LANGUAGE = 16
    GAVE = 17  # handed this very conversation over to someone else


CANDIDATE_LAST: Final = int(Verdict.FITS_BY_AGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCustomer:
    """A customer in line. `asked_at` is when the person was asked for; it never moves (P3).

    `handed_over` is when an agent gave the conversation back into the line for someone else:
    `gave` handed it over and `named` is the colleague meant, if it was one. The place in line
    stays that of `asked_at`; for whom it is kept, and when skills relax, counts from there.
    `skill_level` runs from 0 (none needed) to 3. `declined` says when an agent last declined
    this conversation, `passed` how often an agent let an offer of it run out. `callback_due`
    marks a booked callback whose time has come: it goes to the top.
    """

    conversation_id: str
    asked_at: datetime
    language: str
    topic: str | None = None
    skill: str | None = None
    skill_level: int = 0
    helped_before: str | None = None
    handed_over: datetime | None = None
    gave: str | None = None
    named: str | None = None
    declined: Mapping[str, datetime] = field(default_factory=dict)
    passed: Mapping[str, int] = field(default_factory=dict)
    offered_to: tuple[str, ...] = ()
    callback_due: bool = False

    @property
    def in_line_since(self) -> datetime:
        """Since when nobody has had the conversation in hand."""
        return self.handed_over or self.asked_at

    @property
    def first_for(self) -> str | None:
        """Who is asked first for a bounded time: whom a colleague named, else who helped."""
        return self.named or self.helped_before


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailableAgent:
    """An agent online and not paused. `load` counts chats in hand, wrap-up and open offers.

    `earned_minor` and `guaranteed_seconds` are of the same stretch of time, long enough that
    nobody gains by going offline and online again (a rolling day, say).
    """

    agent_id: str
    languages: frozenset[str]
    skills: Mapping[str, int] = field(default_factory=dict)
    slots: int = 1
    load: int = 0
    quiet_topics: frozenset[str] = field(default_factory=frozenset)
    earned_minor: int = 0
    guaranteed_seconds: int = 0

    @property
    def free(self) -> int:
        """How many more conversations the agent may be offered now."""
        return max(0, self.slots - self.load)

    @property
    def earned_minor_per_hour(self) -> float:
        """Earnings per guaranteed hour, what fairness looks at."""
        seconds = max(GUARANTEED_SECONDS_LEAST, self.guaranteed_seconds)
        return self.earned_minor * SECONDS_AN_HOUR / seconds


def available(
    session: Session, *, earned_minor: int = 0, guaranteed_seconds: int = 0
) -> AvailableAgent | None:
    """Describe an online session to matching; None while it takes no offers."""
    if not session.takes_offers:
        return None
    return AvailableAgent(
        agent_id=session.agent_id,
        languages=session.choices.languages,
        skills=session.choices.skills,
        slots=session.slots_open,
        load=session.load,
        quiet_topics=session.choices.quiet_topics,
        earned_minor=earned_minor,
        guaranteed_seconds=guaranteed_seconds,
    )
