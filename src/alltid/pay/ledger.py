"""The rules of the books: double entry, append-only, each thing once. Pure.

A transfer is one entry with two lines or more, whose amounts add up to zero in each currency;
debits are positive, credits negative. A pending transfer holds amounts until exactly one later
transfer posts or voids it. Nothing is ever changed: a correction reverses an entry and books a
new one. What the transfer says is written down once as its *facts*, a line of JSON whose SHA-256
tells a repetition from another request under the same key.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from alltid.kernel.money import decimals_of
from alltid.kernel.refusal import Refused

FORM: Final = "alltid-transfer-1"
LINES_MOST: Final = 500
MINOR_MOST: Final = 10**15
TEXT_MOST: Final = 200
_CONTROL: Final = re.compile(r"[\x00-\x1f\ud800-\udfff]")


class Kind(StrEnum):
    """What a transfer does to balances."""

    POSTED = "posted"
    """Moves amounts."""
    PENDING = "pending"
    """Holds them."""
    POST = "post"
    """Moves what a pending transfer held."""
    VOID = "void"
    """Lets go of what a pending transfer held."""


class Side(StrEnum):
    """On which side an account normally stands."""

    DEBIT = "debit"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Account:
    """An account in one currency; `book_number` is its number in the company's chart.

    A guarded account never leaves its normal side, with what is held counted as gone.
    """

    code: str
    currency: str
    book_number: int
    normal: Side
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """An amount in minor units on an account; a debit is positive, a credit negative."""

    account: str
    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """One entry. `settles` and `reverses` are the keys of the transfers they mean."""

    key: str
    kind: Kind
    booked_on: date
    lines: tuple[Line, ...]
    settles: str | None = None
    reverses: str | None = None
    memo: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Post:
    """Book amounts at once, or hold them first."""

    key: str
    booked_on: date
    lines: tuple[Line, ...]
    memo: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Settle:
    """Post or void what a pending transfer holds."""

    key: str
    booked_on: date
    pending: str
    how: Kind
    memo: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reverse:
    """Book the opposite of an entry, the first half of a correction."""

    key: str
    booked_on: date
    original: str
    memo: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)


Command = Post | Settle | Reverse


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account has: posted (debits less credits), and held on each side (both >= 0)."""

    posted: int = 0
    pending_debit: int = 0
    pending_credit: int = 0

    def after(self, kind: Kind, minor: int) -> Balance:
        """Return the balance after a line of a transfer of this kind."""
        if kind is Kind.POSTED:
            return Balance(self.posted + minor, self.pending_debit, self.pending_credit)
        held = minor if kind is Kind.PENDING else -minor
        posted = self.posted + (minor if kind is Kind.POST else 0)
        if minor > 0:
            return Balance(posted, self.pending_debit + held, self.pending_credit)
        return Balance(posted, self.pending_debit, self.pending_credit - held)

    def within(self, normal: Side) -> bool:
        """Tell whether the account stands on its normal side, with what is held gone."""
        if normal is Side.CREDIT:
            return self.posted + self.pending_debit <= 0
        return self.posted - self.pending_credit >= 0


@dataclass(slots=True)
class Books:
    """As much of the books as a decision needs; `record` moves them on.

    Not frozen like other states: a group of commands is decided on one copy, each after the
    one before.
    """

    accounts: dict[str, Account] = field(default_factory=dict)
    transfers: dict[str, Transfer] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    reversed: set[str] = field(default_factory=set)
    balances: dict[str, Balance] = field(default_factory=dict)
    closed_before: date | None = None


def decide(books: Books, command: Command) -> Transfer | None:
    """Return the transfer that a command leads to; None for one that is in the books already.

    Raises Refused; the books are as before then, and the key is still free.
    """
    transfer = _transfer_of(books, command)
    _check_shape(transfer)
    _check_accounts(books, transfer.lines)
    known = books.transfers.get(transfer.key)
    if known is not None:
        if facts_of(known) != facts_of(transfer):
            raise Refused("key_reused", f"The key {transfer.key} stands for another transfer.")
        return None
    if books.closed_before is not None and transfer.booked_on < books.closed_before:
        raise Refused("period_closed", f"The books are closed before {books.closed_before}.")
    if transfer.settles in books.settled:
        raise Refused("already_settled", f"{transfer.settles} was posted or voided before.")
    if transfer.reverses in books.reversed:
        raise Refused("already_reversed", f"{transfer.reverses} was reversed before.")
    _check_guarded(books, transfer)
    return transfer


def record(books: Books, transfer: Transfer) -> None:
    """Fold a transfer into the books."""
    books.transfers[transfer.key] = transfer
    if transfer.settles is not None:
        books.settled.add(transfer.settles)
    if transfer.reverses is not None:
        books.reversed.add(transfer.reverses)
    for line in transfer.lines:
        before = books.balances.get(line.account, Balance())
        books.balances[line.account] = before.after(transfer.kind, line.minor)


