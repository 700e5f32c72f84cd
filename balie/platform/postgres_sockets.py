"""The socket of the embedded database: where it lies, how it is named, and whether anybody answers there."""

import hashlib
import os
import socket
import tempfile
from pathlib import Path
from urllib.parse import quote

from balie.platform.unprivileged import Account, let_pass

NAME = "balie"  # of the role and of the database
PORT = "5432"  # only a part of the socket's name: nothing listens on the network
_LIMIT = 100  # bytes; sun_path holds 104 on macOS and 108 on Linux


def socket_folder(data: Path, account: Account | None) -> Path:
    """Beside the database, where a service with a /tmp of its own is found too; elsewhere if that cannot name a socket."""
    beside = data / "socket"
    if _can_hold_socket(beside):
        return _private(beside, account)
    # Always the same short name, so that a killed server's leaves nothing behind; another's folder of that name is not trusted.
    roots = [Path(tempfile.gettempdir()), Path("/tmp")]  # noqa: S108  (a private folder is made in it)
    mark = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    for root in roots:
        short = root / f"balie-{os.geteuid()}-{mark}"
        if _can_hold_socket(short):
            return _private(short, account)
    return _private(Path(tempfile.mkdtemp(prefix="balie-", dir=roots[-1])), account)


def _can_hold_socket(folder: Path) -> bool:
    """Whether the name is short enough, free of what lists of folders are split at, and on a file system that has sockets."""
    probe = folder / f".s.PGSQL.{PORT}.lock"
    if len(os.fsencode(probe)) > _LIMIT or any(mark in str(folder) for mark in ',"\n'):
        return False
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.is_symlink() or os.geteuid() not in (0, folder.stat().st_uid):
            return False
        probe.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as trial:
            trial.bind(str(probe))
        probe.unlink()
    except OSError:
        return False
    return True


def _private(folder: Path, account: Account | None) -> Path:
    if account:
        os.chown(folder, account.uid, account.gid)
        let_pass(folder, account=account)
    folder.chmod(0o700)
    return folder


def accepting(folder: Path) -> Path | None:
    """The folder of the sockets of a server that is ready on this one, as its own postmaster.pid names it."""
    try:
        lines = (folder / "postmaster.pid").read_text().splitlines()
    except OSError:
        return None
    if len(lines) < 8 or lines[7].strip() != "ready" or not lines[4]:
        return None
    with socket.socket(socket.AF_UNIX) as trial:
        trial.settimeout(2.0)
        try:
            trial.connect(f"{lines[4]}/.s.PGSQL.{lines[3]}")
        except OSError:
            return None
    return Path(lines[4])


def url_of(sockets: Path) -> str:
    # With the port, or PGPORT of somebody's environment would be taken.
    return f"postgresql://{NAME}@/{NAME}?host={quote(os.fsencode(sockets), safe='')}&port={PORT}"
