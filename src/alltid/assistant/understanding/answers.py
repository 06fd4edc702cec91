"""Short answers to what was just asked: yes, no, stop, another one, the second one.

What is confirmed with money behind it must be unambiguous, so nothing here guesses: a word of
doubt, a condition or anything else beside the yes, and it is none.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from alltid.assistant.understanding.text import BREAKS, tokens_of


class Pick(StrEnum):
    """Which of several, said by their order or size."""

    LATEST = "latest"
    EARLIEST = "earliest"
    CHEAPEST = "cheapest"
    DEAREST = "dearest"
    OTHER = "other"
    """The other one of two."""
    ALL = "all"
    LAST = "last"
    """The last of the list as it was shown."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a message says as an answer to the last question; all empty when it is none."""

    yes: bool = False
    """An unambiguous yes and nothing else."""
    no: bool = False
    """A no: nothing else, or with a correction."""
    cancels: bool = False
    """Wants to leave the whole procedure."""
    corrects: bool = False
    """Takes an earlier value back: "no, the other one", "I meant 14 days"."""
    rest: str = ""
    """Of a correction, what is meant instead, in the customer's words."""
    nth: int | None = None
    """"The second one" is 2, counted from 1; a number alone counts too."""
    pick: Pick | None = None
    again: bool = False
    """Wants the last words repeated or explained."""


_YES: Final = frozenset(("yes", "yeah", "yep", "ok", "sure"))
_NO: Final = frozenset(("no", "nope", "nah"))


def read_reply(text: str) -> Reply:
    """What *text* says as an answer; the same for every language, as customers mix them."""
    words = [word for word in tokens_of(text) if word not in BREAKS]
    if words and all(word in _YES for word in words):
        return Reply(yes=True)
    if words and all(word in _NO for word in words):
        return Reply(no=True)
    return Reply()
