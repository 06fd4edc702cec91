"""Knowledge as a part of the desk: what nothing answered, and who reads passages beside."""

from __future__ import annotations

import asyncio
from typing import Final

import psycopg
import psycopg_pool
import structlog

from alltid.assistant.search.unanswered import UnansweredQuestions, forget_old
from alltid.desk.part import Ground, Part

log = structlog.get_logger(__name__)

# Words find everything at once, so meaning may wait until a start is over.
FIRST_LOOK_SECONDS: Final = 30.0
LOOK_SECONDS: Final = 15.0
# An encoder takes at most half of one core from those who are talking.
REST: Final = 1.0


def knowledge_part(ground: Ground) -> Part:
    """Put it together."""
    ground.jobs.add_sweep("unanswered questions", forget_old)

    async def read() -> None:
        """Read passages that are new or have changed, until cancelled."""
        await asyncio.sleep(FIRST_LOOK_SECONDS)
        # Loaded where it is used: numpy and the encoders' readers.
        from alltid.assistant.search.embedding import read_unread

        while True:
            try:
                done, _ = await read_unread(ground.pool, rest=REST)
                if done:
                    log.info("passages_read", passages=done)
            except (psycopg.Error, psycopg_pool.PoolTimeout, OSError) as error:
                log.warning("passages_wait", error=type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)

    return Part("unanswered", UnansweredQuestions(ground.pool), loops={"passages": read})
