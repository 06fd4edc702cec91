"""The company's dispatch policy: what a lead may choose, and what nobody may. Pure.

A policy is content: its id is a hash of what it says, so a decision that names its policy can
be checked against exactly those figures for good. One that would break a promise is refused
with a sentence that says why.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Self

from alltid.kernel.refusal import Refused

SKILL_LEVELS: Final = 3
SLOTS_LIMIT: Final = 3
STEPS_LIMIT: Final = 10
POINTS_LIMIT: Final = 100.0
# Beyond this a wait grows no dearer; whoever is older than the maximum age comes first anyway.
WAIT_POINTS_LIMIT: Final = 1_000.0
# Less is not enough to read an offer, and a decline by the clock would not be free.
OFFER_SECONDS_LEAST: Final = 10
OFFER_SECONDS_MOST: Final = 120
SERVICE_LEVEL_SECONDS_MOST: Final = 3_600
EXPONENT_MOST: Final = 4.0
# Words that betray a wish to rank people by what they declined, missed or how long they idled.
_RANKING_WORDS: Final = ("declin", "miss", "accept", "idle", "reject", "penal", "rank", "strike")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a policy is refused, and the setting at which to mend it ("" for none in particular)."""

    setting: str
    sentence: str


class PolicyRefused(Refused):
    """A policy that would break a promise, or is none; `problems` has each reason."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Say every sentence."""
        super().__init__("policy_refused", " ".join(each.sentence for each in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class SkillStep:
    """From `after_seconds` of waiting on, a level lower by `levels_lower` is enough."""

    after_seconds: int
    levels_lower: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything that matching weighs. Points are of one currency; times are in seconds.

    An edge between a customer and an agent is worth
    acceptance x (waiting + skill fit + continuity) - load - passed, where waiting is
    `wait_points` x (age / `service_level_seconds`) ** `wait_exponent`.

    Raises:
        Refused: the policy would break a promise, or is no policy; the message says why.
    """

    service_level_seconds: int = 180
    service_level_share: float = 0.95
    maximum_age_seconds: int = 150
    double_offer_after_seconds: int = 120
    offer_seconds: int = 20
    continuity_seconds: int = 45
    # Someone who declined a conversation is asked about it again only past the maximum age,
    # and after this long.
    ask_again_seconds: int = 120
    skill_steps: tuple[SkillStep, ...] = (SkillStep(30, 1), SkillStep(60, 2), SkillStep(90, 3))
    wait_points: float = 20.0
    wait_exponent: float = 2.0
    skill_points: float = 4.0
    continuity_points: float = 6.0
    load_points: float = 12.0
    margin_points: float = 1.0
    # How likely an offer is taken, by the chats that an agent has in hand. It is a property of
    # the moment: what a person declined or missed elsewhere has no place in it (P6).
    acceptance_by_load: tuple[float, ...] = (0.9, 0.8, 0.7)
    # Less for an agent who let this very conversation pass, so that others are asked before the
    # same person again. It is of that conversation alone.
    passed_points: float = 12.0

    def __post_init__(self) -> None:
        """Refuse what would break a promise."""
        problems = list(_problems(self))
        if problems:
            raise PolicyRefused(problems)

    @classmethod
    def within(cls, seconds: int) -> Self:
        """Return the default policy for a service level of so many seconds, times in proportion.

        A service level outside its bounds becomes the nearest within them.
        """
        usual = cls()
        target = min(max(seconds, 2 * OFFER_SECONDS_LEAST), SERVICE_LEVEL_SECONDS_MOST)
        scale = target / usual.service_level_seconds

        def scaled(value: int) -> int:
            return int(value * scale)

        steps = (SkillStep(scaled(s.after_seconds), s.levels_lower) for s in usual.skill_steps)
        return cls(
            service_level_seconds=target,
            maximum_age_seconds=scaled(usual.maximum_age_seconds),
            double_offer_after_seconds=scaled(usual.double_offer_after_seconds),
            continuity_seconds=scaled(usual.continuity_seconds),
            ask_again_seconds=min(
                SERVICE_LEVEL_SECONDS_MOST,
                max(usual.offer_seconds, scaled(usual.ask_again_seconds)),
            ),
            skill_steps=tuple(steps),
        )

    @property
    def id(self) -> str:
        """Name the content: the first 16 hexadecimal digits of its SHA-256."""
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def levels_lower(self, waited_seconds: float) -> int:
        """Return by how many levels a required skill is relaxed after that long."""
        reached = (
            step.levels_lower for step in self.skill_steps if waited_seconds >= step.after_seconds
        )
        return max(reached, default=0)

    def content(self) -> dict[str, Any]:
        """Return the policy as plain JSON values, to be stored and shown."""
        data = asdict(self)
        data["skill_steps"] = [[step.after_seconds, step.levels_lower] for step in self.skill_steps]
        data["acceptance_by_load"] = list(self.acceptance_by_load)
        return data

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> Self:
        """Revive a policy; settings that are left out keep their default.

        Raises:
            Refused: an unknown setting, a value of the wrong kind, or a broken promise.
        """
        known = {field.name: field.default for field in fields(cls)}
        for name in content:
            if name not in known:
                raise PolicyRefused([Problem("", _unknown(name))])
        values = {
            name: _revived(name, value, known[name]) for name, value in sorted(content.items())
        }
        return cls(**values)


def _unknown(name: str) -> str:
    if any(word in name.lower() for word in _RANKING_WORDS):
        return (
            f"There is no setting “{name}”, and there never will be: declining or missing an "
            "offer costs an agent nothing, neither pay nor rank (P6)."
        )
    return f"There is no setting “{name}” in a dispatch policy."


def _revived(name: str, value: Any, default: Any) -> Any:
    try:
        if name == "skill_steps":
            return tuple(SkillStep(_whole(after), _whole(lower)) for after, lower in value)
        if isinstance(default, tuple):
            return tuple(_number(each) for each in value)
        return _whole(value) if isinstance(default, int) else _number(value)
    except (TypeError, ValueError) as error:
        raise PolicyRefused([Problem(name, f"“{name}” can't be {value!r}.")]) from error


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return float(value)


def _problems(policy: Policy) -> Iterator[Problem]:
    yield from _bad_times(policy)
    yield from _bad_steps(policy)
    yield from _bad_points(policy)
    yield from _bad_odds(policy)


def _bad_times(policy: Policy) -> Iterator[Problem]:
    promise = policy.service_level_seconds
    if not OFFER_SECONDS_LEAST <= promise <= SERVICE_LEVEL_SECONDS_MOST:
        yield Problem(
            "service_level_seconds",
            f"The service level must lie between {OFFER_SECONDS_LEAST} and "
            f"{SERVICE_LEVEL_SECONDS_MOST} seconds.",
        )
    if not OFFER_SECONDS_LEAST <= policy.offer_seconds <= OFFER_SECONDS_MOST:
        yield Problem(
            "offer_seconds",
            f"An offer must stand for {OFFER_SECONDS_LEAST} to {OFFER_SECONDS_MOST} seconds: "
            "less is too short to read it, so declining would not be a free choice (P6).",
        )
    if not 0 < policy.maximum_age_seconds <= promise:
        yield Problem(
            "maximum_age_seconds",
            f"A maximum age of {policy.maximum_age_seconds} s would let a customer wait past the "
            f"{promise} s promised while someone who could help is free (P1). "
            "It must be positive and at most the service level.",
        )
    if not 0 <= policy.double_offer_after_seconds <= promise:
        yield Problem(
            "double_offer_after_seconds",
            "A second offer must be made before the service level is missed: "
            f"between 0 and {promise} seconds.",
        )
    if not 0 <= policy.continuity_seconds <= policy.maximum_age_seconds:
        yield Problem(
            "continuity_seconds",
            "Waiting for the agent who helped before must end by the maximum age, "
            f"{policy.maximum_age_seconds} s: nobody is kept for one person for longer (P1).",
        )
    if not policy.offer_seconds <= policy.ask_again_seconds <= SERVICE_LEVEL_SECONDS_MOST:
        yield Problem(
            "ask_again_seconds",
            "Someone who declined must be left in peace for at least the time of one offer (P6), "
            f"and for at most {SERVICE_LEVEL_SECONDS_MOST} s, or a customer could be stranded "
            "(P1).",
        )


def _bad_steps(policy: Policy) -> Iterator[Problem]:
    steps = policy.skill_steps
    after = [step.after_seconds for step in steps]
    lower = [step.levels_lower for step in steps]
    if len(steps) > STEPS_LIMIT:
        yield Problem("skill_steps", f"Skills relax in at most {STEPS_LIMIT} steps.")
    if after != sorted(set(after)) or lower != sorted(set(lower)) or min([*after, *lower, 0]) < 0:
        yield Problem(
            "skill_steps",
            "Each step of skill relaxation must come later and ask for less than the one before.",
        )
    if not steps or lower[-1] < SKILL_LEVELS or after[-1] > policy.maximum_age_seconds:
        yield Problem(
            "skill_steps",
            "The last step must accept everyone by the maximum age, "
            f"{policy.maximum_age_seconds} s: or a customer would wait for a rare skill while "
            "someone who could help is free (P1).",
        )


def _bad_points(policy: Policy) -> Iterator[Problem]:
    for name in ("wait", "skill", "continuity", "load", "passed", "margin"):
        points = getattr(policy, f"{name}_points")
        if not (math.isfinite(points) and 0 <= points <= POINTS_LIMIT):
            yield Problem(
                f"{name}_points", f"“{name}_points” must lie between 0 and {POINTS_LIMIT:g}."
            )
    if not policy.wait_points > 0:
        yield Problem(
            "wait_points",
            "Waiting must weigh something, or the oldest would be served last as well (P3).",
        )
    if not 1 <= policy.wait_exponent <= EXPONENT_MOST:
        yield Problem(
            "wait_exponent",
            f"The waiting cost must be convex: an exponent of 1 to {EXPONENT_MOST:g}. "
            "Below 1, long waits would weigh less and less.",
        )
    if not policy.load_points > policy.skill_points + policy.margin_points:
        yield Problem(
            "load_points",
            "“load_points” must exceed “skill_points” and “margin_points” together, "
            "or the lightest load would not come first.",
        )
    if not 0 < policy.service_level_share <= 1:
        yield Problem(
            "service_level_share",
            "The share within the service level lies above 0 and is at most 1.",
        )


def _bad_odds(policy: Policy) -> Iterator[Problem]:
    odds = policy.acceptance_by_load
    falling = list(odds) == sorted(odds, reverse=True)
    if len(odds) != SLOTS_LIMIT or not falling or not all(0 < each <= 1 for each in odds):
        yield Problem(
            "acceptance_by_load",
            f"“acceptance_by_load” needs {SLOTS_LIMIT} probabilities above 0 and up to 1 "
            "that don't grow with the load.",
        )
