"""The example lender's rules: what an account tells, what may be done, and what may not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alltid.examples.lender.api.account import Account, Invoice
from alltid.examples.lender.api.acts import ACTS, act
from alltid.examples.lender.api.catalogue import TOOLS
from alltid.examples.lender.api.people import PEOPLE, seed_account
from alltid.examples.lender.api.reads import READS, read
from alltid.kernel.refusal import Refused

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
TODAY = NOW.date()
CODE = "424242"


@dataclass
class Customer:
    """An account to which things are done, day by day."""

    account: Account
    now: datetime = NOW

    def does(self, tool: str, **arguments: Any) -> dict[str, Any]:
        self.account, told = act(self.account, tool, arguments, self.now, CODE)
        return told

    def is_refused(self, tool: str, **arguments: Any) -> str:
        before = self.account
        with pytest.raises(Refused) as refused:
            self.does(tool, **arguments)
        assert self.account == before
        return refused.value.code

    def sees(self, tool: str, **arguments: Any) -> Any:
        return read(self.account, tool, arguments, self.now.date())

    def invoice(self, number: int) -> Mapping[str, Any]:
        invoices = self.sees("list_invoices", status="all")
        found: Mapping[str, Any] = next(each for each in invoices if each["id"] == self.id(number))
        return found

    def id(self, number: int, kind: str = "inv") -> str:
        return f"{kind}-{self.account.subject.rpartition('-')[2]}-{number:02}"


@pytest.fixture
def elin() -> Customer:
    return Customer(seed_account("norrhem-1001", TODAY))


OPEN, OVERDUE, MOVED, PAID, RETURNING, DISPUTED, IN_PARTS = range(1, 8)


def test_each_tool_has_its_rule() -> None:
    assert {tool.name for tool in TOOLS} == {*READS, *ACTS}


@pytest.mark.parametrize("subject", PEOPLE)
def test_each_customers_life_has_every_state(subject: str) -> None:
    customer = Customer(seed_account(subject, TODAY))
    states = [each["status"] for each in customer.sees("list_invoices", status="all")]
    assert sorted(states) == [
        "disputed", "open", "open", "open", "overdue", "paid", "paused",
    ]  # fmt: skip
    refunds = {each["state"] for each in customer.sees("list_refunds")}
    assert refunds == {"waiting_for_shop", "approved", "paid_out"}
    assert customer.sees("last_decision")["outcome"] == "declined"
    assert len(customer.sees("list_invoices", status="open")) == 6
    assert len(customer.sees("list_invoices", status="paid")) == 1
    assert customer.account == seed_account(subject, TODAY)


def test_a_summary_counts_what_is_due_and_masks_where_the_customer_lives(elin: Customer) -> None:
    summary = elin.sees("account_summary")
    assert summary["total_open"] == 124_900 + 95_900 + 45_900 + 480_000
    assert (summary["overdue_total"], summary["next_amount"]) == (95_900, 95_900)
    assert summary["masked_email"] == "e***@example.com"
    assert "Storgatan" not in summary["masked_address"]


def test_what_is_not_the_customers_is_not_there(elin: Customer) -> None:
    with pytest.raises(Refused) as refused:
        elin.sees("quote_split", invoice="inv-1002-01", parts=2)
    assert refused.value.code == "not_found"
    # Nothing left to pay: nothing is due next.
    elin.account = replace(elin.account, invoices=())
    assert elin.sees("account_summary")["next_due"] is None
    elin.account = replace(elin.account, decision=None)
    with pytest.raises(Refused) as refused:
        elin.sees("last_decision")
    assert refused.value.code == "no_decision"


def test_payment_methods_are_named_by_their_last_digits(elin: Customer) -> None:
    labels = [each["label"] for each in elin.sees("list_payment_methods")]
    assert labels == ["Visa •• 4412", "Bank •• 0871", "Mastercard •• 0119"]


def test_what_is_paid_in_parts_asks_for_its_first_part_next(elin: Customer) -> None:
    in_parts = elin.account.invoices[IN_PARTS - 1]
    elin.account = replace(elin.account, invoices=(in_parts,))
    assert elin.sees("account_summary")["next_amount"] == 160_000


def test_a_due_date_moves_twice_and_more_than_ten_days_cost_a_fee(elin: Customer) -> None:
    quote = elin.sees("quote_extension", invoice=elin.id(OPEN), days=10)
    assert (quote["fee"], quote["new_due"], quote["allowed"]) == (0, "2026-06-20", True)
    done = elin.does("extend_due_date", invoice=elin.id(OPEN), days=10)
    assert (done["fee"], done["due"]) == (0, "2026-06-20")
    done = elin.does("extend_due_date", invoice=elin.id(OPEN), days=11)
    assert (done["fee"], done["due"], done["left"]) == (4_900, "2026-07-01", 129_800)
    assert elin.is_refused("extend_due_date", invoice=elin.id(OPEN), days=1) == "too_often"
    assert not elin.sees("quote_extension", invoice=elin.id(OPEN), days=1)["allowed"]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (MOVED, "too_often"), (PAID, "already_paid"), (RETURNING, "paused"),
        (DISPUTED, "disputed"), (IN_PARTS, "already_split"),
    ],
)  # fmt: skip
def test_what_rests_or_is_settled_does_not_move(elin: Customer, number: int, code: str) -> None:
    assert elin.is_refused("extend_due_date", invoice=elin.id(number), days=5) == code
    quote = elin.sees("quote_extension", invoice=elin.id(number), days=5)
    assert (quote["allowed"], quote["reason"]) == (False, code)


def test_an_overdue_date_moves_from_today_and_not_after_a_month(elin: Customer) -> None:
    quote = elin.sees("quote_extension", invoice=elin.id(OVERDUE), days=5)
    assert quote["new_due"] == "2026-06-06"
    elin.now += timedelta(days=25)
    assert elin.is_refused("extend_due_date", invoice=elin.id(OVERDUE), days=5) == "too_late"
    assert elin.is_refused("split_invoice", invoice=elin.id(OVERDUE), parts=2) == "too_late"


def test_a_split_is_for_a_thousand_kronor_and_more_and_loses_nothing(elin: Customer) -> None:
    done = elin.does("split_invoice", invoice=elin.id(OPEN), parts=3)
    assert [each["amount"] for each in done["instalments"]] == [41_634, 41_633, 41_633]
    assert elin.is_refused("split_invoice", invoice=elin.id(OPEN), parts=2) == "already_split"
    assert elin.is_refused("split_invoice", invoice=elin.id(OVERDUE), parts=2) == "too_small"
    assert elin.sees("quote_split", invoice=elin.id(MOVED), parts=2)["reason"] == "too_small"


def test_paying_pays_what_is_left_once(elin: Customer) -> None:
    card, broken = elin.id(1, "met"), elin.id(3, "met")
    overdue = elin.id(OVERDUE)
    assert elin.is_refused("pay_invoice", invoice=overdue, method=broken) == "payment_declined"
    assert elin.is_refused("pay_invoice", invoice=overdue, method="met-1002-01") == "not_found"
    done = elin.does("pay_invoice", invoice=overdue, method=card)
    assert (done["amount"], done["left"]) == (95_900, 0)
    assert elin.invoice(OVERDUE)["status"] == "paid"
    assert elin.is_refused("pay_invoice", invoice=overdue, method=card) == "already_paid"
    assert elin.is_refused("pay_invoice", invoice=elin.id(DISPUTED), method=card) == "disputed"


def test_a_return_pauses_the_invoice_and_is_reported_once(elin: Customer) -> None:
    done = elin.does("report_return", invoice=elin.id(OPEN))
    assert (done["state"], done["paused"]) == ("reported", True)
    assert elin.invoice(OPEN)["status"] == "paused"
    assert elin.is_refused("report_return", invoice=elin.id(OPEN)) == "already_reported"
    assert elin.is_refused("report_return", invoice=elin.id(DISPUTED)) == "disputed"
    assert len(elin.sees("list_returns")) == 3


def test_an_unknown_purchase_is_frozen_and_has_a_date_for_its_answer(elin: Customer) -> None:
    unknown = elin.sees("list_purchases")[0]
    assert unknown["merchant"] == "Gadgetino Online"
    done = elin.does("dispute_purchase", purchase=unknown["id"], reason="not_mine")
    assert (done["frozen"], done["answer_by"]) == (True, "2026-06-11")
    assert elin.sees("account_summary")["frozen"]
    again = {"purchase": unknown["id"], "reason": "not_mine"}
    assert elin.is_refused("dispute_purchase", **again) == "already_reported"
    with_invoice = elin.id(OPEN, "pur")
    done = elin.does("dispute_purchase", purchase=with_invoice, reason="wrong_amount")
    assert elin.invoice(OPEN)["status"] == "disputed"
    assert elin.is_refused("dispute_purchase", purchase="pur-1", reason="double") == "not_found"


def test_damaged_goods_pause_the_invoice(elin: Customer) -> None:
    what = {"invoice": elin.id(OPEN), "reason": "damaged", "description": "broken"}
    assert elin.does("report_damaged", **what)["answer_by"] == "2026-06-15"
    assert elin.invoice(OPEN)["paused_because"] == "complaint"
    assert elin.is_refused("report_damaged", **what) == "already_reported"
    assert not elin.does("report_damaged", **what | {"invoice": elin.id(PAID)})["paused"]


def test_a_reminder_fee_is_taken_off_once_a_year() -> None:
    elin = Customer(seed_account("norrhem-1001", TODAY))
    assert elin.is_refused("waive_reminder_fee", invoice=elin.id(OPEN)) == "no_reminder_fee"
    done = elin.does("waive_reminder_fee", invoice=elin.id(OVERDUE))
    assert (done["waived"], done["left"]) == (6_000, 89_900)
    assert elin.invoice(OVERDUE)["fee_waived_before"]
    lukas = Customer(seed_account("norrhem-1002", TODAY))
    assert lukas.is_refused("waive_reminder_fee", invoice=lukas.id(OVERDUE)) == "waived_before"
    lukas.now += timedelta(days=226)
    assert lukas.does("waive_reminder_fee", invoice=lukas.id(OVERDUE))["waived"] == 250


def test_an_email_changes_with_the_code_and_three_wrong_ones_end_it(elin: Customer) -> None:
    new = {"email": "elin@new.example"}
    assert elin.is_refused("confirm_email_change", code=CODE) == "no_change"
    assert elin.is_refused("request_email_change", email="ELIN.berg@example.com") == "unchanged"
    begun = elin.does("request_email_change", **new)
    assert (begun["new"], begun["sent_to"]) == ("e***@new.example", "e***@example.com")
    for left in (2, 1, 0):
        wrong = elin.does("confirm_email_change", code="000000")
        assert (wrong["confirmed"], wrong["tries_left"]) == (False, left)
    assert elin.is_refused("confirm_email_change", code=CODE) == "no_change"
    elin.does("request_email_change", **new)
    elin.now += timedelta(minutes=30)
    assert elin.is_refused("confirm_email_change", code=CODE) == "no_change"
    elin.does("request_email_change", **new)
    assert elin.does("confirm_email_change", code=CODE)["confirmed"]
    assert elin.account.email == "elin@new.example"


def test_an_address_changes_with_the_code(elin: Customer) -> None:
    new = {"street": "Nygatan 1", "postal_code": "111 22", "city": "Stockholm", "country": "SE"}
    elin.does("request_address_change", **new)
    elin.does("request_email_change", email="elin@new.example")
    assert elin.does("confirm_address_change", code=CODE) == {
        "reference": "1001-0003", "confirmed": True, "masked_address": "*** 111 22 Stockholm SE",
    }  # fmt: skip
    assert elin.is_refused("request_address_change", **new) == "unchanged"
    assert [each.what for each in elin.account.changes] == ["email"]


def test_an_account_closes_when_all_is_paid_and_data_is_exported_once_a_month(
    elin: Customer,
) -> None:
    assert elin.is_refused("request_account_closure") == "open_invoices"
    assert elin.does("request_data_export")["ready_by"] == "2026-07-01"
    assert elin.is_refused("request_data_export") == "already_reported"
    paid = tuple(each for each in elin.account.invoices if each.left <= 0)
    elin.account = replace(elin.account, invoices=paid)
    assert elin.does("request_account_closure")["closes_on"] == "2026-06-15"
    assert elin.is_refused("request_account_closure") == "already_reported"


def test_a_decline_is_looked_at_by_a_person_once(elin: Customer) -> None:
    assert elin.does("request_human_review")["answer_by"] == "2026-06-08"
    assert elin.is_refused("request_human_review") == "already_reported"
    elin.account = replace(elin.account, decision=None)
    assert elin.is_refused("request_human_review") == "nothing_to_review"
    with pytest.raises(Refused):
        elin.sees("last_decision")


def test_a_payment_plan_is_not_touched_by_rules(elin: Customer) -> None:
    elin.account = replace(elin.account, hardship_plan=True)
    assert elin.is_refused("extend_due_date", invoice=elin.id(OPEN), days=3) == "hardship_plan"


STEP = st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 40), st.data())


@settings(max_examples=80)
@given(
    st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 40), st.data()), max_size=12)
)
def test_money_is_never_lost_and_never_below_nothing(steps: Any) -> None:
    customer = Customer(seed_account("norrhem-1003", TODAY))
    for tool, days, data in steps:
        customer.now += timedelta(days=days)
        arguments = {
            "invoice": data.draw(st.sampled_from([each.id for each in customer.account.invoices])),
            "purchase": data.draw(st.sampled_from([e.id for e in customer.account.purchases])),
            "method": data.draw(st.sampled_from([e.id for e in customer.account.methods])),
            "days": data.draw(st.integers(1, 30)),
            "parts": data.draw(st.integers(2, 4)),
            "reason": "not_mine",
            "description": "x",
            "code": data.draw(st.sampled_from([CODE, "000000"])),
        }
        if tool == "request_email_change":
            arguments["email"] = "g@new.example"
        if tool == "request_address_change":
            arguments |= {"street": "a", "postal_code": "b", "city": "c", "country": "IT"}
        before = customer.account
        try:
            customer.does(tool, **arguments)
        except Refused:
            assert customer.account == before
            continue
        for old, new in zip(before.invoices, customer.account.invoices, strict=True):
            assert_nothing_is_lost(tool, old, new)
    assert customer.account.acts <= len(steps)


def assert_nothing_is_lost(tool: str, old: Invoice, new: Invoice) -> None:
    assert new.left >= 0
    assert new.extensions_used <= 2
    assert (new.amount, new.id, new.number) == (old.amount, old.id, old.number)
    if tool not in {"pay_invoice", "extend_due_date", "waive_reminder_fee"}:
        assert new.left == old.left
    if tool == "pay_invoice" and new != old:
        assert new.paid - old.paid == old.left
        assert new.left == 0
    if tool == "split_invoice" and new != old:
        assert sum(each.amount for each in new.instalments) == new.left
