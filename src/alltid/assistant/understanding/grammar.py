"""Whether the words of one language, clause by clause, wish for a human.

A clause is judged by itself, so that a negation or a past in one clause does not swallow a
wish in another; the message's score is that of its strongest clause. Scores are steps of
belief, with 0.5 as the line: missing a wish costs the customer far more than a false alarm
costs the company, so doubtful wishes lie just above it.
"""

from collections.abc import Iterator
from typing import Final

from alltid.assistant.understanding import tags as t
from alltid.assistant.understanding.clause import NOTHING, Clause, Units, Verdict
from alltid.assistant.understanding.lexicon import Lexicon
from alltid.assistant.understanding.refusal import refuses_bot
from alltid.assistant.understanding.rules import RULES
from alltid.assistant.understanding.text import BREAKS

_BREAK: Final = -1
_COMMA: Final = -2
_SHORT: Final = 2
"""Unknown words of so few letters carry nothing."""
_SHORT_WISH: Final = 5
_NEGATION_REACH: Final = 2
_REVIVAL: Final = 3
"""A wishing word this far after a negated one starts a wish of its own."""
_FEW_CLAUSES: Final = 2
"""In a message this short a clause of nothing but a person is a wish."""


def judge(words: list[str], lexicon: Lexicon) -> Verdict:
    """The strongest wish among the clauses of *words* (tokens and clause breaks)."""
    clauses = list(_clauses(_units(words, lexicon)))
    best = NOTHING
    before = 0
    for clause in clauses:
        alone = len(clauses) <= _FEW_CLAUSES or bool(before & t.BOT)
        if not _goes_on_asking(clause, before):
            verdict = _judge_clause(clause, lexicon, alone=alone, only=len(clauses) == 1)
            if verdict.score > best.score:
                best = verdict
        for unit in clause:
            before |= unit
    return best


def _goes_on_asking(clause: Units, before: int) -> bool:
    """Whether *clause* is the rest of a question of identity: "are you a machine, or a human"."""
    asks = before & t.IDENTITY and before & (t.BOT | t.REAL | t.PERSON)
    either = any(unit & t.AND for unit in clause)
    wishes = any(unit & (t.WISHING | t.TALK | t.CONNECT) for unit in clause)
    return bool(asks) and either and not wishes


def _units(words: list[str], lexicon: Lexicon) -> Iterator[int]:
    """The classes of each word or phrase; _BREAK or _COMMA between clauses."""
    known = [_in_language(word, lexicon) if "|" in word else word for word in words]
    at = 0
    while at < len(known):
        word = known[at]
        if word in BREAKS:
            yield _COMMA if word == "," else _BREAK
            at += 1
            continue
        tag = length = 0
        if word in lexicon.phrases or word in lexicon.stem_phrases:
            tag, length = _phrase(known, at, lexicon)
        if not length:
            tag, length = _tag(word, lexicon), 1
        yield tag
        at += length


def _phrase(known: list[str], at: int, lexicon: Lexicon) -> tuple[int, int]:
    """The classes and length of the phrase that begins at *at*; a length of 0 without one."""
    word = known[at]
    seconds = lexicon.phrases.get(word)
    endings = seconds.get(known[at + 1]) if seconds and at + 1 < len(known) else None
    for rest, tag in endings.items() if endings else ():
        if not rest or tuple(known[at + 2 : at + 2 + len(rest)]) == rest:
            return tag, 2 + len(rest)
    for rest, tag in lexicon.stem_phrases.get(word, ()):
        said = known[at + 1 : at + 1 + len(rest)]
        if (
            len(said) == len(rest)
            and said[-1].startswith(rest[-1])
            and tuple(said[:-1]) == rest[:-1]
        ):
            return tag, 1 + len(rest)
    return 0, 0


def _tag(word: str, lexicon: Lexicon) -> int:
    """The classes of one word; what is short and unknown is filler, an amount is a thing."""
    tag = lexicon.tag_of(word)
    if tag is not None:
        return tag
    if len(word) <= _SHORT:
        return t.FILLER
    return t.OTHER if word.isdigit() else 0


def _in_language(word: str, lexicon: Lexicon) -> str:
    """Of the alternatives that spelling repair left, the first that this language knows."""
    alternatives = word.split("|")
    return next((w for w in alternatives if lexicon.tag_of(w) is not None), alternatives[0])


