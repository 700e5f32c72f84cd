"""Files are kept once, whole, and no longer than a row names them."""

import errno
import hashlib
import io
import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from balie.platform import files

HELLO = hashlib.sha256(b"hello").hexdigest()
DAY = timedelta(days=1)


class BreaksOff(io.RawIOBase):
    """Something that is read in part, and then the disk is full (or another thing goes wrong)."""

    def __init__(self, number: int) -> None:
        self._left = [b"part"]
        self._number = number

    def read(self, size: int = -1) -> bytes:
        if self._left:
            return self._left.pop()
        raise OSError(self._number, os.strerror(self._number))


@pytest.fixture
def folder(settings: Any) -> Path:
    return Path(settings.BALIE.data) / "files"


def everything_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.name != "lock")


def age(sha256: str, *, days: int) -> None:
    path = files.path_of(sha256)
    then = path.stat().st_mtime - days * 86_400
    os.utime(path, (then, then))


def test_what_was_kept_can_be_read_again(folder: Path) -> None:
    assert files.keep(b"hello") == files.Kept(sha256=HELLO, size=5)
    with files.open_kept(HELLO) as file:
        assert file.read() == b"hello"
    assert files.path_of(HELLO) == folder / HELLO[:2] / HELLO[2:4] / HELLO
    assert files.path_of(HELLO).stat().st_mode & 0o077 == 0


def test_a_large_file_is_kept_piece_by_piece() -> None:
    content = os.urandom(3_000_001)
    kept = files.keep(io.BytesIO(content))
    assert kept.size == 3_000_001
    with files.open_kept(kept.sha256) as file:
        assert file.read() == content


def test_the_same_content_is_kept_once(folder: Path) -> None:
    files.keep(b"hello")
    files.keep(io.BytesIO(b"hello"))
    assert everything_in(folder) == [HELLO]


def test_an_empty_file_is_a_file_too() -> None:
    assert files.keep(b"").size == 0


def test_many_at_once_keep_the_same_content(folder: Path) -> None:
    threads = [threading.Thread(target=files.keep, args=(b"hello",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert everything_in(folder) == [HELLO]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_said_so_and_leaves_nothing(folder: Path, number: int) -> None:
    with pytest.raises(files.NoRoom):
        files.keep(BreaksOff(number))  # type: ignore[arg-type]
    assert everything_in(folder) == []


def test_a_broken_upload_leaves_nothing(folder: Path) -> None:
    with pytest.raises(OSError, match="Input/output"):
        files.keep(BreaksOff(errno.EIO))  # type: ignore[arg-type]
    assert everything_in(folder) == []


def test_a_disk_that_takes_no_more_is_noticed_while_writing(folder: Path) -> None:
    """The system itself refuses to write on, in a process that may write 100 kB."""
    program = (
        "import resource, sys; from pathlib import Path; from types import SimpleNamespace\n"
        "from django.conf import settings\n"
        "settings.configure(BALIE=SimpleNamespace(data=Path(sys.argv[1])))\n"
        "from balie.platform import files\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try: files.keep(b'x' * 200_000)\n"
        "except files.NoRoom: print('no room')\n"
    )
    said = subprocess.run([sys.executable, "-c", program, folder.parent], capture_output=True, text=True, check=True)
    assert said.stdout == "no room\n"
    assert everything_in(folder) == []


def test_what_is_not_kept_is_not_found() -> None:
    with pytest.raises(files.NotKept):
        files.open_kept(HELLO)


@pytest.mark.parametrize("name", ["", "../../secret.key", HELLO.upper(), HELLO + "\n", HELLO[:-1]])
def test_a_name_cannot_lead_out_of_the_folder(name: str) -> None:
    with pytest.raises(ValueError, match="64"):
        files.path_of(name)


def test_the_sweep_removes_what_no_row_names() -> None:
    named, unnamed = files.keep(b"named").sha256, files.keep(b"unnamed").sha256
    age(named, days=2)
    age(unnamed, days=2)
    assert files.sweep([named], older_than=DAY) == 1
    files.open_kept(named).close()
    with pytest.raises(files.NotKept):
        files.open_kept(unnamed)


def test_the_sweep_leaves_what_a_running_transaction_may_name() -> None:
    young = files.keep(b"young").sha256
    assert files.sweep([], older_than=DAY) == 0
    files.open_kept(young).close()


def test_a_file_that_is_kept_again_is_young_again() -> None:
    again = files.keep(b"again").sha256
    age(again, days=2)
    files.keep(b"again")
    assert files.sweep([], older_than=DAY) == 0


def test_the_sweep_removes_what_a_crash_left_half_written(folder: Path) -> None:
    files.keep(b"hello")
    half = folder / "arriving" / "half"
    half.write_bytes(b"ha")
    assert files.sweep([HELLO], older_than=DAY) == 0
    os.utime(half, (0, 0))
    assert files.sweep([HELLO], older_than=DAY) == 1
    assert everything_in(folder) == [HELLO]


def test_a_desk_without_files_has_nothing_to_sweep() -> None:
    assert files.sweep([HELLO], older_than=DAY) == 0
