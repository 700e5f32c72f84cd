"""Child processes that are kept running: started, watched, started again when they die, and ended together in order."""

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import IO, Any

from balie.platform.lifeline import Lifeline, end_with_parent
from balie.platform.postgres import CannotStart, Postgres

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 30.0  # seconds before a dead child is started again; doubled each time
_DATABASE_PAUSE = 1.0
_SETTLED = 10.0  # seconds after which a child counts as healthy, and its next death as its first
_PATIENCE_TO_STOP = 7.0  # of the ten seconds that a stop may take; the database gets the rest
_PIECE = 65536


@dataclass(frozen=True, kw_only=True)
class Part:
    """One kind of process of the tree: a name for its output, and its command."""

    name: str
    command: Sequence[str]

    @classmethod
    def of_balie(cls, name: str, *arguments: str) -> "Part":
        """`balie NAME ARGUMENTS`, by this very Python."""
        return cls(name=name, command=[sys.executable, "-m", "balie", name, *arguments])


@dataclass
class _Child:
    part: Part
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = _FIRST_PAUSE
    due: float = 0.0
    unfinished: bytes = b""


@dataclass
class ProcessTree:
    """The parts, and the embedded database below them if there is one. `run` returns when it was asked to stop."""

    parts: Sequence[Part]
    environment: Mapping[str, str]
    database: Postgres | None = None
    write: Callable[[str], None] = field(default_factory=lambda: _print)

    def run(self, *, is_up: Callable[[], bool], announce: Callable[[], None]) -> None:
        """Start all and keep all running until SIGTERM, SIGINT or SIGHUP; `announce` once when `is_up` says so.

        For the main thread: only there may signals be caught.
        """
        self._children = [_Child(part) for part in self.parts]
        self._width = max((len(part.name) for part in self.parts), default=0)
        self._database_due = 0.0
        self._asked_to_stop = 0
        self._lifeline = Lifeline()
        self._selector = selectors.DefaultSelector()
        before = self._catch_signals()
        try:
            self._keep_running(is_up, announce)
            self._stop()
        finally:
            self._kill()
            for number, handler in before.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(-1)
            self._selector.close()
            os.close(self._waking)
            os.close(self._woken)
            self._lifeline.close()

    def _keep_running(self, is_up: Callable[[], bool], announce: Callable[[], None]) -> None:
        announced = False
        while not self._asked_to_stop:
            self._mend_database()
            for child in self._children:
                self._mend(child)
            if not announced and is_up():
                announced = True
                announce()
            self._wait(self._next_due() if announced else min(0.1, self._next_due()))

    def _mend(self, child: _Child) -> None:
        if child.process and (code := child.process.poll()) is not None:
            self._bury(child, child.process)
            self.write(f"{child.part.name} ended ({_reason(code)}), and is started again.")
        if child.process is None and time.monotonic() >= child.due:
            self._start(child)

    def _start(self, child: _Child) -> None:
        child.started = time.monotonic()
        child.process = subprocess.Popen(  # noqa: S603  (our own program)
            child.part.command,
            env={**os.environ, **self.environment, **self._lifeline.environment(), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(self._lifeline.reading,),
            start_new_session=True,  # Ctrl-C reaches this process only, which then ends the others in order
            preexec_fn=end_with_parent(signal.SIGTERM),
        )
        assert child.process.stdout is not None
        os.set_blocking(child.process.stdout.fileno(), False)
        self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _bury(self, child: _Child, process: subprocess.Popen[bytes]) -> None:
        """What a dead child started may live on, and hold its port: end that too."""
        _signal_group(process, signal.SIGKILL)
        if process.stdout and not process.stdout.closed:
            self._relay(child, process.stdout)
            self._selector.unregister(process.stdout)
            process.stdout.close()
        if child.unfinished:
            self._say(child, child.unfinished)
            child.unfinished = b""
        lived = time.monotonic() - child.started
        child.pause = _FIRST_PAUSE if lived >= _SETTLED else min(child.pause * 2, _LONGEST_PAUSE)
        child.due = time.monotonic() + child.pause
        child.process = None

    def _mend_database(self) -> None:
        if self.database and not self.database.is_alive and time.monotonic() >= self._database_due:
            self._database_due = time.monotonic() + _DATABASE_PAUSE
            self.write("The database ended, and is started again.")
            try:
                self.database.revive()
            except (CannotStart, OSError) as reason:
                self.write(f"The database could not be started again: {reason}")

    def _next_due(self) -> float:
        waiting = [child.due for child in self._children if child.process is None]
        if self.database and not self.database.is_alive:
            waiting.append(self._database_due)
        # Every few seconds in any case: a signal that came between two looks must not wait for long.
        return max(0.0, min([*waiting, time.monotonic() + 5.0]) - time.monotonic())

    def _wait(self, seconds: float) -> None:
        """Wait for output, for a signal (a child's death is one too), or for the time to pass."""
        for key, _ in self._selector.select(seconds):
            if isinstance(key.data, _Child):
                assert not isinstance(key.fileobj, int)
                self._relay(key.data, key.fileobj)  # type: ignore[arg-type]  # registered above as a pipe
            else:
                os.read(key.fd, _PIECE)

    def _relay(self, child: _Child, pipe: IO[bytes]) -> None:
        while True:
            try:
                piece = os.read(pipe.fileno(), _PIECE)
            except BlockingIOError:
                return
            if not piece:  # closed by a child that lives on; its end will be noticed by itself
                if child.process and child.process.poll() is None:
                    self._selector.unregister(pipe)
                    pipe.close()
                return
            *lines, child.unfinished = (child.unfinished + piece).split(b"\n")
            for line in lines:
                self._say(child, line)
            if len(child.unfinished) > _PIECE:
                self._say(child, child.unfinished)
                child.unfinished = b""

    def _say(self, child: _Child, line: bytes) -> None:
        self.write(f"{child.part.name:<{self._width}} | {line.decode(errors='replace')}")

    def _stop(self) -> None:
        """Ask all to end, wait while they finish what they are at; a second wish to stop is taken as impatience."""
        for child in self._children:
            if child.process:
                child.process.terminate()
        patience = time.monotonic() + _PATIENCE_TO_STOP
        asked = self._asked_to_stop
        while self._asked_to_stop == asked and (left := patience - time.monotonic()) > 0:
            for child in self._children:
                if child.process and child.process.poll() is not None:
                    self._bury(child, child.process)
            if not any(child.process for child in self._children):
                return
            self._wait(left)

    def _kill(self) -> None:
        for child in self._children:
            if child.process:
                _signal_group(child.process, signal.SIGKILL)
                child.process.wait()
                self._bury(child, child.process)

    def _catch_signals(self) -> dict[signal.Signals, Any]:
        self._waking, self._woken = os.pipe()
        os.set_blocking(self._waking, False)
        os.set_blocking(self._woken, False)
        self._selector.register(self._waking, selectors.EVENT_READ)
        signal.set_wakeup_fd(self._woken, warn_on_full_buffer=False)
        stopping = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        before = {number: signal.signal(number, self._ask_to_stop) for number in stopping}
        # Without a handler of its own a signal does not wake anybody.
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda number, frame: None)
        return before

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._asked_to_stop += 1


def _signal_group(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    try:
        os.killpg(process.pid, how)  # its session's, so its own group
    except (ProcessLookupError, PermissionError):
        return


def _print(line: str) -> None:
    # A full disk under the log, or a closed terminal, must not end the desk.
    with suppress(OSError):
        print(line, flush=True)


def _reason(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
