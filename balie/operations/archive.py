"""The file of a backup: a tar under gzip, whose last member says what every other one must be."""

import gzip
import hashlib
import json
import os
import re
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path
from typing import IO, Protocol

MANIFEST = "manifest.json"
DATABASE = "database.dump"
KEY = "keys/secret.key"
_NAMES = re.compile(r"database\.dump|keys/secret\.key|files/[0-9a-f]{64}")
_FORMAT = 1
_LONGEST_MANIFEST = 1 << 30
_PIECE = 1 << 20


class BrokenArchive(Exception):
    """The file is no backup, or not the whole of one; the message says what is wrong with it."""


@dataclass(kw_only=True)
class Manifest:
    """What a backup holds. `rows` counts each table, `members` gives each member's SHA-256."""

    made_at: str
    balie: str
    postgresql: str
    migrations: list[str]
    rows: dict[str, int]
    key: str
    members: dict[str, str] = field(default_factory=dict)
    format: int = _FORMAT


class _Reading(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Writer:
    """Puts files into an archive, and remembers what they were."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._members: dict[str, str] = {}

    def add(self, name: str, path: Path) -> None:
        with path.open("rb") as file:
            hashing = _Hashing(file)
            self._add(name, hashing, os.fstat(file.fileno()).st_size)
        self._members[name] = hashing.found.hexdigest()

    def finish(self, manifest: Manifest) -> None:
        manifest.members = self._members
        text = json.dumps(asdict(manifest), indent=1).encode()
        self._add(MANIFEST, BytesIO(text), len(text))

    def _add(self, name: str, file: _Reading, size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        self._tar.addfile(member, file)


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A new archive, which takes its name only when it is whole and on the disk."""
    partial = path.with_name(f".{path.name}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            # Level 1: attachments and mails hardly shrink further, and a backup should not take the cores from the desk.
            with (
                gzip.GzipFile(fileobj=file, mode="wb", compresslevel=1) as packed,
                tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
            ):
                yield Writer(tar)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        sync(path.parent)
    finally:
        partial.unlink(missing_ok=True)


def unpack(path: Path, folder: Path) -> Manifest:
    """Unpack an archive into an empty folder, each file on the disk; raises `BrokenArchive` unless it is whole and as made."""
    found: dict[str, str] = {}
    manifest: Manifest | None = None
    try:
        with gzip.open(path, "rb") as unpacked:
            with tarfile.open(fileobj=unpacked, mode="r|") as tar:
                for member in tar:
                    if manifest or member.name in found:
                        raise BrokenArchive(f"{path} has members that do not belong in a backup.")
                    content = tar.extractfile(member) if member.isreg() else None
                    if content is None or not (member.name == MANIFEST or _NAMES.fullmatch(member.name)):
                        raise BrokenArchive(f"{path} holds {member.name!r}, which does not belong in a backup.")
                    if member.name == MANIFEST:
                        manifest = _read_manifest(content.read(_LONGEST_MANIFEST))
                    else:
                        found[member.name] = _extract(content, folder / member.name)
            while unpacked.read(_PIECE):  # to its checksum at the end
                pass
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, ValueError, TypeError, KeyError) as reason:
        raise BrokenArchive(f"{path} is damaged, or not the whole of a backup ({reason}).") from reason
    if manifest is None:
        raise BrokenArchive(f"{path} is not the whole of a backup: its end is missing.")
    if found != manifest.members or DATABASE not in found:
        raise BrokenArchive(f"{path} is damaged: its content is not what was backed up.")
    return manifest


def sync(folder: Path) -> None:
    """Put the names in a folder on the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


class _Hashing:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.found = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        piece = self._file.read(size)
        self.found.update(piece)
        return piece


def _extract(content: IO[bytes], path: Path) -> str:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    hashing = _Hashing(content)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while piece := hashing.read(_PIECE):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return hashing.found.hexdigest()


def _read_manifest(text: bytes) -> Manifest:
    manifest = Manifest(**json.loads(text))
    if manifest.format != _FORMAT:
        raise BrokenArchive("This backup was made by a newer Balie: restore it with that version.")
    return manifest
