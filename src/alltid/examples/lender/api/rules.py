"""The lender's rules: fees, limits and clocks of each market, and quotes by them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from alltid.examples.lender.api.account import Account, Instalment, Invoice

EXTENSIONS_MAX: Final = 2
FREE_EXTENSION_DAYS: Final = 10
# An invoice that is overdue for longer is with the collectors: a person decides.
OVERDUE_DAYS_MAX: Final = 30
SPLIT_DAYS: Final = 30
DISPUTE_DAYS: Final = 10
COMPLAINT_DAYS: Final = 14
REVIEW_DAYS: Final = 7
EXPORT_DAYS: Final = 30
CLOSURE_DAYS: Final = 14
CHANGE_MINUTES: Final = 30
CODE_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Market:
    """A country in which the lender does business; amounts in minor units."""

    currency: str
    extension_fee: int
    reminder_fee: int
    split_from: int


MARKETS: Final[Mapping[str, Market]] = MappingProxyType(
    {
        "SE": Market("SEK", 4_900, 6_000, 100_000),
        "DE": Market("EUR", 390, 250, 10_000),
        "IT": Market("EUR", 390, 500, 10_000),
        "ES": Market("EUR", 390, 500, 10_000),
        "GB": Market("GBP", 350, 500, 9_000),
    }
)


@dataclass(frozen=True, slots=True)
class ExtensionQuote:
    """Whether a due date may move. `reason` is a code where it may not."""

    allowed: bool
    reason: str | None
    new_due: date
    fee: int


@dataclass(frozen=True, slots=True)
class SplitQuote:
    """Whether an invoice may be split. `reason` is a code where it may not."""

    allowed: bool
    reason: str | None
    instalments: tuple[Instalment, ...]


WHY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "already_paid": "This invoice is paid already.",
        "disputed": "This invoice is being looked into, and rests until that is done.",
        "paused": "This invoice rests until the shop has answered.",
        "too_often": f"The due date was moved {EXTENSIONS_MAX} times already, which is the most.",
        "too_late": f"The invoice is overdue for more than {OVERDUE_DAYS_MAX} days.",
        "already_split": "This invoice is being paid in parts already.",
        "too_small": "The amount is too small to be paid in parts.",
        "hardship_plan": "There is a payment plan for this account, which a person looks after.",
    }
)


def market_of(account: Account) -> Market:
    """Return the market's rules for an account."""
    return MARKETS[account.market]


def quote_extension(account: Account, invoice: Invoice, days: int, today: date) -> ExtensionQuote:
    """Say whether, to when and for how much the due date moves. From today where overdue."""
    new_due = max(invoice.due, today) + timedelta(days=days)
    fee = 0 if days <= FREE_EXTENSION_DAYS else market_of(account).extension_fee
    reason = _rests(account, invoice, today)
    if reason is None and invoice.instalments:
        reason = "already_split"
    if reason is None and invoice.extensions_used >= EXTENSIONS_MAX:
        reason = "too_often"
    return ExtensionQuote(reason is None, reason, new_due, fee)


def quote_split(account: Account, invoice: Invoice, parts: int, today: date) -> SplitQuote:
    """Divide what is left into equal monthly parts; what doesn't divide is in the first."""
    reason = _rests(account, invoice, today)
    if reason is None and invoice.instalments:
        reason = "already_split"
    if reason is None and invoice.left < market_of(account).split_from:
        reason = "too_small"
    each, rest = divmod(max(0, invoice.left), parts)
    first = max(invoice.due, today)
    instalments = tuple(
        Instalment(first + timedelta(days=SPLIT_DAYS * n), each + (rest if n == 0 else 0))
        for n in range(parts)
    )
    return SplitQuote(reason is None, reason, instalments)


def _rests(account: Account, invoice: Invoice, today: date) -> str | None:
    status = invoice.status(today)
    if status == "paid":
        return "already_paid"
    if status in {"disputed", "paused"}:
        return status
    if account.hardship_plan:
        return "hardship_plan"
    return "too_late" if invoice.overdue_days(today) > OVERDUE_DAYS_MAX else None
