"""The rule for customers who refuse the assistant itself: "no more robots"."""

from alltid.assistant.understanding import tags as t
from alltid.assistant.understanding.clause import FORWARD, NOTHING, Clause, Units, Verdict


def refuses_bot(clause: Clause) -> Verdict:
    """As in "Not a bot", "done with this robot", "I don't want to talk to a machine"."""
    units, whole = clause.said, clause.whole
    if whole & t.ENOUGH:
        return Verdict(0.8, "enough+bot")
    for at, unit in enumerate(units):
        if not unit & (t.NOT | t.NO_NEED):
            continue
        between = _until_bot(units[at + 1 : at + 1 + FORWARD])
        wished = 0
        for near in (unit, *units[max(0, at - 2) : at], *between):
            wished |= near
        if between and wished & (t.WANT | t.TALK | t.TALKING | t.NO_NEED):
            return Verdict(0.85, "not+bot")
        light = t.LIGHT | t.BOT | t.NOT | t.PEOPLE
        if between and clause.alone and all(u & light for u in units):
            return Verdict(0.75, "no-bot")
    return NOTHING


def _until_bot(units: Units) -> Units:
    """The words up to and with the first bot; none when there is none or a person is first."""
    for at, unit in enumerate(units):
        if unit & t.BOT:
            return units[: at + 1]
        if unit & t.OTHER:
            break
    return []
