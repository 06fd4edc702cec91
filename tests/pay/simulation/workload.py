"""Commands as agents, payouts and broken networks would send them, from one seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.pay.simulation.model import Command, Model

AGENTS = [f"agent/{number}/owed" for number in range(12)]
COST, BANK = "market/cost", "market/bank"
ACCOUNTS = [*AGENTS, COST, BANK]
# The chances of each kind of command, of a hundred.
KINDS = {
    "earn": 30,
    "payout": 12,
    "hold": 14,
    "settle": 14,
    "reverse": 5,
    "again": 10,
    "changed": 4,
    "early": 4,
    "unbalanced": 2,
    "unknown": 2,
    "old": 3,
}


@dataclass
class Workload:
    """Makes commands; remembers what it sent, to send it again, changed, or too early."""

    random: random.Random
    sent: list[Command] = field(default_factory=list)
    # Settlements that were sent before what they settle.
    owed: list[Command] = field(default_factory=list)
    count: int = 0
    day: date = date(2026, 1, 15)

    def commands(self, model: Model, most: int) -> list[Command]:
        """Return one request: a few commands."""
        return [self.command(model) for _ in range(self.random.randint(1, most))]

    def command(self, model: Model) -> Command:
        """Return the next command."""
        if self.owed and self.random.random() < 0.2:
            made = self.owed.pop()
        else:
            names, weights = list(KINDS), list(KINDS.values())
            made = getattr(self, f"_{self.random.choices(names, weights)[0]}")(model)
        self.sent.append(made)
        return made

    def _key(self, what: str) -> str:
        self.count += 1
        return f"{what}-{self.count}"

    def _post(self, what: str, lines: list[list[Any]], *, pending: bool = False) -> Command:
        return ["post", self._key(what), self.day.isoformat(), lines, what, pending]

    def _earn(self, model: Model) -> Command:
        minor = self.random.randint(1, 50_000)
        agents = self.random.sample(AGENTS, self.random.choice([1, 1, 1, 2, 5]))
        lines = [[agent, -minor] for agent in agents]
        return self._post("earn", [[COST, minor * len(agents)], *lines])

    def _amount(self, model: Model, agent: str) -> int:
        """Choose an amount around what the agent has, so that some fit and some don't."""
        left = -(model.posted[agent] + model.debits[agent])
        return self.random.choice([left or 1, left + 1, max(1, left // 2), max(1, left // 10)])

    def _payout(self, model: Model) -> Command:
        agent = self.random.choice(AGENTS)
        minor = max(1, self._amount(model, agent))
        return self._post("payout", [[agent, minor], [BANK, -minor]])

    def _hold(self, model: Model) -> Command:
        agent = self.random.choice(AGENTS)
        minor = max(1, self._amount(model, agent))
        return self._post("hold", [[agent, minor], [BANK, -minor]], pending=True)

    def _settle(self, model: Model) -> Command:
        keys = [key for key, known in model.known.items() if known.kind == "pending"]
        open_keys = [key for key in keys if key not in model.settled]
        some = open_keys if open_keys and self.random.random() < 0.8 else keys
        if not some or self.random.random() < 0.1:
            some = list(model.known) or ["nothing"]
        key = self.random.choice(some)
        how = self.random.choice(["post", "post", "void"])
        return ["settle", self._key("settle"), self.day.isoformat(), key, how]

    def _reverse(self, model: Model) -> Command:
        key = self.random.choice(list(model.known) or ["nothing"])
        return ["reverse", self._key("reverse"), self.day.isoformat(), key]

    def _again(self, model: Model) -> Command:
        return self.random.choice(self.sent) if self.sent else self._earn(model)

    def _changed(self, model: Model) -> Command:
        made = list(self._again(model))
        if made[0] == "post":
            made[4] = f"{made[4]}!"
        else:
            made[2] = (date.fromisoformat(made[2]) + timedelta(days=1)).isoformat()
        return made

    def _early(self, model: Model) -> Command:
        hold = self._hold(model)
        self.owed.append(hold)
        return ["settle", self._key("settle"), self.day.isoformat(), hold[1], "post"]

    def _unbalanced(self, model: Model) -> Command:
        return self._post("unbalanced", [[COST, 5], [AGENTS[0], -4]])

    def _unknown(self, model: Model) -> Command:
        return self._post("unknown", [[COST, 5], ["nobody", -5]])

    def _old(self, model: Model) -> Command:
        made = self._earn(model)
        made[2] = (self.day - timedelta(days=45)).isoformat()
        return made
