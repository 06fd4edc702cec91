"""Drives workers through a seeded storm and has the auditor check every answer."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from alltid.kernel.clock import SystemClock
from alltid.pay.ledger import Account, Side
from alltid.pay.ledger_store import LedgerStore
from alltid.pay.verify import verify
from alltid.storage.database import connect, open_pool
from tests.pay.simulation.model import Answer, Model, Surprise, audit
from tests.pay.simulation.workload import ACCOUNTS, AGENTS, Workload

ROOT = Path(__file__).parents[3]
# Raises a serialization failure or a deadlock for some statements, whatever their transaction.
FAULTS = """
CREATE SEQUENCE faults;
GRANT USAGE ON SEQUENCE faults TO PUBLIC;
CREATE FUNCTION fail_sometimes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE number bigint := nextval('faults');
BEGIN
    IF number % 13 = 0 THEN RAISE SQLSTATE '40001'; END IF;
    IF number % 37 = 0 THEN RAISE SQLSTATE '40P01'; END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER fail_sometimes AFTER INSERT ON ledger_lines
    FOR EACH STATEMENT EXECUTE FUNCTION fail_sometimes();
"""


class Died(Exception):  # noqa: N818  that is what happened
    """The worker was killed; what it had not answered may be done or not."""


class Worker:
    """A process that keeps books on request."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, url: str) -> Worker:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.pay.simulation.worker", url),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=2**24,
        )
        worker = cls(process)
        assert await worker._line() == b"ready\n"
        return worker

    async def ask(
        self, requests: dict[int, Any], now: datetime, die_after: int | None = None
    ) -> dict[int, Any]:
        """Return the answers by the numbers of their requests; fewer when the worker died."""
        batch = {"requests": list(requests.items()), "now": now.isoformat()}
        line = json.dumps({**batch, "die_after": die_after}) + "\n"
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode())
        await self._process.stdin.drain()
        found: dict[int, Any] = {}
        while len(found) < len(requests):
            if not (answered := await self._line()):
                break
            number, reply = json.loads(answered)
            found[number] = reply
        return found

    async def _line(self) -> bytes:
        assert self._process.stdout is not None
        async with asyncio.timeout(300):
            return await self._process.stdout.readline()

    async def stop(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()


@dataclass
class Simulation:
    """One run; `seen` counts what happened, for whoever reads along."""

    url: str
    seed: int
    operations: int
    seen: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.workload = Workload(self.random)
        self.model = Model(guarded=frozenset(AGENTS), accounts=frozenset(ACCOUNTS))
        self.now = datetime(2026, 1, 15, 12, tzinfo=UTC)
        self.sealed: list[tuple[int, dict[str, list[int]]]] = []

    async def run(self) -> Counter[str]:
        await self._prepare()
        self.worker = await Worker.start(self.url)
        try:
            while self.seen["commands"] < self.operations:
                await self._round()
            await self._end()
        finally:
            await self.worker.stop()
        return self.seen

    async def _prepare(self) -> None:
        async with await open_pool(self.url, min_size=1, max_size=1) as pool:
            accounts = [Account(code, "SEK", 2890, Side.CREDIT, guarded=True) for code in AGENTS]
            accounts += [Account(code, "SEK", 4600, Side.DEBIT) for code in ACCOUNTS[-2:]]
            await LedgerStore(pool, SystemClock()).open_accounts(accounts)
            async with pool.connection() as connection:
                await connection.execute(FAULTS)

    async def _round(self) -> None:
        chance = self.random.random()
        self._move_clock()
        if chance < 0.04:
            await self._seal()
        elif chance < 0.08:
            await self._check_balances()
        elif chance < 0.10:
            await self._requests(closing=self._next_closing())
        else:
            await self._requests()

    def _move_clock(self) -> None:
        """Let time pass; sometimes it jumps, either way, and days go by for the books."""
        self.now += timedelta(seconds=self.random.choice([1, 1, 60, 3600, -7200, 86_400 * 3]))
        self.workload.day += timedelta(days=self.random.random() < 0.2)

    def _next_closing(self) -> str:
        first = (self.workload.day - timedelta(days=20)).replace(day=1).isoformat()
        return first if first > self.model.closed_before else self.model.closed_before or first

    async def _requests(self, closing: str | None = None) -> None:
        """Send some requests at once; kill the worker now and then and send them again."""
        count = self.random.choice([1, 1, 3, 8, 16])
        asked = [self.workload.commands(self.model, 12) for _ in range(count)]
        requests: dict[int, Any] = {n: {"commands": each} for n, each in enumerate(asked)}
        if closing is not None:
            requests[len(asked)] = {"close": closing}
        dies = self.random.random() < 0.02
        found = await self._answers(requests, self.random.randint(1, 12) if dies else None)
        closed_now = closing
        if closing is not None and isinstance(found[len(asked)], str):
            # Also the second answer to a closing whose first was lost.
            closed_now = closing if closing > self.model.closed_before else None
            self.seen["closings refused"] += 1
        answers = [
            [Answer(command, *reply) for command, reply in zip(commands, found[n], strict=True)]
            for n, commands in enumerate(asked)
        ]
        for answer in (each for some in answers for each in some):
            self.seen["commands"] += 1
            self.seen[answer.code] += 1
        audit(self.model, answers, closing=closed_now)

    async def _answers(self, requests: dict[int, Any], die_after: int | None) -> dict[int, Any]:
        found: dict[int, Any] = {}
        while left := {n: each for n, each in requests.items() if n not in found}:
            if len(left) < len(requests) or die_after is None:
                self.seen["sent again"] += len(requests) - len(left) if found else 0
            got = await self.worker.ask(left, self.now, die_after)
            if len(got) < len(left):
                self.seen["workers killed"] += 1
                await self.worker.stop()
                self.worker = await Worker.start(self.url)
            die_after = None
            # A busy answer says that nothing is known of the request: send it again.
            busy = [n for n, reply in got.items() if reply == "busy"]
            self.seen["busy"] += len(busy)
            found |= {n: reply for n, reply in got.items() if n not in busy}
        return found

    async def _seal(self) -> None:
        number = (await self._answers({0: {"seal": True}}, None))[0]
        balances = {code: self.model.balance(code) for code in ACCOUNTS}
        self.sealed.append((number, balances))
        self.seen["seals"] += 1

    async def _check_balances(self) -> None:
        found = (await self._answers({0: {"balances": ACCOUNTS}}, None))[0]
        expected = [self.model.balance(code) for code in ACCOUNTS]
        if found != expected:
            raise Surprise(f"balances are {found}, and {expected} were predicted")
        self.seen["balance checks"] += 1

    async def _end(self) -> None:
        """Recompute everything, and hold past balances against what the auditor remembers."""
        await self._seal()
        await self._check_balances()
        async with await connect(self.url) as connection:
            await connection.execute("DROP TRIGGER fail_sometimes ON ledger_lines")
            report = await verify(connection)
            if not report.ok or report.transfers != len(self.model.known):
                known = len(self.model.known)
                raise Surprise(f"{report.transfers} of {known}: {report.differences[:5]}")
            await self._check_past(connection)

    async def _check_past(self, connection: psycopg.AsyncConnection[Any]) -> None:
        async with await open_pool(self.url, min_size=1, max_size=2) as pool:
            store = LedgerStore(pool, SystemClock())
            some = self.random.sample(self.sealed, min(10, len(self.sealed)))
            for number, balances in some:
                for code, expected in balances.items():
                    found = await store.balance_at_seal(code, number)
                    if [found.posted, found.pending_debit, found.pending_credit] != expected:
                        raise Surprise(f"after seal {number} {code} had {found}, not {expected}")
