"""Changing anything anywhere is found, and the place is named: transfer, line, field."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from alltid.kernel.clock import ManualClock
from alltid.pay.booking import accounts_of, entry_of
from alltid.pay.ledger import Kind, Reverse, Settle
from alltid.pay.ledger_store import LedgerStore
from alltid.pay.rate_card import terms_of
from alltid.pay.rate_cards import RateCards
from alltid.pay.session_facts import whole
from alltid.pay.statement import statement_of
from alltid.pay.verify import GUARDS, Report, verify
from tests.pay.conftest import DAY, earned, paid_out
from tests.pay.sessions import LONG_AGO, START, card, chat, online, session

pytestmark = pytest.mark.anyio

Connection = psycopg.AsyncConnection[Any]


@pytest.fixture
async def books(store: LedgerStore) -> LedgerStore:
    """Two seals and something unsealed, with every kind of transfer and a statement."""
    clock = store._clock
    assert isinstance(clock, ManualClock)
    await RateCards(store._pool, clock).add(card(valid_from=LONG_AGO), "lead")
    facts = session(online(0, 60), engagements=(chat(0, 20),), ended=START + timedelta(hours=1))
    statement = statement_of(facts, terms_of([card()], "SE", "SEK", whole(facts)))
    entry = entry_of(statement, facts)
    assert entry is not None
    await store.open_accounts(accounts_of("SE", "SEK", "sara"))
    await store.post([entry, earned("a"), earned("b"), paid_out("held", 700, pending=True)])
    await store.seal()
    clock.advance(60)
    await store.post([Settle("settled", DAY, "held", Kind.POST), Reverse("back", DAY, "b")])
    await store.seal()
    await store.post([earned("late")])
    return store


async def forge(owner: Connection) -> None:
    """Have the schema's owner switch its guards off, and drop what stands in the way."""
    for guard in GUARDS:
        table, name = guard.split(".")
        await owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}".encode())
    for table, name in (
        ("ledger_transfers", "ledger_facts_digest"),
        ("ledger_transfers", "ledger_settling"),
        ("ledger_transfers", "ledger_reversing"),
        ("ledger_lines", "ledger_amount"),
    ):
        await owner.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}".encode())


@pytest.fixture
async def forger(owner: Connection) -> Connection:
    """A connection without the database's guards."""
    await forge(owner)
    return owner


async def places(connection: Connection, **options: Any) -> list[str]:
    """Name what differs: transfer or seal, line, field."""
    report = await verify(connection, **options)
    assert report.ok == (not report.differences)
    json.dumps(report.as_json())
    assert all(str(each) for each in report.differences)
    return [
        "/".join(
            str(part)
            for part in (each.seal and f"seal{each.seal}", each.transfer, each.line, each.field)
            if part is not None
        )
        for each in report.differences
        if each.what != "a guard of the database is off or gone"
    ]


async def test_untouched_books_are_as_recorded(books: LedgerStore, owner: Connection) -> None:
    seen: list[tuple[int, int]] = []
    report = await verify(owner, progress=lambda done, of: seen.append((done, of)))
    assert report == Report(
        transfers=7,
        lines=15,
        seals=2,
        unsealed=1,
        statements=1,
        head=report.head,
        differences=(),
    )
    assert seen == [(4, 7), (6, 7), (7, 7)]
    end = await books.seal()
    assert await places(owner, published=end.head) == []
    assert await places(owner, published=report.head) == []
    assert await places(owner, published=b"x" * 32) == ["head"]