def _transfer_of(books: Books, command: Command) -> Transfer:
    if isinstance(command, Post):
        kind = Kind.PENDING if command.pending else Kind.POSTED
        lines, settles, reverses = command.lines, None, None
    elif isinstance(command, Settle):
        kind, settles, reverses = command.how, command.pending, None
        if kind not in (Kind.POST, Kind.VOID):
            raise Refused("bad_settlement", "A pending transfer is posted or voided.")
        lines = _known(books, command.pending, (Kind.PENDING,), "not_pending").lines
    else:
        kind, settles, reverses = Kind.POSTED, None, command.original
        original = _known(books, command.original, (Kind.POSTED, Kind.POST), "not_reversible")
        lines = tuple(Line(each.account, -each.minor, each.currency) for each in original.lines)
    return Transfer(
        command.key, kind, command.booked_on, lines, settles, reverses, command.memo,
        command.evidence,
    )  # fmt: skip


def _known(books: Books, key: str, kinds: tuple[Kind, ...], code: str) -> Transfer:
    transfer = books.transfers.get(key)
    if transfer is None:
        raise Refused("unknown_transfer", f"There is no transfer {key}.")
    if transfer.kind not in kinds:
        raise Refused(code, f"{key} is {transfer.kind}: that can't be done to it.")
    return transfer


def _check_shape(transfer: Transfer) -> None:
    if not 1 <= len(transfer.key) <= TEXT_MOST or len(transfer.memo) > TEXT_MOST:
        raise Refused("bad_text", f"A key has 1 to {TEXT_MOST} characters, a memo at most.")
    if _CONTROL.search(transfer.key) or _CONTROL.search(transfer.memo):
        raise Refused("bad_text", "A key and a memo are one line of text.")
    if not 2 <= len(transfer.lines) <= LINES_MOST:  # noqa: PLR2004  what is taken is given
        raise Refused("bad_lines", f"A transfer has 2 to {LINES_MOST} lines.")
    if any(line.minor == 0 or abs(line.minor) > MINOR_MOST for line in transfer.lines):
        raise Refused("bad_amount", f"An amount is not 0 and at most {MINOR_MOST}.")
    for currency, sum_minor in sums_of(transfer.lines).items():
        decimals_of(currency)
        if sum_minor != 0:
            raise Refused("unbalanced", f"The lines in {currency} add up to {sum_minor}, not 0.")


def sums_of(lines: Iterable[Line]) -> dict[str, int]:
    """Add up lines by currency."""
    sums: dict[str, int] = defaultdict(int)
    for line in lines:
        sums[line.currency] += line.minor
    return dict(sums)


def _check_accounts(books: Books, lines: Iterable[Line]) -> None:
    for line in lines:
        account = books.accounts.get(line.account)
        if account is None:
            raise Refused("unknown_account", f"There is no account {line.account}.")
        if account.currency != line.currency:
            raise Refused("wrong_currency", f"{account.code} is kept in {account.currency}.")


def _check_guarded(books: Books, transfer: Transfer) -> None:
    after: dict[str, Balance] = {}
    for line in transfer.lines:
        if books.accounts[line.account].guarded:
            before = after.get(line.account, books.balances.get(line.account, Balance()))
            after[line.account] = before.after(transfer.kind, line.minor)
    for code, balance in after.items():
        if not balance.within(books.accounts[code].normal):
            raise Refused("overdrawn", f"{code} does not have that much.")


# ---------------------------------------------------------------- what is written down


def facts_of(transfer: Transfer) -> str:
    """Return the transfer as its one line of JSON: lines first number by number, then words.

    The same transfer always gives the same text, whoever writes it.
    """
    return json.dumps(
        [
            *(FORM, transfer.key, transfer.kind.value, transfer.booked_on.isoformat()),
            *(transfer.settles, transfer.reverses),
            [[line.account, line.minor, line.currency] for line in transfer.lines],
            *(transfer.memo, dict(transfer.evidence)),
        ],
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    )


def transfer_from(facts: str) -> Transfer:
    """Read facts back; ValueError when the text is none."""
    form, key, kind, booked_on, settles, reverses, lines, memo, evidence = json.loads(facts)
    if form != FORM:
        raise ValueError(f"facts of the form {form!r} are unknown")
    return Transfer(
        key, Kind(kind), date.fromisoformat(booked_on), tuple(Line(*line) for line in lines),
        settles, reverses, memo, evidence,
    )  # fmt: skip


def digest_of(facts: str) -> bytes:
    """Return the SHA-256 by which facts are told apart."""
    return hashlib.sha256(facts.encode()).digest()
