"""The lender's database: accounts and what was done to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import psycopg
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool
from pydantic import TypeAdapter

from alltid.assistant.tools.company import CompanyRefused
from alltid.assistant.tools.tool import Json, Principal, ToolSpec
from alltid.examples.lender.api.account import Account
from alltid.examples.lender.api.catalogue import BY_NAME
from alltid.examples.lender.api.memory import (
    UNKNOWN_CUSTOMER,
    DoneOnce,
    act_once,
    checked,
    told_again,
)
from alltid.examples.lender.api.people import PEOPLE, seed_account
from alltid.examples.lender.api.reads import read
from alltid.kernel.clock import Clock
from alltid.kernel.refusal import Refused
from alltid.storage.queries import load_queries

_SQL: Final = load_queries("alltid.examples.lender.api", "schema.sql")
_ACCOUNT: Final = TypeAdapter(Account)
# Several programs may start on one database; the first makes the schema.
_LOCK: Final = 4_155_017_312


class StoredLender:
    """The lender's system on PostgreSQL, with the rules of the one in memory."""

    def __init__(self, pool: AsyncConnectionPool[Any], clock: Clock, issuer: str) -> None:
        """`issuer` is whose customers the accounts belong to."""
        self._pool = pool
        self._clock = clock
        self._issuer = issuer

    async def prepare(self) -> None:
        """Make the schema and the demo's customers where they are missing."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            there = await (await connection.execute(_SQL["is_there"])).fetchone()
            if there is None or not there[0]:
                await connection.execute(_SQL["schema"])
            await self._seed(connection)

    async def reset(self) -> None:
        """Give the demo's customers their lives anew, dated from today."""
        await self.prepare()
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(_SQL["forget"], {"subjects": list(PEOPLE)})
            await self._seed(connection)

    async def ask(
        self, name: str, arguments: Mapping[str, Any], principal: Principal, key: str | None
    ) -> Any:
        """Read, or act once under a key. Raises Refused."""
        given = checked(name, arguments)
        who = {"subject": principal.subject, "issuer": principal.issuer}
        if BY_NAME[name].effect == "read":
            async with self._pool.connection() as connection:
                account = await self._account(connection, "account", who)
            return read(account, name, given, self._clock.now().date())
        if key is None:
            raise Refused("no_key", "An act needs an idempotency key.")
        async with self._pool.connection() as connection, connection.transaction():
            account = await self._account(connection, "lock_account", who)
            before = await self._done(connection, key)
            if before is None:
                changed, before = act_once(account, name, given, self._clock)
                await self._write(connection, account, changed, key, before)
        return told_again(before, principal.subject, name, given)

    async def call(
        self,
        spec: ToolSpec,
        arguments: Mapping[str, Json],
        principal: Principal,
        *,
        key: str | None = None,
    ) -> Json:
        """Answer as a company's tools, without a network between. Raises CompanyRefused."""
        try:
            answer: Json = await self.ask(spec.name, arguments, principal, key)
        except Refused as refused:
            raise CompanyRefused(refused.code, refused.message) from None
        return answer

    async def acts_of(self, subject: str, limit: int = 1000) -> list[tuple[Any, ...]]:
        """Return key, tool, arguments, result, code and moment of what was asked for someone."""
        async with self._pool.connection() as connection:
            row = {"subject": subject, "limit": limit}
            rows: list[tuple[Any, ...]]
            rows = await (await connection.execute(_SQL["acts_of"], row)).fetchall()
        return rows

    async def _seed(self, connection: psycopg.AsyncConnection[Any]) -> None:
        today = self._clock.now().date()
        rows = [
            {
                "subject": subject,
                "issuer": self._issuer,
                "market": PEOPLE[subject][1],
                "content": Jsonb(_as_json(seed_account(subject, today))),
            }
            for subject in PEOPLE
        ]
        async with connection.cursor() as cursor:
            await cursor.executemany(_SQL["seed"], rows)

    async def _account(
        self, connection: psycopg.AsyncConnection[Any], query: str, who: Mapping[str, str]
    ) -> Account:
        row = await (await connection.execute(_SQL[query], who)).fetchone()
        if row is None:
            raise Refused("no_account", UNKNOWN_CUSTOMER)
        return _ACCOUNT.validate_python(row[0])

    async def _done(self, connection: psycopg.AsyncConnection[Any], key: str) -> DoneOnce | None:
        row = await (await connection.execute(_SQL["done"], {"key": key})).fetchone()
        if row is None:
            return None
        subject, tool, arguments, result, code, message = row
        refused = None if code is None else (code, message)
        return DoneOnce(subject, tool, arguments, result, refused)

    async def _write(
        self,
        connection: psycopg.AsyncConnection[Any],
        account: Account,
        changed: Account,
        key: str,
        done: DoneOnce,
    ) -> None:
        if changed is not account:
            content = Jsonb(_as_json(changed))
            row = {"subject": account.subject, "content": content}
            await connection.execute(_SQL["write_account"], row)
        code, message = done.refused or (None, None)
        act = {
            "key": key,
            "subject": account.subject,
            "tool": done.tool,
            "arguments": Jsonb(dict(done.arguments)),
            "result": None if done.refused else Jsonb(done.result),
            "code": code,
            "message": message,
            "at": self._clock.now(),
        }
        await connection.execute(_SQL["write_act"], act)


def _as_json(account: Account) -> Any:
    return _ACCOUNT.dump_python(account, mode="json")
