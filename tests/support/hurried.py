"""The same program with less patience, so that a fault test need not outlast all of it.

Run as `python -m tests.support.hurried up ...`. What is cut down: how long a command waits for
the database, for the assistant, and how long sockets may be silent, late, unread or unanswered.

TEST_CLOCK names a file that holds by how many seconds the wall clock is wrong. TEST_ASSISTANT
is `stuck` (claims its turns and never answers) or `absent` (never claims any).
"""

from __future__ import annotations

import asyncio
import functools
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import uvicorn

from alltid import desk
from alltid.assistant import worker
from alltid.assistant.answerer import ArticleAnswerer
from alltid.assistant.worker import AssistantWorker
from alltid.cli import main
from alltid.conversations import state
from alltid.kernel.clock import SystemClock
from alltid.storage.group_writer import GroupWriter
from alltid.web import connection, http_protocol, http_server

PATIENCE_SECONDS = 4.0
LEASE_SECONDS = 3.0
ASSISTANT_DUE_SECONDS = 6.0
PINGS = {"ws_ping_interval": 5.0, "ws_ping_timeout": 5.0}


def hurry() -> None:
    """Cut the constants down."""
    default(GroupWriter, "patience_seconds", PATIENCE_SECONDS)
    replace(connection, "HELLO_SECONDS", 4.0)
    replace(connection, "SEND_SECONDS", 5.0)
    replace(http_protocol, "HEAD_SECONDS", 4.0)
    replace(http_server, "_UNREAD_MILLISECONDS", 8_000)
    replace(worker, "LEASE_SECONDS", LEASE_SECONDS)
    # Loading it takes longer than these tests have patience for.
    os.environ.setdefault("ALLTID_SENTENCE_ENCODER", "false")
    usual: Any = uvicorn.Config.__init__

    def with_quick_pings(self: uvicorn.Config, *arguments: Any, **options: Any) -> None:
        usual(self, *arguments, **{**PINGS, **options})

    replace(uvicorn.Config, "__init__", with_quick_pings)


def replace(where: object, name: str, value: object) -> None:
    """Put something in the place of what must be there already."""
    assert hasattr(where, name), name
    setattr(where, name, value)


def default(kind: type, name: str, value: object) -> None:
    """Give a keyword argument of a class another default."""
    defaults = kind.__init__.__kwdefaults__  # type: ignore[misc]
    assert name in defaults
    defaults[name] = value


def jumping_wall(file: Path) -> datetime:
    """The machine's time, wrong by as many seconds as the file says."""
    return datetime.now(UTC) + timedelta(seconds=float(file.read_text() or 0))


async def never(*_: object) -> NoReturn:
    """Wait for good."""
    await asyncio.Event().wait()
    raise AssertionError


def disturb() -> None:
    """Make it as the environment says."""
    if clock := os.environ.get("TEST_CLOCK"):
        wall = functools.partial(jumping_wall, Path(clock))
        replace(desk, "SystemClock", functools.partial(SystemClock, wall))
    match os.environ.get("TEST_ASSISTANT"):
        case "stuck":
            replace(ArticleAnswerer, "answer", never)
            default(AssistantWorker, "answer_seconds", 3600.0)
        case "absent":
            replace(AssistantWorker, "run", never)
            replace(state, "ASSISTANT_DUE", timedelta(seconds=ASSISTANT_DUE_SECONDS))


if __name__ == "__main__":
    hurry()
    disturb()
    main()
