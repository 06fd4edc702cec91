"""Payment orders are valid by the published schema, or are not written."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alltid.kernel.refusal import Refused
from alltid.pay.bank_account import Iban, swedish_account
from alltid.pay.pain001 import SCHEMA, Payer, Payment, payment_order, validate

NAMESPACE = {"p": f"urn:iso:std:iso:20022:tech:xsd:{SCHEMA}"}
PAYER = Payer("Klarsund AB", Iban("SE4550000000058398257466"), "ESSESESS")
SARA = Payment("session-1", "Sara Öberg", swedish_account("9029", "5735211"), 40050, "Mars")
JONAS = Payment("session-2", "Jonas & Söner <x>", Iban("DE89370400440532013000"), 1, "")
WHEN: dict[str, Any] = {
    "message_id": "payout-2026-03",
    "currency": "SEK",
    "created_at": datetime(2026, 4, 1, 8, 30, tzinfo=UTC),
    "pay_on": date(2026, 4, 2),
}


def order(*payments: Payment, payer: Payer = PAYER, **changes: Any) -> ET.Element:
    return ET.fromstring(payment_order(payer, payments, **(WHEN | changes)))


def texts(root: ET.Element, name: str) -> list[str]:
    return [each.text or "" for each in root.iterfind(f".//p:{name}", NAMESPACE)]


def test_an_order_says_who_is_paid_what_and_adds_up() -> None:
    root = order(SARA, JONAS)
    assert texts(root, "InstdAmt") == ["400.50", "0.01"]
    assert set(texts(root, "CtrlSum")) == {"400.51"}
    assert set(texts(root, "NbOfTxs")) == {"2"}
    assert texts(root, "EndToEndId") == ["session-1", "session-2"]
    assert texts(root, "MmbId") == ["9029"]
    assert texts(root, "Nm")[-2:] == ["Sara Öberg", "Jonas & Söner <x>"]
    assert texts(root, "Cd") == ["NURG", "SESBA", "BBAN"]
    assert texts(root, "CreDtTm") == ["2026-04-01T08:30:00Z"]


@pytest.mark.parametrize(
    ("currency", "amount", "service"),
    [("EUR", "400.50", "SEPA"), ("JPY", "40050", "NURG"), ("KWD", "40.050", "NURG")],
)
def test_every_currency_has_its_decimals(currency: str, amount: str, service: str) -> None:
    payment = replace(SARA, account=JONAS.account)
    root = order(payment, payer=replace(PAYER, bic=None), currency=currency)
    assert texts(root, "InstdAmt") == [amount]
    assert texts(root, "Cd")[0] == service
    assert texts(root, "Id")[-1] == ""


@pytest.mark.parametrize(
    ("payments", "changes", "code"),
    [
        ([], {}, "bad_order"),
        ([SARA, SARA], {}, "bad_order"),
        ([SARA], {"message_id": ""}, "bad_order"),
        ([SARA], {"message_id": "x" * 36}, "bad_order"),
        ([replace(SARA, reference="ö")], {}, "bad_payment"),
        ([replace(SARA, reference="x" * 36)], {}, "bad_payment"),
        ([replace(SARA, minor=0)], {}, "bad_payment"),
        ([replace(SARA, minor=-1)], {}, "bad_payment"),
        ([replace(SARA, name=" \x00 ")], {}, "bad_payment"),
        ([SARA], {"currency": "EUR"}, "bad_payment"),
        ([JONAS], {"currency": "XXX"}, "unknown_currency"),
        ([JONAS], {"payer": replace(PAYER, bic="nobic")}, "bad_order"),
        ([replace(JONAS, account=Iban("12"))], {}, "bad_order"),
        ([replace(JONAS, minor=10**18 + 1)], {}, "bad_order"),
    ],
)
def test_what_can_not_be_paid_is_refused(
    payments: list[Payment], changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        order(*payments, **changes)
    assert refused.value.code == code


def test_what_is_no_order_is_no_valid_order() -> None:
    for text in (b"<Document/>", b"no xml"):
        with pytest.raises(Refused):
            validate(text)


@settings(max_examples=30, deadline=None)
@given(st.text(min_size=1, max_size=200), st.text(max_size=200), st.integers(1, 10**12))
def test_any_name_and_text_make_a_valid_order_or_none(name: str, text: str, minor: int) -> None:
    try:
        order(replace(SARA, name=name, text=text, minor=minor))
    except Refused as refused:
        assert refused.code == "bad_payment"  # noqa: PT017  only a nameless payee is refused
