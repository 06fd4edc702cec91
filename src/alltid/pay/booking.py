"""From a statement to an entry in the books, and back again for whoever checks. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from alltid.kernel.refusal import Refused
from alltid.pay.ledger import Account, Line, Post, Reverse, Side, Transfer
from alltid.pay.rate_card import RateCard, terms_of
from alltid.pay.session_facts import SessionFacts, session_from, session_record, whole
from alltid.pay.statement import (
    Basis,
    Correction,
    Statement,
    statement_of,
    statement_record,
)

STATEMENT: Final = "statement"


@dataclass(frozen=True, slots=True)
class Chart:
    """The numbers of the company's chart of accounts that pay is booked on (BAS by default)."""

    earnings: int = 4600
    top_up: int = 4601
    extras: int = 4602
    owed: int = 2890


BAS: Final = Chart()


def accounts_of(market: str, currency: str, agent: str, chart: Chart = BAS) -> tuple[Account, ...]:
    """Return the accounts that an agent's pay in a market needs: three costs, and what is owed.

    What an agent is owed can't be paid out twice: that account is guarded.
    """
    return (
        Account(f"market/{market}/earnings/{currency}", currency, chart.earnings, Side.DEBIT),
        Account(f"market/{market}/top_up/{currency}", currency, chart.top_up, Side.DEBIT),
        Account(f"market/{market}/extras/{currency}", currency, chart.extras, Side.DEBIT),
        Account(owed_account(agent, currency), currency, chart.owed, Side.CREDIT, guarded=True),
    )


def owed_account(agent: str, currency: str) -> str:
    """Return the code of the account of what an agent is owed."""
    return f"agent/{agent}/owed/{currency}"


def entry_of(statement: Statement, facts: SessionFacts, *, version: int = 1) -> Post | None:
    """Return the entry of a statement, with the facts that anyone can recompute it from.

    None when the session earned nothing. `version` rises with each correction.
    """
    lines = _lines(statement)
    if not lines:
        return None
    return Post(
        key=f"session/{statement.session}/{version}",
        booked_on=statement.booked_on,
        lines=lines,
        memo="Online session",
        evidence={
            "kind": STATEMENT,
            "session": session_record(facts),
            "statement": statement_record(statement),
        },
    )


def correction_of(
    correction: Correction, facts: SessionFacts, original: Transfer, *, booked_on: date
) -> list[Post | Reverse]:
    """Return the commands of a correction, to be recorded together: new entry, reversal.

    In that order, so that what is owed never falls below what it comes to. `booked_on` is a day
    of an open period.
    """
    version = int(original.key.rpartition("/")[2]) + 1
    new = entry_of(correction.after, facts, version=version)
    if new is None:
        raise Refused("nothing_left", "A correction to nothing is a reversal alone.")
    moved = Post(new.key, booked_on, new.lines, new.memo, new.evidence)
    reversal = Reverse(f"{original.key}/reversed", booked_on, original.key, "Correction")
    return [moved, reversal]


def _lines(statement: Statement) -> tuple[Line, ...]:
    market, currency = statement.market, statement.currency
    amounts = [
        ("earnings", statement.earned_minor + statement.adjusted_minor),
        ("top_up", statement.top_up_minor),
        ("extras", statement.extra_minor),
    ]
    lines = [
        Line(f"market/{market}/{name}/{currency}", minor, currency)
        for name, minor in amounts
        if minor
    ]
    if statement.total_minor:
        owed = owed_account(statement.agent, currency)
        lines.append(Line(owed, -statement.total_minor, currency))
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A field of a booked statement that doesn't come out of its own facts."""

    field: str
    found: str
    expected: str


def recomputed(transfer: Transfer, cards: Iterable[RateCard]) -> list[Mismatch]:
    """Compute a booked statement again, from its facts and the rate cards; say what differs.

    Nothing for a transfer that is no statement.
    """
    evidence = transfer.evidence
    if evidence.get("kind") != STATEMENT:
        return []
    recorded: Mapping[str, Any] = evidence["statement"]
    try:
        facts = session_from(evidence["session"])
        terms = terms_of(cards, recorded["market"], recorded["currency"], whole(facts))
        statement = statement_of(facts, terms, Basis(recorded["basis"]))
    except (KeyError, ValueError, TypeError, Refused) as error:
        return [Mismatch("evidence", f"{type(error).__name__}: {error}", "a session's facts")]
    expected = statement_record(statement)
    found = [
        Mismatch(f"statement.{name}", str(recorded.get(name)), str(value))
        for name, value in expected.items()
        if recorded.get(name) != value
    ]
    if transfer.lines != _lines(statement):
        found.append(Mismatch("lines", _shown(transfer.lines), _shown(_lines(statement))))
    return found


def _shown(lines: Iterable[Line]) -> str:
    return ", ".join(f"{line.account} {line.minor}" for line in lines)
