"""What an offer would be worth: acceptance x (waiting + fit + continuity) - load - passed.

Pure.

Scores are whole numbers, UNIT to the point: sums of them are exact, so equal is equal and the
solver never chases a difference that is only rounding.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt

from alltid.dispatch.candidates import AvailableAgent, WaitingCustomer
from alltid.dispatch.hard_filters import ages_in_seconds, levels
from alltid.dispatch.policy import SKILL_LEVELS, SLOTS_LIMIT, WAIT_POINTS_LIMIT, Policy

UNIT: Final = 100_000
PASSED_LIMIT: Final = 3
_BLOCK_ROWS: Final = 64
Reals = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


class Scores:
    """The scores of one table of customers (rows) and agents (columns)."""

    def __init__(
        self,
        rows: Sequence[WaitingCustomer],
        agents: Sequence[AvailableAgent],
        policy: Policy,
        now: datetime,
    ) -> None:
        """Work out what doesn't depend on load."""
        places = {agent.agent_id: place for place, agent in enumerate(agents)}
        self._worth = waiting_points(rows, policy, now)[:, None] + _fit_points(rows, agents, policy)
        # How often an agent let this very conversation pass: seldom, so mostly there is none.
        self._passed: Reals | None = None
        for index, row in enumerate(rows):
            if row.first_for in places:
                self._worth[index, places[row.first_for]] += policy.continuity_points
            for agent_id, times in row.passed.items():
                if agent_id in places:
                    if self._passed is None:
                        self._passed = np.zeros(self._worth.shape)
                    less = policy.passed_points * min(times, PASSED_LIMIT)
                    self._passed[index, places[agent_id]] = np.rint(less * UNIT)
        self._acceptance = np.array(policy.acceptance_by_load)
        self._load_points = policy.load_points
        self.loads = np.array([agent.load for agent in agents], dtype=np.intp)
        self.fairness = _fairness(agents, policy, now)
        self.margin = policy.margin_points * UNIT

    def of(self, rows: Indices, agents: Indices, loads: Indices) -> Reals:
        """Return scores in units for rows x agents, were the agents' loads as given."""
        every = len(agents) == len(self.loads)
        worth = self._worth[rows] if every else self._worth[rows[:, None], agents]
        scores = self._weighed(worth, loads)
        if self._passed is not None:
            scores -= self._passed[rows[:, None], agents]
        return scores

    def of_pairs(self, rows: Indices, agents: Indices, loads: Indices) -> Reals:
        """Return scores in units for single pairs, were the agents' loads as given."""
        worth = self._worth[rows, agents]
        scores = self._weighed(worth, loads)
        if self._passed is not None:
            scores -= self._passed[rows, agents]
        return scores

    def all(self) -> npt.NDArray[np.int32]:
        """Return every score at the agents' present loads."""
        rows, agents = self._worth.shape
        scores = np.empty((rows, agents), dtype=np.int32)
        # A block at a time stays within the processor's cache.
        for start in range(0, rows, _BLOCK_ROWS):
            block = np.arange(start, min(rows, start + _BLOCK_ROWS))
            scores[block] = self.of(block, np.arange(agents), self.loads)
        return scores

    def _weighed(self, worth: Reals, loads: Indices) -> Reals:
        worth *= self._acceptance[np.minimum(loads, SLOTS_LIMIT - 1)] * UNIT
        worth -= self._load_points * UNIT * loads
        return np.rint(worth, out=worth)


def waiting_points(rows: Sequence[WaitingCustomer], policy: Policy, now: datetime) -> Reals:
    """Return the convex cost of each wait so far."""
    relative = np.maximum(ages_in_seconds(rows, now), 0.0) / policy.service_level_seconds
    with np.errstate(over="ignore"):
        points = policy.wait_points * relative**policy.wait_exponent
    return np.minimum(points, WAIT_POINTS_LIMIT)


def _fit_points(
    rows: Sequence[WaitingCustomer], agents: Sequence[AvailableAgent], policy: Policy
) -> Reals:
    """Full points for the level asked for; each step away costs, up or down.

    Someone better than needed is worth a little less, since another may need them.
    """
    points = np.zeros((len(rows), len(agents)))
    groups: dict[tuple[str, int], list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        if row.skill is not None:
            groups[row.skill, row.skill_level].append(index)
    for (skill, level), group in groups.items():
        apart = np.abs(levels(agents, skill).astype(np.float64) - level) / SKILL_LEVELS
        points[group] = policy.skill_points * np.maximum(0.0, 1.0 - apart)
    return points


def _fairness(agents: Sequence[AvailableAgent], policy: Policy, now: datetime) -> Reals:
    """Return units below the margin, most for who earned least per guaranteed hour.

    Equal earnings are drawn by lot: by a checksum of the agent and the moment, which
    repeats exactly and favours nobody for long.
    """
    salt = now.isoformat()
    lots = [zlib.crc32(f"{salt} {agent.agent_id}".encode()) for agent in agents]
    earned = [agent.earned_minor_per_hour for agent in agents]
    order = np.lexsort((lots, earned))
    units = np.zeros(len(agents))
    steps = np.arange(len(agents), 0, -1)
    units[order] = np.floor(policy.margin_points * UNIT * (steps - 1) / max(1, len(agents)))
    return units
