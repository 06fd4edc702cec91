"""What another policy would have changed: the last rounds of matching, matched again. Pure.

Where no round was recorded yet, a made-up desk stands in, and the preview says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from alltid.dispatch.candidates import AvailableAgent, Verdict, WaitingCustomer
from alltid.dispatch.explanation import Explanations, Proposal
from alltid.dispatch.matching import Matching, match
from alltid.dispatch.policy import Policy

EXAMPLES_SHOWN: Final = 8
# A round larger than this is left out: matching it twice would keep a lead waiting.
PAIRS_LIMIT: Final = 200_000
_SAMPLE_AT: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)
_SAMPLE_LANGUAGES: Final = ("en", "sv")
_SAMPLE_SKILLS: Final = ("fraud", "payments")


@dataclass(frozen=True, slots=True)
class Scene:
    """Who waited and who was there at one moment, and the policy of then."""

    waiting: tuple[WaitingCustomer, ...]
    agents: tuple[AvailableAgent, ...]
    policy: Policy
    at: datetime


@dataclass(slots=True)
class Preview:
    """What was the same and what was not, summed over scenes."""

    source: str
    scenes: int = 0
    customers: int = 0
    offers_before: int = 0
    offers_after: int = 0
    doubled_before: int = 0
    doubled_after: int = 0
    same: int = 0
    other_agent: int = 0
    only_before: int = 0
    only_after: int = 0
    relaxed_before: int = 0
    relaxed_after: int = 0
    examples: list[dict[str, Any]] = field(default_factory=list)


def scene_of(explanations: Explanations) -> Scene:
    """Return the scene that a recorded round looked at."""
    rows = (row for part in explanations.rounds for row in part.rows)
    agents = {agent.agent_id: agent for part in explanations.rounds for agent in part.agents}
    return Scene(tuple(rows), tuple(agents.values()), explanations.policy, explanations.at)


def preview(scenes: Iterable[Scene], policy: Policy, current: Policy) -> Preview:
    """Match each scene by its own policy and by another; without scenes, a made-up one."""
    found = [each for each in scenes if len(each.waiting) * len(each.agents) <= PAIRS_LIMIT]
    told = Preview("recorded" if found else "sample")
    for scene in found or sample(current):
        before = match(scene.waiting, scene.agents, scene.policy, scene.at)
        after = match(scene.waiting, scene.agents, policy, scene.at)
        _count(told, scene, before, after)
    return told


def sample(policy: Policy) -> Sequence[Scene]:
    """Return made-up moments, the same each time: three busy ones and three quiet ones."""
    return [_made_up(policy, waiting) for waiting in (40, 30, 20, 6, 4, 2)]


def _made_up(policy: Policy, waiting: int) -> Scene:
    # Multiples of primes look mixed and repeat exactly.
    agents = tuple(
        AvailableAgent(
            agent_id=f"agent {number}",
            languages=frozenset(_SAMPLE_LANGUAGES[number % 3 :] or _SAMPLE_LANGUAGES),
            skills=dict.fromkeys(_SAMPLE_SKILLS[number % 2 :], 1 + number * 7 % 3),
            slots=3,
            load=number * 5 % 4,
            earned_minor=number * 7_919 % 100_000,
            guaranteed_seconds=900 + number * 1_301 % 18_000,
        )
        for number in range(20)
    )
    rows = tuple(
        WaitingCustomer(
            conversation_id=f"customer {number}",
            asked_at=_SAMPLE_AT - timedelta(seconds=(number * 53 + waiting * 11) % 200),
            language=_SAMPLE_LANGUAGES[number % 2],
            skill=(None, *_SAMPLE_SKILLS)[number % 3],
            skill_level=1 + number * 5 % 3,
            helped_before=None if number % 5 else f"agent {number * 3 % 20}",
        )
        for number in range(waiting)
    )
    return Scene(rows, agents, policy, _SAMPLE_AT)


def _count(told: Preview, scene: Scene, before: Matching, after: Matching) -> None:
    old, new = _first(before.offers), _first(after.offers)
    told.scenes += 1
    told.customers += len(scene.waiting)
    told.offers_before += len(before.offers)
    told.offers_after += len(after.offers)
    told.doubled_before += len(before.offers) - len(old)
    told.doubled_after += len(after.offers) - len(new)
    told.relaxed_before += sum(each.verdict is not Verdict.FITS for each in old.values())
    told.relaxed_after += sum(each.verdict is not Verdict.FITS for each in new.values())
    for row in scene.waiting:
        one, other = old.get(row.conversation_id), new.get(row.conversation_id)
        if one is None and other is None:
            continue
        if one and other and one.agent_id == other.agent_id:
            told.same += 1
            continue
        if one and other:
            told.other_agent += 1
        elif one:
            told.only_before += 1
        else:
            told.only_after += 1
        if len(told.examples) < EXAMPLES_SHOWN:
            told.examples.append(
                {
                    "conversation": row.conversation_id,
                    "language": row.language,
                    "waited_seconds": max(0, int((scene.at - row.asked_at).total_seconds())),
                    "before": one and one.agent_id,
                    "after": other and other.agent_id,
                }
            )


def _first(offers: Iterable[Proposal]) -> dict[str, Proposal]:
    return {each.conversation_id: each for each in offers if not each.doubled}
