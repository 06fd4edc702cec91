"""A world in which pay can be watched."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from alltid.storage.database import open_pool
from tests.insights.paid import World


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """Pay with the default rate card: 400 SEK an hour, 9.52 SEK an engaged minute."""
    async with await open_pool(database_url, min_size=2, max_size=8) as pool:
        found = World(pool)
        await found.quotes.seed()
        yield found
