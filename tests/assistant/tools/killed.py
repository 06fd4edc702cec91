"""Acts without end in processes that are killed with SIGKILL: `killed.py DATABASE_URL API_URL`."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time

import httpx

from alltid.assistant.tools.action_ledger import PostgresActions
from alltid.assistant.tools.actions import ActionLimits
from alltid.assistant.tools.boundary import Allowed
from alltid.assistant.tools.executor import ActionGround
from alltid.assistant.tools.handles import Handles
from alltid.assistant.tools.health import Health
from alltid.assistant.tools.openapi_tools import OpenApiTransport
from alltid.assistant.tools.toolbox import ToolGround
from alltid.examples.lender.api.catalogue import SPECS
from alltid.examples.lender.api.described import lender_operations
from alltid.kernel.clock import ManualClock
from alltid.kernel.ids import SystemIds
from alltid.storage.database import open_pool
from tests.assistant.tools.lender import CONVERSATION, ELIN, NOW, handover, proposal

ROUNDS = 7


ALLOWED = Allowed(SPECS)


async def act_on(database_url: str, url: str, begin: int, told: int) -> None:
    clock, allowed, handles = ManualClock(NOW), ALLOWED, Handles(b"a key")
    async with (
        await open_pool(database_url, min_size=1, max_size=2) as pool,
        httpx.AsyncClient(base_url=url, timeout=10, trust_env=False) as client,
    ):
        reading, acting = (
            OpenApiTransport(client, lender_operations(), handover(right, clock))
            for right in ("read", "write")
        )
        ground = ActionGround(
            allowed,
            acting,
            handles,
            Health(),
            PostgresActions(pool),
            clock,
            SystemIds(),
            ActionLimits(10_000, 10_000),
        )
        reads = ToolGround(allowed, reading, handles, Health()).toolbox(ELIN, CONVERSATION)
        executor = ground.executor(ELIN, CONVERSATION, reads=reads)
        for number in range(begin, begin + 10_000):
            where = {"postal_code": "111 22", "city": "Umeå", "country": "SE"}
            what = proposal("request_address_change", street=f"Gatan {number}", **where)
            await executor.act(what, confirmed_by=number)
            os.write(told, b".")


def main() -> None:
    chance = random.Random(5)
    for turn in range(ROUNDS):
        heard, told = os.pipe()
        child = os.fork()
        if child == 0:
            asyncio.run(act_on(sys.argv[1], sys.argv[2], turn * 10_000, told))
        for _ in range(chance.randint(1, 4)):
            os.read(heard, 1)
        time.sleep(chance.random() * 0.012)  # somewhere within the next one
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
