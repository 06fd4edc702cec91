"""Bank accounts: IBANs, and Swedish numbers by the published structure."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.kernel.refusal import Refused
from alltid.pay.bank_account import RANGES, Iban, SwedishAccount, iban_account, swedish_account


@pytest.mark.parametrize(
    "text", ["SE45 5000 0000 0583 9825 7466", "de89370400440532013000", "NO9386011117947"]
)
def test_an_iban_is_read_without_its_spaces(text: str) -> None:
    assert iban_account(text) == Iban(text.replace(" ", "").upper())


@pytest.mark.parametrize(
    "text", ["", "SE4550000000058398257467", "SE455000000005839825746", "XX00", "9029 5735211"]
)
def test_what_is_no_iban_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        iban_account(text)
    assert refused.value.code == "bad_iban"


# Numbers made up by the published rules; their check digits were computed by hand or by an
# independent program.
RIGHT = [
    ("9029", "573 52 11", "Länsförsäkringar Bank"),
    ("8327-9", "111.222.333-2", "Swedbank"),
    ("3300", "000000-0000", "Nordea"),
    ("6000", "000000000", "Handelsbanken"),
    ("9180", "0000000018", "Danske Bank"),
    ("9960", "18", "Nordea Plusgirot"),
]


@pytest.mark.parametrize(("clearing", "number", "bank"), RIGHT)
def test_swedish_accounts_are_read(clearing: str, number: str, bank: str) -> None:
    account = swedish_account(clearing, number)
    assert account.bank == bank
    assert account.checked
    assert len(account.clearing) == 4
    assert account.number.isdigit()


@pytest.mark.parametrize(
    ("clearing", "number", "code"),
    [
        ("9029", "5735214", "bad_account"),
        ("9029", "57352110", "bad_account"),
        ("6000", "000000001", "bad_account"),
        ("3300", "0000000001", "bad_account"),
        ("0999", "5735211", "bad_clearing"),
        ("9999", "5735211", "bad_clearing"),
        ("83278", "1112223332", "bad_clearing"),
        ("90299", "5735211", "bad_clearing"),
        ("902", "5735211", "bad_account"),
        ("9029", "abc", "bad_account"),
        ("٩٠٢٩", "5735211", "bad_account"),
    ],
)
def test_what_is_no_swedish_account_is_refused(clearing: str, number: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        swedish_account(clearing, number)
    assert refused.value.code == code


def test_some_accounts_of_swedbank_follow_no_check_digit() -> None:
    expected = SwedishAccount("8156", "1112223333", "Swedbank", checked=False)
    assert swedish_account("8156", "1112223333") == expected


def test_the_series_of_clearing_numbers_lie_apart() -> None:
    for one, other in pairwise(sorted(RANGES)):
        assert one.first <= one.last < other.first


@given(st.sampled_from([each for each in RANGES if each.check != "10?"]), st.data())
def test_one_wrong_digit_is_noticed(each: tuple[object, ...], data: st.DataObject) -> None:
    of = next(found for found in RANGES if found == each)
    clearing = str(data.draw(st.integers(of.first, of.last)))
    body = "".join(
        str(digit)
        for digit in data.draw(
            st.lists(st.integers(0, 9), min_size=of.longest - 1, max_size=of.longest - 1)
        )
    )
    right = []
    for check in "0123456789":
        try:
            right.append(swedish_account(clearing, body + check).number)
        except Refused:
            continue
    # By modulus 11 a tenth of the numbers have no check digit at all.
    assert len(right) <= 1
    assert len(right) == 1 or of.check.startswith("11")
