"""What is kept of agents' passkeys: public keys, their counters, and open challenges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from psycopg_pool import AsyncConnectionPool

from alltid.kernel.refusal import Refused
from alltid.storage.queries import load_queries

PASSKEYS_PER_AGENT_MAX: Final = 20
CHALLENGES_MAX: Final = 10_000
_SQL: Final = load_queries("alltid.agents", "passkeys.sql")

Purpose = Literal["register", "sign_in"]


@dataclass(frozen=True, slots=True)
class Passkey:
    """A credential whose private half never left its owner's device."""

    id: str
    agent: str
    credential_id: bytes
    public_key: bytes
    sign_count: int
    label: str
    transports: tuple[str, ...]
    created_at: datetime
    last_used_at: datetime | None = None


async def keep_challenge(
    pool: AsyncConnectionPool[Any],
    challenge: bytes,
    *,
    purpose: Purpose,
    agent_id: str | None,
    expires_at: datetime,
    now: datetime,
) -> None:
    """Remember a challenge until it is answered or runs out.

    Refused with `too_many_challenges` when more are open than people could answer.
    """
    parameters = {
        "challenge": challenge,
        "purpose": purpose,
        "agent": agent_id,
        "expires_at": expires_at,
        "limit": CHALLENGES_MAX,
        "now": now,
    }
    async with pool.connection() as connection:
        cursor = await connection.execute(_SQL["keep_challenge"], parameters)
        if await cursor.fetchone() is None:
            raise Refused("too_many_challenges", "Too many sign-ins are open. Try again soon.")


async def take_challenge(
    pool: AsyncConnectionPool[Any],
    challenge: bytes,
    *,
    purpose: Purpose,
    agent_id: str | None,
    now: datetime,
) -> bool:
    """Use a challenge up; True if it was ours, for this purpose and person, and in time."""
    parameters = {"challenge": challenge, "purpose": purpose, "agent": agent_id, "now": now}
    async with pool.connection() as connection:
        row = await (await connection.execute(_SQL["take_challenge"], parameters)).fetchone()
    return row is not None and bool(row[0])


async def add_passkey(pool: AsyncConnectionPool[Any], passkey: Passkey) -> None:
    """Keep a new passkey. Refused with `passkey_not_added` if it is known or one too many."""
    parameters = {
        "id": passkey.id,
        "agent": passkey.agent,
        "credential_id": passkey.credential_id,
        "public_key": passkey.public_key,
        "sign_count": passkey.sign_count,
        "label": passkey.label,
        "transports": list(passkey.transports),
        "limit": PASSKEYS_PER_AGENT_MAX,
        "now": passkey.created_at,
    }
    async with pool.connection() as connection:
        cursor = await connection.execute(_SQL["add_passkey"], parameters)
        if await cursor.fetchone() is None:
            message = f"This passkey is registered already, or you have {PASSKEYS_PER_AGENT_MAX}."
            raise Refused("passkey_not_added", message)


async def passkeys_of(pool: AsyncConnectionPool[Any], agent_id: str) -> list[Passkey]:
    """Return the agent's passkeys, oldest first."""
    async with pool.connection() as connection:
        cursor = await connection.execute(_SQL["passkeys_of"], {"agent": agent_id})
        return [_passkey(row) for row in await cursor.fetchall()]


async def find_passkey(pool: AsyncConnectionPool[Any], credential_id: bytes) -> Passkey | None:
    """Return the passkey with this credential id if its owner's account is open."""
    parameters = {"credential_id": credential_id}
    async with pool.connection() as connection:
        cursor = await connection.execute(_SQL["passkey_by_credential"], parameters)
        row = await cursor.fetchone()
    return None if row is None else _passkey(row)


async def record_use(
    pool: AsyncConnectionPool[Any], passkey: Passkey, sign_count: int, now: datetime
) -> bool:
    """Write down the new counter; False when another sign-in used the key in between."""
    parameters = {
        "id": passkey.id,
        "sign_count": sign_count,
        "expected_sign_count": passkey.sign_count,
        "now": now,
    }
    async with pool.connection() as connection:
        cursor = await connection.execute(_SQL["record_use"], parameters)
        return await cursor.fetchone() is not None


async def remove_passkey(pool: AsyncConnectionPool[Any], passkey_id: str, agent_id: str) -> bool:
    """Forget a passkey of this agent; False when there is none with this id."""
    parameters = {"id": passkey_id, "agent": agent_id}
    async with pool.connection() as connection:
        cursor = await connection.execute(_SQL["remove_passkey"], parameters)
        return await cursor.fetchone() is not None


def _passkey(row: tuple[Any, ...]) -> Passkey:
    return Passkey(
        id=row[0],
        agent=row[1],
        credential_id=row[2],
        public_key=row[3],
        sign_count=row[4],
        label=row[5],
        transports=tuple(row[6]),
        created_at=row[7],
        last_used_at=row[8],
    )
