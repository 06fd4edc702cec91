"""What leaves the books, by the command line too: only of closed months, balanced, whole."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import psycopg
import pytest

from alltid.kernel.refusal import Refused
from alltid.pay.export import as_csv, as_json_lines, as_sie, month_of, next_month
from alltid.pay.ledger import Kind, Reverse, Settle
from alltid.pay.ledger_store import LedgerStore
from alltid.pay.sie import SieHead
from tests.pay.conftest import DAY, earned, paid_out

pytestmark = pytest.mark.anyio

MARCH = date(2026, 3, 1)
BASIS = "gross salary"
INVOICE = "invoice amount excluding VAT"
HEAD = SieHead("Klarsund", "1", date(2026, 4, 1), "SEK", BASIS)


@pytest.fixture
async def closed(store: LedgerStore) -> LedgerStore:
    """Books with a closed March of every kind of transfer, and an April."""
    await store.post(
        [
            earned("a"),
            earned("=cmd()", memo="+1"),
            paid_out("held", 600, pending=True),
            paid_out("let go", 100, pending=True),
            Settle("s", DAY, "held", Kind.POST),
            Settle("v", DAY, "let go", Kind.VOID),
            Reverse("r", DAY, "=cmd()"),
            earned("invoice", evidence={"statement": {"basis": INVOICE}}),
            Reverse("not invoice", DAY, "invoice"),
            earned("february", booked_on=date(2026, 2, 28)),
        ]
    )
    await store.close(date(2026, 4, 1), "sara")
    await store.post([earned("april", booked_on=date(2026, 4, 1))])
    return store


async def whole(lines: AsyncIterator[bytes]) -> bytes:
    return b"".join([line async for line in lines])


async def test_csv_has_a_row_for_each_line_that_moved(
    closed: LedgerStore, owner: psycopg.AsyncConnection[Any]
) -> None:
    text = (await whole(as_csv(owner, MARCH, "SEK", BASIS))).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["key"] for row in rows[::2]] == ["a", "'=cmd()", "s", "r", "invoice", "not invoice"]
    assert rows[2]["memo"] == "'+1"
    assert [row["amount"] for row in rows[:2]] == ["10.00", "-10.00"]
    assert [row["basis"] for row in rows[::2]] == [BASIS] * 4 + [INVOICE] * 2
    assert sum(round(float(row["amount"]) * 100) for row in rows) == 0


async def test_json_lines_carry_the_facts_as_recorded(
    closed: LedgerStore, owner: psycopg.AsyncConnection[Any]
) -> None:
    text = await whole(as_json_lines(owner, MARCH, "SEK", BASIS))
    entries = [json.loads(line) for line in text.splitlines()]
    keys = ["a", "=cmd()", "s", "r", "invoice", "not invoice"]
    assert [entry["facts"][1] for entry in entries] == keys
    assert [entry["basis"] for entry in entries] == [BASIS] * 4 + [INVOICE] * 2
    assert all(sum(line["minor"] for line in entry["lines"]) == 0 for entry in entries)


async def test_sie_has_a_voucher_for_each_entry(
    closed: LedgerStore, owner: psycopg.AsyncConnection[Any]
) -> None:
    text = (await whole(as_sie(owner, MARCH, HEAD))).decode("cp437")
    assert text.count("#VER") == 6
    assert text.count(f', {INVOICE}"') == 2
    assert '#KONTO 2890 "agent owed"' in text
    assert "   #TRANS 1930 {} -6.00\r\n" in text


async def test_an_open_month_is_not_exported(
    store: LedgerStore, owner: psycopg.AsyncConnection[Any]
) -> None:
    for lines in (
        as_csv(owner, MARCH, "SEK", BASIS),
        as_json_lines(owner, MARCH, "SEK", BASIS),
        as_sie(owner, MARCH, HEAD),
    ):
        with pytest.raises(Refused) as refused:
            await whole(lines)
        assert refused.value.code == "period_open"
    await store.close(MARCH, "sara")
    with pytest.raises(Refused):
        await whole(as_csv(owner, MARCH, "SEK", BASIS))
    with pytest.raises(Refused):
        await whole(as_csv(owner, MARCH, "XXX", BASIS))


def test_months_are_read_and_counted_on() -> None:
    assert next_month(month_of("2026-12")) == date(2027, 1, 1)
    assert next_month(month_of("2026-03")) == date(2026, 4, 1)
    for text in ("2026-13", "march", "2026-3", ""):
        with pytest.raises(Refused):
            month_of(text)
