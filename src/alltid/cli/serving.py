"""`alltid up` and `alltid serve`: start what the desk needs, run it, stop it all cleanly."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any, Protocol

import uvloop
from pydantic import SecretStr

from alltid.cli.terminal import Steps
from alltid.kernel.memory import keep_small
from alltid.settings import Settings, kept_secret_key, load_settings
from alltid.storage.embedded_postgres import embedded_postgres
from alltid.storage.migrations import migrate
from alltid.web.http_server import bind
from alltid.web.observability import configure_logging

SERVING = "serving"


class RunDesk(Protocol):
    """What `alltid.desk.run` is: it runs until cancelled and then closes what it opened."""

    async def __call__(
        self, settings: Settings, *, listener: socket.socket, report: Callable[[str], None]
    ) -> None:
        """Run the desk. `report(step)` says what begins; "serving" that requests are answered."""
        ...


def load_with(**options: Any) -> Settings:
    """Load the settings; options that were not given don't count."""
    return load_settings(**{name: value for name, value in options.items() if value is not None})


@contextmanager
def database_of(settings: Settings) -> Iterator[str]:
    """Give the address of the configured database, or of the embedded one, started for it."""
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    with embedded_postgres(settings.data_dir) as database_url:
        yield database_url


def run_desk(settings: Settings) -> None:
    """Run the server until Ctrl-C or SIGTERM; both are a clean end."""
    configure_logging(settings.log_format, settings.log_level)
    keep_small()
    # Before numpy is loaded: threads of linear algebra that wait for each other would hold up
    # a server whose cores have other work.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Two seconds of modules are loaded while the database starts.
    threading.Thread(target=_load_desk, name="load desk", daemon=True).start()
    steps = Steps()
    # Until the event loop runs, SIGTERM means what Ctrl-C means.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        # Taken first: a port in use shows at once, and before anything is started for nothing.
        with bind(settings.host, settings.port) as listener:
            steps.begin("database")
            with database_of(settings) as database_url:
                changed = {
                    "secret_key": kept_secret_key(settings),
                    "database_url": SecretStr(database_url),
                }
                _run_until_stopped(settings.model_copy(update=changed), listener, steps)
    except KeyboardInterrupt:
        steps.interrupted()
        steps.say("Stopped.")
    finally:
        steps.interrupted()


def _load_desk() -> None:
    # What fails here fails again, and is told, where the desk is started.
    with suppress(Exception):
        import_module("alltid.desk")


def _run_until_stopped(settings: Settings, listener: socket.socket, steps: Steps) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_main(settings, listener, steps))
    raise KeyboardInterrupt  # only a signal ends the desk; database_of stops PostgreSQL now


async def _main(settings: Settings, listener: socket.socket, steps: Steps) -> None:
    desk = asyncio.create_task(_desk(settings, listener, steps), name="desk")
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Once: a second Ctrl-C must not interrupt the closing of the first.
        loop.add_signal_handler(number, _stop_once, desk, steps)
    with suppress(asyncio.CancelledError):
        await desk


def _stop_once(desk: asyncio.Task[None], steps: Steps) -> None:
    if not desk.cancelling():
        steps.interrupted()
        steps.say("\nStopping: open conversations are stored and go on at the next start.")
        desk.cancel()


async def _desk(settings: Settings, listener: socket.socket, steps: Steps) -> None:
    steps.begin("schema")
    if settings.database_url is not None:
        await migrate(settings.database_url.get_secret_value())
    steps.begin("desk")
    from alltid import desk

    run: RunDesk = desk.run

    def report(step: str) -> None:
        if step != SERVING:
            steps.begin(step)
            return
        steps.end()
        for line in _addresses(settings):
            steps.say(line)

    await run(settings, listener=listener, report=report)


def _addresses(settings: Settings) -> list[str]:
    url = settings.own_url
    lines = [""]
    if settings.demo:
        lines.append(f"  The shop, with the chat   {url}/")
    lines += [
        f"  Agents work at            {url}/agent",
        f"  The console               {url}/console",
    ]
    if settings.demo:
        lines += ["", "  This is the demo: anybody who reaches it can sign in with one click."]
    return [*lines, "", "  Ctrl-C stops it; the data stays.", ""]
