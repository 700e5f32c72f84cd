"""Waking the workers of other processes: a NOTIFY that goes with the commit, and a sleep that it ends.

A sleeper has a number, and holds an advisory lock of that number for as long as it is connected: PostgreSQL lets go of it when
the process ends, however it ends, so that others can tell who is still there.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import psycopg
from django.db import connection
from psycopg import sql

from balie.platform import listening
from balie.platform.calls import call

# Seconds after which a sleeper looks whether it shall end.
_BREATH = 0.5
# The first half of the locks' keys, "bali" in ASCII; the second is the sleeper's number.
_KIND = 0x62616C69


def wake(word: str) -> None:
    """Wake whoever sleeps on this word, once the current transaction has committed."""
    call(word)


def sleepers() -> set[int]:
    """The numbers of all who are connected now."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT objid::bigint FROM pg_locks
            WHERE locktype = 'advisory' AND classid = %s::bigint::oid AND objsubid = 2 AND granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """,
            [_KIND],
        )
        return {number for (number,) in cursor.fetchall()}


class Sleeper:
    """Sleeps until one of the words is called or the time is over. Has a connection of its own, opened directly.

    `number` is its own while it listens, and another one after the connection was lost.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self.number: int | None = None
        self._words = words
        self._line: psycopg.Connection | None = None

    def listen(self) -> None:
        """Hear every call from now on. Raises `psycopg.OperationalError` when the database is away."""
        self._listening()

    def prove_listening(self) -> None:
        """Ask the other side: a connection may be lost without a word. Raises as `listen` does."""
        self._listening().execute("SELECT 1")

    def sleep(self, *, at_most: float, until: Callable[[], bool] = lambda: False) -> None:
        """Wait for a call, `at_most` so many seconds, or until that is so. Raises as `listen` does."""
        line = self._listening()
        waited = 0.0
        while waited < at_most and not until():
            if list(line.notifies(timeout=min(_BREATH, at_most), stop_after=1)):
                return
            waited += _BREATH

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = self.number = None

    def _listening(self) -> psycopg.Connection:
        if self._line is None or self._line.closed:
            self._line = psycopg.connect(**listening.address(), autocommit=True)
            for word in self._words:
                self._line.execute(sql.SQL("LISTEN {}").format(sql.Identifier(word)))
            self.number = _number_for(self._line)
        return self._line


def _number_for(line: psycopg.Connection) -> int:
    while True:
        number = random.randint(1, 2**31 - 1)  # noqa: S311  (not a secret)
        row = line.execute("SELECT pg_try_advisory_lock(%s, %s)", [_KIND, number]).fetchone()
        if row and row[0]:
            return number