CHANGES = [
    ("UPDATE ledger_lines SET amount_minor = 1001 WHERE transfer = 2 AND line = 1",
     {"2/amount_minor", "2/1/amount_minor", "seal1/posted, pending_debit, pending_credit",
      "seal2/posted, pending_debit, pending_credit"}),
    ("UPDATE ledger_lines SET account = 6 - account WHERE transfer = 2 AND line = 1",
     {"2/1/account"}),
    ("UPDATE ledger_lines SET currency = 'EUR' WHERE transfer = 2 AND line = 2",
     {"2/2/currency", "2/amount_minor"}),
    ("DELETE FROM ledger_lines WHERE transfer = 2 AND line = 2", {"2/2/line"}),
    ("INSERT INTO ledger_lines VALUES (2, 3, 1, 'SEK', 5)", {"2/3/line", "2/amount_minor"}),
    ("INSERT INTO ledger_lines VALUES (99, 1, 1, 'SEK', 5)", {"99/1/transfer"}),
    ("UPDATE ledger_transfers SET key = 'z' WHERE position = 3", {"3/key"}),
    ("UPDATE ledger_transfers SET kind = 'pending' WHERE position = 3", {"3/kind"}),
    ("UPDATE ledger_transfers SET booked_on = '2026-03-15' WHERE position = 3", {"3/booked_on"}),
    ("UPDATE ledger_transfers SET line_count = 3 WHERE position = 3", {"3/line_count"}),
    ("UPDATE ledger_transfers SET reverses = 2 WHERE position = 6", {"6/reverses"}),
    ("UPDATE ledger_transfers SET recorded_at = now() WHERE position = 3",
     {"seal1/3/recorded_at, key or facts"}),
    ("""UPDATE ledger_transfers SET facts = replace(facts, 'Worked', 'Idle'),
        facts_sha256 = sha256(convert_to(replace(facts, 'Worked', 'Idle'), 'UTF8'))
        WHERE position = 3""", {"seal1/3/recorded_at, key or facts"}),
    ("""UPDATE ledger_transfers SET facts = 'x', facts_sha256 = sha256('x')
        WHERE position = 3""", {"3/facts", "seal1/3/facts"}),
    ("DELETE FROM ledger_transfers WHERE position = 3", {"3/position"}),
    ("DELETE FROM ledger_unsealed", {"7/position"}),
    ("UPDATE ledger_seals SET head = sha256('') WHERE number = 1", {"seal1/head"}),
    ("UPDATE ledger_seals SET leaves = overlay(leaves PLACING '\\x00' FROM 40 FOR 1)",
     {"seal1/2/recorded_at, key or facts", "seal1/head"}),
    ("UPDATE ledger_seals SET positions = array_reverse(positions) WHERE number = 2",
     {"seal2/5/recorded_at, key or facts"}),
    ("DELETE FROM ledger_seals WHERE number = 1", {"seal2/number", "seal2/head"}),
    ("DELETE FROM ledger_seals WHERE number = 2", {"5/position", "6/position"}),
    ("UPDATE ledger_balances SET posted = posted + 1 WHERE seal = 2",
     {"seal2/posted, pending_debit, pending_credit"}),
    ("DELETE FROM ledger_balances WHERE seal = 1",
     {"seal1/posted, pending_debit, pending_credit"}),
    ("INSERT INTO ledger_balances VALUES (1, 1, 5, 0, 0), (3, 2, 5, 0, 0) ON CONFLICT DO NOTHING",
     {"seal2/posted, pending_debit, pending_credit"}),
    ("UPDATE pay_rate_cards SET card = card || '{\"floor_minor_per_hour\": 50000}'",
     {"1/statement.floor_minor", "1/statement.top_up_minor", "1/statement.lines", "1/lines"}),
    *(
        (f"UPDATE ledger_accounts SET {column} = {value} WHERE id = 1", {"seal1/definition"})
        for column, value in (
            *(("code", "'x'"), ("book_number", "9999"), ("normal", "'credit'")),
            *(("guarded", "NOT guarded"), ("currency", "'EUR'")),
        )
    ),
    ("INSERT INTO ledger_closings VALUES ('2026-02-01', sha256('x'), 'x', now())", {"head"}),
]  # fmt: skip


async def test_every_change_is_found_and_its_place_named(
    books: LedgerStore, forger: Connection
) -> None:
    for statement, expected in CHANGES:
        async with forger.transaction(force_rollback=True):
            await forger.execute(statement.encode())
            # Verified within the forger's own transaction, which is then undone.
            found = await _verified_inside(forger)
            assert expected <= set(found), statement


async def _verified_inside(connection: Connection) -> list[str]:
    from alltid.pay import verify as module

    report = await module._verify(connection, None, None)
    return [
        "/".join(
            str(part)
            for part in (each.seal and f"seal{each.seal}", each.transfer, each.line, each.field)
            if part is not None
        )
        for each in report.differences
    ]


async def test_any_character_of_any_facts_is_noticed(
    books: LedgerStore, forger: Connection
) -> None:
    rows = await forger.execute("SELECT position, length(facts) FROM ledger_transfers")
    for position, length in await rows.fetchall():
        for place in range(1, length + 1, max(1, length // 7)):
            async with forger.transaction(force_rollback=True):
                await forger.execute(
                    "UPDATE ledger_transfers SET facts = overlay(facts PLACING chr(ascii("
                    "substr(facts, %(at)s, 1)) + 1) FROM %(at)s) WHERE position = %(position)s",
                    {"at": place, "position": position},
                )
                assert f"{position}/facts" in await _verified_inside(forger)


async def test_what_was_booked_after_a_closing_is_found(
    books: LedgerStore, owner: Connection
) -> None:
    await books.close(date(2026, 4, 1), "sara")
    await books.post([earned("april", booked_on=date(2026, 4, 2))])
    assert await places(owner) == []
    await forge(owner)
    rows = "SELECT key, kind, booked_on, line_count, facts, facts_sha256 FROM ledger_transfers"
    late = b"INSERT INTO ledger_transfers (key, kind, booked_on, line_count, facts, facts_sha256, "
    late += b"recorded_at) SELECT 'forged', kind, booked_on, line_count, facts, facts_sha256, now()"
    await owner.execute(late + b" FROM (" + rows.encode() + b" WHERE key = 'a') AS a")
    found = await places(owner)
    assert any(each.endswith("/position") for each in found)
    await owner.execute(
        "INSERT INTO ledger_unsealed SELECT position, ARRAY[position] FROM ledger_transfers "
        "WHERE key = 'forged'"
    )
    found = await places(owner)
    assert any(each.endswith("/booked_on") for each in found)
    assert any(each.endswith("/key") for each in found)


async def test_a_guard_that_is_off_is_named(books: LedgerStore, owner: Connection) -> None:
    await owner.execute("ALTER TABLE ledger_lines DISABLE TRIGGER check_lines")
    await owner.execute("ALTER TABLE ledger_seals ENABLE TRIGGER append_only")
    report = await verify(owner)
    assert {each.field for each in report.differences} == {
        *("ledger_lines.check_lines", "ledger_seals.append_only"),
    }
