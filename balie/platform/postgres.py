"""The PostgreSQL that Balie brings along: a real server on a folder, reached by a socket that only its owner may open.

One process owns the server of a folder (`Postgres.start`), others on the machine find it (`address`), and a command
takes whichever there is (`serving`). Two locks keep it safe: the owner holds one, and the server inherits the other, so
that "nothing of this server is alive" is a fact that the kernel knows, and no guess from a process number that may be
another's by now.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

import psycopg

from balie.platform import clock
from balie.platform.folder_lock import FolderLock, Holder
from balie.platform.lifeline import end_with_parent
from balie.platform.postgres_faults import (
    AlreadyRunning,
    CannotStart,
    FolderUnusable,
    NoRoom,
    OtherVersion,
    explained,
    last_words,
)
from balie.platform.postgres_programs import MAJOR, binary, environment, identity_of, let_run
from balie.platform.postgres_sockets import NAME, PORT, accepting, socket_folder, url_of
from balie.platform.unprivileged import Account, account_for, hand_over, let_pass

__all__ = [
    "AlreadyRunning",
    "CannotStart",
    "FolderUnusable",
    "NoRoom",
    "OtherVersion",
    "Postgres",
    "address",
    "serving",
]

_PATIENCE_TO_START = 600.0  # seconds: after a power cut, the log of the last minutes is replayed first
_PATIENCE_TO_STOP = 7.0
_ROOM_TO_START = 32 * 1024 * 1024

# For a desk of some thousand people on two cores. Parallel queries would only take the second core from somebody else,
# and need more of /dev/shm than a container gets; jit costs more than these queries.
_SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "synchronous_commit": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "autovacuum_vacuum_scale_factor": "0.05",
    "autovacuum_analyze_scale_factor": "0.05",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
}


class Postgres:
    """A server that this process started and owns. `url` is its libpq address, which stays the same when it is revived."""

    url: str
    process: subprocess.Popen[bytes]

    def __init__(self, data: Path, *, settings: Mapping[str, str]) -> None:
        self.data = data
        self.settings = settings
        self.folder = data / "database"
        self.log = data / "postgres.log"
        self._owner = FolderLock(data / "database.owner")
        self._server = FolderLock(data / "database.server")
        self._account: Account | None = None
        self._sockets = data

    @classmethod
    def start(cls, data: Path, *, settings: Mapping[str, str] | None = None) -> Self:
        """Start the server of a folder, made if it is not there, and own it until `stop`; raises `CannotStart`."""
        return cls._started(data, settings, _holder(passing=False))

    @classmethod
    def _started(cls, data: Path, settings: Mapping[str, str] | None, holder: Holder) -> Self:
        postgres = cls(data.absolute(), settings={**_SETTINGS, **(settings or {})})
        postgres._own(holder)
        try:
            postgres._prepare()
            postgres._launch()
            postgres._await_ready()
        except BaseException as reason:
            postgres.stop()
            if told := explained(reason, postgres.data):
                raise told from reason
            raise
        return postgres

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def revive(self) -> None:
        """Start it again after it died. Who connects meanwhile is told that it is starting, and tries again."""
        self.process.wait()
        self._end_leftovers()
        self._launch()

    def stop(self) -> None:
        """A fast, clean stop: open transactions are rolled back, and the next start has nothing to recover."""
        if (process := getattr(self, "process", None)) is not None:
            for how, patience in ((signal.SIGINT, _PATIENCE_TO_STOP), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 2.0)):
                if process.poll() is None:
                    process.send_signal(how)
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(patience)
        if self._sockets != self.data / "socket" and self._sockets != self.data:
            shutil.rmtree(self._sockets, ignore_errors=True)
        self._server.release()
        self._owner.release()

    def _own(self, holder: Holder) -> None:
        try:
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            patience = time.monotonic() + 60.0
            while not self._owner.take():
                other = Holder.read(self._owner.path)
                # Who only passes by (one command) will be gone in a moment.
                if not (other and other.passing) or time.monotonic() > patience:
                    raise AlreadyRunning(_taken(self.data, other))
                time.sleep(0.05)
            self._owner.sign(holder)
        except OSError as reason:
            self._owner.release()
            raise (explained(reason, self.data) or reason) from reason

    def _prepare(self) -> None:
        """All that must be true before the server may be launched."""
        self._account = account_for(self.folder, self.data)
        _demand_room(self.data)
        self._end_leftovers()
        _demand_version(self.folder)
        if self._account:
            let_run(self._account)
            let_pass(self.folder, account=self._account)
        if not self.folder.exists():
            self._make()
        elif self._account and self.folder.stat().st_uid != self._account.uid:
            hand_over(self.folder.resolve(), account=self._account)
        elif not self._account and self.folder.stat().st_uid != os.geteuid():
            raise FolderUnusable(f"{self.folder} belongs to another user: run Balie as that user, or as root.")
        self._sockets = socket_folder(self.data, self._account)
        self.url = url_of(self._sockets)

    def _end_leftovers(self) -> None:
        """End a server whose owner was killed. Once its lock is free, what its files say about processes is stale."""
        pid = _postmaster(self.folder)
        for how, patience in (
            (None, 0.2),
            (signal.SIGINT, _PATIENCE_TO_STOP),
            (signal.SIGQUIT, 5.0),
            (signal.SIGKILL, 5.0),
        ):
            if how and pid and _is_server_of(pid, self.folder):
                with suppress(ProcessLookupError):
                    os.kill(pid, how)
            self._server.release()
            if self._server.take(within=patience):
                (self.folder / "postmaster.pid").unlink(missing_ok=True)
                return
        raise AlreadyRunning(
            f"A PostgreSQL that was left behind on {self.folder} (process {pid}) does not end: end it, and start again."
        )

    def _make(self) -> None:
        """initdb beside the place and then a rename, so that a power cut leaves the whole of it or nothing."""
        new = self.data / "database.new"
        if new.exists():
            shutil.rmtree(new)
        new.mkdir(mode=0o700)
        if self._account:
            hand_over(new, account=self._account)
        # Built-in C.UTF-8: the same order on every machine and after every upgrade of the system (indexes that follow the C
        # library's collations break when it changes), knows Unicode's letters, and serves LIKE 'x%' from a plain index.
        command = [
            *(str(binary("initdb")), "--pgdata", str(new), "--username", NAME, "--encoding", "UTF8"),
            *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"),
            *("--text-search-config", "simple", "--auth-local", "trust", "--auth-host", "reject"),
            *(("--no-sync",) if self.settings.get("fsync") == "off" else ()),
        ]
        made = subprocess.run(  # noqa: S603  (our own program)
            command,
            capture_output=True,
            env=environment(),
            cwd="/",
            check=False,
            umask=0o077,
            **identity_of(self._account),
        )
        if made.returncode != 0:
            raise CannotStart(last_words(made.stderr.decode(errors="replace")))
        new.rename(self.folder)
        _sync(self.data)

    def _launch(self) -> None:
        if self.log.exists() and self.log.stat().st_size > 5_000_000:
            self.log.replace(self.log.with_suffix(".log.1"))
        if self._account:
            # Also when it is revived: somebody may have closed a folder on the way since.
            for folder in (self.folder, self._sockets):
                let_pass(folder, account=self._account)
        for leftover in self._sockets.glob(".s.PGSQL.*"):
            leftover.unlink(missing_ok=True)
        settings = {**self.settings, "unix_socket_directories": f'"{self._sockets}"'}
        log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            self._log_begins = os.fstat(log).st_size
            self.process = subprocess.Popen(  # noqa: S603  (our own program)
                [binary("postgres"), "-D", self.folder, *(f"--{name}={value}" for name, value in settings.items())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment(),
                cwd="/",
                umask=0o077,
                pass_fds=(self._server.number,),
                start_new_session=True,  # Ctrl-C in the terminal is for its owner, who stops the database last
                preexec_fn=end_with_parent(signal.SIGINT),
                **identity_of(self._account),
            )
        finally:
            os.close(log)
            self._server.release()  # the server holds it from here on

    def _await_ready(self) -> None:
        patience = time.monotonic() + _PATIENCE_TO_START
        while self.is_alive and time.monotonic() < patience:
            if accepting(self.folder):
                return self._ensure_database()
            time.sleep(0.02)
        with self.log.open("rb") as log:
            log.seek(self._log_begins)
            raise CannotStart(last_words(log.read().decode(errors="replace")))

    def _ensure_database(self) -> None:
        try:
            psycopg.connect(self.url, connect_timeout=10).close()
        except psycopg.OperationalError as reason:
            if "does not exist" not in str(reason):
                raise
            with psycopg.connect(self.url, dbname="postgres", autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {NAME}")


def address(data: Path) -> str | None:
    """The libpq address of the server that runs on this folder now, whoever owns it; None when none accepts connections."""
    if (sockets := accepting(data.absolute() / "database")) is None:
        return None
    return url_of(sockets)


@contextmanager
def serving(data: Path, *, settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """The address of a server of this folder for as long as a command needs it: the running one, or one started for it.

    Who starts one waits at the end for other commands that came to lean on it.
    """
    guests = FolderLock(data.absolute() / "database.guests")
    patience = time.monotonic() + 60.0
    own: Postgres | None = None
    while True:
        if address(data) and guests.share():
            if url := address(data):
                break
            guests.release()
        try:
            own = Postgres._started(data, settings, _holder(passing=True))
            url = own.url
            break
        except AlreadyRunning:
            if time.monotonic() > patience:
                raise
            time.sleep(0.1)  # its owner is starting or stopping it
    try:
        yield url
    finally:
        guests.release()
        if own:
            guests.take(within=60.0)
            own.stop()
            guests.release()


def _holder(*, passing: bool) -> Holder:
    words = [
        Path(sys.argv[0]).parent.name if sys.argv[0].endswith("__main__.py") else Path(sys.argv[0]).name,
        *sys.argv[1:2],
    ]
    return Holder(
        process=os.getpid(), command=" ".join(words), since=clock.now().strftime("%Y-%m-%d %H:%M UTC"), passing=passing
    )


def _taken(data: Path, other: Holder | None) -> str:
    who = f" (process {other.process}, “{other.command}”, since {other.since})" if other else ""
    return f"Balie already runs on {data}{who}: stop that one first, or set BALIE_DATA to another folder."


def _demand_room(data: Path) -> None:
    free = shutil.disk_usage(data).free
    if free < _ROOM_TO_START:
        raise NoRoom(
            f"Only {free // 1_000_000} MB are free on the disk that holds {data}: make some room there, and start again."
        )


def _demand_version(folder: Path) -> None:
    try:
        made_by = (folder / "PG_VERSION").read_text("ascii").strip()
    except FileNotFoundError:
        if folder.exists() and any(folder.iterdir()):
            raise FolderUnusable(
                f"{folder} holds something that is no database: move it away, or set BALIE_DATA to another folder."
            ) from None
        if folder.exists():
            folder.rmdir()
        return
    if made_by != str(MAJOR):
        raise OtherVersion(
            f"The database in {folder} was made by PostgreSQL {made_by}, and this Balie brings PostgreSQL {MAJOR}: "
            "back it up with the Balie that made it, and restore that backup with this one into an empty folder."
        )


def _postmaster(folder: Path) -> int | None:
    try:
        return int((folder / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None


def _is_server_of(pid: int, folder: Path) -> bool:
    """Whether the process is the server of this folder: it works in it. Where the system does not tell, its lock said enough."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == folder.resolve()
    except FileNotFoundError:
        return not Path("/proc/self").exists()
    except OSError:
        return False


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
