"""Customers: guests, whom only their token knows, and people the company signed in."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from psycopg_pool import AsyncConnectionPool

from alltid.storage.queries import load_queries

_SQL: Final = load_queries("alltid.conversations", "customers.sql")
_NAMESPACE: Final = uuid.UUID("5f0c5a0e-6d0c-5b5e-9a5e-0a11ad000001")
_SEEN_EVERY: Final = timedelta(minutes=1)
# How long the token before the last one still opens the door: tabs and lost answers.
GUEST_TOKEN_GRACE: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Guest:
    """A guest whose token was good; `name` is None until they tell it."""

    id: str
    name: str | None


def company_customer_id(issuer: str, subject: str) -> str:
    """Return the id of the company's customer: the same person, the same id, anywhere.

    Nested namespaces, so that no issuer and subject can be cut differently into another pair.
    """
    return str(uuid.uuid5(uuid.uuid5(_NAMESPACE, issuer), subject))


async def add_guest(pool: AsyncConnectionPool[Any], customer_id: str, now: datetime) -> None:
    """Add a guest, whose first token is of generation 1."""
    async with pool.connection() as connection:
        await connection.execute(_SQL["add_guest"], {"id": customer_id, "now": now})


async def find_guest(
    pool: AsyncConnectionPool[Any], customer_id: str, generation: int, now: datetime
) -> Guest | None:
    """Return the guest if a token of this generation is still good, else None.

    Good are the confirmed generation, the next one (using it confirms it and so retires
    the one before) and, for `GUEST_TOKEN_GRACE` after that, the one before. A renewed
    token that got lost on its way was never used, so it locks nobody out.
    """
    async with pool.connection() as connection:
        row = await (await connection.execute(_SQL["guest"], {"id": customer_id})).fetchone()
        if row is None:
            return None
        name, confirmed, renewed_at, last_seen_at = row
        in_grace = renewed_at is not None and now - renewed_at < GUEST_TOKEN_GRACE
        good = generation in {confirmed, confirmed + 1} or (
            generation == confirmed - 1 and in_grace
        )
        if not good:
            return None
        if generation > confirmed or now - last_seen_at > _SEEN_EVERY:
            parameters = {"id": customer_id, "generation": generation, "now": now}
            await connection.execute(_SQL["guest_seen"], parameters)
    return Guest(customer_id, name)


async def keep_company_customer(
    pool: AsyncConnectionPool[Any],
    issuer: str,
    subject: str,
    name: str | None,
    now: datetime,
    *,
    entitlements: Sequence[str] = (),
) -> str:
    """Know the company's customer from now on and return their id.

    The latest name wins; what the customer is entitled to is what the latest token says.
    """
    customer_id = company_customer_id(issuer, subject)
    parameters = {
        "id": customer_id,
        "issuer": issuer,
        "subject": subject,
        "name": name,
        "entitlements": list(entitlements),
        "seen_before": now - _SEEN_EVERY,
        "now": now,
    }
    async with pool.connection() as connection:
        await connection.execute(_SQL["company_customer"], parameters)
    return customer_id
