"""A process that keeps books on request, line by line, until somebody kills it.

    python -m tests.pay.simulation.worker DATABASE_URL

A line of input is a batch: requests that run at once, the clock's time, and after how many SQL
statements to die (SIGKILL, from inside, so that the same seed dies at the same statement).
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from datetime import date, datetime
from typing import Any

import psycopg

from alltid.kernel.clock import ManualClock
from alltid.kernel.refusal import Refused
from alltid.pay.ledger import Command, Kind, Line, Post, Reverse, Settle
from alltid.pay.ledger_store import LedgerStore, Recorded
from alltid.storage.database import open_pool

_execute = psycopg.AsyncConnection.execute
_left: list[int] = []


async def _mortal_execute(self: Any, query: Any, *args: Any, **options: Any) -> Any:
    """Die before a statement or right after it, when its number is up."""
    if _left:
        _left[0] -= 1
        if _left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    found = await _execute(self, query, *args, **options)
    if _left and _left[0] == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return found


def command_of(plain: list[Any]) -> Command:
    what, key, day = plain[0], plain[1], date.fromisoformat(plain[2])
    if what == "post":
        lines = tuple(Line(account, minor, "SEK") for account, minor in plain[3])
        return Post(key, day, lines, plain[4], pending=plain[5])
    if what == "settle":
        return Settle(key, day, plain[3], Kind(plain[4]))
    return Reverse(key, day, plain[3])


async def answer(store: LedgerStore, request: dict[str, Any]) -> Any:
    if "seal" in request:
        return (await store.seal()).number
    if "close" in request:
        try:
            return (await store.close(date.fromisoformat(request["close"]), "auditor")).number
        except Refused as refused:
            return refused.code
    if "balances" in request:
        balances = [await store.balance(code) for code in request["balances"]]
        return [[each.posted, each.pending_debit, each.pending_credit] for each in balances]
    try:
        replies = await store.post([command_of(each) for each in request["commands"]])
    except Refused as refused:
        return refused.code
    return [
        ["repeated" if reply.repeated else "recorded", reply.position]
        if isinstance(reply, Recorded)
        else [reply.code, None]
        for reply in replies
    ]


async def main(url: str) -> None:
    psycopg.AsyncConnection.execute = _mortal_execute  # type: ignore[method-assign]
    clock = ManualClock()
    loop = asyncio.get_running_loop()
    async with await open_pool(url, min_size=4, max_size=16) as pool:
        store = LedgerStore(pool, clock)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            batch = json.loads(line)
            clock.moment = datetime.fromisoformat(batch["now"])
            _left[:] = [batch["die_after"]] if batch["die_after"] else []

            async def one(number: int, request: dict[str, Any]) -> None:
                found = await answer(store, request)
                sys.stdout.write(json.dumps([number, found]) + "\n")
                sys.stdout.flush()

            requests = batch["requests"]
            await asyncio.gather(*(one(number, request) for number, request in requests))
            _left.clear()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
