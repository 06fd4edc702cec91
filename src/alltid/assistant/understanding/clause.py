"""One clause as the rules see it, and how they find the person in it."""

from typing import Final, NamedTuple

from alltid.assistant.understanding import tags as t

FORWARD: Final = 7
"""How many words after a talking or wishing word its person may stand."""
BACKWARD: Final = 5

Units = list[int]


class Verdict(NamedTuple):
    """A score from 0 to 1 and the rule it came from."""

    score: float
    rule: str


NOTHING: Final = Verdict(0.0, "none")


class Clause(NamedTuple):
    """One clause, as the rules see it."""

    units: Units
    """The living classes of each word."""
    said: Units
    """The classes before anything was taken back."""
    whole: int
    """All classes of *said*."""
    alone: bool
    """Whether little else was said in the message."""
    only: bool
    """Whether nothing else at all was said."""
    verb_final: bool
    """Whether the language lets verbs follow what they are about."""


def person_after(units: Units, at: int, *, unknown: int) -> int:
    """The classes of the person that follows the word at *at*, 0 without one."""
    return _first_person(units[at + 1 : at + 1 + FORWARD], t.ABOUT | t.IDENTITY, unknown)


def person_before(units: Units, at: int, *, reach: int = BACKWARD, unknown: int = 1) -> int:
    """The classes of the person that stands before the word at *at*, 0 without one."""
    stops = 0 if reach == BACKWARD else t.BOOKING
    return _first_person(units[max(0, at - reach) : at][::-1], stops, unknown)


def _first_person(units: Units, stops: int, unknown: int) -> int:
    """The first person among *units*, 0 if *stops* or more than *unknown* words come first."""
    for unit in units:
        if unit & t.PEOPLE:
            return unit
        if unit & t.NOBODY:
            return t.SOMEONE
        if unit & (t.OTHER | t.BOT | stops):
            return 0
        unknown -= not unit
        if unknown < 0:
            return 0
    return 0


def wished(units: Units) -> tuple[int, bool, Units]:
    """The person that only light words part from a wishing word, its being real, the rest."""
    real = False
    for at, unit in enumerate(units):
        real = real or bool(unit & t.REAL)
        if unit & t.PEOPLE:
            rest = units[at + 1 :]
            real = real or bool(rest and rest[0] & t.REAL)
            return unit & (t.PEOPLE | t.HEAD), real, rest
        if not unit & (t.LIGHT | t.WISHING | t.ME | t.WITH):
            break
    return 0, False, []
