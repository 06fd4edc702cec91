"""The lender's playbooks, gone through in five languages with the lender's real rules."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alltid.assistant.playbooks.effects import Ask, Ended, HandOff
from alltid.examples.lender.api.account import Account
from alltid.examples.lender.api.memory import DEMO_CODE
from alltid.examples.lender.api.rules import EXTENSIONS_MAX, OVERDUE_DAYS_MAX
from tests.examples.lender_talk import LANGUAGES, NOW, Talk

TODAY = NOW.date()
every_language = pytest.mark.parametrize("language", LANGUAGES)


@every_language
def test_what_is_owed_is_told_one_by_one(language: str) -> None:
    talk = Talk(language)
    assert talk.start("what_do_i_owe") == Ended()
    assert len(re.findall("Norrhem|Skoboden|Solvik", talk.text)) == 4
    assert "Klädhuset" in talk.text
    assert "{" not in talk.text


@every_language
def test_an_invoice_is_paid_with_the_card_that_was_chosen(language: str) -> None:
    talk = Talk(language)
    talk.start("pay_now")
    talk.pick("invoice", "Skoboden")
    talk.pick("method", "Visa")
    talk.agree()
    assert [call.tool for call in talk.done] == ["pay_invoice"]
    assert "Skoboden" in talk.text
    assert invoice(talk, "Skoboden").left == 0


@every_language
def test_a_bank_that_says_no_is_no_payment(language: str) -> None:
    talk = Talk(language)
    talk.start("pay_now")
    talk.pick("invoice", "Skoboden")
    talk.pick("method", "Mastercard")
    talk.agree()
    assert "Mastercard" in talk.text
    assert talk.offers_person
    assert invoice(talk, "Skoboden").left > 0


@every_language
def test_a_due_date_moves_with_its_fee_on_the_card(language: str) -> None:
    talk = Talk(language)
    talk.start("extend_due_date", days=20)
    asked = talk.pick("invoice", "Skoboden")
    assert isinstance(asked, Ask)
    assert asked.card is not None
    assert "49" in " ".join(value for _, value in asked.card.lines)
    talk.agree()
    assert invoice(talk, "Skoboden").due == TODAY + timedelta(days=20)
    talk.start("extend_due_date", days=3)
    talk.pick("invoice", "Skoboden")
    talk.decline()
    assert len(talk.done) == 1
    assert "Skoboden" not in talk.text


@every_language
def test_a_third_extension_is_for_a_person(language: str) -> None:
    talk = Talk(language)
    talk.start("extend_due_date")
    moved = next(each for each in talk.account.invoices if each.extensions_used == EXTENSIONS_MAX)
    talk.pick("invoice", f"{moved.left // 100}")
    assert talk.effect == Ended()
    assert talk.offers_person
    assert talk.done == []


@pytest.mark.parametrize("playbook", ["extend_due_date", "split_payment"])
@every_language
def test_what_is_overdue_for_long_goes_to_a_person(playbook: str, language: str) -> None:
    talk = Talk(language)
    late = invoice(talk, "Skoboden")
    put(talk, replace(late, due=TODAY - timedelta(days=OVERDUE_DAYS_MAX + 1)))
    talk.start(playbook)
    over = talk.pick("invoice", "Skoboden")
    assert isinstance(over, HandOff)
    assert over.because == "debt"


@every_language
def test_an_invoice_is_split_and_a_small_one_is_not(language: str) -> None:
    talk = Talk(language)
    talk.start("split_payment", parts=3)
    talk.pick("invoice", "249")
    talk.agree()
    assert [call.arguments["parts"] for call in talk.done] == [3]
    talk.start("split_payment", parts=3)
    talk.pick("invoice", "Skoboden")
    assert talk.offers_person
    assert "000" in talk.text
    assert len(talk.done) == 1


def test_what_is_large_is_split_by_a_person() -> None:
    talk = Talk()
    put(talk, replace(invoice(talk, "Skoboden"), amount=2_100_000))
    talk.start("split_payment", parts=2)
    over = talk.pick("invoice", "Skoboden")
    assert isinstance(over, HandOff)
    assert over.because == "limit"


@every_language
def test_a_return_pauses_the_invoice(language: str) -> None:
    talk = Talk(language)
    talk.start("report_return")
    talk.pick("invoice", "Skoboden")
    talk.agree()
    assert invoice(talk, "Skoboden").paused == "return"
    assert "Skoboden" in talk.text
    talk.start("report_return")
    talk.pick("invoice", "Skoboden")
    assert len(talk.done) == 1


@every_language
@pytest.mark.parametrize("shop", ["Klädhuset", "Norrhem", "Bokhandeln Runa"])
def test_a_refund_is_told_by_its_state(shop: str, language: str) -> None:
    talk = Talk(language)
    talk.start("refund_status")
    assert talk.pick("refund", shop) == Ended()
    assert shop in talk.text


@every_language
@pytest.mark.parametrize(("shop", "at"), [("Klädhuset", 0), ("Bokhandeln Runa", 1)])
def test_without_a_refund_the_return_is_told(shop: str, at: int, language: str) -> None:
    talk = Talk(language)
    returned = talk.account.returns[at]
    talk.account = replace(talk.account, refunds=(), returns=(returned,))
    talk.start("refund_status")
    assert talk.effect == Ended()
    assert shop in talk.text
    arrived = replace(returned, state="arrived", arrived_at=TODAY)
    talk.account = replace(talk.account, returns=(arrived,))
    talk.start("refund_status")
    assert shop in talk.text
    talk.account = replace(talk.account, returns=())
    talk.start("refund_status")
    assert talk.offers_person


@every_language
def test_an_unknown_purchase_is_frozen_with_its_clock_and_goes_to_a_person(language: str) -> None:
    talk = Talk(language)
    talk.start("unrecognised_purchase")
    talk.pick("purchase", "Gadgetino")
    talk.fill("reason", "not_mine")
    over = talk.agree()
    assert isinstance(over, HandOff)
    assert over.skill == "fraud"
    assert talk.account.frozen
    assert "2026" in talk.text
    talk = Talk(language)
    talk.start("unrecognised_purchase")
    talk.pick("purchase", "Gadgetino")
    talk.fill("reason", "double")
    assert isinstance(talk.decline(), HandOff)
    assert talk.done == []


@every_language
@pytest.mark.parametrize("shop", ["not_asked", "waiting", "refused"])
def test_damaged_goods_pause_the_invoice_and_name_the_next_step(shop: str, language: str) -> None:
    talk = Talk(language)
    talk.start("goods_dispute", reason="damaged", description="One board is cracked {through}")
    talk.pick("invoice", "249")
    talk.agree()
    assert "2026" in talk.text
    ended = talk.fill("shop", shop)
    assert isinstance(ended, HandOff) == (shop == "refused")
    assert talk.offers_person or isinstance(ended, HandOff)


@every_language
def test_an_email_changes_with_the_code_at_the_third_try(language: str) -> None:
    talk = Talk(language)
    talk.start("change_contact_details", what="email", email="elin@example.org")
    talk.agree()
    assert "e***@example.com" in talk.text
    for slot in ("email_code", "email_code_again"):
        talk.fill(slot, "111111")
        talk.agree()
    talk.fill("email_code_last", DEMO_CODE)
    talk.agree()
    assert talk.account.email == "elin@example.org"
    assert "elin@example.org" in talk.text


@every_language
def test_an_address_is_not_changed_without_the_code(language: str) -> None:
    talk = Talk(language)
    before = talk.account.address
    talk.start("change_contact_details", what="address")
    for slot, value in (("street", "Nygatan 1"), ("postal_code", "903 30"), ("city", "Umeå")):
        talk.fill(slot, value)
    talk.fill("country", "se")
    talk.agree()
    for slot in ("address_code", "address_code_again", "address_code_last"):
        talk.fill(slot, "111111")
        talk.agree()
    assert talk.offers_person
    assert talk.account.address == before


@every_language
def test_an_address_changes_with_the_code(language: str) -> None:
    talk = Talk(language)
    talk.start("change_contact_details", what="address")
    for slot, value in (("street", "Nygatan 1"), ("postal_code", "903 30"), ("city", "Umeå")):
        talk.fill(slot, value)
    talk.fill("country", "se")
    talk.agree()
    talk.fill("address_code", DEMO_CODE)
    talk.agree()
    assert talk.account.address == "Nygatan 1, 903 30 Umeå SE"


def test_a_blocked_account_and_a_move_abroad_are_for_a_person() -> None:
    talk = Talk()
    talk.account = replace(talk.account, frozen=True)
    over = talk.start("change_contact_details")
    assert isinstance(over, HandOff)
    assert over.skill == "fraud"
    talk = Talk()
    talk.start("change_contact_details", what="other")
    assert talk.offers_person


@every_language
def test_hardship_ends_with_a_person_whatever_is_answered(language: str) -> None:
    talk = Talk(language)
    talk.start("hardship_plan")
    talk.fill("changed", "rather_not")
    over = talk.fill("each_month", "?")
    assert isinstance(over, HandOff)
    assert (over.because, over.skill) == ("debt", "vulnerable")
    talk = Talk(language)
    talk.account = replace(talk.account, hardship_plan=True)
    assert isinstance(talk.start("hardship_plan"), HandOff)


@every_language
def test_a_reminder_fee_is_taken_off_once_a_year(language: str) -> None:
    talk = Talk(language)
    talk.start("reminder_fee")
    talk.agree()
    assert invoice(talk, "Skoboden").reminder_fee == 0
    put(talk, replace(invoice(talk, "Skoboden"), reminder_fee=6_000))
    talk.start("reminder_fee")
    assert talk.offers_person
    assert len(talk.done) == 1
    put(talk, replace(invoice(talk, "Skoboden"), reminder_fee=0))
    talk.start("reminder_fee")
    assert talk.offers_person


@every_language
def test_an_account_is_closed_only_when_everything_is_paid(language: str) -> None:
    talk = Talk(language)
    talk.start("account_and_data", what="close")
    assert talk.offers_person
    talk.account = replace(talk.account, invoices=())
    talk.start("account_and_data", what="close")
    talk.agree()
    assert talk.account.closes_on is not None
    assert "2026" in talk.text
    talk.start("account_and_data", what="close")
    assert len(talk.done) == 1


@every_language
def test_data_is_asked_for_with_the_month_of_the_law(language: str) -> None:
    talk = Talk(language)
    talk.start("account_and_data", what="export")
    talk.agree()
    assert [call.tool for call in talk.done] == ["request_data_export"]
    assert "2026" in talk.text
    over = Talk(language).start("account_and_data", what="erase")
    assert isinstance(over, HandOff)
    assert over.because == "legal_right"


@every_language
def test_a_decline_is_explained_and_reviewed_by_a_person(language: str) -> None:
    talk = Talk(language)
    talk.start("declined")
    assert "recent_overdue" not in talk.text
    assert "Solvik Elektronik" in talk.text
    talk.fill("review", value=True)
    talk.agree()
    assert talk.account.decision is not None
    assert talk.account.decision.review_asked == TODAY
    talk.start("declined")
    assert len(talk.done) == 1
    talk.account = replace(talk.account, decision=None)
    talk.start("declined")
    assert talk.offers_person


@every_language
@pytest.mark.parametrize(
    "playbook",
    ["what_do_i_owe", "pay_now", "extend_due_date", "split_payment", "report_return",
     "goods_dispute", "reminder_fee"],
)  # fmt: skip
def test_an_empty_account_is_answered_too(playbook: str, language: str) -> None:
    talk = Talk(language)
    talk.account = replace(talk.account, invoices=())
    assert talk.start(playbook) == Ended()
    assert talk.text


def invoice(talk: Talk, merchant: str) -> Any:
    return next(each for each in talk.account.invoices if each.merchant == merchant)


def put(talk: Talk, changed: Any) -> None:
    account: Account = talk.account
    invoices = tuple(changed if each.id == changed.id else each for each in account.invoices)
    talk.account = replace(account, invoices=invoices)
