"""Why an offer was made to one agent and not to another (P9), without telling on colleagues (P8).

Everything that matching looked at is kept: the facts, each pair's verdict and score, the lots,
the policy. `why_me` and `why_not_me` read reasons off that, as codes with figures and as plain
sentences; no sentence names a colleague or another's earnings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from alltid.dispatch.candidates import CANDIDATE_LAST, AvailableAgent, Verdict, WaitingCustomer
from alltid.dispatch.policy import Policy
from alltid.dispatch.scores import UNIT, Reals


class Because(StrEnum):
    """A reason, for programs and translators."""

    # Why me
    ONLY_ONE = "only_one"
    NAMED = "named"
    HELPED_BEFORE = "helped_before"
    BY_AGE = "by_age"
    RELAXED = "relaxed"
    SKILLED = "skilled"
    LIGHTEST = "lightest"
    EARNED_LEAST = "earned_least"
    SECOND = "second"
    LONGEST_WAIT = "longest_wait"
    BEST_TOGETHER = "best_together"
    # Why not me
    NOT_ONLINE = "not_online"
    LANGUAGE = "language"
    SKILL = "skill"
    FULL = "full"
    DECLINED = "declined"
    GAVE = "gave"
    QUIET = "quiet"
    KEPT = "kept"
    OFFERED = "offered"
    SLOTS_GIVEN = "slots_given"
    LIGHTER = "lighter"
    CLOSER = "closer"
    EARNED_LESS = "earned_less"
    PASSED = "passed"
    NO_OFFER = "no_offer"
    LATER_ROUND = "later_round"


SENTENCES: Final[Mapping[Because, str]] = MappingProxyType(
    {
        Because.ONLY_ONE: "You were the only one free who could help.",
        Because.NAMED: "A colleague handed it over to you by name.",
        Because.HELPED_BEFORE: "You helped this customer before.",
        Because.BY_AGE: (
            "The customer had waited for {waited_seconds} s, so everyone free who speaks "
            "{language} could be asked."
        ),
        Because.RELAXED: (
            "After {waited_seconds} s of waiting, less experience with {skill} was enough."
        ),
        Because.SKILLED: "You have the skill asked for: {skill}, level {level}.",
        Because.LIGHTEST: "You had the fewest conversations in hand: {load}.",
        Because.EARNED_LEAST: (
            "Among {rivals} who would have suited about as well, you had earned least for each "
            "guaranteed hour so far."
        ),
        Because.SECOND: (
            "The promised time was near, so two people were asked. Whoever accepts first takes "
            "it; for the other it changes nothing."
        ),
        Because.LONGEST_WAIT: (
            "The customer had waited for {waited_seconds} s, among {candidates} who could help."
        ),
        Because.BEST_TOGETHER: (
            "Of all the ways to share out who waited, this one served the most and suited best."
        ),
        Because.NOT_ONLINE: "You were not online and open for offers at that moment.",
        Because.LANGUAGE: "The customer needed {language}.",
        Because.SKILL: "It asked for {skill}, level {level}, and had not waited long enough yet.",
        Because.FULL: "Your slots were all taken: {load} of {slots}.",
        Because.DECLINED: (
            "You had declined this very conversation. That counts for nothing else."
        ),
        Because.GAVE: (
            "You had handed this very conversation over, so others were asked first. That counts "
            "for nothing else."
        ),
        Because.QUIET: "You had said that you would rather not take this topic: {topic}.",
        Because.KEPT: (
            "For {seconds} s it was kept for the person who had helped this customer before, or "
            "to whom it was handed over."
        ),
        Because.OFFERED: "It was on offer to you.",
        Because.SLOTS_GIVEN: "Your free slots went to other offers in the same moment: {offers}.",
        Because.LIGHTER: "Someone with fewer conversations in hand was free.",
        Because.CLOSER: "Someone with a closer skill, or who knew the customer, was free.",
        Because.EARNED_LESS: (
            "You suited as well, within {margin:g} points. Then whoever had earned less for each "
            "guaranteed hour comes first; equals are drawn by lot."
        ),
        Because.PASSED: (
            "It had been offered to you before and the time ran out, so others were asked first. "
            "That counts for nothing else."
        ),
        Because.NO_OFFER: "No offer of it was made at that moment.",
        Because.LATER_ROUND: "There were more customers than one round looks at; it came later.",
    }
)


@dataclass(frozen=True, slots=True)
class Why:
    """One reason with its figures; `sentence` says it in English."""

    because: Because
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """Say it."""
        return SENTENCES[self.because].format(**self.facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An offer to make.

    `load` is what the agent has in hand before it; `doubled` marks the second of two for one
    conversation.
    """

    conversation_id: str
    agent_id: str
    verdict: Verdict
    score_points: float
    load: int
    doubled: bool
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Round:
    """One part of a round: who was looked at, each pair's verdict and score, each agent's lot.

    Scores are in whole units (UNIT to the point) at the load before the round; `fairness` is
    added to those within the margin of a customer's best.
    """

    rows: tuple[WaitingCustomer, ...]
    agents: tuple[AvailableAgent, ...]
    verdicts: npt.NDArray[np.uint8]
    scores: npt.NDArray[np.int32]
    fairness: Reals


