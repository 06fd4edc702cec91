"""Applications of people who would like to answer customers, and what was decided on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from alltid.agents.accounts import tidy_email, tidy_languages, tidy_name
from alltid.agents.passwords import PasswordKeeper
from alltid.kernel.refusal import Refused
from alltid.storage.queries import load_queries

Pool = AsyncConnectionPool[AsyncConnection[Any]]
Decision = Literal["approved", "refused"]

OPEN_MAX: Final = 5_000
KEPT_REFUSED: Final = timedelta(days=365)
# How long after an approval the link may set the first password.
LINK_SIGNS_IN: Final = timedelta(days=30)
_SQL: Final = load_queries("alltid.agents", "people.sql")


@dataclass(frozen=True, slots=True)
class NewApplication:
    """What someone tells about themselves; nothing that could count against them unfairly."""

    name: str
    email: str
    languages: tuple[str, ...]
    skills: tuple[str, ...]
    motivation: str
    country: str
    consent: str


@dataclass(frozen=True, slots=True)
class Application:
    """An application as it stands. `address_known`: an account has this e-mail address."""

    id: str
    name: str
    email: str
    languages: tuple[str, ...]
    skills: tuple[str, ...]
    motivation: str
    country: str
    applied_at: datetime
    decision: Decision | None
    decided_at: datetime | None
    decided_by: str | None
    reason: str | None
    agent_id: str | None
    address_known: bool


async def apply(pool: Pool, new: NewApplication, *, application_id: str, now: datetime) -> None:
    """Store an application, whoever else has this address: nobody learns who is known here.

    Refused with `email_invalid`, `name_invalid`, `language_invalid`, or `applications_full`
    while more than 5,000 wait for a decision.
    """
    parameters = {
        "id": application_id,
        "name": tidy_name(new.name),
        "email": tidy_email(new.email),
        "languages": list(tidy_languages(new.languages)),
        "skills": list(dict.fromkeys(new.skills)),
        "motivation": new.motivation.strip(),
        "country": new.country,
        "consent": new.consent,
        "open_max": OPEN_MAX,
        "now": now,
    }
    if await _first(pool, "apply", parameters) is None:
        message = "So many applications wait that no more are taken now. Try again in some days."
        raise Refused("applications_full", message)


async def find_application(pool: Pool, application_id: str) -> Application | None:
    """Return the application, or None."""
    row = await _first(pool, "application", {"id": application_id})
    return None if row is None else _application(row)


async def list_applications(
    pool: Pool, *, is_open: bool, before: datetime | None, limit: int
) -> list[Application]:
    """Return open or decided applications, the newest first."""
    parameters = {"open": is_open, "before": before, "limit": limit}
    async with pool.connection() as connection:
        rows = await (await connection.execute(_SQL["applications"], parameters)).fetchall()
    return [_application(row) for row in rows]


async def decide(
    pool: Pool,
    application: Application,
    decision: Decision,
    reason: str,
    *,
    lead: tuple[str, str],
    ids: Sequence[str],
    now: datetime,
) -> str | None:
    """Approve or refuse with a reason; returns the new account's id where one was made.

    `lead` is id and name; `ids` are two fresh ones. A refusal can be turned into an approval
    (after a review); an approval stays, since its account has a life of its own. Refused with
    `email_taken` or `decided`.
    """
    agent_id, decision_id = ids
    parameters = {
        "id": application.id,
        "agent_id": agent_id,
        "decision_id": decision_id,
        "by": lead[0],
        "by_name": f"lead:{lead[1]}",
        "reason": reason,
        "now": now,
    }
    query = "approve" if decision == "approved" else "refuse"
    row = await _first(pool, query, parameters)
    if row is not None:
        return str(row[0]) if decision == "approved" else None
    if decision == "approved" and application.address_known:
        raise Refused("email_taken", "There is an account with this e-mail address already.")
    raise Refused("decided", "This application was decided on already.")


async def set_first_password(
    pool: Pool, passwords: PasswordKeeper, application_id: str, password: str, now: datetime
) -> str:
    """Give an approved applicant's account its first password; returns the account's id.

    Refused with `sign_in_set` where there is a way in already, or the link is too old, or with
    a code of `passwords.check_strength`.
    """
    since = now - LINK_SIGNS_IN
    row = await _first(pool, "may_set_sign_in", {"id": application_id, "since": since})
    if row is not None:
        password_hash = await passwords.hash(password)
        parameters = {"agent_id": row[0], "password_hash": password_hash}
        if await _first(pool, "first_password", parameters) is not None:
            async with pool.connection() as connection:
                await connection.execute(_SQL["sign_in_set"], {"id": application_id, "now": now})
            return str(row[0])
    message = "This link sets no password any more. Sign in with the one you have, or ask a lead."
    raise Refused("sign_in_set", message)


async def may_set_password(pool: Pool, application_id: str, now: datetime) -> bool:
    """Tell whether the link may still set the account's first password."""
    parameters = {"id": application_id, "since": now - LINK_SIGNS_IN}
    return await _first(pool, "may_set_sign_in", parameters) is not None


async def forget_refused(pool: Pool, now: datetime) -> int:
    """Delete what was refused a year ago and never contested; returns how many."""
    async with pool.connection() as connection:
        cursor = await connection.execute(_SQL["forget_refused"], {"before": now - KEPT_REFUSED})
        return cursor.rowcount


async def _first(pool: Pool, query: str, parameters: dict[str, Any]) -> tuple[Any, ...] | None:
    async with pool.connection() as connection:
        return await (await connection.execute(_SQL[query], parameters)).fetchone()


def _application(row: tuple[Any, ...]) -> Application:
    values = list(row)
    values[3], values[4] = tuple(values[3]), tuple(values[4])
    return Application(*values)
