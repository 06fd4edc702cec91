"""What the lender tells of an account, tool by tool, as JSON with the lender's own ids. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from alltid.examples.lender.api.account import Account, Instalment, Invoice
from alltid.examples.lender.api.rules import market_of, quote_extension, quote_split
from alltid.kernel.refusal import Refused

Read = Callable[[Account, Mapping[str, Any], date], Any]


def read(account: Account, tool: str, arguments: Mapping[str, Any], today: date) -> Any:
    """Answer a read tool. Raises Refused for an object that isn't in this account."""
    return READS[tool](account, arguments, today)


def invoice_of(account: Account, arguments: Mapping[str, Any]) -> Invoice:
    """Return the invoice that the arguments name; Refused unless it is this account's."""
    for invoice in account.invoices:
        if invoice.id == arguments["invoice"]:
            return invoice
    raise Refused("not_found", "There is no such invoice.")


def as_instalments(parts: tuple[Instalment, ...]) -> list[dict[str, Any]]:
    """Return parts as JSON."""
    return [{"due": part.due.isoformat(), "amount": part.amount} for part in parts]


def day(moment: date | None) -> str | None:
    """Return a day as JSON."""
    return None if moment is None else moment.isoformat()


def masked_email(email: str) -> str:
    """Show so much of an address that its owner knows it: `e***@example.com`."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}***@{domain}"


def masked_address(address: str) -> str:
    """Show the town only."""
    return f"*** {address.rpartition(',')[2].strip()}"


def _list_invoices(account: Account, arguments: Mapping[str, Any], today: date) -> Any:
    wanted = arguments.get("status", "all")
    currency = market_of(account).currency
    shown = []
    for invoice in sorted(account.invoices, key=lambda each: each.due):
        status = invoice.status(today)
        if wanted == "all" or (wanted == "paid") == (status == "paid"):
            shown.append(_invoice(account, invoice, currency, today))
    return shown


def _invoice(account: Account, invoice: Invoice, currency: str, today: date) -> dict[str, Any]:
    return {
        "id": invoice.id,
        "number": invoice.number,
        "merchant": invoice.merchant,
        "amount": invoice.amount,
        "paid": invoice.paid,
        "left": max(0, invoice.left),
        "currency": currency,
        "due": invoice.due.isoformat(),
        "status": invoice.status(today),
        "paused_because": invoice.paused,
        "overdue_days": invoice.overdue_days(today),
        "extensions_used": invoice.extensions_used,
        "reminder_fee": invoice.reminder_fee,
        "fee_waived_before": account.waived_lately(today),
        "items": list(invoice.items),
        "ordered_at": invoice.ordered_at.isoformat(),
        "paid_at": day(invoice.paid_at),
        "instalments": as_instalments(invoice.instalments),
    }


def _account_summary(account: Account, _: Mapping[str, Any], today: date) -> Any:
    owing = [each for each in account.invoices if each.status(today) in {"open", "overdue"}]
    overdue = sum(each.left for each in owing if each.status(today) == "overdue")
    following = min(owing, key=lambda each: each.due, default=None)
    return {
        "name": account.name,
        "currency": market_of(account).currency,
        "total_open": sum(each.left for each in owing),
        "open_invoices": len(owing),
        "next_due": None if following is None else following.due.isoformat(),
        "next_amount": 0 if following is None else _next_amount(following),
        "overdue_total": overdue,
        "frozen": account.frozen,
        "hardship_plan": account.hardship_plan,
        "masked_email": masked_email(account.email),
        "masked_address": masked_address(account.address),
        "closes_on": day(account.closes_on),
    }


def _next_amount(invoice: Invoice) -> int:
    return invoice.instalments[0].amount if invoice.instalments else invoice.left


def _quote_extension(account: Account, arguments: Mapping[str, Any], today: date) -> Any:
    invoice = invoice_of(account, arguments)
    quote = quote_extension(account, invoice, arguments["days"], today)
    return {
        "allowed": quote.allowed,
        "reason": quote.reason,
        "merchant": invoice.merchant,
        "number": invoice.number,
        "due": invoice.due.isoformat(),
        "new_due": quote.new_due.isoformat(),
        "fee": quote.fee,
        "currency": market_of(account).currency,
        "extensions_used": invoice.extensions_used,
    }


def _quote_split(account: Account, arguments: Mapping[str, Any], today: date) -> Any:
    invoice = invoice_of(account, arguments)
    quote = quote_split(account, invoice, arguments["parts"], today)
    return {
        "allowed": quote.allowed,
        "reason": quote.reason,
        "merchant": invoice.merchant,
        "number": invoice.number,
        "left": max(0, invoice.left),
        "split_from": market_of(account).split_from,
        "currency": market_of(account).currency,
        "instalments": as_instalments(quote.instalments),
    }


def _list_payment_methods(account: Account, _: Mapping[str, Any], __: date) -> Any:
    return [{"id": each.id, "kind": each.kind, "label": each.label} for each in account.methods]


def _list_returns(account: Account, _: Mapping[str, Any], __: date) -> Any:
    return [
        {
            "id": each.id,
            "invoice": each.invoice,
            "merchant": each.merchant,
            "state": each.state,
            "reported_at": each.reported_at.isoformat(),
            "arrived_at": day(each.arrived_at),
        }
        for each in account.returns
    ]


def _list_refunds(account: Account, _: Mapping[str, Any], __: date) -> Any:
    return [
        {
            "id": each.id,
            "merchant": each.merchant,
            "amount": each.amount,
            "currency": market_of(account).currency,
            "state": each.state,
            "expected_by": day(each.expected_by),
            "paid_at": day(each.paid_at),
            "method": each.method,
        }
        for each in account.refunds
    ]


def _list_purchases(account: Account, _: Mapping[str, Any], __: date) -> Any:
    return [
        {
            "id": each.id,
            "merchant": each.merchant,
            "amount": each.amount,
            "currency": market_of(account).currency,
            "at": each.at.isoformat(),
            "status": each.status,
            "invoice": each.invoice,
        }
        for each in sorted(account.purchases, key=lambda each: each.at, reverse=True)
    ]


def _last_decision(account: Account, _: Mapping[str, Any], __: date) -> Any:
    decision = account.decision
    if decision is None:
        raise Refused("no_decision", "Nothing has been applied for lately.")
    return {
        "decided_at": decision.decided_at.isoformat(),
        "outcome": decision.outcome,
        "main_reasons": list(decision.main_reasons),
        "merchant": decision.merchant,
        "amount": decision.amount,
        "currency": market_of(account).currency,
        "review_asked": day(decision.review_asked),
    }


READS: Final[Mapping[str, Read]] = MappingProxyType(
    {
        "list_invoices": _list_invoices,
        "account_summary": _account_summary,
        "quote_extension": _quote_extension,
        "quote_split": _quote_split,
        "list_payment_methods": _list_payment_methods,
        "list_returns": _list_returns,
        "list_refunds": _list_refunds,
        "list_purchases": _list_purchases,
        "last_decision": _last_decision,
    }
)
