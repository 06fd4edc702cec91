"""The same program with less patience, so that a fault test need not outlast all of it.

Run as `python -m tests.support.hurried up ...`. What is cut down: how long a command waits for
the database, and how long sockets may be silent, late, unread or unanswered.
"""

from __future__ import annotations

from typing import Any

import uvicorn

from alltid.cli import main
from alltid.storage.group_writer import GroupWriter
from alltid.web import connection, http_protocol, http_server

PATIENCE_SECONDS = 4.0
PINGS = {"ws_ping_interval": 5.0, "ws_ping_timeout": 5.0}


def hurry() -> None:
    """Cut the constants down."""
    defaults = GroupWriter.__init__.__kwdefaults__
    assert defaults is not None
    defaults["patience_seconds"] = PATIENCE_SECONDS
    for module, name, value in (
        (connection, "HELLO_SECONDS", 4.0),
        (connection, "SEND_SECONDS", 5.0),
        (http_protocol, "HEAD_SECONDS", 4.0),
        (http_server, "_UNREAD_MILLISECONDS", 8_000),
    ):
        assert hasattr(module, name)
        setattr(module, name, value)
    usual: Any = uvicorn.Config.__init__

    def with_quick_pings(self: uvicorn.Config, *arguments: Any, **options: Any) -> None:
        usual(self, *arguments, **{**PINGS, **options})

    uvicorn.Config.__init__ = with_quick_pings  # type: ignore[method-assign]


if __name__ == "__main__":
    hurry()
    main()
