"""The three files of a payout: the order to the bank, the voucher, and a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from alltid.kernel.money import written
from alltid.pay.bank_account import BankAccount
from alltid.pay.pain001 import Payer, Payment, payment_order
from alltid.pay.sie import SieHead, Voucher, sie_head, sie_voucher

OWED_NUMBER: Final = 2890
BANK_NUMBER: Final = 1930
_NAMES: Final = {OWED_NUMBER: "Owed to agents", BANK_NUMBER: "Bank"}
_COLUMNS: Final = ("line", "agent", "holder", "account", "amount", "currency", "basis", "pay_on")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class PayoutLine:
    """What one agent gets; `account_shown` is masked, `account` is the real one."""

    line: int
    agent: str
    minor: int
    holder: str
    account: BankAccount
    account_shown: str
    basis: str


@dataclass(frozen=True, slots=True)
class PayoutHead:
    """What all lines of a payout have in common. `number` is short enough for a message id."""

    number: str
    company: str
    currency: str
    pay_on: date
    created_at: datetime
    program_version: str


def payout_files(
    head: PayoutHead, payer: Payer, lines: Sequence[PayoutLine]
) -> Mapping[str, bytes]:
    """Return the files by their kind; Refused when a line can't be paid."""
    return {
        "pain001": _order(head, payer, lines),
        "sie": _voucher(head, lines),
        "csv": _table(head, lines),
    }


def _order(head: PayoutHead, payer: Payer, lines: Sequence[PayoutLine]) -> bytes:
    payments = [
        Payment(
            reference=f"{head.number}-{line.line}",
            name=line.holder,
            account=line.account,
            minor=line.minor,
            text=f"{head.company} {head.pay_on.isoformat()}, {line.basis}",
        )
        for line in lines
    ]
    return payment_order(
        payer,
        payments,
        message_id=head.number,
        currency=head.currency,
        created_at=head.created_at,
        pay_on=head.pay_on,
    )


def _voucher(head: PayoutHead, lines: Sequence[PayoutLine]) -> bytes:
    total = sum(line.minor for line in lines)
    bases = " / ".join(sorted({line.basis for line in lines}))
    sie = SieHead(
        head.company, head.program_version, head.created_at.date(), head.currency, bases, "U"
    )
    voucher = Voucher(
        number=1,
        booked_on=head.pay_on,
        text=f"Payout {head.number}",
        rows=((OWED_NUMBER, total), (BANK_NUMBER, -total)),
        recorded_on=head.created_at.date(),
    )
    return b"".join((*sie_head(sie, _NAMES), *sie_voucher(sie, _NAMES, voucher)))


def _table(head: PayoutHead, lines: Sequence[PayoutLine]) -> bytes:
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(_COLUMNS)
    for line in lines:
        table.writerow(
            (
                *(line.line, line.agent, _safe(line.holder), line.account_shown),
                *(written(line.minor, head.currency), head.currency, line.basis),
                head.pay_on.isoformat(),
            )
        )
    return out.getvalue().encode()


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
