"""What a model may cost, and when it is left alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alltid.assistant.model import budget
from alltid.assistant.model.budget import Books, Budget, Circuit, Prices, Spent, spent
from alltid.assistant.model.quoting import cut


@given(st.integers(-5, 10**7), st.integers(-5, 10**7), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_request_costs_what_its_tokens_cost(read: int, wrote: int, price: int, out: int) -> None:
    cost = spent(read, wrote, Prices(price, out))
    assert cost.micro_minor == max(read, 0) * price + max(wrote, 0) * out
    assert cost.as_json()["cost_minor"] * 1_000_000 >= cost.micro_minor
    assert cost.plus(cost).since(cost) == cost


def test_a_budget_ends_with_its_tokens_or_its_money() -> None:
    assert Budget(100).allows(Spent(50, 49))
    assert not Budget(100).allows(Spent(50, 50))
    assert Budget(100, 1).allows(Spent(1, 1, 999_999))
    assert not Budget(100, 1).allows(Spent(1, 1, 1_000_000))


def test_only_so_many_conversations_are_kept_in_the_books() -> None:
    books = Books()
    for each in range(budget.CONVERSATIONS_MOST + 1):
        books.add(str(each), Spent(1))
    assert books.of("0") == Spent()
    assert books.add("1", Spent(2)) == Spent(3)


def test_who_fails_in_a_row_rests_and_one_tries() -> None:
    circuit = Circuit()
    for _ in range(budget.FAILURES_MOST - 1):
        circuit.failed(0.0)
    assert circuit.may_ask(0.0)
    circuit.failed(0.0)
    assert not circuit.may_ask(29.0)
    assert circuit.may_ask(31.0)
    assert not circuit.may_ask(32.0)
    circuit.went_well()
    assert circuit.may_ask(33.0)
    circuit.failed(40.0, 1_000.0)
    assert not circuit.may_ask(99.0)
    assert circuit.may_ask(100.0)
    circuit.failed(100.0, 0.0)
    assert circuit.may_ask(100.0)


def test_a_try_that_was_never_made_is_left_to_the_next() -> None:
    circuit = Circuit()
    circuit.not_asked(0.0)
    assert circuit == Circuit()
    for _ in range(budget.FAILURES_MOST):
        circuit.failed(0.0)
    assert circuit.may_ask(31.0)
    assert not circuit.may_ask(32.0)
    circuit.not_asked(31.0)
    assert circuit.may_ask(33.0)
    # One that was let through before the others failed gives nothing back.
    circuit.not_asked(31.0)
    assert not circuit.may_ask(34.0)


def test_what_is_long_is_cut_where_it_is_seen() -> None:
    assert cut("short", 5) == "short"
    assert cut("longer", 5) == "long…"
