"""A customer who answers what is asked, makes typos, mixes languages and loses patience. Pure.

The same seed gives the same words: a failing conversation replays exactly.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from alltid.assistant.evaluation.facts import read_fact, says, spoken
from alltid.assistant.evaluation.suite import Plain, Simulated
from alltid.assistant.evaluation.target import Fact, Reply

_NEIGHBOURS: Final = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj",
    "i": "uo", "j": "hk", "k": "jl", "l": "kö", "m": "n", "n": "bm", "o": "ip", "p": "o",
    "q": "wa", "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb", "w": "qe", "x": "zc",
    "y": "tu", "z": "xa",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Move:
    """What the customer does next: words, or a press; `slot` for an answer to a question."""

    say: str | None = None
    tap: str | None = None
    slot: str | None = None


@dataclass(slots=True)
class SimulatedCustomer:
    """Goes on until there is a person, the matter is done, or patience has run out."""

    customer: Simulated
    known: Mapping[str, Fact] = field(default_factory=dict)
    moves: int = 0
    _rephrased: int = 0

    def begin(self) -> Move:
        """Open the conversation."""
        self.moves = 1
        return self._words(self.customer.opening)

    def next(self, reply: Reply) -> Move | None:
        """Return what the customer does about a reply; None to leave it there."""
        if reply.waiting or self.moves >= self.customer.patience:
            return None
        self.moves += 1
        return self._react(reply)

    def _react(self, reply: Reply) -> Move | None:
        card = reply.card
        if card is not None and card.kind == "confirm":
            return Move(tap="yes" if self.customer.agrees else "no")
        if reply.asks is not None and reply.asks in self.customer.facts:
            known = self.customer.facts[reply.asks]
            choice = self._choice(reply, known)
            return choice or self._answer(reply.asks, known)
        if card is not None:
            for known in self.customer.facts.values():
                choice = self._choice(reply, known)
                if choice is not None:
                    return choice
        understood = bool(reply.playbooks)
        done = understood and reply.asks is None and card is None
        return None if done else self._again()

    def _choice(self, reply: Reply, known: Plain) -> Move | None:
        wanted = str(known).casefold()
        if wanted.startswith("$"):
            choices = reply.card.choices if reply.card else ()
            meant = next((c for c in choices if says(c.label, str(known), self.known)), None)
            return Move(tap=meant.id, slot=reply.asks) if meant else None
        for choice in reply.card.choices if reply.card else ():
            if wanted in {choice.id.casefold(), choice.label.casefold()}:
                return Move(tap=choice.id, slot=reply.asks)
        for choice in reply.card.choices if reply.card else ():
            if wanted in choice.label.casefold():
                return Move(tap=choice.id, slot=reply.asks)
        return None

    def _answer(self, slot: str, known: Plain) -> Move:
        text = spoken(read_fact(str(known), self.known))
        exact = re.search(r"[\d@]", str(known)) is not None
        return Move(say=text, slot=slot) if exact else self._words(text, slot)

    def _again(self) -> Move | None:
        if self._rephrased >= len(self.customer.rephrased):
            return None
        self._rephrased += 1
        return self._words(self.customer.rephrased[self._rephrased - 1])

    def _words(self, text: str, slot: str | None = None) -> Move:
        for own, other in self.customer.mixed.items():
            text = re.sub(rf"(?<!\w){re.escape(own)}(?!\w)", other, text)
        return Move(say=mistyped(text, self.customer.typos, f"{self.customer.seed}:{self.moves}"),
                    slot=slot)  # fmt: skip


def mistyped(text: str, share: float, seed: str) -> str:
    """Return a text in which about that share of its letters is mistyped, always the same."""
    if share <= 0:
        return text
    typed: list[str] = []
    for place, letter in enumerate(text):
        throw = hashlib.sha256(f"{seed}:{place}".encode()).digest()
        near = _NEIGHBOURS.get(letter)
        if near is None or int.from_bytes(throw[:4], "big") / 2**32 >= share:
            typed.append(letter)
            continue
        kind = throw[4] % 3
        typed.append(("", letter * 2, near[throw[5] % len(near)])[kind])
    return "".join(typed)
