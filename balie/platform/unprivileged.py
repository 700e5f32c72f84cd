"""The account that stands in for root: PostgreSQL refuses to run as root, and rightly so."""

import os
import pwd
import shutil
import stat
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

_NAME = "balie"
_ACL = "system.posix_acl_access"
_USER_OBJ, _USER, _GROUP_OBJ, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x10, 0x20  # linux/posix_acl.h
_NOBODY_IN_PARTICULAR = 0xFFFFFFFF


class NoAccount(Exception):
    """There is no unprivileged account, and none could be made."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """A user of the operating system."""

    name: str
    uid: int
    gid: int


def account_for(*folders: Path) -> Account | None:
    """Who is to run in place of root: the owner of the first of these folders that is not root's, else the account `balie`.

    None when this process is not root and can run everything itself.
    """
    if os.geteuid() != 0:
        return None
    for folder in folders:
        owner = folder.stat().st_uid if folder.exists() else 0
        if owner != 0 and (account := _known(owner)):
            return account
    return _known(_NAME) or _made() or _known("nobody") or _none()


def let_pass(folder: Path, *, account: Account) -> None:
    """Let the account go through every folder on the way to this one, and nobody else where the file system allows that."""
    for parent in reversed(folder.resolve().parents):
        if not _may_pass(parent, account):
            _open(parent, account)


def let_read(tree: Path) -> None:
    """Let everybody read and run what was installed here: a public program, whatever umask it was installed with."""
    for path in (tree, *tree.rglob("*")):
        mode = path.stat().st_mode
        runs = 0o055 if mode & stat.S_IXUSR else 0o044
        if mode & runs != runs:
            path.chmod(stat.S_IMODE(mode) | runs)


def hand_over(tree: Path, *, account: Account) -> None:
    """Make the account the owner of a folder and of all that is in it."""
    for path in (tree, *tree.rglob("*")):
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def _known(who: str | int) -> Account | None:
    try:
        entry = pwd.getpwnam(who) if isinstance(who, str) else pwd.getpwuid(who)
    except KeyError:
        return None
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)


def _made() -> Account | None:
    ways = (
        (
            "useradd",
            "--system",
            "--no-create-home",
            "--home-dir",
            "/nonexistent",
            "--shell",
            "/usr/sbin/nologin",
            _NAME,
        ),
        ("adduser", "-S", "-D", "-H", _NAME),  # busybox
    )
    for way in ways:
        if shutil.which(way[0]):
            subprocess.run(way, capture_output=True, check=False)  # noqa: S603  (our own program)
            if account := _known(_NAME):  # another process may have made it first
                return account
    return None


def _none() -> Account:
    raise NoAccount(
        f"PostgreSQL does not run as root, and no user {_NAME!r} could be made for it: "
        f"make one (useradd --system {_NAME}), or run Balie as another user than root."
    )


def _may_pass(folder: Path, account: Account) -> bool:
    state = folder.stat()
    if state.st_uid == account.uid:
        return bool(state.st_mode & stat.S_IXUSR)
    entries = _entries(folder, state.st_mode)
    if (own := entries.get((_USER, account.uid))) is not None:
        return bool(own & entries.get((_MASK, _NOBODY_IN_PARTICULAR), 7) & 1)
    return bool(state.st_mode & (stat.S_IXGRP if state.st_gid == account.gid else stat.S_IXOTH))


def _open(folder: Path, account: Account) -> None:
    """An access control list lets through this one account; a plain mode, where there are no such lists, everybody."""
    mode = folder.stat().st_mode
    entries = _entries(folder, mode)
    everybody = _NOBODY_IN_PARTICULAR
    entries[(_USER, account.uid)] = entries.get((_USER, account.uid), 0) | 1
    entries[(_MASK, everybody)] = entries.get((_MASK, everybody), entries[(_GROUP_OBJ, everybody)]) | 1
    packed = struct.pack("<I", 2) + b"".join(
        struct.pack("<HHI", tag, right, who) for (tag, who), right in sorted(entries.items())
    )
    try:
        os.setxattr(folder, _ACL, packed)
    except (OSError, AttributeError):
        folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH | (stat.S_IXGRP if folder.stat().st_gid == account.gid else 0))


def _entries(folder: Path, mode: int) -> dict[tuple[int, int], int]:
    """The access control list of a folder as (tag, who) → rights; the one that its plain mode means if it has none."""
    everybody = _NOBODY_IN_PARTICULAR
    try:
        packed = os.getxattr(folder, _ACL)
    except (OSError, AttributeError):
        return {
            (_USER_OBJ, everybody): mode >> 6 & 7,
            (_GROUP_OBJ, everybody): mode >> 3 & 7,
            (_OTHER, everybody): mode & 7,
        }
    return {(tag, who): right for tag, right, who in struct.iter_unpack("<HHI", packed[4:])}
