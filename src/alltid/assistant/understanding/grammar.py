"""Whether the words of one language, clause by clause, wish for a human.

A clause is judged by itself, so that a negation or a past in one clause does not swallow a
wish in another; the message's score is that of its strongest clause. Scores are steps of
belief, with 0.5 as the line: missing a wish costs the customer far more than a false alarm
costs the company, so doubtful wishes lie just above it.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from alltid.assistant.understanding import tags as t
from alltid.assistant.understanding.lexicon import Lexicon
from alltid.assistant.understanding.text import BREAKS

_FORWARD: Final = 7
"""How many words after a talking or wishing word its person may stand."""
_BACKWARD: Final = 5
_UNKNOWN_BETWEEN: Final = 2
_NEGATION_REACH: Final = 2
_REVIVAL: Final = 3
"""A wishing word this far after a negated one starts a wish of its own."""
_MAX_BARE_UNITS: Final = 8
_FEW_CLAUSES: Final = 2
"""In a message this short a clause of nothing but a person is a wish."""

Units = list[int]


class Verdict(NamedTuple):
    """A score from 0 to 1 and the rule it came from."""

    score: float
    rule: str


NOTHING: Final = Verdict(0.0, "none")


def judge(words: list[str], lexicon: Lexicon) -> Verdict:
    """The strongest wish among the clauses of *words* (tokens and clause breaks)."""
    clauses = list(_clauses(_units(words, lexicon)))
    best = NOTHING
    seen_bot = False
    for clause in clauses:
        verdict = _judge_clause(clause, lexicon, alone=len(clauses) <= _FEW_CLAUSES or seen_bot)
        if verdict.score > best.score:
            best = verdict
        seen_bot = seen_bot or any(unit & t.BOT for unit in clause)
    return best


def _units(words: list[str], lexicon: Lexicon) -> Iterator[int]:
    """The classes of each word or phrase; -1 for a clause break."""
    known = [_in_language(word, lexicon) if "|" in word else word for word in words]
    at = 0
    while at < len(known):
        word = known[at]
        if word in BREAKS:
            yield -1
            at += 1
            continue
        seconds = lexicon.phrases.get(word)
        endings = seconds.get(known[at + 1]) if seconds and at + 1 < len(known) else None
        for rest, tag in endings.items() if endings else ():
            if not rest or tuple(known[at + 2 : at + 2 + len(rest)]) == rest:
                yield tag
                at += 2 + len(rest)
                break
        else:
            yield lexicon.tag_of(word) or 0
            at += 1


def _in_language(word: str, lexicon: Lexicon) -> str:
    """Of the alternatives that spelling repair left, the first that this language knows."""
    alternatives = word.split("|")
    return next((w for w in alternatives if lexicon.tag_of(w) is not None), alternatives[0])


def _clauses(units: Iterator[int]) -> Iterator[Units]:
    """Cuts at breaks, before "but", and before an "and" that a wishing word follows."""
    clause: Units = []
    pending = list(units)
    for at, unit in enumerate(pending):
        starts_anew = unit > 0 and (
            unit & t.BUT
            or (unit & t.AND and any(u > 0 and u & t.WISHING for u in pending[at + 1 : at + 4]))
        )
        if unit == -1 or starts_anew:
            if clause:
                yield clause
            clause = []
        if unit != -1 and not starts_anew:
            clause.append(unit)
    if clause:
        yield clause


def _judge_clause(units: Units, lexicon: Lexicon, *, alone: bool) -> Verdict:
    """The strongest rule that holds for one clause."""
    whole = 0
    for unit in units:
        whole |= unit
    if not whole & t.TRIGGERS:
        return NOTHING
    if whole & t.BOT and not whole & t.IDENTITY:
        verdict = _refuses_bot(units, whole, alone=alone)
        if verdict.score:
            return verdict
    living = _living(units)
    candidates = (
        _whole_wish(living, whole),
        _gives_up(living, whole, alone=alone),
        _talk_to_person(living, lexicon),
        _connect_to_person(living, whole),
        _wants_person(living, whole, lexicon),
        _only_person(living, units, whole, alone=alone),
        _anybody_there(living, whole),
        _her_again(living),
    )
    return max(candidates, key=lambda verdict: verdict.score)


def _living(units: Units) -> Units:
    """*units* with those that a negation, a report or a past takes back turned into OTHER."""
    living: Units = []
    dead_since = -1
    revivable = False
    has_can = False
    for at, unit in enumerate(units):
        has_can = has_can or bool(unit & t.CAN)
        if dead_since >= 0:
            own_wish = unit & (t.WANT | t.CAN) and not _negated(units, at, has_can=False)
            if own_wish and (revivable or at - dead_since >= _REVIVAL):
                dead_since = -1
        if dead_since < 0:
            if unit & (t.NO_NEED | t.BECOME) or _negated(units, at, has_can=has_can):
                dead_since, revivable = at, False
            elif unit & (t.REPORTED | t.PAST):
                dead_since, revivable = at, True
        living.append(unit if dead_since < 0 else t.OTHER)
    return living


def _negated(units: Units, at: int, *, has_can: bool) -> bool:
    """Whether the wishing word at *at* is denied by a negation close to it."""
    unit = units[at]
    if unit & t.WANT and not unit & t.CAN:
        return _not_before(units, at) or _not_after(units, at)
    if unit & (t.CONNECT | t.CONNECT_ME | t.CALLBACK | t.CALL_ME):
        if _not_after(units, at):
            return True
        return not has_can and _not_before(units, at)
    if unit & t.TALK and not has_can:
        return _not_before(units, at)
    if unit & t.NOBODY and not unit & t.PEOPLE:
        return not has_can
    return bool(unit & t.NOT) and at + 1 < len(units) and bool(units[at + 1] & t.PERSON)


def _not_before(units: Units, at: int) -> bool:
    for back in range(1, _NEGATION_REACH + 1):
        if at - back < 0:
            return False
        unit = units[at - back]
        if unit & t.NOT:
            return True
        if unit & (t.WISHING | t.PEOPLE):
            return False
    return False


def _not_after(units: Units, at: int) -> bool:
    following = units[at + 1 : at + 1 + _NEGATION_REACH]
    for unit in following:
        if unit & t.NOT:
            return True
        if not unit & t.FILLER:
            return False
    return False


def _refuses_bot(units: Units, whole: int, *, alone: bool) -> Verdict:
    """As in "Not a bot", "done with this robot", "I don't want to talk to a machine"."""
    if whole & t.ENOUGH:
        return Verdict(0.8, "enough+bot")
    for at, unit in enumerate(units):
        if not unit & (t.NOT | t.NO_NEED):
            continue
        between = _until_bot(units[at + 1 : at + 1 + _FORWARD])
        wished = 0
        for near in (unit, *units[max(0, at - 2) : at], *between):
            wished |= near
        if between and wished & (t.WANT | t.TALK | t.TALKING | t.NO_NEED):
            return Verdict(0.85, "not+bot")
        light = t.LIGHT | t.BOT | t.NOT | t.PEOPLE
        if between and alone and all(u & light for u in units):
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


def _whole_wish(units: Units, whole: int) -> Verdict:
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
        if unit & t.CONNECT_ME and following:
            return Verdict(0.85, "transfer")
    return NOTHING


def _gives_up(units: Units, whole: int, *, alone: bool) -> Verdict:
    """As in "This is going nowhere", with nothing else said that it could be about."""
    light = t.LIGHT | t.STUCK | t.ENOUGH | t.BUT | t.CAN
    if whole & t.STUCK and alone and all(unit & light for unit in units):
        return Verdict(0.55, "stuck")
    return NOTHING


def _talk_to_person(units: Units, lexicon: Lexicon) -> Verdict:
    """As in "Speak to a person", in either order of verb and person."""
    best = NOTHING
    wished = any(unit & t.WISHING for unit in units)
    for at, unit in enumerate(units):
        if not unit & (t.TALK if not wished else t.TALK | t.TALKING):
            continue
        person = _person_after(units, at, unknown=_UNKNOWN_BETWEEN)
        if not person and ("verb_final" in lexicon.options or not units[at - 1] & t.PEOPLE):
            person = _person_before(units, at)
        if not person:
            continue
        score = 0.95 if wished else 0.85 if person & (t.PERSON | t.REAL) else 0.75
        if score > best.score:
            best = Verdict(score, "request+person" if wished else "talk+person")
    return best


def _person_after(units: Units, at: int, *, unknown: int) -> int:
    """The classes of the person that follows the word at *at*, 0 without one."""
    return _first_person(units[at + 1 : at + 1 + _FORWARD], t.ABOUT | t.IDENTITY, unknown)


def _person_before(units: Units, at: int) -> int:
    return _first_person(units[max(0, at - _BACKWARD) : at][::-1], 0, unknown=1)


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


def _connect_to_person(units: Units, whole: int) -> Verdict:
    """As in "Connect me to an adviser"; "transfer money to someone" is none."""
    if whole & t.IDENTITY and not whole & t.WISHING:
        return NOTHING
    for at, unit in enumerate(units):
        if not unit & t.CONNECT:
            continue
        person = _person_after(units, at, unknown=0)
        if not person:
            person = _person_before(units, at)
            if not whole & t.WISHING:
                person &= ~t.SOMEONE
        if person & (t.PERSON | t.SERVICE):
            return Verdict(0.9, "connect+person")
        if person:
            return Verdict(0.6, "connect+someone")
    return NOTHING


def _wants_person(units: Units, whole: int, lexicon: Lexicon) -> Verdict:
    """As in "I need a human", "give me your manager", and the other way round."""
    if whole & t.IDENTITY:
        return NOTHING
    best = NOTHING
    for at, unit in enumerate(units):
        if not unit & t.WISHING:
            continue
        person, real, rest = _wished(units[at + 1 : at + 1 + _FORWARD])
        if not person and "verb_final" in lexicon.options:
            person, real, rest = _wished(units[max(0, at - 3) : at])
            rest = []
        if not person:
            continue
        ends = all(u & (t.LIGHT | t.ABOUT | t.TALK) for u in rest)
        if person & t.PERSON or real:
            near = ends or (unit & t.WANT and bool(rest[0]))
            doubtful = 0.6 if unit & t.WANT else 0.4
            verdict = Verdict(0.85 if near else doubtful, "want+person")
        elif unit & (t.WANT | t.PLEASE):
            verdict = Verdict(0.65 if ends else 0.4, "want+someone")
        else:
            continue
        if verdict.score > best.score:
            best = verdict
    return best


def _wished(units: Units) -> tuple[int, bool, Units]:
    """The person that only light words part from a wishing word, its being real, the rest."""
    real = False
    for at, unit in enumerate(units):
        real = real or bool(unit & t.REAL)
        if unit & t.PEOPLE:
            rest = units[at + 1 :]
            real = real or bool(rest and rest[0] & t.REAL)
            return unit & t.PEOPLE, real, rest
        if not unit & (t.LIGHT | t.WISHING):
            break
    return 0, False, []


def _only_person(living: Units, units: Units, whole: int, *, alone: bool) -> Verdict:
    """A clause of nothing but "agent", "a real person please"."""
    light = t.LIGHT | t.PEOPLE | t.WISHING | t.TALK | t.CONNECT | t.TALKING
    if whole & (t.IDENTITY | t.BOT) and not whole & t.NOT:
        return NOTHING
    if len(units) > _MAX_BARE_UNITS or not all(unit & light for unit in living):
        return NOTHING
    if not alone and not whole & (t.PLEASE | t.REAL):
        return NOTHING
    if whole & t.PERSON:
        return Verdict(0.9, "person")
    if whole & t.SERVICE or (whole & t.SOMEONE and whole & (t.REAL | t.IS_THERE)):
        return Verdict(0.7, "service" if whole & t.SERVICE else "someone")
    return NOTHING


def _anybody_there(units: Units, whole: int) -> Verdict:
    """As in "Is there a human here?", "anyone real there?"."""
    if whole & (t.IDENTITY | t.BOT):
        return NOTHING
    for at, unit in enumerate(units):
        if unit & t.IS_THERE:
            person, real, rest = _wished(
                [u for u in units[at + (not unit & t.SOMEONE) :] if not u & t.NOT]
            )
            if person & (t.PERSON | t.SERVICE) or (person and real):
                return Verdict(0.75, "is-there+person")
            if person and all(u & t.LIGHT for u in rest):
                return Verdict(0.65, "is-there+someone")
    return NOTHING


def _her_again(units: Units) -> Verdict:
    """As in "Can I get her again?": a person named before."""
    wished = named = False
    for unit in units:
        wished = wished or bool(unit & (t.WANT | t.CAN))
        named = named or bool(unit & t.HER and wished)
        if named and unit & t.AGAIN:
            return Verdict(0.7, "person-again")
    return NOTHING
