"""Why the embedded database did not start, as one sentence with the cure."""

from pathlib import Path

import psycopg

from balie.platform.unprivileged import NoAccount


class CannotStart(Exception):
    """The database cannot be started; the message says why and what to do, in one sentence."""


class AlreadyRunning(CannotStart):
    """Another process owns this folder."""


class FolderUnusable(CannotStart):
    """The folder cannot be read or written."""


class NoRoom(CannotStart):
    """The disk is full."""


class OtherVersion(CannotStart):
    """The folder was made by another major version of PostgreSQL."""


def last_words(log: str) -> str:
    """The sentence in which a server said why it ended."""
    telling = [
        line for line in log.splitlines() if any(word in line for word in ("FATAL:", "PANIC:", "error:", "ERROR:"))
    ]
    return (telling or log.splitlines() or ["PostgreSQL ended without a word."])[-1]


def explained(reason: BaseException, data: Path) -> CannotStart | None:
    """The same reason as a sentence with a cure; None when it is one already, or none of the database's."""
    if isinstance(reason, NoAccount):
        return CannotStart(str(reason))
    if type(reason) is not CannotStart and not isinstance(reason, OSError | psycopg.OperationalError):
        return None
    text = str(reason)
    if any(words in text for words in ("No space left", "Disk quota exceeded", "free disk space")):
        return NoRoom(f"The disk that holds {data} is full: make some room there, and start again.")
    if any(words in text for words in ("Read-only file system", "Permission denied", "Not a directory", "File exists")):
        return FolderUnusable(
            f"{data} cannot be written to ({text}): make it writable, or set BALIE_DATA to another folder."
        )
    if "Cannot allocate memory" in text:
        return CannotStart("There is not enough memory for PostgreSQL: give the machine at least 1 GB.")
    return CannotStart(f"PostgreSQL did not start on {data}: {text} (more in {data / 'postgres.log'})")
