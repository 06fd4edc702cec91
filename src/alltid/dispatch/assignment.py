"""Who gets whom: an assignment that serves as many as can be served, the oldest first. Pure.

Rows (customers) come oldest first and are solved in cohorts by Jonker and Volgenant's method
(R. Jonker and A. Volgenant, Computing 38, 1987; the lapx package). After each cohort, augmenting
paths (C. Berge, PNAS 43(9), 1957) give those who were left over a place where shifting others
makes one. By Berge's lemma nobody served is ever dropped and the number served is the most
there can be, for the oldest cohort, for the oldest two, and so on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import lap
import numpy as np
import numpy.typing as npt

from alltid.dispatch.policy import POINTS_LIMIT, SLOTS_LIMIT, WAIT_POINTS_LIMIT
from alltid.dispatch.scores import PASSED_LIMIT, UNIT, Indices, Reals, Scores

# The method's time grows with the cube of it; up to this many rows the assignment is the best.
COHORT_ROWS: Final = 64
# One customer more outweighs all that scores can add up to in a cohort, and serving an older
# one past the maximum age does so again. Sums stay below 2**53, so they are exact.
_SCORE_MOST: Final = (WAIT_POINTS_LIMIT + (SLOTS_LIMIT + PASSED_LIMIT + 3) * POINTS_LIMIT) * UNIT
SERVED: Final = 2.0 * COHORT_ROWS * _SCORE_MOST
# Who came first goes first among equals: less than any score, and exact in binary.
PLACE: Final = 2.0**-6
NOBODY: Final = -1

Mask = npt.NDArray[np.bool_]


@dataclass(slots=True)
class Assignment:
    """Solves one table. `served` tells each row's agent, or NOBODY.

    `fits` says who may get whom, `first` which rows come before all others (they must stand
    at the beginning), `free` how many more each agent can take.
    """

    scores: Scores
    fits: Mask
    first: Mask
    free: Indices
    served: Indices
    taken: Indices
    # Agents from whom no augmenting path leads anywhere, now and later (Hungarian trees).
    _dead: Mask

    @classmethod
    def of(
        cls, scores: Scores, fits: Mask, first: Mask, free: Indices, taken: Indices
    ) -> Assignment:
        """Begin with nobody served; `taken` counts slots given away in this round before."""
        rows, agents = fits.shape
        return cls(
            scores=scores,
            fits=fits,
            first=first,
            free=free.copy(),
            served=np.full(rows, NOBODY, dtype=np.intp),
            taken=taken.copy(),
            _dead=np.zeros(agents, dtype=np.bool_),
        )

    def solve(self, rows: Indices) -> None:
        """Serve as many of `rows` as can be, in their order."""
        for start in range(0, len(rows), COHORT_ROWS):
            # With every slot taken, no later row can be served either.
            if not self.free.any():
                return
            cohort = rows[start : start + COHORT_ROWS]
            self._solve_cohort(cohort)
            for row in cohort[self.served[cohort] == NOBODY]:
                self._augment(int(row))

    def _solve_cohort(self, cohort: Indices) -> None:
        agents = np.flatnonzero((self.free > 0) & self.fits[cohort].any(axis=0))
        cohort = cohort[self.fits[np.ix_(cohort, agents)].any(axis=1)]
        if not len(cohort):
            return
        lightest, best, agents = self._lightest(cohort, agents)
        columns, owners = self._with_further_slots(cohort, lightest, best, agents)
        fits = np.isfinite(columns)
        # Older rows stand first: each past the maximum age outweighs all the younger ones.
        ranks = np.where(self.first[cohort], np.arange(len(cohort), 0, -1), 0)
        places = np.arange(len(cohort), 0, -1) * PLACE
        weights = np.where(fits, columns + (SERVED * (1 + ranks) + places)[:, None], 0.0)
        _, column_of, _ = lap.lapjv(weights.max() - weights, extend_cost=True)
        for row, column in zip(range(len(cohort)), column_of, strict=False):
            if column >= 0 and fits[row, column]:
                self._serve(int(cohort[row]), int(owners[column]))

    def _lightest(self, cohort: Indices, agents: Indices) -> tuple[Reals, Reals, Indices]:
        """Value each agent's next slot; keep for each row as many as there are rows.

        One of a row's best `len(cohort)` agents is always left for it, so the rest can't matter.
        """
        values = self._values(cohort, agents, 0)
        best = values.max(axis=1, keepdims=True)
        values = self._fairly(values, agents, best)
        keep = _best_columns(values, len(cohort))
        return values[:, keep], best, agents[keep]

    def _with_further_slots(
        self, cohort: Indices, lightest: Reals, best: Reals, agents: Indices
    ) -> tuple[Reals, Indices]:
        columns, owners = [lightest], [agents]
        for slot in range(1, SLOTS_LIMIT):
            more = agents[self.free[agents] > slot]
            columns.append(self._fairly(self._values(cohort, more, slot), more, best))
            owners.append(more)
        everything, of = np.concatenate(columns, axis=1), np.concatenate(owners)
        keep = _best_columns(everything, len(cohort))
        return everything[:, keep], of[keep]

    def _values(self, cohort: Indices, agents: Indices, slot: int) -> Reals:
        loads = self.scores.loads[agents] + self.taken[agents] + slot
        fits = self.fits[np.ix_(cohort, agents)]
        return np.where(fits, self.scores.of(cohort, agents, loads), -np.inf)

    def _fairly(self, values: Reals, agents: Indices, best: Reals) -> Reals:
        """Lift what lies within the margin of the row's best to it; then earnings decide."""
        lifted = np.where(best - values <= self.scores.margin, best, values)
        return lifted + self.scores.fairness[agents]

    def _serve(self, row: int, agent: int) -> None:
        self.served[row] = agent
        self.free[agent] -= 1
        self.taken[agent] += 1

    def _augment(self, row: int) -> None:
        """Find a chain of shifts that ends at a free slot, and make them."""
        came_from: dict[int, int] = {}
        seen = self._dead.copy()
        frontier = [row]
        while frontier:
            current = frontier.pop(0)
            reached = self.fits[current] & ~seen
            open_ones = np.flatnonzero(reached & (self.free > 0))
            if len(open_ones):
                loads = self.scores.loads[open_ones] + self.taken[open_ones]
                best = self.scores.of(np.array([current]), open_ones, loads).argmax()
                self._shift(row, current, int(open_ones[best]), came_from)
                return
            seen |= reached
            came_from.update(dict.fromkeys(map(int, np.flatnonzero(reached)), current))
            frontier.extend(self._rows_of(reached))
        self._dead = seen

    def _rows_of(self, agents: Mask) -> Iterator[int]:
        served = self.served >= 0
        return map(int, np.flatnonzero(served & agents[self.served]))

    def _shift(self, row: int, last: int, agent: int, came_from: dict[int, int]) -> None:
        self.free[agent] -= 1
        self.taken[agent] += 1
        current = last
        while True:
            left = int(self.served[current])
            self.served[current] = agent
            if current == row:
                return
            agent, current = left, came_from[left]


def _best_columns(values: Reals, count: int) -> Indices:
    """Return the columns that are among the `count` best of some row."""
    columns = values.shape[1]
    if columns <= count:
        return np.arange(columns)
    least = np.partition(values, columns - count, axis=1)[:, columns - count, None]
    return np.flatnonzero(((values >= least) & np.isfinite(values)).any(axis=0))
