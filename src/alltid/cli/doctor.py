"""`alltid doctor`: whether what the desk stands on is as it must be."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import typer

from alltid.cli.serving import database_of
from alltid.settings import Settings
from alltid.storage.database import DatabaseUnavailable, check_server, connect
from alltid.storage.embedded_files import EmbeddedPostgresError
from alltid.storage.migrations import SchemaRefused, pending_migrations
from alltid.web.http_server import AddressUnavailable, bind

_DISK_BYTES_MIN: Final = 1024**3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: whether it is well, and what was seen."""

    check: str
    ok: bool
    detail: str

    def as_json(self) -> dict[str, Any]:
        """Return the finding for programs."""
        return asdict(self)


def examine(settings: Settings) -> list[Finding]:
    """Look at everything, change nothing."""
    return [*_secret(settings), *_disk(settings), *_database(settings), _port(settings), _pages()]


def show(findings: list[Finding]) -> None:
    """Print findings for a person."""
    for finding in findings:
        typer.echo(f"  {'✓' if finding.ok else '✗'} {finding.check:<12} {finding.detail}")


def _secret(settings: Settings) -> Iterator[Finding]:
    kept = settings.data_dir / "secret.key"
    if settings.secret_key is not None:
        yield Finding("secret key", ok=True, detail="set")
    elif not kept.exists():
        yield Finding("secret key", ok=True, detail="none yet: `alltid up` makes one")
    else:
        private = kept.stat().st_mode & 0o077 == 0
        detail = f"kept in {kept}" if private else f"{kept} is readable by others: chmod 600 it"
        yield Finding("secret key", ok=private, detail=detail)


def _disk(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir.absolute()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    enough = free >= _DISK_BYTES_MIN
    words = f"{free / 1024**3:.1f} GiB free at {existing}"
    yield Finding("disk", enough, words if enough else f"{words}: a database needs 1 GiB to spare")


def _database(settings: Settings) -> Iterator[Finding]:
    cluster = settings.data_dir / "postgres"
    if settings.database_url is None and not cluster.exists():
        yield Finding("database", ok=True, detail="none yet: the first start makes it")
        return
    try:
        with database_of(settings) as database_url:
            asyncio.run(check_server(database_url))
            yield Finding("database", ok=True, detail="answers")
            yield asyncio.run(_schema(database_url))
    except (DatabaseUnavailable, EmbeddedPostgresError) as error:
        yield Finding("database", ok=False, detail=str(error))


async def _schema(database_url: str) -> Finding:
    try:
        async with await connect(database_url) as connection:
            pending = await pending_migrations(connection)
    except SchemaRefused as refused:
        return Finding("schema", ok=False, detail=str(refused))
    if pending:
        detail = f"{len(pending)} migrations to come: the next start applies them"
        return Finding("schema", ok=True, detail=detail)
    return Finding("schema", ok=True, detail="current")


def _port(settings: Settings) -> Finding:
    try:
        bind(settings.host, settings.port).close()
    except AddressUnavailable as error:
        if _is_alltid(settings):
            return Finding("port", ok=True, detail=f"Alltid serves at {settings.own_url}")
        return Finding("port", ok=False, detail=str(error))
    return Finding("port", ok=True, detail=f"{settings.port} on {settings.host} is free")


def _is_alltid(settings: Settings) -> bool:
    request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection((settings.host, settings.port), timeout=2) as connection:
            connection.sendall(request)
            return b'{"status":"ok"}' in connection.makefile("rb").read(4096)
    except OSError:
        return False


def _pages() -> Finding:
    built = Path(str(files("alltid.web"))) / "static"
    if any(built.glob("*.js")) or any(built.glob("**/*.js")):
        return Finding("pages", ok=True, detail="built")
    return Finding("pages", ok=False, detail="not built: ./up builds them")
