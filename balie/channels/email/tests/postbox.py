"""What the tests of the doors stand on: an open SMTP door in a thread of its own, and clients with no manners."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Self

import psycopg
from django.db import connection
from psycopg import sql

from balie.channels.email.door import Door
from balie.channels.email.smtp_limits import Limits
from balie.platform import listening


@dataclass
class OpenDoor:
    """A door that listens at `port`; `close` ends it as SIGTERM does."""

    limits: Limits | None = None
    tls: object = None
    port: int = 0
    door: Door | None = None
    _loop: asyncio.AbstractEventLoop | None = None
    _thread: threading.Thread | None = None
    _is_open: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        assert self._is_open.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        assert self._loop
        assert self._thread
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._ending.set)
            self._thread.join(15)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ending = asyncio.Event()
        self.door = Door(limits=self.limits, tls=self.tls)  # type: ignore[arg-type]  # a context, made by the test
        self.port = await self.door.open(host="127.0.0.1", port=0)
        self._is_open.set()
        await self._ending.wait()
        await self.door.close()


class Wire:
    """A client that says exactly what it is told to."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=15)
        self._lines = self._socket.makefile("rb")

    def send(self, said: bytes) -> None:
        self._socket.sendall(said)

    def answer(self) -> str:
        """The next answer, its last line; "" once the other side has closed."""
        while True:
            line = self._lines.readline()
            if line[3:4] != b"-":
                return line.decode().strip()

    def ask(self, said: bytes) -> str:
        self.send(said + b"\r\n")
        return self.answer()

    def greet(self) -> Self:
        assert self.answer().startswith("220")
        assert self.ask(b"EHLO test").startswith("250")
        return self

    def begin_mail(self, *recipients: bytes) -> Self:
        """Up to the invitation to send the mail."""
        assert self.ask(b"MAIL FROM:<ada@balie.example>").startswith("250")
        for recipient in recipients:
            assert self.ask(b"RCPT TO:<" + recipient + b">").startswith("250")
        assert self.ask(b"DATA").startswith("354")
        return self

    def close(self) -> None:
        self._lines.close()
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def wire(port: int) -> Iterator[Wire]:
    with Wire(port) as client:
        yield client.greet()


def mail(subject: str = "My screen is black", *, body: str = "It was fine yesterday.", more: str = "") -> bytes:
    return (
        f"From: Ada Vermeer <ada@balie.example>\r\nTo: it@desk.localhost\r\nSubject: {subject}\r\n"
        f"Message-ID: <{abs(hash((subject, body)))}@balie.example>\r\nDate: Mon, 23 Nov 2026 10:00:00 +0100\r\n{more}"
        f"\r\n{body}\r\n"
    ).encode()


@contextmanager
def database_away() -> Iterator[None]:
    """Nobody is connected to the database any more, and nobody can connect; but for the test itself."""
    with connection.cursor() as cursor:
        own = cursor.execute("SELECT pg_backend_pid()").fetchone()[0]
    elsewhere = {**listening.address(), "dbname": "postgres"}
    name = sql.Identifier(connection.settings_dict["NAME"])
    with psycopg.connect(**elsewhere, autocommit=True) as server:
        server.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        server.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND pid <> %s",
            [connection.settings_dict["NAME"], own],
        )
        try:
            yield
        finally:
            server.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))


def until(is_so: Callable[[], object], *, seconds: float = 15) -> None:
    """Ask again and again until it is so, or fail."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to be so"
        _nothing.wait(0.02)


_nothing = threading.Event()
