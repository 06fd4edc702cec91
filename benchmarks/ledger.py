"""How fast the books take transfers and are verified: `python benchmarks/ledger.py`.

Posts from 16 connections into the embedded, durable PostgreSQL with every check on, and the
same rows into bare tables for comparison (no triggers, no chain, the same indexes); then seals
and verifies what was posted, writes a payment order of 10,000 payments, and pays 10,000 agents out:
held, settled, with the order, the voucher and the table written.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

from alltid.kernel.clock import SystemClock
from alltid.kernel.ids import SystemIds
from alltid.pay.bank_account import iban_account, swedish_account
from alltid.pay.bank_accounts import Vault
from alltid.pay.booking import accounts_of, owed_account
from alltid.pay.ledger import Account, Books, Line, Post, Side, decide, digest_of, facts_of
from alltid.pay.ledger_store import LedgerStore, Recorded
from alltid.pay.pain001 import Payer, Payment, payment_order
from alltid.pay.payouts import Payouts
from alltid.pay.verify import verify
from alltid.storage.database import connect, open_pool
from alltid.storage.embedded_postgres import embedded_postgres
from alltid.storage.migrations import migrate

AGENTS = 2_000
COST = Account("market/SE/pay", "SEK", 4600, Side.DEBIT)
OWED = [Account(f"agent/{n}/owed", "SEK", 2890, Side.CREDIT, guarded=True) for n in range(AGENTS)]
DAY = date(2026, 3, 14)
BARE = """
CREATE TABLE bare_transfers (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text UNIQUE, kind text,
    booked_on date, line_count smallint, facts text, facts_sha256 bytea, recorded_at timestamptz);
CREATE TABLE bare_lines (
    transfer bigint, line smallint, account integer, currency text, amount_minor bigint,
    PRIMARY KEY (transfer, line));
CREATE INDEX ON bare_lines (account, transfer);
"""
BARE_INSERT = """
WITH made AS (
    INSERT INTO bare_transfers
        (key, kind, booked_on, line_count, facts, facts_sha256, recorded_at)
    SELECT key, 'posted', %(day)s, 2, facts, digest, %(now)s
    FROM unnest(%(keys)b::text[], %(facts)b::text[], %(digests)b::bytea[]) AS g (key, facts, digest)
    RETURNING position, key
)
INSERT INTO bare_lines (transfer, line, account, currency, amount_minor)
SELECT m.position, l.line, l.account, 'SEK', l.minor
FROM unnest(%(line_keys)b::text[], %(numbers)b::smallint[], %(accounts)b::integer[],
    %(minors)b::bigint[]) AS l (key, line, account, minor)
