"""Money in whole minor units: what may be added, written, read and rounded."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.kernel.money import CURRENCIES, Money, Rounding, decimals_of, read, rounded, written
from alltid.kernel.refusal import Refused

CURRENCY = st.sampled_from(sorted(CURRENCIES))
MINOR = st.integers(-(10**15), 10**15)


@given(MINOR, CURRENCY)
def test_what_is_written_is_read_again(minor: int, currency: str) -> None:
    text = written(minor, currency)
    assert read(text, currency) == Money(minor, currency)
    assert text.count(".") == (1 if decimals_of(currency) else 0)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (40000, "SEK", "400.00 SEK"),
        (-5, "SEK", "-0.05 SEK"),
        (0, "EUR", "0.00 EUR"),
        (1234, "JPY", "1234 JPY"),
        (-7, "ISK", "-7 ISK"),
        (1, "KWD", "0.001 KWD"),
        (-123456, "TND", "-123.456 TND"),
    ],
)
def test_each_currency_has_its_decimals(minor: int, currency: str, text: str) -> None:
    assert str(Money(minor, currency)) == text


@given(MINOR, MINOR, CURRENCY)
def test_amounts_of_one_currency_add_up(one: int, other: int, currency: str) -> None:
    first, second = Money(one, currency), Money(other, currency)
    assert (first + second).minor == one + other
    assert first + second - second == first
    assert first + -first == Money(0, currency)


def test_amounts_of_two_currencies_do_not() -> None:
    with pytest.raises(Refused) as refused:
        _ = Money(1, "SEK") + Money(1, "EUR")
    assert refused.value.code == "mixed_currencies"


@pytest.mark.parametrize("minor", [1.0, True, "1", None])
def test_nothing_but_whole_numbers_is_money(minor: Any) -> None:
    with pytest.raises(TypeError):
        Money(minor, "SEK")


@pytest.mark.parametrize("currency", ["", "sek", "XXX", "SE K"])
def test_an_unknown_currency_is_refused(currency: str) -> None:
    with pytest.raises(Refused):
        Money(1, currency)


@pytest.mark.parametrize("text", ["", "1.234", "1,50", "1e3", "--1", ".5", "1.", "∞", "1" * 17])
def test_what_is_no_amount_is_refused_and_never_rounded(text: str) -> None:
    with pytest.raises(Refused):
        read(text, "SEK")


def test_fewer_decimals_are_filled_up() -> None:
    assert read(" 12.5 ", "SEK").minor == 1250
    assert read("-12", "KWD").minor == -12000


@given(st.fractions(max_denominator=10**6))
def test_rounding_does_what_its_name_says(exact: Fraction) -> None:
    up, down = rounded(exact, Rounding.UP), rounded(exact, Rounding.DOWN)
    near = rounded(exact, Rounding.HALF_EVEN)
    assert down <= exact <= up
    assert up - down == (0 if exact.denominator == 1 else 1)
    assert abs(near - exact) <= Fraction(1, 2)


def test_a_half_goes_to_the_even_one() -> None:
    halves = [Fraction(1, 2), Fraction(3, 2), Fraction(-1, 2)]
    assert [rounded(half, Rounding.HALF_EVEN) for half in halves] == [0, 2, 0]
    assert rounded(Fraction(-1, 3), Rounding.UP) == 0
    assert rounded(Fraction(-1, 3), Rounding.DOWN) == -1
