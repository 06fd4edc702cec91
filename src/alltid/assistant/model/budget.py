"""What a model may cost in one conversation, and when it isn't asked for a while. Pure.

Money is counted in millionths of a minor unit, so that prices per million tokens need no
fractions.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Final

MILLION: Final = 1_000_000
CONVERSATIONS_MOST: Final = 10_000
# Of one request: what is counted beyond isn't true, and wouldn't fit into the books.
TOKENS_MOST: Final = 100_000_000
FAILURES_MOST: Final = 4
OPEN_SECONDS: Final = 30.0
RATE_LIMIT_SECONDS_MOST: Final = 60.0


@dataclass(frozen=True, slots=True)
class Prices:
    """Minor units per million tokens."""

    input_minor: int = 0
    output_minor: int = 0


@dataclass(frozen=True, slots=True)
class Spent:
    """What a model used up: tokens, and money in millionths of a minor unit."""

    input_tokens: int = 0
    output_tokens: int = 0
    micro_minor: int = 0
    requests: int = 0

    @property
    def tokens(self) -> int:
        """All tokens, read and written."""
        return self.input_tokens + self.output_tokens

    def plus(self, other: Spent) -> Spent:
        """Return both together."""
        return Spent(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.micro_minor + other.micro_minor,
            self.requests + other.requests,
        )

    def since(self, before: Spent) -> Spent:
        """Return what came on top of `before`."""
        return Spent(
            self.input_tokens - before.input_tokens,
            self.output_tokens - before.output_tokens,
            self.micro_minor - before.micro_minor,
            self.requests - before.requests,
        )

    def as_json(self) -> dict[str, Any]:
        """Return it as the trace shows it; `cost_minor` in minor units, rounded up."""
        return {
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "cost_minor": -(-self.micro_minor // MILLION),
            "requests": self.requests,
        }


def spent(input_tokens: int, output_tokens: int, prices: Prices) -> Spent:
    """Return what one request cost: from nothing to TOKENS_MOST, whatever a provider counts."""
    read, wrote = (min(max(0, each), TOKENS_MOST) for each in (input_tokens, output_tokens))
    cost = read * prices.input_minor + wrote * prices.output_minor
    return Spent(read, wrote, cost, 1)


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that one conversation may use. Without `cost_minor` money isn't bounded."""

    tokens: int
    cost_minor: int | None = None

    def allows(self, used: Spent) -> bool:
        """Whether one more request may be made."""
        if used.tokens >= self.tokens:
            return False
        return self.cost_minor is None or used.micro_minor < self.cost_minor * MILLION


@dataclass(slots=True)
class Books:
    """What each conversation used, for the latest CONVERSATIONS_MOST of them."""

    used: OrderedDict[str, Spent] = field(default_factory=OrderedDict)

    def of(self, conversation_id: str) -> Spent:
        """Return what a conversation used."""
        return self.used.get(conversation_id, Spent())

    def add(self, conversation_id: str, more: Spent) -> Spent:
        """Book a request, and return the sum."""
        total = self.of(conversation_id).plus(more)
        self.used[conversation_id] = total
        self.used.move_to_end(conversation_id)
        while len(self.used) > CONVERSATIONS_MOST:
            self.used.popitem(last=False)
        return total


@dataclass(slots=True)
class Circuit:
    """Asks nobody who failed FAILURES_MOST times in a row, for OPEN_SECONDS; then tries one."""

    failures: int = 0
    closed_until: float = 0.0

    def may_ask(self, now: float) -> bool:
        """Whether a request may be made; `now` in steady seconds. One that may is a trial."""
        if now < self.closed_until:
            return False
        if self.failures >= FAILURES_MOST:
            # The others wait until this one is back.
            self.closed_until = now + OPEN_SECONDS
        return True

    def not_asked(self, at: float) -> None:
        """Let the next one try: the request that was let through `at` was never made."""
        if self.failures >= FAILURES_MOST and self.closed_until == at + OPEN_SECONDS:
            self.closed_until = at

    def went_well(self) -> None:
        """Begin anew."""
        self.failures, self.closed_until = 0, 0.0

    def failed(self, now: float, wait_seconds: float | None = None) -> None:
        """Count a failure; `wait_seconds` is what a provider asked for."""
        self.failures += 1
        if wait_seconds is not None and wait_seconds > 0:
            self.closed_until = now + min(wait_seconds, RATE_LIMIT_SECONDS_MOST)
        elif self.failures >= FAILURES_MOST:
            self.closed_until = now + OPEN_SECONDS
