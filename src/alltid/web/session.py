"""What both sides' sockets have in common: they run until they close, and say why."""

from __future__ import annotations

from typing import Final, Literal, Protocol

import psycopg
import psycopg_pool
import structlog

from alltid.web.connection import RESTARTING, Closed, Connection
from alltid.web.services import Services

log = structlog.get_logger(__name__)

AWAY: Final = (psycopg.Error, psycopg_pool.PoolTimeout, psycopg_pool.TooManyRequests, OSError)
AWAY_MESSAGE: Final = "Nothing is lost: this is sent again as soon as it can be stored."
IN_ORDER_MESSAGE: Final = "What you wrote before goes first. This is sent right after it."


class Session(Protocol):
    """One person on one device."""

    async def run(self) -> None:
        """Greet and answer until the socket closes."""
        ...

    def stop(self) -> None:
        """Follow nothing any more."""
        ...


async def serve(
    services: Services,
    connection: Connection,
    session: Session,
    kind: Literal["customer", "agent"],
) -> None:
    """Run a session until its socket closes, and leave nothing of it behind."""
    with services.metrics.socket(kind):
        try:
            await session.run()
        except Closed:
            pass
        except AWAY as error:
            log.warning("socket_away", kind=kind, error=type(error).__name__)
            connection.close(RESTARTING, "Back in a moment.")
        finally:
            session.stop()
            await connection.finish()
