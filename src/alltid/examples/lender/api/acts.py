"""What may be done to an account, tool by tool: the new account and what to tell of it. Pure.

Each act refuses with a code and a sentence what the rules don't allow, and then changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from alltid.examples.lender.api import contact_changes
from alltid.examples.lender.api.account import Account, Invoice, PaymentMethod, Return
from alltid.examples.lender.api.reads import as_instalments, day, invoice_of
from alltid.examples.lender.api.rules import (
    CLOSURE_DAYS,
    COMPLAINT_DAYS,
    DISPUTE_DAYS,
    EXPORT_DAYS,
    REVIEW_DAYS,
    WHY,
    market_of,
    quote_extension,
    quote_split,
)
from alltid.kernel.refusal import Refused


@dataclass(frozen=True, slots=True)
class Act:
    """One thing done to one account: when, with which code to be sent, and under which number."""

    arguments: Mapping[str, Any]
    now: datetime
    code: str
    reference: str

    @property
    def today(self) -> date:
        """The day of the lender's books."""
        return self.now.date()


Done = tuple[Account, dict[str, Any]]


def act(
    account: Account, tool: str, arguments: Mapping[str, Any], now: datetime, code: str
) -> Done:
    """Do one act. `code` is what would be sent where a change has to be confirmed.

    Raises Refused, with nothing changed, where the rules say no.
    """
    number = account.acts + 1
    reference = f"{account.subject.rpartition('-')[2]}-{number:04}"
    changed, told = ACTS[tool](account, Act(arguments, now, code, reference))
    return replace(changed, acts=number), {"reference": reference, **told}


def _pay_invoice(account: Account, this: Act) -> Done:
    invoice = invoice_of(account, this.arguments)
    method = _method_of(account, this.arguments)
    _refuse(_settled(invoice, this.today))
    if not method.works:
        raise Refused("payment_declined", f"The bank said no to a payment with {method.label}.")
    amount = invoice.left
    paid = replace(
        invoice, paid=invoice.paid + amount, paid_at=this.today, instalments=(), paused=None
    )
    told = {"amount": amount, "method": method.label, "paid_at": day(this.today), "left": 0}
    return _with(account, paid), _about(account, invoice) | told


def _extend_due_date(account: Account, this: Act) -> Done:
    invoice = invoice_of(account, this.arguments)
    quote = quote_extension(account, invoice, this.arguments["days"], this.today)
    _refuse(quote.reason)
    moved = replace(
        invoice,
        due=quote.new_due,
        fees=invoice.fees + quote.fee,
        extensions_used=invoice.extensions_used + 1,
    )
    told = {
        "old_due": day(invoice.due),
        "due": day(moved.due),
        "fee": quote.fee,
        "left": moved.left,
        "extensions_used": moved.extensions_used,
    }
    return _with(account, moved), _about(account, invoice) | told


def _split_invoice(account: Account, this: Act) -> Done:
    invoice = invoice_of(account, this.arguments)
    quote = quote_split(account, invoice, this.arguments["parts"], this.today)
    _refuse(quote.reason)
    parts = quote.instalments
    split = replace(invoice, instalments=parts, due=parts[0].due)
    told = {"left": invoice.left, "instalments": as_instalments(parts)}
    return _with(account, split), _about(account, invoice) | told


def _report_return(account: Account, this: Act) -> Done:
    invoice = invoice_of(account, this.arguments)
    if any(each.invoice == invoice.id for each in account.returns):
        raise Refused("already_reported", "A return was reported for this invoice already.")
    if invoice.disputed:
        raise Refused("disputed", WHY["disputed"])
    back = Return(f"ret-{this.reference}", invoice.id, invoice.merchant, "reported", this.today)
    paused = invoice if invoice.left <= 0 else replace(invoice, paused="return")
    changed = replace(_with(account, paused), returns=(*account.returns, back))
    told = {"return": back.id, "state": back.state, "paused": invoice.left > 0}
    return changed, _about(account, invoice) | told


def _dispute_purchase(account: Account, this: Act) -> Done:
    purchase = next(
        (each for each in account.purchases if each.id == this.arguments["purchase"]), None
    )
    if purchase is None:
        raise Refused("not_found", "There is no such purchase.")
    if purchase.status == "disputed":
        raise Refused("already_reported", "This purchase is being looked into already.")
    purchases = tuple(
        replace(each, status="disputed") if each.id == purchase.id else each
        for each in account.purchases
    )
    invoices = tuple(
        replace(each, disputed=True) if each.id == purchase.invoice else each
        for each in account.invoices
    )
    freezes = this.arguments["reason"] == "not_mine"
    changed = replace(
        account, purchases=purchases, invoices=invoices, frozen=account.frozen or freezes
    )
    told = {
        "merchant": purchase.merchant,
        "amount": purchase.amount,
        "currency": market_of(account).currency,
        "frozen": changed.frozen,
        "answer_by": day(this.today + timedelta(days=DISPUTE_DAYS)),
    }
    return changed, told


