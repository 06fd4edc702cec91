"""The rules: each looks at one clause and says how surely it wishes for a human.

Every rule takes the classes of the clause's words, in order, with whatever a negation, a
report or a past takes back already turned into OTHER (see `grammar`), and answers a `Verdict`.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Final

from alltid.assistant.understanding import tags as t
from alltid.assistant.understanding.clause import (
    BACKWARD,
    FORWARD,
    NOTHING,
    Clause,
    Verdict,
    person_after,
    person_before,
    wished,
)

_VERB_FINAL_BACKWARD: Final = 12
"""The same where the topic stands between person and verb: German, Dutch, Turkish."""
_UNKNOWN_BETWEEN: Final = 2
_UNKNOWN_TOPIC: Final = 4
_UNKNOWN_BESIDE_ROLE: Final = 2
_ME_REACH: Final = 3
_DOER_REACH: Final = 6
_INVERTED: Final = 4
"""How far before its doer a verb may stand: "mohl by se podívat kolega"."""
_MAX_BARE_UNITS: Final = 8


def _whole_wish(clause: Clause) -> Verdict:
    """As in "Call me back", "put me through"."""
    units, whole = clause.units, clause.whole
    for at, unit in enumerate(units):
        following = units[at + 1] if at + 1 < len(units) else t.FILLER
        if unit & t.CALLBACK:
            return Verdict(0.85, "callback")
        if (
            unit & t.CALL_ME
            and not whole & t.OTHER
            and following & (t.FILLER | t.PLEASE | t.ABOUT | t.AND | t.AGAIN | t.PEOPLE | t.WISHING)
        ):
            return Verdict(0.8, "call-me")
        if unit & t.CONNECT_ME and not following & t.OTHER:
            return Verdict(0.85 if following else 0.6, "transfer")
    return NOTHING


def _connect_me(clause: Clause) -> Verdict:
    """As in "Connect me", in any form of the verb; "transfer me the money" is none."""
    units = clause.units
    for at, unit in enumerate(units):
        if not unit & t.CONNECT or unit & t.FILLER:
            continue
        near = [*units[max(0, at - 1) : at], *units[at + 1 : at + 1 + _ME_REACH]]
        rest = units[at + 1 :]
        if rest and rest[0] & t.WITH:
            continue
        light = t.LIGHT | t.ME | t.PEOPLE | t.WITH | t.WISHING
        if any(u & t.ME for u in near) and all(u & light and not u & t.OTHER for u in rest):
            return Verdict(0.6, "connect+me")
    return NOTHING


def _just_connect(clause: Clause) -> Verdict:
    """A message of nothing but "connect"."""
    light = t.LIGHT | t.ALONE | t.ME | t.WITH
    if clause.alone and clause.whole & t.ALONE and all(u & light for u in clause.units):
        return Verdict(0.6, "connect")
    return NOTHING


def _gives_up(clause: Clause) -> Verdict:
    """As in "This conversation is going nowhere", with nothing else said that it is about."""
    light = t.LIGHT | t.STUCK | t.ENOUGH | t.BUT | t.CAN | t.ME | t.AID | t.HANDLE | t.TALKING
    units = clause.said
    if not clause.whole & t.STUCK:
        return NOTHING
    unknown = sum(not unit & light for unit in units)
    if any(u & (t.OTHER | t.PAST | t.REPORTED) for u in units) or unknown > clause.alone:
        return NOTHING
    return Verdict(0.55, "stuck")


def _vexed(clause: Clause) -> Verdict:
    """As in "This is really frustrating", when it is all that the customer says."""
    light = t.LIGHT | t.VEXED | t.ENOUGH | t.ME
    if clause.only and all(unit & light for unit in clause.said):
        return Verdict(0.5, "vexed")
    return NOTHING


def _talk_to_person(clause: Clause) -> Verdict:
    """As in "Speak to a person", in either order of verb and person."""
    units, best = clause.units, NOTHING
    wished = any(unit & t.WISHING for unit in units)
    for at, unit in enumerate(units):
        if not unit & (t.TALK if not wished else t.TALK | t.TALKING):
            continue
        person = person_after(units, at, unknown=_UNKNOWN_BETWEEN)
        if not person and (clause.verb_final or not units[at - 1] & t.PEOPLE):
            reach = _VERB_FINAL_BACKWARD if clause.verb_final and wished else BACKWARD
            unknown = _UNKNOWN_TOPIC if clause.verb_final and wished else 1
            person = person_before(units, at, reach=reach, unknown=unknown)
        if not person:
            continue
        score = 0.95 if wished else 0.85 if person & (t.PERSON | t.REAL) else 0.75
        if score > best.score:
            best = Verdict(score, "request+person" if wished else "talk+person")
    return best


def _whom_to_call(clause: Clause) -> Verdict:
    """As in "Who can I ring about this?"."""
    units = clause.units
    if clause.whole & t.IDENTITY:
        return NOTHING
    light = t.LIGHT | t.CAN | t.WANT | t.ME | t.WHO | t.WITH | t.ABOUT
    for at, unit in enumerate(units):
        if not unit & t.WHO:
            continue
        asked = unit & t.CAN
        asked |= clause.whole & t.NO_NEED
        unknown = _UNKNOWN_BETWEEN
        for near in units[at + 1 : at + 1 + FORWARD]:
            if near & t.TALK and (asked or clause.whole & t.WISHING):
                return Verdict(0.7, "whom-to-call")
            asked |= near & t.WISHING
            unknown -= not near & light
            if unknown < 0 or near & t.OTHER:
                break
    return NOTHING


def _handled_by_person(clause: Clause) -> Verdict:
    """As in "Could a colleague of yours look at it?", "I want somebody to take this over"."""
    units, whole = clause.units, clause.whole
    wishing = t.WISHING | t.IS_THERE
    if not whole & (t.HANDLE | t.AID) or not whole & wishing or whole & t.IDENTITY:
        return NOTHING
    best = NOTHING
    for at, unit in enumerate(units):
        if not unit & t.PEOPLE or unit & t.OTHER:
            continue
        if not any(u & wishing for u in units[: at + 3]) and not clause.verb_final:
            continue
        before = units[max(0, at - (_INVERTED if unit & t.PERSON else 2)) : at]
        if any(u & t.HANDLE for u in before):
            best = max(best, Verdict(0.6, "handled-by-person"))
        wanted = any(u & t.WANT for u in units[max(0, at - 2) : at])
        asked = t.HANDLE | (t.AID if wanted or unit & (t.PERSON | t.SERVICE) else 0)
        reach = _VERB_FINAL_BACKWARD if clause.verb_final else _DOER_REACH
        for there in range(at + 1, min(at + 1 + reach, len(units))):
            near = units[there]
            if near & t.BOOKING or (near & t.OTHER and not clause.said[there] & t.OTHER):
                break
            if near & asked:
                score = 0.7 if unit & t.PERSON else 0.55
                best = max(best, Verdict(score, "handled-by-person"))
    return best


def _with_person(clause: Clause) -> Verdict:
    """As in "I'd rather go through this with a person", whatever the verb."""
    units = clause.units
    if clause.whole & t.IDENTITY or not clause.whole & (t.WANT | t.CAN):
        return NOTHING
    for at, unit in enumerate(units):
        if not unit & t.WITH or not any(u & (t.WANT | t.CAN) for u in units[:at]):
            continue
        person, real, rest = wished(units[at + (not unit & t.PERSON) :])
        if not person and units[at + 1 : at + 3] and not units[at + 1] & t.OTHER:
            person, real, rest = wished(units[at + 2 :])
        if not person and at and units[at - 1] & t.PERSON:
            person = t.PERSON
        if person & t.PERSON and not (rest and rest[0] & t.OTHER):
            wanted = any(u & t.WANT for u in units[:at])
            known = not rest or rest[0]
            return Verdict(0.6 if (wanted and known) or real else 0.5, "with-person")
    return NOTHING


def _explain_to_person(clause: Clause) -> Verdict:
    """As in "I'd rather explain this to someone"; "can someone explain this" is none."""
    units, whole = clause.units, clause.whole
    if whole & t.IDENTITY or not whole & (t.WANT | t.CAN):
        return NOTHING
    for at, unit in enumerate(units):
        if not unit & t.EXPLAIN:
            continue
        person = person_after(units, at, unknown=_UNKNOWN_BETWEEN)
        if not person and clause.verb_final and not any(u & t.ME for u in units[:at]):
            person = person_before(units, at)
        with_one = whole & t.WITH and not whole & t.AID
        if person and (whole & t.WANT or person & t.PERSON or with_one):
            return Verdict(0.65 if whole & t.WANT else 0.55, "explain-to-person")
    return NOTHING


def _connect_to_person(clause: Clause) -> Verdict:
    """As in "Connect me to an adviser"; "transfer money to someone" is none."""
    units, whole = clause.units, clause.whole
    if whole & t.IDENTITY and not whole & t.WISHING:
        return NOTHING
    for at, unit in enumerate(units):
        if not unit & t.CONNECT:
            continue
        person = person_after(units, at, unknown=0)
        if not person:
            person = person_after(units, at, unknown=1) & (t.PERSON | t.SERVICE)
        if not person and clause.verb_final:
            reach, unknown = _VERB_FINAL_BACKWARD, _UNKNOWN_TOPIC
            person = person_before(units, at, reach=reach, unknown=unknown) & t.PERSON
        if not person:
            person = person_before(units, at)
            if not whole & t.WISHING:
                person &= ~t.SOMEONE
        if person & (t.PERSON | t.SERVICE):
            return Verdict(0.9, "connect+person")
        if person:
            return Verdict(0.6, "connect+someone")
    return NOTHING


def _wants_person(clause: Clause) -> Verdict:
    """As in "I need a human", "give me your manager", and the other way round."""
    units, best = clause.units, NOTHING
    if clause.whole & t.IDENTITY:
        return NOTHING
    real_ones = pairwise(units)
    if clause.whole & t.CAN and any(u & t.REAL and v & t.PERSON for u, v in real_ones):
        best = Verdict(0.55, "real-person")
    for at, unit in enumerate(units):
        if not unit & t.WISHING:
            continue
        person, real, rest = wished(units[at + 1 : at + 1 + FORWARD])
        if not person and clause.verb_final:
            person, real, rest = wished(units[max(0, at - 3) : at])
            rest = []
        if not person:
            continue
        ends = all(u & (t.LIGHT | t.ABOUT | t.TALK | t.PLEASE) for u in rest)
        if person & t.PERSON or real:
            goes_on = t.REL | t.WITH | t.TALK | t.ABOUT | t.AID if person & t.HEAD else -1
            near = ends or (unit & t.WANT and bool(rest[0] & goes_on))
            if person & t.HEAD and not near and not real:
                continue
            doubtful = 0.6 if unit & t.WANT or real else 0.4 if clause.whole & t.BOOKING else 0.5
            verdict = Verdict(0.85 if near else doubtful, "want+person")
        elif unit & (t.WANT | t.PLEASE):
            goes_on = unit & t.WANT and bool(rest) and rest[0] & t.REL
            verdict = Verdict(0.65 if ends or goes_on else 0.5, "want+someone")
        else:
            continue
        if verdict.score > best.score:
            best = verdict
    return best


def _only_person(clause: Clause) -> Verdict:
    """A clause of nothing but "agent", "a real person please"."""
    units, whole = clause.said, clause.whole
    light = t.LIGHT | t.PEOPLE | t.WISHING | t.TALK | t.CONNECT | t.TALKING | t.ME | t.WITH
    if whole & (t.IDENTITY | t.BOT) and not whole & t.NOT:
        return NOTHING
    if len(units) > _MAX_BARE_UNITS or not all(unit & light for unit in clause.units):
        return NOTHING
    if not clause.alone and not whole & (t.PLEASE | t.REAL):
        return NOTHING
    living = 0
    for unit in clause.units:
        living |= unit
    if living & t.PERSON:
        return Verdict(0.9, "person")
    if living & t.SERVICE or (living & t.SOMEONE and whole & (t.REAL | t.IS_THERE)):
        return Verdict(0.7, "service" if living & t.SERVICE else "someone")
    return NOTHING


def _anybody_there(clause: Clause) -> Verdict:
    """As in "Is there a human here?", "anyone real there?"."""
    units = clause.units
    if clause.whole & (t.IDENTITY | t.BOT):
        return NOTHING
    for at, unit in enumerate(units):
        if unit & t.IS_THERE:
            person, real, rest = wished(
                [
                    t.SOMEONE if u & t.NOBODY else u
                    for u in units[at + (not unit & t.SOMEONE) :]
                    if not u & t.NOT or u & t.NOBODY
                ]
            )
            if person & (t.PERSON | t.SERVICE) or (person and real):
                return Verdict(0.75, "is-there+person")
            helps = any(u & (t.AID | t.HANDLE | t.TALK | t.EXPLAIN) for u in rest[:_DOER_REACH])
            light = all(u & t.LIGHT for u in rest) or (helps and not clause.whole & t.OTHER)
            if person and light:
                return Verdict(0.65, "is-there+someone")
    return NOTHING


def _wants_call(clause: Clause) -> Verdict:
    """As in "Can I book a call?", "einen Telefontermin vereinbaren"."""
    units, whole = clause.units, clause.whole
    if not whole & t.CALL or not whole & (t.WANT | t.ARRANGE):
        return NOTHING
    light = t.LIGHT | t.WISHING | t.ME | t.WITH | t.ARRANGE
    for at, unit in enumerate(units):
        if not unit & t.CALL:
            continue
        arranged = False
        for near in reversed(units[max(0, at - FORWARD) : at]):
            if near & t.WANT or arranged:
                return Verdict(0.6, "wants-call")
            arranged = bool(near & t.ARRANGE)
            if not near & light:
                break
        if arranged or any(u & t.ARRANGE for u in units[at + 1 :]):
            return Verdict(0.6, "wants-call")
    return NOTHING


def _role_wished(clause: Clause) -> Verdict:
    """As in "let an officer of the bank contact me": a role, a wish, and little else unknown."""
    whole = clause.whole
    apart = t.IDENTITY | t.OTHER | t.NUMBER | t.BOOKING | t.PAST | t.REPORTED | t.BECOME | t.NO_NEED
    if whole & (apart | t.NOT | t.BOT | t.TALE) or not whole & (t.WANT | t.CAN):
        return NOTHING
    unknown = sum(not unit for unit in clause.units)
    role = any(unit & t.PERSON and not unit & t.HEAD for unit in clause.units)
    if role and unknown <= (_UNKNOWN_BESIDE_ROLE if whole & t.WANT else 0):
        return Verdict(0.5, "role-wished")
    return NOTHING


def _her_again(clause: Clause) -> Verdict:
    """As in "Can I get her again?": a person named before."""
    asked = named = False
    for unit in clause.units:
        asked = asked or bool(unit & (t.WANT | t.CAN))
        named = named or bool(unit & t.HER and asked)
        if named and unit & t.AGAIN:
            return Verdict(0.7, "person-again")
    return NOTHING


RULES: Final[tuple[tuple[int, Callable[[Clause], Verdict]], ...]] = (
    (t.CALLBACK | t.CALL_ME | t.CONNECT_ME, _whole_wish),
    (t.STUCK, _gives_up),
    (t.VEXED, _vexed),
    (t.TALK | t.TALKING, _talk_to_person),
    (t.CONNECT, _connect_to_person),
    (t.WISHING, _wants_person),
    (t.PEOPLE | t.REAL, _only_person),
    (t.PERSON, _role_wished),
    (t.IS_THERE, _anybody_there),
    (t.HER, _her_again),
    (t.WHO, _whom_to_call),
    (t.PEOPLE, _handled_by_person),
    (t.PERSON, _with_person),
    (t.EXPLAIN, _explain_to_person),
    (t.ME, _connect_me),
    (t.ALONE, _just_connect),
    (t.CALL, _wants_call),
)
"""Each rule with the classes of which its clause must have one."""
