"""The rules of the books, by themselves: every command accepted or refused, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alltid.kernel.refusal import Refused
from alltid.pay.chain import GENESIS, head_of, joined, leaf_of
from alltid.pay.ledger import (
    LINES_MOST,
    MINOR_MOST,
    Account,
    Balance,
    Books,
    Command,
    Kind,
    Line,
    Post,
    Reverse,
    Settle,
    Side,
    Transfer,
    decide,
    digest_of,
    facts_of,
    record,
    sums_of,
    transfer_from,
)

DAY = date(2026, 3, 14)
COST = Account("cost", "SEK", 4600, Side.DEBIT)
OWED = Account("owed", "SEK", 2890, Side.CREDIT, guarded=True)
CASH = Account("cash", "SEK", 1930, Side.DEBIT, guarded=True)
YEN = Account("yen", "JPY", 1931, Side.DEBIT)
YEN_COST = Account("yen cost", "JPY", 4601, Side.DEBIT)
ACCOUNTS = (COST, OWED, CASH, YEN, YEN_COST)


def books(*commands: Command, **changes: Any) -> Books:
    made = Books(accounts={account.code: account for account in ACCOUNTS}, **changes)
    for command in commands:
        transfer = decide(made, command)
        assert transfer is not None
        record(made, transfer)
    return made


def post(key: str, *lines: tuple[str, int], pending: bool = False, **changes: Any) -> Post:
    currencies = {account.code: account.currency for account in ACCOUNTS}
    made = tuple(Line(code, minor, currencies.get(code, "SEK")) for code, minor in lines)
    return Post(key, DAY, made, pending=pending, **changes)


EARN = post("earn", ("cost", 1000), ("owed", -1000))
HOLD = post("hold", ("owed", 600), ("cash", -600), pending=True)
FUND = post("fund", ("cash", 5000), ("cost", -5000))


def refusal(state: Books, command: Command) -> str:
    before = (dict(state.transfers), dict(state.balances), set(state.settled))
    with pytest.raises(Refused) as refused:
        decide(state, command)
    assert (state.transfers, state.balances, state.settled) == before
    assert refused.value.message.endswith(".")
    return refused.value.code


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (post("x", ("cost", 1)), "bad_lines"),
        (post("x", *[("cost", 1), ("owed", -1)] * (LINES_MOST // 2 + 1)), "bad_lines"),
        (post("x", ("cost", 0), ("owed", 0)), "bad_amount"),
        (post("x", ("cost", MINOR_MOST + 1), ("owed", -MINOR_MOST - 1)), "bad_amount"),
        (post("x", ("cost", 2), ("owed", -1)), "unbalanced"),
        (post("x", ("cost", 2), ("yen", -2)), "unbalanced"),
        (post("x", ("cost", 2), ("nobody", -2)), "unknown_account"),
        (post("", ("cost", 2), ("owed", -2)), "bad_text"),
        (post("x" * 201, ("cost", 2), ("owed", -2)), "bad_text"),
        (post("x", ("cost", 2), ("owed", -2), memo="m" * 201), "bad_text"),
        (post("x\n", ("cost", 2), ("owed", -2)), "bad_text"),
        (post("x", ("cost", 2), ("owed", -2), memo="\ud800"), "bad_text"),
        (Post("x", DAY, (Line("cost", 1, "EUR"), Line("owed", -1, "EUR"))), "wrong_currency"),
        (Post("x", DAY, (Line("cost", 1, "XXX"), Line("owed", -1, "XXX"))), "unknown_currency"),
        (post("x", ("owed", 1), ("cost", -1)), "overdrawn"),
        (post("x", ("owed", 1), ("cost", -1), pending=True), "overdrawn"),
        (post("x", ("cash", -1), ("cost", 1)), "overdrawn"),
        (Settle("x", DAY, "nothing", Kind.POST), "unknown_transfer"),
        (Settle("x", DAY, "nothing", Kind.PENDING), "bad_settlement"),
        (Reverse("x", DAY, "nothing"), "unknown_transfer"),
    ],
)
def test_what_can_not_be_booked_is_refused_and_leaves_nothing(command: Command, code: str) -> None:
    assert refusal(books(), command) == code


def test_several_currencies_balance_each_for_itself() -> None:
    both = post("x", ("cost", 2), ("owed", -2), ("yen", 3), ("yen cost", -3))
    state = books(both)
    assert sums_of(state.transfers["x"].lines) == {"SEK": 0, "JPY": 0}


def test_the_same_key_is_the_same_transfer_or_refused() -> None:
    state = books(EARN)
    assert decide(state, EARN) is None
    assert refusal(state, replace(EARN, memo="other")) == "key_reused"
    assert refusal(state, replace(EARN, evidence={"a": 1})) == "key_reused"
    # A repetition is answered also when its period is closed meanwhile.
    state.closed_before = date(2026, 4, 1)
    assert decide(state, EARN) is None


def test_a_closed_period_takes_nothing() -> None:
    state = books(closed_before=date(2026, 4, 1))
    assert refusal(state, EARN) == "period_closed"
    assert decide(state, replace(EARN, booked_on=date(2026, 4, 1))) is not None


def test_what_is_held_is_posted_or_voided_once() -> None:
    for how in (Kind.POST, Kind.VOID):
        state = books(EARN, FUND, HOLD)
        assert state.balances["owed"] == Balance(-1000, 600, 0)
        assert state.balances["cash"] == Balance(5000, 0, 600)
        assert refusal(state, post("y", ("owed", 401), ("cost", -401))) == "overdrawn"
        settle = Settle("s", DAY, "hold", how)
        transfer = decide(state, settle)
        assert transfer is not None
        record(state, transfer)
        moved = 600 if how is Kind.POST else 0
        assert state.balances["owed"] == Balance(-1000 + moved)
        assert state.balances["cash"] == Balance(5000 - moved)
        assert decide(state, settle) is None
        for again in Kind.POST, Kind.VOID:
            assert refusal(state, Settle("t", DAY, "hold", again)) == "already_settled"
        assert refusal(state, Settle("u", DAY, "earn", how)) == "not_pending"


def test_a_correction_is_a_reversal_and_only_one() -> None:
    state = books(EARN, FUND, HOLD)
    assert refusal(state, Reverse("r", DAY, "hold")) == "not_reversible"
    state = books(EARN, Reverse("r", DAY, "earn"))
    assert state.balances["owed"] == Balance(0)
    assert refusal(state, Reverse("q", DAY, "earn")) == "already_reversed"
    # What was paid out can't be taken back from the account.
    paid = books(EARN, post("pay", ("owed", 900), ("cost", -900)))
    assert refusal(paid, Reverse("r", DAY, "earn")) == "overdrawn"


TEXT = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1, max_size=20)
LINES = st.lists(st.integers(1, 10**12), min_size=1, max_size=4)


@given(TEXT, TEXT, st.dates(), LINES, st.dictionaries(TEXT, st.none() | TEXT | st.integers()))
def test_facts_are_written_one_way_and_read_back(
    key: str, memo: str, day: date, minors: list[int], evidence: dict[str, Any]
) -> None:
    lines = [("cost", minor) for minor in minors] + [("owed", -sum(minors))]
    command = replace(post(key, *lines), booked_on=day, memo=memo, evidence=evidence)
    transfer = decide(books(), command)
    assert transfer is not None
    facts = facts_of(transfer)
    assert transfer_from(facts) == transfer
    assert facts_of(transfer_from(facts)) == facts
    assert "\n" not in facts
    assert len(digest_of(facts)) == 32


def test_facts_of_another_form_are_not_read() -> None:
    facts = facts_of(Transfer("k", Kind.POSTED, DAY, ()))
    with pytest.raises(ValueError, match="unknown"):
        transfer_from(facts.replace("alltid-transfer-1", "alltid-transfer-9"))


def test_a_chain_notices_every_byte_and_every_order() -> None:
    leaves = [leaf_of(n, 5, bytes([n])) for n in range(3)]
    head = head_of(GENESIS, 1, joined(leaves))
    others = [
        head_of(GENESIS, 2, joined(leaves)),
        head_of(head, 1, joined(leaves)),
        head_of(GENESIS, 1, joined(leaves[:2])),
        head_of(GENESIS, 1, joined(reversed(leaves))),
        head_of(GENESIS, 1, joined([*leaves[:2], leaf_of(2, 6, b"\x02")])),
        head_of(GENESIS, 1, joined([*leaves[:2], leaf_of(3, 5, b"\x02")])),
    ]
    assert len({head, *others}) == 7


# ---------------------------------------------------------------- in any order

MOVES = st.tuples(
    st.sampled_from(["earn", "pay", "hold", "post", "void", "reverse"]),
    st.integers(0, 9),
    st.integers(1, 500),
)


def command_of(what: str, number: int, minor: int, count: int) -> Command:
    key = f"{what}{count}"
    if what == "earn":
        return post(f"earn{number}", ("cost", minor), ("owed", -minor))
    if what == "pay":
        return post(key, ("owed", minor), ("cost", -minor))
    if what == "hold":
        return post(f"hold{number}", ("owed", minor), ("cost", -minor), pending=True)
    if what == "reverse":
        return Reverse(key, DAY, f"earn{number}")
    return Settle(key, DAY, f"hold{number}", Kind(what))


@settings(max_examples=80, deadline=None)
@given(st.lists(MOVES, max_size=40))
def test_balances_are_the_fold_and_nothing_is_overdrawn(moves: list[tuple[str, int, int]]) -> None:
    state = books()
    accepted: list[Transfer] = []
    for count, move in enumerate(moves):
        try:
            transfer = decide(state, command_of(*move, count))
        except Refused:
            continue
        if transfer is not None:
            record(state, transfer)
            accepted.append(transfer)
    owed, held = 0, 0
    for transfer in accepted:
        minor = sum(line.minor for line in transfer.lines if line.account == "owed")
        owed += minor if transfer.kind in (Kind.POSTED, Kind.POST) else 0
        held += {Kind.PENDING: minor, Kind.POST: -minor, Kind.VOID: -minor}.get(transfer.kind, 0)
        assert owed + held <= 0
    balance = state.balances.get("owed", Balance())
    assert balance == Balance(owed, held, 0)
    assert len({transfer.key for transfer in accepted}) == len(accepted)
