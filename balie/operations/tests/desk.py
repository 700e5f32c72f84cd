"""A whole desk of real processes on a folder of its own, with real mail coming and going, for tests that do it harm."""

import os
import queue
import re
import resource
import signal
import smtplib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx2
import psycopg

from balie.channels.email.tests.sink import Sink, open_sink
from balie.operations.bench.processes import free_port
from balie.platform import postgres

TO = "it@desk.localhost"
_nothing = threading.Event()


def until(is_so: Callable[[], object], *, within: float, what: str = "it") -> None:
    """Ask again and again until it is so, or fail after so many seconds."""
    deadline = time.monotonic() + within
    while not is_so():
        assert time.monotonic() < deadline, f"{what} did not come to be so within {within:g} s"
        _nothing.wait(0.05)


@dataclass
class Desk:
    """`balie run --demo` on `folder`, with `more` variables; what it says is in `log`."""

    folder: Path
    sink: Sink
    port: int = field(default_factory=free_port)
    smtp_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    more: dict[str, str] = field(default_factory=dict)
    _sessions: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder.parent / f"{self.folder.name}.log"

    def start(self) -> None:
        """Returns once it says where to look."""
        before = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), env=self.environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/"
            )
        # A new one is initialised, migrated and filled before: 40 s where two processors have nothing else to do.
        try:
            until(lambda: self._is_up(before), within=300, what="the desk")
        except AssertionError:
            self.end()
            raise

    def command(self) -> list[str]:
        ports = ["--port", str(self.port), "--smtp-port", str(self.smtp_port)]
        return [sys.executable, "-m", "balie", "run", "--demo", "--workers", "2", *ports]

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("BALIE_", "DJANGO_"))}
        own = {"BALIE_DATA": str(self.folder), "BALIE_SMTP_URL": f"smtp://127.0.0.1:{self.sink.port}"}
        return {**kept, **own, **self.more, "PYTHONPATH": os.pathsep.join(sys.path)}

    def stop(self) -> int:
        """As SIGTERM does; the exit code."""
        assert self.process
        self.process.terminate()
        return self.process.wait(15)

    def end(self) -> None:
        """Whatever state it is in."""
        if self.process and self.process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                self.stop()
                return
            self.process.kill()
            self.process.wait()

    def pids(self, part: str) -> list[int]:
        """Of the processes that run this part now."""
        assert self.process
        found = []
        for pid in _children(self.process.pid):
            with suppress(OSError):
                words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                if words[1:4] == [b"-m", b"balie", part.encode()]:
                    found.append(pid)
        return found

    def kill(self, part: str) -> None:
        """`kill -9`; for "database" its server."""
        pids = [self.postmaster()] if part == "database" else self.pids(part)
        assert pids, f"no {part} is running"
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def postmaster(self) -> int:
        return int((self.folder / "database" / "postmaster.pid").read_text().splitlines()[0])

    @contextmanager
    def database_away(self) -> Iterator[None]:
        """It ends at once, and cannot be started again meanwhile."""
        place, elsewhere = self.folder / "database", self.folder / "database.elsewhere"
        self.kill("database")
        place.rename(elsewhere)
        try:
            yield
        finally:
            elsewhere.rename(place)

    @contextmanager
    def disk_full(self, *, beyond: int) -> Iterator[None]:
        """No process of the desk may write further than so many bytes into any file."""
        assert self.process
        _limit(_family(self.process.pid), beyond)
        try:
            yield
        finally:
            for _round in range(2):  # whoever was being started in the first has the limit of its parent
                _limit(_family(self.process.pid), resource.RLIM_INFINITY)

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database answers, by a connection of its own."""
        address = self.more.get("BALIE_DATABASE_DIRECT_URL") or postgres.address(self.folder)
        assert address, "the database is away"
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(statement, values)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def count(self, statement: str, *values: Any) -> int:
        """The one number; -1 while the database is away."""
        try:
            return int(self.rows(statement, *values)[0][0])
        except (psycopg.OperationalError, AssertionError):
            return -1

    @contextmanager
    def browser(self, role: str = "Expert") -> Iterator[httpx2.Client]:
        """Signed in as the demo's expert (Ben), employee (Ada) or administrator (Eva), by the link that was printed."""
        with httpx2.Client(base_url=self.url, cookies=self.session(role), timeout=30) as client:
            yield client

    def session(self, role: str = "Expert") -> dict[str, str]:
        """The cookies of a browser that is signed in; a link is good once, so each role signs in once."""
        if role not in self._sessions:
            links = re.findall(rf"^  {role},.*(http\S+)$", self.log.read_text(), re.MULTILINE)
            with httpx2.Client(timeout=30) as client:
                client.get(links[-1])
                self._sessions[role] = dict(client.cookies)
        assert "sessionid" in self._sessions[role], "nobody is signed in"
        return self._sessions[role]

    def _is_up(self, before: int) -> bool:
        assert self.process
        with self.log.open("rb") as log:
            log.seek(before)
            said = log.read().decode()
        assert self.process.poll() is None, said
        return "Send a first mail" in said

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()