@dataclass(frozen=True, slots=True)
class Candidate:
    """One pair as it was seen; `score_points` is None for who was no candidate."""

    agent_id: str
    verdict: Verdict
    score_points: float | None


@dataclass(frozen=True, slots=True)
class Explanations:
    """All that one round of matching looked at, and what it made of it."""

    policy: Policy
    at: datetime
    rounds: tuple[Round, ...]
    offers: tuple[Proposal, ...]
    later: tuple[str, ...]

    def candidates(self, conversation_id: str) -> Iterator[Candidate]:
        """Yield every agent looked at for a conversation, with verdict and score."""
        found = self._row(conversation_id)
        if found is None:
            return
        part, row = found
        for place, agent in enumerate(part.agents):
            verdict = Verdict(int(part.verdicts[row, place]))
            fits = verdict <= CANDIDATE_LAST
            points = float(part.scores[row, place]) / UNIT if fits else None
            yield Candidate(agent.agent_id, verdict, points)

    def why_me(self, offer: Proposal) -> tuple[Why, ...]:
        """Return the reasons for an offer, the weightiest first."""
        found = self._row(offer.conversation_id)
        if found is None:
            raise LookupError(offer.conversation_id)
        part, row = found
        place = _place(part, offer.agent_id)
        if place is None:
            raise LookupError(offer.agent_id)
        return tuple(self._reasons(offer, part, row, place))

    def why_not_me(self, conversation_id: str, agent_id: str) -> Why:
        """Return the reason why an agent was not offered a conversation in this round."""
        if conversation_id in self.later:
            return Why(Because.LATER_ROUND)
        found = self._row(conversation_id)
        if found is None:
            return Why(Because.NO_OFFER)
        part, row = found
        customer, place = part.rows[row], _place(part, agent_id)
        if place is None:
            elsewhere = any(_place(other, agent_id) is not None for other in self.rounds)
            if elsewhere:
                return Why(Because.LANGUAGE, {"language": customer.language})
            return Why(Because.NOT_ONLINE)
        verdict = Verdict(int(part.verdicts[row, place]))
        if verdict > CANDIDATE_LAST:
            return self._filtered(verdict, customer, part.agents[place])
        return self._outweighed(part, row, place)

    def _reasons(self, offer: Proposal, part: Round, row: int, place: int) -> Iterator[Why]:
        customer, agent = part.rows[row], part.agents[place]
        waited = self._waited(customer)
        fits = part.verdicts[row] <= CANDIDATE_LAST
        if offer.doubled:
            yield Why(Because.SECOND)
        if customer.named == agent.agent_id:
            yield Why(Because.NAMED)
        elif customer.helped_before == agent.agent_id:
            yield Why(Because.HELPED_BEFORE)
        if offer.verdict is Verdict.FITS_BY_AGE:
            facts = {"waited_seconds": waited, "language": customer.language}
            yield Why(Because.BY_AGE, facts)
        if offer.verdict is Verdict.FITS_RELAXED:
            yield Why(Because.RELAXED, {"waited_seconds": waited, "skill": customer.skill})
        if offer.verdict is Verdict.FITS and customer.skill is not None:
            facts = {"skill": customer.skill, "level": agent.skills.get(customer.skill, 0)}
            yield Why(Because.SKILLED, facts)
        if fits.sum() == 1:
            yield Why(Because.ONLY_ONE)
            return
        yield from self._compared(offer, part, row, place)
        yield Why(Because.LONGEST_WAIT, {"waited_seconds": waited, "candidates": int(fits.sum())})

    def _compared(self, offer: Proposal, part: Round, row: int, place: int) -> Iterator[Why]:
        """Compare with the other candidates."""
        others = part.verdicts[row] <= CANDIDATE_LAST
        others[place] = False
        loads = np.array([agent.load for agent in part.agents])
        if offer.load < loads[others].min():
            yield Why(Because.LIGHTEST, {"load": offer.load})
            return
        scores = part.scores[row]
        close = others & (abs(scores - scores[place]) <= self.policy.margin_points * UNIT)
        fairness = part.fairness
        if close.any() and fairness[place] > fairness[close].max():
            yield Why(Because.EARNED_LEAST, {"rivals": int(close.sum()) + 1})
        elif scores[place] + fairness[place] < (scores + fairness)[others].max():
            yield Why(Because.BEST_TOGETHER)

    def _filtered(self, verdict: Verdict, customer: WaitingCustomer, agent: AvailableAgent) -> Why:
        facts: dict[Verdict, tuple[Because, dict[str, Any]]] = {
            Verdict.LANGUAGE: (Because.LANGUAGE, {"language": customer.language}),
            Verdict.SKILL: (
                Because.SKILL,
                {"skill": customer.skill, "level": customer.skill_level},
            ),
            Verdict.FULL: (Because.FULL, {"load": agent.load, "slots": agent.slots}),
            Verdict.DECLINED: (Because.DECLINED, {}),
            Verdict.GAVE: (Because.GAVE, {}),
            Verdict.QUIET: (Because.QUIET, {"topic": customer.topic}),
            Verdict.KEPT: (Because.KEPT, {"seconds": self.policy.continuity_seconds}),
            Verdict.OFFERED: (Because.OFFERED, {}),
        }
        return Why(*facts[verdict])

    def _outweighed(self, part: Round, row: int, place: int) -> Why:
        """Explain a candidate who was not chosen."""
        agent, winners = part.agents[place], self._offers_of(part.rows[row].conversation_id)
        if any(offer.agent_id == agent.agent_id for offer in winners):
            return Why(Because.OFFERED)
        given = sum(offer.agent_id == agent.agent_id for offer in self.offers)
        if given == agent.free:
            return Why(Because.SLOTS_GIVEN, {"offers": given})
        if not winners:
            return Why(Because.NO_OFFER)
        return self._compared_with(winners[0], part, row, place, agent.load + given)

    def _compared_with(self, winner: Proposal, part: Round, row: int, place: int, load: int) -> Why:
        if winner.load < load:
            return Why(Because.LIGHTER)
        if part.rows[row].passed.get(part.agents[place].agent_id):
            return Why(Because.PASSED)
        margin, fits = self.policy.margin_points, part.verdicts[row] <= CANDIDATE_LAST
        if part.scores[row][fits].max() - part.scores[row, place] > margin * UNIT:
            return Why(Because.CLOSER)
        lots = {each.agent_id: lot for each, lot in zip(part.agents, part.fairness, strict=True)}
        if lots[winner.agent_id] > part.fairness[place]:
            return Why(Because.EARNED_LESS, {"margin": margin})
        return Why(Because.BEST_TOGETHER)

    def _offers_of(self, conversation_id: str) -> list[Proposal]:
        return [each for each in self.offers if each.conversation_id == conversation_id]

    def _row(self, conversation_id: str) -> tuple[Round, int] | None:
        for part in self.rounds:
            for row, customer in enumerate(part.rows):
                if customer.conversation_id == conversation_id:
                    return part, row
        return None

    def _waited(self, customer: WaitingCustomer) -> int:
        return int((self.at - customer.in_line_since).total_seconds())


def _place(part: Round, agent_id: str) -> int | None:
    for place, agent in enumerate(part.agents):
        if agent.agent_id == agent_id:
            return place
    return None
