"""Questions that nothing answered, for those who write the articles.

Kept without personal data: what `conversations/masking` finds is masked, and numbers go as well.
Questions that share most of their words are counted as one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from psycopg_pool import AsyncConnectionPool

from alltid.assistant.courtesy import courtesy_words
from alltid.assistant.search.stemming import text_search_config
from alltid.assistant.vocabulary import fold
from alltid.conversations.masking import DOTS, mask
from alltid.storage.queries import load_queries

SQL: Final = load_queries("alltid.assistant.search", "unanswered.sql")
KEPT_MAX: Final = 2_000
"""Questions of all languages together; the one not asked for the longest time goes."""
KEPT_DAYS: Final = 90
QUESTION_CHARACTERS: Final = 300
PAGE_MAX: Final = 200
_READ: Final = 2_000
# So much of the words of both together must be in both.
_ALIKE: Final = 0.6
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_NUMBER: Final = re.compile(r"\d[\d\s.,/\-]*\d|\d")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class UnansweredQuestion:
    """A question, how often it or one like it was asked, and when."""

    id: int
    language: str
    text: str
    asked: int
    first_at: datetime
    last_at: datetime


class UnansweredQuestions:
    """What customers asked and nothing answered."""

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        """Keep through `pool`."""
        self._pool = pool

    async def note(self, text: str, language: str, at: datetime) -> None:
        """Count a question that found no answer; one without words is nothing to learn from."""
        shown = shown_without_data(text)
        idle = courtesy_words(language)
        words = [word for word in _WORD.findall(shown) if fold(word) not in idle]
        if not words or _LANGUAGE.fullmatch(language) is None:
            return
        question = {
            "language": language,
            "text": shown,
            "words": " ".join(words),
            "config": text_search_config(language),
            "at": at,
            "alike": _ALIKE,
        }
        async with self._pool.connection() as connection, connection.transaction():
            # One at a time: the same question asked twice at once is still the same one.
            await connection.execute(SQL["lock"])
            counted = await (await connection.execute(SQL["count_again"], question)).fetchone()
            if counted is None:
                await connection.execute(SQL["note"], question)
                await connection.execute(SQL["keep"], {"most": KEPT_MAX})

    async def page(
        self, *, language: str | None = None, after: int = 0, limit: int = 50
    ) -> list[UnansweredQuestion]:
        """Return questions, the oftenest asked first; `after` is how many were seen already."""
        which = {"language": language, "after": after, "limit": min(limit, PAGE_MAX)}
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(SQL["page"], which)).fetchall()
        return [UnansweredQuestion(*row) for row in rows]

    async def remove(self, key: int) -> bool:
        """Forget a question, since an article answers it now; False when it is gone already."""
        async with self._pool.connection() as connection:
            return bool((await connection.execute(SQL["remove"], {"id": key})).rowcount)


async def forget_old(pool: AsyncConnectionPool[Any], now: datetime) -> int:
    """Forget what nobody has asked for KEPT_DAYS; return how many questions went."""
    async with pool.connection() as connection:
        before = {"before": now - timedelta(days=KEPT_DAYS)}
        return int((await connection.execute(SQL["forget"], before)).rowcount)


def shown_without_data(text: str) -> str:
    """Return a question on one line, bounded, with personal data and numbers masked."""
    plain = text[:_READ].replace("\0", " ").encode("utf-8", "replace").decode()
    masked = _NUMBER.sub(DOTS, mask(plain).text)
    return " ".join(masked.split())[:QUESTION_CHARACTERS].strip()
