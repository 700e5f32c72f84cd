"""The tree of processes heals, passes on what they say, and ends as a whole, also when it is killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from balie.platform.folder_lock import FolderLock

STAYS = "import os, time; print('here', os.getpid(), os.environ['GREETING'], flush=True); time.sleep(60)"
ENDS_CLEANLY = """
import signal, time
def end(*_): print('finished what I was at', flush=True); raise SystemExit
signal.signal(signal.SIGTERM, end)
print('here', flush=True)
time.sleep(60)
"""
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True); time.sleep(60)"
)
# A server whose own processes live on when it is killed, and hold its port.
HAS_A_CHILD = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])
print('here', child.pid, flush=True)
time.sleep(60)
"""


@contextmanager
def tree(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "balie.operations.tests.tree", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                process.communicate(timeout=20)


def heard(process: subprocess.Popen[str], words: str) -> list[str]:
    """Read until a line begins with the words, and return the rest of it."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(words):
            return line.removeprefix(words).split()
    raise AssertionError(f"{words!r} was never said")


def lives(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


def is_gone(process: int) -> bool:
    """Wait for the end of a process that is not our child."""
    try:
        watched = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        import select

        return bool(select.select([watched], [], [], 15)[0])
    finally:
        os.close(watched)


def test_each_line_of_a_child_is_passed_on_under_its_name() -> None:
    with tree(f"web={STAYS}", f"worker={STAYS}") as process:
        (pid, greeting) = heard(process, "web    | here")
        assert greeting == "hello"
        assert lives(int(pid))
        # Both may speak in either order; the worker is heard by its death.
        process.terminate()
        assert heard(process, "stopped") == []


def test_a_child_that_is_killed_is_started_again() -> None:
    with tree(f"web={STAYS}") as process:
        (first, _) = heard(process, "web | here")
        os.kill(int(first), signal.SIGKILL)
        heard(process, "web ended (killed by SIGKILL), and is started again.")
        (second, _) = heard(process, "web | here")
        assert second != first


def test_what_a_killed_child_had_started_does_not_live_on() -> None:
    with tree(f"web={HAS_A_CHILD}") as process:
        (grandchild,) = heard(process, "web | here")
        web = int(Path(f"/proc/{grandchild}/stat").read_text().rpartition(")")[2].split()[1])
        os.kill(web, signal.SIGKILL)
        heard(process, "web | here")
        assert is_gone(int(grandchild))


def test_a_child_that_ends_at_once_is_started_again_ever_more_slowly() -> None:
    with tree("web=print('here', flush=True)") as process:
        for _ in range(4):
            heard(process, "web | here")
            heard(process, "web ended (exit code 0)")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_being_asked_to_stop_lets_children_finish(how: signal.Signals) -> None:
    with tree(f"web={ENDS_CLEANLY}") as process:
        heard(process, "web | here")
        process.send_signal(how)
        heard(process, "web | finished what I was at")
        heard(process, "stopped")
        assert process.wait(10) == 0


def test_a_child_that_will_not_end_is_ended_within_ten_seconds() -> None:
    with tree(f"web={STUBBORN}") as process:
        heard(process, "web | here")
        process.terminate()
        assert process.wait(10) == 0


def test_a_second_wish_to_stop_waits_for_nobody() -> None:
    with tree(f"web={STUBBORN}") as process:
        heard(process, "web | here")
        process.terminate()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)
        process.terminate()
        assert process.wait(3) == 0


def test_children_end_when_their_parent_is_killed() -> None:
    with tree(f"web={STAYS}") as process:
        (web, _) = heard(process, "web | here")
        process.kill()
        assert is_gone(int(web))


def test_children_hear_of_their_parents_death_also_where_the_kernel_does_not_tell() -> None:
    watching = (
        "from balie.platform import lifeline; import ctypes, os, time; ctypes.CDLL(None).prctl(1, 0);"
        "lifeline.watch(); print('here', os.getpid(), flush=True); time.sleep(60)"
    )
    with tree(f"web={watching}") as process:
        (web,) = heard(process, "web | here")
        process.kill()
        assert is_gone(int(web))


ASKS = """
import os, psycopg, time
while True:
    try:
        with psycopg.connect(os.environ['BALIE_DATABASE_URL']) as connection:
            print('here', connection.execute('select 1').fetchone()[0], flush=True)
    except psycopg.OperationalError:
        print('away', flush=True)
    time.sleep(0.05)
"""


def test_a_killed_database_is_started_again_and_stopped_last(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    with tree("--database", str(folder), f"web={ASKS}") as process:
        (database, url) = heard(process, "database")
        heard(process, "web | here")
        os.kill(int(database), signal.SIGKILL)
        heard(process, "The database ended, and is started again.")
        heard(process, "web | here")
        process.terminate()
        heard(process, "stopped")
    lock = FolderLock(folder / "database.server")
    assert lock.take(within=5)
    lock.release()
    assert "database system is shut down" in (folder / "postgres.log").read_text().splitlines()[-1]
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
