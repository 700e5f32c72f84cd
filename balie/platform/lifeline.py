"""A child process that ends when its parent does, also when the parent was killed and could not say goodbye."""

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable

VARIABLE = "BALIE_LIFELINE"
_PR_SET_PDEATHSIG = 1
_PATIENCE = 10.0  # seconds that a process gets to end by itself after its parent has gone


def end_with_parent(how: signal.Signals) -> Callable[[], None] | None:
    """What `Popen(preexec_fn=…)` takes so that the kernel sends `how` to the child when its parent dies; None where it cannot.

    Linux counts the death of the *thread* that started the child, so this is for a main thread only (prctl(2)).
    """
    if not sys.platform.startswith("linux") or threading.current_thread() is not threading.main_thread():
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def ask_the_kernel() -> None:
        prctl(_PR_SET_PDEATHSIG, int(how), 0, 0, 0)
        if os.getppid() != parent:  # it died between fork and prctl
            os._exit(1)

    return ask_the_kernel


class Lifeline:
    """A pipe that only the parent holds open at one end: children read its end of file as the parent's death."""

    def __init__(self) -> None:
        self.reading, self._writing = os.pipe()

    def environment(self) -> dict[str, str]:
        return {VARIABLE: str(self.reading)}

    def close(self) -> None:
        os.close(self.reading)
        os.close(self._writing)


def watch() -> None:
    """Called once by a child: end like on SIGTERM when the parent has gone, where the kernel does not see to it (macOS)."""
    named = os.environ.pop(VARIABLE, "")
    if not named.isdigit():
        return
    # The program behind a child (a server with processes of its own) must not inherit the reading end twice.
    os.set_inheritable(int(named), False)
    threading.Thread(target=_wait_for_the_end, args=(int(named),), name="lifeline", daemon=True).start()


def _wait_for_the_end(reading: int) -> None:
    try:
        while os.read(reading, 64):
            pass
    except OSError:
        return
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Timer(_PATIENCE, os._exit, (1,)).start()
