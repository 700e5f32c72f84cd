"""Running a whole desk: the database, the migrations, and then the pages, the worker and the mail door as one tree."""

import errno
import os
import signal
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType

from balie.operations.process_tree import Part, ProcessTree
from balie.platform import environment
from balie.platform.postgres import Postgres


class PortTaken(Exception):
    """Another program listens where Balie should; the message names the port and the cure."""


@dataclass(frozen=True, kw_only=True)
class Listening:
    """Where a part will listen, and the option that says so."""

    host: str
    port: int
    option: str


def run(
    parts: Sequence[Part],
    *,
    listening: Sequence[Listening],
    prepare: Callable[[], None],
    announce: Callable[[], None],
) -> None:
    """Run everything until SIGTERM or Ctrl-C; raises `PortTaken` or `CannotStart` before anything runs.

    `prepare` is called once the database is up to date, `announce` once every port answers.
    """
    for place in listening:
        demand_free(place)
    given = environment.read()
    # Until the tree takes over, being asked to stop must unwind what has been started.
    before = signal.signal(signal.SIGTERM, _interrupt)
    database = None
    try:
        if not given.database_url:
            database = Postgres.start(given.data)
            os.environ["BALIE_DATABASE_URL"] = database.url
        _bring_up_to_date(prepare)
        tree = ProcessTree(
            parts, environment={"BALIE_DATABASE_URL": os.environ["BALIE_DATABASE_URL"]}, database=database
        )
        tree.run(is_up=lambda: all(_answers(place) for place in listening), announce=announce)
    except KeyboardInterrupt:
        return
    finally:
        signal.signal(signal.SIGTERM, before)
        if database:
            database.stop()


def demand_free(place: Listening) -> None:
    """Raise `PortTaken` unless this process could listen there."""
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((place.host, place.port))
            trial.listen()
        except OSError as reason:
            raise PortTaken(_why_not(place, reason)) from reason


def _why_not(place: Listening, reason: OSError) -> str:
    if reason.errno == errno.EADDRINUSE:
        return f"Port {place.port} is in use by another program: stop it, or choose another port with {place.option}."
    if reason.errno == errno.EACCES:
        return f"Port {place.port} may be opened by root only: choose one above 1023 with {place.option}."
    return f"Balie cannot listen on {place.host} port {place.port} ({reason.strerror}): choose another with {place.option}."


def _answers(place: Listening) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(place.host, place.host)  # noqa: S104  (recognised, not bound)
    try:
        socket.create_connection((host, place.port), timeout=0.2).close()
    except OSError:
        return False
    return True


def _bring_up_to_date(prepare: Callable[[], None]) -> None:
    # Only now: the settings read the address of the database.
    import django

    django.setup()
    from django.db import connections

    from balie.operations.migrating import migrate_once

    migrate_once()
    prepare()
    connections.close_all()


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