def _clauses(units: Iterator[int]) -> Iterator[Units]:
    """Cuts at breaks, before "but", and before an "and" that a wishing word follows.

    A comma does not cut right after a wish: "I want, please, ...", "chcę, żeby ...".
    """
    clause: Units = []
    pending = list(units)
    for at, unit in enumerate(pending):
        starts_anew = unit > 0 and (
            unit & t.BUT
            or (unit & t.AND and any(u > 0 and u & t.WISHING for u in pending[at + 1 : at + 4]))
        )
        if unit == _COMMA and _only_wishes(clause):
            continue
        if unit < 0 or starts_anew:
            if clause:
                yield clause
            clause = []
        if unit >= 0 and not starts_anew:
            clause.append(unit)
    if clause:
        yield clause


def _only_wishes(clause: Units) -> bool:
    wishes = any(unit & t.WANT for unit in clause)
    taken_back = t.PEOPLE | t.NOT | t.NO_NEED | t.PAST | t.REPORTED | t.TALK
    return wishes and len(clause) <= _SHORT_WISH and not any(u & taken_back for u in clause)


def _judge_clause(said: Units, lexicon: Lexicon, *, alone: bool, only: bool) -> Verdict:
    """The strongest rule that holds for one clause."""
    whole = 0
    for unit in said:
        whole |= unit
    if not whole & t.TRIGGERS:
        return NOTHING
    if whole & t.IDENTITY:
        said, whole = _asked_how(said, whole)
    if whole & t.TALE and not whole & t.WISHING:
        return NOTHING
    if whole & t.FROM:
        said = _without_places(said)
    if whole & t.HEAD:
        said = _without_counted(said, whole)
    clause = Clause(_living(said), said, whole, alone, only, "verb_final" in lexicon.options)
    if whole & t.BOT and not whole & t.IDENTITY:
        verdict = refuses_bot(clause)
        if verdict.score or (whole & t.AND and not whole & t.WANT):
            return verdict
    best = NOTHING
    for needed, rule in RULES:
        if whole & needed:
            verdict = rule(clause)
            if verdict.score > best.score:
                best = verdict
    return best


def _asked_how(units: Units, whole: int) -> tuple[Units, int]:
    """As in "How do I talk to": talking that one can or wants is no question of identity."""
    found = list(units)
    for at, unit in enumerate(units):
        before = units[at - 1] & (t.CAN | t.WANT) if at else 0
        after = units[at + 1] & t.WANT if at + 1 < len(units) else 0
        if unit & t.IDENTITY and (before or after):
            found[at] = t.TALK
            whole = (whole & ~t.IDENTITY) | t.TALK
    return found, whole


def _without_places(units: Units) -> Units:
    """*units* with services that are only a place ("from reception") turned into OTHER."""
    found = list(units)
    for at, unit in enumerate(units):
        before = units[max(0, at - 2) : at]
        person = at > 1 and any(u & t.PEOPLE for u in units[max(0, at - 4) : at])
        if unit & t.SERVICE and not person and any(u & t.FROM for u in before):
            found[at] = t.OTHER
    return found


def _without_counted(units: Units, whole: int) -> Units:
    """*units* with the heads that a number or a booking counts turned into OTHER."""
    asked = whole & (t.TALK | t.TALKING | t.CONNECT | t.REAL)
    found: Units = []
    counted = False
    for at, unit in enumerate(units):
        counted = counted or bool(unit & t.BOOKING and not asked)
        number = at > 0 and bool(units[at - 1] & t.NUMBER)
        found.append(t.OTHER if unit & t.HEAD and (counted or number) else unit)
    return found


def _living(units: Units) -> Units:
    """*units* with those that a negation, a report or a past takes back turned into OTHER."""
    living: Units = []
    dead_since = -1
    revivable = False
    has_can = False
    for at, unit in enumerate(units):
        has_can = has_can or bool(unit & (t.CAN | t.IS_THERE))
        if dead_since >= 0:
            own_wish = unit & (t.WANT | t.CAN) and not _negated(units, at, has_can=False)
            if own_wish and (revivable or at - dead_since >= _REVIVAL):
                dead_since = -1
        if dead_since < 0:
            # "Who do I have to call", and "so I must": only the bare question doubts the need.
            asked = at > 0 and (units[at - 1] & t.WHO or unit & t.WANT)
            if (unit & (t.NO_NEED | t.BECOME) and not asked) or _negated(
                units, at, has_can=has_can
            ):
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
    following = units[at + 1] if at + 1 < len(units) else 0
    return bool(unit & t.NOT and following & t.PERSON) and not has_can


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
