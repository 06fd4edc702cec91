"""The database itself refuses what the books don't allow: each tried with plain SQL."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg
import pytest
from psycopg import errors

from alltid.pay.ledger_store import LedgerStore
from tests.pay.conftest import DAY, earned, paid_out

pytestmark = pytest.mark.anyio

Connection = psycopg.AsyncConnection[Any]
# With a column each, to try a change on.
TABLES = {
    "ledger_accounts": "code",
    "ledger_transfers": "facts",
    "ledger_lines": "amount_minor",
    "ledger_seals": "number",
    "ledger_balances": "posted",
    "ledger_closings": "closed_by",
    "pay_rate_cards": "market",
    "pay_statements": "market",
    "pay_additions": "reason",
}
INSERT = """
WITH made AS (
    INSERT INTO ledger_transfers (key, kind, booked_on, settles, reverses, line_count, facts,
        facts_sha256, recorded_at)
    VALUES (%(key)s, %(kind)s, %(day)s, %(settles)s, %(reverses)s, %(count)s, 'facts',
        coalesce(%(digest)s, sha256('facts')), now())
    RETURNING position
)
INSERT INTO ledger_lines (transfer, line, account, currency, amount_minor)
SELECT position, line, a.id, coalesce(%(currency)s, a.currency), minor
FROM made, unnest(%(accounts)s::text[], %(minors)s::bigint[]) WITH ORDINALITY
    AS l (code, minor, line)