@contextmanager
def open_desk(folder: Path, **more: str) -> Iterator[Desk]:
    """With a sink for what it sends."""
    with open_sink() as sink, Desk(folder=folder, sink=sink, more=more) as desk:
        yield desk


@dataclass
class Post:
    """A mail server that has mails for the desk: it tries each until it is taken, from several connections at once."""

    port: int
    mails: Iterable[tuple[str, bytes]]
    taken: int = 0
    answers: set[int] = field(default_factory=set)
    _threads: list[threading.Thread] = field(default_factory=list)
    _given_up: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._waiting: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()
        for mail in self.mails:
            self._waiting.put(mail)
        self._threads = [threading.Thread(target=self._carry, daemon=True) for _ in range(3)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._given_up.set()
        for thread in self._threads:
            thread.join(30)

    @property
    def is_done(self) -> bool:
        return not any(thread.is_alive() for thread in self._threads)

    def _carry(self) -> None:
        line: smtplib.SMTP | None = None
        while not self._given_up.is_set():
            try:
                sender, raw = self._waiting.get_nowait()
            except queue.Empty:
                break
            while not self._given_up.is_set():
                try:
                    line = line or smtplib.SMTP("127.0.0.1", self.port, timeout=30)
                    line.sendmail(sender, [TO], raw)
                    self.taken += 1
                    break
                except (smtplib.SMTPException, OSError) as fault:
                    self.answers.add(_code(fault))
                    if line:
                        line.close()
                    line = None
                    self._given_up.wait(0.2)
        if line:
            line.close()


def mail(sender: str, *, subject: str, body: str = "It was fine yesterday.") -> tuple[str, bytes]:
    """A mail to IT, with an id of its own, and the address it comes from."""
    msg_id = f"<{abs(hash((sender, subject, body)))}@outside.example>"
    head = f"From: {sender}\r\nTo: {TO}\r\nSubject: {subject}\r\nMessage-ID: {msg_id}\r\n"
    return sender, f"{head}Date: Mon, 23 Nov 2026 10:00:00 +0100\r\n\r\n{body}\r\n".encode()


def _code(fault: Exception) -> int:
    if isinstance(fault, smtplib.SMTPResponseException):
        return fault.smtp_code
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        return next(iter(fault.recipients.values()))[0]
    return 0


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (thread / "children").read_text().split()]
    return found


def _family(pid: int) -> list[int]:
    return [pid, *(one for child in _children(pid) for one in _family(child))]


def _limit(pids: list[int], size: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError, FileNotFoundError):
            owner = Path(f"/proc/{pid}").stat()
            if owner.st_uid == os.getuid():
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
            else:  # the database's, when the desk runs as root: only its own account may limit it
                limit = "unlimited" if size == resource.RLIM_INFINITY else size
                command = ["prlimit", "--pid", str(pid), f"--fsize={limit}:unlimited"]
                subprocess.run(command, user=owner.st_uid, group=owner.st_gid, extra_groups=[], check=False)
