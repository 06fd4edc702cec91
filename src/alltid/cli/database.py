"""What commands do on the configured database, without a server around."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from alltid.cli.terminal import plain_errors


def with_pool(work: Callable[[Any], Awaitable[None]]) -> None:
    """Do `work` with a small pool on the database, which is brought up to date before.

    What goes wrong around it becomes a sentence and an exit code.
    """
    from alltid.cli.serving import database_of, load_with
    from alltid.storage.database import open_pool
    from alltid.storage.migrations import migrate

    async def run(database_url: str) -> None:
        await migrate(database_url)
        async with await open_pool(database_url, min_size=1, max_size=2) as pool:
            await work(pool)

    with plain_errors(), database_of(load_with()) as database_url:
        asyncio.run(run(database_url))
