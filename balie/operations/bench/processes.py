"""The desk's own programs, started for a measurement, and what memory they take."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PATIENCE = 60.0


class NotUp(Exception):
    """A program did not come up; its log says why."""


@contextmanager
def program(*arguments: str, port: int | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """`balie ARGUMENTS` for a while; waits until the port answers."""
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123  (os.devnull is no path of ours)
        process = subprocess.Popen([sys.executable, "-m", "balie", *arguments], stdout=nowhere, stderr=nowhere)  # noqa: S603  (our own program)
    try:
        if port is not None:
            _wait_for(port, process)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def memory_mb(process: subprocess.Popen[bytes]) -> float:
    """Proportional set size of the process and its children, in MB; 0 where the kernel does not tell."""
    return round(sum(_pss_kb(pid) for pid in _family(process.pid)) / 1024, 1)


def _family(pid: int) -> list[int]:
    children: list[int] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            children += [int(child) for child in (thread / "children").read_text().split()]
    return [pid, *(one for child in children for one in _family(child))]


def _pss_kb(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise NotUp(f"it ended with {process.returncode}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise NotUp(f"nothing answers at port {port}")
