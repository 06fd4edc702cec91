"""The real server for a benchmark: a process of its own, with its embedded database."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from alltid.agents.accounts import Role, create_agent
from alltid.agents.passwords import PasswordKeeper
from alltid.agents.sign_in_sessions import SessionLimits, start_session
from alltid.kernel.clock import SystemClock
from alltid.kernel.ids import SystemIds
from alltid.storage.database import open_pool
from alltid.storage.embedded_postgres import embedded_postgres
from alltid.storage.migrations import migrate
from alltid.web.identity.cookies import SESSION_COOKIE

READY_TRIES = 300


@dataclass(frozen=True)
class RunningDesk:
    """Where the server is reached, and its process."""

    port: int
    process_id: int
    http: httpx.AsyncClient

    def socket(self, who: str) -> str:
        return f"ws://127.0.0.1:{self.port}/api/{who}/socket"

    def agent_cookie(self, number: int) -> str:
        """Return the cookie of one of the benchmark's agents, who are all signed in."""
        return f"{SESSION_COOKIE}={token_of(number)}"


def token_of(number: int) -> str:
    """Return the sign-in of one agent; it lives as long as the benchmark."""
    return f"benchmark-agent-{number:06d}".ljust(43, "-")


@asynccontextmanager
async def running_desk(folder: Path, port: int, agents: int) -> AsyncIterator[RunningDesk]:
    """Start `alltid serve` in `folder`, with limits that don't get in a load's way."""
    await _add_agents(folder / "data", agents)
    environment = {
        **os.environ,
        "ALLTID_SECRET_KEY": "k" * 48,
        "ALLTID_MESSAGES_PER_MINUTE": "1000000",
        "ALLTID_GUESTS_PER_HOUR": "100000000",
        "ALLTID_SIGN_INS_PER_HOUR": "1000000",
        "ALLTID_LOG_LEVEL": "warning",
    }
    server = _start(folder, port, environment)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
            await _until_ready(http)
            yield RunningDesk(port, server.pid, http)
    finally:
        server.terminate()
        await asyncio.to_thread(server.wait, 30)


def _start(folder: Path, port: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    program = [sys.executable, "-c", "from alltid.cli import main; main()", "serve"]
    command = [*program, "--port", str(port), "--data-dir", str(folder / "data")]
    with (folder / "server.log").open("w") as log:
        return subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)


async def _add_agents(data: Path, count: int) -> None:
    with embedded_postgres(data) as url:
        await migrate(url)
        pool = await open_pool(url)
        ids, now = SystemIds(), SystemClock().now()
        for number in range(count):
            agent_id = ids.new()
            await create_agent(
                pool,
                PasswordKeeper(),
                agent_id=agent_id,
                email=f"agent{number}@bench.example",
                name=f"Agent {number}",
                role=Role.AGENT,
                languages=["en"],
                password=None,
                now=now,
            )
            # Passwords are slow on purpose; what is measured begins after them.
            await start_session(
                pool,
                session_id=ids.new(),
                token=token_of(number),
                agent_id=agent_id,
                how="password",
                replaces=None,
                limits=SessionLimits(),
                now=now,
            )
        await pool.close()


async def _until_ready(http: httpx.AsyncClient) -> None:
    for _ in range(READY_TRIES):
        try:
            if (await http.get("/readyz")).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.1)
    raise RuntimeError("the server did not get ready; see server.log in its folder")
