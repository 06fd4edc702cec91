"""A customer's account at the lender: what it holds, as plain values. Pure.

Amounts are whole minor units of the account's currency; dates are days of the lender's books.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

InvoiceStatus = Literal["open", "overdue", "paid", "paused", "disputed"]


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of an invoice that was split."""

    due: date
    amount: int


@dataclass(frozen=True, slots=True)
class Invoice:
    """What a purchase costs, and how far it is paid. `paused` says why it rests, if it does."""

    id: str
    number: str
    merchant: str
    amount: int
    due: date
    ordered_at: date
    items: tuple[str, ...]
    paid: int = 0
    paid_at: date | None = None
    fees: int = 0
    reminder_fee: int = 0
    extensions_used: int = 0
    instalments: tuple[Instalment, ...] = ()
    paused: Literal["return", "complaint"] | None = None
    disputed: bool = False

    @property
    def left(self) -> int:
        """What is still to be paid, fees included."""
        return self.amount + self.fees + self.reminder_fee - self.paid

    def status(self, today: date) -> InvoiceStatus:
        """Tell the state on a day."""
        if self.left <= 0:
            return "paid"
        if self.disputed:
            return "disputed"
        if self.paused is not None:
            return "paused"
        return "overdue" if self.due < today else "open"

    def overdue_days(self, today: date) -> int:
        """Count the days since the due date; 0 for what isn't overdue."""
        return (today - self.due).days if self.status(today) == "overdue" else 0


@dataclass(frozen=True, slots=True)
class Purchase:
    """Something bought with the lender's money, invoiced or not yet."""

    id: str
    merchant: str
    amount: int
    at: date
    status: Literal["completed", "pending", "disputed", "cancelled"]
    invoice: str | None = None


@dataclass(frozen=True, slots=True)
class Return:
    """Goods on their way back to the shop."""

    id: str
    invoice: str
    merchant: str
    state: Literal["reported", "arrived", "settled"]
    reported_at: date
    arrived_at: date | None = None


@dataclass(frozen=True, slots=True)
class Refund:
    """Money on its way back to the customer."""

    id: str
    merchant: str
    amount: int
    state: Literal["waiting_for_shop", "approved", "paid_out"]
    expected_by: date | None
    paid_at: date | None
    method: str


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """A card or an account. `works` is false where the bank would say no."""

    id: str
    kind: Literal["card", "bank_account"]
    label: str
    works: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on a purchase that the customer applied for."""

    decided_at: date
    outcome: Literal["approved", "declined"]
    main_reasons: tuple[str, ...]
    merchant: str
    amount: int
    review_asked: date | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A change of contact details that waits for its code."""

    what: Literal["email", "address"]
    new: str
    expires_at: datetime
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """Everything that the lender knows of one customer."""

    subject: str
    name: str
    market: str
    email: str
    address: str
    invoices: tuple[Invoice, ...] = ()
    purchases: tuple[Purchase, ...] = ()
    returns: tuple[Return, ...] = ()
    refunds: tuple[Refund, ...] = ()
    methods: tuple[PaymentMethod, ...] = ()
    decision: Decision | None = None
    changes: tuple[Change, ...] = ()
    frozen: bool = False
    hardship_plan: bool = False
    waived_at: date | None = None
    closes_on: date | None = None
    export_asked: date | None = None
    # Counts what was done to the account, from which references follow.
    acts: int = 0
    seeded_at: date = field(default=date.min)

    def waived_lately(self, today: date) -> bool:
        """Tell whether a reminder fee was taken off within the last 365 days."""
        return self.waived_at is not None and today - self.waived_at < timedelta(days=365)
