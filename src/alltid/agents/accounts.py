"""The accounts of agents, leads and admins: who they are and what they may do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from psycopg_pool import AsyncConnectionPool

from alltid.agents.passwords import PasswordKeeper
from alltid.kernel.refusal import Refused
from alltid.storage.queries import load_queries

_SQL: Final = load_queries("alltid.agents", "accounts.sql")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
_EMAIL_CHARACTERS_MAX: Final = 254
_NAME_CHARACTERS_MAX: Final = 80
_LANGUAGES_MAX: Final = 20


class Role(StrEnum):
    """What an account may do: each role may do what the ones before it may."""

    AGENT = "agent"
    LEAD = "lead"
    ADMIN = "admin"

    def covers(self, needed: Role) -> bool:
        """Tell whether this role may do what `needed` may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class Agent:
    """An account as the rest of the program sees it; it never carries the password's hash."""

    id: str
    email: str
    name: str
    role: Role
    languages: tuple[str, ...]
    disabled: bool = False


async def create_agent(  # noqa: PLR0913  an account has this many parts
    pool: AsyncConnectionPool[Any],
    passwords: PasswordKeeper,
    *,
    agent_id: str,
    email: str,
    name: str,
    role: Role,
    languages: Sequence[str],
    password: str | None,
    now: datetime,
) -> Agent:
    """Create an account; without a password its owner can only use a passkey or the demo.

    Refused with `email_taken`, `email_invalid`, `name_invalid`, `language_invalid` or a
    code of `passwords.check_strength`.
    """
    agent = Agent(agent_id, tidy_email(email), tidy_name(name), role, tidy_languages(languages))
    password_hash = None if password is None else await passwords.hash(password)
    parameters = {
        "id": agent.id,
        "email": agent.email,
        "name": agent.name,
        "role": agent.role.value,
        "password_hash": password_hash,
        "languages": list(agent.languages),
        "now": now,
    }
    async with pool.connection() as connection:
        cursor = await connection.execute(_SQL["create_agent"], parameters)
        if await cursor.fetchone() is None:
            raise Refused("email_taken", "There is an account with this e-mail address already.")
    return agent


async def find_agent(pool: AsyncConnectionPool[Any], agent_id: str) -> Agent | None:
    """Return the account with this id, disabled ones too."""
    return await _find(pool, "agent_by_id", {"id": agent_id})


async def find_agent_by_email(pool: AsyncConnectionPool[Any], email: str) -> Agent | None:
    """Return the account with this e-mail address in any case, disabled ones too."""
    return await _find(pool, "agent_by_email", {"email": email.strip()})


async def list_agents(pool: AsyncConnectionPool[Any]) -> list[Agent]:
    """Return all accounts by e-mail address, disabled ones too."""
    async with pool.connection() as connection:
        rows = await (await connection.execute(_SQL["all_agents"])).fetchall()
    return [_agent(row) for row in rows]


async def agent_with_password(
    pool: AsyncConnectionPool[Any],
    passwords: PasswordKeeper,
    *,
    email: str,
    password: str,
    even_disabled: bool = False,
) -> Agent | None:
    """Return the account that this e-mail address and password open, or None.

    An unknown address, a disabled account and one without a password cost the same time
    as a wrong password. A hash with yesterday's parameters is replaced on the way. With
    `even_disabled` whoever knows the password of a disabled account gets it too: to be told why.
    """
    if not email.isprintable():
        return None
    async with pool.connection() as connection:
        cursor = await connection.execute(_SQL["password_hash_of"], {"email": email.strip()})
        row = await cursor.fetchone()
    # No connection is held while the hash is computed: that takes tens of milliseconds.
    verdict = await passwords.verify(row[0] if row else None, password)
    if not verdict.right:
        return None
    agent = await find_agent_by_email(pool, email)
    if agent is None or (agent.disabled and not even_disabled):
        return None
    if verdict.new_hash is not None:
        await _change(pool, "set_password_hash", agent.id, password_hash=verdict.new_hash)
    return agent


async def set_password(
    pool: AsyncConnectionPool[Any], passwords: PasswordKeeper, agent_id: str, password: str
) -> None:
    """Set a new password. Refused with a code of `passwords.check_strength`."""
    password_hash = await passwords.hash(password)
    await _change(pool, "set_password_hash", agent_id, password_hash=password_hash)


async def set_role(pool: AsyncConnectionPool[Any], agent_id: str, role: Role) -> None:
    """Give the account another role; it holds from the next request on."""
    await _change(pool, "set_role", agent_id, role=role.value)


async def disable_agent(pool: AsyncConnectionPool[Any], agent_id: str, now: datetime) -> None:
    """Lock the account and end all its sign-ins, in one statement."""
    await _change(pool, "disable_agent", agent_id, now=now)


async def enable_agent(pool: AsyncConnectionPool[Any], agent_id: str) -> None:
    """Unlock the account; its owner signs in anew."""
    await _change(pool, "enable_agent", agent_id)


async def _find(
    pool: AsyncConnectionPool[Any], query: str, parameters: dict[str, str]
) -> Agent | None:
    if not all(value.isprintable() for value in parameters.values()):
        return None  # NUL and half surrogates, which the database would choke on
    async with pool.connection() as connection:
        row = await (await connection.execute(_SQL[query], parameters)).fetchone()
    if row is None:
        return None
    return _agent(row)


def _agent(row: tuple[Any, ...]) -> Agent:
    agent_id, email, name, role, languages, disabled = row
    return Agent(agent_id, email, name, Role(role), tuple(languages), disabled=disabled)


async def _change(
    pool: AsyncConnectionPool[Any], query: str, agent_id: str, **parameters: object
) -> None:
    async with pool.connection() as connection:
        cursor = await connection.execute(_SQL[query], {"id": agent_id, **parameters})
        if cursor.rowcount == 0:
            raise Refused("agent_unknown", "There is no such account.")


def tidy_email(email: str) -> str:
    """Return the address as it is kept. Refused with `email_invalid`."""
    tidy = email.strip().lower()
    if len(tidy) > _EMAIL_CHARACTERS_MAX or not _is_email(tidy):
        raise Refused("email_invalid", "This is not an e-mail address.")
    return tidy


def _is_email(text: str) -> bool:
    return text.isprintable() and _EMAIL.fullmatch(text) is not None


def tidy_name(name: str) -> str:
    """Return the name with single spaces. Refused with `name_invalid`."""
    tidy = " ".join(name.split())
    if not 0 < len(tidy) <= _NAME_CHARACTERS_MAX or not tidy.isprintable():
        message = f"A name has 1 to {_NAME_CHARACTERS_MAX} printable characters."
        raise Refused("name_invalid", message)
    return tidy


def tidy_languages(languages: Sequence[str]) -> tuple[str, ...]:
    """Return the codes without repetitions. Refused with `language_invalid`."""
    tidy = tuple(dict.fromkeys(languages))
    if len(tidy) > _LANGUAGES_MAX or not all(map(_LANGUAGE.fullmatch, tidy)):
        message = f"Languages are codes like sv or pt-BR, {_LANGUAGES_MAX} at most."
        raise Refused("language_invalid", message)
    return tidy