JOIN ledger_accounts a ON a.code = l.code
"""


async def insert(connection: Connection, *minors: int, **changes: Any) -> None:
    """Record a transfer by hand: amounts go to the cost and the owed account in turn."""
    accounts = ["market/SE/earnings/SEK", "agent/sara/owed/SEK"] * len(minors)
    given: dict[str, Any] = {
        "key": "k",
        "kind": "posted",
        "day": DAY,
        "settles": None,
        "reverses": None,
        "count": len(minors),
        "digest": None,
        "currency": None,
        "accounts": accounts[: len(minors)],
        "minors": list(minors),
    }
    await connection.execute(INSERT, given | changes)


async def position_of(connection: Connection, key: str) -> int:
    rows = await connection.execute("SELECT position FROM ledger_transfers WHERE key = %s", [key])
    row = await rows.fetchone()
    assert row is not None
    return int(row[0])


async def test_by_hand_a_right_transfer_is_taken(store: LedgerStore, plain: Connection) -> None:
    await insert(plain, 5, -5)
    assert (await store.balance("agent/sara/owed/SEK")).posted == -5


async def test_nothing_is_changed_or_taken_out(
    store: LedgerStore, plain: Connection, owner: Connection
) -> None:
    await store.post([earned("a")])
    for table, column in TABLES.items():
        for what in ("UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"):
            statement = what.format(table, column, column).encode()
            with pytest.raises(errors.InsufficientPrivilege):
                await plain.execute(statement)
            # Neither for a session that says it only replays what happened elsewhere.
            for role in ("origin", "replica"):
                await owner.execute(f"SET session_replication_role = {role}".encode())
                with pytest.raises(errors.RestrictViolation, match="append-only"):
                    await owner.execute(statement)


NOT_WHOLE: list[tuple[tuple[int, ...], dict[str, Any], type[Exception]]] = [
    ((5, -4), {}, errors.CheckViolation),
    ((5, -5), {"count": 3}, errors.CheckViolation),
    ((5,), {"count": 2}, errors.CheckViolation),
    ((), {"count": 2}, errors.CheckViolation),
    ((5,), {"count": 1}, errors.CheckViolation),
    ((5, -5, 1, -1), {"count": 2}, errors.ForeignKeyViolation),
    ((0, 0), {}, errors.CheckViolation),
    ((5, -5), {"currency": "EUR"}, errors.ForeignKeyViolation),
    ((5, -5), {"digest": b"x" * 32}, errors.CheckViolation),
    ((5, -5), {"kind": "gift"}, errors.CheckViolation),
    ((5, -5), {"kind": "post"}, errors.CheckViolation),
    ((5, -5), {"settles": 1}, errors.CheckViolation),
    ((5, -5), {"kind": "void", "settles": 99}, errors.ForeignKeyViolation),
    ((5, -5), {"reverses": 99}, errors.ForeignKeyViolation),
    ((-5, 5), {}, errors.CheckViolation),  # overdraws what sara is owed
    ((-5, 5), {"kind": "pending"}, errors.CheckViolation),
]


async def test_what_is_not_whole_is_refused(store: LedgerStore, plain: Connection) -> None:
    for minors, changes, error in NOT_WHOLE:
        with pytest.raises(error):
            await insert(plain, *minors, **changes)
    rows = await plain.execute("SELECT count(*) FROM ledger_transfers")
    assert await rows.fetchone() == (0,)


async def test_a_transfer_balances_at_commit_and_not_before(
    store: LedgerStore, plain: Connection
) -> None:
    head = """INSERT INTO ledger_transfers (key, kind, booked_on, line_count, facts, facts_sha256,
        recorded_at) VALUES (%s, 'posted', '2026-03-14', 2, '', sha256(''), now())
        RETURNING position"""
    line = "INSERT INTO ledger_lines VALUES (%s, %s, 1, 'SEK', %s)"
    async with plain.transaction():
        row = await (await plain.execute(head, ["slow"])).fetchone()
        assert row is not None
        await plain.execute(line, [row[0], 1, 7])
        await plain.execute(line, [row[0], 2, -7])
    with pytest.raises(errors.ForeignKeyViolation, match="no transfer of this transaction"):
        await plain.execute(line, [row[0], 3, 1])
    await plain.execute("BEGIN")
    row = await (await plain.execute(head, ["half"])).fetchone()
    assert row is not None
    await plain.execute(line, [row[0], 1, 7])
    with pytest.raises(errors.CheckViolation) as refused:
        await plain.execute("COMMIT")
    assert refused.value.diag.constraint_name == "ledger_balanced"


async def test_lines_added_after_the_check_are_refused_too(
    store: LedgerStore, plain: Connection
) -> None:
    await plain.execute("BEGIN")
    await insert(plain, 5, -5)
    await plain.execute("SET CONSTRAINTS ALL IMMEDIATE")
    position = await position_of(plain, "k")
    with pytest.raises(errors.ForeignKeyViolation):
        await plain.execute("INSERT INTO ledger_lines VALUES (%s, 3, 1, 'SEK', 9)", [position])
    await plain.execute("ROLLBACK")


async def test_one_key_is_one_transfer(store: LedgerStore, plain: Connection) -> None:
    await insert(plain, 5, -5)
    for minors in ((5, -5), (6, -6)):
        with pytest.raises(errors.UniqueViolation):
            await insert(plain, *minors)


async def test_what_is_pending_is_settled_once_and_as_it_was(
    store: LedgerStore, plain: Connection
) -> None:
    await store.post([earned("earned"), paid_out("held", 600, pending=True)])
    held = {"settles": await position_of(plain, "held")}
    accounts = {"accounts": ["agent/sara/owed/SEK", "market/SE/bank/SEK"]}
    for minors in ((500, -500), (600, -300, -300)):
        both = [*accounts["accounts"], "market/SE/bank/SEK"][: len(minors)]
        with pytest.raises(errors.CheckViolation) as refused:
            await insert(plain, *minors, kind="post", **held, accounts=both)
        assert refused.value.diag.constraint_name == "ledger_same_lines"
    await insert(plain, 600, -600, key="s", kind="post", **held, **accounts)
    for kind in ("post", "void"):
        with pytest.raises(errors.UniqueViolation):
            await insert(plain, 600, -600, key="t", kind=kind, **held, **accounts)
    earned_at = await position_of(plain, "earned")
    with pytest.raises(errors.ForeignKeyViolation):
        await insert(plain, 1000, -1000, key="u", kind="void", settles=earned_at)
    with pytest.raises(errors.CheckViolation):
        await insert(plain, 1000, -1000, key="v", reverses=earned_at)


async def test_a_closed_period_takes_nothing_more(store: LedgerStore, plain: Connection) -> None:
    await store.close(date(2026, 4, 1), "sara")
    with pytest.raises(errors.CheckViolation) as refused:
        await insert(plain, 5, -5)
    assert refused.value.diag.constraint_name == "ledger_period_open"
    await insert(plain, 5, -5, day=date(2026, 4, 1))
    for before in ("2026-03-01", "2026-04-01", "2026-05-02"):
        with pytest.raises((errors.CheckViolation, errors.UniqueViolation)):
            await plain.execute(
                "INSERT INTO ledger_closings VALUES (%s, sha256(''), 'x', now())", [before]
            )


async def test_a_closing_waits_for_postings_under_way(
    store: LedgerStore, plain: Connection, owner: Connection
) -> None:
    await owner.execute("SET lock_timeout = '200ms'")
    closing = "INSERT INTO ledger_closings VALUES ('2026-04-01', sha256(''), 'x', now())"
    async with plain.transaction():
        await insert(plain, 5, -5)
        with pytest.raises(errors.LockNotAvailable):
            await owner.execute(closing)
    await owner.execute(closing)


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
async def test_an_old_snapshot_records_nothing(
    store: LedgerStore, plain: Connection, level: str
) -> None:
    await plain.execute(f"SET default_transaction_isolation = '{level.lower()}'".encode())
    with pytest.raises(errors.InvalidTransactionState):
        await insert(plain, 5, -5)


async def test_a_rate_card_below_zero_is_refused(plain: Connection) -> None:
    for card in ('{"floor_minor_per_hour": -1, "currency": "SEK", "market": "SE"}', "{}"):
        with pytest.raises(errors.CheckViolation):
            await plain.execute(
                "INSERT INTO pay_rate_cards VALUES ('SE', 'SEK', 1, now(), %s, 'x', now())", [card]
            )
