"""Files by their content: each kept once under its SHA-256, and on the disk before the row that names it commits."""

import errno
import fcntl
import hashlib
import io
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from balie.platform import clock

_PIECE = 1024 * 1024
_SHA256 = re.compile("[0-9a-f]{64}")
_ARRIVING = "arriving"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class NoRoom(Exception):
    """The disk is full; nothing of the file was kept."""


class NotKept(Exception):
    """No file of this content is kept."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A file that is on the disk, and its size in bytes."""

    sha256: str
    size: int


def keep(content: bytes | BinaryIO) -> Kept:
    """Keep the content; returns once no loss of power can lose it, raises `NoRoom`. Keeping it again does no harm."""
    try:
        return _keep(io.BytesIO(content) if isinstance(content, bytes) else content)
    except OSError as error:
        if error.errno in _FULL:
            raise NoRoom("There is no room left on the disk that holds the files.") from error
        raise


def open_kept(sha256: str) -> BinaryIO:
    """The kept file, opened for reading; raises `NotKept`."""
    try:
        return path_of(sha256).open("rb")
    except FileNotFoundError:
        raise NotKept(f"No file {sha256} is kept.") from None


def path_of(sha256: str) -> Path:
    """Where a file of this content is kept, or would be."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError("A kept file is named by 64 hexadecimal digits.")
    return _root() / sha256[:2] / sha256[2:4] / sha256


def sweep(named: Iterable[str], *, older_than: timedelta) -> int:
    """Remove the files that no row names, and return how many those were.

    A file younger than `older_than` stays: the transaction that names it may not have committed yet.
    """
    wanted = {bytes.fromhex(sha256) for sha256 in named}
    before = (clock.now() - older_than).timestamp()
    removed = 0
    for path in _all_kept():
        if not _SHA256.fullmatch(path.name) or bytes.fromhex(path.name) not in wanted:
            # Asked anew under the lock: whoever keeps the same content at this moment makes it young again.
            with _locked(fcntl.LOCK_EX):
                if path.stat().st_mtime < before:
                    path.unlink()
                    removed += 1
    return removed


def _keep(content: BinaryIO) -> Kept:
    arriving = _root() / _ARRIVING / secrets.token_hex(16)
    _make_folder(arriving.parent)
    try:
        kept = _write(content, arriving)
        path = path_of(kept.sha256)
        _make_folder(path.parent)
        with _locked(fcntl.LOCK_SH):
            # In place of one that is there already: that one may have been damaged, and its age starts anew.
            arriving.replace(path)
        _flush_folder(path.parent)
        return kept
    finally:
        arriving.unlink(missing_ok=True)


def _write(content: BinaryIO, path: Path) -> Kept:
    found, size = hashlib.sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while piece := content.read(_PIECE):
            file.write(piece)
            found.update(piece)
            size += len(piece)
        file.flush()
        os.fsync(file.fileno())
    return Kept(sha256=found.hexdigest(), size=size)


def _all_kept() -> Iterator[Path]:
    root = _root()
    yield from sorted(root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"))
    yield from sorted((root / _ARRIVING).glob("*"))


def _make_folder(folder: Path) -> None:
    """Make the folder and those above it, each on the disk before the next."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _flush_folder(folder.parent)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _locked(how: int) -> Iterator[None]:
    descriptor = os.open(_root() / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)


def _root() -> Path:
    return Path(settings.BALIE.data) / "files"
