"""From a commit to the pages of other experts: two hundred open streams, all of people who may know."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Final

import psycopg
from django.conf import settings
from django.db import connection

from balie.operations.bench.measured import Measured
from balie.operations.bench.pages import serving, session_of
from balie.people.models import Person
from balie.platform.listening import address
from balie.platform.live import tell
from balie.teams.models import Team
from balie.tickets.models import Ticket

_STREAMS: Final = 200
_PATIENCE: Final = 30.0


class NotHeard(Exception):
    """A stream did not open, or did not hear what it should."""


def measure(n: int) -> Iterator[Measured]:
    """Each sample is one stream hearing of one commit; beside it the bare notice, from commit to a listener in PostgreSQL."""
    team = Team.objects.earliest("pk")
    people = list(Person.objects.filter(memberships__team=team).order_by("pk")[:10])
    ticket = Ticket.objects.filter(team=team).latest("number")
    size, turns = Ticket.objects.count(), max(n // 20, 2)
    sessions = [session_of(person) for person in people]
    with serving() as (port, web_mb):
        ears = [_Ear(port, sessions[place % len(sessions)]) for place in range(_STREAMS)]
        try:
            for ear in ears:
                ear.wait_open()
            seconds: list[float] = []
            started = time.monotonic()
            for turn in range(turns):
                mark = f"bench{turn}"
                tell(f"team:{team.pk}", ticket=ticket.pk, team=team.pk, event=mark, id=turn)
                committed = time.monotonic()
                seconds += [ear.heard_at(mark) - committed for ear in ears]
            elapsed = time.monotonic() - started
            yield Measured.of(
                "live", size=size, concurrency=_STREAMS, seconds=seconds, elapsed=elapsed, web_mb=web_mb()
            )
        finally:
            for ear in ears:
                ear.close()
    yield _floor(size, turns)


class _Ear(threading.Thread):
    """One open stream, and when it heard what."""

    def __init__(self, port: int, session: str) -> None:
        super().__init__(daemon=True)
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE)
        self._socket.sendall(
            f"GET /live HTTP/1.1\r\nHost: localhost\r\nCookie: {settings.SESSION_COOKIE_NAME}={session}\r\n\r\n".encode()
        )
        self._open = threading.Event()
        self._came = threading.Condition()
        self._heard: dict[str, float] = {}
        self.start()

    def run(self) -> None:
        read = b""
        try:
            while piece := self._socket.recv(65536):
                now = time.monotonic()
                self._open.set()
                read += piece
                *lines, read = read.split(b"\n")
                marks = [
                    line.partition(b'"event":"')[2].partition(b'"')[0].decode() for line in lines if b'"event"' in line
                ]
                with self._came:
                    self._heard.update(dict.fromkeys(marks, now))
                    self._came.notify_all()
        except OSError:
            return

    def wait_open(self) -> None:
        if not self._open.wait(_PATIENCE):
            raise NotHeard("a stream did not open")

    def heard_at(self, mark: str) -> float:
        with self._came:
            if not self._came.wait_for(lambda: mark in self._heard, _PATIENCE):
                raise NotHeard(mark)
            return self._heard[mark]

    def close(self) -> None:
        # To close it alone would end nothing while its thread still reads from it.
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


def _floor(size: int, turns: int) -> Measured:
    seconds, started = [], time.monotonic()
    with closing(psycopg.connect(**address(), autocommit=True)) as other:
        other.execute("LISTEN bench_live")
        for turn in range(turns):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_notify('bench_live', %s)", [str(turn)])
            committed = time.monotonic()
            next(other.notifies(timeout=_PATIENCE, stop_after=1))
            seconds.append(time.monotonic() - committed)
    return Measured.of("live.floor", size=size, concurrency=1, seconds=seconds, elapsed=time.monotonic() - started)
