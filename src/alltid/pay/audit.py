"""The auditor: holds what is stored against what it must be, and names each place that differs.

It trusts neither triggers nor columns: it reads the facts, folds balances by itself and builds
the chain anew. Pure but for what it remembers while it goes through the journal in order.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

import orjson

from alltid.pay.booking import STATEMENT, recomputed
from alltid.pay.chain import GENESIS, LEAF_BYTES, account_leaf_of, head_of, leaf_of
from alltid.pay.ledger import FORM, transfer_from
from alltid.pay.rate_card import RateCard

_HEADER: Final = ("form", "key", "kind", "booked_on", "settles", "reverses")
_PARTS: Final = 9
_POSTS: Final = frozenset(("posted", "post"))
_HELD: Final = {"pending": 1, "post": -1, "void": -1}
_LINE: Final = ("account", "amount_minor", "currency")


@dataclass(frozen=True, slots=True)
class Difference:
    """One place that is not as it must be; `transfer` is a position, `line` counts from 1."""

    what: str
    field: str
    found: str
    expected: str
    transfer: int | None = None
    line: int | None = None
    seal: int | None = None
    account: str | None = None

    def __str__(self) -> str:
        """Name the place and both values in a line."""
        named = {"seal": self.seal, "transfer": self.transfer, "line": self.line}
        place = " ".join(f"{name} {value}" for name, value in named.items() if value is not None)
        account = f" account {self.account}" if self.account else ""
        where = f"{place}{account}".strip() or "books"
        return f"{where}: {self.field}: {self.what} (found {self.found}, not {self.expected})"

    def as_json(self) -> dict[str, Any]:
        """Return it for programs."""
        return asdict(self)


class Row(NamedTuple):
    """A transfer as stored; `lines` is JSON of [account id, amount, currency] in their order."""

    position: int
    recorded_microseconds: int
    facts: str
    digest: bytes
    key: str
    kind: str
    booked_on: str
    settles: str | None
    reverses: str | None
    line_count: int
    lines: str
    original: str | None


class Held(NamedTuple):
    """A seal as stored."""

    number: int
    positions: list[int]
    accounts: list[int]
    leaves: bytes
    head: bytes


@dataclass(slots=True)
class Auditor:
    """Goes through the journal seal by seal; `differences` is what it found so far."""

    accounts: Mapping[int, tuple[Any, ...]]
    cards: Sequence[RateCard] = ()
    closings: Mapping[bytes, date] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    heads: set[bytes] = field(default_factory=lambda: {GENESIS})
    head: bytes = GENESIS
    number: int = 0
    transfers: int = 0
    lines: int = 0
    statements: int = 0
    # account id -> posted, pending debit, pending credit
    balances: dict[int, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    codes: dict[int, str] = field(init=False)
    _sealed_accounts: set[int] = field(default_factory=set)
    _touched: set[int] = field(default_factory=set)
    _closed_before: str = ""

    def __post_init__(self) -> None:
        """Know accounts by their numbers."""
        self.codes = {number: code for number, (code, *_) in self.accounts.items()}

    def seal(self, held: Held, rows: Sequence[Row]) -> None:
        """Check a seal, and the transfers it holds."""
        self.number += 1
        if held.number != self.number:
            self.differ("a seal is missing", "number", held.number, self.number, seal=held.number)
            self.number = held.number
        if closed := self.closings.get(self.head):
            self._closed_before = closed.isoformat()
        self._touched.clear()
        found = {row.position: row for row in rows}
        leaves = memoryview(held.leaves)
        for place, position in enumerate(held.positions):
            row = found.get(position)
            if row is None:
                what = "a sealed transfer is missing"
                self.differ(what, "position", "nothing", position, transfer=position)
                continue
            digest = self.transfer(row)
            leaf = leaf_of(position, row.recorded_microseconds, digest)
            if leaf != leaves[place * LEAF_BYTES : (place + 1) * LEAF_BYTES]:
                self._leaf_differs(row, leaf, held, place)
        self._check_accounts(held)
        self.head = head_of(self.head, held.number, held.leaves)
        if held.head != self.head:
            what = "the seal's head does not follow from its leaves and the head before"
            self.differ(what, "head", held.head.hex(), self.head.hex(), seal=held.number)
        self.heads.add(self.head)

    def _check_accounts(self, held: Held) -> None:
        """Hold the accounts that this seal was the first to touch against their leaves."""
        for place, number in enumerate(held.accounts, len(held.positions)):
            leaf = account_leaf_of(number, self.accounts.get(number, ()))
            stored = held.leaves[place * LEAF_BYTES : (place + 1) * LEAF_BYTES]
            if leaf != stored:
                what = "the account is not what was sealed"
                code = self.codes.get(number, str(number))
                self.differ(
                    what, "definition", leaf.hex(), stored.hex(), seal=held.number, account=code
                )
        self._sealed_accounts.update(held.accounts)
        for number in self._touched - self._sealed_accounts:
            what = "the account is in no seal"
            code = self.codes.get(number, str(number))
            self.differ(what, "definition", "nothing", "a leaf", seal=held.number, account=code)

    def _leaf_differs(self, row: Row, leaf: bytes, held: Held, place: int) -> None:
        """A transfer that agrees with itself but not with its seal was rewritten afterwards."""
        stored = held.leaves[place * LEAF_BYTES : (place + 1) * LEAF_BYTES].hex()
        at_fault = "facts" if self._names(row.position) else "recorded_at, key or facts"
        what = "it is not what was sealed"
        self.differ(what, at_fault, leaf.hex(), stored, transfer=row.position, seal=held.number)

    def _names(self, position: int) -> bool:
        return any(each.transfer == position for each in self.differences)

    def transfer(self, row: Row) -> bytes:
        """Check a transfer by itself and fold its lines; return the digest of its facts."""
        self.transfers += 1
        digest = hashlib.sha256(row.facts.encode()).digest()
        if digest != row.digest:
            what = "the facts don't have the digest that is stored beside them"
            self.differ(what, "facts", digest.hex(), row.digest.hex(), transfer=row.position)
        lines = orjson.loads(row.lines)
        self._fold(row, lines)
        facts = _parsed(row.facts)
        if facts is None:
            what = "the facts can't be read"
            self.differ(what, "facts", row.facts[:40], FORM, transfer=row.position)
            return digest
        said = facts[6]
        stored = [FORM, row.key, row.kind, row.booked_on, row.settles, row.reverses]
        if facts[:6] != stored:
            self._compare(_HEADER, stored, facts[:6], row.position, None)
        codes = self.codes
        if [[codes.get(number), minor, currency] for number, minor, currency in lines] != said:
            self._compare_lines(row.position, lines, said)
        if row.line_count != len(said):
            what = "the column is not what the facts say"
            self.differ(what, "line_count", row.line_count, len(said), transfer=row.position)
        if row.booked_on < self._closed_before:
            what = "it was booked on a day that was closed already"
            self.differ(
                what, "booked_on", row.booked_on, self._closed_before, transfer=row.position
            )
        if row.original is not None:
            self._check_original(row, lines)
        evidence = facts[8]
        if evidence and evidence.get("kind") == STATEMENT:
            self._check_statement(row)
        return digest

    def _fold(self, row: Row, lines: list[list[Any]]) -> None:
        """Add the lines, as stored, to the balances, and see that they add up to zero."""
        sums: dict[str, int] = {}
        posts = row.kind in _POSTS
        held = _HELD.get(row.kind, 0)
        self.lines += len(lines)
        for account, minor, currency in lines:
            sums[currency] = sums.get(currency, 0) + minor
            balance = self.balances[account]
            self._touched.add(account)
            if posts:
                balance[0] += minor
            if held:
                balance[1 if minor > 0 else 2] += held * abs(minor)
        for currency, sum_minor in sums.items():
            if sum_minor:
                what = f"the lines in {currency} don't add up"
                self.differ(what, "amount_minor", sum_minor, 0, transfer=row.position)

    def _compare(
        self,
        names: Sequence[str],
        stored: Sequence[Any],
        said: Sequence[Any],
        position: int,
        line: int | None,
    ) -> None:
        what = "the column is not what the facts say"
        for name, is_stored, is_said in zip(names, stored, said, strict=False):
            if is_stored != is_said:
                self.differ(what, name, is_stored, is_said, transfer=position, line=line)

    def _compare_lines(self, position: int, lines: list[list[Any]], said: list[Any]) -> None:
        for number in range(1, max(len(lines), len(said)) + 1):
            if number > len(lines) or number > len(said):
                found, expected = ("nothing", "a line") if number <= len(said) else (
                    ("a line", "nothing")
                )  # fmt: skip
                what = "stored lines and facts differ in number"
                self.differ(what, "line", found, expected, transfer=position, line=number)
                continue
            account, minor, currency = lines[number - 1]
            stored = [self.codes.get(account), minor, currency]
            self._compare(_LINE, stored, said[number - 1], position, number)

    def _check_original(self, row: Row, lines: list[list[Any]]) -> None:
        sign = 1 if row.reverses is None else -1
        original = _parsed(row.original or "") or [None] * _PARTS
        moved = [[self.codes.get(account), sign * minor, cur] for account, minor, cur in lines]
        if original[6] != moved:
            what = "it does not move just what the transfer it refers to did"
            self.differ(what, "lines", moved, original[6], transfer=row.position)

    def _check_statement(self, row: Row) -> None:
        self.statements += 1
        for each in recomputed(transfer_from(row.facts), self.cards):
            what = "the statement does not follow from its facts"
            self.differ(what, each.field, each.found, each.expected, transfer=row.position)

    def snapshots(self, seal: int, rows: Sequence[tuple[int, int, int, int]]) -> None:
        """Hold the balances stored with a seal against the fold, for every account it touched."""
        stored = {account: each for account, *each in rows}
        for account in self._touched | stored.keys():
            folded = self.balances[account] if account in self._touched else None
            if stored.get(account) == folded:
                continue
            what = "the balance is not the fold of the journal"
            self.differ(
                what, "posted, pending_debit, pending_credit", stored.get(account), folded,
                seal=seal, account=self.codes.get(account, str(account)),
            )  # fmt: skip

    def close_chain(self) -> None:
        """Go on to what comes after the last seal."""
        if closed := self.closings.get(self.head):
            self._closed_before = closed.isoformat()
        for head, closed in self.closings.items():
            if head not in self.heads:
                what = "a closing names a head that is not in the chain"
                self.differ(what, "head", head.hex(), closed)

    def differ(
        self, what: str, field_name: str, found: object, expected: object, **at: Any
    ) -> None:
        """Note a difference, with the place in `at`."""
        self.differences.append(Difference(what, field_name, str(found), str(expected), **at))


def _parsed(facts: str) -> list[Any] | None:
    """Read facts as a list of their parts; None for what has another shape."""
    try:
        parts = orjson.loads(facts)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(parts, list) or len(parts) != _PARTS:
        return None
    lines, evidence = parts[6], parts[8]
    whole = isinstance(lines, list) and isinstance(evidence, dict)
    return parts if whole and all(isinstance(line, list) for line in lines) else None
