"""Promises P7 and P9: every öre of a statement opens to its evidence, and the floor holds."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alltid.kernel.refusal import Refused
from alltid.pay.booking import (
    accounts_of,
    correction_of,
    entry_of,
    owed_account,
    recomputed,
)
from alltid.pay.ledger import Books, Kind, Post, Reverse, Transfer, decide, record
from alltid.pay.rate_card import Night, Terms, Unit, terms_of
from alltid.pay.session_facts import (
    Adjustment,
    Extra,
    ExtraPay,
    SessionFacts,
    session_from,
    session_record,
    stopped_at,
    whole,
)
from alltid.pay.statement import (
    Basis,
    LineKind,
    Span,
    corrected,
    preview,
    span_of,
    statement_of,
    statement_record,
    totals,
)
from tests.pay.sessions import START, card, chat, online, session, sessions, terms

TERMS = Terms(card())
QUICK = settings(max_examples=40, deadline=None)


@QUICK
@given(sessions(), terms())
def test_lines_add_up_to_the_total_and_pay_holds_the_floor(facts: SessionFacts, by: Terms) -> None:
    statement = statement_of(facts, by)
    assert sum(line.exact for line in statement.lines) == statement.total_minor
    assert statement.pay_minor >= statement.floor_minor
    known = {stretch.evidence for stretch in facts.stretches}
    known |= {work.evidence for work in facts.engagements}
    known |= {adjustment.evidence for adjustment in facts.adjustments}
    known |= {extra.evidence for extra in facts.extras}
    for line in statement.lines:
        assert line.formula
        assert set(line.evidence) <= known
        assert line.evidence or line.kind in (LineKind.ROUNDING, LineKind.TOP_UP)


@QUICK
@given(sessions(), terms())
def test_the_formula_of_the_top_up_can_be_computed_by_anyone(
    facts: SessionFacts, by: Terms
) -> None:
    statement = statement_of(facts, by)
    (line,) = [line for line in statement.lines if line.kind is LineKind.TOP_UP]
    first, second = line.formula.split(" = ")
    numbers = re.fullmatch(r"max\(0, ceil\(\((.*)\) / 3600\) - (-?\d+)\)", first)
    assert numbers is not None
    exact = sum(
        (
            Fraction(rate) * Fraction(seconds)
            for rate, seconds in re.findall(r"(\d+) \* ([\d.]+) s", numbers[1])
        ),
        Fraction(),
    )
    floor = -(-(exact / 3600).numerator // (exact / 3600).denominator)
    assert second == f"max(0, {floor} - {numbers[2]})"
    assert line.exact == max(0, floor - int(numbers[2])) == statement.top_up_minor


def test_a_statement_reads_as_it_was_worked() -> None:
    finnish = Terms(card(languages=(("fi", 1500),), night=Night(time(9), time(10), 2550)))
    facts = session(
        online(0, 60),
        ended=START + timedelta(minutes=60),
        engagements=(chat(0, 1 / 7, language="fi"),),
        extras=(ExtraPay(Extra.TIP, 500, "tip:1"),),
        adjustments=(Adjustment(-3, "wrong language", "dispute:9"),),
    )
    statement = statement_of(facts, finnish)
    assert [line.kind.value for line in statement.lines] == [
        *("earning", "rounding", "adjustment", "top_up", "extra"),
    ]
    earning, rounding, *_ = statement.lines
    assert earning.formula == "8.571429 s / 60 * 10.00 SEK/min + 15% language fi"
    assert rounding.formula.startswith("rounded up from 164 ")
    assert (statement.earned_minor, statement.adjusted_minor) == (165, -3)
    assert statement.top_up_minor == 40000 - 162
    assert (statement.pay_minor, statement.total_minor) == (40000, 40500)
    assert statement.booked_on == date(2026, 3, 2)
    assert statement.lines[3].card == "SE/SEK/1"


def test_a_conversation_and_an_empty_session_are_stated_too() -> None:
    by = Terms(card(unit=Unit.CONVERSATION))
    worked = statement_of(session(engagements=(chat(0, 5),)), by, Basis.SALARY)
    assert worked.lines[0].formula == "1 * 10.00 SEK/conversation"
    assert worked.basis is Basis.SALARY
    empty = statement_of(session(), by)
    assert (empty.total_minor, empty.lines[-1].card) == (0, None)
    assert empty.lines[-1].formula == "max(0, ceil((0) / 3600) - 0) = max(0, 0 - 0)"


def test_a_session_belongs_to_the_day_it_ended_by_the_markets_clocks() -> None:
    # Half past eleven at night in UTC is the next year already in Stockholm.
    end = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    late = statement_of(session(began=end - timedelta(hours=1), ended=end), TERMS)
    assert late.booked_on == date(2027, 1, 1)
    named = [span_of(late.booked_on, span) for span in Span]
    assert named == ["2027-01-01", "2026-W53", "2027-01", "2027"]


def test_what_if_i_stop_now_is_the_statement_there_would_be() -> None:
    facts = session(online(0, 30), ended=None)
    with pytest.raises(Refused):
        statement_of(facts, TERMS)
    now = START + timedelta(minutes=30)
    shown = preview(facts, [card()], "SE", "SEK", now)
    assert shown == statement_of(replace(facts, ended=now), TERMS)
    closed = replace(facts, ended=now)
    assert stopped_at(closed, now + timedelta(hours=1)) == closed


@QUICK
@given(st.lists(st.tuples(sessions(), st.sampled_from(["sara", "jonas"])), max_size=5), terms())
def test_over_days_weeks_and_months_pay_is_at_least_the_floor(
    worked: list[tuple[SessionFacts, str]], by: Terms
) -> None:
    statements = [statement_of(replace(facts, agent=agent), by) for facts, agent in worked]
    for span in Span:
        for by_agent in (False, True):
            found = totals(statements, span, by_agent=by_agent).values()
            assert all(each.floor_held for each in found)
            assert sum(each.total_minor for each in found) == sum(
                statement.total_minor for statement in statements
            )


def test_several_sessions_a_day_are_each_rounded_up_and_each_held_against_the_floor() -> None:
    # A third of an öre each, and one that earned far more than its floor: it fills no other's gap.
    by = Terms(card(floor_minor_per_hour=1, rate_minor=0))
    thirds = [statement_of(session(online(k * 60, k * 60 + 20), session=f"s{k}"), by)
              for k in range(3)]  # fmt: skip
    assert [each.total_minor for each in thirds] == [1, 1, 1]
    idle = statement_of(session(online(0, 60)), TERMS)
    busy = statement_of(
        session(online(120, 180), session="s2", engagements=(chat(120, 180),)), TERMS
    )
    assert (idle.top_up_minor, busy.top_up_minor) == (40000, 0)
    (day,) = totals([idle, busy], Span.DAY, by_agent=True).values()
    assert (day.total_minor, day.floor_minor) == (40000 + 60000, 80000)


@QUICK
@given(sessions(), terms())
def test_work_that_turns_out_not_to_have_been_leaves_the_floor_of_the_clock(
    facts: SessionFacts, by: Terms
) -> None:
    late = replace(facts, engagements=())
    after = corrected(statement_of(facts, by), late, by).after
    assert after.pay_minor >= after.floor_minor == statement_of(late, by).floor_minor


@QUICK
@given(sessions(), terms(), st.integers(-(10**9), 10**9))
def test_no_late_correction_takes_pay_below_the_floor(
    facts: SessionFacts, by: Terms, minor: int
) -> None:
    before = statement_of(facts, by)
    late = replace(facts, adjustments=(*facts.adjustments, Adjustment(minor, "late", "d1")))
    correction = corrected(before, late, by)
    assert correction.after.pay_minor >= correction.after.floor_minor == before.floor_minor
    assert before.total_minor + correction.difference_minor == correction.after.total_minor


def test_a_correction_is_of_the_same_session() -> None:
    before = statement_of(session(), TERMS)
    with pytest.raises(Refused) as refused:
        corrected(before, session(session="s2"), TERMS)
    assert refused.value.code == "another_session"


# ---------------------------------------------------------------- into the books and back


@QUICK
@given(sessions(), terms())
def test_a_booked_statement_is_recomputed_from_its_own_facts(
    facts: SessionFacts, by: Terms
) -> None:
    assert session_from(json.loads(json.dumps(session_record(facts)))) == facts
    cards = [by.frozen, *by.later]
    found = terms_of(cards, by.frozen.market, by.frozen.currency, whole(facts))
    statement = statement_of(facts, found)
    entry = entry_of(statement, facts)
    if entry is not None:
        assert recomputed(_booked(entry), cards) == []


def _booked(entry: Post) -> Transfer:
    return Transfer(entry.key, Kind.POSTED, entry.booked_on, entry.lines, evidence=entry.evidence)


def test_a_wrong_statement_in_the_books_is_named() -> None:
    facts = session(online(0, 60), engagements=(chat(0, 20),))
    statement = statement_of(facts, TERMS)
    entry = entry_of(statement, facts)
    assert entry is not None
    good = _booked(entry)
    assert recomputed(good, [card()]) == []
    assert recomputed(replace(good, evidence={}), [card()]) == []
    record_of = dict(entry.evidence["statement"], top_up_minor=1)
    bad = replace(good, evidence={**entry.evidence, "statement": record_of}, lines=good.lines[:1])
    assert [each.field for each in recomputed(bad, [card()])] == ["statement.top_up_minor", "lines"]
    dearer = card(floor_minor_per_hour=50000)
    fields = {each.field for each in recomputed(good, [dearer])}
    assert {"statement.floor_minor", "statement.top_up_minor", "lines"} <= fields
    assert [each.field for each in recomputed(good, [])] == ["evidence"]
    assert statement_record(statement)["floor_minor"] == 40000


def test_a_correction_books_the_new_entry_and_reverses_the_old() -> None:
    facts = session(online(0, 60))
    statement = statement_of(facts, TERMS)
    entry = entry_of(statement, facts)
    assert entry is not None
    books = Books(accounts={a.code: a for a in accounts_of("SE", "SEK", "sara")})
    original = decide(books, entry)
    assert original is not None
    record(books, original)
    late = replace(facts, engagements=(chat(0, 50),))
    new, reversal = correction_of(
        corrected(statement, late, TERMS), late, original, booked_on=date(2026, 4, 1)
    )
    assert isinstance(new, Post)
    assert isinstance(reversal, Reverse)
    assert (new.key, new.booked_on) == ("session/s1/2", date(2026, 4, 1))
    for command in (new, reversal):
        transfer = decide(books, command)
        assert transfer is not None
        record(books, transfer)
    assert books.balances[owed_account("sara", "SEK")].posted == -50000
    nothing = corrected(statement, session(), TERMS)
    with pytest.raises(Refused) as refused:
        correction_of(nothing, session(), original, booked_on=date(2026, 4, 1))
    assert refused.value.code == "nothing_left"


def test_an_agent_is_owed_what_the_statement_says() -> None:
    facts = session(engagements=(chat(0, 6),), extras=(ExtraPay(Extra.TIP, -6000, "x"),))
    entry = entry_of(statement_of(facts, TERMS), facts)
    assert entry is not None
    # Nothing is owed when extras take all of it; the lines still add up.
    assert [line.minor for line in entry.lines] == [6000, -6000]
