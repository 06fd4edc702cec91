"""Canned replies as they are kept: the company's, and each agent's own (`owner`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from psycopg.errors import UniqueViolation
from psycopg_pool import AsyncConnectionPool

from alltid.conversations.canned import BUILT_IN, Filled, fill
from alltid.kernel.refusal import Refused
from alltid.storage.queries import load_queries

_SQL: Final = load_queries("alltid.conversations", "canned_replies.sql")
OWN_MOST: Final = 200
COMPANY_MOST: Final = 1_000
FIELDS_MOST: Final = 50


@dataclass(frozen=True, slots=True)
class CannedReply:
    """One reply; `company` tells the company's from an agent's own."""

    id: str
    company: bool
    language: str
    shortcut: str
    title: str
    text: str
    changed_at: datetime
    changed_by: str | None


class CannedReplies:
    """Reads and writes them, through the pool."""

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        """Stand on an open pool."""
        self._pool = pool

    async def put(
        self,
        reply_id: str,
        owner: str | None,
        *,
        language: str,
        shortcut: str,
        title: str,
        text: str,
        by: str,
        now: datetime,
    ) -> None:
        """Add or change one; raises Refused `shortcut_taken` or `replies_full`."""
        try:
            rows = await self._rows(
                "put",
                id=reply_id, owner=owner, language=language, shortcut=shortcut, title=title,
                text=text, by=by, now=now, most=OWN_MOST if owner else COMPANY_MOST,
            )  # fmt: skip
        except UniqueViolation:
            message = f"There is a reply /{shortcut} in this language already."
            raise Refused("shortcut_taken", message) from None
        if not rows:
            raise Refused("replies_full", "There is no room for more replies. Remove one first.")

    async def remove(self, reply_id: str, owner: str | None) -> None:
        """Remove one; one that isn't there, or is another's, stays as it is."""
        await self._rows("remove", id=reply_id, owner=owner)

    async def of_owner(self, owner: str | None) -> list[CannedReply]:
        """Return an agent's own replies, or the company's, by shortcut."""
        rows = await self._rows("of_owner", owner=owner, limit=COMPANY_MOST)
        return [CannedReply(*row) for row in rows]

    async def usable(self, agent_id: str, language: str) -> list[CannedReply]:
        """Return what an agent may insert in a language, by shortcut."""
        limit = OWN_MOST + COMPANY_MOST
        rows = await self._rows("usable", agent_id=agent_id, language=language, limit=limit)
        return [CannedReply(*row) for row in rows]

    async def filled(
        self, reply_id: str, agent_id: str, values: Mapping[str, str | None]
    ) -> Filled:
        """Return a reply with what is known filled in; raises Refused `no_such_reply`."""
        rows = await self._rows("find", id=reply_id, agent_id=agent_id)
        if not rows:
            raise Refused("no_such_reply", "This reply isn't there any more.")
        fields = {row[0]: row[1] for row in await self._rows("fields", agent_id=agent_id)}
        return fill(rows[0][0], fields | dict(values))

    async def fields(self, owner: str | None) -> dict[str, str]:
        """Return what names stand for: the company's, or an agent's own."""
        return {row[0]: row[1] for row in await self._rows("fields_of_owner", owner=owner)}

    async def put_field(self, owner: str | None, name: str, value: str) -> None:
        """Give a name its value; an empty one removes it."""
        if name in BUILT_IN:
            raise Refused("name_taken", f"{{{name}}} is filled in by the desk itself.")
        if not value:
            await self._rows("remove_field", owner=owner, name=name)
        elif not await self._rows(
            "put_field", owner=owner, name=name, value=value, most=FIELDS_MOST
        ):
            raise Refused("fields_full", f"There are at most {FIELDS_MOST} such names.")

    async def _rows(self, query: str, **parameters: object) -> Sequence[Any]:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_SQL[query], parameters)
            return await cursor.fetchall() if cursor.description else ()
