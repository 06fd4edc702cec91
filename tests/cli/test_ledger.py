"""`alltid ledger`: what a bookkeeper and an auditor type."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import psycopg
import pytest

from alltid.kernel.clock import SystemClock
from alltid.pay.ledger_store import LedgerStore
from tests.cli.program import run_here
from tests.pay.conftest import earned, owner, plain, store

__all__ = ["owner", "plain", "store"]

pytestmark = pytest.mark.anyio


async def test_the_books_are_verified_closed_exported_and_caught_when_forged(
    tmp_path: Path, database_url: str, store: LedgerStore
) -> None:
    def alltid(*arguments: str, expect: int = 0) -> str:
        with ThreadPoolExecutor(1) as beside:  # the program has an event loop of its own
            run = partial(run_here, "ledger", *arguments, cwd=tmp_path, DATABASE_URL=database_url)
            ended = beside.submit(run).result()
        assert ended.returncode == expect, ended.stderr
        return ended.stdout if expect != 1 or ended.stdout else ended.stderr

    await store.post([earned("a"), earned("b")])
    day = SystemClock().now().date()
    assert "when it is over" in alltid("close", f"{day:%Y-%m}", "--by", "sara", expect=1)
    report = json.loads(alltid("verify", "--json"))
    assert (report["ok"], report["transfers"], report["unsealed"]) == (True, 2, 2)
    assert "is open" in alltid("export", "--month", "2026-03", expect=1)
    head = alltid("close", "2026-03", "--by", "sara").split()[-1]
    assert json.loads(alltid("seal", "--json")) == {"seal": 1, "head": head, "sealed": 0}
    sie = ["--format", "sie", "--company", "Klarsund", "--out", "march.si"]
    alltid("export", "--month", "2026-03", *sie)
    # Under its own name only, and whole.
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["march.si"]  # noqa: ASYNC240
    assert (tmp_path / "march.si").read_bytes().count(b"#VER") == 2
    assert len(alltid("export", "--month", "2026-03").splitlines()) == 5
    alltid("export", "--month", "2026-03", "--format", "sie", expect=2)
    alltid("verify", "--head", "zz", expect=2)
    assert "all as recorded" in alltid("verify", "--head", head)
    with psycopg.connect(database_url) as connection:
        connection.execute("ALTER TABLE ledger_lines DISABLE TRIGGER append_only")
        connection.execute("UPDATE ledger_lines SET account = 2 WHERE transfer = 2 AND line = 1")
    found = alltid("verify", expect=1)
    assert "transfer 2 line 1: account" in found
    assert "ledger_lines.append_only" in found
