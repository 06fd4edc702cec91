"""The example lender behind the layers of the tools, for the tests of those layers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import psycopg
from psycopg_pool import AsyncConnectionPool
from starlette.types import ASGIApp

from alltid.assistant.tools.action_ledger import PostgresActions
from alltid.assistant.tools.boundary import Allowed
from alltid.assistant.tools.company import CompanyTools
from alltid.assistant.tools.executor import ActionExecutor, ActionGround, PolicyCheck
from alltid.assistant.tools.handles import Handles
from alltid.assistant.tools.handover import SignedHandover
from alltid.assistant.tools.health import Health
from alltid.assistant.tools.openapi_tools import OpenApiTransport
from alltid.assistant.tools.tool import Principal, Proposal, ToolCall, ToolFailed, ToolResult
from alltid.assistant.tools.toolbox import Toolbox, ToolGround
from alltid.examples.lender.api.app import lender_app
from alltid.examples.lender.api.catalogue import SPECS
from alltid.examples.lender.api.described import lender_operations
from alltid.examples.lender.api.store import StoredLender
from alltid.examples.lender.api.tokens import AUDIENCE, LenderTokens, Right, keys_from
from alltid.examples.lender.customers import ISSUER
from alltid.examples.lender.limits import LENDER_LIMITS, amount_of
from alltid.kernel.clock import ManualClock
from alltid.kernel.ids import SeededIds
from alltid.storage.database import open_pool
from alltid.web.http_server import bind, serve
from alltid.web.identity.keys import derive_key

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
ELIN = Principal(ISSUER, "norrhem-1001")
LUKAS = Principal(ISSUER, "norrhem-1002")
CONVERSATION = "0190a000-0000-7000-8000-000000000001"
KEYS = keys_from(lambda purpose: derive_key("a secret of the tests, long enough", purpose))


def handover(right: Right, clock: ManualClock) -> SignedHandover:
    return SignedHandover(KEYS[right], right, AUDIENCE, clock, SeededIds(9))


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    """An app on a port of its own, over real sockets."""
    ready = asyncio.Event()
    with bind("127.0.0.1", 0) as listener:
        task = asyncio.create_task(serve(app, listener, on_serving=ready.set))
        await ready.wait()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        task.cancel()
        await asyncio.wait([task])


@dataclass
class Bank:
    """The lender with its database and its API, and the desk's two ways to it."""

    pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]]
    clock: ManualClock
    lender: StoredLender
    url: str
    reading: CompanyTools
    acting: CompanyTools
    ids: SeededIds = field(default_factory=lambda: SeededIds(4))
    handles: Handles = field(default_factory=lambda: Handles(b"a key"))
    allowed: Allowed = field(default_factory=lambda: Allowed(SPECS))

    def toolbox(self, principal: Principal, conversation: str = CONVERSATION) -> Toolbox:
        ground = ToolGround(self.allowed, self.reading, self.handles, Health())
        return ground.toolbox(principal, conversation)

    def ground(self, company: CompanyTools | None = None, **options: Any) -> ActionGround:
        chosen: dict[str, Any] = {"limits": LENDER_LIMITS, "pauses_seconds": (0, 0)} | options
        return ActionGround(
            self.allowed,
            company or self.acting,
            self.handles,
            Health(),
            PostgresActions(self.pool),
            self.clock,
            self.ids,
            amount_of=amount_of,
            **chosen,
        )

    def executor(
        self,
        principal: Principal = ELIN,
        *,
        company: CompanyTools | None = None,
        policy_check: PolicyCheck | None = None,
        **options: Any,
    ) -> ActionExecutor:
        return self.ground(company, **options).executor(
            principal, CONVERSATION, reads=self.toolbox(principal), policy_check=policy_check
        )

    async def ledger(self) -> list[tuple[Any, ...]]:
        """Key, tool and state of each action of the desk."""
        return await self.rows(
            "SELECT idempotency_key, tool, state FROM assistant_actions ORDER BY at, id"
        )

    async def done(self) -> list[tuple[Any, ...]]:
        """Key and tool of each act that the lender's database has as done."""
        return await self.rows("SELECT key, tool FROM lender.acts WHERE code IS NULL ORDER BY at")

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        async with self.pool.connection() as connection:
            found: list[tuple[Any, ...]]
            found = await (await connection.execute(query.encode())).fetchall()
        return found


@asynccontextmanager
async def bank(database_url: str, *, sockets: bool = False) -> AsyncIterator[Bank]:
    """The lender on a fresh database. Its API is served on a port, or called without one."""
    clock = ManualClock(NOW)
    async with AsyncExitStack() as stack:
        pool = await open_pool(database_url, min_size=1, max_size=6)
        await stack.enter_async_context(pool)
        lender = StoredLender(pool, clock, ISSUER)
        await lender.prepare()
        app = lender_app(lender, LenderTokens(KEYS), clock)
        url = await stack.enter_async_context(served(app)) if sockets else "http://lender"
        transport = None if sockets else httpx.ASGITransport(app)
        client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=url, transport=transport, timeout=10, trust_env=False)
        )
        reading, acting = (
            OpenApiTransport(client, lender_operations(), handover(right, clock))
            for right in ("read", "write")
        )
        yield Bank(pool, clock, lender, url, reading, acting)


async def value_of(reads: Toolbox, tool: str, arguments: Mapping[str, Any] | None = None) -> Any:
    """What a tool answers; fails the test where it doesn't."""
    return told(await reads.read(ToolCall(tool, arguments or {})))


async def invoice_where(reads: Toolbox, fits: Callable[[Any], bool]) -> Any:
    return next(each for each in await value_of(reads, "list_invoices") if fits(each))


def proposal(tool: str, **arguments: Any) -> Proposal:
    return Proposal(ToolCall(tool, arguments), "a_playbook", "a_step")


def told(answer: ToolResult | ToolFailed) -> Any:
    """What was done or read; fails the test where it wasn't."""
    assert isinstance(answer, ToolResult), answer
    return answer.value


def code_of(answer: ToolResult | ToolFailed) -> str:
    """The code with which something was refused; fails the test where it wasn't."""
    assert isinstance(answer, ToolFailed), answer
    return answer.code


async def moved(bank: Bank, days: int = 14) -> Proposal:
    """The proposal to move the due date of Elin's open invoice that may be moved."""
    open_one = await invoice_where(
        bank.toolbox(ELIN), lambda each: each["status"] == "open" and not each["extensions_used"]
    )
    return proposal("extend_due_date", invoice=open_one["handle"], days=days)
