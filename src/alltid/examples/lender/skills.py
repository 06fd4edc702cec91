"""The example's skills, what qualifies for them, and who of the demo's people has which."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from alltid.agents.qualifications import CONTENT, save_version
from alltid.kernel.clock import Clock
from alltid.kernel.refusal import Refused
from alltid.web.identity.demo import DEMO_PEOPLE, DemoRole

SKILLS: Final = ("payments", "fraud", "complaints", "vulnerable")
# Nobody but the lead has complaints: there is something left to qualify for.
HELD: Final[Mapping[DemoRole, Mapping[str, int]]] = MappingProxyType(
    {
        "agent": {"payments": 3, "fraud": 2, "vulnerable": 2},
        "second_agent": {"payments": 2, "fraud": 3},
        "lead": {"payments": 3, "fraud": 3, "complaints": 3, "vulnerable": 3},
    }
)
_SKILL: Final = """
INSERT INTO skills (key, name, topics, default_level)
VALUES (%(key)s, %(name)s, %(topics)s, %(default_level)s)
ON CONFLICT (key) DO NOTHING
"""
# Only where the person has none yet: what a lead has changed since stays.
_HELD: Final = """
INSERT INTO agent_skills (agent_id, skill, level)
SELECT a.id, h.key, h.value::integer
FROM agents AS a, jsonb_each_text(%(held)s) AS h
WHERE lower(a.email) = %(email)s
  AND NOT EXISTS (SELECT FROM agent_skills AS s WHERE s.agent_id = a.id)
ON CONFLICT DO NOTHING
"""


async def seed_skills(pool: AsyncConnectionPool[Any], clock: Clock) -> None:
    """Bring skills, their qualifications and the demo's holders in, where missing."""
    for key in SKILLS:
        told = skill_file(key)
        async with pool.connection() as connection:
            row = {
                "key": key,
                "name": Jsonb(told["name"]),
                "topics": told["topics"],
                "default_level": told["default_level"],
            }
            await connection.execute(_SKILL, row)
        content = CONTENT.validate_python(told["content"])
        try:
            await save_version(
                pool, key, content, based_on=0, by="example", note="Example", now=clock.now()
            )
        except Refused:  # there is one already, perhaps a lead's own
            continue
    async with pool.connection() as connection:
        for role, held in HELD.items():
            email = DEMO_PEOPLE[role].email
            await connection.execute(_HELD, {"held": Jsonb(held), "email": email})


def skill_file(key: str) -> dict[str, Any]:
    """Return what the example's file says about a skill."""
    file = files("alltid.examples.lender") / "qualifications" / f"{key}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
