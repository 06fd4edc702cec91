"""How the command line speaks: one sentence for an error, ticks for what is done."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, TextIO

import typer

WORLD = 1
USAGE = 2


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn foreseen errors into a sentence on standard error and an exit code."""
    from alltid.kernel.refusal import Refused
    from alltid.settings import SettingsError
    from alltid.storage.database import DatabaseUnavailable
    from alltid.storage.embedded_files import EmbeddedPostgresError
    from alltid.storage.migrations import SchemaRefused
    from alltid.web.http_server import AddressUnavailable
    from alltid.web.pages import NotBuilt

    try:
        yield
    except SettingsError as error:
        stop_with(str(error), USAGE)
    except (
        AddressUnavailable,
        NotBuilt,
        DatabaseUnavailable,
        EmbeddedPostgresError,
        Refused,
        SchemaRefused,
    ) as error:
        stop_with(str(error), WORLD)


def stop_with(message: str, exit_code: int) -> NoReturn:
    """Say why on standard error and end with `exit_code`."""
    typer.echo(f"alltid: {message}", err=True)
    raise typer.Exit(exit_code)


def print_json(value: Any) -> None:
    """Print JSON for programs: UTF-8, indented, keys in their own order."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


class Steps:
    """Shows what is starting: each step while it runs, then a tick and its seconds.

    On a terminal the running step is shown at once and replaced by its tick; elsewhere
    only finished steps are printed, one a line.
    """

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = sys.stdout if out is None else out
        self._on_terminal = self._out.isatty()
        self._step: str | None = None
        self._since = 0.0

    def begin(self, step: str) -> None:
        """Say that `step` begins, and with it that the one before is done."""
        self.end()
        self._step, self._since = step, time.monotonic()
        if self._on_terminal:
            self._write(f"  … {step}")

    def end(self) -> None:
        """Tick off the running step."""
        if self._step is not None:
            seconds = time.monotonic() - self._since
            start = "\r\x1b[K" if self._on_terminal else ""
            self._write(f"{start}  ✓ {self._step:<28} {seconds:5.1f} s\n")
            self._step = None

    def interrupted(self) -> None:
        """Leave the running step without a tick."""
        if self._step is not None and self._on_terminal:
            self._write("\r\x1b[K")
        self._step = None

    def say(self, text: str = "") -> None:
        """Print a line between steps."""
        self._write(f"{text}\n")

    def _write(self, text: str) -> None:
        encoding = self._out.encoding or "utf-8"
        self._out.write(text.encode(encoding, "replace").decode(encoding))
        self._out.flush()