def _report_damaged(account: Account, this: Act) -> Done:
    invoice = invoice_of(account, this.arguments)
    if invoice.disputed or invoice.paused == "complaint":
        raise Refused("already_reported", "A complaint about this invoice is open already.")
    paused = invoice if invoice.left <= 0 else replace(invoice, paused="complaint")
    told = {
        "paused": invoice.left > 0,
        "answer_by": day(this.today + timedelta(days=COMPLAINT_DAYS)),
    }
    return _with(account, paused), _about(account, invoice) | told


def _waive_reminder_fee(account: Account, this: Act) -> Done:
    invoice = invoice_of(account, this.arguments)
    if invoice.reminder_fee == 0:
        raise Refused("no_reminder_fee", "There is no reminder fee on this invoice.")
    _refuse(_settled(invoice, this.today))
    if account.waived_lately(this.today):
        raise Refused("waived_before", "A reminder fee was taken off within the last year.")
    without = replace(invoice, reminder_fee=0)
    changed = replace(_with(account, without), waived_at=this.today)
    told = {"waived": invoice.reminder_fee, "left": without.left}
    return changed, _about(account, invoice) | told


def _request_account_closure(account: Account, this: Act) -> Done:
    if account.closes_on is not None:
        raise Refused("already_reported", "The account is being closed already.")
    if any(each.status(this.today) != "paid" for each in account.invoices):
        raise Refused("open_invoices", "An account is closed when all its invoices are paid.")
    closes_on = this.today + timedelta(days=CLOSURE_DAYS)
    return replace(account, closes_on=closes_on), {"closes_on": day(closes_on)}


def _request_data_export(account: Account, this: Act) -> Done:
    asked = account.export_asked
    if asked is not None and this.today - asked < timedelta(days=EXPORT_DAYS):
        raise Refused("already_reported", "A copy of the data is being prepared already.")
    ready_by = day(this.today + timedelta(days=EXPORT_DAYS))
    return replace(account, export_asked=this.today), {"ready_by": ready_by}


def _request_human_review(account: Account, this: Act) -> Done:
    decision = account.decision
    if decision is None or decision.outcome != "declined":
        raise Refused("nothing_to_review", "No purchase was declined lately.")
    if decision.review_asked is not None:
        raise Refused("already_reported", "A person is looking at this decision already.")
    asked = replace(decision, review_asked=this.today)
    told = {
        "merchant": decision.merchant,
        "amount": decision.amount,
        "currency": market_of(account).currency,
        "answer_by": day(this.today + timedelta(days=REVIEW_DAYS)),
    }
    return replace(account, decision=asked), told


def _begin_change(account: Account, this: Act) -> Done:
    return contact_changes.begin(account, this.arguments, this.now)


def _confirm_email(account: Account, this: Act) -> Done:
    return contact_changes.confirm(account, "email", this.arguments["code"], this.now, this.code)


def _confirm_address(account: Account, this: Act) -> Done:
    return contact_changes.confirm(account, "address", this.arguments["code"], this.now, this.code)


def _refuse(reason: str | None) -> None:
    if reason is not None:
        raise Refused(reason, WHY[reason])


def _settled(invoice: Invoice, today: date) -> str | None:
    status = invoice.status(today)
    return {"paid": "already_paid", "disputed": "disputed"}.get(status)


def _method_of(account: Account, arguments: Mapping[str, Any]) -> PaymentMethod:
    for method in account.methods:
        if method.id == arguments["method"]:
            return method
    raise Refused("not_found", "There is no such payment method.")


def _with(account: Account, changed: Invoice) -> Account:
    invoices = tuple(changed if each.id == changed.id else each for each in account.invoices)
    return replace(account, invoices=invoices)


def _about(account: Account, invoice: Invoice) -> dict[str, Any]:
    return {
        "number": invoice.number,
        "merchant": invoice.merchant,
        "currency": market_of(account).currency,
    }


ACTS: Final[Mapping[str, Callable[[Account, Act], Done]]] = MappingProxyType(
    {
        "pay_invoice": _pay_invoice,
        "extend_due_date": _extend_due_date,
        "split_invoice": _split_invoice,
        "report_return": _report_return,
        "dispute_purchase": _dispute_purchase,
        "report_damaged": _report_damaged,
        "request_email_change": _begin_change,
        "confirm_email_change": _confirm_email,
        "request_address_change": _begin_change,
        "confirm_address_change": _confirm_address,
        "waive_reminder_fee": _waive_reminder_fee,
        "request_account_closure": _request_account_closure,
        "request_data_export": _request_data_export,
        "request_human_review": _request_human_review,
    }
)
