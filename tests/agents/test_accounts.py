"""Accounts: made once, found in any case, opened by the right password only."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest
from argon2 import PasswordHasher
from psycopg_pool import AsyncConnectionPool

from alltid.agents.accounts import (
    Agent,
    Role,
    agent_with_password,
    create_agent,
    disable_agent,
    enable_agent,
    find_agent,
    find_agent_by_email,
    set_password,
    set_role,
)
from alltid.agents.passwords import PasswordKeeper, PasswordsBusyError
from alltid.kernel.clock import ManualClock
from alltid.kernel.ids import SeededIds
from alltid.kernel.refusal import Refused
from alltid.storage.database import open_pool

pytestmark = pytest.mark.anyio

NOW = ManualClock().now()
IDS = SeededIds(1)
PASSWORD = "a password that nobody guesses"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[AsyncConnectionPool[Any]]:
    made = await open_pool(database_url, min_size=1, max_size=3)
    yield made
    await made.close()


@pytest.fixture
def passwords() -> PasswordKeeper:
    return PasswordKeeper(CHEAP)


async def make(pool: AsyncConnectionPool[Any], passwords: PasswordKeeper, **changes: Any) -> Agent:
    account: dict[str, Any] = {
        "agent_id": IDS.new(),
        "email": "sara@klarsund.example",
        "name": "Sara",
        "role": Role.AGENT,
        "languages": ["sv"],
        "password": PASSWORD,
        "now": NOW,
    }
    return await create_agent(pool, passwords, **{**account, **changes})


async def opens(pool: Any, passwords: PasswordKeeper, password: str = PASSWORD) -> bool:
    email = "sara@klarsund.example"
    return await agent_with_password(pool, passwords, email=email, password=password) is not None


async def test_made_found_and_not_made_twice(
    pool: AsyncConnectionPool[Any], passwords: PasswordKeeper
) -> None:
    sara = await make(pool, passwords, email=" Sara@Klarsund.Example ")
    assert await find_agent(pool, sara.id) == sara
    assert await find_agent_by_email(pool, "SARA@KLARSUND.EXAMPLE ") == sara
    assert await find_agent_by_email(pool, "nobody@x\x00\ud800") is None
    assert await find_agent(pool, IDS.new()) is None
    with pytest.raises(Refused) as refused:
        await make(pool, passwords, email="SARA@klarsund.example")
    assert refused.value.code == "email_taken"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"email": "no address"}, "email_invalid"),
        ({"email": "a@b\x00"}, "email_invalid"),
        ({"email": "a@" + "b" * 254}, "email_invalid"),
        ({"name": "  "}, "name_invalid"),
        ({"name": "a\u202eb"}, "name_invalid"),
        ({"name": "a" * 81}, "name_invalid"),
        ({"languages": ["Swedish"]}, "language_invalid"),
        ({"languages": ["sv", "x"]}, "language_invalid"),
        ({"password": "short"}, "password_too_short"),
        ({"password": "a" * 257}, "password_too_long"),
    ],
)
async def test_what_no_account_has(
    pool: AsyncConnectionPool[Any], passwords: PasswordKeeper, changes: Any, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        await make(pool, passwords, **changes)
    assert refused.value.code == code


async def test_only_the_right_password_opens(
    pool: AsyncConnectionPool[Any], passwords: PasswordKeeper
) -> None:
    sara = await make(pool, passwords)
    assert await opens(pool, passwords)
    assert not await opens(pool, passwords, PASSWORD + " ")
    assert not await opens(pool, passwords, "")
    assert not await opens(pool, passwords, "a" * 10_000)
    await set_password(pool, passwords, sara.id, "another long password")
    assert not await opens(pool, passwords)
    assert await opens(pool, passwords, "another long password")
    with pytest.raises(Refused, match="no such account"):
        await set_password(pool, passwords, IDS.new(), PASSWORD)


async def test_accents_typed_in_two_ways_are_one_password(
    pool: AsyncConnectionPool[Any], passwords: PasswordKeeper
) -> None:
    await make(pool, passwords, password="caf\u00e9 at the harbour")
    assert await opens(pool, passwords, "cafe\u0301 at the harbour")


async def test_an_account_without_a_password_or_locked_opens_to_none(
    pool: AsyncConnectionPool[Any], passwords: PasswordKeeper
) -> None:
    sara = await make(pool, passwords)
    await disable_agent(pool, sara.id, NOW)
    assert not await opens(pool, passwords)
    found = await find_agent(pool, sara.id)
    assert found is not None
    assert found.disabled
    await enable_agent(pool, sara.id)
    assert await opens(pool, passwords)
    await make(pool, passwords, email="b@c.example", password=None)
    nobody = "this is the password of nobody at all"
    for email in ("b@c.example", "unknown@c.example"):
        assert await agent_with_password(pool, passwords, email=email, password=nobody) is None


async def test_an_old_hash_is_renewed_at_the_next_sign_in(
    pool: AsyncConnectionPool[Any], passwords: PasswordKeeper
) -> None:
    await make(pool, passwords)
    today = PasswordKeeper(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert await opens(pool, today)
    async with pool.connection() as connection:
        row = await (await connection.execute("SELECT password_hash FROM agents")).fetchone()
    assert row is not None
    assert "$m=16,t=2,p=1$" in row[0]
    assert await opens(pool, today)


async def test_roles_cover_the_ones_below(
    pool: AsyncConnectionPool[Any], passwords: PasswordKeeper
) -> None:
    sara = await make(pool, passwords)
    await set_role(pool, sara.id, Role.LEAD)
    found = await find_agent(pool, sara.id)
    assert found is not None
    assert found.role.covers(Role.AGENT)
    assert found.role.covers(Role.LEAD)
    assert not found.role.covers(Role.ADMIN)


async def test_an_unknown_address_costs_a_hash_like_any_other(
    pool: AsyncConnectionPool[Any],
) -> None:
    compared: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Any:  # noqa: A002
            compared.append(str(hash))
            return super().verify(hash, password)

    passwords = PasswordKeeper(Counting(time_cost=1, memory_cost=8, parallelism=1))
    await make(pool, passwords)
    await opens(pool, passwords, "wrong")
    await agent_with_password(pool, passwords, email="x@y.example", password="wrong")
    assert len(compared) == 2
    assert len({each.rpartition("$")[0].rpartition("$")[0] for each in compared}) == 1


async def test_the_event_loop_goes_on_and_the_line_is_bounded() -> None:
    class Slow(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            time.sleep(0.05)
            return super().hash(password, salt=salt)

    passwords = PasswordKeeper(
        Slow(time_cost=1, memory_cost=8, parallelism=1), at_once=1, waiting_max=1
    )
    ticks, refused = 0, 0

    async def hash_one() -> None:
        nonlocal refused
        try:
            await passwords.hash(PASSWORD)
        except PasswordsBusyError:
            refused += 1

    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(hash_one)
        for _ in range(5):
            await anyio.sleep(0.005)
            ticks += 1
    assert (ticks, refused) == (5, 2)
    await passwords.hash(PASSWORD)
