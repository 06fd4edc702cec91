"""The made-up agents of the demo, whom one click signs in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Literal

from psycopg_pool import AsyncConnectionPool

from alltid.agents.accounts import Agent, Role, create_agent, find_agent_by_email
from alltid.agents.passwords import PasswordKeeper
from alltid.kernel.ids import IdSource
from alltid.kernel.refusal import Refused

DemoRole = Literal["agent", "second_agent", "lead"]


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """What the demo says about one of them."""

    email: str
    name: str
    role: Role
    languages: tuple[str, ...]


DEMO_PEOPLE: Final[Mapping[DemoRole, DemoPerson]] = MappingProxyType(
    {
        "agent": DemoPerson("sara@demo.alltid.example", "Sara", Role.AGENT, ("sv", "en")),
        "second_agent": DemoPerson(
            "jonas@demo.alltid.example", "Jonas", Role.AGENT, ("sv", "de", "en")
        ),
        "lead": DemoPerson("maria@demo.alltid.example", "Maria", Role.LEAD, ("sv", "en", "es")),
    }
)


async def demo_agent(
    pool: AsyncConnectionPool[Any], ids: IdSource, who: DemoRole, now: datetime
) -> Agent:
    """Return the demo's account of this role, made on first use and without a password."""
    person = DEMO_PEOPLE[who]
    found = await find_agent_by_email(pool, person.email)
    if found is not None:
        return found
    try:
        return await create_agent(
            pool,
            PasswordKeeper(),
            agent_id=ids.new(),
            email=person.email,
            name=person.name,
            role=person.role,
            languages=person.languages,
            password=None,
            now=now,
        )
    except Refused:  # two first clicks at once: the other one made it
        return await demo_agent(pool, ids, who, now)