JOIN made m ON m.key = l.key
"""


def transfers(worker: str, begin: int, count: int) -> list[Post]:
    found = []
    for number in range(begin, begin + count):
        agent, minor = OWED[number * 7919 % AGENTS], 100 + number % 9973
        lines = (Line(COST.code, minor, "SEK"), Line(agent.code, -minor, "SEK"))
        evidence = {"session": f"session-{number}", "offer": number}
        found.append(Post(f"{worker}/{number}", DAY, lines, "Engaged time", evidence))
    return found


async def from_connections(
    count: int, seconds: float, work: Callable[[str, int], Awaitable[int]]
) -> float:
    """Run `count` workers for so long and return their transfers a second."""
    begun = time.perf_counter()
    done = 0

    async def one(worker: str) -> None:
        nonlocal done
        number = 0
        while time.perf_counter() - begun < seconds:
            made = await work(worker, number)
            number += made
            done += made

    await asyncio.gather(*(one(f"w{number}") for number in range(count)))
    return done / (time.perf_counter() - begun)


async def measure(url: str, options: argparse.Namespace) -> dict[str, Any]:
    await migrate(url)
    count, clock = options.connections, SystemClock()
    async with await open_pool(url, min_size=count, max_size=count + 1) as pool:
        store = LedgerStore(pool, clock)
        await store.open_accounts([COST, *OWED])
        async with pool.connection() as connection:
            await connection.execute(BARE)
        result: dict[str, Any] = {"connections": count}

        books = Books(accounts={account.code: account for account in [COST, *OWED]})

        turns = iter(range(10**9))

        async def bare(worker: str, number: int) -> int:
            name = f"{worker}/{next(turns)}"
            group = [decide(books, each) for each in transfers(name, number, options.group)]
            made = [each for each in group if each is not None]
            facts = [facts_of(each) for each in made]
            async with pool.connection() as connection:
                await connection.execute(
                    BARE_INSERT,
                    {
                        "day": DAY,
                        "now": clock.now(),
                        "keys": [each.key for each in made],
                        "facts": facts,
                        "digests": [digest_of(each) for each in facts],
                        "line_keys": [each.key for each in made for _ in each.lines],
                        "numbers": [n for each in made for n in (1, 2)],
                        "accounts": [n for each in made for n in (1, 2)],
                        "minors": [line.minor for each in made for line in each.lines],
                    },
                )
            return len(made)

        def posting(group: int, name: str) -> Callable[[str, int], Awaitable[int]]:
            async def post(worker: str, number: int) -> int:
                replies = await store.post(transfers(f"{name}/{worker}", number, group))
                if not all(isinstance(reply, Recorded) for reply in replies):
                    raise SystemExit(f"refused: {replies[0]}")
                return len(replies)

            return post

        await from_connections(count, 0.5, posting(options.group, "warm"))
        found: dict[str, list[float]] = {}
        # In turns, so that what else the machine does falls on all of them.
        for turn in range(options.turns):
            for name, work in (
                ("bare inserts/s", bare),
                ("posted/s", posting(options.group, f"group{turn}")),
                ("posted one by one/s", posting(1, f"single{turn}")),
            ):
                rate = await from_connections(count, options.seconds, work)
                found.setdefault(name, []).append(rate)
        result |= {name: round(statistics.median(rates)) for name, rates in found.items()}
        result["posted, of bare"] = round(result["posted/s"] / result["bare inserts/s"], 2)
        begun = time.perf_counter()
        end = await store.seal()
        result["sealed/s"] = round(end.transfers / (time.perf_counter() - begun))
        result["sealed"] = end.transfers
    return result | await verified(url) | ordered(10_000) | await paid_out(url, 10_000)


async def verified(url: str) -> dict[str, Any]:
    async with await connect(url) as connection:
        begun = time.perf_counter()
        report = await verify(connection)
        seconds = time.perf_counter() - begun
    if not report.ok:
        raise SystemExit(f"the books differ: {report.differences[:3]}")
    return {"verified": report.transfers, "verified/s": round(report.transfers / seconds)}


async def paid_out(url: str, count: int) -> dict[str, Any]:
    clock, ids = SystemClock(), SystemIds()
    vault = Vault([b"benchmark"])
    account = vault.close(swedish_account("9029", "5735211"))
    agents = [ids.new() for _ in range(count)]
    async with await open_pool(url, min_size=2, max_size=4) as pool:
        store = LedgerStore(pool, clock)
        opened = [a for agent in agents for a in accounts_of("SE", "SEK", agent)]
        for begin in range(0, len(opened), 5_000):
            await store.open_accounts(opened[begin : begin + 5_000])
        posts = [
            Post(f"owed/{agent}", clock.now().date(), (
                Line("market/SE/earnings/SEK", 40_000 + n, "SEK"),
                Line(owed_account(agent, "SEK"), -40_000 - n, "SEK"),
            ))
            for n, agent in enumerate(agents)
        ]  # fmt: skip
        await store.post(posts)
        async with pool.connection() as connection:
            await connection.execute(
                "INSERT INTO pay_agents (agent_id, account, account_shown, holder, changed_at)"
                " SELECT a, %s, 'bank', 'Agent', now() FROM unnest(%s::uuid[]) a",
                (account, agents),
            )
        payouts = Payouts(
            pool, clock, store, vault,
            company="Klarsund",
            payer=Payer("Klarsund", iban_account("SE4550000000058398257466")),
            program_version="0",
        )  # fmt: skip
        payout = ids.new()
        begun = time.perf_counter()
        await payouts.prepare(payout, "SE", "SEK", clock.now().date(), "benchmark")
        held = time.perf_counter() - begun
        row = await payouts.run(payout, "benchmark")
        seconds = time.perf_counter() - begun
        if (row.state, row.agents) != ("paid", count):
            raise SystemExit(f"not paid out: {row}")
        sizes = [len(await payouts.file(payout, kind)) for kind in ("pain001", "sie", "csv")]
    return {
        "agents paid out": count,
        "payout held after, s": round(held, 1),
        "payout done after, s": round(seconds, 1),
        "files, bytes": sum(sizes),
    }


def ordered(count: int) -> dict[str, Any]:
    account = swedish_account("9029", "5735211")
    begun = time.perf_counter()
    payments = [Payment(f"p{n}", f"Agent {n}", account, 100 + n, "March") for n in range(count)]
    xml = payment_order(
        Payer("Klarsund", iban_account("SE4550000000058398257466")),
        payments,
        message_id="benchmark",
        currency="SEK",
        created_at=SystemClock().now(),
        pay_on=DAY,
    )
    seconds = time.perf_counter() - begun
    return {"payments ordered": count, "order bytes": len(xml), "order seconds": round(seconds, 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0, help="for each way and turn")
    parser.add_argument("--turns", type=int, default=3, help="the median of them counts")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--json", type=Path, help="a file for the figures")
    parser.add_argument("--group", type=int, default=64, help="transfers in one statement")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="alltid-") as folder,
        embedded_postgres(Path(folder) / "data") as url,
    ):
        result = asyncio.run(measure(url, options))
    for name, value in result.items():
        print(f"{name:24}{value:>14,}")
    if options.json:
        options.json.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
