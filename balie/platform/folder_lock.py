"""Locks on a folder: files that a living process holds with flock, and that the kernel lets go when it dies."""

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who holds a lock, as they wrote into its file."""

    process: int
    command: str
    since: str
    passing: bool

    @classmethod
    def read(cls, path: Path) -> Self | None:
        try:
            return cls(**json.loads(path.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None


class FolderLock:
    """An flock on one file. The file stays, since removing it would let two processes hold two files of one name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    def take(self, *, within: float = 0.0) -> bool:
        """Hold it alone; False when somebody else still holds it after `within` seconds."""
        return self._take(fcntl.LOCK_EX, within)

    def share(self, *, within: float = 0.0) -> bool:
        """Hold it beside others who share it; False when somebody holds it alone."""
        return self._take(fcntl.LOCK_SH, within)

    def sign(self, holder: Holder) -> None:
        os.ftruncate(self.number, 0)
        os.pwrite(self.number, json.dumps(asdict(holder)).encode(), 0)

    @property
    def number(self) -> int:
        """The descriptor: a child that inherits it holds the lock too, for as long as it lives."""
        if self._file is None:
            raise ValueError(f"{self.path} is not held")
        return self._file

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _take(self, kind: int, within: float) -> bool:
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        patience = time.monotonic() + within
        while True:
            try:
                fcntl.flock(file, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= patience:
                    os.close(file)
                    return False
                time.sleep(0.02)
            except BaseException:
                os.close(file)
                raise
            else:
                self._file = file
                return True
